"""A model on disk: `config.json`, `model.safetensors`, and the digest that ties them."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from hornbook.config import settings_from
from hornbook.errors import ConfigError, DamagedFileError, HornbookError
from hornbook.model.config import ModelSettings
from hornbook.model.transformer import Phi
from hornbook.storage import file_digest, read_json, write_bytes, write_json

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def save_model(folder: Path, model: Phi) -> str:
    """Write the model; returns the weights' sha256. The configuration is written last.

    Raises `HornbookError` for weights that are not finite: nothing is written.
    """
    tensors = {name: t.detach().float().contiguous() for name, t in model.state_dict().items()}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise HornbookError(f"{folder}: `{name}` holds values that are not finite; not saved")
    write_bytes(folder / WEIGHTS, save(tensors))
    digest = file_digest(folder / WEIGHTS)
    write_json(folder / CONFIG, {"shape": model.settings.model_dump(), "sha256": digest})
    return digest


def load_model(folder: Path, dropout: float = 0.0) -> Phi:
    """Read a model and check it.

    Raises `DamagedFileError` for a missing, cut or altered file, tensors of another shape, or
    weights that are not finite.
    """
    if not (folder / CONFIG).exists():
        raise DamagedFileError(f"{folder}: no model here ({CONFIG} is missing); train it again")
    settings, sha256 = _read_config(folder / CONFIG)
    model = Phi(settings, dropout)
    model.load_state_dict(read_tensors(folder / WEIGHTS, sha256, model.state_dict()))
    return model


def _read_config(path: Path) -> tuple[ModelSettings, str]:
    about = read_json(path)
    try:
        return settings_from(ModelSettings, about["shape"], str(path)), str(about["sha256"])
    except (KeyError, TypeError, ConfigError) as error:
        raise DamagedFileError(f"{path}: not a model's shape ({error}); train it again") from error


def read_tensors(path: Path, sha256: str, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of a file whose digest, names, shapes and finiteness are as they should be."""
    if not path.exists() or file_digest(path) != sha256:
        raise DamagedFileError(f"{path}: missing or not what was written; train it again")
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise DamagedFileError(f"{path}: not weights ({error}); train it again") from error
    if unknown := sorted(tensors.keys() - like.keys()):
        raise DamagedFileError(
            f"{path}: `{unknown[0]}` belongs to no weight of the settings' shape"
        )
    for name, tensor in like.items():
        if name not in tensors or tensors[name].shape != tensor.shape:
            raise DamagedFileError(
                f"{path}: `{name}` is missing or of another shape than the settings say"
            )
        if not torch.isfinite(tensors[name]).all():
            raise DamagedFileError(f"{path}: `{name}` holds values that are not finite")
    return tensors
