from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.errors import SourceError
from hornbook.records import Document, Dropped
from hornbook.sources import SourcesSettings, run
from hornbook.stages import StageContext
from hornbook.storage import file_digest, read_rows

BODY = "".join(
    f"def function_{n}(value):\n    return value * {n} + {n % 7}\n\n\n" for n in range(30)
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    for n in range(30):
        text = "".join(
            f"def f_{n}_{k}(x):\n    y = x + {k}\n    return y * {n}\n\n\n" for k in range(20)
        )
        (folder / "sub" / f"m{n:02d}.py").write_text(text)
    (folder / "a.py").write_text(BODY)
    (folder / "b.py").write_text(BODY)
    (folder / "c.py").write_text(BODY.replace("return value * 3 + 3", "return value * 3"))
    (folder / "bad.py").write_bytes(b"\xff\xfe" * 200)
    return folder


def run_on(corpus: Path, out: Path, workers: int = 1, **changes: object) -> StageContext:
    settings = SourcesSettings(folders=(str(corpus),), held_out_documents=10, **changes)  # type: ignore[arg-type]
    context = StageContext(out, {}, seed=3, workers=workers, cache=out / "cache")
    out.mkdir()
    result = run(context, settings, frozenset({("corpus", "", "a.py")}))
    for kind, counts in result.counts.items():
        counts.check(kind)
    return context


def table(out: Path, name: str) -> list[Document]:
    return list(read_rows(out / name, Document))


def test_duplicates_name_the_row_that_was_kept(corpus: Path, tmp_path: Path) -> None:
    run_on(corpus, tmp_path / "out")
    dropped = {row.path: row for row in read_rows(tmp_path / "out" / "dropped", Dropped)}
    kept = {
        row.id: row.path
        for name in ("documents", "held_out")
        for row in table(tmp_path / "out", name)
    }
    assert dropped["b.py"].reason == "exact-duplicate"
    assert dropped["c.py"].reason == "near-duplicate"
    assert kept[dropped["b.py"].keeper or ""] == kept[dropped["c.py"].keeper or ""] == "a.py"
    assert dropped["bad.py"].reason == "not-utf8"


def test_held_out_documents_are_not_among_the_documents(corpus: Path, tmp_path: Path) -> None:
    run_on(corpus, tmp_path / "out")
    held = {row.id for row in table(tmp_path / "out", "held_out")}
    assert len(held) == 6
    assert not held & {row.id for row in table(tmp_path / "out", "documents")}


def test_documents_that_are_wanted_are_there_whatever_was_drawn(
    corpus: Path, tmp_path: Path
) -> None:
    run_on(corpus, tmp_path / "out", sample_bytes=20_000)
    assert [row.path for row in table(tmp_path / "out", "annotated")] == ["a.py"]
    assert any(
        row.reason == "not-sampled" for row in read_rows(tmp_path / "out" / "dropped", Dropped)
    )


def test_one_worker_and_two_give_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    digests = []
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        run_on(corpus, out, workers)
        files = sorted(out.rglob("*.parquet"))
        digests.append([(f.relative_to(out), file_digest(f)) for f in files])
    assert digests[0] == digests[1]


def test_a_folder_without_any_text_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="no document is left"):
        run_on(tmp_path / "empty", tmp_path / "out")
