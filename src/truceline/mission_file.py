"""A mission's own files: mission.yaml, the gazetteer, the arrangement it means, all of them in one bundle."""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from truceline.arrangement_file import MAIN, folder_files, read_arrangement
from truceline.domain.arrangement import Arrangement
from truceline.domain.inputs import NamedPlace
from truceline.errors import ArrangementError, MissionError, UnreachableError
from truceline.strict_yaml import Problems, Value, read_yaml, suggestion

MISSION = "mission.yaml"
PLACES = "places.csv"
PLACE_COLUMNS = ("name", "aliases", "lon_deg", "lat_deg", "sigma_m", "reference")
AUDIENCES = ("mission", "public")
RIGHTS = ("find", "rule", "confirm", "speak")
_ARRANGEMENT = "arrangement/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the mission, by the name that entries of the ledger carry.

    What they `may` enter: findings (find); rulings, replies and releases of the body that they write for (rule);
    statements and contacts (speak). `confirm` lets them confirm or refuse what somebody else entered.
    """

    name: str
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MissionFile:
    """What mission.yaml says: `arrangement` is a shipped name or a folder, `places` a file beside it.

    `people` may record decisions; without any nobody may.
    """

    name: str
    arrangement: str
    places: str | None
    audiences: tuple[str, ...]
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A mission's settings read back from one bundle; `places` is keyed by casefolded name and alias."""

    mission: MissionFile
    arrangement: Arrangement
    places: Mapping[str, NamedPlace]


def load_mission(path: Path) -> MissionFile:
    """What the mission.yaml at `path` says. Raises MissionError with every problem: file, line, remedy."""
    return read_mission(_text(path, "a mission folder has one; start one with truceline new"))


def read_mission(text: str) -> MissionFile:
    """What the text of a mission.yaml says. Raises MissionError with every problem."""
    problems = Problems()
    top = read_yaml(text, MISSION, problems).fields(
        ("format", "name", "arrangement"), optional=("places", "audiences", "people")
    )
    top["format"].text(("mission/1",))
    audiences = tuple(one.text(AUDIENCES) for one in top["audiences"].items())
    mission = MissionFile(
        name=top["name"].text(),
        arrangement=top["arrangement"].text(),
        places=top["places"].text() or None,
        audiences=audiences or AUDIENCES,
        people=_people(top["people"]),
    )
    problems.refuse(MissionError, "The mission")
    return mission


def _people(value: Value) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for item in value.items():
        got = item.fields(("name", "may"))
        person = Person(name=got["name"].text(), may=tuple(one.text(RIGHTS) for one in got["may"].items("right")))
        key = "".join(person.name.split()).casefold()  # the second pair of eyes is another person, not other capitals
        if key and key in found:
            got["name"].complain(f"name: '{person.name}' is listed above. List everybody once, with all they may do.")
        found.setdefault(key, person)
    return tuple(found.values())


def load_places(path: Path) -> dict[str, NamedPlace]:
    """The gazetteer at `path`, keyed by casefolded name and alias. Raises MissionError with every problem."""
    return read_places(_text(path, "name it in mission.yaml, or leave 'places' out"), path.name)


def read_places(text: str, file: str = PLACES) -> dict[str, NamedPlace]:
    """The gazetteer in `text`, keyed by casefolded name and alias. Raises MissionError with every problem."""
    problems = Problems()
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), restkey="", restval="")
    header = tuple(rows.fieldnames or ())
    for column in header:
        if column not in PLACE_COLUMNS:
            problems.add(file, 1, f"unknown column '{column}'. {suggestion(column, PLACE_COLUMNS)}")
    for column in PLACE_COLUMNS:
        if column not in header:
            problems.add(file, 1, f"column '{column}' is missing. Add it.")
    places: dict[str, NamedPlace] = {}
    if not problems.found:
        for row in rows:
            _add_place(places, row, file, rows.line_num, problems)
    problems.refuse(MissionError, "The gazetteer")
    return places


