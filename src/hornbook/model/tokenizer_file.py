"""What an export has to know of a `tokenizer.json`: its tokens, their kinds, and how it splits.

This room and the tokens room stand on one floor and do not import each other, and an export needs
no encoding: the file is read as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import SourceError
from hornbook.model.tensor_file import read_object

END_OF_TEXT = "<|endoftext|>"
GPT2_SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


@dataclass(frozen=True)
class Token:
    """A token's text, and whether it was added to the learnt ones, as a mark or as plain text."""

    text: str
    added: bool = False
    special: bool = False


@dataclass(frozen=True)
class TokenizerFile:
    """A byte-level BPE in the tokenizers library's format."""

    path: Path
    tokens: tuple[Token, ...]
    merges: tuple[str, ...]
    end_of_text: int
    splits_as_gpt2: bool

    @property
    def size(self) -> int:
        """Tokens; their ids are 0 to `size` - 1."""
        return len(self.tokens)


def read_tokenizer(path: Path) -> TokenizerFile:
    """Raises `SourceError` for a missing file and for anything but a byte-level BPE without holes
    in its ids that has an end-of-text mark."""
    if not path.is_file():
        raise SourceError(
            f"{path}: missing; a model without its tokenizer is of no use to anyone, so put its"
            " tokenizer.json there"
        )
    about = read_object(path)
    inner = about.get("model")
    if not isinstance(inner, dict) or inner.get("type", "BPE") != "BPE":
        raise SourceError(f"{path}: not a byte-pair tokenizer; only those are exported")
    try:
        tokens = _tokens(inner["vocab"], about.get("added_tokens") or [])
        merges = tuple(_merge(each) for each in inner["merges"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"{path}: not a tokenizer ({error!r})") from error
    ids = {token.text: i for i, token in tokens.items()}
    if sorted(tokens) != list(range(len(tokens))):
        raise SourceError(f"{path}: ids have holes, or one stands for two tokens")
    if END_OF_TEXT not in ids:
        raise SourceError(f"{path}: has no {END_OF_TEXT}, where every generation has to stop")
    ordered = tuple(tokens[i] for i in range(len(tokens)))
    return TokenizerFile(path, ordered, merges, ids[END_OF_TEXT], _splits_as_gpt2(about))


def _tokens(vocab: dict[str, int], added: list[dict[str, Any]]) -> dict[int, Token]:
    found = {int(i): Token(text) for text, i in vocab.items()}
    for each in added:
        found[int(each["id"])] = Token(str(each["content"]), True, bool(each["special"]))
    return found


def _merge(pair: Any) -> str:
    """Two tokens with a space between; older files have them so already."""
    left, right = pair.split(" ") if isinstance(pair, str) else pair
    return f"{left} {right}"


def _splits_as_gpt2(about: dict[str, Any]) -> bool:
    """Whether text is cut by GPT-2's pattern and by nothing else before pairs are merged."""
    split = about.get("pre_tokenizer") or {}
    steps = split.get("pretokenizers", [split]) if split.get("type") == "Sequence" else [split]
    *before, last = steps
    plain = about.get("normalizer") is None and last.get("type") == "ByteLevel"
    if not plain or last.get("add_prefix_space"):
        return False
    if last.get("use_regex", True):
        return not before
    one = before[0] if len(before) == 1 else {}
    isolated = one.get("behavior") == "Isolated" and not one.get("invert")
    return isolated and one.get("pattern") == {"Regex": GPT2_SPLIT}
