from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from hornbook.model import transformer
from hornbook.model.transformer import within_documents
from hornbook.tokens import Batches, Mixture
from hornbook.tokens.packed import Encoded
from hornbook.train.learner import read_lesson
from tests.tiny_model import SHAPE, phase, random_model, table

MODEL = random_model()
SIZES = (9, 14, 30, 11, 20)


def batches(folder: Path, changed: int | None = None) -> Batches:
    """Five documents as the real loader packs them; one may hold other tokens of the same number."""
    documents = [
        Encoded([(7 * number + 3 * at + (number == changed) * 11) % 250 + 1 for at in range(size)])
        for number, size in enumerate(SIZES)
    ]
    packed = table(folder, documents)
    return Batches(Mixture({"code": packed}, {"code": 1}), SHAPE.context, 1, 8)


def read(folder: Path, changed: int | None = None) -> tuple[Tensor, Tensor]:
    """(ids, documents) of the first two sequences, both [2, T]."""
    settings = phase(document_mask=True)
    source = batches(folder, changed)
    # The order of documents depends on the data; here only the data is to differ.
    object.__setattr__(source.mixture.tables["code"], "digest", "the same")
    lesson = read_lesson(source, range(2), settings)
    assert lesson.documents is not None
    return lesson.inputs, lesson.documents


@pytest.mark.parametrize("kernel", ["plain", "fused", "fused in training"])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_no_document_sees_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernel: str, kind: torch.dtype
) -> None:
    """Change document A: B's logits stay, to the bit, in the real loader, model and each kernel."""
    if kernel == "fused in training":
        monkeypatch.setattr(transformer, "PLAIN_ATTENTION", 0)
    model = random_model().to(kind)
    before, documents = read(tmp_path / "before")
    seen = 0
    with torch.set_grad_enabled(kernel != "fused"):
        wanted = model(before, documents_BT=documents)
        for changed in range(len(SIZES)):
            after, same = read(tmp_path / f"after-{changed}", changed)
            assert torch.equal(documents, same)
            found = model(after, documents_BT=documents)
            for row in range(len(before)):
                touched = set(documents[row][before[row] != after[row]].tolist())
                others = torch.tensor([d not in touched for d in documents[row].tolist()])
                assert torch.equal(found[row][others], wanted[row][others])
                if touched:
                    assert not torch.allclose(found[row][~others], wanted[row][~others])
                    seen += bool(others.any())
    assert seen >= 4, "no sequence held a changed document and another one"


@pytest.mark.parametrize("kernel", ["plain", "fused"])
def test_without_the_mask_they_do_see_each_other(tmp_path: Path, kernel: str) -> None:
    """What the test above looks for is there where the papers' way is taken."""
    before, documents = read(tmp_path / "before")
    leaks = 0
    with torch.set_grad_enabled(kernel == "plain"):
        for changed in range(len(SIZES)):
            after, _ = read(tmp_path / f"after-{changed}", changed)
            for row in range(len(before)):
                touched = before[row] != after[row]
                if touched.any():
                    last = int(documents[row][touched].max())
                    later = documents[row] > last
                    found, wanted = MODEL(after)[row][later], MODEL(before)[row][later]
                    leaks += bool(later.any()) and not torch.allclose(found, wanted)
    assert leaks >= 3


def test_a_packed_document_is_read_as_if_it_stood_alone(tmp_path: Path) -> None:
    """Only rounding tells them apart, for rotary attention knows distances alone."""
    ids, documents = read(tmp_path / "data")
    with torch.no_grad():
        packed = MODEL(ids, documents_BT=documents)
        for row in range(len(ids)):
            for document in documents[row].unique().tolist():
                own = documents[row] == document
                alone = MODEL(ids[row][own][None])[0]
                torch.testing.assert_close(packed[row][own], alone, rtol=1e-4, atol=1e-4)


def test_a_document_sees_itself_and_what_stands_before() -> None:
    mask = within_documents(torch.tensor([[0, 0, 1, 1, 1]]))[0, 0].int().tolist()
    assert mask == [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 1, 1, 0],
        [0, 0, 1, 1, 1],
    ]
