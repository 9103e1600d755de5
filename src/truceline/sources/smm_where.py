"""Where an OSCE-style row was observed from: a named place, a distance and direction from one, or both compared."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyproj import Geod

from truceline.domain.inputs import NamedPlace
from truceline.geo.compass import HALF_DEG, parse_direction
from truceline.sources.smm_words import DIRECTIONS, WordError, plain

# How far a stated "57km NE of Donetsk" may lie from the named position before one of the two must be a mistake.
# Reports say neither which point of a town they measure from nor how; these are assumed, and wide on purpose.
TOLERANCE_KM, TOLERANCE_SHARE, TOLERANCE_DEG = 5.0, 0.25, 45.0
N_SIGMA = 3.0

_ELLIPSOID = Geod(ellps="WGS84")
_ABOUT = r"(?P<about>about |approximately |approx\.? |~ ?)?"
_OFFSET = re.compile(rf"{_ABOUT}(?P<number>\d+(?:\.\d+)?) ?(?P<unit>km|m) (?P<dir>[a-z-]+) of (?P<place>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an observer was, and how well that is known; `name` is the same for the same place."""

    name: str
    lon_deg: float
    lat_deg: float
    sigma_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A position as "57km NE of Donetsk", in the words of a row."""

    place: NamedPlace
    km: float
    rounding_km: float
    direction: str

    @property
    def words(self) -> str:
        """As a report would write it."""
        return f"{self.km:g}km {self.direction} of {self.place.name}" if self.km else self.place.name


def locate(
    phrase: str, reference: Reference | None, places: Mapping[str, NamedPlace], earlier: Mapping[str, Position]
) -> Position:
    """The position that `phrase` names, else the one that `reference` gives.

    A phrase is looked up whole, then read as a distance and direction from a named place or from a position that
    an `earlier` row of the file named ("that checkpoint"). Where both phrase and reference are understood, they must
    not contradict each other. Raises WordError.
    """
    named = _named(phrase, places, earlier) if phrase.strip() else None
    if named is not None:
        if reference is not None:
            _check(named, reference)
        return named
    if reference is not None:
        return from_reference(reference, name=" ".join(phrase.split()) or reference.words)
    if not phrase.strip():
        raise WordError("position", "no position: name the place, or give ref_place, ref_km and ref_dir", phrase)
    known = ", ".join(sorted({place.name for place in places.values()})[:12])
    reason = f"no place called '{phrase}' and no ref_place to find it by: add it to places.csv (known: {known} ...)"
    raise WordError("position", reason, phrase)


def read_reference(place: str, km: str, direction: str, places: Mapping[str, NamedPlace]) -> Reference | None:
    """The reference that a row gives; None if it gives none, or from a place that is not known. Raises WordError."""
    if not place.strip():
        if km.strip() or direction.strip():
            raise WordError("ref_place", "a distance from nowhere: name the place it is measured from", place)
        return None
    number = km.strip()
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", number):
        raise WordError("ref_km", "not a distance in km: write digits only", km)
    word = _direction("ref_dir", direction) if direction.strip() else ""
    if float(number) and not word:
        raise WordError("ref_dir", f"{number} km in which direction? Write a compass point", direction)
    known = places.get(plain(place))
    if known is None:
        return None
    return Reference(place=known, km=float(number), rounding_km=_rounding(number), direction=word)


def from_reference(reference: Reference, *, name: str) -> Position:
    """The position, with the rounding of the distance, of the compass word, and the place's own error.

    The error of the distance is half its rounding. A compass word is uniform over what it covers: 45 degrees for the
    eight main points, by which reports give positions, 22.5 for the points between; its standard deviation is that
    over sqrt(12). One number must cover both axes, so the larger counts.
    """
    place, km = reference.place, reference.km
    along_m = reference.rounding_km * 1000 / 2
    if not km:
        sigma = math.hypot(along_m, place.sigma_m)
        return Position(name=name, lon_deg=place.lon_deg, lat_deg=place.lat_deg, sigma_m=round(sigma, 1))
    across_m = km * 1000 * math.tan(math.radians(_half_width_deg(reference.direction) / math.sqrt(3)))
    sigma = math.hypot(max(along_m, across_m), place.sigma_m)
    azimuth = parse_direction(reference.direction)
    lon, lat, _ = _ELLIPSOID.fwd(place.lon_deg, place.lat_deg, azimuth, km * 1000)
    return Position(name=name, lon_deg=round(lon, 6), lat_deg=round(lat, 6), sigma_m=round(sigma, 1))


def _named(phrase: str, places: Mapping[str, NamedPlace], earlier: Mapping[str, Position]) -> Position | None:
    words = plain(phrase)
    if known := places.get(words):
        return Position(name=known.name, lon_deg=known.lon_deg, lat_deg=known.lat_deg, sigma_m=known.sigma_m)
    offset = _OFFSET.fullmatch(words)
    if offset is None:
        return None
    place = places.get(offset["place"]) or _earlier(offset["place"], earlier)
    if place is None:
        return None
    scale = 1.0 if offset["unit"] == "km" else 0.001
    rounding = _rounding(offset["number"]) * scale * (2.0 if offset["about"] else 1.0)
    reference = Reference(
        place=place,
        km=float(offset["number"]) * scale,
        rounding_km=rounding,
        direction=_direction("position", offset["dir"]),
    )
    lead = "about " if offset["about"] else ""
    return from_reference(reference, name=lead + reference.words)


def _earlier(words: str, earlier: Mapping[str, Position]) -> NamedPlace | None:
    """What "that checkpoint" refers to: the last position before that was called a checkpoint."""
    if not words.startswith("that "):
        return None
    noun = re.compile(rf"\b{re.escape(words.removeprefix('that '))}\b")
    for phrase, at in reversed(tuple(earlier.items())):
        if noun.search(phrase):
            return NamedPlace(
                name=at.name, lon_deg=at.lon_deg, lat_deg=at.lat_deg, sigma_m=at.sigma_m, reference="earlier row"
            )
    return None


def _check(named: Position, reference: Reference) -> None:
    place = reference.place
    azimuth, _, distance_m = _ELLIPSOID.inv(place.lon_deg, place.lat_deg, named.lon_deg, named.lat_deg)
    km, error_km = distance_m / 1000, N_SIGMA * math.hypot(named.sigma_m, place.sigma_m) / 1000
    slack_km = TOLERANCE_KM + TOLERANCE_SHARE * reference.km + error_km
    wrong_way = False
    if reference.direction and min(km, reference.km) > slack_km:
        turned = abs((azimuth - parse_direction(reference.direction) + 180) % 360 - 180)
        wrong_way = turned > TOLERANCE_DEG + math.degrees(math.atan2(error_km, km))
    if wrong_way or abs(km - reference.km) > slack_km:
        where = f"{km:.0f}km at {azimuth % 360:.0f} degrees from {place.name}"
        reason = (
            f"{named.name} lies {where} by the gazetteer, the row says {reference.words}: correct the one that is wrong"
        )
        raise WordError("position", reason, named.name)


def _direction(field: str, word: str) -> str:
    """A compass point in capitals. Raises WordError naming the word."""
    point = DIRECTIONS.get(plain(word), word.strip().upper())
    try:
        parse_direction(point)
    except ValueError as error:
        raise WordError(field, str(error), word) from error
    return point


def _half_width_deg(point: str) -> float:
    return 2 * HALF_DEG if len(point) <= 2 else HALF_DEG


def _rounding(number: str) -> float:
    """What a written number is rounded to: its last digit, a half where it ends in .5, hundreds where it ends in 00."""
    whole, _, decimals = number.partition(".")
    if not decimals:
        zeros = len(whole) - len(whole.rstrip("0"))
        return 10.0 ** min(zeros, 2) if len(whole) > 2 and zeros else 1.0
    return 0.5 if decimals == "5" else 10.0 ** -len(decimals)
