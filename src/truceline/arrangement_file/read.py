"""The main file of an arrangement, section by section, into an Arrangement."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import available_timezones

from truceline.arrangement_file import forces, ground, numbers
from truceline.arrangement_file.clauses import clause
from truceline.arrangement_file.known import Known, dated, local_day, unique
from truceline.arrangement_file.ladder import ladder
from truceline.domain.arrangement import Arrangement
from truceline.strict_yaml import Value, suggestion, whole

REQUIRED = (
    *("format", "id", "version", "title", "reference", "in_force_from", "timezone", "languages", "day_ends"),
    *("parties", "lines", "clauses", "standards", "day_parts", "prior", "release"),
)
OPTIONAL = (
    *("sectors", "zones", "landmarks", "control_maps", "origin", "fielded", "sites"),
    *("actors", "bodies", "levels", "monitors", "ladder"),
)
_LATEST_VERSION = 1_000_000


def read_root(root: Value, files: Mapping[str, str]) -> Arrangement:
    """The arrangement in `root`, its shapes from `files`; what is wrong is noted, and a stand-in put in its place."""
    top = root.fields(REQUIRED, optional=OPTIONAL)
    top["format"].text(("arrangement/1",))
    in_force_from, timezone = top["in_force_from"].instant(), _timezone(top["timezone"])
    parties = tuple(ground.party(v) for v in top["parties"].items("party"))
    unique(top["parties"], [p.id for p in parties])
    known = Known(files, timezone, local_day(in_force_from, timezone), tuple(p.id for p in parties if p.id))
    lines = tuple(ground.line(v, known) for v in top["lines"].items("line"))
    unique(top["lines"], [line.id for line in lines])
    known = replace(known, lines=lines)
    zones = tuple(ground.zone(v, known) for v in top["zones"].items())
    unique(top["zones"], [z.id for z in zones])
    known = replace(known, zones=tuple(z.id for z in zones if z.id))
    clauses = tuple(clause(v, known) for v in top["clauses"].items("clause"))
    unique(top["clauses"], [c.id for c in clauses])
    known = replace(known, clauses=tuple(c.id for c in clauses if c.id))
    has_origin, has_fielded = top["origin"].present, top["fielded"].present
    stated = Arrangement(
        id=top["id"].text(),
        version=whole(top["version"], 1, _LATEST_VERSION) if top["version"].present else 0,
        title=top["title"].text(),
        reference=top["reference"].text(),
        in_force_from=in_force_from,
        timezone=timezone,
        languages=tuple(v.text() for v in top["languages"].items("language")),
        day_ends=dated(top["day_ends"], Value.time_of_day, known),
        parties=parties,
        lines=lines,
        sectors=ground.sectors(top["sectors"], lines),
        landmarks=tuple(ground.landmark(v) for v in top["landmarks"].items()),
        zones=zones,
        clauses=clauses,
        standards=dated(top["standards"], numbers.standards, known),
        day_parts=dated(top["day_parts"], numbers.day_parts, known),
        prior=dated(top["prior"], numbers.prior, known),
        release=dated(top["release"], lambda v: numbers.release(v, known), known),
        origin=dated(top["origin"], numbers.origin, known) if has_origin else None,
        fielded=dated(top["fielded"], lambda v: numbers.fielded(v, known), known) if has_fielded else None,
        control_maps=tuple(ground.control_map(v, known) for v in top["control_maps"].items()),
        sites=tuple(ground.site(v, known) for v in top["sites"].items()),
    )
    unique(top["control_maps"], [one.id for one in stated.control_maps])
    unique(top["sites"], [one.id for one in stated.sites])
    return _with_forces(stated, top, known)


def _with_forces(stated: Arrangement, top: Mapping[str, Value], known: Known) -> Arrangement:
    """`stated` with who stands where, who decides, who watches, and what falls due."""
    actors = tuple(forces.actor(v) for v in top["actors"].items())
    unique(top["actors"], [one.id for one in actors])
    bodies = tuple(forces.body(v) for v in top["bodies"].items())
    unique(top["bodies"], [one.id for one in bodies])
    known = replace(known, actors=tuple(a.id for a in actors if a.id), bodies=tuple(b.id for b in bodies if b.id))
    levels = tuple(forces.level(v, known) for v in top["levels"].items())
    unique(top["levels"], [one.number for one in levels], "number")
    known = replace(known, levels=tuple(one.number for one in levels))
    monitors = tuple(forces.monitor(v, known) for v in top["monitors"].items())
    unique(top["monitors"], [one.id for one in monitors])
    return replace(
        stated,
        actors=actors,
        bodies=bodies,
        levels=levels,
        monitors=monitors,
        ladder=ladder(top["ladder"], known),
    )


def _timezone(value: Value) -> str:
    """The time zone; "" if it is none: no day can be told then, and nothing is said of days that may be right."""
    name = value.text()
    if name and name not in available_timezones():
        value.complain(f"timezone: '{name}' is unknown. {suggestion(name, sorted(available_timezones()))}"[:200])
        return ""
    return name
