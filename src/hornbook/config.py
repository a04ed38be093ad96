"""Typed settings: frozen, owned by their room, documented a field at a time.

A recipe is a TOML file with one table a room. `settings_from` turns such a table into a room's
settings or says in one message everything that is wrong with it, naming the nearest right key.
"""

from __future__ import annotations

import difflib
import json
import math
import tomllib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from hornbook.errors import ConfigError


class Settings(BaseModel):
    """The base of every room's settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


SettingsT = TypeVar("SettingsT", bound=Settings)

SCALES: dict[str, Any] = {"scales": True}
"""Mark a count of rows or tokens with `Field(json_schema_extra=SCALES)`: `--scale` multiplies it."""


def settings_from(kind: type[SettingsT], table: Mapping[str, Any], where: str) -> SettingsT:
    """Check `table` and return it as `kind`.

    Raises `ConfigError` that lists every fault with its full name and, for an unknown key, the
    nearest right one.
    """
    try:
        # Through JSON and strict: "3" is not a number, and a list may stand for a tuple.
        return kind.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        faults = [_explain(kind, fault) for fault in error.errors(include_url=False)]
    raise ConfigError(f"{where}: " + "; ".join(faults))


def filled_from(table: Any, key: str, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """`table`, and what it does not give as in the one of `known` that its `key` names.

    For a validator that runs before the fields are looked at. Raises `ValueError` for another name.

    >>> filled_from({"size": "small", "b": 3}, "size", {"small": {"a": 1, "b": 2}})
    {'a': 1, 'b': 3}
    """
    if not isinstance(table, dict) or table.get(key) is None:
        return table
    name = table[key]
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"no {key} `{name}` ({', '.join(known)})")
    return {**known[name], **{field: value for field, value in table.items() if field != key}}


def _explain(kind: type[BaseModel], fault: Any) -> str:
    location = [str(part) for part in fault["loc"]]
    name = ".".join(location)
    if fault["type"] == "extra_forbidden":
        return f"unknown key `{name}`{_nearest(kind, location)}"
    if fault["type"] == "missing":
        return f"`{name}` is missing"
    message = fault["msg"].removeprefix("Value error, ")
    given = fault.get("input")
    shown = "" if isinstance(given, dict | list) else f", not {given!r}"
    where = f"`{name}`: " if name else ""
    return f"{where}{message[:1].lower()}{message[1:]}{shown}"


def _nearest(kind: type[BaseModel], location: list[str]) -> str:
    known = _keys_at(kind, location[:-1])
    close = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
    if close:
        return f" (did you mean `{'.'.join([*location[:-1], close[0]])}`?)"
    return f" (known keys: {', '.join(sorted(known))})" if known else ""


def _keys_at(kind: type[BaseModel], location: list[str]) -> list[str]:
    """The keys allowed at `location`, walking through nested settings, mappings and lists."""
    current: Any = kind
    for part in location:
        if isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(part)
            current = field.annotation if field else None
        else:
            current = getattr(current, "__args__", (None,))[-1]
    for candidate in (current, *getattr(current, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return list(candidate.model_fields)
    return []


def parse_override(text: str) -> tuple[list[str], Any]:
    """Read `room.key=value`; the value is TOML, or a bare word taken as a string.

    >>> parse_override("quality.trees=50")
    (['quality', 'trees'], 50)
    """
    name, separator, value = text.partition("=")
    if not separator or not all(part for part in name.split(".")):
        raise ConfigError(f"--set {text}: write it as room.key=value, e.g. --set quality.trees=50")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    return name.strip().split("."), parsed


def override(table: dict[str, Any], assignments: list[str]) -> dict[str, Any]:
    """A copy of `table` with each `room.key=value` of `assignments` put in its place."""
    changed: dict[str, Any] = json.loads(json.dumps(table, default=str))
    for text in assignments:
        path, value = parse_override(text)
        inner = changed
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise ConfigError(f"--set {text}: `{part}` is a value, not a table")
        inner[path[-1]] = value
    return changed


def scaled(settings: SettingsT, factor: float) -> SettingsT:
    """`settings` with every count marked `SCALES` multiplied by `factor`, within its bounds."""
    changes: dict[str, Any] = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("scales") and value is not None:
            low, high = _bounds(field)
            changes[name] = min(max(low, round(value * factor)), high)
        else:
            changes[name] = _scaled_value(value, factor)
    return settings.model_copy(update=changes)


def _scaled_value(value: Any, factor: float) -> Any:
    if isinstance(value, Settings):
        return scaled(value, factor)
    if isinstance(value, dict):
        return {key: _scaled_value(inner, factor) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_scaled_value(inner, factor) for inner in value)
    return value


def _bounds(field: FieldInfo) -> tuple[float, float]:
    """The least and the most that a count may be."""
    lows = [low for mark in field.metadata if (low := getattr(mark, "ge", None)) is not None]
    highs = [high for mark in field.metadata if (high := getattr(mark, "le", None)) is not None]
    return max(lows, default=1), min(highs, default=math.inf)
