"""Facts about judging a stream: order, bounds, second trials."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.evaluate import judging
from hornbook.evaluate.judging import AHEAD, Check, judge_stream
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import FakeSandbox, Limits
from tests.evaluate.toy import PROBLEMS

FATES = ("ok", "error", "memory", "timed_out", "infrastructure_error")


def check(text: str, known: Verdict | None = None) -> Check:
    completion = Completion(text, "toy/0", "toy", "", text, 0, "")
    return Check(text, PROBLEMS[0], completion, known)


class Busy(FakeSandbox):
    """Takes a moment for each check, and knows how many run at the same time."""

    tier = "A"
    lock = threading.Lock()

    def __init__(self, log: list[tuple[str, int]], seconds: float = 0.0) -> None:
        super().__init__()
        self.log = log
        self.seconds = seconds
        self.closed = False

    running = 0

    def judge(
        self,
        problem: Problem,
        completion: Completion,
        limits: Limits = Limits(),  # noqa: B008
    ) -> Verdict:
        with Busy.lock:
            Busy.running += 1
        time.sleep(self.seconds)
        with Busy.lock:
            self.log.append((completion.text, Busy.running))
            Busy.running -= 1
        return super().judge(problem, completion, limits)

    def run(self, program: str, limits: Limits = Limits()):  # type: ignore[no-untyped-def]  # noqa: B008
        self.decide = lambda text: next((fate for fate in FATES if f"={fate}" in text), "ok")
        return super().run(program, limits)

    def close(self) -> None:
        self.closed = True


def names(verdicts: list[tuple[Check, Verdict]]) -> list[str]:
    return [each.completion.text for each, _ in verdicts]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.sampled_from(FATES)), max_size=60), st.integers(1, 4)
)
def test_answers_come_in_the_order_of_the_questions(
    fates: list[tuple[int, str]], workers: int
) -> None:
    """Whatever fails, repeats or is lost: one verdict each, the right one, in order."""
    texts = [f"{number}={fate}" for number, fate in fates]
    log: list[tuple[str, int]] = []
    found = list(judge_stream(lambda: Busy(log), map(check, texts), Limits(), workers))
    assert names(found) == texts
    for (_, fate), (_, verdict) in zip(fates, found, strict=True):
        expected = {"ok": "passed", "error": "failed"}.get(fate, fate)
        assert verdict.verdict == expected


def test_what_is_unsure_is_judged_once_more_alone() -> None:
    """The second trial of a lost or timed-out check has the machine to itself."""
    texts = [f"{n}={'timed_out' if n % 7 == 0 else 'ok'}" for n in range(60)]
    log: list[tuple[str, int]] = []
    list(judge_stream(lambda: Busy(log, 0.002), map(check, texts), Limits(), 3))
    seen: set[str] = set()
    again = []
    for text, running in log:
        if text in seen:
            again.append((text, running))
        seen.add(text)
    assert sorted(text for text, _ in again) == sorted(t for t in texts if "timed" in t)
    assert {running for _, running in again} == {1}


def test_a_second_trial_counts() -> None:
    """A check that was slow under load passes when it is alone."""
    tried: list[str] = []

    class Lucky(FakeSandbox):
        def judge(
            self,
            problem: Problem,
            completion: Completion,
            limits: Limits = Limits(),  # noqa: B008
        ) -> Verdict:
            tried.append(completion.text)
            self.decide = lambda _: "timed_out" if tried.count(completion.text) == 1 else "ok"
            return super().judge(problem, completion, limits)

    found = list(judge_stream(Lucky, map(check, "abc"), Limits(), 2))
    assert [verdict.verdict for _, verdict in found] == ["passed"] * 3
    assert sorted(tried) == list("aabbcc")


def test_equal_checks_in_sight_are_run_once() -> None:
    """Their verdict is shared."""
    log: list[tuple[str, int]] = []
    texts = ["a=error", "b", "a=error", "a=error", "b"]
    found = list(judge_stream(lambda: Busy(log, 0.01), map(check, texts), Limits(), 2))
    assert names(found) == texts
    assert sorted(text for text, _ in log) == ["a=error", "b"]


def test_what_is_known_is_not_run() -> None:
    """A verdict that is there passes through, in its place."""
    log: list[tuple[str, int]] = []
    known = FakeSandbox().judge(PROBLEMS[0], check("x").completion, Limits())
    found = list(
        judge_stream(lambda: Busy(log), iter([check("a"), check("x", known)]), Limits(), 1)
    )
    assert found[1][1] is known
    assert [text for text, _ in log] == ["a"]


def test_only_so_many_are_looked_ahead() -> None:
    """A slow reader is not overtaken by more than the bound, nor a slow check by its followers."""
    pulled = 0

    def checks() -> Iterator[Check]:
        nonlocal pulled
        for number in range(1000):
            pulled += 1
            yield check(f"{number}")

    with closing(judge_stream(lambda: Busy([]), checks(), Limits(), 2)) as stream:
        next(stream)
        time.sleep(0.1)
        assert pulled <= 2 * AHEAD + 1


def test_long_texts_shorten_the_look_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is in bytes as well."""
    monkeypatch.setattr(judging, "AHEAD_BYTES", 3000)
    pulled = 0

    def checks() -> Iterator[Check]:
        nonlocal pulled
        for number in range(100):
            pulled += 1
            yield check(f"{number:01000d}")

    with closing(judge_stream(lambda: Busy([]), checks(), Limits(), 2)) as stream:
        next(stream)
        assert pulled <= 4


def test_nothing_but_timeouts_keeps_few_waiting() -> None:
    """Before a whole window has timed out, the first are tried again and given out."""
    log: list[tuple[str, int]] = []
    texts = [f"{n}=timed_out" for n in range(200)]
    with closing(judge_stream(lambda: Busy(log, 0.01), map(check, texts), Limits(), 1)) as stream:
        next(stream)
        assert len(log) < AHEAD
        assert len(list(stream)) == 199
    assert len(log) == 400


def test_a_sandbox_that_can_not_be_had_is_told_at_once() -> None:
    """The error of opening one arrives; nothing hangs."""

    def closed() -> FakeSandbox:
        raise RuntimeError("no tier")

    with pytest.raises(RuntimeError, match="no tier"):
        list(judge_stream(closed, map(check, "abc"), Limits(), 2))


def test_who_stops_early_leaves_nothing_running() -> None:
    """Closing the stream closes every sandbox and waits for no check."""
    opened: list[Busy] = []

    def open_one() -> Busy:
        opened.append(Busy([], 0.05))
        return opened[-1]

    stream = judge_stream(open_one, (check(f"{n}") for n in range(1000)), Limits(), 2)
    next(stream)
    started = time.monotonic()
    stream.close()
    assert time.monotonic() - started < 10  # all of them would take 25
    assert opened
    assert all(sandbox.closed for sandbox in opened)
