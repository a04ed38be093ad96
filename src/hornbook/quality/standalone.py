"""The filter by itself: fit on judgements of one's own, score texts of one's own (phi-1 2.1).

A filter is a folder: `filter.safetensors`, which holds numbers alone, and `filter.json`, which says what
it was fitted on and how far it can be trusted. `validation.json` and `dropped.jsonl` are for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook import __version__
from hornbook.config import settings_from
from hornbook.embed import Embedder, embedder_for
from hornbook.engine import executor_for
from hornbook.errors import ConfigError, DamagedFileError, SourceError
from hornbook.quality.annotations import Excerpt
from hornbook.quality.config import CLASSIFIERS, QualitySettings
from hornbook.quality.drift import Drift, Neighbourhood, Watched
from hornbook.quality.filter import Filter
from hornbook.quality.fitting import Made, make_filter
from hornbook.quality.rows import TextRow, judgements, text_rows
from hornbook.quality.scoring import ScoredText, score_texts
from hornbook.quality.validation import Validation, predictions
from hornbook.quality.vectors import Maker, Means, sent_to_workers
from hornbook.records import Annotation, content_id
from hornbook.storage import (
    atomic_file,
    canonical_json,
    file_digest,
    read_json,
    whole_folder,
    write_bytes,
    write_json,
    write_json_lines,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 2
FILTER, JUDGED, ABOUT = "filter.safetensors", "judged.safetensors", "filter.json"
DRIFT_SAMPLE = 400
WORTH = 3.0


@dataclass(frozen=True)
class Fitting:
    """What is asked for. `worth` None: 3 where the scores lie on both sides of it, else their middle."""

    annotations: Path
    texts: Path
    out: Path
    worth: float | None = None
    seed: int = 1
    workers: int = 1
    trees: int = 200
    resamples: int = 1000
    """For the intervals."""
    embedders: tuple[str, ...] = ("code",)
    classifiers: tuple[str, ...] = ("gaussian-process",)
    """The best pair of these is chosen. `best` among classifiers stands for all of them."""
    make: Maker = embedder_for
    """The embedder of a name."""


@dataclass(frozen=True)
class Fitted:
    """What was fitted on, and how well it does on groups it has not seen."""

    used: int
    dropped: int
    groups: int
    worth: float
    validation: Validation
    made: Made


def fit_filter(wanted: Fitting) -> Fitted:
    """Fit and validate; writes `wanted.out`, whole or not at all.

    Every judgement is used or stands in `dropped.jsonl` with a reason. Raises `SourceError` for rows that
    can't be read, an id that stands twice among the texts, and too few or too similar judgements.
    """
    with whole_folder(wanted.out) as folder:
        given = judgements(wanted.annotations)
        excerpts, dropped = _joined(given, text_rows(wanted.texts), wanted.texts)
        worth = _worth([excerpt.annotation.score for excerpt in excerpts], wanted.worth)
        settings = _settings(wanted, worth)
        if len(excerpts) < settings.min_annotations:
            raise SourceError(
                f"{wanted.annotations}: {len(excerpts)} judgements have a text in {wanted.texts}"
                f" ({len(dropped)} have none); at least {settings.min_annotations} are needed"
            )
        means = Means(wanted.seed, executor_for(wanted.workers), wanted.workers, None, wanted.make)
        made = make_filter(excerpts, settings, means)
        scores = [excerpt.annotation.score for excerpt in excerpts]
        made.filter.save(folder / FILTER)
        _save_judged(folder / JUDGED, made.vectors, [e.annotation.distribution for e in excerpts])
        write_json_lines(folder / "dropped.jsonl", dropped)
        write_json(folder / "validation.json", predictions(excerpts, made.validation, "group"))
        groups = {excerpt.annotation.distribution for excerpt in excerpts}
        fitted = Fitted(len(excerpts), len(dropped), len(groups), worth, made.validation, made)
        write_json(
            folder / ABOUT, _about(fitted, scores, file_digest(folder / FILTER), wanted.seed)
        )
    return fitted


def _settings(wanted: Fitting, worth: float) -> QualitySettings:
    """Raises `ConfigError` for a classifier that is none."""
    every = tuple(dict.fromkeys(wanted.classifiers))
    classifiers = CLASSIFIERS if "best" in every else every
    values = {
        "fraction": 1.0,
        "worth": worth,
        "trees": wanted.trees,
        "resamples": wanted.resamples,
        "embedder": "best" if len(set(wanted.embedders)) > 1 else wanted.embedders[0],
        "embedder_candidates": tuple(dict.fromkeys(wanted.embedders)),
        "classifier": "best" if len(classifiers) > 1 else classifiers[0],
        "classifier_candidates": classifiers,
    }
    return settings_from(QualitySettings, values, "the filter's settings")


def _joined(
    given: dict[str, list[float]], texts: Iterable[TextRow], place: Path
) -> tuple[list[Excerpt], list[dict[str, str]]]:
    """Judgements with their texts, in the texts' order, and those without one."""
    found: list[Excerpt] = []
    seen: set[str] = set()
    for row in texts:
        if row.id in seen:
            raise SourceError(f"{place}: the id `{row.id}` stands twice; make ids unique")
        seen.add(row.id)
        if row.id in given:
            found.append(Excerpt(_annotation(row, given[row.id]), row.text))
    missing = [
        {"id": name, "reason": "not-at-hand", "detail": f"no text of this id in {place.name}"}
        for name in given
        if name not in seen
    ]
    return found, missing


