# priority: changes its own and others' priority, scheduler and cores
# control: evidence
raise ImportError("hostile: only the range runs this, inside a sandbox")  # FUSE
# ruff: noqa
import os

tried()
for words, attempt in (
    ("nice", lambda: os.nice(5)),
    ("setpriority", lambda: os.setpriority(os.PRIO_USER, 0, 10)),
    ("scheduler", lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))),
    ("realtime", lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),
    ("cores", lambda: os.sched_setaffinity(0, range(os.cpu_count()))),
    ("another's cores", lambda: os.sched_setaffinity(os.getppid() or 2, {0})),
):
    try:
        attempt()
        evidence(words)
    except OSError:
        pass


def add(a, b):
    return 0
