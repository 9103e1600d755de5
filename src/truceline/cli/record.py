"""`truceline record`: enter what people found, ruled, said and decided; a second person confirms it."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from truceline.cli.common import at_option, json_option, mission_option, opened, print_json
from truceline.domain.decided import (
    ADVICE_REPLIES,
    FINDING_VERDICTS,
    RULING_VERDICTS,
    Contact,
    Decided,
    Finding,
    Held,
    Release,
    Reply,
    Ruling,
    Statement,
)
from truceline.mission.decisions import confirm as confirm_in
from truceline.mission.decisions import enter
from truceline.mission.folder import Mission
from truceline.mission_file import AUDIENCES
from truceline.reports.exercise import exercise_label

F = TypeVar("F", bound=Callable[..., Any])

by_option = click.option("--by", required=True, help="Who records it: a name listed under people in mission.yaml.")
party_option = click.option("--party", default="", help="The party that it names, by its id in the arrangement.")
standard_option = click.option("--standard", default="", help="The standard of proof that was met, e.g. balance.")
reasons_option = click.option("--reasons", default="", help="Why, in full sentences.")
body_option = click.option("--body", required=True, help="The body, by its id in the arrangement.")


def placed(command: F) -> F:
    """The options that every kind of record shares."""
    return json_option(at_option(mission_option(by_option(command))))


@click.group()
def record() -> None:
    """Enter a decision into the ledger, or confirm one that somebody else entered.

    Nothing entered here counts until a second person confirms it: `truceline record confirm`. Who may do what stands
    under people in mission.yaml. The software checks and keeps; it decides nothing.
    """


@record.command()
@click.argument("indication")
@click.option("--verdict", required=True, type=click.Choice(FINDING_VERDICTS))
@party_option
@standard_option
@reasons_option
@placed
def finding(
    indication: str, verdict: str, party: str, standard: str, reasons: str,
    folder: Path, by: str, at: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Enter what a person concluded about INDICATION after verification. Without --party, none was found.

    INDICATION is its id (N-...), or the id of what it is about (E-..., I-..., H-...) where one clause speaks of that.
    """

    def made(now: datetime) -> Decided:
        return Finding(id="", indication=indication, verdict=verdict, party=party, standard=standard,
                       reasons=reasons, by=by, at=now)  # fmt: skip

    _enter(folder, at, made, as_json)


