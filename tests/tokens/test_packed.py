from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.storage import read_json, write_json
from hornbook.tokens import Packed, train_tokenizer, write_packed
from hornbook.tokens.packed import Encoded
from tests.tiny_model import table, tokenizer

FILES = ("code.bin", "code.offsets.npy", "code.starts.npy", "code.json")
DOCUMENTS = [Encoded([5, 6, 7, 8], 2), Encoded([]), Encoded([9], 1)]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(1, 299), max_size=9).map(tuple), max_size=6), st.data())
def test_what_is_packed_is_read_back(documents: list[tuple[int, ...]], data: st.DataObject) -> None:
    """Every document with its end, in order, and how much of it is prompt."""
    prompts = [data.draw(st.integers(0, len(ids))) for ids in documents]
    encoded = [Encoded(list(ids), p) for ids, p in zip(documents, prompts, strict=True)]
    with TemporaryDirectory() as folder:
        opened = table(Path(folder), encoded)
        end = tokenizer().end_of_text
        assert opened.tokens.tolist() == [t for ids in documents for t in (*ids, end)]
        assert opened.documents == len(documents)
        assert np.diff(opened.offsets).tolist() == [len(ids) + 1 for ids in documents]
        assert opened.starts.tolist() == prompts


def test_the_counts_are_those_of_the_table(tmp_path: Path) -> None:
    """Tokens are counted with their end-of-text marks."""
    assert write_packed(tmp_path, "code", DOCUMENTS, tokenizer()) == {"documents": 3, "tokens": 8}


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    """All four files of a table depend on its documents and the tokenizer alone."""
    for place in ("a", "b"):
        table(tmp_path / place, DOCUMENTS)
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_tokens_of_another_tokenizer_are_refused(tmp_path: Path) -> None:
    """Their numbers would mean other words."""
    table(tmp_path, DOCUMENTS)
    other = train_tokenizer(["other words\n"] * 9, 300)
    with pytest.raises(ConfigError, match="another tokenizer"):
        Packed.open(tmp_path, "code", other.digest)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def alter(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", FILES[:3])
@pytest.mark.parametrize("damage", [cut, alter, Path.unlink])
def test_a_file_that_is_not_what_was_written_is_noticed(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """One byte less, one bit turned, or no file: the message names it and what to do."""
    table(tmp_path, DOCUMENTS)
    damage(tmp_path / name)
    with pytest.raises(DamagedFileError, match=rf"{name}: .*run the tokens room again"):
        Packed.open(tmp_path, "code", tokenizer().digest)


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"null", b'{"tokenizer": "x"}'])
def test_a_record_that_is_none_is_noticed(tmp_path: Path, content: bytes) -> None:
    """The JSON file that makes a table whole is checked before it is believed."""
    table(tmp_path, DOCUMENTS)
    (tmp_path / "code.json").write_bytes(content)
    with pytest.raises(DamagedFileError, match="code.json"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_no_file_escapes_the_check_by_missing_from_the_record(tmp_path: Path) -> None:
    """A record that vouches for fewer files than a table has is no record."""
    table(tmp_path, DOCUMENTS)
    about = read_json(tmp_path / "code.json")
    del about["sha256"]["starts.npy"]
    write_json(tmp_path / "code.json", about)
    with pytest.raises(DamagedFileError, match="code.json"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_a_table_that_was_never_written_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="missing"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_packing_that_fails_leaves_no_table(tmp_path: Path) -> None:
    """The record comes last, and no part appears under its name before it is whole."""

    def documents() -> Iterator[Encoded]:
        yield DOCUMENTS[0]
        raise OSError("the input ended")

    with pytest.raises(OSError, match="the input ended"):
        write_packed(tmp_path, "code", documents(), tokenizer())
    assert list(tmp_path.iterdir()) == []


def test_an_old_record_does_not_vouch_for_new_tokens(tmp_path: Path) -> None:
    """Packing that is ended between the files and the record is noticed."""
    table(tmp_path, DOCUMENTS)
    old = (tmp_path / "code.json").read_bytes()
    table(tmp_path, DOCUMENTS[:2])
    (tmp_path / "code.json").write_bytes(old)
    with pytest.raises(DamagedFileError):
        Packed.open(tmp_path, "code", tokenizer().digest)
