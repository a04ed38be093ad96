"""Models of the right shape with random weights, made by the libraries that will read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TEXTS = [
    "def f(x):\n    return x + 1\n",
    "",
    "Why is the sky blue? " * 40,
    "x = [n * n for n in range(10)]\nprint(sum(x))\n" * 5,
    "Ünï \ud800 \x00 code",
]


def tokenizer(folder: Path) -> Any:
    """A byte-level BPE, saved the library's way."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|endoftext|>"], initial_alphabet=alphabet, show_progress=False
    )  # fmt: skip
    inner.train_from_iterator([TEXTS[0], TEXTS[2], TEXTS[3]], trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )
    made.save_pretrained(folder)
    return made


def codegen(folder: Path, seed: int = 0) -> Path:
    """CodeGen, as phi-1 took it, with 2 layers of 32."""
    import torch
    from transformers import CodeGenConfig, CodeGenModel

    torch.manual_seed(seed)
    shape = CodeGenConfig(
        vocab_size=300, n_positions=128, n_ctx=128, n_embd=32, n_layer=2, n_head=4, rotary_dim=4,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    CodeGenModel(shape).save_pretrained(folder)
    tokenizer(folder)
    return folder


def bert(folder: Path) -> Path:
    """An encoder."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=300, hidden_size=24, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=48, max_position_embeddings=64, pad_token_id=0,
    )  # fmt: skip
    BertModel(shape).save_pretrained(folder)
    tokenizer(folder)
    return folder


def sentence(folder: Path, inner: Path) -> Path:
    """A model of sentence-transformers around an encoder."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    core = Transformer(str(inner), max_seq_length=32)
    pooling = Pooling(core.get_embedding_dimension(), "mean")
    SentenceTransformer(modules=[core, pooling, Normalize()], device="cpu").save(str(folder))
    return folder


def static(folder: Path) -> Path:
    """A model of model2vec."""
    import numpy as np
    from model2vec import StaticModel

    inner = tokenizer(folder / "inner").backend_tokenizer
    vectors = np.random.default_rng(0).normal(size=(inner.get_vocab_size(), 16)).astype(np.float32)
    StaticModel(vectors, inner).save_pretrained(folder / "model")
    return folder / "model"
