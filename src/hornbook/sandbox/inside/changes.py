"""Changes that the solution made in its arguments, made again in the test's own objects."""

from __future__ import annotations

from collections import deque
from typing import Any

from .codec import ProtocolViolation


def write_back(args: Any, now: Any) -> None:
    """What the solution changed in its arguments is changed here, in place."""
    if type(now) is not list or len(now) != len(args):
        raise ProtocolViolation("other arguments than were given")
    for old, new in zip(args, now, strict=True):
        _update(old, new)


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
            if key in old and type(old[key]) in (list, dict, set, bytearray, deque):
                _update(old[key], after)
            else:
                old[key] = after
    elif kind is set:
        old.clear()
        old.update(new)
    elif kind is bytearray:
        old[:] = new


def _same_object(before: Any, after: Any) -> bool:
    """After an update, is the old element as good as the new?"""
    if type(before) is not type(after):
        return False
    if type(before) in (list, dict, set, bytearray, deque, tuple):
        return bool(before == after)
    return False
