from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.errors import DamagedFileError
from hornbook.records import Document, Dropped, Problem
from hornbook.storage import (
    atomic_file,
    canonical_json,
    count_rows,
    digest,
    file_digest,
    read_json,
    read_rows,
    shards,
    write_rows,
    write_shards,
)


def document(number: int) -> Document:
    return Document(f"{number:064d}", f"text {number}", "folder", "c", "1", f"p{number}.py")


def test_a_file_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    """Neither the file nor its temporary twin stays behind."""
    with pytest.raises(RuntimeError), atomic_file(tmp_path / "a.bin") as handle:
        handle.write(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_failed_rewrite_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), atomic_file(path) as handle:
        handle.write(b"new")
        raise RuntimeError
    assert path.read_bytes() == b"old"


def test_rows_come_back_as_they_were_over_several_shards(tmp_path: Path) -> None:
    rows = [document(n) for n in range(25)]
    assert write_shards(tmp_path, Document, iter(rows), rows_per_shard=10) == 25
    assert len(shards(tmp_path)) == 3
    assert list(read_rows(tmp_path, Document)) == rows
    assert count_rows(tmp_path) == 25


def test_fewer_shards_than_before_leave_no_stale_one(tmp_path: Path) -> None:
    write_shards(tmp_path, Document, [document(n) for n in range(25)], rows_per_shard=10)
    write_shards(tmp_path, Document, [document(0)], rows_per_shard=10)
    assert list(read_rows(tmp_path, Document)) == [document(0)]


def test_no_rows_are_one_empty_shard(tmp_path: Path) -> None:
    """An empty table and a table that was not written are different things."""
    write_shards(tmp_path, Dropped, [])
    assert len(shards(tmp_path)) == 1
    assert list(read_rows(tmp_path, Dropped)) == []


def test_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_rows(tmp_path / name, Document, [document(n) for n in range(50)])
    assert file_digest(tmp_path / "a") == file_digest(tmp_path / "b")


def test_a_cut_shard_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "part-00000.parquet"
    write_rows(path, Document, [document(n) for n in range(50)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DamagedFileError, match=r"part-00000\.parquet.*run again"):
        list(read_rows(tmp_path, Document))


def test_a_shard_of_another_kind_is_an_error(tmp_path: Path) -> None:
    write_rows(tmp_path / "part-00000.parquet", Document, [document(1)])
    with pytest.raises(DamagedFileError):
        list(read_rows(tmp_path, Problem))


def test_broken_json_says_where(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text("{")
    with pytest.raises(DamagedFileError, match=r"m\.json"):
        read_json(tmp_path / "m.json")


@given(st.dictionaries(st.text(max_size=5), st.integers(), max_size=5))
def test_a_digest_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    turned = dict(reversed(list(value.items())))
    assert canonical_json(value) == canonical_json(turned)
    assert digest(value) == digest(turned)
