from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from hornbook.inference.likelihood import bits_of, windows_of
from hornbook.model.transformer import Phi
from tests.tiny_model import CODE, SHAPE, chain_model, random_model, tokenizer

MODEL = random_model(4, scale=4.0)
SHORT = st.text(alphabet="abc =(\n1é", max_size=SHAPE.context // 2)


@torch.no_grad()
def naive(model: Phi, text: str) -> float:
    """One read of a text that fits into the context, in float64."""
    mark, size = tokenizer().end_of_text, tokenizer().vocab_size
    ids = torch.tensor([mark, *tokenizer().encode(text), mark])
    assert len(ids) <= model.settings.context + 1
    logits = model(ids[None, :-1])[0, :, :size].double()
    return float(functional.cross_entropy(logits, ids[1:], reduction="sum")) / math.log(2)


@settings(max_examples=25)
@given(st.lists(SHORT.filter(lambda t: len(t.encode()) < SHAPE.context), min_size=1, max_size=20))
def test_a_short_text_costs_what_one_read_of_it_says(texts: list[str]) -> None:
    """From the mark before it to its own end, whatever else is read beside it."""
    found = bits_of(MODEL, tokenizer(), texts)
    assert found == pytest.approx([naive(MODEL, text) for text in texts], rel=1e-4)


@settings(max_examples=25)
@given(st.text(max_size=300))
def test_a_model_that_knows_nothing_needs_the_same_for_each_token(text: str) -> None:
    """However long the text: each of its tokens, and its end, counts exactly once."""
    model = Phi(SHAPE).initialise(0).eval()
    with torch.no_grad():
        model.lm_head.weight.zero_()
    tokens = len(tokenizer().encode(text)) + 1
    [bits] = bits_of(model, tokenizer(), [text])
    assert bits == pytest.approx(tokens * math.log2(tokenizer().vocab_size), rel=1e-5)


@given(st.integers(2, 200), st.integers(2, 40))
def test_windows_count_every_token_once(length: int, context: int) -> None:
    """All but the mark before the text, in order, each with half a context before it if there is one."""
    ids = list(range(length))
    counted = []
    for window in windows_of(0, ids, context):
        assert 2 <= len(window.ids) <= context + 1
        assert window.ids == ids[window.ids[0] : window.ids[-1] + 1]
        for at in range(window.first, len(window.ids)):
            assert at >= min(window.ids[at], context // 2)
            counted.append(window.ids[at])
    assert counted == ids[1:]


def test_a_long_text_is_read_with_what_stands_before() -> None:
    """Its second half costs what a read of the window around it says."""
    ids = [tokenizer().end_of_text, *tokenizer().encode(CODE[0]), tokenizer().end_of_text]
    assert len(ids) > SHAPE.context + 1
    wanted = 0.0
    for window in windows_of(0, ids, SHAPE.context):
        with torch.no_grad():
            logits = MODEL(torch.tensor([window.ids[:-1]]))[0, :, : tokenizer().vocab_size]
        costs = functional.cross_entropy(logits, torch.tensor(window.ids[1:]), reduction="none")
        wanted += float(costs[window.first - 1 :].double().sum()) / math.log(2)
    assert bits_of(MODEL, tokenizer(), [CODE[0]]) == pytest.approx([wanted], rel=1e-5)


def test_what_a_model_expects_is_cheap() -> None:
    """A model that says one text and no other needs next to no bits for it, and many for another."""
    tokens = [tokenizer().end_of_text, *tokenizer().encode("xyz")]
    model = chain_model(dict(zip(tokens, [*tokens[1:], tokens[0]], strict=True)))
    with torch.no_grad():
        model.lm_head.weight *= 10
    said, other = bits_of(model, tokenizer(), ["xyz", "zyx"])
    assert said < 0.01
    assert other > 100


def test_rows_beyond_the_vocabulary_have_no_share() -> None:
    """The padding of the embedding takes no likelihood from real tokens."""
    model = random_model(4, scale=4.0)
    with torch.no_grad():
        model.lm_head.bias[tokenizer().vocab_size :] = 50
    assert bits_of(model, tokenizer(), list(CODE)) == bits_of(MODEL, tokenizer(), list(CODE))


def test_an_empty_text_costs_its_end() -> None:
    """And no texts cost nothing."""
    assert bits_of(MODEL, tokenizer(), [""]) == pytest.approx([naive(MODEL, "")], rel=1e-5)
    assert bits_of(MODEL, tokenizer(), []) == []


def test_progress_ends_at_its_total() -> None:
    told: list[tuple[int, int]] = []
    bits_of(MODEL, tokenizer(), ["x"] * 11, lambda *now: told.append(now))
    assert told == [(8, 11), (11, 11)]
