"""Facts about the whole room: what goes in, what comes out, and what is said of the rest."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError, SourceError
from hornbook.records import Document, Dropped
from hornbook.sources import SourcesSettings, TextFile, run
from hornbook.stages import Counts, StageContext
from hornbook.storage import file_digest, read_rows

BODY = "".join(
    f"def function_{n}(value):\n    return value * {n} + {n % 7}\n\n\n" for n in range(30)
)
WANTED = frozenset({("corpus", "", "a.py")})
BIG = "".join(f"value_{n} = {n}\n" for n in range(30_000))


def program(seed: int) -> str:
    rng = random.Random(seed)
    names = [f"{rng.choice('abcdefgh')}{rng.randint(0, 9999)}" for _ in range(12)]
    return "".join(
        f"def {n}(x):\n    return x * {rng.randint(0, 99)} + {rng.choice(names)}(x)\n"
        for n in names
    )


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """31 programs, duplicates of one of them, and all that may be wrong with a file."""
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    for n in range(30):
        (folder / "sub" / f"m{n:02d}.py").write_text(program(n))
    near = BODY.replace("return value * 3 + 3", "return value * 3")
    texts = {"a": BODY, "b": BODY, "c": near, "d": near, "big": BIG, "short": "x = 1\n"}
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text)
    deep = b"x = (\n" + b"(\n" * 10_000 + b")\n" * 10_001
    bad = {"bad": b"\xff\xfe" * 200, "nul": b"x = 1\0\n" * 90, "deep": deep}
    for name, data in {**bad, "line": b"x = '" + b"a" * 50_000_000 + b"'\n"}.items():
        (folder / f"{name}.py").write_bytes(data)
    (tmp_path / "outside.py").write_text(program(99))
    (folder / "link.py").symlink_to(tmp_path / "outside.py")
    return folder


DROPPED = {
    "b.py": "duplicate",
    "c.py": "near-duplicate",
    "d.py": "duplicate",
    "big.py": "too-large",
    "short.py": "too-short",
    "bad.py": "not-utf8",
    "nul.py": "nul-bytes",
    "deep.py": "deep-nesting",
    "line.py": "too-large",
    "link.py": "link-outside",
}


def run_on(
    out: Path,
    folders: tuple[Path, ...],
    workers: int = 1,
    wanted: frozenset[tuple[str, str, str]] = WANTED,
    **changes: Any,
) -> dict[str, Counts]:
    """The stage on `folders`; checks that every row it read is where it says, once."""
    names = tuple(map(str, folders))
    settings = SourcesSettings(**{"folders": names, "held_out_documents": 10, **changes})
    out.mkdir()
    result = run(StageContext(out, {}, seed=3, workers=workers, cache=out.parent), settings, wanted)
    for kind, counts in result.counts.items():
        counts.check(kind)
    counts = result.counts["documents"]
    assert counts.kept == len(table(out, "documents")) + len(table(out, "held_out"))
    dropped = list(read_rows(out / "dropped", Dropped))
    assert {r: sum(row.reason == r for row in dropped) for r in counts.dropped} == counts.dropped
    assert len(dropped) == sum(counts.dropped.values())
    assert all(row.reason and row.detail for row in dropped)
    kept = {row.id for name in ("documents", "held_out") for row in table(out, name)}
    assert {row.keeper for row in dropped if row.reason.endswith("duplicate")} <= kept
    return dict(result.counts)


def table(out: Path, name: str) -> list[Document]:
    return list(read_rows(out / name, Document))


def digests(out: Path) -> dict[str, str]:
    files = out.rglob("*.parquet")
    return {str(path.relative_to(out)): file_digest(path) for path in files}


def test_every_file_is_kept_or_dropped_with_its_reason(corpus: Path, tmp_path: Path) -> None:
    """What is no text, too much, too deep or a copy is named, and the run goes on."""
    counts = run_on(tmp_path / "out", (corpus,))
    rows = [row for name in ("documents", "held_out") for row in table(tmp_path / "out", name)]
    dropped = {row.path: row.reason for row in read_rows(tmp_path / "out" / "dropped", Dropped)}
    assert dropped == DROPPED
    assert sorted(row.path for row in rows) == ["a.py", *(f"sub/m{n:02d}.py" for n in range(30))]
    assert counts["documents"].rows_in == 31 + len(DROPPED)


def test_duplicates_name_the_row_that_was_kept(corpus: Path, tmp_path: Path) -> None:
    """The copy, the near copy and the near copy's copy all lead to what is in the output."""
    run_on(tmp_path / "out", (corpus,))
    dropped = {row.path: row for row in read_rows(tmp_path / "out" / "dropped", Dropped)}
    kept = {
        row.id: row.path
        for name in ("documents", "held_out")
        for row in table(tmp_path / "out", name)
    }
    assert [kept[dropped[name].keeper or ""] for name in ("b.py", "c.py", "d.py")] == ["a.py"] * 3


