"""Greedy answers to many prompts at once.

Prompts are sorted by length and padded on the left, each batch keeps a key-value cache, and a
sequence that has ended leaves the batch, so the slowest answer does not hold up the rest. The
order and the batches depend on the prompts alone: the same prompts give the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from hornbook.model.cache import Cache, Past
from hornbook.model.transformer import Phi
from hornbook.tokens.tokenizer import Tokenizer

COMPACT = 0.75
"""The cache is copied without its finished sequences once so few of them are left."""

Counter = Callable[[int, int], None]


@dataclass(frozen=True)
class Decoding:
    """How answers are made and where they end."""

    max_new_tokens: int = 160
    stop: tuple[str, ...] = ()
    batch: int = 32


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer: what follows the prompt, cut before the first stop string."""

    text: str
    tokens: int
    stopped_by: str


@dataclass
class _Running:
    """A prompt on its way."""

    place: int
    ids: list[int] = field(default_factory=list)


@torch.inference_mode()
def generate(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[str],
    decoding: Decoding,
    on_done: Counter = lambda done, total: None,
) -> list[Generated]:
    """One greedy answer a prompt, in the prompts' order."""
    limit = model.settings.context - decoding.max_new_tokens
    if limit < 1 or decoding.max_new_tokens < 1:
        raise ValueError(
            f"max_new_tokens must be above 0 and under the model's context"
            f" ({model.settings.context})"
        )
    # A prompt longer than the context keeps its end, where the signature stands.
    encoded = [ids[-limit:] or [tokenizer.end_of_text] for ids in tokenizer.encode_batch(prompts)]
    order = sorted(range(len(prompts)), key=lambda i: (-len(encoded[i]), i))
    answers: dict[int, Generated] = {}
    for start in range(0, len(order), decoding.batch):
        group = order[start : start + decoding.batch]
        finished = _decode(model, tokenizer, [encoded[i] for i in group], decoding)
        answers.update(zip(group, finished, strict=True))
        on_done(len(answers), len(prompts))
    return [answers[i] for i in range(len(prompts))]


def _decode(
    model: Phi, tokenizer: Tokenizer, prompts: Sequence[list[int]], decoding: Decoding
) -> list[Generated]:
    longest = max(map(len, prompts))
    padding = torch.tensor([longest - len(ids) for ids in prompts])
    ids_BT = torch.tensor([[tokenizer.end_of_text] * (longest - len(p)) + p for p in prompts])
    size = longest + decoding.max_new_tokens
    cache = Cache(model.settings, len(prompts), size, next(model.parameters()).dtype)
    running = [_Running(place) for place in range(len(prompts))]
    next_B = _choose(model, tokenizer, ids_BT, Past(cache, 0, padding))
    done: dict[int, Generated] = {}
    for step in range(decoding.max_new_tokens):
        for one, token in zip(running, next_B.tolist(), strict=True):
            if one.place not in done:
                answer = _advance(one, token, tokenizer, decoding)
                if answer is not None:
                    done[one.place] = answer
        staying = [row for row, one in enumerate(running) if one.place not in done]
        if not staying:
            break
        if len(staying) <= COMPACT * len(running):
            rows = torch.tensor(staying)
            cache.keep(rows)
            padding, next_B = padding[rows], next_B[rows]
            running = [running[row] for row in staying]
        next_B = _choose(model, tokenizer, next_B[:, None], Past(cache, longest + step, padding))
    return [done[place] for place in range(len(prompts))]


def _choose(model: Phi, tokenizer: Tokenizer, ids_BT: Tensor, past: Past) -> Tensor:
    """The likeliest next token of each sequence; rows beyond the vocabulary are never chosen."""
    states_BD = model.hidden(ids_BT, past)[:, -1]
    logits_BV = model.lm_head(states_BD).float()
    best_B: Tensor = logits_BV[:, : tokenizer.vocab_size].argmax(dim=-1)
    return best_B


def _advance(
    one: _Running, token: int, tokenizer: Tokenizer, decoding: Decoding
) -> Generated | None:
    """Take one more token; the answer, if it ends here."""
    if token == tokenizer.end_of_text:
        return Generated(tokenizer.decode(one.ids), len(one.ids), "end-of-text")
    one.ids.append(token)
    # A token is at least one byte, so a stop string that ends here lies within the last few.
    reach = max((len(stop.encode()) for stop in decoding.stop), default=0)
    tail = tokenizer.decode(one.ids[-reach:]) if reach else ""
    if any(stop in tail for stop in decoding.stop):
        text = tokenizer.decode(one.ids)
        cut = min(at for stop in decoding.stop if (at := text.find(stop)) >= 0)
        return Generated(text[:cut], len(one.ids), "stop-string")
    if len(one.ids) >= decoding.max_new_tokens:
        return Generated(tokenizer.decode(one.ids), len(one.ids), "length")
    return None
