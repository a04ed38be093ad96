"""The solution's process: runs the program under test and answers the judge's calls.

Everything here shares an address space with hostile code and is at its mercy; nothing here decides
anything. Tests and expected values never come this way.

Messages from the judge: {"id", "op", ...} with `op` one of `load` (did the program run, and is the
function there?), `name` (is this name there?), `call`, `method`, `ask` (a built-in function of it), `get`,
`set`, `next`. Answers echo the id: {"id", "v": value, "m": [arguments as
they are now]}, {"id", "e": [[names of the exception's classes], arguments]} or {"id", "stop": 1} where
an iterator is at its end. Before any line of the program runs, {"ready": 1} says that the process was
set up. While it works on a call the solution may use a callable or an iterator that
the judge passed: {"in": id, "op": "call" | "next", "j": number, ...}, answered by {"re": 1, ...}.
"""

from __future__ import annotations

import sys
from collections import deque
from operator import index
from types import FunctionType, ModuleType
from typing import Any

from .channel import Channel
from .codec import CodecError, pack, unpack

MODULE = "solution"
FILE = "<solution>"
_ASKED = {each.__name__: each for each in (len, bool, str, repr, int, float, index)}
_MUTABLE = frozenset((list, dict, set, bytearray, deque, tuple))


class JudgeObject:
    """A callable or an iterator of the test's, on this side."""

    def __init__(self, peer: Solution, number: int) -> None:
        self._peer, self._number = peer, number


class JudgeFunction(JudgeObject):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._peer.ask("call", self._number, args, kwargs)


class JudgeIterator(JudgeObject):
    def __iter__(self) -> JudgeIterator:
        return self

    def __next__(self) -> Any:
        return self._peer.ask("next", self._number, (), {})


class Solution:
    """Serves one solution over a channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._current = ""

    def serve(self, source: str) -> None:
        """Run the program, then answer until the judge goes away."""
        self._channel.send({"ready": 1})
        namespace, failure = load(source)
        while True:
            request = self._channel.receive()
            if request["op"] == "load":
                self._answer(request, {"v": self._loaded(namespace, request["n"], failure)})
            elif request["op"] == "name":
                self._answer(request, {"v": self._named(namespace, request["n"])})
            else:
                self._answer(request, self._work(request))

    def ask(self, op: str, number: int, args: Any, kwargs: Any) -> Any:
        """Use an object of the judge's; raises what it raises."""
        packed = [pack(each, self._export) for each in (list(args), kwargs)]
        self._channel.send(
            {"in": self._current, "op": op, "j": number, "a": packed[0], "k": packed[1]}
        )
        while True:
            message = self._channel.receive()
            if "re" not in message:
                # The judge's callable calls the solution in its turn.
                self._answer(message, self._work(message))
            elif "stop" in message:
                raise StopIteration
            elif "e" in message:
                raise _exception(*message["e"])
            else:
                return unpack(message["v"], self._resolve)

    def _loaded(self, namespace: dict[str, Any], name: str, failure: BaseException | None) -> Any:
        """The function that is judged, or [why there is none, in words]."""
        if isinstance(failure, MemoryError):
            return ["memory", "MemoryError"]
        if failure is not None:
            own = isinstance(failure, SyntaxError) and failure.filename == FILE
            return ["syntax" if own else "exception", _described(failure)]
        if name not in namespace:
            return ["no-entry-point", f"the program defines no `{name}`"]
        return {"h": [self._number(namespace[name]), "function"]}

    def _named(self, namespace: dict[str, Any], name: str) -> Any:
        """What a test that knows no `name` finds here: {name: value}, the names of an exception class
        and its ancestors, or an empty dict for nothing."""
        if name not in namespace:
            return {"d": []}
        value = namespace[name]
        if isinstance(value, type) and issubclass(value, BaseException):
            return [each.__name__ for each in value.__mro__]
        return {"d": [[name, pack(value, self._export)]]}

    def _work(self, request: dict[str, Any]) -> dict[str, Any]:
        outer, self._current = self._current, request["id"]
        try:
            return self._do(request)
        except StopIteration:
            return {"stop": 1} if request["op"] == "next" else {"e": [["StopIteration"], []]}
        except BaseException as error:
            return self._raised(error)
        finally:
            self._current = outer

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        target = self._objects[request["h"]]
        op, args = request["op"], request.get("a", [])
        values = unpack(args, self._resolve)
        if op == "call":
            result = target(*values, **unpack(request["k"], self._resolve))
        elif op == "method":
            result = getattr(target, request["n"])(*values)
        elif op == "ask":
            result = _ASKED[request["n"]](target)
        elif op == "get":
            result = getattr(target, request["n"])
        elif op == "set":
            setattr(target, request["n"], values[0])
            result = None
        else:
            result = next(target)
        answer = {"v": pack(result, self._export)}
        if any(type(value) in _MUTABLE for value in values):
            now = pack(values, self._export)
            if now != args:
                answer["m"] = now
        return answer

    def _answer(self, request: dict[str, Any], answer: dict[str, Any]) -> None:
        _flush()
        try:
            self._channel.send({"id": request["id"], **answer})
        except CodecError as error:
            self._channel.send({"id": request["id"], **self._raised(error)})

    def _raised(self, error: BaseException) -> dict[str, Any]:
        names = [each.__name__ for each in type(error).__mro__]
        try:
            args = pack(list(error.args))
        except BaseException:
            args = [_words(error)]
        line = _line_of(error)
        return {"e": [names, args], "at": line} if line else {"e": [names, args]}

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return self._numbers[id(value)]

    def _export(self, value: Any) -> dict[str, Any]:
        if isinstance(value, JudgeObject):
            return {"j": [value._number, "iterator" if isinstance(value, JudgeIterator) else ""]}
        return {"h": [self._number(value), _kind(value)]}

    def _resolve(self, tag: str, number: int, kind: str) -> Any:
        if tag == "h":
            return self._objects[number]
        return (JudgeIterator if kind == "iterator" else JudgeFunction)(self, number)


def load(source: str) -> tuple[dict[str, Any], BaseException | None]:
    """The globals of the program after it ran, and what it raised."""
    module = ModuleType(MODULE)
    # Dataclasses and typing look a class's module up there.
    sys.modules[MODULE] = module
    try:
        exec(compile(source, FILE, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        return module.__dict__, error
    return module.__dict__, None


def _kind(value: Any) -> str:
    if isinstance(value, type):
        return "class"
    if hasattr(type(value), "__next__"):
        return "iterator"
    if isinstance(value, FunctionType) or (
        callable(value) and type(value).__module__ in ("builtins", "functools", "operator")
    ):
        return "function"
    return "object"


def _exception(names: list[str], args: list[Any]) -> Exception:
    import builtins

    for name in names:
        known = getattr(builtins, name, None)
        if isinstance(known, type) and issubclass(known, Exception):
            return known(*args)
    return RuntimeError(*args)


def _line_of(error: BaseException) -> int:
    """The line of the solution where the error came up."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    if not line and isinstance(error, SyntaxError) and isinstance(error.lineno, int):
        return error.lineno
    return line


def _described(error: BaseException) -> str:
    words, line = _words(error), _line_of(error)
    text = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return f"{text} (line {line} of the solution)" if line else text


def _words(error: BaseException) -> str:
    try:
        return str.__str__(str(error))[:2000]
    except BaseException:
        return ""


def _flush() -> None:
    """What was printed must be out before the answer is: nobody knows who lives on after it."""
    try:
        sys.stdout.flush()
    except BaseException:
        return
