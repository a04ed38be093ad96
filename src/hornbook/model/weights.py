"""A model on disk: `config.json`, `model.safetensors`, and the digest that ties them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from hornbook.config import settings_from
from hornbook.errors import ConfigError, DamagedFileError, HornbookError
from hornbook.model.config import ModelSettings
from hornbook.model.tensor_file import dtype_name, write_tensors
from hornbook.model.transformer import Phi
from hornbook.storage import file_digest, read_json, write_json

CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"


@dataclass(frozen=True)
class Stored:
    """A model as it lies on the disk: weights in the numbers they are stored in."""

    shape: ModelSettings
    tensors: dict[str, Tensor]
    dtype: torch.dtype
    sha256: str


def save_model(folder: Path, model: Phi) -> str:
    """Write the model; returns the weights' sha256. The configuration is written last.

    Raises `HornbookError` for weights that are not finite: nothing is written.
    """
    tensors = {name: t.detach().float() for name, t in model.state_dict().items()}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise HornbookError(f"{folder}: `{name}` holds values that are not finite; not saved")
    write_tensors(folder / WEIGHTS, tensors)
    digest = file_digest(folder / WEIGHTS)
    write_json(folder / CONFIG, {"shape": model.settings.model_dump(), "sha256": digest})
    return digest


def save_tensors(
    folder: Path, shape: ModelSettings, tensors: Mapping[str, Tensor], layout: str
) -> str:
    """Write weights that came from elsewhere in the numbers they came in; returns their sha256.

    `layout` is what they came as. The configuration is written last.
    """
    write_tensors(folder / WEIGHTS, tensors)
    digest = file_digest(folder / WEIGHTS)
    dtype = dtype_name(next(iter(tensors.values())).dtype)
    about = {"shape": shape.model_dump(), "sha256": digest, "dtype": dtype, "layout": layout}
    write_json(folder / CONFIG, about)
    return digest


def tensor_shapes(shape: ModelSettings) -> dict[str, Tensor]:
    """Every weight's name and shape, in order, without memory for the values."""
    with torch.device("meta"):
        return dict(Phi(shape).state_dict())


def read_stored(folder: Path) -> Stored:
    """A model's weights as they are stored. Raises as `load_model` does."""
    shape, sha256 = _read_config(folder)
    like = tensor_shapes(shape)
    tensors = read_tensors(folder / WEIGHTS, sha256, like)
    dtypes = {tensor.dtype for tensor in tensors.values()}
    if len(dtypes) > 1:
        raise DamagedFileError(f"{folder / WEIGHTS}: weights are stored in different numbers")
    return Stored(shape, {name: tensors[name] for name in like}, dtypes.pop(), sha256)


def load_model(folder: Path, dropout: float = 0.0) -> Phi:
    """Read a model and check it. It computes in float32, which holds every narrower number exactly.

    Raises `DamagedFileError` for a missing, cut or altered file, tensors of another shape, or
    weights that are not finite.
    """
    settings, sha256 = _read_config(folder)
    model = Phi(settings, dropout)
    model.load_state_dict(read_tensors(folder / WEIGHTS, sha256, model.state_dict()))
    return model


def _read_config(folder: Path) -> tuple[ModelSettings, str]:
    path = folder / CONFIG
    if not path.exists():
        raise DamagedFileError(f"{folder}: no model here ({CONFIG} is missing); train it again")
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
