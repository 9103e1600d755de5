"""From traces to words: what the reports of an exchange support, what they exclude, and what stays open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from truceline.clock import Interval
from truceline.domain.arrangement import STANDARDS
from truceline.domain.ids import ObservationId
from truceline.domain.incident import Engagement, Incident, Link, Subject
from truceline.domain.indication import Indication
from truceline.domain.origin import UNDETERMINED, Origin
from truceline.domain.report import ReportedObservation
from truceline.geo.compass import arcs_words
from truceline.judgement.origin_words import NOT_SIDE, disagree
from truceline.judgement.words import (
    FEW,
    NBSP,
    amount,
    between,
    chance,
    counted,
    few,
    likelihood,
    listed,
    percent,
    plain,
    sentence,
    several,
    span,
    standard,
    weapons,
    whole_minutes,
)

Observed = Mapping[str, ReportedObservation]

RELATION_WORDS = ("same episode", "followed", "preceding")  # a source that says one of these relates its own rows
EXCLUDING = ("same_sensor", "gap_s", "kinds", "weapons", "places_apart")  # reasons that exclude, by code
AGREEMENT: tuple[tuple[float, str], ...] = (  # from this overlap up
    (0.7, "agree well"),
    (0.3, "agree partly"),
    (0.0, "hardly agree"),
)
OPEN_PHASES = ("", "undetermined")
CAN = "can_be_same_fire"


def observation_words(one: ReportedObservation) -> str:
    """An observation in one phrase: who, what, how many, where, when; as stated, nothing added."""
    phase = {"": "phase not stated", "undetermined": "phase undetermined"}.get(one.phase, plain(one.phase))
    kind = f"{weapons(one.weapon, one.text)}, {phase}" if one.weapon else phase
    return f"{one.id}: {counted(one.count, one.phenomenon)} ({kind}), {whence(one)}, {one.when_text}"


def whence(one: ReportedObservation) -> str:
    """Where an observation points, from where: "5–6 km SE of the post"; what was not stated is said to be so."""
    if one.fix_deg is not None:
        return f"at a position given by {one.sensor}"
    ways, away = arcs_words(one.arcs_deg), stated_range(*one.range_m)
    if not ways:
        return f"{away} from {one.sensor}, direction not stated" if away else f"by {one.sensor}, place as received"
    if ways == ("all directions",):
        return f"{away or 'distance not stated'}, in any direction from {one.sensor}"
    measured = any(way.endswith("degrees") for way in ways)
    way = f"at {listed(ways, 'or')} from {one.sensor}" if measured else f"{listed(ways, 'or')} of {one.sensor}"
    return f"{away} {way}" if away else f"{way}, distance not stated"


def stated_range(near_m: float | None, far_m: float | None) -> str:
    """A distance as its source stated it, not rounded: "5–6 km", "150–200 m", "up to 4 km"; "" if none was stated."""
    if near_m is None and far_m is None:
        return ""
    if far_m is None:
        return f"at least {_stated_m(near_m or 0.0)}"
    if not near_m:
        return f"up to {_stated_m(far_m)}"
    near, far = _stated_m(near_m), _stated_m(far_m)
    if near == far:
        return far
    unit = f"{NBSP}{far.split(NBSP)[1]}"
    return f"{near.removesuffix(unit)}–{far}" if near.endswith(unit) else f"{near} to {far}"


def _stated_m(metres: float) -> str:
    return f"{round(metres / 1e3, 2):g}{NBSP}km" if metres >= 1e3 else f"{round(metres):g}{NBSP}m"


def stated_when(subject: Subject, observed: Observed) -> Interval:
    """The span of the times that a subject's reports state; without its reports the computed one, to the minute."""
    stated = [observed[s.observation].when for s in subject.support if s.observation in observed]
    if not stated:
        return whole_minutes(subject.when)
    return Interval(start=min(w.start for w in stated), end=max(w.end for w in stated))


def source_notes(ids: Iterable[str], observed: Observed) -> list[str]:
    """What the source itself says of how its rows belong together, quoted: the parts of the text that do."""
    said = []
    for id in ids:
        parts = [part.strip() for part in observed[id].text.split(";")] if id in observed else []
        notes = [part for part in parts if any(word in part.casefold() for word in RELATION_WORDS)]
        said += [f'The source says of {id}: "{"; ".join(notes)}"'] if notes else []
    return said


