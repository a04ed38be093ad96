"""The judge's end of the line: calls into the solution, and nothing the solution says is trusted.

Only exact built-in values come back (codec.py), and proxies for what can't cross (remote.py).
"""

from __future__ import annotations

import builtins
import os
from collections import deque
from typing import Any

from .changes import write_back
from .channel import Channel, Closed
from .codec import CodecError, ProtocolViolation, pack, to_frames, unpack
from .remote import PROXIES, Remote, RemoteClass, RemoteObject

_NESTING = 40
_REMEMBERED = 64
_SMALL_ENOUGH = 1 << 16


class NeedsInProcess(BaseException):
    """The test hands over something that can't leave this process."""


class SolutionRaised(BaseException):
    """What the solution raised is no Exception, or would steer the test: SystemExit, StopIteration."""


class Peer:
    """Requests to the solution, one at a time, each with an id nobody can know beforehand."""

    def __init__(self, channel: Channel, objects: str) -> None:
        self._channel = channel
        self.objects = objects
        """`yes`, `no` or `unknown`: may attributes of the solution's objects be used?"""
        self.trusting = ""
        """Why the verdict rests on the solution's word; empty where it doesn't."""
        self.last_line = 0
        """The line of the solution's last exception."""
        self.calls: deque[tuple[Any, Any]] = deque(maxlen=_REMEMBERED)
        """The last calls' arguments as sent, and results."""
        self.broken = ""
        """How the line to the solution was broken; then nothing that a test goes on to say counts."""
        self.exceptions: dict[str, type[Exception]] = {}
        """The solution's exception classes that the test knows by name."""
        self._given: list[Any] = []
        self._depth = 0

    def ready(self) -> bool:
        """Wait until the solution's process is set up; False where it ended before."""
        try:
            return self._channel.receive() == {"ready": 1}
        except Closed:
            return False

    def request(self, op: str, number: int = -1, args: Any = (), **more: Any) -> Any:
        """One request and its answer's value; raises what the solution raised."""
        token = os.urandom(8).hex()
        message = {"id": token, "op": op, "h": number, "a": self._pack(list(args)), **more}
        if self._depth >= _NESTING:
            raise ProtocolViolation(f"more than {_NESTING} calls within calls")
        self._depth += 1
        try:
            self._channel.send_frames(self._frame(message))
            answer = self._await(token)
        except (Closed, ProtocolViolation) as error:
            self.broken = str(error) or "closed"
            raise
        finally:
            self._depth -= 1
        if "m" in answer:
            write_back(args, self._unpack(answer["m"]))
        if "e" in answer:
            self._raise(answer)
        if "stop" in answer and op == "next":
            raise StopIteration
        if "v" not in answer:
            self.broken = "an answer without a value"
            raise ProtocolViolation(self.broken)
        value = self._unpack(answer["v"])
        if op == "call" and self._channel.received < _SMALL_ENOUGH:
            self.calls.append((message["a"], value))
        return value

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.request("call", number, args, k=self._pack(kwargs))

    def _await(self, token: str) -> dict[str, Any]:
        while True:
            answer = self._channel.receive()
            if answer.get("in") == token:
                self._serve(answer)
            elif answer.get("id") == token:
                return answer
            else:
                raise ProtocolViolation("an answer to no call")

    def _serve(self, question: dict[str, Any]) -> None:
        """The solution uses something that the test gave it."""
        given = self._judge_object(question.get("j"))
        args, kwargs = self._unpack(question.get("a")), self._unpack(question.get("k"))
        if type(args) is not list or type(kwargs) is not dict:
            raise ProtocolViolation("a call without arguments")
        answer: dict[str, Any]
        try:
            if question.get("op") == "next":
                answer = {"v": self._pack(next(given))}
            else:
                answer = {"v": self._pack(given(*args, **kwargs))}
        except StopIteration:
            answer = {"stop": 1}
        except Exception as error:
            names = [each.__name__ for each in type(error).__mro__]
            answer = {"e": [names, [str(error)]]}
        self._channel.send_frames(self._frame({"re": 1, **answer}))

    def _judge_object(self, number: Any) -> Any:
        if type(number) is not int or not 0 <= number < len(self._given):
            raise ProtocolViolation("an object that was never given")
        return self._given[number]

    def _pack(self, value: Any) -> Any:
        try:
            return pack(value, self._export)
        except CodecError as error:
            raise NeedsInProcess(str(error)) from None

    def _frame(self, message: dict[str, Any]) -> bytes:
        try:
            return to_frames(message)
        except CodecError as error:
            raise NeedsInProcess(f"an argument {error}") from None

    def _export(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Remote):
            return {"h": [value._number, ""]}
        if hasattr(type(value), "__next__"):
            kind = "iterator"
        elif callable(value) and not isinstance(value, type):
            kind = "function"
        else:
            raise NeedsInProcess(f"an argument of type {type(value).__name__}")
        self._given.append(value)
        return {"j": [len(self._given) - 1, kind]}

    def _unpack(self, packed: Any) -> Any:
        return unpack(packed, self._resolve)

    def _resolve(self, tag: str, number: int, kind: str) -> Any:
        if tag == "j":
            return self._judge_object(number)
        return PROXIES.get(kind, RemoteObject)(self, number)

    def name(self, name: str) -> Any:
        """What the solution's globals have under a name that the test uses: a class of its own, an
        exception class, or anything else, on which no verdict should rest unnoticed. KeyError
        where there is none."""
        found = self.request("name", n=name)
        if type(found) is list and found and all(type(each) is str for each in found):
            known = self._exception_class(found)
            if known is None or issubclass(AssertionError, known):
                # `except` of it would swallow the test's own assertions.
                return type(name, (Exception,), {})
            return known
        if type(found) is not dict or list(found) != [name]:
            raise KeyError(name)
        if not isinstance(found[name], RemoteClass):
            self.trusting = f"the test takes `{name}` from the solution, where it is no class"
        return found[name]

    def _exception_class(self, names: list[str]) -> type[Exception] | None:
        """The class here for one whose ancestry, itself first, has these names: a built-in one, or one
        made here, so that `except` catches what the solution raises and nothing else. None for
        what must end the test: SystemExit, StopIteration, what is no Exception."""
        built: type[Exception] | None = None
        own: type[Exception] | None = None
        for name in reversed(names):
            known = getattr(builtins, name, None)
            if name in _STEERING:
                return None
            if isinstance(known, type) and issubclass(known, BaseException):
                if issubclass(known, Exception):
                    built = known
                elif known is not BaseException:
                    return None
            elif name != "object":
                if built is None:
                    return None
                own = self._own_class(name, own, built)
        return own or built

    def _own_class(
        self, name: str, parent: type[Exception] | None, built: type[Exception]
    ) -> type[Exception]:
        known = self.exceptions.get(name)
        if (
            known is not None
            and issubclass(known, built)
            and (parent is None or issubclass(known, parent))
        ):
            return known
        wanted = [each for each in (known, parent, built) if each is not None]
        bases = [e for e in wanted if not any(e is not o and issubclass(o, e) for o in wanted)]
        try:
            made = type(name, tuple(dict.fromkeys(bases)), {})
        except TypeError:
            # Some built-in exceptions can't be parents of one class.
            made = type(name, (bases[0],), {})
        return self.exceptions.setdefault(name, made) if known is None else made

    def _raise(self, answer: dict[str, Any]) -> None:
        line = answer.get("at", 0)
        self.last_line = line if type(line) is int else 0
        try:
            names, packed = answer["e"]
            args = self._unpack(packed)
            if type(args) is not list or not all(type(name) is str for name in names):
                raise TypeError
        except (TypeError, ValueError):
            raise ProtocolViolation("an exception that is none") from None
        base = self._exception_class(names)
        if base is None:
            raise SolutionRaised(f"{names[0] if names else 'exception'}: {_words(args)}"[:2000])
        try:
            error = base(*args)
        except Exception:
            error = RuntimeError(_words(args))
        raise error


_STEERING = frozenset(("StopIteration", "StopAsyncIteration"))


def _words(args: list[Any]) -> str:
    return ", ".join(each if type(each) is str else ascii(each) for each in args)[:2000]
