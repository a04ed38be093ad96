"""Facts about data sets of many files: The Stack, pages in their usual layouts, packed JSON lines."""

from __future__ import annotations

import gzip
import itertools
import json
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.config import settings_from
from hornbook.engine import InProcess
from hornbook.errors import ConfigError, SourceError
from hornbook.records import Dropped
from hornbook.sources.config import SourcesSettings, StackSource, TextFile, WebSource
from hornbook.sources.everything import pieces_of
from hornbook.sources.external import external
from hornbook.sources.jobs import Hands
from hornbook.sources.readers.datasets import files_below
from hornbook.sources.text import Raw, Reading
from hornbook.stages import StageContext

Rows = list[Raw | Dropped]


def read(tmp_path: Path, size: int = 1 << 20, **settings: Any) -> Rows:
    """Every row that the settings give, piece after piece."""
    whole = SourcesSettings(piece_bytes=size, **settings)
    context = StageContext(tmp_path, {}, seed=1, cache=tmp_path)
    pieces = pieces_of(context, whole, Hands(InProcess(), tmp_path / ".ledger"))
    return [row for piece in pieces for row in piece.rows(Reading(whole))]


def origins(rows: Rows) -> list[tuple[str, str, str, str | None]]:
    found = [row.origin for row in rows if isinstance(row, Raw)]
    return [(each.collection, each.version, each.path, each.licence) for each in found]


def reasons(rows: Rows) -> list[tuple[str, str]]:
    return [(row.reason, row.path) for row in rows if isinstance(row, Dropped)]


def stack(folder: Path, language: str, rows: list[dict[str, Any]], group: int = 2) -> None:
    """A file as The Stack v1.2 has them, with columns that nobody here reads too."""
    home = folder / "data" / language
    home.mkdir(parents=True, exist_ok=True)
    schema = pa.schema(
        [
            ("hexsha", pa.string()), ("size", pa.int64()), ("ext", pa.string()),
            ("lang", pa.string()), ("max_stars_repo_path", pa.string()),
            ("max_stars_repo_name", pa.string()), ("max_stars_repo_head_hexsha", pa.string()),
            ("max_stars_repo_licenses", pa.list_(pa.string())), ("max_stars_count", pa.int64()),
            ("content", pa.string()), ("alphanum_fraction", pa.float64()),
        ]
    )  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, home / "data-00000-of-00001.parquet", row_group_size=group)


def code(number: int, **more: Any) -> dict[str, Any]:
    return {
        "hexsha": f"{number:040x}",
        "max_stars_repo_name": f"owner/r{number % 2}",
        "max_stars_repo_path": f"src/m{number}.py",
        "max_stars_repo_head_hexsha": "c" * 40,
        "max_stars_repo_licenses": ["MIT"],
        "content": f"value = {number}\n",
        **more,
    }


def test_the_stack_gives_repositories_paths_and_licences(tmp_path: Path) -> None:
    """A repository is a collection; a row without its columns still has a name."""
    rows = [
        code(0),
        code(1, max_stars_repo_licenses=["MIT", "Apache-2.0"]),
        code(2, content=None),
        code(3, max_stars_repo_name=None, max_stars_repo_path="", max_stars_repo_licenses=None),
    ]
    stack(tmp_path / "stack", "python", rows)
    stack(tmp_path / "stack", "java", [code(9)])
    found = read(tmp_path, size=1_000, stack=(StackSource(path=str(tmp_path / "stack")),))
    name = "data-00000-of-00001"
    assert origins(found) == [
        ("owner/r0", "c" * 40, "src/m0.py", "MIT"),
        ("owner/r1", "c" * 40, "src/m1.py", "Apache-2.0 AND MIT"),
        (name, "c" * 40, f"{name}.parquet#4", None),
    ]
    assert reasons(found) == [("bad-row", "src/m2.py")]
    every = read(tmp_path, stack=(StackSource(path=str(tmp_path / "stack"), languages=()),))
    assert len(every) == 5


