"""Subjects and clauses built from the short form that the YAML cases are written in."""

from datetime import date
from typing import Any

from tests.clauses.world import instant, interval, place

from truceline.domain.arrangement import ClauseText, Standards
from truceline.domain.dated import Dated, Since
from truceline.domain.holding import Holding, Obstruction
from truceline.domain.incident import Engagement, Incident, Support
from truceline.domain.ports import AnySubject

ACTS = ("explosion", "projectile", "shot", "burst", "muzzle_flash", "tracer", "airburst")
NAMES_ITS_ACTS = ("no_fire", "quiet_period")
STANDARDS = Standards(suspicion=0.25, reasonable_grounds=0.45, balance=0.51, clear_and_convincing=0.75)


def dated(value: Any, reference: str) -> Dated[Any]:
    return Dated(history=(Since(day=date(2015, 2, 15), value=value, reference=reference, grade="stated"),))


def clause_text(
    zones=(), since="2015-02-14T22:00:00+00:00", until=None, kind="no_fire", acts=None, binds=(), terms=None
) -> ClauseText:
    acts = ACTS if acts is None and kind in NAMES_ITS_ACTS else acts
    return ClauseText(
        id="1", kind=kind, title="Cease fire", text="", reference="Art. 1", since=instant(since),
        until=instant(until) if until else None, zones=tuple(zones), binds=tuple(binds),
        acts=dated(tuple(acts), "Art. 1, note") if acts is not None else Dated(history=()),
        terms=dated(frozen(terms), "Art. 1, terms") if terms is not None else None,
    )  # fmt: skip


def frozen(value: Any) -> Any:
    """Lists of a YAML file as the tuples that the terms of an arrangement are."""
    if isinstance(value, list):
        return tuple(frozen(one) for one in value)
    return {key: frozen(one) for key, one in value.items()} if isinstance(value, dict) else value


def subject(version=1, **given: Any) -> AnySubject:
    """An engagement where `counts` are given, an obstruction where `restriction` is, a holding where `seen` is, else an
    incident. `at: [km east, km north, sigma in m]`; an incident says its zones itself, in `p_region`."""
    shared = {
        "version": version,
        "when": interval(given),
        "where": place(given["at"]) if "at" in given else None,
        "p_exists": given.get("p_exists", 0.99),
        "support": (Support(observation=f"t:{given.get('id', 'a')}", p_member=1.0, llr_nats=0.0),),
        "tlp": "amber",
    }
    if "restriction" in given:
        return Obstruction(
            id=given.get("id", "O-1"), area=given.get("area", ""), kind=given["restriction"],
            imposed_by=given.get("imposed_by", ""), **shared,
        )  # fmt: skip
    if "seen" in given:
        low, high = given.get("count", [1, 1])
        return Holding(
            id=given.get("id", "H-1"), area=given.get("area", ""), phenomenon=given["seen"],
            weapon=given.get("weapon", ""), weapon_model=given.get("model", ""), calibre_mm=given.get("calibre_mm"),
            count_low=low, count_high=high, declared=None, site=given.get("site", ""), held_by=given.get("held_by"),
            **shared,
        )  # fmt: skip
    fused = {
        "where": shared.pop("where") or place([0, 0, 100]),
        "along": None,
        "p_side_left": None,
        "p_region": tuple(given.get("p_region", {}).items()),
        "p_sector": (),
    }
    if "counts" not in given:
        return Incident(
            id=given.get("id", "I-1"), time_sigma_s=1.0, phenomenon=given["phenomenon"],
            engagement=given.get("engagement"), **shared, **fused,
        )  # fmt: skip
    counts = tuple((kind, low, high) for kind, (low, high) in given["counts"].items())
    return Engagement(
        id=given.get("id", "E-1"), count_low=1, count_likely=1, count_high=None, counts=counts, n_incidents=0,
        **shared, **fused,
    )  # fmt: skip
