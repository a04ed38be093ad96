"""Facts about what happens after reading: the order of documents, dropped rows, and jobs that fail."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.engine import InProcess, Job, executor_for
from hornbook.errors import HornbookError
from hornbook.records import Document, Dropped, content_id
from hornbook.sources.catalogue import Catalogue
from hornbook.sources.dropping import AT_ONCE, write_dropped
from hornbook.sources.jobs import Hands
from hornbook.sources.order import write_in_order
from hornbook.sources.sample import document_name, place_in_order
from hornbook.sources.scratch import DroppedRuns, Shards, dropped_order
from hornbook.storage import file_digest, read_rows, write_shards


def catalogued(rows: list[Document], scratch: Path, most: int) -> Catalogue:
    """The rows as reading would have left them, in shards of so many characters."""
    shards = Shards(scratch, "piece", 1, most)
    for row in rows:
        shards.add(row, place_in_order(1, "sample", row))
    shards.close()
    return Catalogue(shards.files)


def documents(count: int, seed: int = 1) -> list[Document]:
    rng = random.Random(seed)
    rows = []
    for n in range(count):
        text = f"value_{n} = {rng.random()}  # \u00e9\n" * rng.randint(1, 4)
        licence = rng.choice([None, "MIT"])
        rows.append(
            Document(content_id(text), text, "folder", f"c{n % 7}", "1", f"{n}.py", licence)
        )
    rng.shuffle(rows)
    return rows


def digests(folder: Path) -> list[str]:
    return [file_digest(path) for path in sorted(folder.iterdir())]


@pytest.mark.parametrize(("most", "workers"), [(1, 1), (20_000, 2), (10_000_000, 1)])
def test_any_buckets_give_the_bytes_of_a_plain_sort(
    tmp_path: Path, most: int, workers: int
) -> None:
    """Several shards in one bucket, a bucket for each, all in one: what `write_shards` would write."""
    rows = documents(5_000)
    catalogue = catalogued(rows, tmp_path / "s", most=50_000)
    chosen = catalogue.by_name(np.arange(len(rows)))
    tables = {tmp_path / "a": chosen[:4_500], tmp_path / "b": chosen[4_500:4_500]}
    hands = Hands(executor_for(workers), tmp_path / "s")
    write_in_order(catalogue, tables, most, hands)
    expected = sorted(rows, key=document_name)[:4_500]
    write_shards(tmp_path / "plain", Document, expected)
    write_shards(tmp_path / "empty", Document, [])
    assert digests(tmp_path / "a") == digests(tmp_path / "plain")
    assert digests(tmp_path / "b") == digests(tmp_path / "empty")


TEXTS = st.sampled_from(["a", "b", "c"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=20), st.integers(1, 5))
def test_the_catalogue_ranks_as_names_do(
    tmp_path: Path, names: list[tuple[str, str, str]], most: int
) -> None:
    """Whatever the names and the shards, and the first of equal texts is the first by name."""
    rows = [
        Document(content_id(text), text, "folder", collection, "", path)
        for text, collection, path in names
    ]
    catalogue = catalogued(rows, tmp_path / "s", most)
    order = np.argsort(catalogue.rank)
    assert [document_name(rows[at]) for at in order] == sorted(map(document_name, rows))
    first = catalogue.first_of_its_text(order)
    for at, keeper in zip(order, first, strict=True):
        same = [document_name(row) for row in rows if row.id == rows[at].id]
        assert document_name(rows[keeper]) == min(same)


def test_dropped_rows_are_merged_from_many_files(tmp_path: Path) -> None:
    """More files than are merged at once give one sorted table, and every reason is counted."""
    rng = random.Random(3)
    rows = [
        Dropped(f"{rng.random()}", "folder", "c", f"{rng.randint(0, 99)}", f"r{n % 3}", "why")
        for n in range(3 * AT_ONCE * 2)
    ]
    runs = []
    for number in range(2 * AT_ONCE):
        run = DroppedRuns(tmp_path / "s", f"run-{number}")
        for row in rows[3 * number : 3 * number + 3]:
            run.add(row)
        run.close()
        runs += run.files
    reasons = write_dropped(tmp_path / "out", runs, tmp_path / "s")
    assert reasons == {"r0": 128, "r1": 128, "r2": 128}
    assert list(read_rows(tmp_path / "out", Dropped)) == sorted(rows, key=dropped_order)
    assert write_dropped(tmp_path / "none", [], tmp_path / "s") == {}
    assert list(read_rows(tmp_path / "none", Dropped)) == []


class Fails:
    version = "1"

    def setup(self) -> None:
        return None

    def __call__(self, payload: Any) -> dict[str, Any]:
        raise ValueError("cannot be done")


def test_a_job_that_fails_ends_the_stage(tmp_path: Path) -> None:
    """No rows may get lost with it: the error names the job and the reason."""
    hands = Hands(InProcess(), tmp_path)
    with pytest.raises(HornbookError, match=r"piece-1 failed: ValueError: cannot be done"):
        hands.do(Fails(), [Job("piece-1", None, "k")])
