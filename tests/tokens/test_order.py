from __future__ import annotations

from pathlib import Path

import numpy as np

from hornbook.tokens import Packed
from hornbook.tokens.order import Order
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table


def packed(folder: Path, documents: int = 12) -> Packed:
    return table(folder, [Encoded([n + 1] * n) for n in range(documents)])


def test_every_document_has_one_place(tmp_path: Path) -> None:
    """And ends where those before it and it itself have gone by."""
    code = packed(tmp_path)
    order = Order.of(code, seed=1, epoch=0)
    assert sorted(order.documents.tolist()) == list(range(12))
    assert order.ends.tolist() == np.cumsum([n + 1 for n in order.documents.tolist()]).tolist()


def test_seed_epoch_and_data_decide_the_order(tmp_path: Path) -> None:
    """The same three give the same order; another of any gives another."""
    code, other = packed(tmp_path / "a"), packed(tmp_path / "b", 13)
    orders = [
        Order.of(*asked).documents.tolist()[:12]
        for asked in ((code, 1, 0), (code, 2, 0), (code, 1, 1), (other, 1, 0), (code, 1, 0))
    ]
    assert orders[0] == orders[4]
    assert all(orders[0] != order for order in orders[1:4])


def test_the_order_is_the_one_it_has_always_been(tmp_path: Path) -> None:
    """A ledger that is read years later must find the order of the day; no version may change it."""
    code = table(tmp_path, [Encoded([n]) for n in range(1, 11)])
    assert Order.of(code, seed=1, epoch=0).documents.tolist() == [1, 9, 6, 7, 2, 4, 8, 5, 0, 3]
