"""Advice in words: what a rung asks, the time left or passed, who holds the level, what people must settle."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

from truceline.domain.advice import Advice
from truceline.domain.indication import Element
from truceline.domain.level import Holder, Standing
from truceline.judgement.words import date_of, duration, few, listed, moment_of, plain, sentence

Names = Mapping[str, str]  # parties, actors and bodies by id

STATES = {
    "not_reached": "not reached",
    "running": "reached, the clock is running",
    "expired": "reached, and its time has passed",
    "no_deadline": "reached; the text sets no deadline",
    "answered": "answered",
    "reset": "the series has ended, the quiet that the text asks for has passed",
}
BESIDES = ("quiet", "deadlock")  # names under which an advice says what is no condition of the rung
DAYS_FROM_S = 48 * 3600.0  # a length of time is told in days from two on


def advice_words(advice: Advice, names: Names, local: tzinfo) -> tuple[str, ...]:
    """An advice as sentences. It asks and reminds; what is done, people decide and sign."""
    said = [f"{advice.title}: {STATES[advice.state]}", *_clock(advice, local)]
    if advice.party is not None:
        said.append(f"it counts only what names {names.get(advice.party, advice.party)}")
    if advice.rests_on:
        said.append(f"it rests on {few(advice.rests_on)}")
    said += [condition_words(test) for test in advice.tests]
    if advice.state != "not_reached":
        body = names.get(advice.authorised_by, advice.authorised_by)
        said.append(f"what the text foresees: {advice.action}; for {body} to authorise, nothing is triggered here")
        said += _reply_or_question(advice, body)
    said.append(f"who holds level {advice.level} today: {who_holds(advice.standing, names)}")
    if advice.unmonitored:
        one = len(advice.unmonitored) == 1
        clauses = f"clause {advice.unmonitored[0]}" if one else f"clauses {listed(list(advice.unmonitored))}"
        said.append(f"nobody deployed today can watch {clauses}")
    assumed = ", assumed" if advice.grade == "assumed" else ""
    return tuple(sentence(s) for s in [*said, f"text: {advice.reference}{assumed}"])


def condition_words(test: Element) -> str:
    """A condition of a rung: met or not, why, and by which text; what is said besides stands under its own name."""
    if test.name in BESIDES:
        return f"{test.name}: {test.because} [{test.reference}]"
    return f"{'met' if test.p >= 0.5 else 'not met'}: {test.name}; {test.because} [{test.reference}]"


def _clock(advice: Advice, local: tzinfo) -> list[str]:
    """When the clock began, when it ends, and what is left of it or passed since."""
    said = []
    if advice.zero_at is not None:
        said.append(f"the clock began on {moment_of(advice.zero_at, local)}")
    if advice.due_at is not None:
        said.append(f"due by {moment_of(advice.due_at, local)}{_left(advice, advice.due_at)}")
    return ["; ".join(said)] if said else []


def _left(advice: Advice, due_at: datetime) -> str:
    left = due_at - advice.at
    if advice.state == "running":
        return f", {lasting(left)} left"
    return f", {lasting(-left)} ago" if left <= timedelta(0) else ""


def lasting(time: timedelta) -> str:
    """A length of time for people: days from two on, else hours and minutes."""
    seconds = max(0.0, time.total_seconds())
    if seconds < DAYS_FROM_S:
        return duration(seconds)
    days, rest = divmod(round(seconds / 3600.0), 24)
    return f"{days} days {rest} h" if rest else f"{days} days"


def _reply_or_question(advice: Advice, body: str) -> list[str]:
    """What the body did, or what it has not; where time has passed, the rule for deadlock is put to people."""
    if advice.reply:
        return [f"{body} recorded: {plain(advice.reply)}"]
    if advice.state == "expired":
        rule = f'the text says of a deadlock: "{advice.on_deadlock}"' if advice.on_deadlock else "the text is silent"
        return [f"no answer of {body} is recorded. If it could not agree, {rule}. Whether that is so, people must say"]
    if advice.state in ("running", "no_deadline"):
        return [f"no answer of {body} is recorded yet"]
    return []


def who_holds(standing: Standing | None, names: Names) -> str:
    """Who is on a level: "nobody; France and the United Kingdom announced (on paper)"."""
    if standing is None:
        return "the arrangement has no such level"
    deployed = listed([names.get(actor, actor) for actor in standing.deployed])
    there = f"{deployed} (deployed)" if deployed else "nobody"
    return "; ".join([there, *_on_paper(standing.on_paper, names)]) + _known(standing)


def _on_paper(holders: Sequence[Holder], names: Names) -> list[str]:
    """Those who only said so, together where they said the same."""
    together: dict[tuple[str, str], list[str]] = {}
    for holder in holders:
        together.setdefault((holder.state, holder.condition), []).append(names.get(holder.actor, holder.actor))
    said = []
    for (state, condition), actors in together.items():
        only_if = f", on condition: {condition}" if condition else ""
        said.append(f"{listed(actors)} {plain(state)} (on paper){only_if}")
    return said


def _known(standing: Standing) -> str:
    if standing.as_of == date.min:
        return ""
    return f" [as of {date_of(standing.as_of.isoformat())}; {standing.reference}; {standing.grade}]"


def level_words(number: int, name: str, place: str, standing: Standing, names: Names) -> tuple[str, ...]:
    """A level in one sentence: what it is, where, and who holds it today."""
    where = f", {place}" if place else ""
    return (sentence(f"level {number}, {name}{where}: {who_holds(standing, names)}"),)
