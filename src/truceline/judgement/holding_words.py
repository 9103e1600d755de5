"""Holdings, obstructions and undertakings in words: as seen, counted, declared or asked, and by how much watched."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from truceline.domain.holding import Holding, Obstruction, Other, Undertaking
from truceline.domain.place import Fix
from truceline.judgement.words import (
    amount,
    chance,
    few,
    nearest_place,
    percent,
    plain,
    plural,
    sentence,
    several,
    span,
    weapons,
)

Names = Mapping[str, str]  # parties, clauses and zones by id
Places = Sequence[tuple[str, float, float]]  # landmarks: name, lon_deg, lat_deg


def other_words(subject: Other, names: Names, places: Places, local: tzinfo) -> tuple[str, ...]:
    """A subject that is not fire, as sentences."""
    if isinstance(subject, Holding):
        said = _holding(subject, names, places, local)
    elif isinstance(subject, Obstruction):
        said = _obstruction(subject, names, places, local)
    else:
        said = _undertaking(subject, names, local)
    return tuple(sentence(s) for s in said if s)


def _holding(one: Holding, names: Names, places: Places, local: tzinfo) -> list[str]:
    kind = weapons(one.weapon) if one.weapon else plural(one.phenomenon)
    details = [one.weapon_model, f"{one.calibre_mm:g} mm" if one.calibre_mm is not None else ""]
    detail = f" ({', '.join(d for d in details if d)})" if any(details) else ""
    where = where_words(one.where, one.area, places)
    said = [f"{kind}{detail}: {amount(one.count_low, one.count_high)}, {where}, {span(one.when, local)}"]
    if one.declared is not None:
        said.append(f"declared: {one.declared}")
    if one.site:
        said.append(f"at the site {one.site}")
    if one.held_by is not None:
        said.append(f"the source says that the ground is held by {names.get(one.held_by, one.held_by)}")
    return [*said, f"that it was so: {chance(one.p_exists)}"]


def _obstruction(one: Obstruction, names: Names, places: Places, local: tzinfo) -> list[str]:
    said = [
        f"monitors hindered ({plain(one.kind)}), {where_words(one.where, one.area, places)}, {span(one.when, local)}"
    ]
    if one.imposed_by:
        said.append(f"as reported, imposed by {names.get(one.imposed_by, one.imposed_by)}")
    return [*said, f"that it was so: {chance(one.p_exists)}"]


def _undertaking(one: Undertaking, names: Names, local: tzinfo) -> list[str]:
    whom = f" of {names.get(one.party, one.party)}" if one.party is not None else ""
    where = f" in {names.get(one.zone, one.zone)}" if one.zone is not None else ""
    said = [f"what clause {one.clause} asks{whom}{where}, {span(one.when, local)}"]
    if one.subjects:
        said.append(f"it rests on {several(len(one.subjects), 'subject')}: {few(one.subjects)}")
    else:
        said.append("nothing that happened in it is known")
    if one.share_watched is None:
        return [*said, "how much of it was watched is unknown, so silence says nothing"]
    return [*said, f"watched for {percent(one.share_watched)} of it; the rest says nothing"]


def where_words(where: Fix | None, area: str, places: Places) -> str:
    """A place by the nearest landmark, by the area as received, or in degrees."""
    near = nearest_place(where.lon_deg, where.lat_deg, places) if where is not None else None
    if near is not None:
        return f"near {near[0]}" if near[1] < 1.0 else f"{near[1]:.0f} km from {near[0]}"
    if area:
        return f"in {area}"
    return degrees(where) if where is not None else "place not told"


def degrees(where: Fix) -> str:
    """A position to a hundredth of a degree, about a kilometre: "47.95° N, 38.05° E"."""
    north, east = ("N" if where.lat_deg >= 0 else "S"), ("E" if where.lon_deg >= 0 else "W")
    return f"at {abs(where.lat_deg):.2f}° {north}, {abs(where.lon_deg):.2f}° {east}"
