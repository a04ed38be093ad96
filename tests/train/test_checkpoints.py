from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from hornbook.errors import DamagedFileError
from hornbook.storage import read_json, write_json
from hornbook.train.checkpoints import (
    Best,
    Checkpoint,
    newest_checkpoint,
    read_best,
    write_best,
    write_checkpoint,
)
from hornbook.train.meters import METERS, Meters, read_meters

ALL = 10**9


def checkpoint(step: int) -> Checkpoint:
    weights = {"a.weight": torch.full((3, 2), float(step)), "a.bias": torch.arange(4.0)}
    return Checkpoint(step, weights, {"adamw.0.step": torch.tensor(float(step))})


def steps_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_comes_back_bit_by_bit(tmp_path: Path) -> None:
    """Step, weights and the optimizer's memory, numbers without dimensions included."""
    write_checkpoint(tmp_path, checkpoint(7))
    found = newest_checkpoint(tmp_path, ALL)
    assert found is not None
    assert found.step == 7
    for name in ("weights", "optimizer"):
        wanted = getattr(checkpoint(7), name)
        assert getattr(found, name).keys() == wanted.keys()
        assert all(torch.equal(getattr(found, name)[key], wanted[key]) for key in wanted)


def test_two_are_kept(tmp_path: Path) -> None:
    """The newest, and one before it; tens and hundreds are told apart."""
    for step in (1, 9, 10, 100):
        write_checkpoint(tmp_path, checkpoint(step))
    assert steps_in(tmp_path) == ["step-00000010", "step-00000100"]


def test_without_a_checkpoint_there_is_none(tmp_path: Path) -> None:
    """A folder that is empty or not there is a phase at its beginning."""
    assert newest_checkpoint(tmp_path, ALL) is None
    assert newest_checkpoint(tmp_path / "nowhere", ALL) is None


def cut(place: Path) -> None:
    path = place / "optimizer.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def turn_a_bit(place: Path) -> None:
    data = bytearray((place / "weights.safetensors").read_bytes())
    data[-1] ^= 1
    (place / "weights.safetensors").write_bytes(bytes(data))


def no_record(place: Path) -> None:
    (place / "checkpoint.json").unlink()


def no_weights(place: Path) -> None:
    (place / "weights.safetensors").unlink()


def other_record(content: str) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        (place / "checkpoint.json").write_text(content)

    return write


BEST = {"step": "x", "loss": 1.0, "sha256": ""}


