"""A model from the transformers library's folders to ours: names, slices, nothing rounded."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from hornbook.errors import SourceError
from hornbook.model.config import ModelSettings
from hornbook.model.huggingface import layout_of, shape_of
from hornbook.model.old_layouts import OLD, renamed
from hornbook.model.tensor_file import (
    check_finite,
    dtype_name,
    one_dtype,
    read_object,
    read_safetensors,
)
from hornbook.model.tokenizer_file import read_tokenizer
from hornbook.model.traps import check_export
from hornbook.model.weights import CONFIG, TOKENIZER, save_tensors, tensor_shapes
from hornbook.storage import whole_folder


@dataclass(frozen=True)
class Imported:
    """What came in. `tokenizer` is False where the folder had none."""

    shape: ModelSettings
    layout: str
    dtype: str
    sha256: str
    tokenizer: bool


def import_model(source: Path, out: Path) -> Imported:
    """Read a folder with `config.json` and safetensors, whole or in shards, and write ours.

    The layouts are those of `old_layouts`. Weights keep the numbers they have, bit by bit.

    Raises `SourceError` that names the file and the key or tensor for whatever our transformer does
    not compute, and `ConfigError` where `out` holds something.
    """
    where = source / CONFIG
    config = read_object(where)
    shape, layout = shape_of(config, where), layout_of(config, where)
    tensors = read_safetensors(source)
    if not tensors:
        raise SourceError(f"{source}: no tensor in its safetensors")
    dtype = one_dtype(tensors, source)
    if layout in OLD:
        tensors = renamed(tensors, layout, shape.layers, source)
    ours = _checked(tensors, shape, source)
    tokenizer = source / TOKENIZER
    if tokenizer.is_file():
        check_export(shape, read_tokenizer(tokenizer))
    with whole_folder(out) as folder:
        if tokenizer.is_file():
            shutil.copyfile(tokenizer, folder / TOKENIZER)
        sha256 = save_tensors(folder, shape, ours, layout)
    return Imported(shape, layout, dtype_name(dtype), sha256, tokenizer.is_file())


def _checked(tensors: Mapping[str, Tensor], shape: ModelSettings, where: Path) -> dict[str, Tensor]:
    """The tensors of `shape`, in our order: none missing, none besides, all finite."""
    like = tensor_shapes(shape)
    if unknown := sorted(tensors.keys() - like.keys()):
        raise SourceError(
            f"{where}: `{unknown[0]}` belongs to no weight of the shape that {CONFIG} says"
        )
    for name, wanted in like.items():
        if name not in tensors:
            raise SourceError(f"{where}: `{name}` is missing")
        if tensors[name].shape != wanted.shape:
            raise SourceError(
                f"{where}: `{name}` is {list(tensors[name].shape)}, and {CONFIG} says"
                f" {list(wanted.shape)}"
            )
    check_finite(tensors.items(), where)
    return {name: tensors[name] for name in like}
