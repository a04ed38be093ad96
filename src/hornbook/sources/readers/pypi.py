"""Wheels of pinned distributions, downloaded and never installed.

Only wheels: merely asking pip for an sdist's metadata runs the sdist's own build. The environment's
pip does the download, so its index, proxy and certificates are honoured; `--require-hashes` and a
second check of ours hold the file to the pinned sha256. Files are kept in the cache by that hash.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hornbook.errors import NetworkError, SourceError
from hornbook.sources.pins import Pin, tags_of
from hornbook.storage import file_digest

GROUP = 6
"""Distributions asked for in one call of pip: an interruption costs one group at most."""


def is_wheel(pin: Pin) -> bool:
    return pin.file.endswith(".whl")


def cached(pin: Pin, cache: Path) -> Path | None:
    """The pinned file, if the cache has it whole."""
    path = cache / "wheels" / f"{pin.sha256}.whl"
    if path.exists() and file_digest(path) == pin.sha256:
        return path
    path.unlink(missing_ok=True)
    return None


def fetch(pins: Sequence[Pin], cache: Path, on_done: Callable[[int, int], None]) -> dict[str, Path]:
    """Every pinned wheel by its sha256; downloads what the cache lacks.

    Raises `NetworkError` naming what could not be had. What was had before stays in the cache.
    """
    missing = [pin for pin in pins if cached(pin, cache) is None]
    done = len(pins) - len(missing)
    on_done(done, len(pins))
    for group in _groups(missing):
        _download(group, cache)
        done += len(group)
        on_done(done, len(pins))
    return {pin.sha256: cache / "wheels" / f"{pin.sha256}.whl" for pin in pins}


def _groups(pins: Sequence[Pin]) -> list[list[Pin]]:
    """Pins that one call of pip can serve: built for one Python, a few at a time."""
    by_tags: dict[tuple[str, str], list[Pin]] = {}
    for pin in pins:
        tags = tags_of(pin.file)
        by_tags.setdefault((tags.python, tags.abi), []).append(pin)
    return [
        each[start : start + GROUP]
        for each in by_tags.values()
        for start in range(0, len(each), GROUP)
    ]


def _download(pins: Sequence[Pin], cache: Path) -> None:
    if importlib.util.find_spec("pip") is None:
        raise SourceError(
            "sources.pypi: this environment has no pip, which does the download;"
            " install it (python -m ensurepip), or leave pypi out"
        )
    (cache / "wheels").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="download-") as folder:
        wanted = Path(folder) / "wanted.txt"
        lines = (f"{pin.name}=={pin.version} --hash=sha256:{pin.sha256}\n" for pin in pins)
        wanted.write_text("".join(lines))
        result = subprocess.run(
            [sys.executable, "-m", "pip", *_arguments(pins), "-d", folder, "-r", str(wanted)],
            capture_output=True,
            text=True,
            env={**os.environ, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            check=False,
        )
        for pin in pins:
            path = Path(folder) / pin.file
            if path.exists() and file_digest(path) == pin.sha256:
                os.replace(path, cache / "wheels" / f"{pin.sha256}.whl")
    lost = [f"{pin.name} {pin.version}" for pin in pins if cached(pin, cache) is None]
    if lost:
        raise NetworkError(
            f"sources.pypi: could not download {', '.join(lost)}: {_reason(result.stderr)}."
            " Check the network and run the same command again; it goes on from here"
        )


def _arguments(pins: Sequence[Pin]) -> list[str]:
    tags = [tags_of(pin.file) for pin in pins]
    first = tags[0]
    version = "".join(c for c in first.python.split(".")[-1] if c.isdigit())
    platforms = sorted({platform for each in tags for platform in each.platforms})
    arguments = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    # The file is only read, so which Pythons it may be installed on does not matter.
    arguments += ["--ignore-requires-python"]
    arguments += ["--python-version", version if len(version) > 1 else "3.11"]
    arguments += ["--implementation", "cp" if first.python.startswith("cp") else "py"]
    arguments += ["--abi", first.abi]
    for platform in platforms:
        arguments += ["--platform", platform]
    return arguments


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["pip gave no reason"])[0][:300].rstrip(".")
