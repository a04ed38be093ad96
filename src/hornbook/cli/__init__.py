"""The command line: one verb a room, in floor order, and a few for whole runs.

Nothing heavy is imported before the verb is known, so `hornbook --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0, 1 for our faults, 2 for the user's, 130 for Ctrl-C."""
    # Torch's threads wait for each other by spinning. Beside other work that keeps a core from
    # whoever has something to do: measured, 640 ms a step of training instead of 320.
    os.environ.setdefault("GOMP_SPINCOUNT", "300")
    # The filter's matrices are small: measured, a second thread took a whole core and won no time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from hornbook.cli.parser import build_parser
    from hornbook.errors import HornbookError, from_os_error

    options = build_parser().parse_args(argv)
    try:
        return int(options.act(options))
    except HornbookError as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("stopped; the same command goes on from here", 130)
    except BrokenPipeError:
        # The reader of our output went away; there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except MemoryError:
        return _complain("out of memory; try --workers 1, a smaller --scale or batch sizes", 2)
    except OSError as error:
        known = from_os_error(error)
        if known is None:
            raise
        return _complain(str(known), known.exit_code)


def _complain(message: str, code: int) -> int:
    print(f"hornbook: {message}", file=sys.stderr)
    return code
