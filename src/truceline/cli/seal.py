"""`truceline seal`: destroy the key of a source."""

from pathlib import Path

import click

from truceline.cli.common import mission_option
from truceline.domain.ids import SourceId
from truceline.errors import UsageError
from truceline.stores.seal import destroy_key, key_path


@click.command()
@click.argument("source")
@mission_option
@click.option("--for-ever", is_flag=True, help="Say that you mean it: there is no way back.")
def seal(source: str, folder: Path, for_ever: bool) -> None:
    """Destroy the key of SOURCE, so that nothing it told can be read from the ledger again.

    It serves the duty to erase personal data. The ledger still verifies. What stands elsewhere is yours to destroy:
    copies of the key, the files in inbox/, and what was published in reports/ and derived/.
    """
    keys = folder / "keys"
    if not key_path(keys, SourceId(source)).exists():
        raise UsageError(f"The mission in {folder} holds no key of a source '{source}'.")
    if not for_ever:
        raise UsageError(f"Nothing was done. To destroy the key of '{source}', add --for-ever.")
    destroy_key(keys, SourceId(source))
    click.echo(f"The key of '{source}' is destroyed: what it told is sealed in the ledger, which still verifies.")
    click.echo(f"Still readable, and yours to destroy: {folder / 'inbox' / source}, reports/ and derived/.")
