"""Exports that would load, and be wrong: refused with the reason.

Each trap is a known one: generation that never stops or stops at a comment, text cut into other
tokens than in training, tokens without a row, weights that a narrower number cannot hold.
"""

from __future__ import annotations

from hornbook.errors import ConfigError
from hornbook.model.config import ModelSettings
from hornbook.model.tokenizer_file import TokenizerFile

IDS_ONLY = (
    "for token ids only: llama.cpp has no name for this tokenizer's way of splitting text and would"
    " cut it into other tokens than in training; hand it ids, never text"
)


def check_export(shape: ModelSettings, tokenizer: TokenizerFile) -> list[str]:
    """What holds for every export, as sentences for the card.

    Raises `ConfigError` for the first thing that does not.
    """
    where, rows = tokenizer.path, shape.vocab_size
    if tokenizer.size > rows:
        raise ConfigError(
            f"{where}: {tokenizer.size} tokens, but the model has {rows} rows; this is another"
            " model's tokenizer"
        )
    if int(shape.head_size * (shape.rotary / shape.head_size)) != shape.rotary:
        raise ConfigError(
            f"`rotary` {shape.rotary} of heads of {shape.head_size}: as a factor, which is how"
            " others write it, it comes back as another number; choose a power of two"
        )
    dead = rows - tokenizer.size
    return [
        f"{tokenizer.size} tokens have a row each; {dead} rows stand for no token and are never chosen",
        f"end-of-text is token {tokenizer.end_of_text}: generation begins, stops and pads with it",
        f"{shape.heads} heads divide {shape.hidden}; {shape.rotary} of {shape.head_size} dimensions rotate",
        "every weight is finite, and fits the numbers it is stored in",
    ]


def check_gguf(shape: ModelSettings, tokenizer: TokenizerFile, ids_only: bool) -> list[str]:
    """What llama.cpp needs besides. Raises `ConfigError` for the first thing that is missing."""
    if shape.inner != 4 * shape.hidden:
        raise ConfigError(
            f"`inner` is {shape.inner}: llama.cpp's tools take 4 x `hidden` ({4 * shape.hidden}) for"
            " granted in this architecture; export with --format hf"
        )
    if not tokenizer.splits_as_gpt2 and not ids_only:
        raise ConfigError(
            f"{tokenizer.path}: llama.cpp has no name for this tokenizer's way of splitting text and"
            " would cut it into other tokens than in training, without a word; --ids-only exports"
            " for use with token ids"
        )
    splits = (
        "llama.cpp splits text as in training (gpt-2)" if tokenizer.splits_as_gpt2 else IDS_ONLY
    )
    return [
        f"the MLP is 4 x {shape.hidden} wide, rotation has base 10000, no query or key is normed",
        splits,
    ]
