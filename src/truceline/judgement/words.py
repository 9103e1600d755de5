"""How numbers, times and places are said: one table of probability words, counts with open ends, local time."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from truceline.clock import Interval
from truceline.domain.incident import AlongLine
from truceline.domain.place import Fix

PROBABILITY_REFERENCE = (
    "Terms and bands of Intelligence Community Directive 203, Analytic Standards, 2 January 2015, "
    "section D.6.e(2)(a); beyond 1 % and 99 % the nearest term is kept. The term goes with the rounded figure shown."
)
PROBABILITY_WORDS: tuple[tuple[float, str], ...] = (  # from this probability up, as it is shown
    (0.00, "almost no chance"),
    (0.05, "very unlikely"),
    (0.20, "unlikely"),
    (0.45, "roughly even chance"),
    (0.55, "likely"),
    (0.80, "very likely"),
    (0.95, "almost certain"),
)
SECONDS_SHOWN_BELOW = 120.0
CHI2_90_TWO_DEGREES = -2.0 * math.log(0.1)  # 90 % quantile of chi-squared with two degrees of freedom: exact
NBSP = "\u00a0"  # between a number and its unit, so that no line ends between them
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
MONTHS = tuple(name[:3] for name in MONTH_NAMES)
PLURALS = {
    "aircraft": "aircraft",
    "damage": "damage",
    "jamming": "cases of jamming",
    "mine_uxo": "mines or unexploded rounds",
    "other": "other",
    "troops": "troops",
    "uav": "UAVs",
    "works": "works",
}
UNKNOWN = "unknown"
STANDARD_WORDS = {"balance": "balance of probabilities", "clear_and_convincing": "clear and convincing evidence"}
GROUND_PHRASES = ("in ", "on ", "at ", "east of", "north of", "south of", "west of", "left of", "right of")
FEW = 8  # more ids than this in a sentence are counted
_NUMERALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def likelihood(p: float) -> str:
    """The word for probability `p`, chosen by the figure that `percent` shows: one figure has one word.

    Raises ValueError outside [0, 1]: there is no word for a mistake.
    """
    shown = _shown_percent(p)
    return next(word for floor, word in reversed(PROBABILITY_WORDS) if shown >= round(100 * floor))


def percent(p: float) -> str:
    """`p` in per cent as precisely as it deserves: steps of 5 in the middle, of 1 towards the ends."""
    shown = _shown_percent(p)
    return {0: f"under 1{NBSP}%", 100: f"over 99{NBSP}%"}.get(shown, f"{shown}{NBSP}%")


def exact_percent(p: float) -> str:
    """A figure that somebody set, such as a standard of proof: 0.51 is "51 %", never rounded to a step."""
    return f"{100 * p:g}{NBSP}%"


def _shown_percent(p: float) -> int:
    """The whole per cent that stands for `p`; 0 is under 1, 100 is over 99."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"{p} is not a probability")
    if not 0.01 <= p <= 0.99:
        return 100 * round(p)
    step = 5 if 0.1 <= p <= 0.9 else 1
    return step * math.floor(100 * p / step + 0.5)


def chance(p: float) -> str:
    """Word and percentage together, e.g. "likely (70 %)"."""
    return f"{likelihood(p)} ({percent(p)})"


def between(low: float, high: float) -> str:
    """A range of probabilities, or one figure where both ends read alike."""
    a, b = percent(low), percent(high)
    return a if a == b else f"{a} to {b}"


def amount(low: int, high: int | None, likely: int | None = None) -> str:
    """A count with its bounds: "7", "7–16", "98 or more"; `likely`, an expectation, where it says more."""
    if high is None:
        text = f"{grouped(low)} or more"
    else:
        text = grouped(low) if low == high else f"{grouped(low)}–{grouped(high)}"
    return text if likely is None or low == high else f"{text}, about {grouped(likely)} expected"


def grouped(count: int) -> str:
    """A whole number, thousands apart by a narrow space that does not break."""
    return f"{count:,}".replace(",", "\u202f")


def several(count: int, one: str, many: str | None = None) -> str:
    """`count` and its noun, small numbers in words: "one report", "no reports", "12 reports"."""
    noun = one if count == 1 else many or f"{one}s"
    return f"{numeral(count)} {noun}"


