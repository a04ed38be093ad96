"""A model of ours to where others read it: transformers' folders and llama.cpp's container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hornbook.errors import SourceError
from hornbook.model.config import ModelSettings
from hornbook.model.gguf_file import Container, as_stored, gguf_package, live_rows, write_gguf
from hornbook.model.huggingface import (
    config_of,
    generation_of,
    special_tokens_of,
    tokenizer_config_of,
)
from hornbook.model.numerics import Subject, measure, page
from hornbook.model.tensor_file import DTYPES, converted, dtype_name, read_object, write_tensors
from hornbook.model.tokenizer_file import END_OF_TEXT, TokenizerFile, read_tokenizer
from hornbook.model.traps import IDS_ONLY, check_export, check_gguf
from hornbook.model.weights import CONFIG, TOKENIZER, WEIGHTS, Stored, read_stored
from hornbook.storage import file_digest, whole_folder, write_bytes, write_json

FORMATS = ("hf", "gguf")
CONTAINER, CARD, PAGE = "model.gguf", "numerics.json", "NUMERICS.md"


@dataclass(frozen=True)
class Export:
    """What is exported and how. `dtype` None keeps the numbers that the weights are stored in."""

    model: Path
    tokenizer: Path
    out: Path
    form: str
    name: str
    dtype: str | None = None
    card: bool = True
    ids_only: bool = False


@dataclass(frozen=True)
class Exported:
    """What was written. `warning` is empty or must be told."""

    dtype: str
    sha256: str
    warning: str
    card: dict[str, Any] | None


def export_model(wanted: Export) -> Exported:
    """Write the export and its card into `wanted.out`, whole or not at all.

    Raises `ConfigError` or `SourceError` for a trap (see `traps`), `DamagedFileError` for a model
    whose file is not what was written.
    """
    if wanted.form == "gguf":
        gguf_package()
    stored = _read(wanted.model)
    tokenizer = read_tokenizer(wanted.tokenizer)
    traps = check_export(stored.shape, tokenizer)
    dtype = wanted.dtype or dtype_name(stored.dtype)
    if wanted.form == "gguf":
        traps += check_gguf(stored.shape, tokenizer, wanted.ids_only)
    with whole_folder(wanted.out) as folder:
        if wanted.form == "gguf":
            written = _write_gguf(folder, stored, tokenizer, dtype, wanted.name)
        else:
            written = _write_hf(folder, stored, tokenizer, dtype)
        name, shape, tensors = written
        sha256 = file_digest(folder / name)
        subject = Subject(shape, tensors, dtype, tokenizer.size, tokenizer.end_of_text)
        card = measure(subject, {name: sha256}, traps) if wanted.card else None
        if card is not None:
            write_json(folder / CARD, card)
            write_bytes(folder / PAGE, page(card).encode())
    loud = wanted.form == "gguf" and not tokenizer.splits_as_gpt2
    return Exported(dtype, sha256, IDS_ONLY if loud else "", card)


def _read(folder: Path) -> Stored:
    """The model, or that it is one of the transformers library, which has to come in first."""
    if (folder / CONFIG).is_file() and "model_type" in read_object(folder / CONFIG):
        raise SourceError(
            f"{folder}: a folder of the transformers library; bring it in first with: hornbook model"
            f" import {folder} --out DIR"
        )
    return read_stored(folder)


Written = tuple[str, ModelSettings, Mapping[str, Tensor]]


def _write_hf(folder: Path, stored: Stored, tokenizer: TokenizerFile, dtype: str) -> Written:
    """A folder for `AutoModelForCausalLM` and `AutoTokenizer`; the configuration comes last."""
    shape, mark = stored.shape, tokenizer.end_of_text
    kind: torch.dtype = DTYPES[dtype]
    tensors = {name: converted(t, kind, name) for name, t in stored.tensors.items()}
    write_tensors(folder / WEIGHTS, tensors)
    write_bytes(folder / TOKENIZER, tokenizer.path.read_bytes())
    write_json(folder / "tokenizer_config.json", tokenizer_config_of(shape.context, END_OF_TEXT))
    write_json(folder / "special_tokens_map.json", special_tokens_of(END_OF_TEXT))
    generation = generation_of(mark, tokenizer.size, shape.vocab_size)
    write_json(folder / "generation_config.json", generation)
    write_json(folder / CONFIG, config_of(shape, dtype, mark))
    return WEIGHTS, shape, tensors


def _write_gguf(
    folder: Path, stored: Stored, tokenizer: TokenizerFile, dtype: str, name: str
) -> Written:
    """One file with everything in it."""
    shape, live = live_rows(stored.shape, stored.tensors, tokenizer.size)
    tensors = as_stored(live, DTYPES[dtype])
    ids_only = not tokenizer.splits_as_gpt2
    write_gguf(folder / CONTAINER, Container(shape, tokenizer, dtype, name, ids_only), tensors)
    return CONTAINER, shape, tensors
