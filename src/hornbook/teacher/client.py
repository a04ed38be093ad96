"""An endpoint that speaks OpenAI's chat protocol, as a teacher: patient, thrifty, discreet."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hornbook.errors import ConfigError, NetworkError, ResourceError
from hornbook.randomness import stream
from hornbook.teacher.budget import Budget, most_tokens_in
from hornbook.teacher.cache import Store
from hornbook.teacher.key import Key
from hornbook.teacher.pace import Pace
from hornbook.teacher.request import Answer, Request, RequestFailed
from hornbook.teacher.wire import Reply, Silence, Wire, chat_url, is_local

FREE = (429, 500, 503)
"""Refusals that nobody charges for; behind other faults a model may have worked."""
LONGEST_WAIT = 300.0
FRUITLESS = 5
"""Requests in a row that may end without an answer before the endpoint is given up."""
KNOCKS = 3
"""Times that nobody listens at all before that."""
SHOWN = 300


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which model, where, and how patiently it is asked."""

    address: str
    model: str
    timeout: float = 120.0
    """Seconds for one reply."""
    tries: int = 6
    first_wait: float = 1.0
    """Seconds before the second try; each further one waits about twice as long."""
    seed: int = 1


class EndpointTeacher:
    """`Teacher` over HTTP. What was answered is in the store; what is sent is in the budget."""

    def __init__(
        self, endpoint: Endpoint, key: Key, budget: Budget, store: Store, pace: Pace
    ) -> None:
        """Raises `ConfigError` for an address that is none, or that a key must not go to."""
        url = chat_url(endpoint.address)
        if key and url.startswith("http:") and not is_local(url):
            raise ConfigError(
                f"--endpoint {url}: a key is never sent unencrypted; use https, or set"
                " HORNBOOK_TEACHER_KEY to nothing where the server wants none"
            )
        self._endpoint, self._key, self._wire = endpoint, key, Wire(url, endpoint.timeout)
        self._budget, self._store, self._pace = budget, store, pace
        self._length, self._with_temperature = "max_tokens", True
        self._fruitless, self._unheard, self._answered = 0, 0, False
        self._lock, self._changed = threading.Lock(), threading.Condition()
        self._asked: set[str] = set()

    def ask(self, request: Request) -> Answer:
        """The answer that is kept, or a new one. One that is cut off is asked for again, longer.

        Raises `RequestFailed`, `BudgetSpent`, `Stopped`; `ConfigError` for a wrong key or model,
        `NetworkError` and `ResourceError` where no request can be expected to succeed.
        """
        key = request.key(self._endpoint.model)
        with self._alone(key):
            answer = self._store.get(key)
            while answer is None or (answer.cut_off and answer.max_tokens < request.longest):
                most = request.max_tokens if answer is None else 2 * answer.max_tokens
                answer = self._paid(request, min(most, request.longest))
                self._store.put(key, answer)
            return answer

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """Of threads that ask the same, one pays and the others find its answer."""
        with self._changed:
            while key in self._asked:
                self._changed.wait()
            self._asked.add(key)
        try:
            yield
        finally:
            with self._changed:
                self._asked.remove(key)
                self._changed.notify_all()

    def _paid(self, request: Request, max_tokens: int) -> Answer:
        waits = stream(self._endpoint.seed, "teacher", request.key(self._endpoint.model))
        wait = self._endpoint.first_wait
        told = ""
        for _ in range(self._endpoint.tries):
            answer, told, asked = self._try(request, max_tokens)
            if answer is not None:
                self._settle_down()
                return answer
            if asked > LONGEST_WAIT:
                raise NetworkError(
                    f"the endpoint asks to wait {asked:.0f} s ({told}); run the same command then"
                )
            # Jitter, so that requests refused together don't come back together; what the endpoint
            # asks for itself, the pace keeps for all of them.
            self._pace.rest(wait * (0.5 + waits.random()))
            wait *= 2
        raise self._given_up(told)

    def _try(self, request: Request, max_tokens: int) -> tuple[Answer | None, str, float]:
        """(answer, else what happened and how long to wait)."""
        most_in = most_tokens_in(request)
        with self._pace.turn() as sent:
            number = self._budget.reserve(most_in, max_tokens)
            settled = False
            try:
                reply = self._wire.post(self._body(request, max_tokens), self._headers())
                if isinstance(reply, Silence):
                    if not reply.was_sent:
                        self._budget.release(number)
                        settled = True
                        self._knock(reply.detail)
                    self._pace.refused(sent, 0.0)
                    return None, self._shown(reply.detail), 0.0
                if 200 <= reply.status < 300:
                    answer = self._read(reply, max_tokens, most_in)
                    if isinstance(answer, str):
                        return None, answer, 0.0
                    self._budget.settle(number, answer.tokens_in, answer.tokens_out)
                    settled = True
                    self._pace.well()
                    return answer, "", 0.0
                if reply.status in FREE or reply.status < 500:
                    self._budget.release(number)
                    settled = True
                return None, *self._refused(reply, sent)
            finally:
                if not settled:
                    self._budget.unknown(number)

    def _body(self, request: Request, max_tokens: int) -> bytes:
        said: dict[str, Any] = {
            "model": self._endpoint.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            self._length: max_tokens,
        }
        if self._with_temperature:
            said["temperature"] = request.temperature
        return json.dumps(said).encode()

    def _headers(self) -> dict[str, str]:
        common = {"Content-Type": "application/json", "Accept": "application/json"}
        return {**common, "User-Agent": "hornbook", **self._key.headers()}

    def _read(self, reply: Reply, max_tokens: int, most_in: int) -> Answer | str:
        """The answer, or what is wrong with the reply. Without usage a request counts at its most."""
        try:
            said = json.loads(reply.body)
            choice = said["choices"][0]
            text = choice["message"]["content"] or ""
            if not isinstance(text, str):
                raise TypeError("the content is no text")
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            return f"a reply that is no chat completion ({error}): {self._shown(reply.body)}"
        usage = said.get("usage") or {}
        return Answer(
            # Half a surrogate pair is no text and fits into no file.
            self._key.redacted(text.encode("utf-8", "replace").decode()),
            self._shown(str(said.get("model") or self._endpoint.model)),
            "length" if choice.get("finish_reason") == "length" else "stop",
            max_tokens,
            _count(usage, "prompt_tokens", most_in),
            _count(usage, "completion_tokens", max_tokens),
        )

    def _refused(self, reply: Reply, sent: float) -> tuple[str, float]:
        """What to tell, and how long to wait; raises where waiting does not help."""
        told = f"status {reply.status}: {self._shown(reply.body)}"
        status = reply.status
        if "insufficient_quota" in reply.body or status == 402:
            raise ResourceError(f"the endpoint's account is empty ({told}); fill it up")
        if status in (401, 403):
            raise ConfigError(
                f"the endpoint refuses the key ({told}); set HORNBOOK_TEACHER_KEY to a right one"
            )
        if status == 404 or 300 <= status < 400:
            raise ConfigError(
                f"{self._wire.url}: no chat with `{self._endpoint.model}` there ({told});"
                " correct --endpoint or --model"
            )
        if status in (408, 409, 425, 429) or status >= 500:
            self._pace.refused(sent, min(reply.wait(), LONGEST_WAIT))
            return told, reply.wait()
        if self._other_words(reply.body):
            return told, 0.0
        self._settle_down()
        raise RequestFailed("refused", told, self._key.redacted(reply.body))

    def _other_words(self, body: str) -> bool:
        """True where the endpoint names a parameter differently and a second try may do."""
        with self._lock:
            if self._length == "max_tokens" and "max_completion_tokens" in body:
                self._length = "max_completion_tokens"
                return True
            if self._with_temperature and "temperature" in body:
                self._with_temperature = False
                return True
        return False

    def _knock(self, told: str) -> None:
        """Nobody listens. Where nobody ever did, the address is more likely wrong than the endpoint
        busy, and no one wants to wait for that."""
        with self._lock:
            self._unheard += 1
            hopeless = not self._answered and self._unheard >= KNOCKS
        if hopeless:
            raise NetworkError(
                f"{self._wire.url}: nobody answers ({self._shown(told)}); start the endpoint, or"
                " correct --endpoint"
            )

    def _settle_down(self) -> None:
        with self._lock:
            self._fruitless, self._answered = 0, True

    def _given_up(self, told: str) -> NetworkError:
        with self._lock:
            self._fruitless += 1
            hopeless = not self._answered or self._fruitless >= FRUITLESS
        if hopeless:
            return NetworkError(
                f"{self._wire.url}: no answer in {self._endpoint.tries} tries ({told});"
                " what was answered is kept, the same command goes on"
            )
        return RequestFailed("no-answer", f"{self._endpoint.tries} tries, at last {told}", told)

    def _shown(self, text: str) -> str:
        """Some of what the endpoint said, on one line, without the key."""
        # Redacted before it is cut: half a key is still half a key.
        plain = " ".join(self._key.redacted(text).split())
        return plain.encode("utf-8", "replace").decode()[:SHOWN]


def _count(usage: Any, name: str, otherwise: int) -> int:
    found = usage.get(name) if isinstance(usage, dict) else None
    is_count = isinstance(found, int) and not isinstance(found, bool) and found >= 0
    return found if is_count and found is not None else otherwise