def changed_record(changes: dict[str, Any]) -> Callable[[Path], None]:
    def write(place: Path) -> None:
        about = read_json(place / "checkpoint.json")
        write_json(place / "checkpoint.json", {**about, **changes})

    return write


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        turn_a_bit,
        no_record,
        no_weights,
        *map(other_record, ("", "{}", "[1]", "3", "null")),
        *map(changed_record, [{"step": 6.0}, {"step": 4}, {"scale": None}, {"best": BEST}]),
    ],
)
def test_a_damaged_newest_is_passed_over_and_removed(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """Cut, altered or half written: the one before it is used, and the damaged one does not stay."""
    for step in (5, 6):
        write_checkpoint(tmp_path, checkpoint(step))
    damage(tmp_path / "step-00000006")
    found = newest_checkpoint(tmp_path, ALL)
    assert found is not None
    assert found.step == 5
    assert steps_in(tmp_path) == ["step-00000005"]
    damage(tmp_path / "step-00000005")
    assert newest_checkpoint(tmp_path, ALL) is None


def test_a_checkpoint_is_used_only_with_the_log_of_its_steps(tmp_path: Path) -> None:
    """Going on from step 6 with five steps logged would lose a loss."""
    for step in (5, 6):
        write_checkpoint(tmp_path, checkpoint(step))
    found = newest_checkpoint(tmp_path, 5)
    assert found is not None
    assert found.step == 5
    assert newest_checkpoint(tmp_path, 4) is None


def test_what_an_ended_write_left_is_written_anew(tmp_path: Path) -> None:
    """The folder of a step may hold anything before it is written."""
    (tmp_path / "step-00000003").mkdir()
    (tmp_path / "step-00000003" / "weights.safetensors").write_bytes(b"half")
    (tmp_path / "step-00000003" / ".weights.safetensors.1.tmp").write_bytes(b"half")
    write_checkpoint(tmp_path, checkpoint(3))
    assert newest_checkpoint(tmp_path, ALL) is not None
    assert steps_in(tmp_path / "step-00000003") == [
        "checkpoint.json", "optimizer.safetensors", "weights.safetensors",
    ]  # fmt: skip


def test_a_state_of_another_shape_is_not_taken(tmp_path: Path) -> None:
    """Whole as it is, it belongs to another model; the message names the tensor and the way out."""
    write_checkpoint(tmp_path, checkpoint(3))
    like = {"a.weight": torch.zeros(3, 3), "a.bias": torch.zeros(4)}
    with pytest.raises(
        DamagedFileError, match=r"`a\.weight` is missing or of another shape .* delete"
    ):
        newest_checkpoint(tmp_path, ALL, like)
    assert steps_in(tmp_path) == ["step-00000003"]


def best_at(folder: Path, step: int) -> Best:
    return write_best(folder, step, 1 / step, {"w": torch.full((2,), float(step))})


def test_the_best_weights_stay_as_long_as_a_state_names_them(tmp_path: Path) -> None:
    """Two states, two bests at most; one that no state names is removed."""
    for step in (1, 2, 3, 4):
        write_checkpoint(tmp_path, replace(checkpoint(step), best=best_at(tmp_path, min(step, 3))))
    assert steps_in(tmp_path) == ["best-00000003.safetensors", "step-00000003", "step-00000004"]
    found = newest_checkpoint(tmp_path, ALL)
    assert found is not None
    assert found.best is not None
    assert read_best(tmp_path, found.best)["w"].tolist() == [3.0, 3.0]


def test_a_state_whose_best_weights_are_damaged_is_passed_over(tmp_path: Path) -> None:
    for step in (1, 2):
        write_checkpoint(tmp_path, replace(checkpoint(step), best=best_at(tmp_path, step)))
    (tmp_path / "best-00000002.safetensors").write_bytes(b"cut")
    found = newest_checkpoint(tmp_path, ALL)
    assert found is not None
    assert found.step == 1


def test_meters_are_read_back(tmp_path: Path) -> None:
    """A row a step, every loss to its last bit."""
    meters = Meters(tmp_path, 0)
    rows = [{"step": n, "loss": 1 / (n + 3)} for n in range(5)]
    for row in rows:
        meters.add(row)
    meters.settle()
    assert read_meters(tmp_path / METERS) == rows == meters.rows
    meters.close()


def test_meters_are_cut_back_to_the_checkpoint(tmp_path: Path) -> None:
    """A resumed run measures its steps again, and none stands twice."""
    meters = Meters(tmp_path, 0)
    for step in range(9):
        meters.add({"step": step, "loss": 1.0})
    meters.close()
    again = Meters(tmp_path, 6)
    assert [row["step"] for row in read_meters(tmp_path / METERS)] == list(range(6))
    again.add({"step": 6, "loss": 2.0})
    again.close()
    rows = read_meters(tmp_path / METERS)
    assert [row["step"] for row in rows] == list(range(7))
    assert rows == again.rows


@pytest.mark.parametrize(
    "tail", [b'{"step": 2, "lo', b"\0\0\0\0", b"\xff\xfe\n", b"7\n", b'{"step": 3, "loss": 1}\n', b"{}\n"]
)  # fmt: skip
def test_meters_end_where_the_log_is_damaged(tmp_path: Path, tail: bytes) -> None:
    """A line cut by a kill, zeros after a loss of power, a step that is missing: the rest is left out."""
    lines = [json.dumps({"step": n, "loss": 1.0}) + "\n" for n in range(2)]
    whole = '\n{"step": 2, "loss": 1.0}\n'
    (tmp_path / METERS).write_bytes("".join(lines).encode() + tail + whole.encode())
    assert [row["step"] for row in read_meters(tmp_path / METERS)] == [0, 1]


def test_a_log_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_meters(tmp_path / METERS) == []
    write_json(tmp_path / METERS, {"step": 1})
    assert read_meters(tmp_path / METERS) == []
