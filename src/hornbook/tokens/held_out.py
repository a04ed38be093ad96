"""Which held-out rows validation looks at, and which are left for the report.

The choice of a checkpoint must never touch what is reported. So the held-out documents are parted
once, by their ids: one half is validation's, the other evaluation's.
"""

from __future__ import annotations

from hornbook.tokens.row_ids import row_key

_ALL = 2**32


def for_validation(row_id: str) -> bool:
    """Whether a held-out document is looked at while training; if not, evaluation reads it.

    The last digit decides: the documents that come first in the order of their ids are those that
    other rooms hold out, so the first digits are not evenly spread.

    >>> [for_validation("0" * 63 + digit) for digit in "078f"]
    [True, True, False, False]
    """
    return row_key(row_id)[-1] % 16 < 8


def is_held_out_exercise(row_id: str, share: float) -> bool:
    """Whether an exercise is among the `share` that no phase learns.

    >>> is_held_out_exercise("f" * 64, 0.02), is_held_out_exercise("0" * 64, 0.02)
    (False, True)
    """
    return int.from_bytes(row_key(row_id)[-4:], "big") < share * _ALL
