"""How fast the paper's own way of embedding is: a model of CodeGen-350M's shape (phi-1 2.1).

    python benchmarks/codegen.py

The weights are random, for the pace does not depend on them; nothing is said of accuracy.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import platform
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from marked_page import write

from hornbook.embed import embedder_for

LOAD = os.getloadavg()[0]
SETTINGS = ("tokens=512", "tokens=512&batch=2", "tokens=128", "tokens=512&dtype=bfloat16")
SHAPE = {
    "vocab_size": 51_200, "n_positions": 2_048, "n_ctx": 2_048, "n_embd": 1_024, "n_layer": 20,
    "n_head": 16, "rotary_dim": 32,
}  # fmt: skip
"""Salesforce/codegen-350M-mono's."""


def model(folder: Path) -> Path:
    """Random weights of that shape, with a byte-level BPE made of code at hand."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import CodeGenConfig, CodeGenModel, PreTrainedTokenizerFast

    CodeGenModel(CodeGenConfig(**SHAPE)).save_pretrained(folder)
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=20_000, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet,
        show_progress=False,
    )  # fmt: skip
    inner.train_from_iterator(code(3_000_000), trainer)
    PreTrainedTokenizerFast(tokenizer_object=inner).save_pretrained(folder)
    return folder


def code(size: int) -> list[str]:
    """Pieces of the standard library of 4,000 characters, `size` characters together."""
    library = Path(inspect.getfile(json)).parent.parent
    found: list[str] = []
    for path in sorted(library.glob("*.py")):
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [text[at : at + 4_000] for at in range(0, len(text), 4_000)]
        if len(found) * 4_000 >= size:
            break
    return found[: max(size // 4_000, 1)]


def pace(size: int = 20_000, more: str = "tokens=512") -> float:
    """Megabytes of code a second, on one thread of the processor."""
    with tempfile.TemporaryDirectory() as folder:
        return paces(model(Path(folder)), size, [more])[more]


def paces(folder: Path, size: int, settings: Sequence[str]) -> dict[str, float]:
    """Likewise for each of the embedder's settings."""
    texts, found = code(size), {}
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    for more in settings:
        embedder = embedder_for(f"transformers:{folder}?{more}")
        embedder.embed(["x = 1"])
        started = time.perf_counter()
        embedder.embed(texts)
        found[more] = megabytes / (time.perf_counter() - started)
    return found


def page(found: dict[str, float], size: int) -> str:
    rows = "\n".join(f"| `{more}` | {value:.5f} |" for more, value in found.items())
    return f"""Command: `python benchmarks/codegen.py` ({date.today()}; {platform.machine()}, one thread of
{os.cpu_count()} cores, Python {platform.python_version()}; load before {LOAD:.1f}). Random weights of
codegen-350M's shape, {size:,} characters of the standard library.

| settings of `transformers:MODEL` | MB a second |
|---|---:|
{rows}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=20_000)
    parser.add_argument("--settings", nargs="+", default=SETTINGS, help="of the embedder")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = paces(model(Path(folder)), options.characters, options.settings)
    text = page(found, options.characters)
    print(text)
    if options.write:
        write("codegen", text)


if __name__ == "__main__":
    main()
