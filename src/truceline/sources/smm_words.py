"""The words of OSCE-style rows and what each means here: tables to read and extend, then the few rules on them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from truceline.geo.compass import parse_flight

# ---------------------------------------------------------------------------------------------------------------
# The vocabulary. Small letters. To teach the parser a word, add a line to its table.
# ---------------------------------------------------------------------------------------------------------------

# What the column `what` may say: the phenomenon of the observation table, and how a patrol perceives it (a camera
# always records). "shot/burst" mixes both; every burst is made of shots, so "shot" is what holds for all of them.
PHENOMENA: Mapping[str, tuple[str, str]] = {
    "explosion": ("explosion", "heard"),
    "shot": ("shot", "heard"),
    "burst": ("burst", "heard"),
    "shot/burst": ("shot", "heard"),
    "projectile": ("projectile", "seen"),
    "tracer": ("tracer", "seen"),
    "muzzle flash": ("muzzle_flash", "seen"),
    "flare": ("flare", "seen"),
    "illumination flare": ("flare", "seen"),
    "airburst": ("airburst", "seen"),
}

# Who observed: how, or "" where it depends on what was observed (table above).
SENSORS: Mapping[str, str] = {"patrol": "", "camera": "camera", "uav": "uav"}

# Weapons, after `what` ("burst HMG+SAF") and in assessments. Several are joined by "+", in alphabetical order.
WEAPONS: Mapping[str, str] = {
    "saf": "small arms",
    "small arms": "small arms",
    "hmg": "heavy machine gun",
    "heavy machine gun": "heavy machine gun",
    "agl": "automatic grenade launcher",
    "automatic grenade launcher": "automatic grenade launcher",
    "rpg": "rocket-propelled grenade",
    "rocket-propelled grenade": "rocket-propelled grenade",
    "recoilless gun": "recoilless gun",
    "anti-tank guided missile": "anti-tank guided missile",
    "anti-aircraft cannon": "anti-aircraft cannon",
    "ifv cannon": "infantry fighting vehicle cannon",
    "mortar": "mortar",
    "tank": "tank",
    "artillery": "artillery",
    "mlrs": "multiple launch rocket system",
}

# Phases in assessments. "undetermined" beside another phase speaks of the weapon, not of the phase.
PHASES: Mapping[str, str] = {
    "outgoing": "outgoing",
    "impact": "impact",
    "incoming": "impact",
    "in flight": "in_flight",
    "undetermined": "undetermined",
}

# Words that say that something holds only for a part of the row: then it is not said of the row.
PARTLY = ("mostly", "some", "partly", "airburst")

# Words and remarks that change nothing (they stay in the text).
REMARKS = (
    "assessed as", "assessed", "then", "and", "or", "a", "an", "of the preceding", "in sequence",
    "directed at smm uav", "live-fire exercise", "live-fire training", "inside disengagement area",
    "outside disengagement area", "outside da", "inside da",
)  # fmt: skip

# Said of a row whose rounds the row before it reported too (its impacts, say).
SAME_ROUNDS = "of the preceding"

# Remarks after a time of day, "evening; in two minutes": one short salvo at an unknown moment of that evening.
SALVO = r"(with)?in (about )?(\d+|one|two|three|four|five|six|seven|eight|nine|ten) (seconds?|minutes?)"

# The column `count_quality`: lowest and highest count that the words allow for a stated n.
# Fifteen per cent either way for "about", and below for "almost", are assumed: no source says how far off they may be.
ABOUT_PERCENT = 15
QUALITIES: Mapping[str, Callable[[int], tuple[int, int | None]]] = {
    "": lambda n: (n, n),
    "exact": lambda n: (n, n),
    "about": lambda n: (max(1, n * (100 - ABOUT_PERCENT) // 100), -(-n * (100 + ABOUT_PERCENT) // 100)),
    "almost": lambda n: (max(1, n * (100 - ABOUT_PERCENT) // 100), max(1, n - 1)),
    "at least": lambda n: (n, None),
    "over": lambda n: (n + 1, None),
    "more than": lambda n: (n + 1, None),
    "up to": lambda n: (1, n),
}

# Directions written out: "east of Lomakyne".
DIRECTIONS: Mapping[str, str] = {
    "north": "N", "north-east": "NE", "northeast": "NE", "east": "E", "south-east": "SE", "southeast": "SE",
    "south": "S", "south-west": "SW", "southwest": "SW", "west": "W", "north-west": "NW", "northwest": "NW",
}  # fmt: skip

# Error of a clock time as a patrol notes it: its watch, and rounding (minutes ending in 0 or 5 may stand for five).
# One standard deviation is sqrt(60^2 + rounding^2 / 12). Assumed: no source states it.
WATCH_SIGMA_S = 60.0
ROUNDED_S, UNROUNDED_S = 300.0, 60.0

# The SMM's reporting day ends at 19:30 local time (Daily Report 303/2020, osce.org 474564; 38/2022, ReliefWeb).
DAY_ENDS = time(19, 30)

# ---------------------------------------------------------------------------------------------------------------
# The rules.
# ---------------------------------------------------------------------------------------------------------------


class WordError(ValueError):
    """A cell that cannot be understood: which field, why, and what it says."""

    def __init__(self, field: str, reason: str, value: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.value = field, reason, value


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A count as an interval (no `high`: open above), in the source's words; None where none is stated."""

    low: int
    high: int | None
    stated: str | None

    @property
    def single(self) -> bool:
        """Exactly one."""
        return self.low == self.high == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What an assessment says of the row as a whole; None where it says nothing or different things."""

    phase: str | None
    flight_bearing_deg: float | None
    weapon: str | None
    calibre_mm: float | None
    same_rounds: bool


def look_up(field: str, word: str, table: Mapping[str, str]) -> str:
    """What `word` means in `table`. Raises WordError naming the word and the known ones."""
    key = plain(word)
    if key not in table:
        raise WordError(field, f"'{word}' is not a known word here; known: {', '.join(sorted(table))}", word)
    return table[key]


def plain(words: str) -> str:
    """`words` without case and with single spaces."""
    return " ".join(words.casefold().split())


def read_what(what: str) -> tuple[str, str, str | None]:
    """Phenomenon, a patrol's means, and weapon of "burst HMG+SAF". Raises WordError naming the unknown word."""
    words = plain(what)
    for name in sorted(PHENOMENA, key=len, reverse=True):
        if words == name or words.startswith(name + " "):
            weapons = [w for w in words.removeprefix(name).strip().split("+") if w]
            named = [look_up("what", weapon.strip(), WEAPONS) for weapon in weapons]
            return *PHENOMENA[name], joined(named)
    reason = f"'{what}' is not a known observation; known: {', '.join(PHENOMENA)}, each with weapons, e.g. HMG+SAF"
    raise WordError("what", reason, what)


