"""Records as JSON has them: dataclasses as objects, times and dates in ISO 8601."""

from dataclasses import fields, is_dataclass
from datetime import date
from types import MappingProxyType
from typing import Any


def plain(value: Any) -> Any:
    """What `json` does not know by itself, one layer at a time: for its `default`.

    Raises
    ------
    TypeError
        for anything that has no JSON form.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):  # a datetime is one
        return value.isoformat()
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
