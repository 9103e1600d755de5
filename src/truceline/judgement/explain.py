"""From traces to words: what the reports of an exchange support, what they exclude, and what stays open."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from truceline.domain.incident import Engagement, Incident, Link
from truceline.domain.indication import Indication
from truceline.domain.report import ReportedObservation
from truceline.judgement.words import (
    amount,
    chance,
    clock_of,
    counted,
    day_of,
    kilometres,
    listed,
    percent,
    plain,
    sentence,
    several,
    span,
)

Observed = Mapping[str, ReportedObservation]


def observation_words(one: ReportedObservation) -> str:
    """An observation in one phrase: who, what, how many, where, when; as stated, nothing added."""
    phase = {"": "phase not stated", "undetermined": "phase undetermined"}.get(one.phase, plain(one.phase))
    what = counted(one.count, one.phenomenon) + (f" ({one.weapon}, {phase})" if one.weapon else f" ({phase})")
    near, far = one.range_m
    where = ""
    if far is not None:
        where = f", {_range(near or 0.0, far)} from {one.sensor}"
    return f"{one.id}: {what}{where}, {one.when_text}"


def _range(near_m: float, far_m: float) -> str:
    if near_m == far_m:
        return kilometres(far_m / 1e3)
    return f"{kilometres(near_m / 1e3)} to {kilometres(far_m / 1e3)}" if near_m else f"up to {kilometres(far_m / 1e3)}"


def link_words(link: Link, observed: Observed) -> tuple[str, ...]:
    """Why two reports can or cannot have counted the same rounds, one sentence a reason."""
    return tuple(sentence(_reason(code, link, observed)) for code in link.because)


def _reason(code: str, link: Link, observed: Observed) -> str:
    name, _, value = code.partition("=")
    if name == "same_sensor":
        return "one observer counted them apart, and counts what it perceives in one way once"
    if name == "gap_s":
        return f"their times do not meet: {_duration(float(value))} lie between them, travel time of the sound removed"
    if name == "overlap_s":
        return f"their times share {_duration(float(value))}"
    if name == "kinds":
        return f"what was perceived differs: {plain(value.replace('|', ' and '))}"
    if name == "weapons":
        return f"the weapons stated differ: {value.replace('|', ' and ')}"
    if name == "places_apart":
        return f"no place fits both: {kilometres(link.distance_m / 1e3)} lie between their middles"
    if name == "place_overlap":
        return f"their places overlap ({percent(float(value))} of a perfect fit)"
    if name == "phases":
        return "one speaks of firing, the other of arrival: the two ends of a flight, so their places need not meet"
    if name == "phase_open":
        return f"report {value} does not say whether it was firing or arrival"
    raise ValueError(f"no words for the reason '{code}'")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return several(round(seconds), "second")
    if seconds < 5400:
        return several(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"


def engagement_words(
    engagement: Engagement, observed: Observed, links: Sequence[Link], local: tzinfo
) -> tuple[str, ...]:
    """What the reports of one engagement support, and no more."""
    members = [support.observation for support in engagement.support]
    said = [
        f"{several(len(members), 'report').capitalize()} of fire {span(engagement.when, local)}"
        + (": taken together as one exchange" if len(members) > 1 else ", by itself: no other report meets it")
    ]
    for support in engagement.support:
        belongs = f" Belongs: {chance(support.p_member)}." if len(members) > 1 else ""
        said.append(f"{sentence(observation_words(observed[support.observation]))}{belongs}")
    by_kind = "; ".join(counted(amount(low, high), name) for name, low, high in engagement.counts)
    whole = amount(engagement.count_low, engagement.count_high, engagement.count_likely)
    said.append(f"Distinct rounds or bursts: {whole} (by kind: {by_kind})")
    inside = [k for k in links if k.a in members and k.b in members]
    can = [k for k in inside if k.verdict == "can_be_same_fire"]
    said += [f"{k.a} and {k.b} can be the same fire ({chance(k.p_same_fire)}): {_joined(k, observed)}" for k in can]
    said += [
        f"{k.a} and {k.b} cannot be the same fire: {_joined(k, observed)}"
        for k in inside
        if k.verdict != "can_be_same_fire"
    ]
    return tuple(sentence(s) for s in said)


def _joined(link: Link, observed: Observed) -> str:
    return "; ".join(words[0].lower() + words[1:].rstrip(".") for words in link_words(link, observed))


def incident_words(incident: Incident, observed: Observed, local: tzinfo) -> tuple[str, ...]:
    """What the observations of one incident support."""
    n = len(incident.support)
    said = [
        f"{several(n, 'observation').capitalize()} of one {plain(incident.phenomenon)}, "
        f"{span(incident.when, local)}; that it happened is {chance(incident.p_exists)}"
    ]
    said += [observation_words(observed[s.observation]) for s in incident.support]
    return tuple(sentence(s) for s in said)


def open_questions(
    engagements: Sequence[Engagement], observed: Observed, links: Sequence[Link], local: tzinfo
) -> tuple[str, ...]:
    """What stays undetermined, in words; always with the question that is never answered here."""
    said = []
    home = {s.observation: e for e in engagements for s in e.support}
    for engagement in engagements:
        said += _phase_question(engagement, observed)
        said += _side_question(engagement)
    for link in links:
        a, b = home.get(link.a), home.get(link.b)
        if a and b and a.id != b.id and link.overlap_s < 0:
            said.append(
                f"{b.id} ({day_of(b.when.start, local)}, from {clock_of(b.when.start, local)}) follows {a.id} in the "
                f"same area: {link.b} meets {link.a} at no time ({_duration(-link.overlap_s)} between them). Whether "
                "the one continued the other is undetermined"
            )
        elif a and b and a.id != b.id:
            said.append(
                f"{link.a} ({a.id}) and {link.b} ({b.id}) met in time, but that they are one exchange is "
                f"{chance(link.p_same_engagement)}; they are kept apart"
            )
    said.append("Whose fire it was: not examined here. Where something fell is not who fired it")
    return tuple(sentence(s) for s in dict.fromkeys(said))


def _phase_question(engagement: Engagement, observed: Observed) -> list[str]:
    without = [s.observation for s in engagement.support if observed[s.observation].phase in ("", "undetermined")]
    if not without:
        return []
    those = "all its reports" if len(without) == len(engagement.support) else listed(without)
    return [f"{engagement.id}: whether rounds were fired or fell where they were perceived ({those} leave it open)"]


def _side_question(engagement: Engagement) -> list[str]:
    p = engagement.p_side_left
    if p is None or not 0.2 < p < 0.8:
        return []
    return [f"{engagement.id}: on which side of the line ({percent(p)} to {percent(1 - p)})"]


def indication_words(indication: Indication, title: str) -> str:
    """An indication in one sentence; the word for what the software computes is always this one."""
    low, high = indication.assessment.p_breach_low, indication.assessment.p_breach_high
    bounds = percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"
    if indication.verdict == "indicated":
        standard = plain(indication.strongest or "")
        return sentence(f"{title}: indicated at the standard of {standard} (probability {bounds})")
    if indication.verdict == "not_indicated":
        return sentence(f"{title}: not indicated (probability {bounds})")
    return sentence(f"{title}: undetermined (probability {bounds})")
