"""Which executor a run was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hornbook.engine.executors import Executor, InProcess, Workers
from hornbook.engine.scheduling import Limits
from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from hornbook.stages import StageContext


def executor_for(workers: int, limits: Limits | None = None) -> Executor:
    return Workers(workers, limits) if workers > 1 else InProcess(limits)


def executor_of(context: StageContext) -> Executor:
    """The executor that the run was asked for (`--engine`, `--address`, `--workers`)."""
    chosen, limits = context.engine, Limits(seconds=context.engine.seconds)
    if chosen.kind == "in-process":
        return InProcess(limits)
    if chosen.kind == "workers":
        return Workers(context.workers, limits)
    if chosen.kind == "ray":
        from hornbook.engine.ray import RayCluster

        return RayCluster(chosen.address, context.workers, limits)
    if chosen.kind != "auto":
        raise ConfigError(f"no engine `{chosen.kind}` (in-process, workers, ray)")
    return executor_for(context.workers, limits)
