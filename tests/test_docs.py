"""What is documented exists, what exists is documented, and what the tutorial says happens."""

import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from truceline import errors, menu
from truceline.cli.main import VERBS
from truceline.domain.ids import digest
from truceline.domain.inputs import Charter
from truceline.ledger.keys import load_signer
from truceline.ledger.ledger import Ledger
from truceline.stores.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "bench").rglob("*.md")])
TUTORIAL = DOCS / "tutorial.md"

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r"(?P<kind>\w+) title=(?P<path>\S+)")
_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)

# Loaded by every Python that the tutorial starts: a tutorial that needs a network is a broken promise.
NO_NETWORK = """
import socket
def refuse(*_, **__):
    raise RuntimeError("the tutorial must not need a network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = socket.create_connection = refuse
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command of the tutorial with the output that it promises, or a file that it has the reader write."""

    line: int
    command: str = ""
    output: str = ""
    path: str = ""
    content: str = ""


def steps(text: str) -> Iterator[Step]:
    """What the reader does, in order. `console` blocks hold `$ ` commands, each followed by what it prints."""
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 1
        if titled := _TITLE.fullmatch(fence["info"]):
            yield Step(line=line, path=titled["path"], content=fence["body"])
        elif fence["info"] == "console":
            assert fence["body"].startswith("$ "), f"tutorial.md:{line}: a console block begins with a command"
            for part in re.split(r"^\$ ", fence["body"], flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                yield Step(line=line, command=command, output=output)


def promised(output: str) -> re.Pattern[str]:
    """What a command must print: `...` stands for the rest of a line, alone on a line for any lines."""
    lines = []
    for line in output.splitlines():
        if line == "...":
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append(r"[^\n]*".join(re.escape(part) for part in line.split("...")) + r"\n")
    return re.compile("".join(lines))


def said(step: Step, folder: Path, environment: dict[str, str]) -> str:
    """Run one command as the reader would; what it printed, spaces that keep a unit with its number as spaces."""
    done = subprocess.run(
        ["bash", "-c", step.command],
        check=False,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, f"tutorial.md:{step.line}: $ {step.command}\n{done.stdout}"
    return re.sub("[\u00a0\u202f]", " ", done.stdout)


@pytest.mark.slow
def test_the_tutorial_happens_as_it_says(tmp_path: Path) -> None:
    guard, folder = tmp_path / "guard", tmp_path / "reader"
    guard.mkdir()
    folder.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    environment = {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), "/usr/bin", "/bin")),
        "PYTHONPATH": str(guard),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }
    ran = 0
    for step in steps(TUTORIAL.read_text(encoding="utf-8")):
        if step.path:
            (folder / step.path).write_text(step.content, encoding="utf-8")
            continue
        output = said(step, folder, environment)
        ran += 1
        if step.output:
            where = f"tutorial.md:{step.line}: $ {step.command}"
            assert promised(step.output).fullmatch(output), f"{where}\npromised:\n{step.output}\nprinted:\n{output}"
    assert ran >= 10


def test_a_ledger_can_be_checked_with_ten_lines_and_no_truceline(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ledger.sqlite")
    signer = load_signer(tmp_path / "keys", "example.org/docs")
    ledger = Ledger(store, tmp_path / "checkpoints", signer, signer.name)
    charter = Charter(
        arrangement_id="example",
        arrangement_version=1,
        bundle=digest(b"bundle"),
        content=digest(b"content"),
        adopted_at=datetime(2026, 3, 4, tzinfo=UTC),
    )
    page = (DOCS / "explanation" / "ledger.md").read_text(encoding="utf-8")
    (code,) = [fence["body"] for fence in _FENCE.finditer(page) if fence["info"] == "python"]
    for size in range(1, 8):
        ledger.append([charter])
        command = [sys.executable, "-I", "-c", code]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, encoding="utf-8", timeout=60)
        assert done.stdout.strip() == ledger.checkpoint_at(size).splitlines()[2]
    store.close()


def test_a_promise_that_is_not_kept_is_noticed() -> None:
    assert promised("a\n...\nb ... d\n").fullmatch("a\nx\ny\nb c d\n")
    assert promised("a\n...\n").fullmatch("a\n")
    assert not promised("a\n").fullmatch("a\nb\n")
    assert not promised("a\n...\nb\n").fullmatch("a\nx\n")


@pytest.fixture(scope="session")
def words() -> str:
    """All of docs/ as one text."""
    return "\n".join(page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md")))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_explained_by_hand_and_for_reference(verb: str, words: str) -> None:
    assert f"## truceline {verb}\n" in (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    assert f"truceline {verb}" in words.replace("## truceline", "")


def test_no_text_sends_anybody_to_a_verb_that_is_not_there() -> None:
    suffixes = {".md", ".txt", ".yaml", ".py"}
    folders = [ROOT / name for name in ("docs", "examples", "src")]
    files = [p for folder in folders for p in folder.rglob("*") if p.suffix in suffixes]
    wrong = []
    for path in [*files, *ROOT.glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"(?:`|^ *(?:\$ )?)truceline ([a-z_]+)", text, flags=re.MULTILINE)
        wrong += [f"{path.relative_to(ROOT)}: truceline {verb}" for verb in named if verb not in VERBS]
    assert not wrong


@pytest.mark.parametrize("door", menu.BUILTIN)
def test_every_door_has_a_how_to(door: str) -> None:
    page = DOCS / "how-to" / f"add-a-{door}.md"
    assert page.is_file(), f"no how-to for the door '{door}'"
    text = page.read_text(encoding="utf-8")
    assert f'BUILTIN["{door}"]' in text
    missing = [name for name in menu.names(door) if f"`{name}`" not in text]
    assert not missing, f"{page.name} does not name {missing}"


def test_every_error_code_is_documented() -> None:
    family = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, errors.TrucelineError)]
    table = (DOCS / "index.md").read_text(encoding="utf-8")
    missing = [c.__name__ for c in family if f"| `{c.code}` | {c.exit_code} |" not in table]
    assert not missing, f"docs/index.md has no row, or another exit code, for {missing}"
    assert len({c.code for c in family}) == len(family), "two errors share a code"


def test_every_runtime_and_dev_dependency_says_what_it_earns() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[project.scripts]")[0]
    named = re.findall(r'^  "([A-Za-z0-9.-]+)', project, flags=re.MULTILINE)
    assert len(named) >= 15
    table = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    missing = [name for name in named if f"| `{name}` |" not in table]
    assert not missing, f"docs/dependencies.md has no row for {missing}"


def test_the_generated_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "reference" / "generate.py"), "--check"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def anchor(heading: str) -> str:
    """The anchor that Markdown renderers give a heading."""
    return re.sub(r"[^\w -]", "", heading.casefold()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_resolve(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for link in _LINK.finditer(text):
        path, _, fragment = link["target"].partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            broken.append(link["target"])
        elif fragment and target.suffix == ".md":
            headings = _HEADING.finditer(target.read_text(encoding="utf-8"))
            if fragment not in {anchor(h["text"]) for h in headings}:
                broken.append(link["target"])
    assert not broken, f"{page.relative_to(ROOT)} points at nothing: {broken}"


def test_every_page_of_the_docs_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    ahead = [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        for link in _LINK.finditer(page.read_text(encoding="utf-8")):
            target = (page.parent / link["target"].partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                ahead.append(target)
    lost = sorted(str(p.relative_to(ROOT)) for p in set(DOCS.rglob("*.md")) - seen)
    assert not lost, f"no link leads to {lost}"
