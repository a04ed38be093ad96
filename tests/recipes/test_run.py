from __future__ import annotations

import json
import os
import platform
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hornbook.recipes.graph import arm_phases, stages_of
from hornbook.recipes.recipe import load_recipe
from hornbook.stages import Manifest
from tests.tiny_run import hornbook

DATA = ("sources", "quality", "synthesis", "decontaminate", "tokens")
LEARNT = tuple(f"train/{name}" for name in ("raw/pretrain-raw", "raw/finetune", "base/pretrain-base", "finetuned/finetune"))  # fmt: skip


def outputs(run: Path, stages: tuple[str, ...] = DATA + LEARNT) -> dict[str, Any]:
    found = {}
    for name in stages:
        manifest = Manifest.read(run / name)
        assert manifest is not None, name
        found[name] = manifest.outputs
    return found


def answers(run: Path) -> Any:
    scores = json.loads((run / "evaluate" / "scores" / "scores.json").read_text())
    return scores["scores"], scores["comparisons"], scores["families"]


def test_a_run_leaves_a_manifest_in_every_stage(finished: Path, recipe: Path) -> None:
    """Every stage of the recipe is whole, and no claim or scratch of unfinished work is left."""
    for stage in stages_of(load_recipe(str(recipe))):
        manifest = Manifest.read(finished / stage.name)
        assert manifest is not None
        assert manifest.outputs
    left = [path for path in finished.rglob("*") if path.name in ("claim.json", ".checkpoints")]
    assert left == []


def test_every_row_is_kept_dropped_or_failed(finished: Path, recipe: Path) -> None:
    """The conservation law holds in every manifest of the run."""
    for stage in stages_of(load_recipe(str(recipe))):
        manifest = Manifest.read(finished / stage.name)
        assert manifest is not None
        for counts in manifest.counts.values():
            kept = counts["kept"] + sum(counts["dropped"].values()) + counts["failed"]
            assert counts["rows_in"] == kept


def test_all_arms_see_the_same_number_of_tokens_where_the_recipe_says_so() -> None:
    """The shipped recipe gives its four arms equal tokens, from one tokenizer."""
    recipe = load_recipe("quickstart")
    seen = {
        arm: sum(recipe.planned_tokens(phase) or 0 for _, phase in recipe.lineage(arm))
        for arm in recipe.train.arms
    }
    assert len(set(seen.values())) == 1
    assert len(recipe.train.arms) == 4


def test_a_second_run_has_nothing_to_do(finished: Path, recipe: Path) -> None:
    """The same command again says so and changes no file."""
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    result = hornbook("run", recipe, "--runs", finished.parent)
    assert result.returncode == 0, result.stderr
    assert "nothing to do" in result.stdout
    after = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    assert before == after


def test_one_worker_gives_the_bytes_of_two(finished: Path, recipe: Path, tmp_path: Path) -> None:
    """Data, losses, weights and scores are the same for one worker and two."""
    result = hornbook("run", recipe, "--runs", tmp_path, "--workers", 1)
    assert result.returncode == 0, result.stderr
    assert outputs(tmp_path / "tiny") == outputs(finished)
    assert answers(tmp_path / "tiny") == answers(finished)


def test_killed_again_and_again_it_ends_as_if_undisturbed(
    finished: Path, recipe: Path, tmp_path: Path
) -> None:
    """After eight SIGKILLs at random moments the same command ends with the same bytes."""
    arguments = [sys.executable, "-m", "hornbook", "run", str(recipe), "--runs", str(tmp_path)]
    rng = random.Random(11)
    for _ in range(8):
        process = subprocess.Popen(
            arguments, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(0.3, 4))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    result = hornbook("run", recipe, "--runs", tmp_path)
    assert result.returncode == 0, result.stderr
    assert outputs(tmp_path / "tiny") == outputs(finished)
    assert answers(tmp_path / "tiny") == answers(finished)


def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(recipe: Path, tmp_path: Path) -> None:
    """Ctrl-C ends with 130, one line and no traceback; nothing that was finished is done again."""
    arguments = [sys.executable, "-m", "hornbook", "run", str(recipe), "--runs", str(tmp_path)]
    process = subprocess.Popen(
        [*arguments, "--until", "tokens"], start_new_session=True, stderr=subprocess.PIPE, text=True
    )
    while not (tmp_path / "tiny" / "sources" / "manifest.json").exists():
        assert process.poll() is None
        time.sleep(0.02)
    # As a terminal does it: to every process of the group.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on from here" in said
    assert "Traceback" not in said
    result = hornbook("run", recipe, "--runs", tmp_path, "--until", "tokens")
    assert result.returncode == 0, result.stderr
    assert "sources: started" not in result.stderr


