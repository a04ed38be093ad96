"""Which documents a model has read, and how often: computed from the order, never logged.

A phase reads each of its tables from the beginning of a stream of epochs to some point. So what it
has read is an interval of a permutation: a few numbers say it, and say it exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from hornbook.errors import ConfigError
from hornbook.tokens.mixture import Mixture
from hornbook.tokens.order import Order
from hornbook.tokens.packed import Packed


class Times(NamedTuple):
    """How often documents were read."""

    whole: int
    """Readings from the first token to the end-of-text."""
    tokens: int
    """Tokens of readings that stop before the end, at the end of a phase."""

    def __add__(self, other: object) -> Times:
        if not isinstance(other, Times):
            return NotImplemented
        return Times(self.whole + other.whole, self.tokens + other.tokens)

    @property
    def ever(self) -> bool:
        """Whether a single token was read."""
        return self.whole > 0 or self.tokens > 0


class Stretch(NamedTuple):
    """How far a table was read: whole epochs, then tokens of one more."""

    epochs: int
    tokens: int


@dataclass(frozen=True)
class Reading:
    """The first `sequences` sequences of one phase.

    A token counts as read where it is an input or a target. The windows of a table overlap by one
    token, so n windows of c + 1 tokens hold the stream's first n * c + 1.
    """

    mixture: Mixture
    context: int
    seed: int
    sequences: int

    def stretch(self, table: str) -> Stretch:
        windows = self.mixture.counts(self.sequences).get(table, 0)
        if not windows:
            return Stretch(0, 0)
        return Stretch(*divmod(windows * self.context + 1, len(self.mixture.tables[table])))

    def times(self, table: str, row_id: str) -> Times:
        """How often the documents packed from this row of the table were read."""
        packed, stretch = self.mixture.tables.get(table), self.stretch(table)
        found = packed.find(row_id) if packed is not None else []
        if packed is None or not found:
            return Times(0, 0)
        order = Order.of(packed, self.seed, stretch.epochs)
        return sum(
            (_beyond(order, document, stretch) for document in found),
            Times(stretch.epochs * len(found), 0),
        )

    def first(self, table: str, row_id: str) -> int | None:
        """The sequence of the phase in which this row's first token was read first, if it was."""
        packed = self.mixture.tables.get(table)
        found = packed.find(row_id) if packed is not None else []
        windows = self.mixture.counts(self.sequences).get(table, 0)
        if packed is None or not found or not windows:
            return None
        order = Order.of(packed, self.seed, 0)
        position = min(_span(order, document)[0] for document in found)
        # A window's last token is the next one's first.
        index = max(0, position - 1) // self.context
        return self.mixture.number(table, index) if index < windows else None

    def to_json(self) -> dict[str, Any]:
        """All that is needed to compute it again, beside the packed tables themselves."""
        tables = self.mixture.tables
        return {
            "context": self.context,
            "seed": self.seed,
            "sequences": self.sequences,
            "tables": {
                name: {"digest": tables[name].digest, "share": str(Fraction(share))}
                for name, share in sorted(self.mixture.shares.items())
            },
        }

    @classmethod
    def from_json(cls, about: Mapping[str, Any], tables: Mapping[str, Packed]) -> Reading:
        """Raises `ConfigError` where the tables are not those that were read."""
        for name, each in about["tables"].items():
            if name not in tables or tables[name].digest != each["digest"]:
                raise ConfigError(
                    f"the ledger tells of another table `{name}` than the one at hand; give the"
                    " tokens folder of the run that it comes from"
                )
        shares = {name: Fraction(each["share"]) for name, each in about["tables"].items()}
        mixture = Mixture({name: tables[name] for name in shares}, shares)
        return cls(mixture, about["context"], about["seed"], about["sequences"])


@dataclass(frozen=True)
class Ledger:
    """What a model has read: the phases that it went through, added up."""

    readings: tuple[Reading, ...] = ()

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.readings + other.readings)

    def times(self, table: str, row_id: str) -> Times:
        return sum((each.times(table, row_id) for each in self.readings), Times(0, 0))

    def first(self, table: str, row_id: str) -> tuple[int, int] | None:
        """(number of the phase, sequence of it) in which the row was met first."""
        for number, reading in enumerate(self.readings):
            sequence = reading.first(table, row_id)
            if sequence is not None:
                return number, sequence
        return None

    def to_json(self) -> list[dict[str, Any]]:
        return [each.to_json() for each in self.readings]

    @classmethod
    def from_json(cls, about: list[dict[str, Any]], tables: Mapping[str, Packed]) -> Ledger:
        return cls(tuple(Reading.from_json(each, tables) for each in about))


def _span(order: Order, document: int) -> tuple[int, int]:
    """Where the document begins and ends in its epoch's stream."""
    import numpy as np

    at = int(np.flatnonzero(order.documents == document)[0])
    return (int(order.ends[at - 1]) if at else 0), int(order.ends[at])


def _beyond(order: Order, document: int, stretch: Stretch) -> Times:
    """What the stretch's last, unfinished epoch adds."""
    first, end = _span(order, document)
    if stretch.tokens >= end:
        return Times(1, 0)
    return Times(0, max(0, stretch.tokens - first))
