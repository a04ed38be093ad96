"""A hard budget, in tokens and in money: what a request may cost is set aside before it is sent."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.teacher.cache import Spent, Store
from hornbook.teacher.request import BudgetSpent, Request

PER_MESSAGE, PER_REQUEST = 64, 256
"""Tokens that an endpoint's own template may add."""
_SMALLEST = 10**12
"""Money is counted in whole parts of this size: a price of a millionth of a unit a million tokens."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Units of money a million tokens, in whatever money the endpoint asks for."""

    tokens_in: float
    tokens_out: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What all requests of one store may cost together, earlier runs included."""

    tokens: int | None = None
    money: float | None = None
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if self.money is not None and self.prices is None:
            raise ConfigError(
                "a budget in money needs prices: give --price-in and --price-out, a million tokens"
            )


def most_tokens_in(request: Request) -> int:
    """What a question may count as at most: no tokenizer makes more tokens than there are bytes.

    >>> from hornbook.teacher.request import Message
    >>> most_tokens_in(Request((Message("user", "x" * 100),)))
    420
    """
    sizes = (len(m.content.encode("utf-8", "surrogatepass")) for m in request.messages)
    return sum(sizes) + PER_MESSAGE * len(request.messages) + PER_REQUEST


class Budget:
    """What is left, over all threads of this process and all runs before it."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._changed = threading.Condition()
        prices = limits.prices
        self._price_in = None if prices is None else round(prices.tokens_in * 10**6)
        self._price_out = None if prices is None else round(prices.tokens_out * 10**6)
        self._money_most = None if limits.money is None else int(limits.money * _SMALLEST)
        self._open: dict[int, tuple[int, int]] = {}
        self._tokens = self._money = 0
        for part in store.spent():
            self._tokens += part.tokens_in + part.tokens_out
            self._money += _cost(part, self._price_in or 0, self._price_out or 0)

    @property
    def tokens(self) -> int:
        """Spent so far, what is set aside included."""
        with self._changed:
            return self._tokens

    @property
    def money(self) -> float | None:
        """Spent so far; None where prices are not known."""
        with self._changed:
            return None if self._price_in is None else self._money / _SMALLEST

    def reserve(self, tokens_in: int, tokens_out: int) -> int:
        """Set aside what a request may cost at most; waits where others under way may cost less.

        Raises `BudgetSpent` where it does not fit although nothing is under way.
        """
        with self._changed:
            while not self._fits(tokens_in, tokens_out):
                if not self._open:
                    raise BudgetSpent(self._told(tokens_in + tokens_out))
                self._changed.wait()
            part = Spent(tokens_in, tokens_out, self._price_in, self._price_out)
            number = self._store.open(part)
            self._open[number] = (tokens_in, tokens_out)
            self._add(tokens_in, tokens_out)
            return number

    def settle(self, number: int, tokens_in: int, tokens_out: int) -> None:
        """A request did cost so much."""
        with self._changed:
            self._store.settle(number, tokens_in, tokens_out)
            self._close(number)
            self._add(tokens_in, tokens_out)

    def release(self, number: int) -> None:
        """A request did cost nothing."""
        with self._changed:
            self._store.release(number)
            self._close(number)

    def unknown(self, number: int) -> None:
        """Nobody knows whether it was paid: it stays set aside."""
        with self._changed:
            self._store.unknown(number)
            del self._open[number]
            self._changed.notify_all()

    def _close(self, number: int) -> None:
        tokens_in, tokens_out = self._open.pop(number)
        self._add(-tokens_in, -tokens_out)
        self._changed.notify_all()

    def _add(self, tokens_in: int, tokens_out: int) -> None:
        self._tokens += tokens_in + tokens_out
        self._money += self._cost(tokens_in, tokens_out)

    def _cost(self, tokens_in: int, tokens_out: int) -> int:
        return tokens_in * (self._price_in or 0) + tokens_out * (self._price_out or 0)

    def _fits(self, tokens_in: int, tokens_out: int) -> bool:
        tokens, most = self._tokens + tokens_in + tokens_out, self._limits.tokens
        money = self._money + self._cost(tokens_in, tokens_out)
        enough = most is None or tokens <= most
        return enough and (self._money_most is None or money <= self._money_most)

    def _told(self, wanted: int) -> str:
        parts = []
        if self._limits.tokens is not None:
            parts.append(f"{self._tokens:,} of {self._limits.tokens:,} tokens")
        if self._limits.money is not None:
            parts.append(f"{self._money / _SMALLEST:.4f} of {self._limits.money:g} in money")
        return (
            f"the budget is spent: {' and '.join(parts)}, and the next request may take"
            f" {wanted:,} tokens; a larger budget goes on from here"
        )


def _cost(part: Spent, price_in: int, price_out: int) -> int:
    """In smallest parts; tokens that were paid when no price was known cost what they do now."""
    first = part.price_in if part.price_in is not None else price_in
    second = part.price_out if part.price_out is not None else price_out
    return part.tokens_in * first + part.tokens_out * second
