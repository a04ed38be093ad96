"""Safetensors as files: reading one or many shards, writing one without a second copy in memory.

The format is eight bytes that say how long the header is, a header in JSON that says where each
tensor lies, and the tensors' bytes. Nothing in such a file can run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from hornbook.errors import ConfigError, SourceError
from hornbook.storage import atomic_file

INDEX, WHOLE = "model.safetensors.index.json", "model.safetensors"
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_CODES = {torch.float32: "F32", torch.bfloat16: "BF16", torch.float16: "F16"}
_ALIGNMENT = 8


def dtype_name(dtype: torch.dtype) -> str:
    """`float32`, `bfloat16` or `float16`; any other as torch names it."""
    return str(dtype).removeprefix("torch.")


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors in the order given; equal tensors give equal bytes. Appears whole or not."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        place = {"shape": list(tensor.shape), "data_offsets": [at, at + size]}
        header[name] = {"dtype": _CODES[tensor.dtype], **place}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    with atomic_file(path) as handle:
        handle.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            handle.write(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().data)


def read_safetensors(folder: Path) -> dict[str, Tensor]:
    """Every tensor of `model.safetensors`, or of the shards that an index names, as stored.

    The tensors are views of the files: memory is used for what is looked at.

    Raises `SourceError` for a folder without safetensors, a shard that is missing, damaged or
    outside the folder, and a tensor that is in none or in another shard than the index says.
    """
    if (folder / INDEX).is_file():
        return _read_shards(folder)
    if (folder / WHOLE).is_file():
        return _read_file(folder / WHOLE)
    pickles = sorted(path.name for pattern in PICKLES for path in folder.glob(pattern))
    if pickles:
        raise SourceError(
            f"{folder / pickles[0]}: a pickle runs whatever it says when it is read, so it is not"
            f" read here; convert it to {WHOLE} first (load and save it where you trust it, or take"
            " a revision that has safetensors)"
        )
    raise SourceError(f"{folder}: neither {WHOLE} nor {INDEX} is there")


def _read_shards(folder: Path) -> dict[str, Tensor]:
    index = folder / INDEX
    places = read_object(index).get("weight_map")
    if not isinstance(places, dict) or not all(isinstance(p, str) for p in places.values()):
        raise SourceError(f"{index}: `weight_map` does not say which file holds which tensor")
    found: dict[str, Tensor] = {}
    for shard in sorted(set(places.values())):
        if Path(shard).name != shard or not (folder / shard).is_file():
            raise SourceError(f"{index}: `{shard}` is not a file of that folder; fetch it again")
        inside = _read_file(folder / shard)
        named = {name for name, place in places.items() if place == shard}
        if odd := sorted(named ^ inside.keys()):
            raise SourceError(f"{folder / shard}: `{odd[0]}` is there or not, unlike {INDEX} says")
        found.update(inside)
    return found


def _read_file(path: Path) -> dict[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise SourceError(f"{path}: not safetensors, or cut short ({error})") from error


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object from somewhere else. Raises `SourceError` for anything but that."""
    if not path.is_file():
        raise SourceError(f"{path}: missing; give a folder that holds one")
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{path}: not valid JSON ({error})") from error
    if not isinstance(value, dict):
        raise SourceError(f"{path}: holds a {type(value).__name__}, not an object")
    return value


def one_dtype(tensors: Mapping[str, Tensor], where: Path) -> torch.dtype:
    """The dtype that all tensors share. Raises `SourceError` that names the first odd one."""
    usual = Counter(tensor.dtype for tensor in tensors.values()).most_common(1)[0][0]
    for name, tensor in tensors.items():
        if tensor.dtype not in _CODES or tensor.dtype != usual:
            raise SourceError(
                f"{where}: `{name}` is {dtype_name(tensor.dtype)}; weights are read where all are"
                f" of one kind: {', '.join(DTYPES)}"
            )
    return usual


def check_finite(tensors: Iterable[tuple[str, Tensor]], where: Path) -> None:
    """Raises `SourceError` that names the first tensor with a NaN or an infinity."""
    for name, tensor in tensors:
        if not torch.isfinite(tensor).all():
            raise SourceError(f"{where}: `{name}` holds values that are not finite")


def converted(tensor: Tensor, dtype: torch.dtype, name: str) -> Tensor:
    """`tensor` in `dtype`, rounded to nearest.

    Raises `ConfigError` where a value is too large for it (phi-2 is the known case in float16).
    """
    if tensor.dtype == dtype:
        return tensor
    new = tensor.to(dtype)
    if not torch.isfinite(new).all():
        raise ConfigError(
            f"`{name}` reaches {float(tensor.float().abs().max()):g}, and {dtype_name(dtype)} ends"
            f" at {torch.finfo(dtype).max:g}; export with --dtype bfloat16 or float32"
        )
    return new
