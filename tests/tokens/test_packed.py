from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.errors import ConfigError, DamagedFileError
from hornbook.records import content_id
from hornbook.storage import read_json, write_json
from hornbook.tokens import Packed, train_tokenizer, write_packed
from hornbook.tokens.packed import Encoded
from tests.tiny_model import tokenizer

TOKENS = st.lists(st.integers(1, 299), max_size=9).map(tuple)


def table(folder: Path, documents: list[Encoded], shard_tokens: int = 6) -> Packed:
    write_packed(folder, "code", documents, tokenizer(), shard_tokens)
    return Packed.open(folder, "code", tokenizer().digest)


FILES = (
    "code-00000.bin", "code-00001.bin", "code.offsets.npy", "code.starts.npy", "code.ids.npy",
    "code.json",
)  # fmt: skip
IDS = [content_id(str(n)) for n in range(3)]
DOCUMENTS = [Encoded([5, 6, 7, 8], 2, IDS[0]), Encoded([], 0, IDS[1]), Encoded([9], 1, IDS[2])]
SHARD = 6
"""The first two documents share a file, the third is in another."""


@settings(max_examples=30)
@given(st.lists(TOKENS, max_size=6), st.integers(1, 30), st.data())
def test_what_is_packed_is_read_back(
    documents: list[tuple[int, ...]], shard: int, data: st.DataObject
) -> None:
    """Every document with its end, in order, and how much of it is prompt, however files are cut."""
    prompts = [data.draw(st.integers(0, len(ids))) for ids in documents]
    encoded = [Encoded(list(ids), p) for ids, p in zip(documents, prompts, strict=True)]
    with TemporaryDirectory() as folder:
        opened = table(Path(folder), encoded, shard)
        end = tokenizer().end_of_text
        whole = [t for ids in documents for t in (*ids, end)]
        assert len(opened) == len(whole)
        assert opened.documents == len(documents)
        assert [opened.document(n).tolist() for n in range(len(documents))] == [
            [*ids, end] for ids in documents
        ]
        assert opened.starts.tolist() == prompts
        first = data.draw(st.integers(0, len(whole)))
        size = data.draw(st.integers(0, len(whole) - first))
        assert opened.read(first, size).tolist() == whole[first : first + size]


@settings(max_examples=30)
@given(st.lists(TOKENS, min_size=1, max_size=9), st.integers(1, 30))
def test_no_document_lies_in_two_files_and_no_file_is_too_long(
    documents: list[tuple[int, ...]], shard: int
) -> None:
    """Only a document that is longer than a file may be has a longer file, and it alone."""
    with TemporaryDirectory() as folder:
        opened = table(Path(folder), [Encoded(list(ids)) for ids in documents], shard)
        assert set(opened.firsts.tolist()) <= set(opened.offsets.tolist())
        for tokens in opened.shards:
            ends = int((tokens == tokenizer().end_of_text).sum())
            assert 0 < len(tokens) <= shard or ends == 1


def test_the_digest_does_not_depend_on_the_size_of_files(tmp_path: Path) -> None:
    """So the order of training does not either."""
    one, many = (table(tmp_path / str(size), DOCUMENTS, size) for size in (100, 1))
    assert (len(one.shards), len(many.shards)) == (1, 3)
    assert one.digest == many.digest
    assert table(tmp_path / "other", DOCUMENTS[::-1]).digest != one.digest


def test_a_smaller_table_leaves_no_file_of_a_larger_one(tmp_path: Path) -> None:
    """Packing again removes what it does not write; other tables' files stay."""
    write_packed(tmp_path, "code-2", DOCUMENTS, tokenizer(), 1)
    table(tmp_path, DOCUMENTS, 1)
    assert table(tmp_path, DOCUMENTS, 100).documents == 3
    assert sorted(path.name for path in tmp_path.glob("code-?????.bin")) == ["code-00000.bin"]
    assert Packed.open(tmp_path, "code-2", tokenizer().digest).documents == 3


def test_an_empty_table_can_be_opened(tmp_path: Path) -> None:
    """It has no file of tokens."""
    opened = table(tmp_path, [])
    assert (len(opened), opened.documents, opened.find(IDS[0])) == (0, 0, [])
    assert opened.read(0, 0).tolist() == []


@pytest.mark.parametrize(("first", "size"), [(-1, 2), (0, 9), (9, 1), (3, -1)])
def test_what_lies_outside_of_a_table_is_not_read(tmp_path: Path, first: int, size: int) -> None:
    """Eight tokens are there; a negative position does not count from the end."""
    with pytest.raises(IndexError, match="of 8 in code"):
        table(tmp_path, DOCUMENTS).read(first, size)


def test_a_document_is_found_by_its_row(tmp_path: Path) -> None:
    """By the sha256, by a name that is none, and more than once where a row was packed twice."""
    names = [*IDS, "a name", IDS[1], IDS[0][:63] + ("1" if IDS[0][63] != "1" else "2")]
    opened = table(tmp_path, [Encoded([n], 0, name) for n, name in enumerate(names, 1)])
    assert [opened.find(name) for name in names] == [[0], [1, 4], [2], [3], [1, 4], [5]]
    assert opened.find(content_id("another")) == []
    assert opened.find(IDS[0].upper()) == []


def test_the_counts_are_those_of_the_table(tmp_path: Path) -> None:
    """Tokens are counted with their end-of-text marks."""
    assert write_packed(tmp_path, "code", DOCUMENTS, tokenizer()) == {"documents": 3, "tokens": 8}


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    """All files of a table depend on its documents and the tokenizer alone."""
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


@pytest.mark.parametrize("name", FILES[:-1])
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


@pytest.mark.parametrize("name", FILES[:-1])
def test_no_file_escapes_the_check_by_missing_from_the_record(tmp_path: Path, name: str) -> None:
    """A record that vouches for fewer files than a table has is no record."""
    table(tmp_path, DOCUMENTS)
    about = read_json(tmp_path / "code.json")
    del about["sha256"][name]
    write_json(tmp_path / "code.json", about)
    with pytest.raises(DamagedFileError, match="code.json"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_a_table_that_was_never_written_is_missing(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match="missing"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_packing_that_fails_leaves_no_table(tmp_path: Path) -> None:
    """The record comes last, and no part appears under its name before it is whole."""

    def documents() -> Iterator[Encoded]:
        yield from DOCUMENTS * 3
        raise OSError("the input ended")

    with pytest.raises(OSError, match="the input ended"):
        write_packed(tmp_path, "code", documents(), tokenizer(), SHARD)
    assert list(tmp_path.iterdir()) == []


def test_a_record_names_no_file_outside_of_its_table(tmp_path: Path) -> None:
    """What it names is opened, so it may name a table's own files alone."""
    table(tmp_path, DOCUMENTS)
    about = read_json(tmp_path / "code.json")
    about["sha256"]["../code-00002.bin"] = about["sha256"].pop("code-00001.bin")
    write_json(tmp_path / "code.json", about)
    with pytest.raises(DamagedFileError, match="code.json"):
        Packed.open(tmp_path, "code", tokenizer().digest)


def test_an_old_record_does_not_vouch_for_new_tokens(tmp_path: Path) -> None:
    """Packing that is ended between the files and the record is noticed."""
    table(tmp_path, DOCUMENTS)
    old = (tmp_path / "code.json").read_bytes()
    table(tmp_path, DOCUMENTS[:2])
    (tmp_path / "code.json").write_bytes(old)
    with pytest.raises(DamagedFileError):
        Packed.open(tmp_path, "code", tokenizer().digest)