def _add_place(places: dict[str, NamedPlace], row: Mapping[str, str], file: str, line: int, problems: Problems) -> None:
    if "" in row:
        problems.add(file, line, "more fields than columns. Put text that holds a comma in double quotes.")
        return
    lon = _number(row, "lon_deg", -180, 180, file, line, problems)
    lat = _number(row, "lat_deg", -90, 90, file, line, problems)
    sigma = _number(row, "sigma_m", 0, 1e5, file, line, problems)
    name, reference = " ".join(row["name"].split()), row["reference"].strip()
    if not name:
        problems.add(file, line, "name: a place needs one.")
    if not reference:
        problems.add(file, line, f"reference: say where the position of '{name}' comes from, even if assumed.")
    place = NamedPlace(name=name, lon_deg=lon, lat_deg=lat, sigma_m=sigma, reference=reference)
    for called in (name, *row["aliases"].split(";")):
        key = " ".join(called.casefold().split())
        if key and key in places:
            problems.add(file, line, f"'{called.strip()}' already names a place above. Give each its own name.")
        elif key:
            places[key] = place


def _number(
    row: Mapping[str, str], column: str, low: float, high: float, file: str, line: int, problems: Problems
) -> float:
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        problems.add(file, line, f"{column}: '{row[column]}' is not a number from {low:g} to {high:g}.")
        return math.nan
    return value


def shipped_names() -> tuple[str, ...]:
    """Names of the arrangements inside the package."""
    return tuple(sorted(p.parent.name for p in _package_folder().glob(f"*/{MAIN}")))


def shipped(name: str) -> Path:
    """The folder of the shipped arrangement `name`. Raises ArrangementError, listing what there is."""
    known = shipped_names()
    if name not in known:
        raise ArrangementError(f"No arrangement called '{name}' is shipped. {suggestion(name, known)}")
    return _package_folder() / name


def starter() -> Path:
    """The folder that a new mission is copied from."""
    return _package_folder() / "starter"


def resolve(name_or_path: str, base: Path) -> Path:
    """The arrangement folder that a mission in `base` means: a folder, or the name of a shipped arrangement.

    Raises ArrangementError if there is neither, or both.
    """
    local = base / name_or_path
    here, known = (local / MAIN).is_file(), name_or_path in shipped_names()
    if here and known:
        raise ArrangementError(
            f"'{name_or_path}' is both a folder in {base} and a shipped arrangement. Rename the folder."
        )
    if here:
        return local
    if known:
        return shipped(name_or_path)
    raise ArrangementError(
        f"'{name_or_path}' is neither a folder with an {MAIN} in {base} nor shipped. "
        f"Shipped: {', '.join(shipped_names())}."
    )


def _package_folder() -> Path:
    return Path(str(resources.files("truceline") / "arrangements"))


def bundle(folder: Path) -> dict[str, str]:
    """Every file that governs the mission in `folder`: mission.yaml, the gazetteer, the arrangement's files.

    Raises MissionError or ArrangementError if any of them is missing or no text.
    """
    files = {MISSION: _text(folder / MISSION, "a mission folder has one; start one with truceline new")}
    mission = read_mission(files[MISSION])
    if mission.places is not None:
        files[PLACES] = _text(folder / mission.places, "name it in mission.yaml, or leave 'places' out")
    arrangement = folder_files(resolve(mission.arrangement, folder))
    return files | {_ARRANGEMENT + name: text for name, text in arrangement.items()}


def read_bundle(files: Mapping[str, str], *, linted: bool = True) -> Bundle:
    """What `bundle` gathered, read without the folder; `linted` False for what was adopted long ago.

    Raises MissionError or ArrangementError.
    """
    if MISSION not in files:
        raise MissionError(f"No {MISSION} in the bundle: {', '.join(sorted(files)) or 'it is empty'}.")
    within = {name.removeprefix(_ARRANGEMENT): text for name, text in files.items() if name.startswith(_ARRANGEMENT)}
    return Bundle(
        mission=read_mission(files[MISSION]),
        arrangement=read_arrangement(within, linted=linted),
        places=read_places(files[PLACES]) if PLACES in files else {},
    )


def _text(path: Path, hint: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise MissionError(f"{path} is not there: {hint}.") from None
    except UnicodeDecodeError:
        raise MissionError(f"{path}:1  not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise UnreachableError(f"{path} cannot be read: {error.strerror}. Check its permissions.") from error
