"""Proof that a phase which is killed and gone on with ends with the same bits.

The first steps of a phase are trained twice by processes of their own: once undisturbed, once killed
(SIGKILL) again and again, also in the midst of writing a checkpoint. Losses and weights must agree to
the bit. This holds for the machine, the versions and the number of threads it was done with.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hornbook.errors import HornbookError, UserError, from_os_error
from hornbook.storage import file_digest, read_json
from hornbook.train.checkpoints import CHECKPOINTS
from hornbook.train.job import Job, sequences_a_step
from hornbook.train.loop import train
from hornbook.train.meters import METERS, read_meters

PATIENCE = 0.0002
"""Seconds between looks at the checkpoint folder, to meet a write while it happens."""
LONG = 5.0
"""Seconds to wait for a write: after its last step a phase that is to die writes no more."""
SHORT = 0.02
"""Seconds that a step is taken to last before one has been seen."""

OpenJob = Callable[[Path], Job]
"""Makes the job anew for a folder, in a process of its own."""


@dataclass(frozen=True)
class Kill:
    """One death: how many steps were logged, and whether a checkpoint lay half written."""

    steps_done: int
    in_checkpoint_write: bool


@dataclass(frozen=True)
class Proof:
    """What both trainings came to."""

    same: bool
    steps: int
    kills: list[Kill]
    undisturbed: dict[str, str]
    """File -> sha256."""
    killed: dict[str, str]
    losses: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def prove(open_job: OpenJob, scratch: Path, steps: int, kills: int, seed: int = 1) -> Proof:
    """Train `steps` steps undisturbed and with `kills` deaths, in folders under `scratch`.

    A phase that is shorter is trained to its end. Raises `HornbookError` where a training fails of itself.
    """
    whole, folder = scratch / "whole", scratch / "killed"
    _live(open_job, whole, steps)
    losses = read_json(whole / "losses.json")
    steps = len(losses)
    rng = random.Random(seed)
    deaths: list[Kill] = []
    for number in range(kills):
        upto = max(1, round(steps * (number + 1) / (kills + 1)))
        death = _Death(upto, number % 2 == 1, rng.random())
        deaths.append(_die(open_job, folder, steps, death))
    _live(open_job, folder, steps)
    first, second = _results(whole), _results(folder)
    return Proof(first == second, steps, deaths, first, second, losses)


@dataclass(frozen=True)
class _Death:
    """When a process is to die: once `step` steps are logged; within a checkpoint's write, or at a
    random moment of the step after."""

    step: int
    in_write: bool
    moment: float


def _results(folder: Path) -> dict[str, str]:
    names = ("losses.json", "validation.json", "model.safetensors")
    return {name: file_digest(folder / name) for name in names}


def _live(open_job: OpenJob, folder: Path, steps: int) -> None:
    """Train to the end."""
    with _child(partial(_train, open_job, folder, steps)) as (process, told):
        for _ in _steps(told):
            pass
        process.join()
    if process.exitcode:
        raise HornbookError(f"{folder}: training ended with the code {process.exitcode}")


def _die(open_job: OpenJob, folder: Path, steps: int, death: _Death) -> Kill:
    """Train up to the death. The last step waits for it, so that the end never comes first."""
    with _child(partial(_train, open_job, folder, steps, wait=True)) as (_, told):
        began, pace = time.monotonic(), SHORT
        for done in _steps(told):
            if done >= death.step:
                break
            began, pace = time.monotonic(), time.monotonic() - began
        if death.in_write:
            _await_write(folder / CHECKPOINTS)
        else:
            time.sleep(death.moment * pace)
    logged = len(read_meters(folder / METERS))
    return Kill(logged, _half_written(folder / CHECKPOINTS))


def _await_write(folder: Path) -> None:
    """Until a checkpoint lies half written, or long enough to know that none is to come."""
    latest = time.monotonic() + LONG
    while time.monotonic() < latest and not _half_written(folder):
        time.sleep(PATIENCE)


def _half_written(folder: Path) -> bool:
    return any(
        not (place / "checkpoint.json").exists()
        for place in (folder.glob("step-*") if folder.exists() else ())
    )


def _steps(told: Connection) -> Iterator[int]:
    """The numbers of the steps, as they are taken. Raises what the training failed with."""
    with contextlib.suppress(EOFError):
        while True:
            heard = told.recv()
            if isinstance(heard, HornbookError):
                raise heard
            yield int(heard)


@contextlib.contextmanager
def _child(work: Callable[[Connection], None]) -> Iterator[tuple[Any, Connection]]:
    """A process that trains, and what it tells; it does not outlive the block."""
    # A server that has loaded torch once, and what its optimizers load late, makes a life cheap.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["hornbook.train.proof", "torch._dynamo"])
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(tell,))
    process.start()
    tell.close()
    try:
        yield process, told
    finally:
        process.kill()
        process.join()
        told.close()


def _await_end_of_parent() -> None:
    """Until death comes, or there is nobody left to bring it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()


def _train(
    open_job: OpenJob, folder: Path, steps: int, tell: Connection, wait: bool = False
) -> None:
    """In the child: the phase's first steps, with a checkpoint after each."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    try:
        job = open_job(folder)
        context = job.batches.context
        step_tokens = context * sequences_a_step(job.phase, context)

        def report(done: int, total: int, _: float) -> None:
            tell.send(done // step_tokens)
            if wait and done == total:
                _await_end_of_parent()

        changes = {"stop": steps, "checkpoint_seconds": 1e-9, "keep_every": 0}
        phase = job.phase.model_copy(update=changes)
        train(replace(job, phase=phase, on_progress=report, loggers=()))
    except BrokenPipeError:
        return  # the parent was killed: nobody is left to be told
    except UserError as error:
        tell.send(error)
    except Exception as error:
        known = from_os_error(error) if isinstance(error, OSError) else None
        if known is None and not isinstance(error, HornbookError | OSError):
            traceback.print_exc()
        words = f"{folder}: training failed while it was to be proved ({error})"
        tell.send(known or HornbookError(words))
