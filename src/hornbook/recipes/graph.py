"""From a recipe to its stages: which room reads which folder, and who is handed what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from hornbook.benchmarks import benchmark_folder, entry, find, load, load_problem_file
from hornbook.decontaminate import ProblemSet
from hornbook.decontaminate import run as decontaminate
from hornbook.evaluate import EvaluateSettings, Examination, Subject, ask
from hornbook.evaluate import run as judge
from hornbook.quality import run as quality
from hornbook.recipes.embedders import embedders_of, models_at_hand
from hornbook.recipes.recipe import Recipe
from hornbook.records import Document, Problem
from hornbook.report import run as report
from hornbook.sources import external as what_enters
from hornbook.sources import run as sources
from hornbook.stages import Manifest, Stage, StageContext, StageResult
from hornbook.storage import digest, read_rows
from hornbook.synthesis import run as synthesis
from hornbook.teacher import load_annotations
from hornbook.tokens import for_validation
from hornbook.tokens import run as tokens
from hornbook.tokens import what_enters as tokenizer_files
from hornbook.tokens.tokenizer import Tokenizer

WORKBOOK = ("workbook-known", "workbook-unknown")


def stages_of(recipe: Recipe, sandbox: str = "auto", loggers: tuple[str, ...] = ()) -> list[Stage]:
    """Every stage of the run, in an order in which each finds its inputs ready."""
    public = _public(recipe.decontaminate.benchmarks)
    return [
        *_data(recipe, public),
        *_training(recipe, loggers),
        *_judgement(recipe, sandbox),
        Stage(
            "report",
            "2",
            recipe.report,
            partial(_report, recipe),
            inputs=_report_inputs(recipe),
        ),
    ]


def arm_phases(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """(arm, phase) in an order in which every starting point exists before it is needed."""
    done: set[str] = set()
    waiting = list(recipe.train.arms)
    while waiting:
        ready = [
            name
            for name in waiting
            if (start := recipe.train.arms[name].start) is None or start in done
        ]
        for name in ready or waiting:
            for phase in recipe.train.arms[name].phases:
                yield name, phase
                done.add(f"{name}/{phase}")
        waiting = [name for name in waiting if name not in (ready or waiting)]


def _public(names: Sequence[str]) -> dict[str, Path | None]:
    return {name: find(entry(name), benchmark_folder()) for name in names}


def _states(public: Mapping[str, Path | None]) -> dict[str, str]:
    return {name: entry(name).sha256 if path else "absent" for name, path in public.items()}


def _data(recipe: Recipe, public: Mapping[str, Path | None]) -> list[Stage]:
    annotations = load_annotations(recipe.quality.annotations)
    wanted = frozenset((a.distribution, a.version, a.path) for a in annotations)
    return [
        Stage(
            "sources",
            "4",
            recipe.sources,
            partial(sources, settings=recipe.sources, wanted=wanted),
            external={**what_enters(recipe.sources), "wanted": digest(sorted(wanted))},
        ),
        Stage(
            "quality",
            "5",
            recipe.quality,
            partial(quality, settings=recipe.quality, annotations=annotations, make=embedders_of()),
            inputs=("sources",),
            volatile=("effort.json",),
            external={
                "annotations": digest([asdict(row) for row in annotations]),
                **models_at_hand(recipe.quality),
            },
        ),
        Stage("synthesis", "1", recipe.synthesis, partial(synthesis, settings=recipe.synthesis)),
        Stage(
            "decontaminate",
            "1",
            recipe.decontaminate,
            partial(_decontaminate, recipe=recipe, public=public),
            inputs=("sources", "quality", "synthesis"),
            external=_states(public),
        ),
        Stage(
            "tokens",
            "2",
            recipe.tokens,
            partial(tokens, settings=recipe.tokens),
            inputs=("decontaminate", "sources", "quality", "synthesis"),
            external=tokenizer_files(recipe.tokens),
        ),
    ]


def _decontaminate(
    context: StageContext, recipe: Recipe, public: Mapping[str, Path | None]
) -> StageResult:
    sets = [
        ProblemSet(name, tuple(load(entry(name), path)) if path else None)
        for name, path in public.items()
    ]
    known, unknown = (_workbook(context.inputs["synthesis"], name) for name in WORKBOOK)
    sets.append(ProblemSet(WORKBOOK[1], tuple(unknown)))
    sets.append(ProblemSet(WORKBOOK[0], tuple(known), same_family=True))
    return decontaminate(context, recipe.decontaminate, sets)


def _workbook(synthesis_folder: Path, name: str) -> list[Problem]:
    return load_problem_file(synthesis_folder / "problems" / f"{name}.jsonl")


def _training(recipe: Recipe, loggers: tuple[str, ...]) -> list[Stage]:
    from hornbook.recipes.training import train_stage

    return [train_stage(recipe, arm, phase, loggers) for arm, phase in arm_phases(recipe)]


def _judgement(recipe: Recipe, sandbox: str) -> list[Stage]:
    public = _public(recipe.evaluate.benchmarks)
    inputs = ("quality", "synthesis", "sources", "tokens")
    stages = []
    for name, arm in recipe.train.arms.items():
        last = f"train/{name}/{arm.phases[-1]}"
        work = partial(_ask, recipe=recipe, arm=name, public=public, model=last)
        stages.append(
            Stage(
                f"evaluate/{name}",
                "3",
                recipe.evaluate,
                work,
                inputs=(*inputs, last),
                external=_states(public),
            )
        )
    answers = tuple(f"evaluate/{name}" for name in recipe.train.arms)
    stages.append(
        Stage(
            "evaluate/scores",
            "3",
            recipe.evaluate,
            partial(_judge, recipe=recipe, public=public, sandbox=sandbox),
            inputs=("synthesis", "decontaminate", "tokens", *answers),
            external={**_states(public), "sandbox": sandbox},
            volatile=("verdicts.parquet",),
        )
    )
    return stages


def _problems(
    context: StageContext, public: Mapping[str, Path | None], settings: EvaluateSettings
) -> dict[str, list[Problem]]:
    found = {name: _workbook(context.inputs["synthesis"], name) for name in WORKBOOK}
    for name, path in public.items():
        if path is not None:
            found[name] = load(entry(name), path)[: settings.public_problems]
    return found


def _ask(
    context: StageContext, recipe: Recipe, arm: str, public: Mapping[str, Path | None], model: str
) -> StageResult:
    from hornbook.recipes.local_subject import LocalSubject

    problems = _problems(context, public, recipe.evaluate)
    held_out = {
        "raw": _unseen(context.inputs["sources"] / "held_out"),
        "selected": _unseen(context.inputs["quality"] / "held_out"),
        "textbooks": _unseen(context.inputs["synthesis"] / "held_out_textbooks"),
    }

    def open_subject() -> Subject:
        return LocalSubject(
            context.inputs[model], context.inputs["tokens"], recipe.evaluate.threads
        )

    every = [problem for each in problems.values() for problem in each]
    return ask(context, recipe.evaluate, arm, open_subject, every, held_out)


def _unseen(folder: Path) -> Iterator[Document]:
    """Held-out documents that validation while training does not look at."""
    return (row for row in read_rows(folder, Document) if not for_validation(row.id))


def _judge(
    context: StageContext, recipe: Recipe, public: Mapping[str, Path | None], sandbox: str
) -> StageResult:
    tokenizer = Tokenizer.load(context.inputs["tokens"] / "tokenizer.json")
    exam = Examination(
        arms=tuple(recipe.train.arms),
        benchmarks=_problems(context, public, recipe.evaluate),
        absent=tuple(name for name, path in public.items() if path is None),
        comparisons=recipe.train.compare,
        sandbox=sandbox,
        round_trip=lambda text: tokenizer.decode(tokenizer.encode(text)),
    )
    return judge(context, recipe.evaluate, exam)


def _report_inputs(recipe: Recipe) -> tuple[str, ...]:
    rooms = ("sources", "quality", "synthesis", "decontaminate", "tokens")
    phases = tuple(f"train/{arm}/{phase}" for arm, phase in arm_phases(recipe))
    answers = tuple(f"evaluate/{arm}" for arm in recipe.train.arms)
    return (*rooms, *phases, *answers, "evaluate/scores")


def _report(recipe: Recipe, context: StageContext) -> StageResult:
    seen = {
        arm: sum(_tokens_read(context, *at) for at in recipe.lineage(arm))
        for arm in recipe.train.arms
    }
    return report(context, recipe.report, recipe.title, recipe.train.default_arm, seen)


def _tokens_read(context: StageContext, arm: str, phase: str) -> int:
    manifest = Manifest.read(context.inputs[f"train/{arm}/{phase}"])
    return int(manifest.facts["tokens"]) if manifest else 0
