"""Running programs that nobody has read.

What protects, in this version (tier `limited-process`): a separate process without our
environment; limits on CPU time, wall time, memory, open files and output; no network (its own
network namespace); no change to any file (Landlock); every process it leaves behind is killed.
What does not: the program can read the files that this user can read and change their modes and
times, and since the tests run in
the program's own process, a malicious program could forge a pass (such verdicts are marked
`forgeable`). Where the kernel can't give the network namespace and Landlock, generated code is not
run at all.
"""

from hornbook.sandbox.fake import FakeSandbox
from hornbook.sandbox.limited import LimitedProcess, open_sandbox
from hornbook.sandbox.outcome import Limits, Outcome, Sandbox
from hornbook.sandbox.pool import judge_all, run_all

__all__ = [
    "FakeSandbox",
    "LimitedProcess",
    "Limits",
    "Outcome",
    "Sandbox",
    "judge_all",
    "open_sandbox",
    "run_all",
]
