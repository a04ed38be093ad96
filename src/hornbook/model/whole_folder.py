"""A folder that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hornbook.errors import ConfigError


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write in; it takes the name `out` when the block ends well.

    Whatever ends the block otherwise, Ctrl-C and a full disk included, leaves nothing behind.

    Raises `ConfigError` where `out` is a file or a folder that holds something.
    """
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise ConfigError(f"--out {out}: is there already and not empty; name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.parent / f".{out.name}.{os.getpid()}.tmp"
    temporary.mkdir()
    try:
        yield temporary
        os.rename(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