def link_words(link: Link, observed: Observed) -> tuple[str, ...]:
    """Why two reports can or cannot have counted the same rounds, one sentence a reason.

    Where something excludes it, only what excludes it is said: nothing else matters any more.
    """
    against = [code for code in link.because if code.partition("=")[0] in EXCLUDING]
    codes = list(link.because if link.verdict == CAN or not against else against)
    open_ = [code for code in codes if code.startswith("phase_open=")]
    if len(open_) == 2:
        codes = [*(code for code in codes if code not in open_), "phase_open=neither"]
    return tuple(sentence(_reason(code, link, observed)) for code in codes)


def _reason(code: str, link: Link, observed: Observed) -> str:
    name, _, value = code.partition("=")
    first, _, second = value.partition("|")
    if name == "same_sensor":
        return "the same observer counted them separately"
    if name == "gap_s":
        gap = _duration(-_stated_overlap_s(link, observed))
        return f"their times do not meet: they are {gap} apart, more than clocks and the travel time of sound explain"
    if name == "kinds":
        return f"what was perceived differs: {plain(first)} in {link.a}, {plain(second)} in {link.b}"
    if name == "weapons":
        return f"the weapons stated differ: {weapons(first)} in {link.a}, {weapons(second)} in {link.b}"
    if name == "places_apart":
        return "no place fits both"
    if name == "overlap_s":
        shared = _stated_overlap_s(link, observed)
        return f"their times share {_duration(shared)}" if shared > 0 else "their times meet"
    if name == "place_overlap":
        return f"their places {next(word for floor, word in AGREEMENT if float(value) >= floor)}"
    if name == "phases":
        return "one noticed the firing, the other the impact: the two ends of a flight, so their places need not agree"
    if name == "phase_open":
        who = "neither report says" if value == "neither" else f"{value} does not say"
        return f"{who} whether what it noticed was rounds being fired or rounds landing"
    raise ValueError(f"no words for the reason '{code}'")


def _stated_overlap_s(link: Link, observed: Observed) -> float:
    """Seconds that the stated times of two reports share, negative for a gap; what fusion used if these disagree."""
    if link.a not in observed or link.b not in observed:
        return link.overlap_s
    a, b = observed[link.a].when, observed[link.b].when
    stated = (min(a.end, b.end) - max(a.start, b.start)).total_seconds()
    return stated if stated < 0 or link.overlap_s > 0 else link.overlap_s


def _duration(seconds: float) -> str:
    if seconds < 90:
        return several(round(seconds), "second")
    if seconds < 5400:
        return several(round(seconds / 60), "minute")
    hours = round(seconds / 3600, 1)
    return several(int(hours), "hour") if hours.is_integer() else f"{hours:.1f} hours"


def engagement_words(
    engagement: Engagement, observed: Observed, links: Sequence[Link], local: tzinfo
) -> tuple[str, ...]:
    """What the reports of one engagement support, and no more; what is excluded before what is possible."""
    members = [support.observation for support in engagement.support]
    together = "taken together as one exchange" if len(members) > 1 else "not taken together with any other report"
    when = span(stated_when(engagement, observed), local)
    said = [f"{several(len(members), 'report').capitalize()} of fire, {when}, {together}"]
    for support in engagement.support:
        belongs = f" Belongs: {chance(support.p_member)}." if len(members) > 1 else ""
        said.append(f"{sentence(observation_words(observed[support.observation]))}{belongs}")
    said += source_notes(members, observed)
    by_kind = "; ".join(counted(amount(low, high), name) for name, low, high in engagement.counts)
    whole = amount(engagement.count_low, engagement.count_high, engagement.count_likely)
    said.append(f"Distinct rounds or bursts: {whole} (by kind: {by_kind})")
    inside = [k for k in links if k.a in members and k.b in members]
    said += [f"{k.a} and {k.b} cannot be the same fire: {_joined(k, observed)}" for k in inside if k.verdict != CAN]
    said += [
        f"{k.a} and {k.b} can be the same fire ({likelihood(k.p_same_fire)}, {percent(k.p_same_fire)}): "
        f"{_joined(k, observed)}"
        for k in inside
        if k.verdict == CAN
    ]
    return tuple(sentence(s) for s in said)


def _joined(link: Link, observed: Observed) -> str:
    return "; ".join(words[0].lower() + words[1:].rstrip(".") for words in link_words(link, observed))


def incident_words(incident: Incident, observed: Observed, local: tzinfo) -> tuple[str, ...]:
    """What the observations of one incident support."""
    said = [
        f"{several(len(incident.support), 'observation').capitalize()} of one {plain(incident.phenomenon)}, "
        f"{span(stated_when(incident, observed), local)}; that it happened: {chance(incident.p_exists)}"
    ]
    said += [observation_words(observed[s.observation]) for s in incident.support]
    said += source_notes((s.observation for s in incident.support), observed)
    return tuple(sentence(s) for s in said)


