"""Asking one arm: its answers to every problem, and the bits it needs for held-out text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.stops import stops_for
from hornbook.evaluate.subject import Answer, Subject
from hornbook.records import Completion, Document, Problem, content_id
from hornbook.stages import Counts, StageContext, StageResult
from hornbook.storage import read_rows, shard_path, write_rows

CHUNK = 96
"""Problems asked between two saved shards: what an interruption can cost."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How well an arm predicts one held-out document."""

    kind: str
    """`raw`, `selected` or `textbooks`."""
    id: str
    bits: float
    bytes: int


def ask(
    context: StageContext,
    settings: EvaluateSettings,
    arm: str,
    open_subject: Callable[[], Subject],
    problems: Sequence[Problem],
    held_out: Mapping[str, Iterable[Document]],
) -> StageResult:
    """Write `completions/` and `likelihood.parquet` for `arm` (phi-1 3: one greedy answer each)."""
    subject = open_subject()
    texts = {kind: sample(rows, settings.held_out_bytes) for kind, rows in held_out.items()}
    # Answers are the slow part; the bar counts them, and the reading at its end as one chunk.
    total = len(problems) + CHUNK
    folder = context.folder / "completions"
    for number, start in enumerate(range(0, len(problems), CHUNK)):
        path = shard_path(folder, number)
        if not path.exists():

            def report(done: int, _: int, start: int = start) -> None:
                context.progress.advance(start + done, total, f"answers of {arm}")

            rows = _complete(subject, settings, arm, problems[start : start + CHUNK], report)
            write_rows(path, Completion, rows)
    likelihood = _read(subject, texts, context, len(problems))
    write_rows(context.folder / "likelihood.parquet", Likelihood, likelihood)
    answered = list(read_rows(folder, Completion))
    at_limit = sum(row.stopped_by == "length" for row in answered)
    return StageResult(
        {
            "problems": Counts(len(problems), len(answered)),
            "held-out": Counts(sum(map(len, texts.values())), len(likelihood)),
        },
        {"arm": arm, "stopped_at_length_limit": at_limit, "answers": len(answered)},
    )


def _complete(
    subject: Subject,
    settings: EvaluateSettings,
    arm: str,
    problems: Sequence[Problem],
    report: Callable[[int, int], None],
) -> list[Completion]:
    answers = _answers(subject, settings, problems, report)
    return [
        Completion(
            id=content_id(f"{arm}\n{problem.task_id}\n{answer.text}"),
            task_id=problem.task_id,
            benchmark=problem.benchmark,
            arm=arm,
            text=answer.text,
            tokens=answer.tokens,
            stopped_by=answer.stopped_by,
        )
        for problem, answer in zip(problems, answers, strict=True)
    ]


def _answers(
    subject: Subject,
    settings: EvaluateSettings,
    problems: Sequence[Problem],
    report: Callable[[int, int], None],
) -> list[Answer]:
    """Ask with the stop strings that fit each problem, in as few turns as there are lists."""
    turns: dict[tuple[str, ...], list[int]] = {}
    for place, problem in enumerate(problems):
        turns.setdefault(stops_for(problem, settings.stop), []).append(place)
    answers: dict[int, Answer] = {}
    for stop, places in turns.items():
        before = len(answers)
        found = subject.complete(
            [problems[place].prompt for place in places],
            settings.model_copy(update={"stop": stop}),
            lambda done, _, before=before: report(before + done, len(problems)),  # type: ignore[misc]
        )
        answers.update(zip(places, found, strict=True))
    return [answers[place] for place in range(len(problems))]


def _read(
    subject: Subject, texts: Mapping[str, Sequence[Document]], context: StageContext, before: int
) -> list[Likelihood]:
    rows = [(kind, row) for kind, each in texts.items() for row in each]
    total = before + CHUNK

    def report(done: int, of: int) -> None:
        context.progress.advance(before + CHUNK * done / max(of, 1), total, "reading held-out text")

    bits = subject.score([row.text for _, row in rows], report)
    return [
        Likelihood(kind, row.id, value, len(row.text.encode()))
        for (kind, row), value in zip(rows, bits, strict=True)
    ]


def sample(rows: Iterable[Document], limit: int) -> list[Document]:
    """Whole documents, in the order of their ids, until `limit` bytes are reached; at least one.

    Ids are hashes, so their order is a fixed shuffle that no later choice can bend.
    """
    chosen: list[Document] = []
    used = 0
    for row in sorted(rows, key=lambda row: row.id):
        size = len(row.text.encode())
        if size and (not chosen or used + size <= limit):
            chosen.append(row)
            used += size
    return chosen


def completions_of(folder: Path) -> list[Completion]:
    return list(read_rows(folder / "completions", Completion))


def likelihoods_of(folder: Path) -> list[Likelihood]:
    return list(read_rows(folder / "likelihood.parquet", Likelihood))
