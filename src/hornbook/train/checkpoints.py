"""Unfinished training on disk: weights, optimizer, step; whole or not there at all.

`step-N/` holds a state to go on from; the newest two are kept, the older one in case the newest is
damaged. `best-N.safetensors` holds the weights with the least held-out loss so far; it is kept as
long as a state names it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from hornbook.errors import DamagedFileError, HornbookError
from hornbook.model.tensor_file import write_tensors
from hornbook.storage import digest, file_digest, read_json, write_json

CHECKPOINTS = ".checkpoints"
KEPT = 2
PARTS = ("weights", "optimizer")
RECORD = "checkpoint.json"
"""Of a state: its step, the digests of its files and of itself; written last."""


@dataclass(frozen=True)
class Best:
    """The weights with the least held-out loss so far: where they lie, and after which step."""

    step: int
    loss: float
    sha256: str

    @property
    def name(self) -> str:
        return f"best-{self.step:08d}.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """A state to go on from. To be written, tensors are lent and not copied."""

    step: int
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    scale: dict[str, float] = field(default_factory=dict)
    best: Best | None = None


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write into a folder of its own; its `checkpoint.json` comes last and makes it valid."""
    place = folder / f"step-{checkpoint.step:08d}"
    if place.exists():
        shutil.rmtree(place)
    digests = {}
    for name in PARTS:
        path = place / f"{name}.safetensors"
        write_tensors(path, getattr(checkpoint, name))
        digests[name] = file_digest(path)
    best = None if checkpoint.best is None else vars(checkpoint.best)
    about = {"step": checkpoint.step, "sha256": digests, "scale": checkpoint.scale, "best": best}
    write_json(place / RECORD, {**about, "digest": digest(about)})
    _prune(folder)


def _prune(folder: Path) -> None:
    states = sorted(folder.glob("step-*"))
    for old in states[:-KEPT]:
        shutil.rmtree(old)
    named = set()
    for place in states[-KEPT:]:
        about = _record(place)
        if about is not None and about["best"] is not None:
            named.add(Best(**about["best"]).name)
    for path in folder.glob("best-*"):
        if path.name not in named:
            path.unlink()


def write_best(folder: Path, step: int, loss: float, weights: Mapping[str, Tensor]) -> Best:
    """Lay the weights down as the best so far. Earlier ones go with the states that name them."""
    path = folder / Best(step, loss, "").name
    write_tensors(path, weights)
    return Best(step, loss, file_digest(path))


def read_best(folder: Path, best: Best) -> dict[str, Tensor]:
    """Raises `DamagedFileError` where the file is not what was written."""
    path = folder / best.name
    if not path.exists() or file_digest(path) != best.sha256:
        raise DamagedFileError(f"{path}: missing or not what was written; train the phase again")
    return load_file(path)


def newest_checkpoint(
    folder: Path, logged: int, like: Mapping[str, Tensor] | None = None
) -> Checkpoint | None:
    """The newest checkpoint that is whole and whose steps are all among the `logged` first ones.

    Any other is removed, and the one before is used: without the log, losses would be missing.
    Raises `DamagedFileError` where a whole one holds weights of another shape than `like`.
    """
    for place in sorted(folder.glob("step-*"), reverse=True):
        about, found = _record(place), None
        with contextlib.suppress(HornbookError, OSError, SafetensorError):
            if about is not None and about["step"] <= logged:
                found = _read(folder, place, about)
        if found is not None:
            _check_shape(place, found.weights, like or {})
            return found
        shutil.rmtree(place)
    return None


def _record(place: Path) -> dict[str, Any] | None:
    """What a state's record says; None where it is missing or not what was written."""
    with contextlib.suppress(HornbookError, OSError):
        about = read_json(place / RECORD)
        if isinstance(about, dict) and about.pop("digest", None) == digest(about):
            return about
    return None


def _read(folder: Path, place: Path, about: dict[str, Any]) -> Checkpoint | None:
    files = {name: place / f"{name}.safetensors" for name in PARTS}
    if {name: file_digest(path) for name, path in files.items()} != about["sha256"]:
        return None
    best = None if about["best"] is None else Best(**about["best"])
    if best is not None:
        read_best(folder, best)
    loaded = {name: load_file(path) for name, path in files.items()}
    return Checkpoint(about["step"], loaded["weights"], loaded["optimizer"], about["scale"], best)


def _check_shape(place: Path, weights: Mapping[str, Tensor], like: Mapping[str, Tensor]) -> None:
    for name, tensor in like.items():
        if name not in weights or weights[name].shape != tensor.shape:
            raise DamagedFileError(
                f"{place}: `{name}` is missing or of another shape than the [model] settings say;"
                " delete the folder to train the phase from its beginning"
            )
