"""A stage: reads folders, writes one folder, and writes its manifest last.

The manifest's presence means the folder is whole; resuming a run is reading manifests. Every
stage obeys the conservation law: rows in = kept + dropped (each with a reason) + failed. A
breach stops the run, for a row that vanishes in silence is the field's second commonest fault.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hornbook import __version__
from hornbook.config import Settings
from hornbook.errors import ConservationError, DamagedFileError
from hornbook.progress import Progress, Silent
from hornbook.records import FORMAT_VERSIONS
from hornbook.storage import digest, file_digest, read_json, write_json

MANIFEST = "manifest.json"
CLAIM = "claim.json"
"""Written first: which work the folder holds unfinished, so that it can be gone on with."""


@dataclass(frozen=True)
class Counts:
    """What became of the rows that entered a stage.

    >>> Counts(rows_in=3, kept=1, dropped={"empty": 1}, failed=1).check("demo")
    >>> Counts(rows_in=3, kept=1).check("demo")
    Traceback (most recent call last):
    hornbook.errors.ConservationError: demo: 3 rows in, but 1 kept + 0 dropped + 0 failed = 1
    """

    rows_in: int
    kept: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    failed: int = 0

    def check(self, stage: str) -> None:
        dropped = sum(self.dropped.values())
        total = self.kept + dropped + self.failed
        if total != self.rows_in:
            raise ConservationError(
                f"{stage}: {self.rows_in} rows in, but {self.kept} kept + {dropped} dropped"
                f" + {self.failed} failed = {total}"
            )

    def __add__(self, other: Counts) -> Counts:
        reasons = sorted({*self.dropped, *other.dropped})
        return Counts(
            self.rows_in + other.rows_in,
            self.kept + other.kept,
            {name: self.dropped.get(name, 0) + other.dropped.get(name, 0) for name in reasons},
            self.failed + other.failed,
        )


@dataclass(frozen=True)
class StageResult:
    """What a stage says of its work: its counts, one a kind of row, and what it measured."""

    counts: Mapping[str, Counts]
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EngineChoice:
    """Where the jobs of a stage are done. No byte depends on it."""

    kind: str = "auto"
    """`in-process`, `workers`, `ray`; `auto` is the first for one worker, else the second."""
    address: str | None = None
    """HOST:PORT of a Ray cluster, or `local` for one of this run's own."""
    seconds: float = 600.0
    """A job that takes longer is ended; what it held is tried apart or counted as failed."""


@dataclass(frozen=True)
class StageContext:
    """All that a stage may touch: its own folder, its inputs' folders, and the run's means."""

    folder: Path
    inputs: Mapping[str, Path]
    seed: int
    workers: int = 1
    progress: Progress = field(default_factory=Silent)
    cache: Path = Path(".cache")
    engine: EngineChoice = EngineChoice()


@dataclass(frozen=True)
class Stage:
    """One door of a room.

    `name` is also the folder inside the run, e.g. `quality` or `train/raw/pretrain`. `external`
    names what enters from outside the run (a file's digest, the interpreter's version): when it
    changes, the stage is done again.
    """

    name: str
    version: str
    settings: Settings
    work: Callable[[StageContext], StageResult]
    inputs: tuple[str, ...] = ()
    external: Mapping[str, str] = field(default_factory=dict)
    volatile: tuple[str, ...] = ()
    """Names of files and folders that hold times and are left out of the outputs' digest."""


@dataclass(frozen=True)
class Manifest:
    """The record of finished work. Its presence means that the folder is whole."""

    stage: str
    version: str
    key: str
    settings: Mapping[str, Any]
    seed: int
    inputs: Mapping[str, str]
    external: Mapping[str, str]
    counts: Mapping[str, Any]
    facts: Mapping[str, Any]
    outputs: Mapping[str, str]
    output_digest: str
    seconds: float
    peak_memory_mb: float
    code_version: str = __version__
    format_version: int = FORMAT_VERSIONS["manifest"]

    @staticmethod
    def read(folder: Path) -> Manifest | None:
        path = folder / MANIFEST
        if not path.exists():
            return None
        try:
            return Manifest(**read_json(path))
        except TypeError as error:
            raise DamagedFileError(f"{path}: not a manifest of this version ({error})") from error


