"""Facts about exact and near duplicates among documents."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.records import Document, Dropped, content_id
from hornbook.similarity.minhash import signature
from hornbook.sources.duplicates import (
    DOCUMENTS_PER_JOB,
    Sign,
    with_last_keepers,
    without_copies,
    without_near_copies,
)


def program(seed: int, lines: int = 40) -> str:
    rng = random.Random(seed)
    return "".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})\n"
        for _ in range(lines)
    )


def document(path: str, text: str, collection: str = "c", version: str = "") -> Document:
    return Document(content_id(text), text, "folder", collection, version, path)


def reduced(
    rows: list[Document], scratch: Path, workers: int = 1
) -> tuple[list[Document], list[Dropped]]:
    """Both steps, as the stage takes them."""
    left, copies = without_copies(rows)
    kept, near = without_near_copies(left, 0.8, workers, scratch, lambda done, total: None)
    return kept, [*with_last_keepers(copies, near), *near]


def test_of_equal_texts_the_smallest_name_is_kept() -> None:
    """Collection comes first, then path, then version."""
    text = program(1)
    rows = [
        document("a.py", text, "d"),
        document("b.py", text, "c"),
        document("a.py", text, "c", "2"),
        document("a.py", text, "c", "1"),
    ]
    kept, dropped = without_copies(rows)
    assert [(row.collection, row.path, row.version) for row in kept] == [("c", "a.py", "1")]
    assert [row.reason for row in dropped] == ["duplicate"] * 3
    assert {row.keeper for row in dropped} == {kept[0].id}


def test_a_near_duplicate_says_how_near_and_to_what(tmp_path: Path) -> None:
    """The keeper is the smallest by name, and the similarity is in the detail."""
    rows = [document("b.py", program(1)), document("a.py", program(1) + "x = 1\n")]
    kept, dropped = reduced(rows, tmp_path)
    assert [row.path for row in kept] == ["a.py"]
    (row,) = dropped
    assert (row.reason, row.path, row.keeper) == ("near-duplicate", "b.py", kept[0].id)
    assert row.detail.startswith("estimated Jaccard similarity 0.9")
    assert row.detail.endswith("with c/a.py")


def test_the_keeper_of_a_copy_is_in_the_output(tmp_path: Path) -> None:
    """A copy of what turned out a near duplicate names what was kept in the place of both."""
    near = program(1) + "x = 1\n"
    rows = [document("a.py", program(1)), document("b.py", near), document("c.py", near)]
    kept, dropped = reduced(rows, tmp_path)
    assert [row.path for row in kept] == ["a.py"]
    assert {row.path: (row.reason, row.keeper) for row in dropped} == {
        "b.py": ("near-duplicate", kept[0].id),
        "c.py": ("duplicate", kept[0].id),
    }


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_every_row_is_kept_or_names_a_row_that_is(
    tmp_path: Path, kinds: list[tuple[int, int]], rng: random.Random
) -> None:
    """Whatever the rows and their order, the same are kept, and every keeper is among them."""
    rows = [
        document(f"{number}.py", program(base) + "x = 1\n" * tail)
        for number, (base, tail) in enumerate(kinds)
    ]
    kept, dropped = reduced(rows, tmp_path)
    assert sorted(row.path for row in [*kept, *dropped]) == sorted(row.path for row in rows)
    assert {row.keeper for row in dropped} <= {row.id for row in kept}
    assert len(kept) == len({base for base, _ in kinds})
    rng.shuffle(rows)
    assert reduced(rows, tmp_path)[0] == kept


@pytest.mark.parametrize("workers", [1, 2])
def test_signatures_are_the_same_in_this_process_and_in_others(
    tmp_path: Path, workers: int
) -> None:
    """More documents than one job takes come back in their own order."""
    rows = [document(f"{number:04d}.py", program(number, 12)) for number in range(220)]
    assert len(rows) > DOCUMENTS_PER_JOB
    rows.append(document("9999.py", rows[210].text + "x = 1\n"))
    kept, dropped = reduced(rows, tmp_path, workers)
    assert [(row.path, row.keeper) for row in dropped] == [("9999.py", rows[210].id)]
    assert kept == rows[:220]


def test_the_work_writes_one_signature_a_text(tmp_path: Path) -> None:
    """The file of a job holds what the texts' signatures are."""
    path = tmp_path / "s.npy"
    assert Sign()((str(path), [program(1), program(2)])) == {"files": [str(path)]}
    found = np.load(path, allow_pickle=False)
    assert np.array_equal(found, np.stack([signature(program(1)), signature(program(2))]))