def open_questions(
    engagements: Sequence[Engagement],
    observed: Observed,
    links: Sequence[Link],
    local: tzinfo,
    origins: Mapping[str, Origin] | None,
) -> tuple[str, ...]:
    """What stays undetermined, in words; last, whose fire it was as far as `origins` says (None: not told here)."""
    said = []
    home = {s.observation: e for e in engagements for s in e.support}
    for engagement in engagements:
        said += _phase_question(engagement, observed)
        said += _side_question(engagement)
    pairs: dict[frozenset[str], list[Link]] = {}
    for link in links:
        a, b = home.get(link.a), home.get(link.b)
        if a and b and a.id != b.id:
            pairs.setdefault(frozenset((a.id, b.id)), []).append(link)
    quoted: set[str] = set()
    for ids, between_two in pairs.items():
        members = [s.observation for e in engagements if e.id in ids for s in e.support]
        notes = [note for note in source_notes(members, observed) if note not in quoted]
        quoted.update(notes)
        said.append(". ".join((_relation_question(between_two, home, observed, local), *notes)))
    said += _origin_questions(origins)
    return tuple(sentence(s) for s in dict.fromkeys(said))


def _relation_question(
    links: Sequence[Link], home: Mapping[ObservationId, Engagement], observed: Observed, local: tzinfo
) -> str:
    """What the links between one pair of engagements leave open, told by the nearest reports of the two."""
    met = [k for k in links if k.overlap_s >= 0]
    nearest = max(met or links, key=lambda k: (k.p_same_engagement if met else 0.0, _stated_overlap_s(k, observed)))
    ends = sorted((nearest.a, nearest.b), key=lambda id: (stated_when(home[id], observed).start, home[id].id))
    early, late = (home[id] for id in ends)
    if not met:
        gap = _duration(-_stated_overlap_s(nearest, observed))
        question = (
            f"{late.id} ({span(stated_when(late, observed), local)}) follows {early.id} in the same area: the nearest "
            f"reports of the two, {ends[0]} and {ends[1]}, are {gap} apart. Whether the one continued the other is "
            "undetermined"
        )
    else:
        question = (
            f"{early.id} and {late.id} meet in time and area ({ends[0]} and {ends[1]}); that they are one exchange: "
            f"{chance(nearest.p_same_engagement)}. They are kept apart"
        )
    return question


def _phase_question(engagement: Engagement, observed: Observed) -> list[str]:
    without = [s.observation for s in engagement.support if observed[s.observation].phase in OPEN_PHASES]
    if not without:
        return []
    whole = len(without) == len(engagement.support)
    those = listed(without) if not whole else "its one report" if len(without) == 1 else "all its reports"
    leave = "leaves" if len(without) == 1 else "leave"
    return [f"{engagement.id}: whether rounds were fired or fell where they were perceived ({those} {leave} it open)"]


def _side_question(engagement: Engagement) -> list[str]:
    p = engagement.p_side_left
    if p is None or not 0.2 < p < 0.8:
        return []
    one, other = sorted((p, 1.0 - p), reverse=True)
    return [f"{engagement.id}: on which side of the line ({percent(one)} one side, {percent(other)} the other)"]


def _origin_questions(origins: Mapping[str, Origin] | None) -> list[str]:
    """For which subjects it is open who fired, and where control maps disagree on it; never without the reminder."""
    if origins is None:
        return [f"whose fire it was is not told in this edition. {NOT_SIDE}"]
    if not origins:
        return ["whose fire it was: nothing here was examined for it", NOT_SIDE]
    open_ = [id for id, origin in origins.items() if origin.indicated is None]
    apart = [id for id, origin in origins.items() if disagree(origin.maps)]
    if len(open_) > FEW:
        said = [f"who fired, for {len(open_)} of {several(len(origins), 'subject')}: {few(open_)}"]
    else:
        said = [f"{id}: who fired ({percent(_undetermined(origins[id]))} undetermined)" for id in open_]
    if apart:
        said.append(f"the control maps disagree on who fired for {few(apart)}; what is indicated holds on each of them")
    return [*said, NOT_SIDE]


def _undetermined(origin: Origin) -> float:
    return dict(origin.p_party).get(UNDETERMINED, 0.0)


def indication_words(indication: Indication, title: str) -> str:
    """An indication in one sentence; the word for what the software computes is always this one."""
    bounds = between(indication.assessment.p_breach_low, indication.assessment.p_breach_high)
    verdict = plain(indication.verdict)
    if indication.verdict == "indicated":
        only = "" if indication.strongest == STANDARDS[-1] else "only "
        verdict = f"indicated {only}to the standard of {standard(indication.strongest or '')}"
    return sentence(f"{title}: {verdict} (probability {bounds})")
