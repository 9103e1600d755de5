"""`truceline verify`: does the ledger hold together, and does everything derived follow from it?"""

from pathlib import Path

import click
from click import Context

from truceline.app import verify_ledger
from truceline.cli.common import json_option, mission_option, opened, print_json, quiet
from truceline.mission.replay import replay as replay_all


@click.command()
@click.option("--replay", is_flag=True, help="Recompute every derived record and every report, byte for byte.")
@mission_option
@json_option
@click.pass_context
def verify(ctx: Context, replay: bool, folder: Path, as_json: bool) -> None:
    """Verify the ledger of a mission; exit code 1 if anything does not hold.

    Needs only the public key, keys/ledger.pub; --replay needs the keys of the sources as well.
    """
    tree = verify_ledger(folder)
    replayed = replay_all(opened(folder, None), quiet) if replay and tree.ok else None
    problems = [*tree.problems, *(replayed.problems if replayed else ())]
    if as_json:
        print_json(
            {
                "ok": not problems,
                "size": tree.size,
                "checkpoints": tree.n_checkpoints,
                "first_bad": tree.first_bad,
                "reports_replayed": replayed.n_reports if replayed else None,
                "problems": problems,
            }
        )
    else:
        for problem in problems:
            click.echo(problem, err=True)
        if tree.ok:
            click.echo(f"Ledger: {tree.size} entries and {tree.n_checkpoints} signed checkpoints hold together.")
        if replayed and replayed.ok:
            click.echo(
                f"Replay: {replayed.n_reports} reports on {replayed.n_states} derived states, the same byte for byte."
            )
    ctx.exit(1 if problems else 0)
