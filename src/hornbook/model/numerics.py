"""The card beside an export: how far its logits are from float64, and whose they are.

Token ids are drawn from a fixed seed; everyone reads the same ones with the weights as exported.
Equal weights on equal machines give an equal card: it holds no date.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from hornbook import __version__
from hornbook.model.config import ModelSettings
from hornbook.model.huggingface import config_of
from hornbook.model.reference import reference_logits
from hornbook.model.tensor_file import DTYPES
from hornbook.model.transformer import Phi, rotary_table
from hornbook.storage import digest

SEED, SEQUENCES, LENGTH = 2306_11644, 2, 64
"""Few tokens: a model of 1.3 billion parameters takes seconds for each kind of arithmetic."""
FORMAT = 1


@dataclass(frozen=True)
class Subject:
    """What a card is about: weights as exported, of `shape`, under this room's names."""

    shape: ModelSettings
    tensors: Mapping[str, Tensor]
    dtype: str
    tokens: int
    end_of_text: int


def token_ids(shape: ModelSettings, tokens: int) -> Tensor:
    """Ids [B, T] below `tokens`, the same for the same shape and vocabulary."""
    random = torch.Generator().manual_seed(SEED)
    length = min(LENGTH, shape.context)
    return torch.randint(0, tokens, (SEQUENCES, length), generator=random)


def native_logits(subject: Subject, dtype: str, ids_BT: Tensor) -> Tensor:
    """Logits [B, T, V] of this package's transformer, weights and arithmetic in `dtype`."""
    kind = DTYPES[dtype]
    with torch.device("meta"):
        model = Phi(subject.shape)
    model.load_state_dict({n: t.to(kind) for n, t in subject.tensors.items()}, assign=True)
    model.cos, model.sin = rotary_table(subject.shape)
    with torch.inference_mode():
        out: Tensor = model.eval()(ids_BT)
    return out


def transformers_logits(subject: Subject, dtype: str, ids_BT: Tensor) -> Tensor | None:
    """The same of the transformers library; None where it is not installed."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        from transformers import PhiConfig, PhiForCausalLM
        from transformers.utils import logging
    except ImportError:
        return None
    logging.disable_progress_bar()
    config = PhiConfig(**config_of(subject.shape, dtype, subject.end_of_text))
    model = PhiForCausalLM.from_pretrained(
        None, config=config, state_dict=dict(subject.tensors), dtype=DTYPES[dtype]
    )
    with torch.inference_mode():
        out: Tensor = model.eval()(ids_BT, use_cache=False).logits
    return out


def measure(subject: Subject, weights: Mapping[str, str], traps: Sequence[str]) -> dict[str, Any]:
    """The card. `weights` are files and their sha256, `traps` what the export was checked for.

    Memory: the weights once in float32 for each measurement, one after the other.
    """
    ids_BT = token_ids(subject.shape, subject.tokens)
    exact = reference_logits(subject.shape, subject.tensors, ids_BT)
    asked = {"native": native_logits, "transformers": transformers_logits}
    rows: list[dict[str, Any]] = []
    for who, logits_of in asked.items():
        for dtype in dict.fromkeys(("float32", subject.dtype)):
            logits = logits_of(subject, dtype, ids_BT)
            if logits is not None:
                rows.append({"who": who, "dtype": dtype, **_errors(logits, exact)})
    return {
        "format": FORMAT,
        "parameters": subject.shape.parameters,
        "dtype": subject.dtype,
        "weights": dict(weights),
        "token_ids": {
            "seed": SEED,
            "sequences": ids_BT.shape[0],
            "length": ids_BT.shape[1],
            "sha256": digest(ids_BT.tolist()),
        },
        "logits": {"standard_deviation": _short(exact.std()), "errors": rows},
        "traps": list(traps),
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version(), "hornbook": __version__, **_versions()},
    }


def _errors(logits: Tensor, exact: Tensor) -> dict[str, float]:
    wrong = (logits.double() - exact).abs()
    return {"max": _short(wrong.max()), "mean": _short(wrong.mean())}


def _short(value: Tensor) -> float:
    """Three digits: more would be noise."""
    return float(f"{value.item():.3g}")


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name in ("torch", "transformers", "gguf", "safetensors"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def page(card: Mapping[str, Any]) -> str:
    """The card as a page."""
    logits, ids = card["logits"], card["token_ids"]
    rows = [
        f"| {row['who']} | {row['dtype']} | {row['max']:.3g} | {row['mean']:.3g} |"
        for row in logits["errors"]
    ]
    who = {row["who"] for row in logits["errors"]}
    absent = (
        "" if "transformers" in who else "\ntransformers is not installed here: not measured.\n"
    )
    versions = ", ".join(f"{k} {v}" for k, v in card["versions"].items() if v)
    lines = [
        "# Numerics",
        "",
        f"{card['parameters']:,} parameters in {card['dtype']}.",
        "",
        *(f"- `{name}`: sha256 `{sha}`" for name, sha in card["weights"].items()),
        "",
        "## Logits against float64",
        "",
        f"{ids['sequences']} sequences of {ids['length']} token ids from seed {ids['seed']}; the"
        f" logits' standard deviation is {logits['standard_deviation']:.3g}. Everyone has the"
        " weights as exported.",
        "",
        "| who | weights and arithmetic | largest error | mean error |",
        "|---|---|---|---|",
        *rows,
        absent,
        "## Checked",
        "",
        *(f"- {trap}" for trap in card["traps"]),
        "",
        f"Measured on {card['machine']} with {versions}.",
        "",
    ]
    return "\n".join(lines)
