"""One word for one thing: the types of the domain and the words of the glossary are the same."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any, NewType, get_args, get_origin

import pytest

from truceline import domain
from truceline.domain import arrangement, coverage, dated, indication, observation
from truceline.sources.smm_words import WEAPONS

GLOSSARY = (Path(__file__).resolve().parent.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS = frozenset(re.findall(r"`([^`\n]+)`", GLOSSARY))
TYPE_NAME = re.compile(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*")


def modules() -> list[ModuleType]:
    found = pkgutil.iter_modules(domain.__path__, f"{domain.__name__}.")
    return [importlib.import_module(info.name) for info in found]


def is_type(name: str, value: Any, module: ModuleType) -> bool:
    """Whether a module of the domain makes `name` a type of ours: a class, a new type, a union or a list of words."""
    if name.startswith("_") or not TYPE_NAME.fullmatch(name):
        return False
    if inspect.isclass(value) or isinstance(value, NewType):
        return value.__module__ == module.__name__ or (value is str and name == "Audience")
    ours = re.search(rf"^{name} = ", inspect.getsource(module), flags=re.MULTILINE)
    return ours is not None and (isinstance(value, UnionType) or get_origin(value) is not None)


TYPES = {name for module in modules() for name, value in vars(module).items() if is_type(name, value, module)}


def test_the_domain_was_found() -> None:
    assert {"Arrangement", "PartyId", "Place", "Verdict", "Source"} <= TYPES


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_of_the_domain_is_a_word_of_the_glossary(name: str) -> None:
    assert name in TERMS


def test_every_type_that_the_glossary_names_exists() -> None:
    named = {term for term in TERMS if TYPE_NAME.fullmatch(term)}
    assert named
    assert not named - TYPES


LISTS: dict[str, tuple[str, ...]] = {
    "record kind": observation.RECORD_KINDS,
    "means": observation.MEANS,
    "phenomenon": observation.PHENOMENA,
    "phase": observation.PHASES,
    "count unit": observation.COUNT_UNITS,
    "time kind": observation.TIME_KINDS,
    "restriction kind": observation.RESTRICTION_KINDS,
    "method": observation.METHODS,
    "handling": observation.TLP,
    "state": coverage.STATES,
    "grade": get_args(dated.Grade),
    "verdict": get_args(indication.Verdict),
    "weapon": tuple(sorted(set(WEAPONS.values()))),
}


@pytest.mark.parametrize("name", LISTS)
def test_every_word_of_a_list_is_explained(name: str) -> None:
    assert LISTS[name]
    assert not set(LISTS[name]) - TERMS


def test_every_list_of_the_observation_table_is_here() -> None:
    lists = {column.enum for column in observation.COLUMNS if column.enum} - {observation.RELIABILITIES}
    assert lists <= set(LISTS.values())


def test_the_standards_are_in_their_order() -> None:
    words = [standard.replace("_", " ") for standard in arrangement.STANDARDS]
    assert " < ".join(words) in GLOSSARY