def test_one_large_parquet_file_is_many_pieces(tmp_path: Path) -> None:
    """Its row groups are read by different jobs, each row by one of them."""
    stack(tmp_path / "stack", "python", [code(n, content="x" * 900) for n in range(50)], group=5)
    settings = SourcesSettings(
        stack=(StackSource(path=str(tmp_path / "stack")),), piece_bytes=1_000
    )
    context = StageContext(tmp_path, {}, seed=1, cache=tmp_path)
    pieces = pieces_of(context, settings, Hands(InProcess(), tmp_path))
    assert len(pieces) == 10
    rows = [row for piece in pieces for row in piece.rows(Reading(settings))]
    assert sorted(path for _, _, path, _ in origins(rows)) == sorted(
        f"src/m{n}.py" for n in range(50)
    )


def test_one_large_row_group_is_divided_too(tmp_path: Path) -> None:
    """A file that was written in one go is many pieces all the same."""
    rows = [code(n, content=f"{n} " * 300) for n in range(101)]
    stack(tmp_path / "stack", "python", rows, group=1_000)
    settings = SourcesSettings(
        stack=(StackSource(path=str(tmp_path / "stack")),), piece_bytes=3_000
    )
    context = StageContext(tmp_path, {}, seed=1, cache=tmp_path)
    pieces = pieces_of(context, settings, Hands(InProcess(), tmp_path))
    assert len(pieces) > 10
    found = [row for piece in pieces for row in piece.rows(Reading(settings))]
    assert [path for _, _, path, _ in origins(found)] == [f"src/m{n}.py" for n in range(101)]


