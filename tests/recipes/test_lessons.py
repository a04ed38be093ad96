from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.evaluate.answers import likelihoods_of
from hornbook.randomness import seed_for
from hornbook.recipes.lessons import batches_of, mixture_words, read_by
from hornbook.recipes.recipe import Recipe
from hornbook.storage import read_json
from hornbook.tokens import HELD_OUT, Packed, Tokenizer, write_packed


def changed(run: Path, **changes: Any) -> Recipe:
    """The run's recipe with other values at `room__key__key`."""
    table = read_json(run / "recipe.json")
    for name, value in changes.items():
        *path, last = name.split("__")
        inner = table
        for part in path:
            inner = inner[part]
        inner[last] = value
    return settings_from(Recipe, table, "recipe.json")


def test_a_phase_reads_what_its_settings_say(finished: Path) -> None:
    """Its mixture's tables, its seed, and as many sequences as make up its tokens."""
    recipe = changed(finished)
    batches = batches_of(recipe, "pretrain-base", finished / "tokens")
    assert dict(batches.mixture.shares) == {"selected": 0.8, "textbooks": 0.2}
    assert (batches.context, batches.sequences) == (128, 8192 // 128)
    assert batches.seed == seed_for(recipe.seed, "train", "pretrain-base")
    assert {batches.sequence(number).table for number in range(64)} == {"selected", "textbooks"}


def test_a_phase_without_tokens_reads_its_mixture_s_epochs(finished: Path) -> None:
    """To the nearest whole step."""
    mixture = {"selected": {"epochs": 1.5}, "textbooks": {"epochs": 4}}
    phase = {**read_json(finished / "recipe.json")["train"]["phases"]["pretrain-base"], "tokens": None}  # fmt: skip
    recipe = changed(finished, tokens__mixtures__base=mixture, **{"train__phases__pretrain-base": phase})  # fmt: skip
    batches = batches_of(recipe, "pretrain-base", finished / "tokens")
    tokens = 1.5 * len(batches.mixture.tables["selected"]) + 4 * len(batches.mixture.tables["textbooks"])  # fmt: skip
    assert abs(batches.sequences * 128 - tokens) <= 1024 / 2
    assert batches.sequences % 8 == 0
    assert mixture_words(recipe, "pretrain-base") == {"selected": "1.5 epochs", "textbooks": "4 epochs"}  # fmt: skip
    assert mixture_words(recipe, "finetune") == {"recorded": 0.15, "workbook": 0.85}


def test_a_model_with_fewer_rows_than_the_tokenizer_has_ids_is_refused(finished: Path) -> None:
    """The message names both numbers and what to do."""
    with pytest.raises(ConfigError, match=r"model.vocab_size \(399\) is smaller than .* \(400\)"):
        batches_of(changed(finished, model__vocab_size=399), "finetune", finished / "tokens")


def test_an_empty_table_is_refused(finished: Path, tmp_path: Path) -> None:
    """Decontamination may leave nothing of one."""
    tokenizer = Tokenizer.load(finished / "tokens" / "tokenizer.json")
    tokenizer.save(tmp_path / "tokenizer.json")
    write_packed(tmp_path, "code", [], tokenizer)
    with pytest.raises(ConfigError, match="mixture `raw`: nothing is left in code"):
        batches_of(changed(finished), "pretrain-raw", tmp_path)


def test_a_table_is_opened_once(finished: Path, tmp_path: Path) -> None:
    """Opening reads it whole, and phases share tables."""
    opened: dict[str, Packed] = {}
    first = batches_of(changed(finished), "pretrain-base", finished / "tokens", opened)
    again = batches_of(changed(finished), "pretrain-base", finished / "tokens", opened)
    assert again.mixture.tables["selected"] is first.mixture.tables["selected"]
    assert set(opened) == {"selected", "textbooks"}


def test_an_arm_has_read_its_trunk_and_its_own_phases(finished: Path) -> None:
    """In order, each to the step whose weights it kept."""
    read = list(read_by(changed(finished), finished, "finetuned", {}))
    assert [(each.arm, each.phase) for each in read] == [
        ("base", "pretrain-base"), ("finetuned", "finetune"),
    ]  # fmt: skip
    assert [(each.steps, each.sequences_a_step, each.finished) for each in read] == [(8, 8, True)] * 2  # fmt: skip
    assert [each.ledger.readings[0].sequences for each in read] == [64, 64]


def test_what_is_reported_was_not_looked_at_while_training(finished: Path) -> None:
    """Bits per byte come from held-out documents that no checkpoint could be chosen by."""
    tokenizer = Tokenizer.load(finished / "tokens" / "tokenizer.json")
    looked_at = [Packed.open(finished / "tokens", name, tokenizer.digest) for name in HELD_OUT]
    reported = {row.id for arm in ("raw", "base") for row in likelihoods_of(finished / "evaluate" / arm)}  # fmt: skip
    assert sum(table.documents for table in looked_at[:3]) > 0
    assert reported
    assert not any(table.find(row_id) for table in looked_at for row_id in reported)
