"""Tokenizers of others: GPT-2's and CodeGen's, from a folder or from the hub (phi-1 2.3).

Phi-1 took the tokenizer of codegen-350M-mono: GPT-2's byte-level BPE and 38 more tokens for runs of
spaces and tabs, so that indentation costs little.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError
from hornbook.hub import HubName
from hornbook.storage import digest, file_digest
from hornbook.tokens.config import TokensSettings
from hornbook.tokens.tokenizer import END_OF_TEXT, MOST_IDS, Tokenizer

WHOLE = "tokenizer.json"
PAIRS = (("encoder.json", "vocab.bpe"), ("vocab.json", "merges.txt"))
"""Vocabulary and merges, as GPT-2 named them and as the hub does."""
ADDED = "added_tokens.json"
FILES = (WHOLE, *(name for pair in PAIRS for name in pair), ADDED)

WHITESPACE = (*(" " * n for n in range(31, 1, -1)), *("\t" * n for n in range(9, 1, -1)))
"""CodeGen's added tokens in the order of their ids: 31 to 2 spaces, then 9 to 2 tabs."""

# Case, composed and decomposed letters, ligatures, wide spaces, line ends, runs of white space.
_PROBE = (
    "def F(x):\n\t    return 'É' + \"e\u0301\ufb01\u2003\U0001f40d\"  # 1,234 \r\n"
    + " " * 70
    + "\t" * 12
)


def what_enters(settings: TokensSettings) -> dict[str, str]:
    """Digests of the local files that the stage reads besides the run's own.

    Raises `ConfigError` where `tokens.tokenizer` names nothing that could be one.
    """
    if settings.tokenizer == "own":
        return {}
    folder = Path(settings.tokenizer)
    if folder.is_dir():
        files = {name: file_digest(folder / name) for name in FILES if (folder / name).is_file()}
        if not files:
            raise ConfigError(_no_files(folder))
        return {"tokenizer": digest(files)}
    _hub_name(settings.tokenizer)
    return {}


def load_pretrained(settings: TokensSettings) -> Tokenizer:
    """The tokenizer that `tokens.tokenizer` names, checked.

    Raises `ConfigError` for one that can't be read, changes text or has too many ids, `SourceError`
    for one that the hub does not have, and `NetworkError` where it can't be reached.
    """
    folder = Path(settings.tokenizer)
    if not folder.is_dir():
        folder = _from_hub(settings.tokenizer)
    inner = _read_folder(folder)
    if settings.whitespace_tokens:
        _add(inner, WHITESPACE)
    tokenizer = Tokenizer(inner)
    _check(tokenizer, inner, settings.tokenizer)
    return tokenizer


def _no_files(folder: Path) -> str:
    pairs = " or ".join(" with ".join(pair) for pair in PAIRS)
    return f"tokens.tokenizer: {folder} holds no tokenizer; it needs {WHOLE}, or {pairs}"


def _read_folder(folder: Path) -> Any:
    from tokenizers import Tokenizer as Inner

    pair = next((p for p in PAIRS if all((folder / name).is_file() for name in p)), None)
    try:
        if (folder / WHOLE).is_file():
            inner = Inner.from_file(str(folder / WHOLE))
        elif pair is not None:
            inner = _from_pair(*(str(folder / name) for name in pair))
        else:
            raise ConfigError(_no_files(folder))
    except ConfigError:
        raise
    except Exception as error:  # the library raises bare Exception
        raise ConfigError(
            f"tokens.tokenizer: {folder} can't be read as a tokenizer ({error})"
        ) from error
    # What others set for their own use would cut or pad documents, or draw tokens at random.
    inner.no_truncation()
    inner.no_padding()
    if getattr(inner.model, "dropout", None):
        inner.model.dropout = None
    if inner.token_to_id(END_OF_TEXT) is not None:
        _add(inner, (END_OF_TEXT,))
    if (folder / ADDED).is_file():
        _add_numbered(inner, folder / ADDED)
    return inner


def _from_pair(vocabulary: str, merges: str) -> Any:
    """GPT-2's way: its pattern splits the text, no space is put before it, nothing is normalised."""
    from tokenizers import Tokenizer as Inner
    from tokenizers import decoders, models, pre_tokenizers

    inner = Inner(models.BPE.from_file(vocabulary, merges))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    return inner


def _add(inner: Any, tokens: tuple[str, ...]) -> None:
    from tokenizers import AddedToken

    for token in tokens:
        if token == END_OF_TEXT:
            inner.add_special_tokens([AddedToken(token, special=True, normalized=False)])
        else:
            # Not special: they are text, found before the split pattern sees it.
            inner.add_tokens([AddedToken(token, special=False, normalized=True)])


def _add_numbered(inner: Any, path: Path) -> None:
    """The file names each token's id; the library numbers on from the vocabulary's end."""
    try:
        wanted = json.loads(path.read_text(encoding="utf-8"))
        ordered = tuple(token for token, _ in sorted(wanted.items(), key=lambda each: int(each[1])))
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: not a table of tokens and their ids ({error})") from error
    _add(inner, tuple(token for token in ordered if inner.token_to_id(token) is None))
    wrong = [token for token in ordered if inner.token_to_id(token) != wanted[token]]
    if wrong:
        raise ConfigError(
            f"{path}: {wrong[0]!r} would get the id {inner.token_to_id(wrong[0])}, not"
            f" {wanted[wrong[0]]}: the file belongs to another vocabulary"
        )


def _check(tokenizer: Tokenizer, inner: Any, name: str) -> None:
    from tokenizers import pre_tokenizers

    where = f"tokens.tokenizer: {name}"
    if inner.token_to_id(END_OF_TEXT) is None:
        raise ConfigError(f"{where} has no {END_OF_TEXT}, which ends every document here")
    if tokenizer.vocab_size > MOST_IDS:
        raise ConfigError(
            f"{where} has {tokenizer.vocab_size:,} ids; packed tokens are 16 bits wide, so"
            f" {MOST_IDS:,} are the most"
        )
    lacking = [byte for byte in pre_tokenizers.ByteLevel.alphabet() if inner.token_to_id(byte) is None]  # fmt: skip
    ids = tokenizer.encode(_PROBE)
    if lacking or tokenizer.decode(ids) != _PROBE:
        raise ConfigError(
            f"{where} does not give every text back as it was; choose a byte-level BPE"
        )
    plain = [a.content for a in inner.get_added_tokens_decoder().values() if not a.special]
    changed = [text for text in plain if tokenizer.decode([inner.token_to_id(text)]) != text]
    if changed or int(tokenizer.byte_lengths()[ids].sum()) != len(_PROBE.encode()):
        raise ConfigError(f"{where} does not write bytes as GPT-2 does; choose a byte-level BPE")


def _hub_name(text: str) -> HubName:
    name = HubName.read(text)
    if name is None:
        raise ConfigError(
            f"tokens.tokenizer: `{text}` is neither `own`, nor a folder, nor OWNER/NAME on the hub"
        )
    return name


def _from_hub(text: str) -> Path:
    """The folder of the library's cache that holds the files."""
    name, place = _hub_name(text), f"tokens.tokenizer: {text}"
    whole = name.file(WHOLE, place)
    if whole is not None:
        return whole.parent
    vocabulary, merges, _ = (name.file(part, place) for part in (*PAIRS[1], ADDED))
    if vocabulary is None or merges is None:
        raise ConfigError(f"{place} has neither {WHOLE} nor {' with '.join(PAIRS[1])}")
    return vocabulary.parent
