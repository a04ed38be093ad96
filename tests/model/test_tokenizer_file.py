from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import SourceError
from hornbook.model.tokenizer_file import GPT2_SPLIT, read_tokenizer
from tests.conftest import shared
from tests.tiny_model import tokenizer

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True}
PLAIN_BYTES = {**BYTE_LEVEL, "use_regex": False}


def split(pattern: Any, behavior: str = "Isolated", invert: bool = False) -> dict[str, Any]:
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def changed(folder: Path, **changes: Any) -> Path:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps({**json.loads(tokenizer()._json), **changes}))
    return path


def test_our_own_tokenizer_is_read_as_it_is(tmp_path: Path) -> None:
    """As many tokens, the same end-of-text, the tokens in the order of their ids."""
    tokenizer().save(tmp_path / "tokenizer.json")
    found = read_tokenizer(tmp_path / "tokenizer.json")
    assert (found.size, found.end_of_text) == (tokenizer().vocab_size, tokenizer().end_of_text)
    assert found.tokens[0].special
    assert not any(token.added for token in found.tokens[1:])
    assert not found.splits_as_gpt2


def test_codegens_tokenizer_is_read_as_it_is() -> None:
    """50,257 tokens of GPT-2's and 38 runs of white space; it splits as GPT-2's does."""
    found = read_tokenizer(shared("HORNBOOK_TOKENIZERS") / "codegen" / "tokenizer.json")
    assert (found.size, found.end_of_text, found.splits_as_gpt2) == (50_295, 50_256, True)
    assert [token.special for token in found.tokens].count(True) == 1
    assert [token.added for token in found.tokens].count(True) == 39
    assert found.merges[0] == "Ġ t"


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({"pre_tokenizer": BYTE_LEVEL}, True),
        ({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False}}, True),
        ({"pre_tokenizer": {**BYTE_LEVEL, "add_prefix_space": True}}, False),
        ({"pre_tokenizer": PLAIN_BYTES}, False),
        ({"pre_tokenizer": BYTE_LEVEL, "normalizer": {"type": "NFC"}}, False),
        ({"pre_tokenizer": None}, False),
        ({"pre_tokenizer": {"type": "Metaspace"}}, False),
        ({"pre_tokenizer": [split({"Regex": GPT2_SPLIT}), PLAIN_BYTES]}, True),
        ({"pre_tokenizer": [split({"Regex": GPT2_SPLIT}), BYTE_LEVEL]}, False),
        ({"pre_tokenizer": [split({"String": GPT2_SPLIT}), PLAIN_BYTES]}, False),
        ({"pre_tokenizer": [split({"Regex": GPT2_SPLIT}, "Removed"), PLAIN_BYTES]}, False),
        ({"pre_tokenizer": [split({"Regex": GPT2_SPLIT}, invert=True), PLAIN_BYTES]}, False),
        ({"pre_tokenizer": [split({"Regex": r"\d"}), split({"Regex": GPT2_SPLIT}), PLAIN_BYTES]}, False),
        ({"pre_tokenizer": [BYTE_LEVEL]}, True),
    ],
)  # fmt: skip
def test_only_gpt2s_own_way_of_splitting_is_called_so(
    tmp_path: Path, changes: dict[str, Any], right: bool
) -> None:
    """A normaliser, a prefixed space or one more step makes other tokens."""
    steps = changes["pre_tokenizer"]
    if isinstance(steps, list):
        changes["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": steps}
    assert read_tokenizer(changed(tmp_path, **changes)).splits_as_gpt2 is right


def test_merges_of_older_files_are_the_same(tmp_path: Path) -> None:
    """A pair may stand as one string or as two."""
    new = read_tokenizer(changed(tmp_path)).merges
    model = json.loads(tokenizer()._json)["model"]
    model["merges"] = [" ".join(pair) for pair in model["merges"]]
    assert read_tokenizer(changed(tmp_path, model=model)).merges == new


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": {"type": "WordPiece"}}, "not a byte-pair tokenizer"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}}}, "not a tokenizer"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b c"]}}, "not a tokenizer"),
        ({"model": {"type": "BPE", "vocab": {"a": 1}, "merges": []}}, "has no"),
        ({"model": {"type": "BPE", "vocab": {"a": 2}, "merges": []}}, "holes"),
        ({"added_tokens": [{"id": "x"}]}, "not a tokenizer"),
    ],
)
def test_what_is_no_tokenizer_of_ours_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    """The file is named, with what is wrong."""
    if "has no" in message:
        changes["added_tokens"] = [{"id": 0, "content": "<pad>", "special": True}]
    with pytest.raises(SourceError, match=f"tokenizer.json: .*{message}"):
        read_tokenizer(changed(tmp_path, **changes))
