from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hornbook.storage import read_json
from tests.tiny_run import hornbook


@pytest.fixture(scope="module")
def run(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run, to be played with."""
    folder = tmp_path_factory.mktemp("copy") / "tiny"
    shutil.copytree(finished, folder)
    return folder


def test_resume_is_proved_on_the_runs_own_data(run: Path) -> None:
    """The certificate lies in the run and says where it holds; the run itself stays as it was."""
    before = {path: path.stat().st_mtime_ns for path in run.rglob("manifest.json")}
    (run / "train" / ".resume-killed" / "whole").mkdir(parents=True)  # by one that was killed
    done = hornbook(
        "train", "verify-resume", "tiny:raw", "--runs", run.parent, "--steps", 6, "--kills", 3
    )
    assert done.returncode == 0, done.stderr
    assert "raw/finetune: 6 steps, killed 3 times" in done.stdout
    assert "the same losses and weights, to the bit" in done.stdout
    found = read_json(run / "train" / "resume-raw.json")
    assert found["same"] is True
    assert found["undisturbed"] == found["killed"]
    assert len(found["kills"]) == 3
    assert found["versions"].keys() == {"hornbook", "python", "torch"}
    assert found["settings"]["threads"] == 2
    assert not list((run / "train").glob(".resume-*"))
    assert {path: path.stat().st_mtime_ns for path in run.rglob("manifest.json")} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tiny:nobody",), "no arm `nobody` (it has base, finetuned, raw)"),
        (("elsewhere",), "no run `elsewhere`"),
        (("tiny", "--kills", "9", "--steps", "9"), "must be under --steps 9"),
        (("tiny", "--steps", "0"), "is not a whole number from 1 to 1000"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    run: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = hornbook("train", "verify-resume", *arguments, "--runs", run.parent)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_not_trained_yet_can_not_be_proved(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "tiny", ignore=shutil.ignore_patterns("train"))
    done = hornbook("train", "verify-resume", "tiny", "--runs", tmp_path)
    assert done.returncode == 2
    assert "`train/base/pretrain-base` is not finished" in done.stderr


def test_a_first_phase_can_be_proved_before_it_is_trained(run: Path, tmp_path: Path) -> None:
    """It needs the tokens alone; a phase shorter than what is asked for is told as it is."""
    shutil.copytree(run, tmp_path / "tiny", ignore=shutil.ignore_patterns("train"))
    done = hornbook("train", "verify-resume", "tiny:base", "--runs", tmp_path, "--kills", 1)
    assert done.returncode == 0, done.stderr
    assert "base/pretrain-base: 8 steps, killed once (" in done.stdout


def test_a_proof_that_is_stopped_leaves_nothing(run: Path) -> None:
    """Ctrl-C reaches every process of the terminal; one line is said, and no child outlives it."""
    words = ["train", "verify-resume", "tiny:raw", "--runs", str(run.parent), "--kills", "9"]
    with subprocess.Popen(
        [sys.executable, "-m", "hornbook", *words],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        while process.poll() is None and not any(run.glob("train/.resume-*/killed/meters.jsonl")):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert said == "hornbook: stopped; the same command goes on from here\n"
    assert not list(run.glob("train/.resume-*"))


def test_a_run_tells_what_was_measured(run: Path) -> None:
    """Held-out losses by table, bits a byte by table at every step, and what was read."""
    facts = read_json(run / "train" / "base" / "pretrain-base" / "manifest.json")["facts"]
    looks = read_json(run / "train" / "base" / "pretrain-base" / "validation.json")
    assert looks[-1]["tables"].keys() == {"held_out-selected", "held_out-textbooks"}
    assert facts["held_out_loss"] == looks[-1]["loss"]
    assert facts["model_step"] == facts["steps"] == 8
    meters = run / "train" / "base" / "pretrain-base" / "meters.jsonl"
    rows = [json.loads(line) for line in meters.read_text().splitlines()]
    assert all(row["tables"]["selected"]["bits_per_byte"] > 0 for row in rows)
    assert facts["ledger"]


def test_training_starts_from_a_model_of_elsewhere(recipe: Path, run: Path, tmp_path: Path) -> None:
    """With its shape and its tokenizer; another tokenizer or shape is refused by name."""
    model = tmp_path / "model"
    shutil.copytree(run / "train" / "base" / "pretrain-base", model)
    shutil.copy(run / "tokens" / "tokenizer.json", model)
    text = recipe.read_text().replace(
        'start = "base/pretrain-base"', f'weights = "{model.as_posix()}"'
    )
    own = tmp_path / "own.toml"
    own.write_text(text.replace("[tokens]\nvocab_size = 400", f'[tokens]\ntokenizer = "{model}"'))
    done = hornbook("train", own, "--runs", tmp_path / "runs", "--name", "good")
    assert done.returncode == 0, done.stderr
    first = read_json(
        tmp_path / "runs" / "good" / "train" / "finetuned" / "finetune" / "losses.json"
    )
    again = read_json(run / "train" / "finetuned" / "finetune" / "losses.json")
    # The same model, tokenizer and data as the run that trained it: the same losses.
    assert first == again
    refused = hornbook(
        "train", own, "--runs", tmp_path / "runs", "--name", "shape", "--set", "model.inner=128"
    )
    assert refused.returncode == 2
    assert "has inner 64; set model.inner, now 128, to it" in refused.stderr
    (model / "tokenizer.json").unlink()
    own.write_text(text)
    refused = hornbook("train", own, "--runs", tmp_path / "runs", "--name", "tongue")
    assert refused.returncode == 2
    assert "was trained with another tokenizer" in refused.stderr


def test_weights_that_are_no_model_are_refused_before_anything_runs(
    recipe: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        recipe.read_text().replace('start = "base/pretrain-base"', 'weights = "nowhere"')
    )
    done = hornbook("train", own, "--runs", tmp_path / "runs")
    assert done.returncode == 2
    assert "train.arms.finetuned.weights: nowhere is no model of ours" in done.stderr
    assert "`hornbook model import` makes one" in done.stderr


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('start = "base/pretrain-base"', 'start = "finetuned/finetune"', "starts from itself"),
        ('start = "base/pretrain-base"', 'start = "base/pretrain-base"\nweights = "x"', "not both"),
        ("tokens = 8192\n", "", "needs `tokens`, unless its mixture is given in epochs"),
        ('"pretrain-raw", "finetune"', '"finetune", "finetune"', "phases names one twice"),
        ("[train.arms.raw]", '[train.arms."../raw"]', "should match pattern"),
        ("[train.phases.finetune]", '[train.phases."a/b"]', "should match pattern"),
    ],
)
def test_arms_that_can_not_begin_are_refused(
    recipe: Path, tmp_path: Path, before: str, after: str, message: str
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(recipe.read_text().replace(before, after))
    done = hornbook("plan", own)
    assert done.returncode == 2, done.stdout
    assert message in done.stderr


def test_the_best_weights_need_something_to_choose_by(
    recipe: Path, run: Path, tmp_path: Path
) -> None:
    """Without held-out text the last weights would pass for the best."""
    shutil.copytree(run, tmp_path / "tiny", ignore=shutil.ignore_patterns("train"))
    changes = ["tokens.held_out_exercises=0"]
    changes += ["train.phases.finetune.select=best", "train.phases.finetune.validate_every=2"]
    sets = [word for change in changes for word in ("--set", change)]
    done = hornbook("run", recipe, "--runs", tmp_path, "--update", "--until", "train", *sets)
    assert done.returncode == 2, done.stderr
    assert "train.phases.finetune.select = best: held_out-exercises hold less than" in done.stderr
    assert "tokens.held_out_exercises" in done.stderr


def test_a_mixture_in_epochs_says_how_long_a_phase_is(recipe: Path, tmp_path: Path) -> None:
    """Two readings of the selected code and one of the textbooks, whatever that comes to."""
    text = recipe.read_text().replace(
        "base = { selected = 0.8, textbooks = 0.2 }",
        "base = { selected = { epochs = 2.0 }, textbooks = { epochs = 1.0 } }",
    )
    text = text.replace('mixture = "base"\ntokens = 8192\n', 'mixture = "base"\n')
    own = tmp_path / "own.toml"
    own.write_text(text)
    pytest.importorskip("tensorboard")
    done = hornbook("train", own, "--runs", tmp_path / "runs", "--log", "tensorboard")
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "tiny"
    sizes = {
        n: read_json(run / "tokens" / f"{n}.json")["tokens"] for n in ("selected", "textbooks")
    }
    facts = read_json(run / "train" / "base" / "pretrain-base" / "manifest.json")["facts"]
    wanted = 2 * sizes["selected"] + sizes["textbooks"]
    assert abs(facts["tokens"] - wanted) <= 1024 / 2
    # TensorBoard's files lie beside the meters and are no part of the phase's identity.
    folder = run / "train" / "base" / "pretrain-base"
    assert list((folder / "tensorboard").glob("events.*"))
    outputs = read_json(folder / "manifest.json")["outputs"]
    assert outputs.keys() == {"config.json", "losses.json", "model.safetensors", "validation.json"}
    assert "nothing to do" in hornbook("train", own, "--runs", tmp_path / "runs").stdout