def numeral(count: int) -> str:
    """A whole number, in words up to ten; nought is "no"."""
    return _NUMERALS[count] if count < len(_NUMERALS) else grouped(count)


def plain(code: str) -> str:
    """A code as words: "muzzle_flash" is "muzzle flash"."""
    return code.replace("_", " ")


def standard(name: str) -> str:
    """A standard of proof as people call it."""
    return STANDARD_WORDS.get(name, plain(name))


def weapons(code: str, said: str = "") -> str:
    """Stated weapons: "heavy machine gun+small arms" is "heavy machine gun and small arms".

    One text stands for "both" and for "one of them"; it is "or" where the source's own words, `said`, say "or".
    """
    names = [plain(name.strip()) for name in code.split("+")]
    either = any(f"{a} or {b}" in said.casefold() for a in names for b in names)
    return listed(names, "or" if either else "and")


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items as one phrase: "a", "a and b", "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def few(ids: Sequence[str]) -> str:
    """Ids as one phrase; of many the first ones, and how many more there are."""
    rest = len(ids) - FEW
    return listed(ids) if rest <= 1 else f"{', '.join(ids[:FEW])} and {numeral(rest)} more"


def sentence(text: str) -> str:
    """`text` with a capital and a full stop; an id at its head stays as it is."""
    if not (text := text.strip()):
        return text
    head = text[0].upper() if text.split()[0].strip(",;:").replace("-", "").isalpha() else text[0]
    return head + text[1:] + ("" if text[-1] in ".!?:" else ".")


