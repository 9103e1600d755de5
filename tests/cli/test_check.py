"""`truceline check` as a user calls it: what it prints, its JSON, its exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from truceline.arrangement_file import MAIN, check_arrangement, folder_files
from truceline.mission_file import shipped_names

FOLDERS = Path(__file__).parent.parent / "arrangement_file"
GOOD, BAD = FOLDERS / "good", FOLDERS / "bad"


def check(*words: str | Path, code: int) -> subprocess.CompletedProcess[str]:
    """Run the verb in a fresh process; its result, after checking the exit code and that nobody saw a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "truceline.cli.main", "check", *map(str, words)],
        capture_output=True, text=True, timeout=120, env=os.environ | {"TERM": "dumb"}, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done


def test_a_good_arrangement_is_fine() -> None:
    assert check(GOOD, code=0).stdout == "good: no problems found.\n"


def test_a_bad_one_is_told_line_by_line() -> None:
    problems = check_arrangement(folder_files(BAD))
    *lines, summary = check(BAD, code=1).stdout.splitlines()
    assert len(lines) == len(problems)
    for line, one in zip(lines, problems, strict=True):
        assert line.startswith(f"{one.file}:{one.line}  {one.severity}: {one.text}")
    errors = sum(one.severity == "error" for one in problems)
    assert summary == f"bad: {errors} errors, {len(problems) - errors} warnings."
    assert any(line.endswith("Widen window_h or shorten lasting_h. [article 10.3]") for line in lines)


def test_json_is_a_list_of_records() -> None:
    found = json.loads(check(BAD, "--json", code=1).stdout)
    assert {tuple(one) for one in found} == {("about", "file", "line", "problem", "reference", "severity")}
    one = next(one for one in found if one["about"] == "2b")
    assert one["reference"] == "article 2b"
    assert one["severity"] == "error"
    assert (BAD / MAIN).read_text(encoding="utf-8").splitlines()[one["line"] - 1].startswith('  - id: "2b"')
    assert json.loads(check(GOOD, "--json", code=0).stdout) == []


def test_warnings_alone_are_exit_code_0(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "a")
    main = tmp_path / "a" / MAIN
    main.write_text(main.read_text("utf-8").replace("public: [sensor_positions, observations]", "public: []"), "utf-8")
    done = check(tmp_path / "a", code=0)
    assert "warning: release: nothing is withheld from 'public'." in done.stdout
    assert done.stdout.endswith("a: 1 warning.\n")


def test_a_mission_folder_means_its_arrangement(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path / "agreed")
    mission = "format: mission/1\nname: Example\narrangement: agreed\n"
    (tmp_path / "mission.yaml").write_text(mission, encoding="utf-8")
    assert check(tmp_path, code=0).stdout == "agreed: no problems found.\n"


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shipped_goes_by_its_name(name: str) -> None:
    assert check(name, code=0).stdout.splitlines()[-1].startswith(f"{name}: ")


def test_what_is_not_there_says_what_is(tmp_path: Path) -> None:
    done = check("minsk-2105", code=3)
    assert "'minsk-2105' cannot be checked: neither a folder" in done.stderr
    assert "Did you mean 'minsk-2015'?" in done.stderr
    check(tmp_path / "nowhere", code=3)


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / MAIN).write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8 text" in check(tmp_path, code=1).stderr
