"""Facts about the whole room: what is dropped, what is listed, what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.decontaminate import DecontaminateSettings, ProblemSet, run
from hornbook.records import Document, Dropped, Exercise, Match, content_id
from hornbook.stages import StageContext
from hornbook.storage import file_digest, read_rows, write_shards
from tests.decontaminate.test_index import KNOWN, PROBLEM


def document(text: str, path: str) -> Document:
    return Document(content_id(text), text, "folder", "c", "", path)


CLEAN = [document(f"def f{n}(x):\n    return x + {n}\n", f"{n}.py") for n in range(30)]
TAINTED = document(PROBLEM.prompt + PROBLEM.canonical_solution, "copy.py")
BOOK = document(
    f"# A book\n\n```python\ndef g(ys):\n{KNOWN.canonical_solution.replace('xs', 'ys')}```\n",
    "book",
)


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    folders = {name: tmp_path / name for name in ("sources", "quality", "synthesis")}
    write_shards(folders["sources"] / "documents", Document, [*CLEAN, TAINTED], rows_per_shard=10)
    write_shards(folders["quality"] / "documents", Document, [CLEAN[0], TAINTED])
    write_shards(folders["synthesis"] / "textbooks", Document, [BOOK])
    exercise = Exercise(
        "e1", "workbook", "f", "{}", "0", "g", "def g(v):\n", "    return v\n", "assert g(1) == 1\n"
    )
    write_shards(folders["synthesis"] / "exercises", Exercise, [exercise])
    return folders


def scan(inputs: dict[str, Path], out: Path, workers: int = 1) -> dict[str, object]:
    out.mkdir()
    sets = [
        ProblemSet("humaneval", (PROBLEM,)),
        ProblemSet("workbook-known", (KNOWN,), True),
        ProblemSet("mbpp", None),
    ]
    result = run(StageContext(out, inputs, 1, workers), DecontaminateSettings(), sets)
    for kind, counts in result.counts.items():
        counts.check(kind)
    return dict(result.facts["benchmarks"])


def test_hits_are_dropped_everywhere_and_listed(inputs: dict[str, Path], tmp_path: Path) -> None:
    """A row that resembles a problem leaves its table, with the match on record; raw code stays."""
    facts = scan(inputs, tmp_path / "out")
    out = tmp_path / "out"
    assert [row.id for row in read_rows(out / "selected", Document)] == [CLEAN[0].id]
    assert len(list(read_rows(out / "code", Document))) == 30
    assert list(read_rows(out / "textbooks", Document)) == []
    reasons = sorted(row.reason for row in read_rows(out / "dropped", Dropped))
    assert reasons == ["resembles-humaneval", "resembles-humaneval", "resembles-workbook-known"]
    assert {match.kind for match in read_rows(out / "matches.parquet", Match)} == {
        "ngram",
        "syntax",
        "tree",
    }
    assert facts["humaneval"] == {
        "status": "checked",
        "problems": 1,
        "too_short_for_syntax": 0,
        "problems_met": 1,
        "rows_dropped": 1,
    }
    assert facts["mbpp"]["status"] == "not checked"  # type: ignore[index]


def test_one_worker_and_two_give_the_same_bytes(inputs: dict[str, Path], tmp_path: Path) -> None:
    """The number of processes changes no byte of any table."""
    found = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        scan(inputs, out, workers)
        found.append([(p.relative_to(out), file_digest(p)) for p in sorted(out.rglob("*.parquet"))])
    assert found[0] == found[1]
