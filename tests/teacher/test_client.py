"""A real server on the loopback address, its faults, and a client that lives with them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.errors import ConfigError, NetworkError, ResourceError
from hornbook.teacher.budget import Budget, Limits, Prices, most_tokens_in
from hornbook.teacher.cache import Store
from hornbook.teacher.client import Endpoint, EndpointTeacher
from hornbook.teacher.fake_server import FakeEndpoint, Play, Script
from hornbook.teacher.key import Key, key_from
from hornbook.teacher.many import ask_many
from hornbook.teacher.pace import Pace
from hornbook.teacher.request import Answer, BudgetSpent, Message, Request, RequestFailed, Stopped

SECRET = "sk-very-secret-0123456789"


def asked(text: str = "hello", **more: float) -> Request:
    return replace(Request((Message("user", text),), max_tokens=100, longest=400), **more)


class Talk:
    """A client, and the endpoint it talks to."""

    def __init__(self, server: FakeEndpoint, store: Store, limits: Limits, most: int) -> None:
        self.server, self.store = server, store
        self.stop, self.budget = threading.Event(), Budget(store, limits)
        self.pace = Pace(most, self.stop)
        self.endpoint = Endpoint(server.address, "m", timeout=1.0, tries=3, first_wait=0.01)
        self.teacher = self.client()

    def client(self, key: str = "", **more: float) -> EndpointTeacher:
        endpoint = replace(self.endpoint, **more)
        return EndpointTeacher(endpoint, Key(key), self.budget, self.store, self.pace)


@contextmanager
def talk(
    place: Path, script: Script, limits: Limits | None = None, key: str | None = None, most: int = 8
) -> Iterator[Talk]:
    with FakeEndpoint(script, key) as server, Store(place / "answers.sqlite") as store:
        yield Talk(server, store, limits or Limits(), most)


def steady(text: str = "yes") -> Script:
    return lambda body, before: Play(text)


def test_an_answer_is_paid_once(tmp_path: Path) -> None:
    """The same request costs nothing again, in this run and in the next; another one does."""
    with talk(tmp_path, steady(), Limits(tokens=100_000)) as t:
        first = t.teacher.ask(asked())
        assert (first.text, first.model, first.kept) == ("yes", "m-played", False)
        assert t.teacher.ask(asked()) == replace(first, kept=True)
        assert t.budget.tokens == first.tokens_in + first.tokens_out
        t.teacher.ask(asked(temperature=0.5))
        t.teacher.ask(asked("another"))
        assert len(t.server.asked) == 3
        assert t.server.asked[0]["messages"] == [{"role": "user", "content": "hello"}]
    with talk(tmp_path, steady("no")) as t:
        assert t.teacher.ask(asked()).text == "yes"
        assert t.server.asked == []


def test_threads_that_ask_the_same_pay_once(tmp_path: Path) -> None:
    """One asks, the others wait for its answer."""
    with talk(tmp_path, lambda body, before: Play("yes", delay=0.05)) as t:
        found = ask_many(t.teacher.ask, [asked()] * 6, 6, t.stop)
        assert [answer.text for answer in found if isinstance(answer, Answer)] == ["yes"] * 6
        assert len(t.server.asked) == 1


def test_retry_after_is_honoured_and_the_pace_halved(tmp_path: Path) -> None:
    """A refusal with `Retry-After` costs nothing, and nobody asks before."""
    moments = []

    def script(body: object, before: int) -> Play:
        moments.append(time.monotonic())
        return Play("yes") if before else Play(status=429, headers={"Retry-After": "1"})

    with talk(tmp_path, script) as t:
        before = t.pace.limit
        assert t.teacher.ask(asked()).text == "yes"
        assert moments[1] - moments[0] >= 0.99
        assert t.pace.limit <= before / 2 + 1
        answer = t.teacher.ask(asked())
        assert t.budget.tokens == answer.tokens_in + answer.tokens_out


def test_what_one_is_asked_to_wait_all_wait(tmp_path: Path) -> None:
    """`Retry-After` is for the whole client: another request is not sent before either."""
    moments = []

    def script(body: object, before: int) -> Play:
        moments.append(time.monotonic())
        return Play("yes") if before else Play(status=503, headers={"Retry-After": "1"})

    with talk(tmp_path, script) as t:
        first = threading.Thread(target=t.teacher.ask, args=[asked()])
        first.start()
        while t.pace.limit == 4:
            time.sleep(0.01)
        t.teacher.ask(asked("another"))
        first.join()
        assert moments[1] - moments[0] >= 0.99


def test_a_wait_beyond_reason_is_told(tmp_path: Path) -> None:
    """Whoever is told to come back in an hour does so on his own."""
    play = Play(status=429, headers={"Retry-After": "3600"})
    with talk(tmp_path, lambda body, before: play) as t:
        with pytest.raises(NetworkError, match="asks to wait 3600 s"):
            t.teacher.ask(asked())
        assert len(t.server.asked) == 1


def test_faults_of_the_server_are_outlived(tmp_path: Path) -> None:
    """500, a reply that is no completion, a hung request and a reply that drips: the fourth try is
    an answer. What may have been paid counts at its most, what was surely not does not count."""
    faults = [
        Play(status=500),
        Play(raw=b"<html>busy</html>"),
        Play(delay=0.6),
        Play("yes" * 20, drip=0.05),
    ]

    def script(body: object, before: int) -> Play:
        return faults[before] if before < 4 else Play("yes")

    with talk(tmp_path, script) as t:
        assert t.client(tries=5, timeout=0.3).ask(asked()).text == "yes"
        answer = t.teacher.ask(asked())
        most = most_tokens_in(asked()) + 100
        assert t.budget.tokens == 3 * most + answer.tokens_in + answer.tokens_out


def test_what_is_cut_off_is_asked_for_again_longer(tmp_path: Path) -> None:
    """Twice as long each time, up to the longest; whoever allows more later pays only for those."""

    def script(body: dict[str, int], before: int) -> Play:
        return Play("long", finish="length" if body["max_tokens"] < 800 else "stop")

    with talk(tmp_path, script) as t:
        assert t.teacher.ask(asked()).cut_off
        assert [body["max_tokens"] for body in t.server.asked] == [100, 200, 400]
        assert t.teacher.ask(asked()).cut_off
        assert len(t.server.asked) == 3
        assert not t.teacher.ask(asked(longest=1000)).cut_off
        assert [body["max_tokens"] for body in t.server.asked[3:]] == [800]


def test_an_endpoint_with_other_words_is_understood(tmp_path: Path) -> None:
    """Newer models call the length otherwise and take no temperature."""

    def script(body: dict[str, object], before: int) -> Play:
        if "max_tokens" in body:
            return Play(status=400, raw=b"Unsupported parameter: use 'max_completion_tokens'")
        if "temperature" in body:
            return Play(status=400, raw=b"Unsupported value: 'temperature'")
        return Play("yes")

    with talk(tmp_path, script) as t:
        assert t.teacher.ask(asked()).text == "yes"
        t.teacher.ask(asked("more"))
        assert len(t.server.asked) == 4


def test_a_wrong_key_stops_at_once_and_is_not_shown(tmp_path: Path) -> None:
    """Even where the endpoint says it back; and it reaches no file."""
    with talk(tmp_path, steady(f"the key is {SECRET}"), key=SECRET) as t:
        with pytest.raises(ConfigError, match="refuses the key") as caught:
            t.client(key=SECRET + "x").ask(asked())
        assert SECRET not in str(caught.value)
        assert "[key]" in str(caught.value)
        assert t.client(key=SECRET).ask(asked()).text == "the key is [key]"
        assert SECRET not in repr(vars(t.client(key=SECRET)))
    assert SECRET.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_a_key_is_known_in_any_clothes() -> None:
    """As JSON and addresses write it; the first variable counts even where it is empty."""
    key = Key('sk-01/23+45"67\n')
    for said in ('sk-01/23+45"67', 'sk-01\\/23+45"67', 'sk-01/23+45\\"67', "sk-01%2F23%2B45%2267"):
        assert key.redacted(f"({said})") == "([key])"
    assert key.headers() == {"Authorization": 'Bearer sk-01/23+45"67'}
    assert Key("EMPTY").redacted("EMPTY") == "EMPTY"
    assert key_from({"OPENAI_API_KEY": SECRET}).headers() == Key(SECRET).headers()
    assert not key_from({"OPENAI_API_KEY": SECRET, "HORNBOOK_TEACHER_KEY": ""})
    assert not key_from({})


def test_a_key_goes_nowhere_unencrypted() -> None:
    """But to this very machine; and never in an address."""
    for address, said in (
        ("http://host.example/v1", "never sent unencrypted"),
        ("https://me:secret@host.example/v1", "password"),
        ("https://host.example/v1?key=1", "not taken"),
        ("ftp://host.example", "write it as"),
        ("https://", "write it as"),
        ("https://host.example:port/v1", "write it as"),
    ):
        with pytest.raises(ConfigError, match=said) as caught:
            EndpointTeacher(Endpoint(address, "m"), Key(SECRET), None, None, None)  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        Key(f"{SECRET}\nHost: elsewhere")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("status", [302, 303, 307])
def test_redirects_are_not_followed(tmp_path: Path, status: int) -> None:
    """They would carry the key to somewhere else."""
    other = FakeEndpoint(steady())
    play = Play(status=status, headers={"Location": f"{other.address}/chat/completions"})
    with other, talk(tmp_path, lambda body, before: play) as t:
        with pytest.raises(ConfigError, match="correct --endpoint"):
            t.teacher.ask(asked())
        assert other.asked == []


def test_hopeless_cases_end(tmp_path: Path) -> None:
    """An empty account, a model that is not there, nobody listening: told once, with what to do."""
    for play, kind, said in (
        (Play(status=429, raw=b'{"code": "insufficient_quota"}'), ResourceError, "fill it up"),
        (Play(status=404, raw=b"no such model"), ConfigError, "--model"),
        (Play(status=503), NetworkError, "no answer in 3 tries"),
    ):
        with talk(tmp_path, lambda body, before, play=play: play) as t:
            with pytest.raises(kind, match=said):
                t.teacher.ask(asked())
            assert t.budget.tokens == 0
    with pytest.raises(NetworkError, match="refused"), Store(tmp_path / "s.sqlite") as store:
        t.store, t.budget = store, Budget(store, Limits())
        t.client().ask(asked())


def test_a_refused_text_fails_alone(tmp_path: Path) -> None:
    """Too long for the model, say: the others are answered, and it stays retryable."""

    def script(body: dict[str, list[dict[str, str]]], before: int) -> Play:
        long = body["messages"][0]["content"] == "long"
        return Play(status=400, raw=b"context length exceeded") if long else Play("yes")

    with talk(tmp_path, script) as t:
        found = ask_many(t.teacher.ask, [asked("a"), asked("long"), asked("b")], 2, t.stop)
        assert isinstance(found[1], RequestFailed)
        assert (found[1].reason, found[1].raw) == ("refused", "context length exceeded")
        assert isinstance(found[0], Answer)
        assert isinstance(found[2], Answer)


@pytest.mark.parametrize("money", [False, True])
def test_a_budget_is_never_overrun(tmp_path: Path, money: bool) -> None:
    """At no moment is more spent and under way than allowed, whatever the answers cost; a larger
    one goes on."""
    most = most_tokens_in(asked("text 00")) + 100

    def script(body: object, before: int) -> Play:
        return Play("yes", usage=(most - 100, 100 - before % 3), delay=0.01)

    limit = 5 * most + 10
    if money:
        limits = Limits(money=limit / 1e6, prices=Prices(1.0, 1.0))
    else:
        limits = Limits(tokens=limit)
    requests = [asked(f"text {n:02}") for n in range(20)]
    with talk(tmp_path, script, limits) as t:
        found = ask_many(t.teacher.ask, requests, 8, t.stop)
        assert len(t.server.asked) == sum(isinstance(one, Answer) for one in found) == 5
        assert any(isinstance(one, BudgetSpent) for one in found)
        assert all(isinstance(one, Answer | BudgetSpent | Stopped) for one in found)
        assert t.budget.tokens <= limit
    with talk(tmp_path, script, limits) as t:
        with pytest.raises(BudgetSpent, match="a larger budget goes on"):
            t.teacher.ask(asked("new"))
        assert t.server.asked == []
    with talk(tmp_path, script) as t:
        found = ask_many(t.teacher.ask, requests, 8, t.stop)
        assert all(isinstance(one, Answer) for one in found)
        assert len(t.server.asked) == 15


def test_more_are_under_way_while_all_goes_well(tmp_path: Path) -> None:
    """From few to the most that is allowed, and never above it."""
    with talk(tmp_path, lambda body, before: Play("yes", delay=0.01), most=7) as t:
        ask_many(t.teacher.ask, [asked(f"{n}") for n in range(60)], 7, t.stop)
        assert 4 < t.server.most_at_once <= 7
