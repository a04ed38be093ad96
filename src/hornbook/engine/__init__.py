"""The engine: one function over many jobs, in this process or in local worker processes.

The same function gives the same bytes either way; only the time differs. A job that raises fails
alone; a job that kills its worker is tried again alone and given up after three deaths.
"""

from hornbook.engine.executors import Executor, InProcess, Workers, executor_for
from hornbook.engine.jobs import Job, JobFailure, Work, run_jobs

__all__ = [
    "Executor",
    "InProcess",
    "Job",
    "JobFailure",
    "Work",
    "Workers",
    "executor_for",
    "run_jobs",
]
