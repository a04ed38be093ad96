from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hornbook.errors import DamagedFileError
from hornbook.tokens import Tokenizer, train_tokenizer
from hornbook.tokens.tokenizer import END_OF_TEXT
from tests.tiny_model import CODE, tokenizer

DATES = train_tokenizer(["year = 2024\n"] * 50, vocab_size=300)
CODE_LIKE = st.text(alphabet="ab_ \t\n\r019(:.)'\"<|>endoftxé\u2003\u2028")


@given(st.text() | CODE_LIKE)
@example("")
@example("x \r\n\t y  \n\n   ")
@example("\x00\ufeff\U0001f40d")
def test_decoding_gives_the_text_back(text: str) -> None:
    """Nothing is normalised, added or lost."""
    ids = tokenizer().encode(text)
    assert tokenizer().decode(ids) == text
    assert all(0 <= token < tokenizer().vocab_size for token in ids)


@given(st.lists(CODE_LIKE, max_size=4))
def test_a_batch_is_encoded_like_its_texts_one_by_one(texts: list[str]) -> None:
    """Batching changes no token."""
    assert tokenizer().encode_batch(texts) == [tokenizer().encode(text) for text in texts]


@given(st.text(alphabet="0123456789 x.", min_size=1))
def test_no_token_holds_two_digits(text: str) -> None:
    """Numbers are copied digit by digit, however often they were met in training."""
    for token in DATES.encode(text + " 2024"):
        assert sum(map(str.isdigit, DATES.decode([token]))) <= 1


def test_numbers_may_be_whole_where_digits_are_not_split() -> None:
    """With `split_digits` off, a frequent number becomes one token."""
    trained = train_tokenizer(["year = 2024\n"] * 50, vocab_size=300, split_digits=False)
    assert [trained.decode([token]) for token in trained.encode(" 2024")] == [" 2024"]


def test_a_newline_and_the_indentation_after_it_are_one_token() -> None:
    """A line of Python costs one token of white space; a blank line costs one of its own."""
    pieces = [tokenizer().decode([t]) for t in tokenizer().encode("x:\n    y:\n        z\n\n    w")]
    spaces = [piece for piece in pieces if not piece.strip()]
    assert spaces == ["\n    ", "\n        ", "\n", "\n    "]


@given(st.text(alphabet="ab ", max_size=5), st.text(alphabet="ab ", max_size=5))
def test_the_end_of_text_mark_inside_a_document_is_plain_text(before: str, after: str) -> None:
    """Only packing can end a document."""
    text = before + END_OF_TEXT + after
    assert tokenizer().end_of_text not in tokenizer().encode(text)
    assert tokenizer().end_of_text not in tokenizer().encode_batch([text])[0]
    assert tokenizer().decode(tokenizer().encode(text)) == text


def test_a_saved_tokenizer_is_the_same_one(tmp_path: Path) -> None:
    """Digest, tokens and the treatment of the mark survive the way through a file."""
    tokenizer().save(tmp_path / "tokenizer.json")
    loaded = Tokenizer.load(tmp_path / "tokenizer.json")
    text = CODE[0] + END_OF_TEXT
    assert loaded.digest == tokenizer().digest
    assert loaded.encode(text) == tokenizer().encode(text)
    assert (loaded.vocab_size, loaded.end_of_text) == (300, tokenizer().end_of_text)


def digest_in_a_fresh_process(hash_seed: str, threads: str) -> str:
    program = (
        "import sys, json; from hornbook.tokens import train_tokenizer;"
        "print(train_tokenizer(json.loads(sys.stdin.read()), 400).digest)"
    )
    texts = [text.replace("items", f"items_{n % 7}") for n, text in enumerate(CODE * 40)]
    result = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(texts), capture_output=True, text=True,
        check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed, "RAYON_NUM_THREADS": threads},
    )  # fmt: skip
    return result.stdout


def test_training_gives_the_same_tokenizer_in_every_process() -> None:
    """Neither the hash seed nor the number of threads is part of the result."""
    assert digest_in_a_fresh_process("1", "1") == digest_in_a_fresh_process("2", "2")


def test_other_texts_give_another_tokenizer() -> None:
    """The digest tells tokenizers apart."""
    assert train_tokenizer(["other words here\n"] * 9, 300).digest != tokenizer().digest


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"version": "1.0"', None])
def test_a_file_that_is_no_tokenizer_is_a_damaged_file(
    tmp_path: Path, content: bytes | None
) -> None:
    """Missing, empty, cut short or something else: the message says what to run again."""
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DamagedFileError, match="run the tokens room again"):
        Tokenizer.load(path)


def test_a_tokenizer_of_others_without_the_mark_is_refused(tmp_path: Path) -> None:
    """Without an end-of-text mark documents could not be told apart."""
    tokenizer().save(tmp_path / "tokenizer.json")
    text = (tmp_path / "tokenizer.json").read_text().replace(END_OF_TEXT, "<eos>")
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(DamagedFileError, match="endoftext"):
        Tokenizer.load(tmp_path / "tokenizer.json")
