"""Facts about how much text a run is taken to read."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.sources import (
    DumpSource,
    SourcesSettings,
    StackSource,
    TextFile,
    WebSource,
    expected_characters,
)


def test_a_budget_is_what_is_expected() -> None:
    """Whatever there is, no more is taken."""
    assert expected_characters(SourcesSettings(python=True, sample_bytes=30_000)) == 30_000
    assert expected_characters(SourcesSettings(python=True)) > 1_000_000


def test_without_one_it_is_what_is_there(tmp_path: Path) -> None:
    """Files by their size, Parquet by what its end says, packed files by a usual ratio."""
    text = "x = 1\n" * 100
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text(text)
    folder = SourcesSettings(folders=(str(tmp_path / "code"),))
    assert expected_characters(folder) == 600
    home = tmp_path / "stack" / "data" / "python"
    home.mkdir(parents=True)
    rows = [f"{n:04d}" * 150 for n in range(100)]
    pq.write_table(pa.table({"content": rows}), home / "a.parquet", use_dictionary=False)
    stack = SourcesSettings(stack=(StackSource(path=str(tmp_path / "stack")),))
    assert 60_000 <= expected_characters(stack) < 63_000
    with gzip.open(tmp_path / "t.jsonl.gz", "wt") as handle:
        handle.writelines(json.dumps({"text": row}) + "\n" for row in rows)
    table = TextFile(path=str(tmp_path / "t.jsonl.gz"))
    web = WebSource(path=str(tmp_path / "t.jsonl.gz"), layout="datatrove")
    size = (tmp_path / "t.jsonl.gz").stat().st_size
    assert expected_characters(SourcesSettings(files=(table,), web=(web,))) == 8 * size
    hub = SourcesSettings(web=(WebSource(path="owner/name", layout="fineweb"),))
    assert expected_characters(hub) > 0


def test_dumps_and_repositories_are_counted(tmp_path: Path) -> None:
    """A share of the posts, and the files that are chosen of a commit."""
    archive = Path(__file__).parent / "readers" / "archives" / "lzma.7z"
    dump = SourcesSettings(stack_exchange=(DumpSource(path=str(archive)),))
    assert 0 < expected_characters(dump) < 10 * archive.stat().st_size
    run = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.txt").write_text("words\n" * 50)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*run, *arguments], check=True)
    git = SourcesSettings.model_validate({"git": [{"path": str(tmp_path)}]})
    assert expected_characters(git) == 6