def stage_key(stage: Stage, seed: int, inputs: Mapping[str, str]) -> str:
    """What the stage's work depends on, as one digest."""
    return digest(
        {
            "stage": stage.name,
            "version": stage.version,
            "settings": stage.settings.model_dump(mode="json"),
            "seed": seed,
            "inputs": dict(inputs),
            "external": dict(stage.external),
        }
    )


def finished(stage: Stage, folder: Path, key: str) -> Manifest | None:
    """The manifest, if the folder already holds this very work, whole and undamaged."""
    manifest = Manifest.read(folder)
    if manifest is None or manifest.key != key:
        return None
    return manifest if outputs_of(folder, stage.volatile) == manifest.outputs else None


def outputs_of(folder: Path, volatile: tuple[str, ...] = ()) -> dict[str, str]:
    """The digest of every file a stage wrote, by its path inside the stage's folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        apart = name.split("/")[0] in volatile
        if path.is_file() and not hidden and not apart and name not in (MANIFEST, CLAIM):
            found[name] = file_digest(path)
    return found


def run_stage(
    stage: Stage, run: Path, context: StageContext, inputs: Mapping[str, str]
) -> Manifest:
    """Do the stage's work in its folder and write the manifest last.

    `inputs` gives the output digest of each input stage.

    A folder that holds the same work unfinished is gone on with; any other content is removed.
    """
    folder, key = run / stage.name, stage_key(stage, context.seed, inputs)
    _claim(folder, key)
    started = time.monotonic()
    with PeakMemory() as memory:
        result = stage.work(context)
    for kind, counts in result.counts.items():
        counts.check(f"{stage.name} ({kind})")
    outputs = outputs_of(folder, stage.volatile)
    manifest = Manifest(
        stage=stage.name,
        version=stage.version,
        key=key,
        settings=stage.settings.model_dump(mode="json"),
        seed=context.seed,
        inputs=dict(inputs),
        external=dict(stage.external),
        counts={kind: asdict(counts) for kind, counts in result.counts.items()},
        facts=dict(result.facts),
        outputs=outputs,
        output_digest=digest(outputs),
        seconds=round(time.monotonic() - started, 3),
        peak_memory_mb=round(memory.peak_mb, 1),
    )
    write_json(folder / MANIFEST, asdict(manifest))
    (folder / CLAIM).unlink(missing_ok=True)
    _sweep(folder)
    return manifest


def _sweep(folder: Path) -> None:
    """Remove scratch: names that begin with a dot. Only now is nobody left who could need it."""
    for path in folder.glob(".*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _claim(folder: Path, key: str) -> None:
    claim = folder / CLAIM
    if claim.exists() and not (folder / MANIFEST).exists() and read_json(claim) == {"key": key}:
        return
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    write_json(claim, {"key": key})


class PeakMemory:
    """The largest resident memory, in MB, of this process and its children together."""

    def __init__(self, every: float = 0.5) -> None:
        self.every = every
        self.peak_mb = 0.0

    def __enter__(self) -> PeakMemory:
        import threading

        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        import psutil

        me = psutil.Process()
        while True:
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.Error:
                    continue
            self.peak_mb = max(self.peak_mb, total / 1e6)
            if self._stop.wait(self.every):
                return


__all__ = [
    "CLAIM",
    "MANIFEST",
    "Counts",
    "EngineChoice",
    "Manifest",
    "PeakMemory",
    "Stage",
    "StageContext",
    "StageResult",
    "finished",
    "outputs_of",
    "run_stage",
    "stage_key",
]