@record.command()
@click.argument("finding")
@click.option("--verdict", required=True, type=click.Choice(RULING_VERDICTS))
@body_option
@click.option("--present", required=True, type=int, help="How many of the body were present.")
@party_option
@standard_option
@reasons_option
@click.option("--dissent", default="", help="What those who disagreed say.")
@placed
def ruling(
    finding: str, verdict: str, body: str, present: int, party: str, standard: str, reasons: str, dissent: str,
    folder: Path, by: str, at: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Enter what a body ruled on FINDING (F-...), which has to be in force."""

    def made(now: datetime) -> Decided:
        return Ruling(id="", finding=finding, verdict=verdict, party=party, standard=standard, body=body,
                      present=present, reasons=reasons, dissent=dissent, by=by, at=now)  # fmt: skip

    _enter(folder, at, made, as_json)


@record.command()
@click.argument("on")
@click.option("--party", required=True, help="Whose statement it is, by its id in the arrangement.")
@click.option("--text", required=True, help="What it says.")
@placed
def statement(on: str, party: str, text: str, folder: Path, by: str, at: str | None, as_json: bool) -> None:
    """Enter what a party has to say about ON: anything with an id. It is recorded, and never evidence."""
    _enter(folder, at, lambda now: Statement(id="", party=party, on=on, text=text, by=by, at=now), as_json)


@record.command()
@click.option("--party", "parties", required=True, multiple=True, help="A party that was reached; once for each.")
@click.option("--on", default="", help="The id of what it was about.")
@click.option("--outcome", required=True, help="What came of it.")
@placed
def contact(
    parties: tuple[str, ...], on: str, outcome: str, folder: Path, by: str, at: str | None, as_json: bool
) -> None:
    """Enter a call over the hotline: which parties were reached, about what, and what came of it."""
    _enter(folder, at, lambda now: Contact(id="", parties=parties, on=on, outcome=outcome, by=by, at=now), as_json)


@record.command()
@click.argument("advice")
@click.option("--verdict", required=True, type=click.Choice(ADVICE_REPLIES))
@body_option
@reasons_option
@placed
def reply(
    advice: str, verdict: str, body: str, reasons: str, folder: Path, by: str, at: str | None, as_json: bool
) -> None:
    """Enter what the body that the rung names did with ADVICE (A-...)."""

    def made(now: datetime) -> Decided:
        return Reply(id="", advice=advice, verdict=verdict, body=body, reasons=reasons, by=by, at=now)

    _enter(folder, at, made, as_json)


@record.command()
@click.argument("what")
@click.option("--to", required=True, type=click.Choice(AUDIENCES), help="Who may see it, the party's name included.")
@placed
def release(what: str, to: str, folder: Path, by: str, at: str | None, as_json: bool) -> None:
    """Enter that WHAT, a finding (F-...) or ruling (R-...) in force, may be shown to an audience."""
    _enter(folder, at, lambda now: Release(id="", what=what, to=to, by=by, at=now), as_json)


@record.command()
@click.argument("id")
@click.option("--refuse", is_flag=True, help="Refuse it instead: it will never count. Needs --reasons.")
@reasons_option
@placed
def confirm(id: str, refuse: bool, reasons: str, folder: Path, by: str, at: str | None, as_json: bool) -> None:
    """Confirm ID, which somebody else entered: from then on it is in force."""
    mission = opened(folder, at)
    index = confirm_in(mission, id, by, not refuse, reasons)
    held = mission.state().decision(id)
    if as_json and held is not None:
        print_json(_data(held) | {"confirmation_entry": index})
        return
    what = "refused: it counts for nothing" if refuse else "in force"
    _label(mission)
    click.echo(f"{id} is {what}, by {by}. Ledger entry {index}.")


@record.command(name="list")
@mission_option
@json_option
def list_(folder: Path, as_json: bool) -> None:
    """List what was recorded, and what of it is in force."""
    state = opened(folder, None).state()
    if as_json:
        print_json({"decisions": [_data(held) for held in state.decisions], "ignored": dict(state.ignored)})
        return
    for held in state.decisions:
        one = held.record
        kind = type(one).__name__.casefold()
        click.echo(f"{one.id}  entry {held.entry}, {kind} by {one.by}, {one.at:%Y-%m-%d %H:%M} UTC: {_standing(held)}")
    for index, why in state.ignored:
        click.echo(f"Entry {index} counts for nothing: {why}.")
    if not state.decisions and not state.ignored:
        click.echo("Nothing has been recorded.")


def _standing(held: Held) -> str:
    if held.confirmed_by is None:
        return "awaits a second person"
    return f"{'refused' if held.refused else 'in force, confirmed'} by {held.confirmed_by}"


def _enter(folder: Path, at: str | None, made: Callable[[datetime], Decided], as_json: bool) -> None:
    mission = opened(folder, at)
    index = enter(mission, made(mission.clock()))
    held = _at(mission, index)
    if as_json:
        print_json(_data(held))
        return
    kind = type(held.record).__name__
    _label(mission)
    click.echo(f"{kind} {held.record.id}: ledger entry {index}. It awaits a second person and counts for nothing yet:")
    click.echo(f'  truceline record confirm {held.record.id} --by "..."')


def _label(mission: Mission) -> None:
    """What an exercise says wherever it speaks."""
    if label := exercise_label(mission.bundle.mission.name, mission.bundle.arrangement.title):
        click.echo(label)


def _at(mission: Mission, index: int) -> Held:
    return next(held for held in mission.state().decisions if held.entry == index)


def _data(held: Held) -> dict[str, Any]:
    return asdict(held) | {"kind": type(held.record).__name__.casefold(), "in_force": held.in_force}
