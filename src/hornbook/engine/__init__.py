"""The engine: one function over many jobs, in this process, in worker processes, or on a Ray cluster.

The same function gives the same bytes each way; only the time differs. A job that raises fails
alone; one that kills its worker is given up after three deaths; one that never ends is ended. Rows
that share a job are halved until the one at fault stands alone, and a row that is known is not done
again.
"""

from hornbook.engine.choice import executor_for, executor_of
from hornbook.engine.executors import Executor, InProcess, Workers
from hornbook.engine.jobs import Job, JobFailure, Work, run_jobs
from hornbook.engine.row_cache import Row, RowCache, RowCounts, cached_rows
from hornbook.engine.rows import rows_as_done, run_rows
from hornbook.engine.scheduling import Limits

__all__ = [
    "Executor",
    "InProcess",
    "Job",
    "JobFailure",
    "Limits",
    "Row",
    "RowCache",
    "RowCounts",
    "Work",
    "Workers",
    "cached_rows",
    "executor_for",
    "executor_of",
    "rows_as_done",
    "run_jobs",
    "run_rows",
]
