"""Changes that the solution made in its arguments, made again in the test's own objects."""

from __future__ import annotations

from collections import deque
from typing import Any

from .codec import ProtocolViolation
from .remote import Remote


def write_back(args: Any, now: Any) -> None:
    """What the solution changed in its arguments is changed here, in place."""
    if type(now) is not list or len(now) != len(args):
        raise ProtocolViolation("other arguments than were given")
    _mark(now)
    for old, new in zip(args, now, strict=True):
        _update(old, new)


def _mark(values: Any) -> None:
    """Objects that the solution put into the test's own data are its word, like those the test made."""
    for value in values:
        if isinstance(value, Remote):
            object.__setattr__(value, "_made", True)
        elif isinstance(value, dict):
            _mark(value)
            _mark(value.values())
        elif isinstance(value, (list, tuple, set, frozenset, deque)):
            _mark(value)


def _update(old: Any, new: Any) -> None:
    kind = type(old)
    if kind is not type(new):
        return
    if kind is list or kind is tuple or kind is deque:
        # What is an element's own change stays in that element: the test may hold it elsewhere.
        for index, (before, after) in enumerate(zip(old, new, strict=False)):
            _update(before, after)
            if kind is not tuple and not _same_object(before, after):
                old[index] = after
        if kind is list and len(old) != len(new):
            old[:] = [*old[: len(new)], *new[len(old) :]]
        elif kind is deque and len(old) != len(new):
            old.clear()
            old.extend(new)
    elif kind is dict:
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, after in new.items():
            _update(old.get(key), after)
            if key not in old or not _same_object(old[key], after):
                old[key] = after
    elif kind is set:
        old.clear()
        old.update(new)
    elif kind is bytearray:
        old[:] = new


def _same_object(before: Any, after: Any) -> bool:
    """After an update, may the old element stay where it is? Never by comparing proxies, which
    would ask the solution."""
    if isinstance(before, Remote) and isinstance(after, Remote):
        return before._number == after._number
    kind = type(before)
    if kind is not type(after):
        return False
    if kind is tuple:
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(
            _same_object(a, b) or _same(a, b) for a, b in pairs
        )
    return kind in (list, dict, set, bytearray, deque)


def _same(before: Any, after: Any) -> bool:
    plain = (bool, int, float, complex, str, bytes, range, type(None))
    return type(before) in plain and type(before) is type(after) and bool(before == after)
