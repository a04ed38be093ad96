from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hornbook.storage import file_digest, read_json
from hornbook.train import PhaseSettings
from hornbook.train.checkpoints import CHECKPOINTS
from hornbook.train.loop import train
from hornbook.train.meters import METERS, read_meters
from tests.tiny_model import SHAPE, job, phase

ROOT = Path(__file__).resolve().parents[2]
STEP = 8 * SHAPE.context


def short(**changes: Any) -> PhaseSettings:
    """Ten steps, without a checkpoint."""
    return phase(tokens=10 * STEP, **changes)


class Interrupted(Exception):
    """Stands for whatever ends a run from outside."""


def interrupt(folder: Path, after: int, settings: PhaseSettings) -> None:
    """Train with a checkpoint after each step, to the moment before that of step `after`."""

    def stop(done: int, total: int, loss: float) -> None:
        if done >= after * STEP:
            raise Interrupted

    with pytest.raises(Interrupted):
        train(job(folder, settings.model_copy(update={"checkpoint_seconds": 1e-9}), stop))


def result(folder: Path) -> tuple[list[float], str]:
    return read_json(folder / "losses.json"), file_digest(folder / "model.safetensors")


def checkpoints(folder: Path) -> list[Path]:
    return sorted((folder / CHECKPOINTS).glob("step-*/checkpoint.json"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[float], str]:
    folder = tmp_path_factory.mktemp("whole") / "out"
    train(job(folder, short()))
    return result(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": "muon", "dropout": 0.1},
        {"optimizer": "muon", "precision": "bfloat16", "learn_prompts": False, "micro_batch": 3},
    ],
)
def test_an_interrupted_phase_ends_as_if_it_had_not_been(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    """Ended twice and gone on with twice: the same losses and the same weights, to the last bit."""
    settings = short(**changes)
    train(job(tmp_path / "whole", settings))
    folder = tmp_path / "interrupted"
    interrupt(folder, 4, settings)
    assert len(checkpoints(folder)) == 2
    interrupt(folder, 7, settings)
    told: list[int] = []
    train(job(folder, settings, lambda done, total, loss: told.append(done // STEP)))
    assert told == list(range(7, 11))
    assert result(folder) == result(tmp_path / "whole")


def damage_newest(folder: Path) -> None:
    path = checkpoints(folder)[-1].with_name("weights.safetensors")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def damage_all(folder: Path) -> None:
    for record in checkpoints(folder):
        record.with_name("optimizer.safetensors").write_bytes(b"")


def lose_the_log(folder: Path) -> None:
    (folder / METERS).unlink()


def cut_the_log(folder: Path) -> None:
    """Its last line, and a piece of the one before."""
    lines = (folder / METERS).read_bytes().splitlines(keepends=True)
    (folder / METERS).write_bytes(b"".join(lines[:-1])[:-9])


@pytest.mark.parametrize(
    ("damage", "first"),
    [(damage_newest, 5), (damage_all, 1), (lose_the_log, 1), (cut_the_log, 5)],
)
def test_what_is_damaged_is_trained_again(
    undisturbed: tuple[list[float], str],
    tmp_path: Path,
    damage: Callable[[Path], None],
    first: int,
) -> None:
    """From the checkpoint before, or from the beginning; no loss is missing and none stands twice."""
    folder = tmp_path / "damaged"
    interrupt(folder, 6, short())
    damage(folder)
    told: list[int] = []
    train(job(folder, short(), lambda done, total, loss: told.append(done // STEP)))
    assert told == list(range(first, 11))
    assert result(folder) == undisturbed
    assert [row["step"] for row in read_meters(folder / METERS)] == list(range(10))


def test_meters_are_cut_back_when_a_phase_goes_on(tmp_path: Path) -> None:
    """Step 5 was logged and not yet in a checkpoint: it is logged anew."""
    folder = tmp_path / "out"
    interrupt(folder, 6, short())
    assert len(read_meters(folder / METERS)) == 6
    assert read_json(checkpoints(folder)[-1])["step"] == 5
    train(job(folder, short()))
    assert [row["step"] for row in read_meters(folder / METERS)] == list(range(10))


PROGRAM = """
import sys
from pathlib import Path
from hornbook.train.loop import train
from tests.tiny_model import SHAPE, job, phase

def wait(done, total, loss):
    if done == 13 * 8 * SHAPE.context:
        sys.stdin.read()

for name in sys.argv[1:]:
    settings = phase(tokens=16 * 8 * SHAPE.context, dropout=0.1, checkpoint_seconds=1e-9)
    train(job(Path(name), settings, wait if name.endswith("killed") else lambda *_: None))
"""


def trainer(*folders: Path) -> subprocess.Popen[bytes]:
    """A process that trains one folder after another; one called `killed` never comes to its end."""
    command = [sys.executable, "-c", PROGRAM, *map(str, folders)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)


def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    """SIGKILL in the midst of training, at whatever line it is; another process goes on and ends the same."""
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    with trainer(whole, folder) as process:
        while len(read_meters(folder / METERS)) < 5 or not checkpoints(folder):
            assert process.poll() is None
            time.sleep(0.002)
        process.kill()
        process.communicate()
    assert process.returncode == -9
    assert not (folder / "model.safetensors").exists()
    steps_done = len(read_meters(folder / METERS))
    assert 5 <= steps_done <= 13
    resumed = tmp_path / "resumed"
    folder.rename(resumed)
    with trainer(resumed) as process:
        process.communicate()
    assert process.returncode == 0
    assert result(resumed) == result(whole)
    assert len(read_meters(resumed / METERS)) == 16
