from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.model import ModelSettings
from hornbook.model.tokenizer_file import read_tokenizer
from hornbook.model.traps import check_export
from tests.tiny_model import tokenizer


def shape(hidden: int, heads: int, rotary: int) -> ModelSettings:
    return ModelSettings(
        layers=1, hidden=hidden, heads=heads, rotary=rotary, inner=64, context=16, vocab_size=320
    )


def test_a_rotary_width_must_survive_being_a_factor(tmp_path: Path) -> None:
    """30 of 44 is 29.99... when multiplied back, which others cut to 29. Such widths are refused, and
    no others; heads of 16, 32, 64, 80 and 128 have none."""
    tokenizer().save(tmp_path / "tokenizer.json")
    found = read_tokenizer(tmp_path / "tokenizer.json")
    refused = []
    for size in range(4, 130, 4):
        for rotary in range(2, size + 1, 2):
            try:
                check_export(shape(size * 4, 4, rotary), found)
            except ConfigError:
                refused.append((size, rotary))
    assert refused == [
        (s, r) for s in range(4, 130, 4) for r in range(2, s + 1, 2) if int(s * (r / s)) != r
    ]
    assert (44, 30) in refused
    with pytest.raises(ConfigError, match="`rotary` 30 of heads of 44"):
        check_export(shape(44 * 4, 4, 30), found)
    assert not [pair for pair in refused if pair[0] in (16, 32, 64, 80, 128)]


def test_what_holds_is_told_in_words(tmp_path: Path) -> None:
    """The card gets a sentence for each."""
    tokenizer().save(tmp_path / "tokenizer.json")
    told = check_export(shape(64, 4, 8), read_tokenizer(tmp_path / "tokenizer.json"))
    assert told[0].startswith("300 tokens have a row each; 20 rows stand for no token")
    assert "token 0" in told[1]


def test_a_tokenizer_needs_a_row_for_every_token(tmp_path: Path) -> None:
    """As many rows as tokens are enough, one less is not."""
    tokenizer().save(tmp_path / "tokenizer.json")
    found = read_tokenizer(tmp_path / "tokenizer.json")
    whole = shape(64, 4, 8)
    check_export(whole.model_copy(update={"vocab_size": 300}), found)
    with pytest.raises(ConfigError, match="300 tokens, but the model has 299 rows"):
        check_export(whole.model_copy(update={"vocab_size": 299}), found)
