"""Text to ids and back by byte-level BPE, and the tokenizer that is trained on the run's own data.

Our own is like GPT-2's, but for code: a newline and the indentation after it stay together, so a
line of Python costs one token of white space, and digits stand alone, so a small model can copy
numbers it has never seen. Tokenizers of others are read by `pretrained`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import DamagedFileError
from hornbook.storage import write_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

END_OF_TEXT = "<|endoftext|>"
MOST_IDS = 65_536
"""Packed tokens are 16 bits wide."""

# Contractions, words with one space before them, digits, punctuation, newlines with indentation.
_WORDS = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}| ?[^\s\p{L}\p{N}]+|\r?\n[ \t]*|\s+(?!\S)|\s+"
_NUMBERS_TOGETHER = _WORDS.replace(r" ?\p{N}|", r" ?\p{N}+|")


class Tokenizer:
    """Text to ids and back; `decode(encode(text)) == text` for every text."""

    def __init__(self, inner: Any) -> None:
        # The end-of-text mark is ours to place; the same letters inside a document are plain text.
        inner.encode_special_tokens = True
        self._inner = inner
        self._json: str = inner.to_str()
        self.digest: str = hashlib.sha256(self._json.encode()).hexdigest()
        # Ids may have gaps; a model needs a row for each up to the last.
        self.vocab_size: int = max(inner.get_vocab().values()) + 1
        self.end_of_text: int = inner.token_to_id(END_OF_TEXT)

    @classmethod
    def load(cls, path: Path) -> Tokenizer:
        """Raises `DamagedFileError` for a file that is no tokenizer."""
        from tokenizers import Tokenizer as Inner

        try:
            inner = Inner.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise DamagedFileError(
                f"{path}: not a tokenizer ({error}); run the tokens room again"
            ) from error
        if inner.token_to_id(END_OF_TEXT) is None:
            raise DamagedFileError(f"{path}: has no {END_OF_TEXT}; run the tokens room again")
        return cls(inner)

    def save(self, path: Path) -> None:
        write_bytes(path, self._json.encode())

    def encode(self, text: str) -> list[int]:
        return list(self._inner.encode(text, add_special_tokens=False).ids)

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        found = self._inner.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in found]

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._inner.decode(list(ids), skip_special_tokens=False))

    def byte_lengths(self) -> NDArray[np.int32]:
        """Bytes of each id's text, [V]. Ids that stand for no text, end-of-text too, have none.

        For every text, the lengths of `encode(text)` add up to the bytes of the text.
        """
        import numpy as np

        sizes = np.zeros(self.vocab_size, dtype=np.int32)
        for token, number in self._inner.get_vocab(with_added_tokens=False).items():
            sizes[number] = len(token)  # byte-level BPE writes each byte as one character
        for number, added in self._inner.get_added_tokens_decoder().items():
            sizes[number] = 0 if added.special else len(added.content.encode())
        return sizes


def train_tokenizer(texts: Iterable[str], vocab_size: int, split_digits: bool = True) -> Tokenizer:
    """Train on `texts`. The same texts in the same order give the same tokenizer.

    >>> tokenizer = train_tokenizer(["def f(x):\\n    return x\\n"] * 9, vocab_size=300)
    >>> tokenizer.decode(tokenizer.encode("Ünï 12\\t\\r\\n")) == "Ünï 12\\t\\r\\n"
    True
    """
    from tokenizers import Regex, decoders, models, pre_tokenizers, trainers
    from tokenizers import Tokenizer as Inner

    inner = Inner(models.BPE())
    pattern = _WORDS if split_digits else _NUMBERS_TOGETHER
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        max_token_length=24,
    )
    inner.train_from_iterator(texts, trainer)
    return Tokenizer(inner)
