"""The examples of docs/how-to/write-an-arrangement.md, put together, are an arrangement without a problem."""

import re
from pathlib import Path

from truceline.arrangement_file import MAIN, check_arrangement, folder_files
from truceline.arrangement_file.read import OPTIONAL
from truceline.mission_file import starter

HOW_TO = Path(__file__).parent.parent.parent / "docs" / "how-to" / "write-an-arrangement.md"
PAGE = HOW_TO.read_text(encoding="utf-8")
SECTION = re.compile(r"^([a-z_]+):", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Top-level key -> its lines."""
    starts = [*SECTION.finditer(text)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return {match.group(1): text[match.start() : end] for match, end in zip(starts, ends, strict=True)}


def test_the_examples_together_have_no_problem() -> None:
    shown = sections("\n".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)))
    written = sections((starter() / "arrangement" / MAIN).read_text(encoding="utf-8"))
    files = folder_files(Path(__file__).parent / "good")
    assert check_arrangement({**files, MAIN: "\n".join({**written, **shown}.values())}) == ()
    assert set(OPTIONAL) - {"sectors", "landmarks"} <= set(shown)  # those two are in what `truceline new` writes