def test_the_search_for_duplicates_tells_how_good_it_is(corpus: Path, tmp_path: Path) -> None:
    """The biggest cluster is that of the four equal and near texts, and planted variants were found."""
    out = tmp_path / "out"
    out.mkdir()
    settings = SourcesSettings(folders=(str(corpus),), held_out_documents=10)
    told = run(StageContext(out, {}, seed=3, cache=tmp_path), settings).facts["duplicates"]
    keepers = {row.keeper for row in read_rows(out / "dropped", Dropped) if row.keeper}
    assert [(row["path"], row["size"]) for row in told["biggest"]] == [("a.py", 4)]
    assert [row["id"] for row in told["biggest"]] == list(keepers)
    planted = told["planted"]
    assert planted["files"] > 0
    assert planted["kinds"]["white-space"]["recall"][0] == 1.0


def test_held_out_documents_are_not_among_the_documents(corpus: Path, tmp_path: Path) -> None:
    """A fifth at most is put aside, and no text is on both sides."""
    run_on(tmp_path / "out", (corpus,))
    held = {row.id for row in table(tmp_path / "out", "held_out")}
    assert len(held) == 6
    assert not held & {row.id for row in table(tmp_path / "out", "documents")}


def test_files_that_are_wanted_are_had_whole(corpus: Path, tmp_path: Path) -> None:
    """A file outside the sample and one too large for it are there; one that is absent counts."""
    names = ["big.py", "gone.py", *(f"sub/m{n:02d}.py" for n in range(30))]
    wanted = frozenset(("corpus", "", name) for name in names)
    counts = run_on(tmp_path / "out", (corpus,), wanted=wanted, sample_bytes=20_000)
    texts = {row.path: row.text for row in table(tmp_path / "out", "annotated")}
    assert texts == {name: (corpus / name).read_text() for name in names if name != "gone.py"}
    assert counts["annotated"] == Counts(32, 31, {"not-at-hand": 1})
    dropped = {row.path: row.reason for row in read_rows(tmp_path / "out" / "dropped", Dropped)}
    assert dropped["big.py"] == "too-large"
    assert [dropped.get(name) for name in names].count("not-sampled") > 1


def test_what_is_outside_the_sample_says_so(corpus: Path, tmp_path: Path) -> None:
    """The sample's characters are within the budget, and every other document is dropped."""
    counts = run_on(tmp_path / "out", (corpus,), sample_bytes=20_000)
    rows = [row for name in ("documents", "held_out") for row in table(tmp_path / "out", name)]
    left = [
        row for row in read_rows(tmp_path / "out" / "dropped", Dropped)
        if row.reason == "not-sampled"
    ]  # fmt: skip
    assert 10_000 < sum(len(row.text) for row in rows) <= 20_000
    assert len(left) == counts["documents"].dropped["not-sampled"] > 0