def joined(weapons: Iterable[str]) -> str | None:
    """Weapons as one text, each once; None if there are none. "mortar or artillery" is artillery+mortar too."""
    return "+".join(sorted(set(weapons))) or None


def read_count(count: str, quality: str) -> Counted:
    """The interval that a count and its quality allow.

    No count at all still says that there was something: at least one, number not stated. Raises WordError.
    """
    number, words = count.strip(), plain(quality)
    between = re.fullmatch(r"(\d{1,9})\s*[-–]\s*(\d{1,9})", words or plain(number))
    if between and (not number or not words):
        low, high = int(between[1]), int(between[2])
        if not 1 <= low <= high:
            raise WordError("count_quality", "give the smaller count first, from 1 on", quality or count)
        return Counted(low=low, high=high, stated=f"{low}-{high}")
    if words not in QUALITIES:
        known = ", ".join(q for q in QUALITIES if q)
        raise WordError("count_quality", f"'{quality}' is not a known quality of a count; known: {known}", quality)
    if not number:
        if words not in ("", "exact"):
            raise WordError("count", f"'{quality}' needs a count", count)
        return Counted(low=1, high=None, stated=None)
    if not re.fullmatch(r"\d{1,9}", number):
        raise WordError("count", "not a whole number: write digits only, or leave it empty", count)
    if int(number) == 0:
        raise WordError("count", "a count of 0 is no observation: report who watched as coverage", count)
    low, top = QUALITIES[words](int(number))
    stated = number if words in ("", "exact") else f"{words} {number}"
    return Counted(low=low, high=top, stated=stated)


