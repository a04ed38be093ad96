"""The seam: one question to a language model, one answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from hornbook.errors import NetworkError, ResourceError


@dataclass(frozen=True, slots=True)
class Message:
    """What is said, and by whom: `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """A question as it is sent."""

    messages: tuple[Message, ...]
    max_tokens: int = 512
    """Of the answer. One that is cut off there is asked for again, with twice as many."""
    longest: int = 4096
    """Tokens of an answer beyond which nobody asks again."""
    temperature: float = 0.0

    def key(self, model: str) -> str:
        """What an answer is kept under: everything that can change it, save its length.

        >>> one, other = (Request((Message("user", text),)) for text in ("a", "b"))
        >>> one.key("m") == one.key("m"), one.key("m") == other.key("m")
        (True, False)
        """
        said = [[message.role, message.content] for message in self.messages]
        return sha256(json.dumps([model, said, self.temperature]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    text: str
    model: str
    """As the endpoint calls itself."""
    finish: str
    """`stop`, or `length` where it was cut off at `max_tokens`."""
    max_tokens: int
    tokens_in: int
    tokens_out: int
    kept: bool = False
    """True where it was answered before and cost nothing now."""

    @property
    def cut_off(self) -> bool:
        return self.finish == "length"


class Teacher(Protocol):
    """Whoever can be asked: an endpoint, recorded answers, a fake."""

    def ask(self, request: Request) -> Answer:
        """Wait for the answer. May be called by many threads.

        Raises `RequestFailed` for this request alone, `BudgetSpent` where it may cost too much,
        `Stopped` where nothing more is to be asked.
        """


@dataclass(frozen=True)
class FakeTeacher:
    """Answers by a function of the request, at no cost."""

    reply: Callable[[Request], str]

    def ask(self, request: Request) -> Answer:
        return Answer(self.reply(request), "fake", "stop", request.max_tokens, 0, 0)


class RequestFailed(NetworkError):
    """One request without a usable answer; it may be tried again."""

    def __init__(self, reason: str, detail: str, raw: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        """A short stable code, e.g. `no-answer`, `refused`."""
        self.detail = detail
        self.raw = raw
        """What the endpoint said, as far as it said something."""


class BudgetSpent(ResourceError):
    """The next request might cost more than what is left."""


class Stopped(NetworkError):
    """Nothing more is asked: the run is being ended."""
