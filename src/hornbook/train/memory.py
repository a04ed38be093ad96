"""Whether a phase fits into the memory: said before the first step where it can be known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from hornbook.errors import ResourceError
from hornbook.train.job import Job
from hornbook.train.precision import compute_type

_OUT_OF_MEMORY = re.compile(r"not enough memory|can't allocate memory|out of memory|bad_alloc")
_CONTAINER = Path("/sys/fs/cgroup")


def least_bytes(job: Job) -> int:
    """What a phase needs at the very least, whatever else it does.

    For each weight: the master copy, its gradient and the optimizer's memory in float32, and the
    model's copy and gradient in the phase's format; for each position of a micro-batch: the residual
    stream of every block, for the way back.
    """
    size = compute_type(job.phase.precision).itemsize
    moments = 8 if job.phase.optimizer == "adamw" else 4
    shape = job.model.settings
    weights = shape.parameters * (4 + 4 + moments + 2 * size)
    positions = min(job.phase.micro_batch, max(1, job.phase.batch_tokens // shape.context))
    return weights + positions * shape.context * shape.layers * shape.hidden * size


def available_bytes() -> int:
    """Memory that this process may still take: the machine's, its container's, its own limit's."""
    import resource

    import psutil

    free = int(psutil.virtual_memory().available)
    contained = container_bytes(_CONTAINER)
    if contained is not None:
        free = min(free, contained)
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most != resource.RLIM_INFINITY:
        free = min(free, most - int(psutil.Process().memory_info().vms))
    return free


def container_bytes(group: Path) -> int | None:
    """What a control group still lets its processes take; None where it sets no limit.

    Pages of files count as used and are given back when they are needed.
    """
    try:
        limit = int((group / "memory.max").read_text())
        used = int((group / "memory.current").read_text())
        lines = (line.split() for line in (group / "memory.stat").read_text().splitlines())
        pages = {name: int(size) for name, size in lines}
    except (OSError, ValueError):  # no such file, or "max"
        return None
    return limit - used + pages.get("active_file", 0) + pages.get("inactive_file", 0)


def check_memory(job: Job) -> None:
    """Raises `ResourceError` where the phase can't fit."""
    need, have = least_bytes(job), available_bytes()
    if need > have:
        raise ResourceError(
            f"{job.folder}: training needs at least {need / 1e9:.1f} GB of memory and"
            f" {max(have, 0) / 1e9:.1f} GB are free; {_advice(job)}"
        )


@contextmanager
def explained(job: Job) -> Iterator[None]:
    """Turns whatever says that memory ran out into a `ResourceError` with advice."""
    try:
        yield
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _ran_out(job) from error
    except RuntimeError as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise _ran_out(job) from error
        raise


def _ran_out(job: Job) -> ResourceError:
    return ResourceError(f"{job.folder}: the memory ran out while training; {_advice(job)}")


def _advice(job: Job) -> str:
    return (
        f"lower train.phases.PHASE.micro_batch ({job.phase.micro_batch}; the result stays the same"
        " up to rounding), or choose a smaller [model]"
    )
