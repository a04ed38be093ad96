"""Facts about signing shards of documents: what is written, and that shards and workers are nothing."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.engine import Job, JobFailure, executor_for, run_jobs
from hornbook.errors import DamagedFileError
from hornbook.records import Document, content_id
from hornbook.similarity.clusters import keepers
from hornbook.similarity.minhash import signatures
from hornbook.sources.duplicates import Sign
from hornbook.storage import shards, write_shards


def program(seed: int, lines: int = 40) -> str:
    rng = random.Random(seed)
    return "".join(
        f"v{rng.randint(0, 999)} = g{rng.randint(0, 99)}(v{rng.randint(0, 999)})\n"
        for _ in range(lines)
    )


def document(text: str, number: int = 0) -> Document:
    return Document(content_id(text), text, "folder", "c", "", f"{number}.py")


TEXTS = ["", "x", *(program(number, 9) for number in range(6)), "é—", program(3, 9) + "x = 1\n"]


def written(folder: Path, texts: list[str], rows_per_shard: int = 2000) -> list[Path]:
    rows = [document(text, number) for number, text in enumerate(texts)]
    write_shards(folder, Document, rows, rows_per_shard)
    return shards(folder)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(TEXTS), max_size=12), st.none() | st.lists(st.integers(0, 11)))
def test_the_file_holds_the_signatures_of_the_rows_asked_for(
    tmp_path: Path, texts: list[str], numbers: list[int] | None
) -> None:
    """All of them, or those of the numbers, in their order, one twice if asked for twice."""
    (shard,) = written(tmp_path / "shards", texts)
    if numbers is not None:
        numbers = [number for number in numbers if number < len(texts)]
    path = tmp_path / "s.npy"
    assert Sign()((str(shard), numbers, str(path))) == {"files": [str(path)]}
    wanted = texts if numbers is None else [texts[number] for number in numbers]
    assert np.array_equal(np.load(path, allow_pickle=False), signatures(wanted))


def test_a_shard_of_more_rows_than_are_held_at_a_time(tmp_path: Path) -> None:
    """Numbers point into the whole shard."""
    texts = [f"x{number}" for number in range(1200)]
    (shard,) = written(tmp_path / "shards", texts)
    Sign()((str(shard), [1199, 0, 600], str(tmp_path / "s.npy")))
    found = np.load(tmp_path / "s.npy", allow_pickle=False)
    assert np.array_equal(found, signatures(["x1199", "x0", "x600"]))


def test_what_can_not_be_signed_leaves_no_file(tmp_path: Path) -> None:
    """A damaged shard is named; a row that isn't there is no row of another."""
    (shard,) = written(tmp_path / "shards", TEXTS)
    path = tmp_path / "s.npy"
    with pytest.raises(ValueError, match="has 10 rows"):
        Sign()((str(shard), [10], str(path)))
    shard.write_bytes(shard.read_bytes()[:-9])
    with pytest.raises(DamagedFileError, match="run again"):
        Sign()((str(shard), None, str(path)))
    assert not path.exists()


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("rows_per_shard", [7, 2000])
def test_shards_and_workers_change_nothing(
    tmp_path: Path, workers: int, rows_per_shard: int
) -> None:
    """The same texts in another order, in other shards: the same are kept for the same."""
    texts = [program(number % 9, 30) + f"y = {number}\n" for number in range(27)]
    order = random.Random(rows_per_shard).sample(range(27), 27)
    paths = written(tmp_path / "shards", [texts[number] for number in order], rows_per_shard)
    jobs = [Job(p.stem, (str(p), None, str(tmp_path / f"{p.stem}.npy")), p.stem) for p in paths]
    signed = []
    for result in run_jobs(executor_for(workers), Sign(), jobs, tmp_path / "ledger"):
        assert not isinstance(result, JobFailure)
        signed += [np.load(name, allow_pickle=False) for name in result["files"]]
    found = keepers(np.concatenate(signed), np.array(order), 0.8)
    assert {order[row]: order[keeper] for row, keeper in enumerate(found)} == {
        number: number % 9 for number in range(27)
    }
