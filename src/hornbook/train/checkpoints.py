"""Unfinished training on disk: weights, optimizer, step; whole or not there at all."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from hornbook.errors import HornbookError
from hornbook.storage import file_digest, read_json, write_bytes, write_json

KEPT = 2
"""The newest, and one before it in case the newest is damaged."""


@dataclass(frozen=True)
class Checkpoint:
    step: int
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write into a folder of its own; its `checkpoint.json` comes last and makes it valid."""
    place = folder / f"step-{checkpoint.step:08d}"
    if place.exists():
        shutil.rmtree(place)
    digests = {}
    for name in ("weights", "optimizer"):
        path = place / f"{name}.safetensors"
        write_bytes(path, save({k: t.contiguous() for k, t in getattr(checkpoint, name).items()}))
        digests[name] = file_digest(path)
    write_json(place / "checkpoint.json", {"step": checkpoint.step, "sha256": digests})
    for old in sorted(folder.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old)


def newest_checkpoint(folder: Path, logged: int) -> Checkpoint | None:
    """The newest checkpoint that is whole and whose steps are all among the `logged` first ones.

    Any other is removed, and the one before is used: without the log, losses would be missing.
    """
    for place in sorted(folder.glob("step-*"), reverse=True):
        with contextlib.suppress(HornbookError, OSError, KeyError, TypeError):
            about = read_json(place / "checkpoint.json")
            files = {name: place / f"{name}.safetensors" for name in ("weights", "optimizer")}
            digests = {name: file_digest(path) for name, path in files.items()}
            if digests == about["sha256"] and about["step"] <= logged:
                loaded = {name: load_file(path) for name, path in files.items()}
                return Checkpoint(about["step"], loaded["weights"], loaded["optimizer"])
        shutil.rmtree(place)
    return None


def copies(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    with torch.no_grad():
        return {name: tensor.detach().clone() for name, tensor in tensors.items()}
