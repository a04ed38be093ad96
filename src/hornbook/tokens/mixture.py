"""Which table's turn it is: tables side by side, by their shares of the tokens or by epochs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hornbook.tokens.config import Epochs
from hornbook.tokens.packed import Packed

Share = float | Fraction


@dataclass(frozen=True)
class Mixture:
    """Packed tables and the share of the tokens seen that comes from each."""

    tables: Mapping[str, Packed]
    shares: Mapping[str, Share]
    epochs: Mapping[str, float] | None = None
    """How often each table is read, where the mixture says so."""

    @classmethod
    def of(cls, tables: Mapping[str, Packed], wanted: Mapping[str, float | Epochs]) -> Mixture:
        """From a recipe's mixture. By epochs, a table's share is its epochs times its tokens."""
        epochs = {name: each.epochs for name, each in wanted.items() if isinstance(each, Epochs)}
        shares: dict[str, Share] = {
            name: Fraction(each.epochs) * len(tables[name]) if isinstance(each, Epochs) else each
            for name, each in wanted.items()
        }
        return cls(tables, shares, epochs or None)

    def tokens_by_epochs(self) -> int | None:
        """The tokens that the epochs come to; None for a mixture by shares."""
        return (
            None
            if self.epochs is None
            else round(sum(Fraction(share) for share in self.shares.values()))
        )

    @cached_property
    def _turns(self) -> tuple[tuple[str, int, int], ...]:
        """(table, p, q): each takes p / q of the sequences that the tables before it left."""
        names = sorted(self.shares)
        left = sum(Fraction(self.shares[name]) for name in names)
        turns = []
        for name in names:
            share = Fraction(self.shares[name]) / left
            turns.append((name, share.numerator, share.denominator))
            left -= Fraction(self.shares[name])
        return tuple(turns)

    def place(self, number: int) -> tuple[str, int]:
        """The table of sequence `number` of the phase, and the sequence's number within it.

        Tables take turns as evenly as whole sequences allow, at every moment of the phase. Each
        table in turn takes its share of what the tables before it left.

        >>> mixture = Mixture({}, {"code": 3, "books": 1})
        >>> [mixture.place(n) for n in range(4)]
        [('code', 0), ('books', 0), ('code', 1), ('code', 2)]
        """
        for name, p, q in self._turns[:-1]:
            before = _rounded(number, p, q)
            if _rounded(number + 1, p, q) > before:
                return name, before
            number -= before
        return self._turns[-1][0], number

    def counts(self, sequences: int) -> dict[str, int]:
        """How many of the phase's first sequences come from each table.

        >>> Mixture({}, {"code": 3, "books": 1}).counts(6)
        {'books': 2, 'code': 4}
        """
        found = {}
        for name, p, q in self._turns:
            found[name] = _rounded(sequences, p, q)
            sequences -= found[name]
        return found

    def number(self, table: str, index: int) -> int:
        """The sequence of the phase that is the table's `index`-th: `place` the other way round."""
        low, high = index, index + 1
        while self.counts(high)[table] <= index:
            low, high = high, 2 * high
        while low < high:
            middle = (low + high) // 2
            if self.counts(middle + 1)[table] > index:
                high = middle
            else:
                low = middle + 1
        return low


def _rounded(number: int, p: int, q: int) -> int:
    """number * p / q to the nearest whole number, halves up; exact."""
    return (2 * number * p + q) // (2 * q)
