"""Where the model of an embedder lies: a folder here, or one fetched from the hub.

Only configurations, tokenizers and safetensors are fetched or read: nothing that could run.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from hornbook.errors import ConfigError, NetworkError, SourceError
from hornbook.storage import digest, file_digest

WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.vocab", "*.bpe")
"""What a folder's digest is of, and what is fetched."""
_RUNS = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack")
_HUB = re.compile(r"(?P<repository>[\w.-]+(?:/[\w.-]+)?)(?:@(?P<revision>[\w./-]+))?")
_DIGITS = 16


def model_folder(model: str) -> Path:
    """The folder of `model`: a path, or OWNER/NAME[@REVISION] on the hub.

    The hub library's settings (HF_HOME, HF_ENDPOINT, HF_HUB_OFFLINE) hold. Raises `ConfigError` for
    what is neither, `SourceError` for a model without safetensors, `NetworkError` where the hub
    can't be reached.
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
    match = _HUB.fullmatch(model)
    if match is None or model.startswith((".", "-")):
        raise ConfigError(
            f"{model}: no such folder, and no OWNER/NAME of a model on the hub either"
        )
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        found = snapshot_download(
            match["repository"], revision=match["revision"], allow_patterns=list(WANTED)
        )
    except (
        GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError, HFValidationError,
    ) as error:  # fmt: skip
        raise SourceError(
            f"{model}: neither a folder here nor a model on the hub ({first_line(error)})"
        ) from error
    except (LocalEntryNotFoundError, OSError, ValueError, RuntimeError) as error:
        raise NetworkError(
            f"{model}: not a folder here, and the hub could not be reached ({first_line(error)});"
            " check the network, or give a folder that holds the model"
        ) from error
    return Path(found)


def first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
