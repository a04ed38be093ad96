"""How values cross between solution and judge: exact built-in types, or not at all.

A message is JSON, sent in frames: a 4-byte little-endian length of 4 MB at most, its top bit set where
more of the message follows, and that many bytes. Plain JSON values stand for themselves; whatever
JSON lacks is an object with exactly one key, its tag:

    {"t": [...]}  tuple      {"s": [...]}  set        {"f": [...]}  frozenset
    {"d": [[key, value], ...]}  dict       {"q": [[...], maxlen]}   deque
    {"b": text}   bytes      {"B": text}   bytearray  (Latin-1 text, a character a byte)
    {"c": [real, imaginary]}  complex      {"i": "-0xff"}  an int of 64 bits or more
    {"r": [start, stop, step]}  range      {"y": name}   a built-in type, of a dozen
    {"h": [number, kind]}  an object of the solution's      {"j": [number, kind]}  one of the judge's

Nothing is ever executed or looked up by name. An instance of a subclass travels as its base type,
so no foreign `__eq__`, `__hash__` or `__bool__` reaches the other side. Frames, depth and numbers of
elements are bounded; a value over the bounds raises `CodecError` where it is sent, and a frame
that breaks them raises `ProtocolViolation` where it is received.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

MAX_FRAME = 4 << 20
MAX_MESSAGE = 32 << 20
MAX_DEPTH = 60
MAX_ELEMENTS = 2 << 20
MORE = 1 << 31
"""The top bit of a frame's length."""
_SMALL = 1 << 63
_PLAIN = frozenset((str, bool, float, type(None)))
_TYPES = {
    kind.__name__: kind
    for kind in (
        bool,
        int,
        float,
        complex,
        str,
        bytes,
        bytearray,
        list,
        tuple,
        set,
        frozenset,
        dict,
    )
}
_NAMES = {kind: name for name, kind in _TYPES.items()}

Export = Callable[[Any], dict[str, Any]]
Resolve = Callable[[str, int, str], Any]


class CodecError(Exception):
    """A value that can't cross: too deep, too large, or of a type that has no form here."""


class ProtocolViolation(BaseException):
    """The other side sent what no honest one sends.

    A BaseException, so that a test's `except Exception` can't swallow it.
    """


def refuse(value: Any) -> dict[str, Any]:
    """The export of a side that exports nothing."""
    raise CodecError(f"a value of type {type(value).__name__} can't cross")