def test_a_damaged_file_is_made_again(finished: Path, recipe: Path, tmp_path: Path) -> None:
    """A finished stage one of whose files has changed since is done again, to the same bytes."""
    result = hornbook("run", recipe, "--runs", tmp_path, "--until", "synthesis")
    assert result.returncode == 0, result.stderr
    hurt = tmp_path / "tiny" / "synthesis" / "exercises" / "part-00000.parquet"
    hurt.write_bytes(hurt.read_bytes()[:-20])
    again = hornbook("run", recipe, "--runs", tmp_path, "--until", "synthesis")
    assert again.returncode == 0, again.stderr
    assert "synthesis: done" in again.stderr
    assert "quality: done" not in again.stderr
    assert outputs(tmp_path / "tiny", DATA[:3]) == outputs(finished, DATA[:3])


def test_an_update_redoes_only_what_depends_on_the_change(recipe: Path, tmp_path: Path) -> None:
    """With --update a changed setting redoes its stage and what reads it, and nothing before."""
    base = ("run", recipe, "--runs", tmp_path, "--until", "decontaminate")
    assert hornbook(*base).returncode == 0
    refused = hornbook(*base, "--set", "quality.trees=12")
    assert refused.returncode == 2
    assert "quality.trees" in refused.stderr
    assert "--update" in refused.stderr
    result = hornbook(*base, "--set", "quality.trees=12", "--update")
    assert result.returncode == 0, result.stderr
    assert "sources: done" not in result.stderr
    assert "synthesis: done" not in result.stderr
    assert "quality: done" in result.stderr


def test_two_at_once_do_not_mix(recipe: Path, tmp_path: Path) -> None:
    """A second process in the same run folder is told so and leaves it alone."""
    first = subprocess.Popen(
        [sys.executable, "-m", "hornbook", "run", str(recipe), "--runs", str(tmp_path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not (tmp_path / "tiny" / "recipe.json").exists():
            time.sleep(0.02)
        second = hornbook("run", recipe, "--runs", tmp_path)
        assert second.returncode == 2
        assert "another hornbook works in this run" in second.stderr
    finally:
        first.kill()
        first.wait()


def test_phases_come_after_what_they_start_from(recipe: Path) -> None:
    """An arm that starts from a point of another arm is trained after that point."""
    order = list(arm_phases(load_recipe(str(recipe))))
    assert order.index(("base", "pretrain-base")) < order.index(("finetuned", "finetune"))


def test_where_code_cannot_be_held_the_run_ends_and_says_not_run(
    finished: Path, recipe: Path, tmp_path: Path
) -> None:
    """Without namespaces and Landlock all else is done; scores that need generated code say
    "not run"."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        pytest.skip("the numbers of the calls that are refused are those of Linux on x86-64")
    without = (
        "import sys\nfrom tests.sandbox.hostile.walk import refuse\nfrom hornbook.cli import main\n"
        "refuse([(272, 1), (444, 38)])\nsys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", without, "run", str(recipe), "--runs", str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    run = tmp_path / "tiny"
    scores = json.loads((run / "evaluate" / "scores" / "scores.json").read_text())
    assert {row["status"] for row in scores["scores"]} == {"not run"}
    assert {row["passed"] for row in scores["scores"]} == {None}
    assert "namespaces: [Errno 1]" in scores["protection"]
    assert "Landlock: [Errno 38]" in scores["protection"]
    assert "--sandbox none" in scores["protection"]
    assert "not run" in (run / "report" / "report.html").read_text().lower()
    assert outputs(run) == outputs(finished)


def test_unprotected_scores_carry_their_stamp(finished: Path, recipe: Path, tmp_path: Path) -> None:
    """With --sandbox none every score says UNSANDBOXED, and the end of the run tells the scores."""
    import shutil

    shutil.copytree(finished, tmp_path / "tiny")
    result = hornbook("run", recipe, "--runs", tmp_path, "--sandbox", "none")
    assert result.returncode == 0, result.stderr
    summary = json.loads((tmp_path / "tiny" / "report" / "summary.json").read_text())
    assert {row["status"] for row in summary["scores"]} == {"UNSANDBOXED"}
    assert summary["headline"]
    assert all(sentence in result.stdout for sentence in summary["headline"])
    assert [row["estimate"] for row in summary["scores"]] == [
        row["estimate"] for row in answers(finished)[0]
    ]