def plural(code: str) -> str:
    """Several of a phenomenon, in words: "muzzle_flash" is "muzzle flashes"."""
    if code in PLURALS:
        return PLURALS[code]
    noun = plain(code)
    if noun.endswith("y") and noun[-2:-1] not in ("", *"aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "sh", "ch", "x")) else f"{noun}s"


def counted(count: str, code: str) -> str:
    """A stated count with its noun: "1 explosion", "about 75 explosions"."""
    return f"{count} {plain(code) if count == '1' else plural(code)}"


def zone(name: str) -> tzinfo:
    """The time zone called `name`."""
    return ZoneInfo(name)


def day_of(moment: datetime, local: tzinfo) -> str:
    """The local date, e.g. "5 Sep 2018"."""
    at = moment.astimezone(local)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def date_of(text: str) -> str:
    """An ISO date as people write it, "2018-09-05" is "5 September 2018"; any other text as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def clock_of(moment: datetime, local: tzinfo) -> str:
    """Local time of day to the minute; seconds only where there are any."""
    at = moment.astimezone(local)
    at += timedelta(microseconds=500_000)
    return f"{at.hour:02d}:{at.minute:02d}" + (f":{at.second:02d}" if at.second else "")


def moment_of(moment: datetime, local: tzinfo) -> str:
    """Local date, time and the name of the zone at that time."""
    return f"{day_of(moment, local)}, {clock_of(moment, local)} {moment.astimezone(local).tzname()}"


def span(when: Interval, local: tzinfo) -> str:
    """An interval in local time, the date said once where both ends share it.

    From two minutes on it is widened to whole minutes: seconds would claim more than any watch can tell.
    """
    if when.seconds >= SECONDS_SHOWN_BELOW:
        when = whole_minutes(when)
    start, end = when.start, when.end
    first = f"{day_of(start, local)}, {clock_of(start, local)}"
    if start == end:
        return first
    if day_of(start, local) == day_of(end, local):
        return f"{first}–{clock_of(end, local)}"
    return f"{first} to {day_of(end, local)}, {clock_of(end, local)}"


def whole_minutes(when: Interval) -> Interval:
    """`when` widened to whole minutes: for computed times, so that no second is shown that nobody stated."""
    start, end = (at.replace(second=0, microsecond=0) for at in (when.start, when.end))
    return Interval(start=start, end=end if end == when.end else end + timedelta(minutes=1))


def kilometres(km: float) -> str:
    """A distance: a decimal below 10 km, whole kilometres above, metres in steps of 50 below 1 km."""
    if km < 0.975:
        return f"{max(50, 50 * round(km * 20))}{NBSP}m"
    return f"{km:.1f}{NBSP}km" if km < 9.95 else f"{km:.0f}{NBSP}km"


def duration(seconds: float) -> str:
    """A length of time: seconds below two minutes, minutes below two hours, else hours and minutes."""
    if seconds < 120:
        return f"{seconds:.0f}{NBSP}s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes}{NBSP}min"
    hours, rest = divmod(minutes, 60)
    return f"{hours}{NBSP}h {rest}{NBSP}min" if rest else f"{hours}{NBSP}h"


def ellipse_90(where: Fix) -> tuple[float, float, float]:
    """Half axes (m) of the 90 % ellipse of `where`, and the azimuth (degrees) of the longer one."""
    middle = (where.var_e_m2 + where.var_n_m2) / 2
    spread = math.hypot((where.var_e_m2 - where.var_n_m2) / 2, where.cov_en_m2)
    major = math.sqrt(CHI2_90_TWO_DEGREES * (middle + spread))
    minor = math.sqrt(CHI2_90_TWO_DEGREES * max(0.0, middle - spread))
    azimuth = 0.5 * math.degrees(math.atan2(2 * where.cov_en_m2, where.var_n_m2 - where.var_e_m2))
    return major, minor, azimuth % 180.0


def area_90(where: Fix) -> str:
    """The 90 % area of a place in words."""
    major, minor, _ = ellipse_90(where)
    km2 = math.pi * major * minor / 1e6
    shown = f"{km2:.0f}" if km2 >= 9.5 else f"{km2:.1f}" if km2 >= 0.1 else "under 0.1"
    return f"{shown}{NBSP}km² ({kilometres(2 * major / 1e3)} by {kilometres(2 * minor / 1e3)})"


def chainage(along: AlongLine) -> str:
    """Where along the line: the mean and the 90 % interval, to 100 m where it is that well known."""
    digits = 1 if along.chainage_high_km - along.chainage_low_km < 10 else 0
    mean, low, high = (f"{km:.{digits}f}" for km in (along.chainage_km, along.chainage_low_km, along.chainage_high_km))
    return f"km{NBSP}{mean}" if low == high else f"km{NBSP}{mean} ({low}–{high})"


def offset(along: AlongLine, left: str, right: str, p_left: float | None = None) -> str:
    """How far the middle of a place is from the line; on which side only where `p_left` bears that out.

    The middle of an area lies on some side even where the area lies on both: what is known of that, `side` says.
    """
    away = f"{kilometres(abs(along.offset_km))} from the line"
    if p_left is None or is_even(p_left) or (p_left > 0.5) != (along.offset_km >= 0):
        return away
    return f"{away}, {ground(left if p_left > 0.5 else right)}"


def ground(name: str) -> str:
    """Where something is, by the name of a side: "in northern areas", but "north of the line" as it stands."""
    return name if name.casefold().startswith(GROUND_PHRASES) else f"in {name}"


def is_even(p: float) -> bool:
    """Whether the odds are roughly even, told alike from both ends: 45 and 55 in a hundred."""
    return "roughly even chance" in (likelihood(p), likelihood(1.0 - p))


def side(p_left: float | None, left: str, right: str) -> str:
    """Which side of the line something lies on; "either side" where the odds are roughly even."""
    if p_left is None:
        return "side of the line unknown"
    if is_even(p_left):
        return f"either side of the line: {left} {percent(p_left)}, {right} {percent(1 - p_left)}"
    return f"{left}: {chance(p_left)}" if p_left > 0.5 else f"{right}: {chance(1 - p_left)}"


def nearest_place(
    lon_deg: float, lat_deg: float, places: Iterable[tuple[str, float, float]], within_km: float = 20.0
) -> tuple[str, float] | None:
    """Name and distance (km) of the nearest place, None where none is within `within_km`; for orientation only."""
    best: tuple[str, float] | None = None
    for name, lon, lat in places:
        east = math.radians((lon - lon_deg + 180.0) % 360.0 - 180.0) * math.cos(math.radians((lat + lat_deg) / 2))
        away = 6371.0 * math.hypot(east, math.radians(lat - lat_deg))
        if away <= within_km and (best is None or away < best[1]):
            best = (name, away)
    return best
