"""Facts about folders, tables and the standard library."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hornbook.errors import SourceError
from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings, TextFile
from hornbook.sources.pieces import Piece
from hornbook.sources.readers.local import file_pieces, folder_pieces, library_pieces
from hornbook.sources.text import Raw, Reading

LIMITS = SourcesSettings(python=True, min_characters=5)
READING = Reading(LIMITS)
Rows = list[Raw | Dropped]


def texts(rows: Rows) -> list[tuple[bytes, str]]:
    return [(row.data, row.origin.collection) for row in rows if isinstance(row, Raw)]


def reasons(rows: Rows) -> list[tuple[str, str]]:
    return [(row.reason, row.path) for row in rows if isinstance(row, Dropped)]


def rows_of(pieces: list[Piece], reading: Reading = READING) -> Rows:
    return [row for piece in pieces for row in piece.rows(reading)]


def read(
    path: Path, text: str = "text", collection: str | None = None, size: int = 1 << 20
) -> Rows:
    table = TextFile(path=str(path), text=text, collection=collection)
    return rows_of(file_pieces(table, size))


def read_folder(folder: str, reading: Reading = READING) -> Rows:
    return rows_of(folder_pieces(folder, reading.settings.folder_globs, 1 << 20), reading)


def test_json_lines_give_texts_and_bad_lines_give_reasons(tmp_path: Path) -> None:
    """A line that is no JSON, no object or has no text is dropped by its number."""
    path = tmp_path / "t.jsonl"
    path.write_text(
        '{"text": "one text", "repo": "r"}\nnot json\n[1]\n{"other": 1}\n\n{"text": "two texts"}\n'
        '{"text": "three", "": "no name"}\n'
    )
    rows = read(path, collection="repo")
    assert texts(rows) == [(b"one text", "r"), (b"two texts", "t"), (b"three", "t")]
    assert reasons(rows) == [("bad-row", f"t.jsonl#{number}") for number in (2, 3, 4)]
    assert texts(read(path))[2] == (b"three", "t")


def test_lines_that_would_break_a_parser_are_dropped_and_the_next_is_read(tmp_path: Path) -> None:
    """A line of 50 MB, one 10,000 brackets deep and one in no encoding cost themselves alone."""
    path = tmp_path / "t.jsonl"
    bad = [b'{"text": "' + b"a" * 50_000_000 + b'"}', b"[" * 10_000 + b"]" * 10_000, b'"\xff\xfe"']
    path.write_bytes(b"\n".join([*bad, b'{"text": "a text"}']))
    rows = read(path)
    assert reasons(rows) == [("bad-row", f"t.jsonl#{number}") for number in (1, 2, 3)]
    assert texts(rows) == [(b"a text", "t")]


def test_a_name_that_is_no_unicode_is_spelt_out(tmp_path: Path) -> None:
    """JSON can name a group, and a file system a file, as no table can hold it."""
    path = tmp_path / "t.jsonl"
    path.write_text('{"text": "one text", "repo": "r\\ud800"}\n')
    assert texts(read(path, collection="repo")) == [(b"one text", "r\\ud800")]
    (tmp_path / "f").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "f") + b"/caf\xe9.py")).write_text("value = 1\n")
    (row,) = read_folder(str(tmp_path / "f"))
    assert isinstance(row, Raw)
    assert row.origin.path == "caf\\udce9.py"


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text()))))
def test_every_json_row_is_a_text_or_a_reason(tmp_path: Path, values: list[object]) -> None:
    """As many rows come out as went in, and every text as it was."""
    path = tmp_path / "t.jsonl"
    lines = [{"text": value} for value in [*values, "the last"]]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rows = read(path)
    assert len(rows) == len(lines)
    wanted = [value.encode() for value in [*values, "the last"] if isinstance(value, str)]
    assert [data for data, _ in texts(rows)] == wanted


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary()])
def test_parquet_gives_texts(tmp_path: Path, kind: pa.DataType) -> None:
    """Texts come in the table's order; a row without one is dropped."""
    path = tmp_path / "t.parquet"
    values = [b"a long text", None, b"another text"]
    column = pa.array(values, pa.binary()).cast(kind)
    pq.write_table(pa.table({"content": column, "repo": ["r", "r", None]}), path)
    rows = read(path, "content", "repo")
    assert texts(rows) == [(b"a long text", "r"), (b"another text", "t")]
    assert reasons(rows) == [("bad-row", "t.parquet#2")]


def test_a_parquet_row_in_no_encoding_does_not_cost_the_others(tmp_path: Path) -> None:
    """Its bytes go on to be judged as those of a file would be."""
    path = tmp_path / "t.parquet"
    raw = pa.array([b"a text", b"\xff\xfe\xff\xfe", b"the last"])
    broken = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    pq.write_table(pa.table({"text": broken}), path)
    assert [data for data, _ in texts(read(path))] == [b"a text", b"\xff\xfe\xff\xfe", b"the last"]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.99])