def pack(value: Any, export: Export = refuse, depth: int = 0) -> Any:
    """`value` in JSON's terms.

    >>> pack({1: (2.5, "x")})
    {'d': [[1, {'t': [2.5, 'x']}]]}
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is int and -_SMALL < value < _SMALL:
        return value
    if depth >= MAX_DEPTH:
        raise CodecError(f"nested deeper than {MAX_DEPTH}")
    if kind is int:
        return {"i": hex(value)}
    if kind is list:
        return _each(value, export, depth)
    if kind is tuple:
        return {"t": _each(value, export, depth)}
    if kind is dict:
        return {"d": [_each(pair, export, depth) for pair in _sized(value).items()]}
    return _pack_rare(value, kind, export, depth)


def _each(values: Any, export: Export, depth: int) -> list[Any]:
    depth += 1
    return [
        value if type(value) in _PLAIN else pack(value, export, depth) for value in _sized(values)
    ]


def _sized(values: Any) -> Any:
    if len(values) > MAX_ELEMENTS:
        raise CodecError(f"more than {MAX_ELEMENTS:,} elements")
    return values


def _pack_rare(value: Any, kind: type, export: Export, depth: int) -> Any:
    if kind is set:
        return {"s": _each(value, export, depth)}
    if kind is frozenset:
        return {"f": _each(value, export, depth)}
    if kind is bytes or kind is bytearray:
        return {"b" if kind is bytes else "B": _sized(value).decode("latin-1")}
    if kind is complex:
        return {"c": [value.real, value.imag]}
    if kind is range:
        return {"r": _each((value.start, value.stop, value.step), export, depth)}
    if kind is deque:
        return {"q": [_each(value, export, depth), value.maxlen]}
    if kind is type and value in _NAMES:
        return {"y": _NAMES[value]}
    for base, reduce in _BASES:
        if isinstance(value, base):
            return pack(reduce(value), export, depth)
    return export(value)


def _reduce_deque(value: Any) -> deque[Any]:
    return deque(deque.__iter__(value), deque.maxlen.__get__(value))


# A subclass gives its base type's value, by the base type's own methods.
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__pos__),
    (float, float.__pos__),
    (complex, complex.__pos__),
    (str, str.__str__),
    (bytes, lambda value: bytes.__getitem__(value, slice(None))),
    (bytearray, lambda value: bytearray.__getitem__(value, slice(None))),
    (list, lambda value: list(list.__iter__(value))),
    (tuple, lambda value: tuple(tuple.__iter__(value))),
    (dict, lambda value: {key: dict.__getitem__(value, key) for key in dict.__iter__(value)}),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
    (deque, _reduce_deque),
)


def no_objects(tag: str, number: int, kind: str) -> Any:
    """The resolver of a side that knows no foreign objects."""
    raise ValueError("an object that was never given")


def unpack(packed: Any, resolve: Resolve = no_objects, depth: int = 0) -> Any:
    """The value behind `packed`. Raises `ProtocolViolation` for all that `pack` never makes.

    >>> unpack({"s": [1, 2]}) == {1, 2}
    True
    """
    kind = type(packed)
    if kind in _PLAIN or kind is int:
        return packed
    if depth >= MAX_DEPTH:
        raise ProtocolViolation(f"a value nested deeper than {MAX_DEPTH}")
    if kind is list:
        return [unpack(each, resolve, depth + 1) for each in packed]
    try:
        ((tag, body),) = packed.items()
        return _UNPACK[tag](body, resolve, depth + 1)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise ProtocolViolation(f"a value that is none: {type(error).__name__}") from None


def _list(body: Any, resolve: Resolve, depth: int) -> list[Any]:
    if type(body) is not list:
        raise TypeError("not a list")
    return [unpack(each, resolve, depth) for each in body]


def _dict(body: Any, resolve: Resolve, depth: int) -> dict[Any, Any]:
    pairs = [_list(pair, resolve, depth) for pair in _checked(body, list)]
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key given twice")
    return result


def _checked(body: Any, kind: type) -> Any:
    if type(body) is not kind:
        raise TypeError(f"not a {kind.__name__}")
    return body


def _complex(body: Any, resolve: Resolve, depth: int) -> complex:
    real, imaginary = body
    return complex(_checked(real, float), _checked(imaginary, float))


def _int(body: Any, resolve: Resolve, depth: int) -> int:
    value = int(_checked(body, str), 16)
    if -_SMALL < value < _SMALL or hex(value) != body:
        raise ValueError("not in its one form")
    return value


def _range(body: Any, resolve: Resolve, depth: int) -> range:
    start, stop, step = (_checked(each, int) for each in _list(body, resolve, depth))
    return range(start, stop, step)


def _deque(body: Any, resolve: Resolve, depth: int) -> deque[Any]:
    values, limit = body
    if limit is not None:
        _checked(limit, int)
    return deque(_list(values, resolve, depth), limit)


def _object(tag: str) -> Callable[[Any, Resolve, int], Any]:
    def known(body: Any, resolve: Resolve, depth: int) -> Any:
        number, kind = body
        return resolve(tag, _checked(number, int), _checked(kind, str))

    return known


_UNPACK: dict[str, Callable[[Any, Resolve, int], Any]] = {
    "t": lambda body, resolve, depth: tuple(_list(body, resolve, depth)),
    "s": lambda body, resolve, depth: set(_list(body, resolve, depth)),
    "f": lambda body, resolve, depth: frozenset(_list(body, resolve, depth)),
    "d": _dict,
    "b": lambda body, resolve, depth: _checked(body, str).encode("latin-1"),
    "B": lambda body, resolve, depth: bytearray(_checked(body, str).encode("latin-1")),
    "c": _complex,
    "i": _int,
    "r": _range,
    "q": _deque,
    "y": lambda body, resolve, depth: _TYPES[_checked(body, str)],
    "h": _object("h"),
    "j": _object("j"),
}

_dumps = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def to_frames(message: dict[str, Any]) -> bytes:
    """The frames of a message that is JSON already; `CodecError` where it is over the limit."""
    body = _dumps(message).encode("ascii")
    if len(body) <= MAX_FRAME:
        return len(body).to_bytes(4, "little") + body
    if len(body) > MAX_MESSAGE:
        raise CodecError(f"larger than {MAX_MESSAGE >> 20} MB")
    parts = [body[start : start + MAX_FRAME] for start in range(0, len(body), MAX_FRAME)]
    heads = [len(part) | MORE for part in parts[:-1]] + [len(parts[-1])]
    return b"".join(h.to_bytes(4, "little") + p for h, p in zip(heads, parts, strict=True))


def from_body(body: bytes) -> dict[str, Any]:
    """The message of its frames' bodies; `ProtocolViolation` where it isn't one."""
    try:
        message = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolViolation(f"a frame that is not JSON: {type(error).__name__}") from None
    if type(message) is not dict:
        raise ProtocolViolation("a frame that is no message")
    return message
