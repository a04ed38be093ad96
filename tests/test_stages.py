from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.config import Settings
from hornbook.errors import ConservationError
from hornbook.stages import (
    CLAIM,
    MANIFEST,
    Counts,
    Manifest,
    Stage,
    StageContext,
    StageResult,
    finished,
    run_stage,
    stage_key,
)


class Knobs(Settings):
    size: int = 1


def make(tmp_path: Path, kept: int = 2, size: int = 1) -> tuple[Stage, StageContext]:
    def work(context: StageContext) -> StageResult:
        (context.folder / "out.txt").write_text("x" * size)
        return StageResult({"rows": Counts(3, kept, {"bad": 1})}, {"fact": 7})

    stage = Stage("demo", "1", Knobs(size=size), work)
    return stage, StageContext(tmp_path / "demo", {}, seed=5)


def test_a_finished_stage_is_recognised_and_holds_its_facts(tmp_path: Path) -> None:
    stage, context = make(tmp_path)
    run_stage(stage, tmp_path, context, {})
    manifest = finished(stage, tmp_path / "demo", stage_key(stage, 5, {}))
    assert manifest is not None
    assert manifest.facts == {"fact": 7}
    assert manifest.counts["rows"] == {"rows_in": 3, "kept": 2, "dropped": {"bad": 1}, "failed": 0}
    assert not (tmp_path / "demo" / CLAIM).exists()


def test_a_lost_row_stops_the_run_and_leaves_no_manifest(tmp_path: Path) -> None:
    """Rows in must equal kept + dropped + failed."""
    stage, context = make(tmp_path, kept=1)
    with pytest.raises(
        ConservationError, match=r"demo \(rows\): 3 rows in, but 1 kept \+ 1 dropped"
    ):
        run_stage(stage, tmp_path, context, {})
    assert not (tmp_path / "demo" / MANIFEST).exists()


@pytest.mark.parametrize("what", ["settings", "seed", "inputs", "external", "version"])
def test_the_key_depends_on_everything_that_decides_the_output(tmp_path: Path, what: str) -> None:
    stage, _ = make(tmp_path)
    other = {
        "settings": Stage("demo", "1", Knobs(size=2), stage.work),
        "external": Stage("demo", "1", Knobs(), stage.work, external={"python": "3.12"}),
        "version": Stage("demo", "2", Knobs(), stage.work),
    }.get(what, stage)
    seed, inputs = (6 if what == "seed" else 5), ({"a": "1"} if what == "inputs" else {})
    assert stage_key(other, seed, inputs) != stage_key(stage, 5, {})


def test_a_changed_output_is_not_taken_for_finished(tmp_path: Path) -> None:
    """The manifest's digests are held against the files themselves."""
    stage, context = make(tmp_path)
    run_stage(stage, tmp_path, context, {})
    (tmp_path / "demo" / "out.txt").write_text("y")
    assert finished(stage, tmp_path / "demo", stage_key(stage, 5, {})) is None


def test_unfinished_work_of_the_same_key_is_kept_and_of_another_removed(tmp_path: Path) -> None:
    _, context = make(tmp_path)
    folder = tmp_path / "demo"
    seen: list[bool] = []

    def work(inner: StageContext) -> StageResult:
        seen.append((inner.folder / "half.txt").exists())
        if len(seen) == 1:
            (inner.folder / "half.txt").write_text("half")
            raise KeyboardInterrupt
        return StageResult({})

    broken = Stage("demo", "1", Knobs(), work)
    with pytest.raises(KeyboardInterrupt):
        run_stage(broken, tmp_path, context, {})
    run_stage(broken, tmp_path, context, {})
    assert seen == [False, True]
    (folder / MANIFEST).unlink()
    changed = Stage("demo", "1", Knobs(size=9), work)
    run_stage(changed, tmp_path, context, {})
    assert seen == [False, True, False]


def test_volatile_files_are_no_part_of_the_outputs(tmp_path: Path) -> None:
    stage, context = make(tmp_path)
    stage = Stage("demo", "1", Knobs(), stage.work, volatile=("out.txt",))
    manifest = run_stage(stage, tmp_path, context, {})
    assert manifest.outputs == {}
    assert Manifest.read(tmp_path / "demo") == manifest
