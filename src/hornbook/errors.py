"""The error tree. Each message says what is wrong, where, and what to do about it.

HornbookError                 anything this program raises on purpose
├── UserError                 the user can mend it; exit code 2, no traceback
│   ├── ConfigError           a recipe or option: unknown key, wrong type, out of range
│   ├── SourceError           an input: missing, empty, damaged, hostile
│   ├── RunFolderError        a run folder of another recipe, or one that can't be written
│   ├── NetworkError          a download that failed; running again goes on
│   └── ResourceError         disk or memory ran out; what was finished is kept
├── ConservationError         rows in != kept + dropped + failed: a fault of ours, stops the run
├── DamagedFileError          a file of ours whose bytes are not what its manifest says
├── SandboxUnavailable        generated code can't be run safely on this machine
└── PreflightFailed           answers with known verdicts got others: nothing is scored
"""

from __future__ import annotations

import errno


class HornbookError(Exception):
    """Anything this program raises on purpose."""

    exit_code = 1


class UserError(HornbookError):
    """Something the user can mend. Printed without a traceback; exit code 2."""

    exit_code = 2


class ConfigError(UserError):
    """A recipe or an option is wrong."""


class SourceError(UserError):
    """An input is missing, empty, damaged or hostile."""


class RunFolderError(UserError):
    """A run folder belongs to another recipe, is in use, or can't be written."""


class NetworkError(UserError):
    """A download failed. What was finished is kept; the same command goes on from there."""


class ResourceError(UserError):
    """The disk or the memory ran out. What was finished is kept."""


class ConservationError(HornbookError):
    """A stage lost or invented rows."""


class DamagedFileError(HornbookError):
    """A file of ours does not hold what its manifest says."""


class SandboxUnavailable(HornbookError):
    """Generated code can't be run safely here; scores that need it are "not run"."""


class PreflightFailed(HornbookError):
    """Answers whose verdicts are known beforehand got others; scores would be of something else."""


_OS_ADVICE = {
    errno.ENOSPC: "the disk is full: free some space",
    errno.EDQUOT: "the disk quota is used up: free some space",
    errno.EROFS: "the folder is on a read-only file system: choose another with --runs",
    errno.EACCES: "permission denied: choose a folder you may write with --runs",
    errno.EPERM: "permission denied: choose a folder you may write with --runs",
    errno.ENOTDIR: "a file stands where a folder should: choose another with --runs",
    errno.EEXIST: "a file stands where a folder should: choose another with --runs",
}


def from_os_error(error: OSError) -> UserError | None:
    """The user's error behind an operating system's, or None where it is not the user's to mend.

    >>> str(from_os_error(OSError(errno.ENOSPC, "No space left on device", "runs/x")))
    'runs/x: the disk is full: free some space, then run the same command again'
    """
    advice = _OS_ADVICE.get(error.errno or 0)
    if advice is None:
        return None
    where = error.filename if error.filename is not None else "a file of this run"
    kind = ResourceError if error.errno in (errno.ENOSPC, errno.EDQUOT) else RunFolderError
    return kind(f"{where}: {advice}, then run the same command again")
