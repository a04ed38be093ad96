"""The resume certificate of a run: killed and gone on with, its training ends with the same bits."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch

from hornbook import __version__
from hornbook.errors import ConfigError
from hornbook.recipes.folder import claimed
from hornbook.recipes.named import NamedArm
from hornbook.recipes.training import ArmPhase, open_job
from hornbook.stages import MANIFEST
from hornbook.storage import write_json
from hornbook.train.job import Job
from hornbook.train.proof import Proof, prove

SCRATCH = ".resume-"


@dataclass(frozen=True)
class Certificate:
    """What was found, and where it was written."""

    path: Path
    same: bool
    lines: list[str]


def certify(named: NamedArm, steps: int, kills: int) -> Certificate:
    """Prove it on the run's own data and model, here and now, and write `train/resume-ARM.json`.

    Raises `ConfigError` where what the phase starts from is not there yet.
    """
    run, recipe, arm = named.run, named.recipe, named.arm
    lesson = ArmPhase(recipe, arm, recipe.train.arms[arm].phases[-1])
    for stage in ("tokens", lesson.before):
        if stage is not None and not (run / stage / MANIFEST).exists():
            raise ConfigError(
                f"{run}: `{stage}` is not finished, and the phase {arm}/{lesson.phase} starts from"
                f" it; `hornbook train RECIPE --name {run.name}` brings the run there"
            )
    with claimed(run):
        home = run / "train"
        home.mkdir(exist_ok=True)
        for left in home.glob(f"{SCRATCH}*"):  # by one that was killed
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=home))
        try:
            proof = prove(partial(_open, run, lesson), scratch, steps, kills)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        path = run / "train" / f"resume-{arm}.json"
        write_json(path, _as_json(lesson, proof))
    return Certificate(path, proof.same, _told(lesson, proof, path))


def _open(run: Path, lesson: ArmPhase, folder: Path) -> Job:
    inputs = {name: run / name for name in ("tokens", lesson.before) if name is not None}
    return open_job(folder, lesson, inputs)


def _as_json(lesson: ArmPhase, proof: Proof) -> dict[str, Any]:
    phase = lesson.recipe.train.phases[lesson.phase]
    return {
        **proof.as_json(),
        "arm": lesson.arm,
        "phase": lesson.phase,
        "settings": phase.model_dump(mode="json"),
        "machine": {
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "system": platform.system(),
            "capability": torch.backends.cpu.get_cpu_capability(),
        },
        "versions": {
            "hornbook": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
        },
    }


def _told(lesson: ArmPhase, proof: Proof, path: Path) -> list[str]:
    writes = sum(kill.in_checkpoint_write for kill in proof.kills)
    often = "once" if len(proof.kills) == 1 else f"{len(proof.kills)} times"
    what = f"{lesson.arm}/{lesson.phase}: {proof.steps} steps, killed {often}"
    verdict = "the same losses and weights, to the bit" if proof.same else "NOT the same bits"
    return [
        f"{what} ({writes} of them within a checkpoint's write): {verdict}",
        f"weights {proof.undisturbed['model.safetensors']}",
        f"the certificate is {path}",
    ]
