"""The judge's process: the tests, the expected values and the verdict live here and nowhere else.

A program for the judge is {prompt, entry_point, setup, test, reference, inputs, atol, objects}. The
verdict is {verdict, kind, reason, assertion, expected, actual, trusting}.
"""

from __future__ import annotations

import builtins
import copy
import json
import random
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

from .channel import Channel, Closed
from .codec import ProtocolViolation
from .failure import TEST_FILE, explain, show
from .peer import NeedsInProcess, Peer, SolutionRaised
from .remote import Remote, RemoteFunction
from .sameness import decode, same

_FEW = 1000
_UNLOADED = ("syntax", "exception", "no-entry-point", "memory")


class Bench(dict[str, Any]):
    """The globals of the tests. A name that is not theirs is looked for, in this order, among the
    built-ins, in the prompt, in the canonical solution, and last in the solution itself."""

    def __init__(self, program: dict[str, Any], peer: Peer) -> None:
        super().__init__(__name__="__judge__")
        self._program = program
        self._peer = peer
        self._prompt: dict[str, Any] | None = None
        self._canonical: dict[str, Any] | None = None

    def __missing__(self, name: str) -> Any:
        known = builtins.__dict__
        if name in known:
            return known[name]
        for own in (self.prompt(), self.canonical()):
            # A class has to be the solution's own, for the solution is handed its objects; a
            # function of ours is better than one that could say what the test wants to hear.
            if name in own and not isinstance(own[name], type):
                self[name] = own[name]
                return self[name]
            if name in own and not _made_here(own[name]):
                self[name] = own[name]
                return self[name]
        if name.startswith("__"):
            raise KeyError(name)
        self[name] = self._peer.name(name)
        if not self.canonical():
            self._peer.trusting = f"the test takes `{name}` from the solution"
        return self[name]

    def prompt(self) -> dict[str, Any]:
        """What the prompt itself defines, e.g. a helper that the test needs."""
        if self._prompt is None:
            self._prompt = _first_that_runs(
                [self._program["prompt"], self._program["prompt"] + "\n    pass\n"],
                self._program["entry_point"],
            )
        return self._prompt

    def canonical(self) -> dict[str, Any]:
        """What the canonical solution defines; empty where there is none."""
        if self._canonical is None:
            source = self._program["reference"]
            self._canonical = _first_that_runs([source], "") if source else {}
        return self._canonical


def _made_here(value: Any) -> bool:
    return getattr(value, "__module__", "") == "__reference__"


def _first_that_runs(sources: list[str], but: str) -> dict[str, Any]:
    for source in sources:
        module = ModuleType("__reference__")
        sys.modules["__reference__"] = module
        try:
            exec(compile(source, "<reference>", "exec", dont_inherit=True), module.__dict__)
        except Exception:
            continue
        return {k: v for k, v in vars(module).items() if k != but and not k.startswith("__")}
    return {}


def decide(program: dict[str, Any], channel: Channel) -> dict[str, Any]:
    """Run the tests against the solution on the other end of `channel`."""
    random.seed(0)  # a test that draws numbers draws the same whichever checks came before
    peer = Peer(channel, program["objects"])
    told: dict[str, Any] = {}
    try:
        verdict, kind, reason = _examine(program, peer)
        if verdict == "passed" and peer.broken:
            # The test swallowed even that.
            verdict, kind, reason = "failed", "protocol", f"the solution sent {peer.broken}"
    except AssertionError as error:
        told = explain(error, program["test"], peer)
        words = str(error) or told.get("assertion", "")
        verdict, kind, reason = "failed", "assertion", f"AssertionError: {words}".rstrip(": ")
        if told.get("actual") and told.get("expected") and not str(error):
            reason += f" (got {told['actual']}, expected {told['expected']})"
    except Disagreement as error:
        told = error.told
        verdict, kind, reason = "failed", "assertion", str(error)
    except MemoryError:
        verdict, kind, reason = "memory", "memory", "MemoryError"
    except NeedsInProcess as error:
        verdict, kind, reason = "needs-in-process", "", str(error)
    except Closed:
        verdict, kind, reason = (
            "failed",
            "died",
            "the solution's process ended before its tests did",
        )
    except ProtocolViolation as error:
        verdict, kind, reason = "failed", "protocol", f"the solution sent {error}"
    except SolutionRaised as error:
        verdict, kind, reason = "failed", "exception", str(error)
    except BaseException as error:
        verdict, kind = "failed", "exception"
        reason = f"{type(error).__name__}: {error}".rstrip(": ")
    verdict_row = {"verdict": verdict, "kind": kind, "reason": reason[:2000]}
    return {**verdict_row, **told, "trusting": peer.trusting, "line": peer.last_line}


