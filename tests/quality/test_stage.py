from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.errors import SourceError
from hornbook.quality import QualitySettings, run
from hornbook.records import Annotation, Document, Dropped, content_id
from hornbook.stages import StageContext, StageResult, outputs_of
from hornbook.storage import read_json, read_rows, write_shards

SETTINGS = QualitySettings(fraction=0.4, trees=10, resamples=100)


def good(n: int) -> str:
    return (
        f'def largest_{n}(items):\n    """Return the largest item."""\n    best = items[0]\n'
        f"    for item in items:\n        if item > best:\n            best = item + {n} - {n}\n"
        "    return best\n"
    )


def poor(n: int) -> str:
    return "".join(f"OPTION_{n}_{k} = '{k * n}'\n" for k in range(12))


def document(n: int, text: str) -> Document:
    return Document(content_id(text), text, "folder", f"d{n % 5}", "1.0", f"{n}.py")


def annotation(row: Document, score: float) -> Annotation:
    lines = row.text.count("\n")
    return Annotation(
        row.id[:8], row.collection, "1.0", row.path, 1, lines, row.id, len(row.text), score, "", ""
    )


@pytest.fixture
def judged(tmp_path: Path) -> tuple[Path, list[Annotation]]:
    """Sources with 50 annotated files, and 40 documents and 10 held-out ones to judge."""
    files = [document(n, good(n) if n % 2 else poor(n)) for n in range(100)]
    sources = tmp_path / "sources"
    write_shards(sources / "annotated", Document, files[:50])
    write_shards(sources / "documents", Document, files[50:90])
    write_shards(sources / "held_out", Document, files[90:])
    return sources, [annotation(row, 4.0 if n % 2 else 1.0) for n, row in enumerate(files[:50])]


def run_on(
    sources: Path, out: Path, annotations: Sequence[Annotation], workers: int = 1
) -> StageResult:
    out.mkdir()
    context = StageContext(out, {"sources": sources}, seed=7, workers=workers)
    result = run(context, SETTINGS, annotations)
    for kind, counts in result.counts.items():
        counts.check(kind)
    return result


def test_what_the_teacher_likes_is_kept(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """Functions that explain themselves are kept and lists of settings are not, each with a score."""
    result = run_on(judged[0], tmp_path / "out", judged[1])
    kept = list(read_rows(tmp_path / "out" / "documents", Document))
    assert kept
    assert all(row.text.startswith("def largest") and row.score for row in kept)
    below = list(read_rows(tmp_path / "out" / "dropped", Dropped))
    assert {row.reason for row in below} == {"below-threshold"}
    held = list(read_rows(tmp_path / "out" / "held_out", Document))
    assert all((row.score or 0) >= result.facts["threshold"] for row in [*kept, *held])


def test_workers_change_no_byte(judged: tuple[Path, list[Annotation]], tmp_path: Path) -> None:
    """One worker and two write the same files."""
    run_on(judged[0], tmp_path / "one", judged[1])
    run_on(judged[0], tmp_path / "two", judged[1], workers=2)
    assert outputs_of(tmp_path / "one") == outputs_of(tmp_path / "two")


def test_unusable_annotations_are_dropped_with_their_reason(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """A judgement of changed text, or of a file not at hand, is counted and not used."""
    sources, annotations = judged
    changed = replace(annotations[0], sha256="0" * 64)
    gone = replace(annotations[1], path="gone.py")
    result = run_on(sources, tmp_path / "out", [changed, gone, *annotations[2:]])
    assert result.counts["annotations"].dropped == {"not-at-hand": 1, "text-changed": 1}
    used = {row["id"] for row in read_json(tmp_path / "out" / "validation.json")}
    assert len(used) == 48


def test_too_few_annotations_stop_the_run(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """With too few judgements the error says how many, why, and what to do."""
    sources, annotations = judged
    lost = [replace(a, path="gone.py") for a in annotations[:30]]
    with pytest.raises(SourceError, match=r"20 annotations can be used \(30 not-at-hand\)"):
        run_on(sources, tmp_path / "out", [*lost, *annotations[30:]])