_FLIGHT = r"[nesw]{1,3}-[nesw]{1,3}"
_CALIBRE = r"\d+(?:\.\d+)?\s?mm"
_PHRASES = sorted((*WEAPONS, *PHASES, *PARTLY, *REMARKS), key=len, reverse=True)
_TOKEN = re.compile(
    rf"\s*(?:(?:(?P<flight>{_FLIGHT})|(?P<calibre>{_CALIBRE})|(?P<count>\d{{1,9}})"
    rf"|(?P<phrase>{'|'.join(map(re.escape, _PHRASES))}))(?![\w-])|(?P<mark>[(),;:.]))"
)


@dataclass(slots=True)
class _Part:
    """What is said of some of a row's signatures, or of all where `count` is None."""

    count: int | None
    said: dict[str, list[str]]


def read_assessment(text: str, counted: Counted) -> Assessed:
    """What an assessment says of the whole row: "2 impact 1 airburst" says nothing of all three.

    Raises WordError naming the first unknown word.
    """
    words = plain(text)
    parts = _parts(words, text)
    counts = [p.count for p in parts if p.count is not None]
    if counts and not (counted.low == counted.high == sum(counts)):
        parts = [p for p in parts if p.count is None]
    phases = [[p for p in phase if p != "undetermined"] or phase for phase in _each(parts, "phase")]
    weapons = [[joined(weapon) or ""] if weapon else [] for weapon in _each(parts, "weapon")]
    flight = _agreed(_each(parts, "flight"))
    calibre = _agreed(_each(parts, "calibre"))
    return Assessed(
        phase=_agreed(phases),
        flight_bearing_deg=None if flight is None else _bearing(flight, text),
        weapon=_agreed(weapons),
        calibre_mm=None if calibre is None else float(calibre),
        same_rounds=SAME_ROUNDS in words,
    )


def _parts(words: str, text: str) -> list[_Part]:
    """The parts of an assessment: what holds for all, then one part for every count ("1 then 3" is one part)."""
    parts = [_Part(count=None, said={})]
    at = 0
    while at < len(words):
        found = _TOKEN.match(words, at)
        if found is None:
            unknown = words[at:].split()[0]
            known = ", ".join((*PHASES, *WEAPONS, *PARTLY, *REMARKS))
            raise WordError("assessment", f"'{unknown}' is not a known word of an assessment; known: {known}", text)
        at = found.end()
        kind, word = found.lastgroup or "", found[found.lastgroup or 0]
        if kind == "count":
            last = parts[-1]
            if last.count is not None and not last.said:
                last.count += int(word)
            else:
                parts.append(_Part(count=int(word), said={}))
        else:
            _say(parts[-1], kind, word)
    return parts


def _say(part: _Part, kind: str, word: str) -> None:
    if kind == "flight":
        part.said.setdefault("flight", []).append(word)
    elif kind == "calibre":
        part.said.setdefault("calibre", []).append(word.removesuffix("mm").strip())
    elif word in PHASES:
        part.said.setdefault("phase", []).append(PHASES[word])
    elif word in WEAPONS:
        part.said.setdefault("weapon", []).append(WEAPONS[word])
    elif word in PARTLY:
        part.said.setdefault("partly", []).append(word)


def _each(parts: Sequence[_Part], kind: str) -> list[list[str]]:
    """What each part says of `kind`; what is said of all is said of each; partly said is not said."""
    whole, counted = parts[0], parts[1:]
    of_all = [] if "partly" in whole.said else whole.said.get(kind, [])
    if not counted:
        return [of_all]
    return [of_all + ([] if "partly" in part.said else part.said.get(kind, [])) for part in counted]


def _agreed(each: Sequence[Sequence[str]]) -> str | None:
    """The one thing that every part says, if there is one."""
    different = {word for part in each for word in part}
    return different.pop() if len(different) == 1 and all(each) else None


def _bearing(flight: str, text: str) -> float:
    try:
        return parse_flight(flight)
    except ValueError as error:
        raise WordError("assessment", str(error), text) from error
