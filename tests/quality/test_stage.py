from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import ConfigError, SourceError
from hornbook.quality import Filter, QualitySettings, explain, run
from hornbook.quality.table import would_keep
from hornbook.records import Annotation, Document, Dropped, content_id
from hornbook.stages import Stage, StageContext, StageResult, outputs_of, run_stage
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
    sources: Path,
    out: Path,
    annotations: Sequence[Annotation],
    workers: int = 1,
    cache: Path | None = None,
    settings: QualitySettings = SETTINGS,
) -> StageResult:
    out.mkdir()
    where = cache or out.with_name(f"{out.name}-cache")
    context = StageContext(out, {"sources": sources}, seed=7, workers=workers, cache=where)
    result = run(context, settings, annotations)
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
    effort = ("effort.json",)
    assert outputs_of(tmp_path / "one", effort) == outputs_of(tmp_path / "two", effort)


def test_only_what_changed_is_scored_again(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """Other workers redo nothing, more documents only themselves, another filter everything."""
    sources, annotations = judged
    more = tmp_path / "more-sources"
    for table in ("annotated", "held_out"):
        write_shards(more / table, Document, read_rows(sources / table, Document))
    new = [document(n, poor(n)) for n in range(200, 213)]
    write_shards(more / "documents", Document, [*new, *read_rows(sources / "documents", Document)])

    def effort(name: str, place: Path, **how: Any) -> dict[str, int]:
        run_on(place, tmp_path / name, annotations, cache=tmp_path / "cache", **how)
        found: dict[str, int] = read_json(tmp_path / name / "effort.json")
        return found

    assert effort("first", sources) == {"known": 0, "scored": 50, "failed": 0}
    assert effort("again", sources, workers=2) == {"known": 50, "scored": 0, "failed": 0}
    assert effort("more", more) == {"known": 50, "scored": 13, "failed": 0}
    other = QualitySettings(fraction=0.4, noise=0.3, resamples=100)
    assert effort("refit", more, settings=other) == {"known": 0, "scored": 63, "failed": 0}
    first, again = (tmp_path / name for name in ("first", "again"))
    assert outputs_of(first, ("effort.json",)) == outputs_of(again, ("effort.json",))


def test_a_table_says_what_lines_would_keep(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """Whole and by collection, held-out documents left out; a line of one's own is taken."""
    recipe = Stage("quality", "1", SETTINGS, lambda context: run(context, SETTINGS, judged[1]))
    context = StageContext(
        tmp_path / "quality", {"sources": judged[0]}, seed=7, cache=tmp_path / "cache"
    )
    manifest = run_stage(recipe, tmp_path, context, {})
    tables = dict(would_keep(tmp_path / "quality", None, "collection"))
    whole = tables.pop("all documents")
    assert whole[-1].documents == 40
    assert sum(rows[-1].documents for rows in tables.values()) == 40
    line = manifest.facts["threshold"]
    ((_, (row,)),) = would_keep(tmp_path / "quality", [line], None)
    assert row.documents == manifest.counts["documents"]["kept"]
    with pytest.raises(ConfigError, match="not finished"):
        list(would_keep(tmp_path / "nowhere", None, None))


def test_reasons_are_what_the_score_would_be_without(
    judged: tuple[Path, list[Annotation]], tmp_path: Path
) -> None:
    """The strongest reason, taken away, changes the score by what is told."""
    run_on(judged[0], tmp_path / "out", judged[1])
    made = Filter.load(tmp_path / "out" / "filter.safetensors")
    (piece,) = explain(made, good(3))
    assert piece.score > 3
    assert (piece.first_line, piece.last_line) == (1, 7)
    reason = piece.reasons[0]
    vector = made.embed([good(3)])
    changed = vector.copy()
    changed[0, made.names.index(reason.name)] = reason.usual
    before, after = (made.classifier.predict(each)[0] for each in (vector, changed))
    assert before - after == pytest.approx(reason.effect, abs=1e-6)
    assert abs(reason.effect) >= abs(piece.reasons[-1].effect)
    (generated,) = explain(made, "# do not edit\n" + good(4))
    assert generated.generated


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