def test_a_value_that_is_repeated_does_not_fill_the_memory(tmp_path: Path) -> None:
    """A dictionary holds it once; as texts of all rows it would be 40 GB."""
    text = "".join(f"{n} " for n in range(1_500_000))
    values = pa.DictionaryArray.from_arrays(pa.array([0] * 4_000, pa.int32()), pa.array([text]))
    pq.write_table(
        pa.table({"text": values}), tmp_path / "a.parquet", dictionary_pagesize_limit=1 << 30
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    settings = SourcesSettings(files=(TextFile(path=str(tmp_path / "a.parquet")),))
    context = StageContext(tmp_path, {}, seed=1, cache=tmp_path)
    (piece,) = pieces_of(context, settings, Hands(InProcess(), tmp_path))
    rows = itertools.islice(piece.rows(Reading(settings)), 40)
    assert all(isinstance(row, Raw) and len(row.data) == len(text) for row in rows)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 600_000


def test_a_table_that_packs_too_well_is_refused(tmp_path: Path) -> None:
    """Its end says how much comes out of how little."""
    pq.write_table(
        pa.table({"text": ["x" * 50_000_000]}), tmp_path / "a.parquet", compression="zstd"
    )
    with pytest.raises(SourceError, match=r"as in a bomb; raise sources\.max_ratio"):
        read(tmp_path, files=(TextFile(path=str(tmp_path / "a.parquet")),))


def test_a_language_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """The error names the folder that is missing."""
    stack(tmp_path / "stack", "python", [code(0)])
    source = StackSource(path=str(tmp_path / "stack"), languages=("python", "pyton"))
    with pytest.raises(SourceError, match=r"no file of data/pyton; correct languages"):
        read(tmp_path, stack=(source,))
    with pytest.raises(SourceError, match=r"no/such/thing: no such folder; correct the path"):
        read(tmp_path, stack=(StackSource(path="/no/such/thing"),))


PAGE = {"url": "https://docs.example.org/a?b", "dump": "CC-MAIN-2024-10", "id": "<u:1>"}


def lines(path: Path, rows: list[Any], opener: Callable[..., Any] = gzip.open) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with opener(path, "wb") as handle:
        handle.writelines(json.dumps(row).encode() + b"\n" for row in rows)


def write_layout(folder: Path, layout: str) -> None:
    """Two rows, the second without a text or an address."""
    folder.mkdir()
    if layout == "fineweb":
        table = {"text": ["page", None], **{name: [value, None] for name, value in PAGE.items()}}
        pq.write_table(pa.table(table), folder / "000.parquet")
    elif layout == "refinedweb":
        table = {"content": ["page", None], **{n: [v, None] for n, v in PAGE.items() if n != "id"}}
        pq.write_table(pa.table(table), folder / "000.parquet")
    elif layout == "datatrove":
        lines(folder / "000.jsonl.gz", [{"text": "page", "id": "1", "metadata": PAGE}, {"id": "2"}])
    else:
        rows = [{"id": "1", "text": "page", "source": "docs.example.org"}, {"id": "2"}]
        lines(folder / "documents" / "000.json.gz", rows)


@pytest.mark.parametrize("layout", ["fineweb", "refinedweb", "datatrove", "dolma"])
def test_pages_are_read_in_each_layout(tmp_path: Path, layout: Any) -> None:
    """A site is a collection; a row without a text is dropped by a name."""
    write_layout(tmp_path / "web", layout)
    found = read(tmp_path, web=(WebSource(path=str(tmp_path / "web"), layout=layout),))
    dolma = layout == "dolma"
    version, path = ("", "1") if dolma else (PAGE["dump"], PAGE["url"])
    assert origins(found) == [("docs.example.org", version, path, None)]
    assert [reason for reason, _ in reasons(found)] == ["bad-row"]
    assert [row.data for row in found if isinstance(row, Raw)] == [b"page"]


def scored(folder: Path, scores: list[Any]) -> WebSource:
    rows = [{"id": str(n), "text": f"text {n}", "source": "s"} for n in range(4)]
    lines(folder / "documents" / "a.jsonl.gz", rows)
    lines(folder / "attributes" / "fluency" / "a.jsonl.gz", scores)
    return WebSource(
        path=str(folder), layout="dolma", files=("documents/**/*.gz",), attribute="fluency/good"
    )


def test_dolma_documents_are_selected_by_an_attribute(tmp_path: Path) -> None:
    """The highest score of any span counts; what belongs to another document does not."""
    spans = [[[0, 3, 0.2], [3, 6, 0.9]], [[0, 6, 0.1]], "nonsense", [[0, 6, 0.9]]]
    scores = [{"id": str(n), "attributes": {"good": each}} for n, each in enumerate(spans)]
    plain = WebSource(path=str(tmp_path / "d"), layout="dolma")
    scored(tmp_path / "d", scores)
    assert len(origins(read(tmp_path, web=(plain,)))) == 4
    scores[3]["id"] = "other"
    found = read(tmp_path, web=(scored(tmp_path / "d", scores),))
    assert [path for _, _, path, _ in origins(found)] == ["0"]
    assert reasons(found) == [("low-score", "1"), ("bad-row", "2"), ("bad-row", "3")]
    found = read(tmp_path, web=(scored(tmp_path / "d", scores[:1]),))
    assert [reason for reason, _ in reasons(found)] == ["bad-row"] * 3
    (tmp_path / "d" / "attributes" / "fluency" / "a.jsonl.gz").unlink()
    source = WebSource(path=str(tmp_path / "d"), layout="dolma", attribute="fluency/good")
    with pytest.raises(SourceError, match="run the tagger, or leave it out"):
        read(tmp_path, web=(source,))


def zstd(path: Path, mode: str) -> Any:
    return pa.CompressedOutputStream(str(path), "zstd")


@pytest.mark.parametrize("opener", [gzip.open, zstd])
def test_packed_json_lines_are_read_whatever_they_are_called(
    tmp_path: Path, opener: Callable[..., Any]
) -> None:
    """The packing is known by the first bytes; a file of two packed parts is read to its end."""
    path = tmp_path / "t.jsonl"
    for part in range(2):
        lines(tmp_path / f"part{part}", [{"text": f"text {part}"}], opener)
    path.write_bytes(b"".join((tmp_path / f"part{part}").read_bytes() for part in range(2)))
    found = read(tmp_path, files=(TextFile(path=str(path)),))
    assert [row.data for row in found if isinstance(row, Raw)] == [b"text 0", b"text 1"]
    assert [path for _, _, path, _ in origins(found)] == ["t.jsonl#1", "t.jsonl#2"]


@pytest.mark.parametrize("opener", [gzip.open, zstd])
def test_a_bomb_and_a_cut_file_are_clear_errors(tmp_path: Path, opener: Callable[..., Any]) -> None:
    """What unpacks to far more than it is, and what ends too early, end the run."""
    path = tmp_path / "t.jsonl.packed"
    with opener(path, "wb") as handle:
        handle.writelines(b" " * (1 << 20) for _ in range(100))
    with pytest.raises(SourceError, match=r"as out of a bomb; raise sources\.max_ratio"):
        read(tmp_path, files=(TextFile(path=str(path)),))
    lines(path, [{"text": f"a text {n} {n * n}"} for n in range(5_000)], opener)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match="damaged or cut short"):
        read(tmp_path, files=(TextFile(path=str(path)),))


