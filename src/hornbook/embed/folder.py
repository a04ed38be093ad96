"""Where the model of an embedder lies: a folder here, or one fetched from the hub.

Only configurations, tokenizers and safetensors are fetched or read: nothing that could run.
"""

from __future__ import annotations

from pathlib import Path

from hornbook.errors import ConfigError, SourceError
from hornbook.hub import HubName
from hornbook.storage import digest, file_digest

WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.vocab", "*.bpe")
"""What a folder's digest is of, and what is fetched."""
_RUNS = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack")
_DIGITS = 16


def model_folder(model: str) -> Path:
    """The folder of `model`: a path, or OWNER/NAME[@REVISION] on the hub.

    Raises `ConfigError` for what is neither, `SourceError` for a model without safetensors,
    `NetworkError` where the hub can't be reached.
    """
    folder = Path(model)
    if not folder.is_dir():
        folder = _fetched(model)
    _check(folder, model)
    return folder


def folder_digest(folder: Path) -> str:
    """The first digits of the sha256 of all files that make the vectors."""
    paths = {path for pattern in WANTED for path in folder.rglob(pattern) if path.is_file()}
    files = {path.relative_to(folder).as_posix(): file_digest(path) for path in paths}
    return digest(files)[:_DIGITS]


def _check(folder: Path, model: str) -> None:
    if next(folder.rglob("*.safetensors"), None) is not None:
        return
    other = sorted(path.name for path in folder.rglob("*") if path.suffix in _RUNS)
    if other:
        raise SourceError(
            f"{model}: its weights are in {other[0]}, a file that can run programs, and is never"
            " read; save them as safetensors, or name a revision that has them"
        )
    raise SourceError(f"{model}: no *.safetensors in it; a model's folder has its weights there")


def _fetched(model: str) -> Path:
    name = HubName.read(model)
    if name is None:
        raise ConfigError(
            f"{model}: no such folder, and no OWNER/NAME of a model on the hub either"
        )
    return name.snapshot(WANTED, model)