def _examine(program: dict[str, Any], peer: Peer) -> tuple[str, str, str]:
    if not peer.ready():
        return "lost", "", "the solution's process could not be set up"
    bench = Bench(program, peer)
    state = peer.request("load", n=program["entry_point"])
    if type(state) is list and len(state) == 2 and state[0] in _UNLOADED:
        return "memory" if state[0] == "memory" else "failed", state[0], str(state[1])
    if not isinstance(state, Remote):
        raise ProtocolViolation("no word on how the program ran")
    candidate = RemoteFunction(peer, state._number)
    bench[program["entry_point"]] = candidate
    for part in (program["setup"], program["test"]):
        exec(compile(part, TEST_FILE, "exec", dont_inherit=True), bench)
    check = bench.get("check")
    if check is not None:
        check(candidate)
    if program["inputs"]:
        _compare(program, bench, candidate)
    return "passed", "", ""


def _compare(program: dict[str, Any], bench: Bench, candidate: RemoteFunction) -> None:
    """Hold the candidate against the canonical solution, input by input."""
    name, judge = program["entry_point"], bench.get("same")
    reference = bench.canonical()[name]
    expectations = _Expectations.of(program)
    for number, packed in enumerate(json.loads(program["inputs"])):
        args = [decode(each) for each in packed]
        expected = expectations.at(number, lambda: reference(*copy.deepcopy(args)))  # noqa: B023
        actual = candidate(*copy.deepcopy(args))
        if judge is not None:
            agree = judge(actual, expected, args)
        else:
            agree = same(actual, expected, program["atol"])
        if not agree:
            call = f"{name}({', '.join(show(each) for each in args)})"
            raise Disagreement(call[:1000], show(expected), show(actual))


class _Expectations:
    """What the canonical solution gives; kept from one check of a problem to the next where small."""

    last: ClassVar[_Expectations | None] = None

    def __init__(self, problem: tuple[str, str]) -> None:
        self._problem = problem
        self._known: dict[int, Any] = {}

    @classmethod
    def of(cls, program: dict[str, Any]) -> _Expectations:
        problem = program["reference"], program["inputs"]
        if cls.last is None or cls.last._problem != problem:
            cls.last = cls(problem)
        return cls.last

    def at(self, number: int, make: Callable[[], Any]) -> Any:
        """The expectation for an input, as a copy: a comparison of the problem's own may change it."""
        if number in self._known:
            return copy.deepcopy(self._known[number])
        value = make()
        if _is_small(value):
            self._known[number] = copy.deepcopy(value)
        return value


def _is_small(value: Any) -> bool:
    if isinstance(value, (str, list, tuple, dict, set)):
        return len(value) <= _FEW
    return value is None or isinstance(value, (bool, int, float))


class Disagreement(Exception):
    """The candidate differs from the canonical solution."""

    def __init__(self, call: str, expected: str, actual: str) -> None:
        super().__init__(f"{call} gave {actual}, expected {expected}")
        self.told = {"assertion": call, "expected": expected, "actual": actual}
