from __future__ import annotations

from pathlib import Path

import pytest
import torch

from hornbook.errors import SourceError
from hornbook.model.old_layouts import OLD, renamed
from tests.model.exchange import WIDE, old_names, weights_of


@pytest.mark.parametrize("layout", OLD)
def test_every_weight_has_its_place(layout: str) -> None:
    """All of today's names come out, each a view of what went in."""
    tensors = weights_of()
    found = renamed(old_names(tensors, layout, 2), layout, 2, Path("x"))
    assert found.keys() == tensors.keys()
    assert all(torch.equal(found[name], tensor) for name, tensor in tensors.items())


@pytest.mark.parametrize("layout", OLD)
@pytest.mark.parametrize(
    "name",
    [
        "model.embed_tokens.weight",
        "layers.9.ln.weight",
        "transformer.h.9.ln.weight",
        "lm_head.weight",
        "layers.1.mixer.Wq.weight",
        "transformer.h.0.moe.gate.weight",
        "weight",
        "",
    ],
)
def test_a_name_of_another_layout_is_refused(layout: str, name: str) -> None:
    """Nothing is dropped in silence."""
    with pytest.raises(SourceError, match="is no tensor of the"):
        renamed({name: torch.ones(2)}, layout, WIDE.layers, Path("x"))


def test_rows_that_are_not_thirds_are_refused() -> None:
    """Grouped-query attention merges fewer rows of k and v."""
    with pytest.raises(SourceError, match="64 rows, which are not q, k and v"):
        renamed({"layers.1.mixer.Wqkv.weight": torch.ones(64, 32)}, OLD[0], 2, Path("x"))
