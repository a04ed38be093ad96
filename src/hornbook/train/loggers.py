"""Meters as TensorBoard and wandb show them, where someone asks for it and they are installed.

`meters.jsonl` is always written; what is here is a copy for people who watch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from hornbook.train.job import Job


class Logger(Protocol):
    def add(self, row: Mapping[str, Any]) -> None: ...

    def close(self) -> None: ...


class Loggers:
    """All that were asked for, as one."""

    def __init__(self, inner: list[Logger]) -> None:
        self._inner = inner

    def add(self, row: Mapping[str, Any]) -> None:
        for logger in self._inner:
            logger.add(row)

    def close(self) -> None:
        for logger in self._inner:
            logger.close()


def open_loggers(job: Job, start: int) -> Loggers:
    """Raises `ImportError` for one that is not installed; who takes the order looks beforehand."""
    makers: dict[str, Callable[[Job, int], Logger]] = {"tensorboard": TensorBoard, "wandb": Wandb}
    return Loggers([makers[name](job, start) for name in job.loggers])


def scalars(row: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a row under a path.

    >>> list(scalars({"step": 3, "loss": 2.5, "tables": {"code": {"loss": 2.0}}}))
    [('loss', 2.5), ('tables/code/loss', 2.0)]
    """
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from scalars(value, f"{prefix}{name}/")
        elif isinstance(value, int | float) and name != "step":
            yield f"{prefix}{name}", float(value)


class TensorBoard:
    """Event files in the phase's folder `tensorboard/`."""

    def __init__(self, job: Job, start: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        # Events of steps that are taken again are to be forgotten.
        self._writer = SummaryWriter(str(job.folder / "tensorboard"), purge_step=start)

    def add(self, row: Mapping[str, Any]) -> None:
        for name, value in scalars(row):
            self._writer.add_scalar(name, value, row["step"])

    def close(self) -> None:
        self._writer.close()


class Wandb:
    """A run named after the phase's folder; where it goes is wandb's own configuration."""

    def __init__(self, job: Job, start: int) -> None:
        import wandb

        name = "-".join(job.folder.parts[-4:])
        self._run = wandb.init(
            project="hornbook", id=name, name=name, resume="allow", dir=str(job.folder.parent),
            config=job.phase.model_dump(mode="json"),
        )  # fmt: skip

    def add(self, row: Mapping[str, Any]) -> None:
        self._run.log(dict(scalars(row)), step=row["step"])

    def close(self) -> None:
        self._run.finish()
