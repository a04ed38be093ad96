"""Running programs that nobody has read, and verdicts that they can't forge.

A check is two processes that a warm zygote makes: the solution's, and the judge's with the tests and
the expected values. Values cross between them by a small codec; the verdict leaves on a pipe that
only the judge holds. Around both stand, as far as the kernel gives them: namespaces for users,
files, processes, network, IPC and host name; Landlock; an allow-list of system calls; limits. Which
tier that makes is found by canaries; where it makes none, generated code is not run.

What this does NOT cover:

- faults of the kernel and of the processor, and attacks by timing or by shared caches;
- weak tests: a wrong program that gives the expected values passes, as it would anywhere;
- a solution that knows the answers by heart: that is contamination (`decontaminate`);
- tests of someone who means ill: whoever writes the tests decides the verdict (the machine is
  protected from them all the same);
- tests that need the solution's own objects compared, or hand over what can't cross: those verdicts
  are marked `forgeable`;
- `Sandbox.run`: a lone program reports its own end;
- a machine's time and electricity up to the limits, and denial of service by many checks at once;
- in tier C names, sizes and times of files, the host's name and load; under `none` and for programs
  of our own (`unprotected`) everything but limits.
"""

from hornbook.sandbox.fake import FakeSandbox
from hornbook.sandbox.outcome import Limits, Outcome, Sandbox
from hornbook.sandbox.pool import judge_all, run_all
from hornbook.sandbox.selftest import CHOICES, TIERS, open_sandbox, rules_digest, unprotected
from hornbook.sandbox.split import SplitSandbox, unfit

__all__ = [
    "CHOICES",
    "TIERS",
    "FakeSandbox",
    "Limits",
    "Outcome",
    "Sandbox",
    "SplitSandbox",
    "judge_all",
    "open_sandbox",
    "rules_digest",
    "run_all",
    "unfit",
    "unprotected",
]
