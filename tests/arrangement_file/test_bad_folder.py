"""One deliberately bad arrangement with everything that `truceline check` finds: all of it is told in one run.

What has to be told stands in the file itself: a line that is wrong ends in `#! error: how the complaint begins`, more
than one of them one after the other. Problems of other files are listed at the top, as `#! file:line error: ...`.
"""

import re
from pathlib import Path

from truceline.arrangement_file import MAIN, check_arrangement, folder_files
from truceline.arrangement_file.lint import LINTS
from truceline.arrangement_file.read import read_root
from truceline.strict_yaml import Problems, read_yaml

FILES = folder_files(Path(__file__).parent / "bad")
MARK = re.compile(r"#! (?:(\S+):(\d+) )?(error|warning): ([^#]+?)\s*(?=#!|$)")

Told = tuple[str, int, str, str]


def expected() -> list[Told]:
    """What the marks in the main file ask for: file, line, severity, beginning of the complaint."""
    return sorted(
        (file or MAIN, int(line or n), severity, text)
        for n, written in enumerate(FILES[MAIN].splitlines(), start=1)
        for file, line, severity, text in MARK.findall(written)
    )


def test_everything_is_told_in_one_run_with_file_and_line() -> None:
    wanted = expected()
    told = sorted((one.file, one.line, one.severity, one.text) for one in check_arrangement(FILES))
    assert len(told) == len(wanted) > 60
    for (file, line, severity, text), (*place, begins) in zip(told, wanted, strict=True):
        assert [file, line, severity] == place
        assert text.startswith(begins), (text, begins)


def test_every_lint_of_the_table_finds_something_in_it() -> None:
    root = read_yaml(FILES[MAIN], MAIN, Problems())
    arrangement = read_root(root, FILES)
    silent = [lint.__name__ for lint in LINTS if not list(lint(arrangement, root))]
    assert silent == []


def test_every_complaint_is_sentences_that_end_and_names_no_python() -> None:
    for one in check_arrangement(FILES):
        assert one.text.endswith((".", "?")), one.text
        assert not re.search(r"\bNone\b|\bnan\b|\(\)|<class|object at", one.text), one.text