def test_a_name_in_a_row_is_cut(tmp_path: Path) -> None:
    """Names are kept in memory, whatever a row holds."""
    stack(tmp_path / "stack", "python", [code(0, max_stars_repo_path="p" * 5_000_000)])
    ((_, _, path, _),) = origins(read(tmp_path, stack=(StackSource(path=str(tmp_path / "stack")),)))
    assert len(path) == 1_000


def test_links_out_of_a_data_set_are_refused(tmp_path: Path) -> None:
    """But those of the hub's own cache, from a snapshot to its store, are followed."""
    store = tmp_path / "datasets--o--n"
    (store / "blobs").mkdir(parents=True)
    snapshot = store / "snapshots" / "c0ffee"
    snapshot.mkdir(parents=True)
    (store / "blobs" / "x").write_text("{}")
    (snapshot / "a.jsonl").symlink_to(store / "blobs" / "x")
    assert files_below(snapshot, ["*.jsonl"], "here") == [snapshot / "a.jsonl"]
    (tmp_path / "outside.jsonl").write_text("{}")
    (snapshot / "b.jsonl").symlink_to(tmp_path / "outside.jsonl")
    with pytest.raises(SourceError, match=r"b\.jsonl is a link that leads out of the folder"):
        files_below(snapshot, ["*.jsonl"], "here")


def test_a_change_of_a_data_set_is_seen_at_either_end(tmp_path: Path) -> None:
    """A file more, other bytes at the end, and nothing else."""
    write_layout(tmp_path / "web", "datatrove")
    settings = SourcesSettings(web=(WebSource(path=str(tmp_path / "web"), layout="datatrove"),))
    seen = [external(settings)]
    (tmp_path / "web" / "notes.txt").write_text("of no account")
    assert external(settings) == seen[0]
    lines(tmp_path / "web" / "001.jsonl.gz", [{"text": "more"}])
    seen.append(external(settings))
    with (tmp_path / "web" / "001.jsonl.gz").open("ab") as handle:
        handle.write(b"!")
    seen.append(external(settings))
    assert len({next(iter(each.values())) for each in seen}) == 3


@pytest.mark.parametrize(
    ("web", "message"),
    [
        ({"path": "a", "layout": "other"}, "'fineweb', 'refinedweb', 'datatrove' or 'dolma'"),
        ({"path": "a", "layout": "fineweb", "attribute": "a/b"}, "only dolma has attributes"),
        ({"path": "a", "layout": "dolma", "attribute": "a"}, "should match pattern"),
        ({"path": "a", "layout": "dolma", "files": ["/etc/*"]}, "no pattern below a folder"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(web: dict[str, Any], message: str) -> None:
    """A layout that nobody knows, attributes where there are none."""
    with pytest.raises(ConfigError, match=message):
        settings_from(SourcesSettings, {"web": [web]}, "recipe")
