"""One job, once: its result, its failure, or what stops everything."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from typing import Any

from hornbook.engine.jobs import JobFailure, Work
from hornbook.errors import HornbookError, UserError


@dataclass(frozen=True)
class Stop:
    """An error that is not one job's: the disk is full, or the input is bad for everyone."""

    error: Exception


Answer = dict[str, Any] | JobFailure | Stop


def attempt(work: Work, payload: Any) -> Answer:
    """Do one job. Nothing is raised, for an error may have to travel between processes."""
    try:
        return work(payload)
    except (UserError, OSError) as error:
        return Stop(error)
    except HornbookError as error:
        return JobFailure("", str(error))
    except Exception as error:
        return JobFailure("", f"{type(error).__name__}: {error}")


def set_up(work: Work) -> Stop | None:
    """What loads dear things fails for every job, or for none."""
    try:
        work.setup()
    except Exception as error:
        return Stop(error)
    return None


def portable(value: Answer | None) -> Answer | None:
    """`value`, with an error that another process can read: not every exception can be copied."""
    if not isinstance(value, Stop):
        return value
    try:
        ForkingPickler.loads(ForkingPickler.dumps(value))
    except Exception:
        return Stop(HornbookError(f"{type(value.error).__name__}: {value.error}"))
    return value