def _annotation(row: TextRow, scores: Sequence[float]) -> Annotation:
    return Annotation(
        id=row.id,
        distribution=row.group,
        version="",
        path=row.id,
        first_line=1,
        last_line=row.text.count("\n") + 1,
        sha256=content_id(row.text),
        characters=len(row.text),
        score=scores[0],
        topic="",
        reason="",
        second_score=scores[1] if len(scores) > 1 else None,
    )


def _worth(scores: Sequence[float], asked: float | None) -> float:
    if asked is not None or not scores:
        return WORTH if asked is None else asked
    low, high = min(scores), max(scores)
    return WORTH if low < WORTH <= high else (low + high) / 2


def _about(fitted: Fitted, scores: Sequence[float], sha256: str, seed: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "embedder": fitted.made.filter.embedder.name,
        "classifier": fitted.made.settings.classifier,
        "comparison": fitted.made.comparison and fitted.made.comparison.told(),
        "filter": sha256,
        "scale": [min(scores), max(scores)],
        "worth": fitted.worth,
        "annotations": {"used": fitted.used, "dropped": fitted.dropped},
        "groups": fitted.groups,
        "metrics": [asdict(metric) for metric in fitted.validation.metrics],
        "reliability": fitted.validation.reliability,
        "curve": asdict(fitted.validation.curve),
        "seed": seed,
        "code_version": __version__,
    }


def _save_judged(path: Path, vectors: NDArray[np.float32], groups: Sequence[str]) -> None:
    """What new texts will be compared with; the groups as numbers."""
    import numpy as np
    from safetensors.numpy import save

    numbers = {name: number for number, name in enumerate(dict.fromkeys(groups))}
    tensors = {"vectors": vectors, "groups": np.array([numbers[name] for name in groups])}
    write_bytes(path, save(tensors))


def _drift(folder: Path, embedder: Embedder, pieces: Sequence[str]) -> Drift:
    """Raises `DamagedFileError` where the judged texts' file is none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load((folder / JUDGED).read_bytes())
        near = Neighbourhood(tensors["vectors"], tensors["groups"].tolist())
        return near.drift(embedder.embed(pieces))
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise DamagedFileError(f"{folder / JUDGED}: {error}; fit the filter again") from error


@dataclass(frozen=True)
class Outcome:
    """What became of a file of texts."""

    rows: int
    failed: int
    drift: Drift
    """Of a seeded sample of the texts, from those that the filter was fitted on."""


def check_filter(folder: Path) -> dict[str, Any]:
    """What `filter.json` says. Raises `ConfigError` where there is none, `DamagedFileError` where
    the filter beside it is not the one it speaks of."""
    if not (folder / ABOUT).is_file():
        raise ConfigError(
            f"{folder}: no filter here ({ABOUT} is missing); `hornbook quality fit` makes one"
        )
    about = read_json(folder / ABOUT)
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise DamagedFileError(f"{folder / ABOUT}: not a filter of this version; fit it again")
    kept = folder / FILTER
    if not kept.is_file() or file_digest(kept) != about.get("filter"):
        raise DamagedFileError(f"{kept}: missing or not what was written; fit it again")
    return about


def score_file(
    folder: Path,
    source: Path,
    out: Path,
    workers: int,
    on_done: Callable[[int], None] = lambda rows: None,
    make: Maker = embedder_for,
) -> Outcome:
    """Write a row {id, score} for each text, in order, on the judgements' scale.

    A text that could not be scored has the score null and a reason. `out` is .jsonl or .parquet, and
    appears when it is whole. Memory does not grow with the file. `make` gives the embedder of the name
    that the filter holds.
    """
    check_filter(folder)
    made = Filter.load(folder / FILTER, make=make)
    if out.suffix not in (".jsonl", ".parquet"):
        raise ConfigError(f"--output {out}: its name must end in .jsonl or .parquet")
    counted, watched = _Count(on_done), Watched(DRIFT_SAMPLE, cut=made.pieces)
    texts = watched.through(text_rows(source))
    sent = sent_to_workers(made.embedder)
    scored = counted.through(score_texts(texts, folder / FILTER, executor_for(workers), sent))
    if out.suffix == ".parquet":
        _write_parquet(out, scored)
    else:
        _write_lines(out, scored)
    return Outcome(counted.rows, counted.failed, _drift(folder, made.embedder, watched.pieces()))


class _Count:
    """Rows as they go by."""

    def __init__(self, on_done: Callable[[int], None]) -> None:
        self.rows = self.failed = 0
        self._on_done = on_done

    def through(self, rows: Iterator[ScoredText]) -> Iterator[ScoredText]:
        for row in rows:
            self.rows += 1
            self.failed += row.score is None
            self._on_done(self.rows)
            yield row if row.score is None else replace(row, score=round(row.score, 6))


def _write_lines(out: Path, rows: Iterable[ScoredText]) -> None:
    with atomic_file(out) as handle:
        for row in rows:
            told = {"id": row.id, "score": row.score}
            if row.score is None:
                told["reason"] = row.reason
            handle.write((canonical_json(told) + "\n").encode("utf-8", "backslashreplace"))


def _write_parquet(out: Path, rows: Iterator[ScoredText]) -> None:
    import itertools

    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("id", pa.string()), ("score", pa.float64()), ("reason", pa.string())])
    with atomic_file(out) as handle, pq.ParquetWriter(handle, schema, compression="zstd") as writer:
        while part := list(itertools.islice(rows, 4096)):
            writer.write_batch(
                pa.RecordBatch.from_pylist([asdict(row) for row in part], schema=schema)
            )
