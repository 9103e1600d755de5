"""Subjects and clauses built from the short form that the YAML cases are written in."""

from datetime import date, datetime
from typing import Any

from truceline.clock import Interval
from truceline.domain.arrangement import ClauseText, Standards
from truceline.domain.dated import Dated, Since
from truceline.domain.incident import Engagement, Incident, Subject, Support
from truceline.domain.place import Fix

ACTS = ("explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "airburst")
STANDARDS = Standards(suspicion=0.25, reasonable_grounds=0.45, balance=0.51, clear_and_convincing=0.75)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def clause_text(zones=(), since="2015-02-14T22:00:00+00:00", until=None, kind="no_fire") -> ClauseText:
    acts = Since(day=date(2015, 2, 15), value=ACTS, reference="Art. 1, note", grade="stated")
    return ClauseText(
        id="1", kind=kind, title="Cease fire", text="", reference="Art. 1", since=instant(since),
        until=instant(until) if until else None, zones=tuple(zones), acts=Dated(history=(acts,)),
    )  # fmt: skip


def subject(version=1, **given: Any) -> Subject:
    shared = {
        "version": version,
        "when": Interval(
            start=instant(given.get("from", "2018-09-05T07:00:00+00:00")),
            end=instant(given.get("to", "2018-09-05T07:10:00+00:00")),
        ),
        "where": Fix(lon_deg=38.5, lat_deg=48.7, var_e_m2=1e4, var_n_m2=1e4, cov_en_m2=0.0),
        "along": None,
        "p_exists": given["p_exists"],
        "p_side_left": None,
        "p_region": tuple(given.get("p_region", {}).items()),
        "p_sector": (),
        "support": (Support(observation="t:a", p_member=1.0, llr_nats=0.0),),
        "tlp": "amber",
    }
    if "counts" not in given:
        return Incident(id="I-1", time_sigma_s=1.0, phenomenon=given["phenomenon"], engagement=None, **shared)
    counts = tuple((kind, low, high) for kind, (low, high) in given["counts"].items())
    return Engagement(id="E-1", count_low=1, count_likely=1, count_high=None, counts=counts, n_incidents=0, **shared)
