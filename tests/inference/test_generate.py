from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.inference.generate import Decoding, Generated, generate
from hornbook.model.transformer import Phi
from tests.tiny_model import CODE, SHAPE, chain_model, random_model, tokenizer

PROMPTS = [
    "def total(items):\n",
    "x",
    "",
    "class Stack:\n    def",
    "count += item\n" * 3,
    "return 1",
    "é",
]
MODEL = random_model(4)


def mostly_text(seed: int) -> Phi:
    """A random model that chooses among a hundred tokens of plain letters and never ends."""
    model = random_model(seed)
    plain = [t for t in range(1, tokenizer().vocab_size) if tokenizer().decode([t]).isascii()]
    with torch.no_grad():
        model.lm_head.bias.fill_(-1e4)
        model.lm_head.bias[plain] = 0
    return model


TEXTUAL = mostly_text(4)


@torch.no_grad()
def naive(model: Phi, prompt: str, limit: int) -> Generated:
    """The whole text read anew for each token: no cache, no padding, no batch."""
    ids = tokenizer().encode(prompt)[-(model.settings.context - limit) :]
    ids = ids or [tokenizer().end_of_text]
    answer: list[int] = []
    while len(answer) < limit:
        logits = model(torch.tensor([[*ids, *answer]]))[0, -1, : tokenizer().vocab_size]
        if (token := int(logits.argmax())) == tokenizer().end_of_text:
            return Generated(tokenizer().decode(answer), len(answer), "end-of-text")
        answer.append(token)
    return Generated(tokenizer().decode(answer), len(answer), "length")


@pytest.mark.parametrize("batch", [1, 2, 3, 32])
def test_batches_and_cache_change_no_answer(batch: int) -> None:
    """Every answer is that of a model which reads its prompt alone and anew for each token."""
    model = random_model(4)
    with torch.no_grad():
        # A mark that is likely now and then, so that answers leave their batch at several moments.
        model.lm_head.bias[tokenizer().end_of_text] = 1.8
    found = generate(model, tokenizer(), PROMPTS, Decoding(16, batch=batch))
    assert found == [naive(model, prompt, 16) for prompt in PROMPTS]
    assert len({answer.tokens for answer in found}) > 2
    assert {answer.stopped_by for answer in found} == {"end-of-text", "length"}


@settings(max_examples=10)
@given(st.permutations(range(len(PROMPTS))), st.integers(1, 8))
def test_answers_come_in_the_prompts_order(order: list[int], batch: int) -> None:
    """However prompts are sorted and batched, each gets its own answer."""
    straight = generate(TEXTUAL, tokenizer(), PROMPTS, Decoding(8))
    turned = generate(TEXTUAL, tokenizer(), [PROMPTS[i] for i in order], Decoding(8, batch=batch))
    assert turned == [straight[i] for i in order]
    assert len({answer.text for answer in straight}) > 4


@settings(max_examples=25)
@given(st.data())
def test_an_answer_ends_before_its_first_stop_string(data: st.DataObject) -> None:
    """Cut where any of them begins, and not a token later than where the first of them is whole."""
    prompt = data.draw(st.sampled_from(PROMPTS))
    [free] = generate(TEXTUAL, tokenizer(), [prompt], Decoding(16))
    pieces = st.integers(0, len(free.text) - 1).flatmap(
        lambda first: st.integers(first + 1, min(first + 6, len(free.text))).map(
            lambda last: free.text[first:last]
        )
    )
    stops = tuple(data.draw(st.lists(pieces | st.just("\n@never"), min_size=1, max_size=3)))
    others = [p for p in PROMPTS if p != prompt][:3]
    found = generate(TEXTUAL, tokenizer(), [*others, prompt], Decoding(16, stops))[-1]
    whole, ids = "", naive_ids(prompt, 16)
    for count in range(1, len(ids) + 1):
        whole = tokenizer().decode(ids[:count])
        if any(stop in whole for stop in stops):
            cut = min(whole.find(stop) for stop in stops if stop in whole)
            assert found == Generated(whole[:cut], count, "stop-string")
            return
    assert found == free


@torch.no_grad()
def naive_ids(prompt: str, limit: int) -> list[int]:
    ids = tokenizer().encode(prompt) or [tokenizer().end_of_text]
    answer: list[int] = []
    while len(answer) < limit:
        logits = TEXTUAL(torch.tensor([[*ids, *answer]]))[0, -1, : tokenizer().vocab_size]
        answer.append(int(logits.argmax()))
    return answer


