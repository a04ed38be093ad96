"""A tokenizer, models and a phase of training so small that a test of them takes milliseconds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import torch

from hornbook.model import ModelSettings
from hornbook.model.transformer import Phi
from hornbook.tokens import Batches, Mixture, Packed, Tokenizer, train_tokenizer, write_packed
from hornbook.tokens.packed import Encoded
from hornbook.train import PhaseSettings
from hornbook.train.job import Job, sequences_of

# Products this small are slower on several threads, the more so where others use them as well.
torch.set_num_threads(1)

SHAPE = ModelSettings(
    layers=2, hidden=32, heads=2, rotary=8, inner=64, context=32, vocab_size=320
)  # fmt: skip

CODE = (
    'def total(items):\n    """Return the sum of items."""\n    count = 0\n    for item in items:\n'
    "        count += item\n    return count\n",
    "def largest(values):\n    if not values:\n        return None\n    return max(values)\n",
    "class Stack:\n    def __init__(self):\n        self.items = []\n",
)


@cache
def tokenizer() -> Tokenizer:
    return train_tokenizer(CODE * 3, vocab_size=300)


def random_model(seed: int = 0, shape: ModelSettings = SHAPE, scale: float = 8.0) -> Phi:
    """Every weight drawn, biases and norms too, and large enough that answers are not all alike."""
    generator = torch.Generator().manual_seed(seed)
    model = Phi(shape).initialise(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() == 2:
                parameter.mul_(scale)
            else:
                centre = 1.0 if "layernorm.weight" in name else 0.0
                parameter.normal_(centre, 0.2, generator=generator)
    return model.eval()


def chain_model(successors: Mapping[int, int], vocab_size: int = 320) -> Phi:
    """A model that answers each token with its successor, whatever stands before it.

    Its blocks add nothing; the embedding names the token and the head names what follows.
    """
    shape = ModelSettings(
        layers=1, hidden=vocab_size, heads=4, rotary=8, inner=16, context=64, vocab_size=vocab_size
    )
    model = Phi(shape).initialise(0)
    with torch.no_grad():
        for parameter in model.model.layers.parameters():
            parameter.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(vocab_size))
        model.lm_head.weight.zero_()
        for token, successor in successors.items():
            model.lm_head.weight[successor, token] = 1.0
    return model.eval()


def table(folder: Path, documents: Sequence[Encoded], name: str = "code") -> Packed:
    write_packed(folder, name, documents, tokenizer())
    return Packed.open(folder, name, tokenizer().digest)


def lessons(count: int = 24, seed: int = 5) -> list[Encoded]:
    """A prompt of noise, then a solution that counts on from its last token: that can be learnt."""
    rng = random.Random(seed)
    documents = []
    for _ in range(count):
        prompt = [rng.randint(1, 99) for _ in range(rng.randint(3, 12))]
        first = 100 + prompt[-1] % 20
        documents.append(Encoded([*prompt, *range(first, first + rng.randint(6, 30))], len(prompt)))
    return documents


def phase(**changes: Any) -> PhaseSettings:
    """30 steps of 8 sequences in float32 on one thread, without a checkpoint."""
    return PhaseSettings(
        **{
            "tokens": 30 * 8 * SHAPE.context,
            "batch_tokens": 8 * SHAPE.context,
            "micro_batch": 8,
            "learning_rate": 1e-2,
            "precision": "float32",
            "threads": 1,
            "checkpoint_seconds": 3600.0,
            **changes,
        }
    )


def job(
    folder: Path,
    settings: PhaseSettings,
    on_progress: Callable[[int, int, float], None] = lambda done, total, loss: None,
    seed: int = 1,
) -> Job:
    """A phase on `lessons`, to be trained in `folder`; its data lies beside it."""
    data = table(folder.parent / "data", lessons())
    steps, per_step = sequences_of(settings, SHAPE.context)
    batches = Batches(Mixture({"code": data}, {"code": 1}), SHAPE.context, seed, steps * per_step)
    model = Phi(SHAPE, settings.dropout).initialise(seed)
    return Job(folder, model, batches, settings, seed, on_progress)
