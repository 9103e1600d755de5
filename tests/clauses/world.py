"""The small world of the clause cases: two parties, a line that runs north between them, an older line, two zones.

Party A holds the west (left) and party B the east; the older line runs 4 km further east. Places are [km east, km
north, sigma in m] of the middle of the line. The zone `buffer` reaches 2 km to either side, `village` lies in the east.
"""

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from truceline.clock import Interval
from truceline.domain.arrangement import Arrangement, Line, LineVersion, Party, Prior, Site, Standards, Zone
from truceline.domain.dated import Dated, Since
from truceline.domain.decided import Contact
from truceline.domain.origin import Origin
from truceline.domain.place import Fix
from truceline.domain.ports import ClauseContext, Notice

DAY = "2018-09-05T"
LON_DEG, LAT_DEG = 38.0, 48.5
KM_PER_DEG = 111.195
NAMES = {"a": "Party A", "b": "Party B"}
RINGS_KM = {
    "buffer": ((-2, -5), (2, -5), (2, 5), (-2, 5)),
    "village": ((6, -1), (8, -1), (8, 1), (6, 1)),
}


def instant(text: str) -> datetime:
    """ "2018-09-05T07:00:00+00:00", or only "07:00" for the day of the cases."""
    return datetime.fromisoformat(f"{DAY}{text}:00+00:00" if len(text) == 5 else text)


def interval(given: Mapping[str, Any]) -> Interval:
    """From `from` to `to`; a moment where only the first is given, the usual ten minutes where neither is."""
    start = given.get("from", "07:00")
    return Interval(start=instant(start), end=instant(given.get("to", start if "from" in given else "07:10")))


def since(value: Any) -> Dated[Any]:
    return Dated(history=(Since(day=date(2015, 1, 1), value=value, reference="map", grade="stated"),))


def degrees(east_km: float, north_km: float) -> tuple[float, float]:
    return (
        LON_DEG + east_km / (KM_PER_DEG * math.cos(math.radians(LAT_DEG))),
        LAT_DEG + north_km / KM_PER_DEG,
    )


def place(at: list[float]) -> Fix:
    east_km, north_km, sigma_m = at
    lon, lat = degrees(east_km, north_km)
    return Fix(lon_deg=lon, lat_deg=lat, var_e_m2=sigma_m**2, var_n_m2=sigma_m**2, cov_en_m2=0.0)


def line(id: str, east_km: float, accuracy_m: float = 100.0) -> Line:
    vertices = tuple(degrees(east_km, north) for north in (-200, -60, 0, 60, 200))
    return Line(
        id=id, name=id, left="a", right="b",
        versions=since(LineVersion(vertices_deg=vertices, accuracy_m=accuracy_m)),
    )  # fmt: skip


def arrangement(mirrored: bool = False) -> Arrangement:
    """The world, or its mirror image with the parties exchanged: A holds the west again, all else lies across."""
    sign = -1 if mirrored else 1
    zones = tuple(
        Zone(id=id, name=id, ring_deg=since(tuple(degrees(sign * x, y) for x, y in ring)))
        for id, ring in RINGS_KM.items()
    )
    standards = Standards(suspicion=0.25, reasonable_grounds=0.45, balance=0.51, clear_and_convincing=0.75)
    return Arrangement(
        id="cases", version=1, title="Cases", reference="made up", in_force_from=datetime(2015, 2, 15, tzinfo=UTC),
        timezone="UTC", languages=("en",), day_ends=since(time(20)),
        parties=tuple(Party(id=id, name=name, side=f"side of {id}", reference="made up") for id, name in NAMES.items()),
        lines=(line("line", 0), line("old_line", sign * 4)),
        sectors=(), landmarks=(), zones=zones, clauses=(), standards=since(standards), day_parts=since({}),
        prior=since(Prior()), release=since({}),
    )  # fmt: skip


def mirror(case: Any) -> Any:
    """A case, or a part of one, as it is in the mirror image: places on the other side, the parties exchanged."""
    if isinstance(case, Mapping):
        found = {{"a": "b", "b": "a"}.get(key, key): mirror(value) for key, value in case.items()}
        return found | {"at": [-case["at"][0], *case["at"][1:]]} if isinstance(case.get("at"), list) else found
    if isinstance(case, list):
        return [mirror(one) for one in case]
    return {"a": "b", "b": "a"}.get(case, case) if isinstance(case, str) else case


def context(given: Mapping[str, Any], subjects: tuple[Any, ...], terrain: Any, moment: datetime) -> ClauseContext:
    """What a case says that a clause may know besides its subject."""
    return ClauseContext(
        day=moment.date(),
        zone_names={zone: zone for zone in RINGS_KM},
        terrain=terrain,
        parties=tuple(NAMES),
        party_names=NAMES,
        sites=tuple(_site(one) for one in given.get("sites", ())),
        subjects=tuple(sorted(subjects, key=lambda s: (s.when.start, s.id))),
        notices=tuple(_notice(one) for one in given.get("notices", ())),
        contacts=tuple(_contact(n, one) for n, one in enumerate(given.get("contacts", ()))),
        origins={id: origin(id, masses) for id, masses in given.get("origins", {}).items()},
    )


def origin(subject: str, masses: Mapping[str, float]) -> Origin:
    """What is determined of whose fire it was; the rest is undetermined and split evenly in the plain figure."""
    rest = 1.0 - sum(masses.values())
    return Origin(
        subject=subject,
        p_party=(*((p, masses.get(p, 0.0)) for p in NAMES), ("undetermined", rest)),
        p_fired=tuple((p, masses.get(p, 0.0) + 0.5 * rest) for p in NAMES),
        maps=(),
    )


def _site(given: Mapping[str, Any]) -> Site:
    at = place(given["at"])
    return Site(
        id=given["id"], name=given["id"], party=given["party"], lon_deg=at.lon_deg, lat_deg=at.lat_deg,
        radius_m=given["radius_m"], reference="as notified",
    )  # fmt: skip


def _notice(given: Mapping[str, Any]) -> Notice:
    return Notice(
        id=given.get("id", "N-1"), party=given["party"], phenomenon=given.get("phenomenon", ""), when=interval(given),
        where=place(given["at"]) if "at" in given else None, area=given.get("area", ""), text="",
    )  # fmt: skip


def _contact(n: int, given: Mapping[str, Any]) -> Contact:
    return Contact(
        id=f"C-{n}",
        parties=tuple(given["parties"]),
        on=given.get("on", ""),
        outcome="",
        by="duty",
        at=instant(given["time"]),
    )