def test_a_cut_parquet_file_is_a_clear_error(tmp_path: Path, cut: float) -> None:
    """Wherever the file ends, the error names it and what to do."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": [f"a long text {n}" for n in range(1000)]}), path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(SourceError, match=r"t\.parquet: damaged or cut short .*; copy it again"):
        read(path)


def test_a_parquet_file_damaged_inside_is_a_clear_error(tmp_path: Path) -> None:
    """The end of the file may be whole and the data not."""
    path = tmp_path / "t.parquet"
    column = [os.urandom(200).hex() for _ in range(500)]
    pq.write_table(pa.table({"text": column}), path, compression="zstd", use_dictionary=False)
    data = bytearray(path.read_bytes())
    data[40_000:90_000] = bytes(50_000)
    path.write_bytes(bytes(data))
    with pytest.raises(SourceError, match=r"t\.parquet: damaged or cut short"):
        read(path)


def test_a_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    """The error lists the columns to choose from."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"content": ["a"]}), path)
    with pytest.raises(SourceError, match=r"no column `text` \(it has content\)"):
        read(path)


@pytest.mark.parametrize("content", [None, b""])
def test_a_missing_or_empty_file_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    """The error gives the path and what to do."""
    path = tmp_path / "t.jsonl"
    if content is not None:
        path.write_bytes(content)
    message = "no such file; correct the path" if content is None else "empty; name a file with"
    with pytest.raises(SourceError, match=f"{path}: {message}"):
        read(path)


def test_a_table_without_rows_is_a_clear_error(tmp_path: Path) -> None:
    """A whole Parquet file of no rows is an empty source."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    with pytest.raises(SourceError, match=r"t\.parquet: empty; name a file with rows"):
        read(path)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A link that leads out is dropped; a link to itself or to nothing is no file at all."""
    outside = tmp_path / "outside.py"
    outside.write_text("secret = 1\n")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.py").write_text("value = 1\n")
    (inside / "link.py").symlink_to(outside)
    (inside / "loop.py").symlink_to(inside / "loop.py")
    (inside / "nowhere.py").symlink_to(inside / "gone.py")
    rows = read_folder(str(inside))
    assert texts(rows) == [(b"value = 1\n", "inside")]
    assert reasons(rows) == [("link-outside", "link.py")]


def test_a_missing_or_empty_folder_is_a_clear_error(tmp_path: Path) -> None:
    """The error gives the path and what to do; a folder of other files is as good as empty."""
    with pytest.raises(SourceError, match=r"/no/such/place: no such folder; correct the path"):
        read_folder("/no/such/place")
    (tmp_path / "notes.txt").write_text("no code")
    with pytest.raises(SourceError, match=f"{tmp_path}: no document left of 0 files.*correct"):
        read_folder(str(tmp_path))


def test_a_file_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    """A large file costs the limit and a byte, a wanted one is had whole."""
    (tmp_path / "a.py").write_bytes(b"#" * 1_000_000)
    (tmp_path / "b.py").write_bytes(b"#" * 1_000_000)
    reading = Reading(LIMITS, frozenset({(tmp_path.name, "a.py")}))
    sizes = [len(data) for data, _ in texts(read_folder(str(tmp_path), reading))]
    assert sizes == [1_000_000, LIMITS.max_bytes + 1]


def test_the_standard_library_is_read_with_its_version() -> None:
    """Every module carries the interpreter's version and licence; tests of it are left out."""
    rows = rows_of(library_pieces(1 << 20))
    origins = [row.origin for row in rows if isinstance(row, Raw)]
    assert {(o.source, o.collection, o.version, o.licence) for o in origins} == {
        ("python", "cpython", platform.python_version(), "PSF-2.0")
    }
    paths = {origin.path for origin in origins}
    assert {"ast.py", "json/decoder.py"} <= paths
    assert not any("site-packages" in path or path.startswith("test/") for path in paths)
    assert all(row.reason == "excluded" for row in rows if isinstance(row, Dropped))


def test_an_excluded_file_that_is_wanted_is_evidence_only(tmp_path: Path) -> None:
    """An annotation of an excluded module is served, and the module is still no document."""
    limits = LIMITS.model_copy(update={"python_excluded": ("json",)})
    reading = Reading(limits, frozenset({("cpython", "json/decoder.py")}))
    rows = rows_of(library_pieces(1 << 20), reading)
    evidence = [row for row in rows if isinstance(row, Raw) and row.excluded is not None]
    assert [row.origin.path for row in evidence] == ["json/decoder.py"]
    assert b"class JSONDecoder" in evidence[0].data
