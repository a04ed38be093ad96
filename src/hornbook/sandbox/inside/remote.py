"""What lives in the solution's process, as the tests see it.

- Functions can be called and iterators advanced: their values arrive as values and are compared here;
- other objects can be iterated, measured, indexed and turned into text or numbers. None of that
  tells the solution what is expected;
- attributes and methods of objects work where the problem is about classes. Comparisons and
  arithmetic with plain values never reach the solution, or an object that says yes to everything
  would pass every test. Where both sides of a comparison may be the solution's own word, the
  verdict is `forgeable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import index
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .peer import Peer


class Remote:
    """Something that lives in the solution's process."""

    def __init__(self, peer: Peer, number: int) -> None:
        object.__setattr__(self, "_peer", peer)
        object.__setattr__(self, "_number", number)

    _peer: Peer
    _number: int
    _made = False
    """Was it made by the test? Then both sides of a comparison may come from the solution."""

    def _told(self, value: Any) -> Any:
        """A value that this object gave."""
        if self._made and isinstance(value, Remote):
            object.__setattr__(value, "_made", True)
        elif self._made and value is not None:
            self._peer.trusting = (
                "the test reads from an object of the solution's that it made itself"
            )
        return value

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Remote):
            return False
        # Also which of its objects are the same one is the solution's word.
        self._peer.trusting = "the solution compares its own objects"
        if self._number == other._number:
            return True
        return self._peer.request("method", self._number, (other,), n="__eq__") is True

    def __hash__(self) -> int:
        return hash(self._number)


class RemoteFunction(Remote):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._told(self._peer.call(self._number, args, kwargs))


class RemoteIterator(Remote):
    def __iter__(self) -> RemoteIterator:
        return self

    def __next__(self) -> Any:
        return self._told(self._peer.request("next", self._number))


def _asks(function: type | Callable[[Any], Any], kind: type) -> Callable[[RemoteObject], Any]:
    """What a built-in function makes of the object, which has to be a `kind`."""

    def ask(self: RemoteObject) -> Any:
        value = self._told(self._peer.request("ask", self._number, n=function.__name__))
        if type(value) is not kind:
            raise TypeError(f"{function.__name__}() gave no {kind.__name__}")
        return value

    return ask


class RemoteObject(Remote):
    _made = False
    """Was it made by the test? Then both sides of a comparison may come from the solution."""

    __len__ = _asks(len, int)
    __bool__ = _asks(bool, bool)
    __str__ = _asks(str, str)
    __repr__ = _asks(repr, str)
    __int__ = _asks(int, int)
    __float__ = _asks(float, float)
    __index__ = _asks(index, int)

    def __iter__(self) -> Iterator[Any]:
        found = self._told(self._peer.request("method", self._number, n="__iter__"))
        if not isinstance(found, RemoteIterator):
            raise TypeError("__iter__ gave no iterator")
        return found

    def __getitem__(self, key: Any) -> Any:
        return self._told(self._peer.request("method", self._number, (key,), n="__getitem__"))

    def __contains__(self, value: Any) -> bool:
        return any(value == each for each in self)

    def __getattr__(self, name: str) -> Any:
        self._may_look(name)
        return self._told(self._peer.request("get", self._number, n=name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._may_look(name)
        self._peer.request("set", self._number, (value,), n=name)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._may_look("__setitem__")
        self._peer.request("method", self._number, (key, value), n="__setitem__")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._may_look("__call__")
        return self._told(self._peer.call(self._number, args, kwargs))

    def _may_look(self, name: str) -> None:
        if self._peer.objects == "no":
            raise TypeError(
                f"the solution gave an object of a class of its own; `{name}` is not asked of it"
            )
        if self._peer.objects == "unknown":
            self._peer.trusting = f"the test asks `{name}` of the solution's object"


class RemoteClass(RemoteObject):
    """A class of the solution's: called, it makes an object there. What it says is the solution's
    word from the start."""

    _made = True


PROXIES: dict[str, type[Remote]] = {
    "function": RemoteFunction,
    "iterator": RemoteIterator,
    "class": RemoteClass,
}