def say(*tokens: int, ends: bool = True) -> Phi:
    """A model that goes on from the first of these tokens to the last, and ends there or stays."""
    last = tokenizer().end_of_text if ends else tokens[-1]
    return chain_model(dict(zip(tokens, [*tokens[1:], last], strict=True)))


def single(text: str) -> list[int]:
    """A token for each character or byte, none twice."""
    tokens = [token for character in text for token in tokenizer().encode(character)]
    assert len(set(tokens)) == len(tokens)
    return tokens


def ask(model: Phi, prompt: str, *stop: str, limit: int = 20) -> Generated:
    return generate(model, tokenizer(), [prompt], Decoding(limit, stop))[0]


def test_an_answer_ends_at_its_mark() -> None:
    """The mark is neither text nor counted."""
    assert ask(say(*single("abcd")), "a") == Generated("bcd", 3, "end-of-text")
    assert ask(say(*single("a")), "a") == Generated("", 0, "end-of-text")


def test_an_answer_ends_at_its_limit() -> None:
    """Exactly `max_new_tokens`; an end that falls on the limit is an end at the limit."""
    model = say(*single("abcdefgh"))
    assert ask(model, "a", limit=3) == Generated("bcd", 3, "length")
    assert ask(model, "a", limit=7) == Generated("bcdefgh", 7, "length")
    assert ask(model, "a", limit=8) == Generated("bcdefgh", 7, "end-of-text")


@pytest.mark.parametrize(
    ("stop", "wanted"),
    [
        (("de",), Generated("bc", 4, "stop-string")),
        (("d", "cd"), Generated("b", 3, "stop-string")),
        (("b",), Generated("", 1, "stop-string")),
        (("abc",), Generated("bcdefé!", 8, "end-of-text")),
        (("é",), Generated("bcdef", 7, "stop-string")),
        (("fé",), Generated("bcde", 7, "stop-string")),
        (("!",), Generated("bcdefé", 8, "stop-string")),
    ],
)
def test_stop_strings_across_tokens_and_bytes(stop: tuple[str, ...], wanted: Generated) -> None:
    """A stop string may lie across tokens, and a character across two; the prompt is no part of it."""
    model = say(*single("abcdefé!"))
    assert ask(model, "a", *stop) == wanted


def test_a_stop_string_inside_one_token_cuts_the_token() -> None:
    """What the token holds before the stop string stays."""
    [token] = tokenizer().encode("\n    ")
    model = chain_model({single("a")[0]: single("b")[0], single("b")[0]: token})
    assert ask(model, "a", "  ") == Generated("b\n", 2, "stop-string")


def test_rows_beyond_the_vocabulary_are_never_chosen() -> None:
    """The embedding is padded; its spare rows are no tokens, however likely they look."""
    model = random_model(4)
    with torch.no_grad():
        model.lm_head.bias[tokenizer().vocab_size :] = 1e4
    found = generate(model, tokenizer(), PROMPTS, Decoding(8))
    assert found == generate(MODEL, tokenizer(), PROMPTS, Decoding(8))


def test_a_prompt_that_is_too_long_keeps_its_end() -> None:
    """What stands before the last `context - max_new_tokens` tokens is as if it were not there."""
    ids = tokenizer().encode(CODE[2] + CODE[0])
    start, end = (tokenizer().decode(part) for part in (ids[:24], ids[-24:]))
    assert tokenizer().encode(end) == ids[-24:]
    prompts = [CODE[2] + CODE[0], end, start]
    whole, of_end, of_start = generate(TEXTUAL, tokenizer(), prompts, Decoding(8))
    assert whole == of_end
    assert whole != of_start


@pytest.mark.parametrize("limit", [0, -1, SHAPE.context, SHAPE.context + 1])
def test_a_limit_that_leaves_no_room_is_refused(limit: int) -> None:
    """For a token of the answer, and for one of the prompt."""
    with pytest.raises(ValueError, match="max_new_tokens must be above 0 and under .* .32."):
        generate(MODEL, tokenizer(), ["x"], Decoding(limit))


def test_no_prompts_no_answers() -> None:
    assert generate(MODEL, tokenizer(), [], Decoding(8)) == []


def test_progress_counts_the_prompts() -> None:
    """Told after each batch, the last time that all are done."""
    told: list[tuple[int, int]] = []
    generate(MODEL, tokenizer(), PROMPTS, Decoding(4, batch=3), lambda *now: told.append(now))
    assert told == [(3, 7), (6, 7), (7, 7)]