def test_any_order_of_inputs_and_any_workers_give_the_same_bytes(
    corpus: Path, tmp_path: Path
) -> None:
    """Two processes on turned inputs write what one writes on straight ones."""
    other = tmp_path / "other"
    other.mkdir()
    for n in range(250):
        (other / f"o{n:03d}.py").write_text(program(n // 2 + 10) + f"# {n % 3}\n")
    lines = [json.dumps({"text": program(n) + "# a\n"}) + "\n" for n in range(20)]
    (tmp_path / "one.jsonl").write_text("".join(lines[:10]))
    (tmp_path / "two.jsonl").write_text("".join(lines[10:]))
    files = tuple(TextFile(path=str(tmp_path / name)) for name in ("one.jsonl", "two.jsonl"))
    counts = run_on(tmp_path / "out1", (corpus, other), files=files, sample_bytes=150_000)
    run_on(tmp_path / "out2", (other, corpus), 2, files=files[::-1], sample_bytes=150_000)
    assert digests(tmp_path / "out1") == digests(tmp_path / "out2")
    assert len(digests(tmp_path / "out1")) == 4
    assert counts["documents"].kept > 20
    assert {"near-duplicate", "not-sampled"} <= set(counts["documents"].dropped)


def test_a_folder_named_twice_adds_nothing(corpus: Path, tmp_path: Path) -> None:
    """Every row of the second reading is a duplicate of the first."""
    once = run_on(tmp_path / "once", (corpus,))["documents"]
    twice = run_on(tmp_path / "twice", (corpus, corpus))["documents"]
    assert (twice.rows_in, twice.kept) == (2 * once.rows_in, once.kept)
    assert [row.id for row in table(tmp_path / "twice", "documents")] == [
        row.id for row in table(tmp_path / "once", "documents")
    ]


def test_tables_are_sources_like_folders(corpus: Path, tmp_path: Path) -> None:
    """A row in no encoding is dropped beside good rows of JSON lines and Parquet."""
    (tmp_path / "t.jsonl").write_text(json.dumps({"text": program(200)}) + "\nno json\n")
    raw = pa.array([program(201).encode(), b"\xff" * 300])
    column = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    pq.write_table(pa.table({"text": column}), tmp_path / "p.parquet")
    files = tuple(TextFile(path=str(tmp_path / name)) for name in ("t.jsonl", "p.parquet"))
    counts = run_on(tmp_path / "out", (), files=files)["documents"]
    assert (counts.rows_in, counts.kept) == (4, 2)
    assert counts.dropped == {"bad-row": 1, "not-utf8": 1}
    assert {row.source for row in table(tmp_path / "out", "documents")} == {"jsonl", "parquet"}


def test_a_hostile_wheel_costs_only_itself(tmp_path: Path) -> None:
    """Its bomb, its way out and its inner archive are dropped; its code and the next wheel go on."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("hidden.py", program(5))
    members = {
        "bomb.py": b"#" * 5_000_000, "../up.py": b"x", "inner.py": inner.getvalue(),
        "inner.zip": inner.getvalue(), "good.py": program(1).encode(),
    }  # fmt: skip
    pins = [
        in_cache(tmp_path, "bad", members),
        in_cache(tmp_path, "crowd", {f"{n}.py": b"x" for n in range(30)}),
        in_cache(tmp_path, "next", {"next.py": program(2).encode()}),
    ]
    (tmp_path / "wheels.toml").write_text("".join(pins))
    out = tmp_path / "out"
    counts = run_on(out, (), pypi=str(tmp_path / "wheels.toml"), max_members=20)["documents"]
    dropped = {row.path: row.reason for row in read_rows(out / "dropped", Dropped)}
    assert dropped == {
        "bomb.py": "zip-bomb",
        "../up.py": "unsafe-path",
        "inner.py": "nul-bytes",
        "crowd-1-py3-none-any.whl": "too-many-members",
    }
    assert [row.path for row in table(out, "documents")] == ["good.py", "next.py"]
    assert counts.rows_in == 6
    assert not (tmp_path / "up.py").exists()


def in_cache(cache: Path, name: str, members: dict[str, bytes]) -> str:
    """Put a wheel where a download would have left it; returns its pin."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    sha256 = hashlib.sha256(buffer.getvalue()).hexdigest()
    (cache / "wheels").mkdir(exist_ok=True)
    (cache / "wheels" / f"{sha256}.whl").write_bytes(buffer.getvalue())
    file = f"{name}-1-py3-none-any.whl"
    return f'[[wheel]]\nname="{name}"\nversion="1"\nfile="{file}"\nsha256="{sha256}"\n'


@pytest.mark.parametrize("names", [("cut", "good"), ("good", "cut")])
def test_a_cut_parquet_file_leaves_nothing_half_written(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    """The stage ends with the path, whatever was read before, and no table is there."""
    good, cut = tmp_path / "good.parquet", tmp_path / "cut.parquet"
    pq.write_table(pa.table({"text": [program(n) for n in range(400)]}), good)
    cut.write_bytes(good.read_bytes()[:-100])
    files = tuple(TextFile(path=str(tmp_path / f"{name}.parquet")) for name in names)
    with pytest.raises(SourceError, match=f"{cut}: damaged or cut short.*; copy it again"):
        run_on(tmp_path / "out", (), files=files)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_sources_that_leave_nothing_are_named_with_the_reasons(tmp_path: Path) -> None:
    """The error gives the folder, how many files were seen and why none was kept."""
    folder = tmp_path / "poor"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n")
    with pytest.raises(SourceError, match=rf"of 1 files seen in {folder} \(1 too-short\); name"):
        run_on(tmp_path / "out", (folder,))
    assert list((tmp_path / "out").iterdir()) == []


def test_an_empty_folder_beside_a_full_one_is_a_clear_error(corpus: Path, tmp_path: Path) -> None:
    """A source that gives nothing is a mistake, though others give enough."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=f"{tmp_path / 'empty'}: no document left of 0 files"):
        run_on(tmp_path / "out", (corpus, tmp_path / "empty"))


def test_a_file_of_blank_lines_is_a_clear_error(corpus: Path, tmp_path: Path) -> None:
    """That a source has no rows is found in reading it."""
    (tmp_path / "t.jsonl").write_text("\n \n\n")
    files = (TextFile(path=str(tmp_path / "t.jsonl")),)
    with pytest.raises(SourceError, match=r"t\.jsonl: empty; name a file with rows"):
        run_on(tmp_path / "out", (corpus,), files=files)


def lines_of(path: Path, numbers: range) -> TextFile:
    """A file of JSON lines, every fifth of them broken."""
    lines = [json.dumps({"text": program(n)}) if n % 5 else "broken" for n in numbers]
    path.write_text("\n".join(lines) + "\n")
    return TextFile(path=str(path))


def groups_of(path: Path, numbers: range, rows: int) -> TextFile:
    """The same as Parquet with so many rows in a row group."""
    texts = pa.array([program(n).encode() if n % 5 else None for n in numbers], pa.binary())
    pq.write_table(pa.table({"text": texts}), path, row_group_size=rows)
    return TextFile(path=str(path))


def test_the_size_of_pieces_changes_no_byte(tmp_path: Path) -> None:
    """Files cut into many pieces, some of them in two processes, give what one piece gives."""
    files = (
        lines_of(tmp_path / "a.jsonl", range(120)),
        groups_of(tmp_path / "b.parquet", range(100, 220), 7),
    )
    seen = []
    for number, (workers, size) in enumerate([(1, 16_000_000), (1, 3_000), (2, 9_000)]):
        out = tmp_path / f"out{number}"
        counts = run_on(out, (), workers, files=files, sample_bytes=60_000, piece_bytes=size)
        assert counts["documents"].rows_in == 240
        assert {"bad-row", "not-sampled", "duplicate"} <= set(counts["documents"].dropped)
        seen.append(digests(out))
    assert seen[0] == seen[1] == seen[2]


def test_what_is_masked_is_counted(tmp_path: Path) -> None:
    """The manifest says how much of what was masked, where it was asked for."""
    lines = [json.dumps({"text": program(n) + f"# mail{n}@somewhere.org\n"}) for n in range(20)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    settings = SourcesSettings(files=(TextFile(path=str(tmp_path / "a.jsonl")),), mask=True)
    (tmp_path / "out").mkdir()
    result = run(StageContext(tmp_path / "out", {}, seed=3, cache=tmp_path), settings)
    assert result.facts["masked"] == {"email": 20}
    rows = [row for name in ("documents", "held_out") for row in table(tmp_path / "out", name)]
    assert all(row.text.endswith("# <EMAIL>\n") for row in rows)


def test_many_collections_are_told_of_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the largest have a line each; documents and characters still add up."""
    monkeypatch.setattr("hornbook.sources.facts.COLLECTIONS", 3)
    lines = [{"text": program(n) * (1 + n % 5), "repo": f"r{n % 10}"} for n in range(60)]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    settings = SourcesSettings(files=(TextFile(path=str(path), collection="repo"),))
    (tmp_path / "out").mkdir()
    facts = run(StageContext(tmp_path / "out", {}, seed=3, cache=tmp_path), settings).facts
    assert len(facts["collections"]) == 4
    assert "(all others)" in facts["collections"]
    entries = facts["collections"].values()
    assert sum(entry["documents"] for entry in entries) == 60
    assert sum(entry["characters"] for entry in entries) == facts["characters"]


def test_without_a_budget_all_is_taken(tmp_path: Path) -> None:
    """`sample_bytes` can be left open: then nothing is dropped as not sampled."""
    files = (lines_of(tmp_path / "a.jsonl", range(400)),)
    counts = run_on(tmp_path / "out", (), files=files, sample_bytes=None)["documents"]
    assert counts == Counts(400, 320, {"bad-row": 80})


def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces that were read are not read again, and the result is the same."""
    files = (lines_of(tmp_path / "a.jsonl", range(200)),)
    run_on(tmp_path / "whole", (), files=files, piece_bytes=5_000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    settings = SourcesSettings(files=files, held_out_documents=10, piece_bytes=5_000)
    out = tmp_path / "out"
    out.mkdir()
    context = StageContext(out, {}, seed=3, cache=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("hornbook.sources.stage.find_copies", full)
        with pytest.raises(OSError, match="No space"):
            run(context, settings, WANTED)
    read = {p: p.stat().st_mtime_ns for p in (out / ".ledger").glob("piece-*.parquet")}
    assert len(read) > 5
    with monkeypatch.context() as patch:
        patch.setattr("hornbook.sources.reading.admit", full)  # to read again would end the run
        run(context, settings, WANTED)
    assert digests(out) == digests(tmp_path / "whole")


def test_two_folders_of_one_name_are_read_alike_in_any_order(tmp_path: Path) -> None:
    """What annotations want from them is the same file whichever comes first."""
    for number, home in enumerate(("x", "y")):
        (tmp_path / home / "corpus").mkdir(parents=True)
        (tmp_path / home / "corpus" / "a.py").write_text(program(number))
    folders = (tmp_path / "x" / "corpus", tmp_path / "y" / "corpus")
    run_on(tmp_path / "out1", folders)
    run_on(tmp_path / "out2", folders[::-1])
    assert digests(tmp_path / "out1") == digests(tmp_path / "out2")


def test_nothing_of_the_work_is_left_behind(corpus: Path, tmp_path: Path) -> None:
    """The folder holds the four tables and no scratch."""
    run_on(tmp_path / "out", (corpus,))
    assert sorted(os.listdir(tmp_path / "out")) == [
        "annotated", "documents", "dropped", "held_out",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "no source: set pypi, python, folders, files, stack, web"),
        ({"folders": ["a"], "folder_globs": ["/etc/*"]}, "no pattern below a folder"),
        ({"folders": ["a"], "folder_globs": [""]}, "no pattern below a folder"),
        ({"folders": ["a"], "folder_globs": ["**.py"]}, "stands alone between slashes"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(table: dict[str, Any], message: str) -> None:
    """No source at all, and patterns that no folder can answer."""
    with pytest.raises(ConfigError, match=message):
        settings_from(SourcesSettings, table, "recipe")
