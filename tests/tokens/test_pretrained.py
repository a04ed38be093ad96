from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.tokens import Tokenizer, TokensSettings, what_enters
from hornbook.tokens.pretrained import load_pretrained
from tests.hub_server import environment_of, hub
from tests.tiny_model import tokenizer
from tests.tokens.corpus import EDGE_CASES, documents, texts_of

MIXTURES = {"raw": {"code": 1.0}}
Files = dict[str, object]


def settings(folder: Path | str, **changes: Any) -> TokensSettings:
    return TokensSettings(tokenizer=str(folder), mixtures=MIXTURES, **changes)


def load(folder: Path | str, **changes: Any) -> Tokenizer:
    return load_pretrained(settings(folder, **changes))


@pytest.fixture(scope="module")
def codegen(tokenizer_files: Path) -> Tokenizer:
    return load(tokenizer_files / "codegen")


@pytest.fixture(scope="module")
def gpt2(tokenizer_files: Path) -> Tokenizer:
    return load(tokenizer_files / "gpt2")


@pytest.fixture(scope="module")
def made_of_gpt2(tokenizer_files: Path) -> Tokenizer:
    return load(tokenizer_files / "gpt2", whitespace_tokens=True)


def theirs(kind: str, files: Path) -> Any:
    """The transformers library's own tokenizer, its CodeGen one with the published rule's tokens."""
    transformers = pytest.importorskip("transformers")
    if kind == "file":
        path = str(files / "codegen" / "tokenizer.json")
        return transformers.PreTrainedTokenizerFast(tokenizer_file=path)
    vocabulary = json.loads((files / "gpt2" / "encoder.json").read_text(encoding="utf-8"))
    lines = (files / "gpt2" / "vocab.bpe").read_text(encoding="utf-8").splitlines()[1:]
    merges = [tuple(line.split()) for line in lines if line]
    if kind == "gpt2":
        return transformers.GPT2Tokenizer(vocab=vocabulary, merges=merges)
    found = transformers.CodeGenTokenizer(vocab=vocabulary, merges=merges)
    runs = [" " * n for n in range(31, 1, -1)] + ["\t" * n for n in range(9, 1, -1)]
    found.add_tokens([transformers.AddedToken(run, normalized=True) for run in runs])
    return found


def same_ids(ours: Tokenizer, other: Any, texts: Sequence[str]) -> None:
    """The same ids for every text, every text given back, and as many bytes as it has."""
    wanted = other(list(texts), add_special_tokens=False, split_special_tokens=True)["input_ids"]
    found = ours.encode_batch(texts)
    wrong = [text for text, a, b in zip(texts, found, wanted, strict=True) if list(a) != list(b)]
    assert wrong == []
    sizes = ours.byte_lengths()
    for text, ids in zip(texts, found, strict=True):
        assert ours.decode(ids) == text
        assert int(sizes[ids].sum()) == len(text.encode())


@pytest.mark.parametrize(
    ("ours", "other"),
    [("gpt2", "gpt2"), ("made_of_gpt2", "codegen"), ("codegen", "file")],
)
def test_ids_are_those_of_the_transformers_library(
    tokenizer_files: Path, ours: str, other: str, request: pytest.FixtureRequest
) -> None:
    """On 10,000 documents of code and prose and on every odd one; a mark in a text is plain text."""
    texts = (*EDGE_CASES, *documents())
    assert len(texts) > 10_000
    same_ids(request.getfixturevalue(ours), theirs(other, tokenizer_files), texts)


def test_benchmarks_and_textbooks_have_the_same_ids_too(
    codegen: Tokenizer, tokenizer_files: Path, benchmark_files: Path, teacher_files: Path
) -> None:
    """What the model is asked and taught."""
    texts = texts_of(benchmark_files) + texts_of(teacher_files)
    assert len(texts) > 5000
    same_ids(codegen, theirs("file", tokenizer_files), texts)


def test_the_rule_makes_codegen_of_gpt2(codegen: Tokenizer, made_of_gpt2: Tokenizer) -> None:
    """Two files and 38 tokens are all of it."""
    texts = (*EDGE_CASES, *documents()[::10])
    assert made_of_gpt2.encode_batch(texts) == codegen.encode_batch(texts)
    assert made_of_gpt2.byte_lengths().tolist() == codegen.byte_lengths().tolist()
    assert (codegen.vocab_size, codegen.end_of_text) == (50_295, 50_256)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("    x", [50284, 87]), (" x", [2124]), ("\t", [197]), ("    ", [50284]), ("\t\t", [50294]),
        (" " * 31, [50257]), (" " * 32, [50257, 220]), ("\t" * 9, [50287]),
        ("def f():\n    return 1", [4299, 277, 33529, 198, 50284, 7783, 352]),
    ],
)  # fmt: skip
def test_published_ids_of_codegen(codegen: Tokenizer, text: str, ids: list[int]) -> None:
    """A run of white space is one token, and swallows the space that would stick to the word."""
    assert codegen.encode(text) == ids


def test_published_ids_of_gpt2(gpt2: Tokenizer) -> None:
    """Without a run of white space there is none but GPT-2's."""
    assert gpt2.encode("Hello world") == [15496, 995]
    assert gpt2.encode("    x") == [220, 220, 220, 2124]
    assert (gpt2.vocab_size, gpt2.end_of_text) == (50_257, 50_256)


@given(text=st.text(alphabet="a \t\r\n<|endoftext>é\u2003\U0001f40d0'") | st.text())
def test_every_text_comes_back(codegen: Tokenizer, text: str) -> None:
    """And an end-of-text is never among its ids."""
    ids = codegen.encode(text)
    assert codegen.decode(ids) == text
    assert codegen.end_of_text not in ids
    assert int(codegen.byte_lengths()[ids].sum()) == len(text.encode())


def test_a_saved_tokenizer_is_the_same(codegen: Tokenizer, tmp_path: Path) -> None:
    """A run keeps the tokenizer of others as its own file."""
    codegen.save(tmp_path / "tokenizer.json")
    loaded = Tokenizer.load(tmp_path / "tokenizer.json")
    assert loaded.digest == codegen.digest
    assert loaded.encode_batch(EDGE_CASES) == codegen.encode_batch(EDGE_CASES)


def tiny_pair(folder: Path, names: tuple[str, str] = ("vocab.json", "merges.txt")) -> Path:
    """The tests' own tokenizer in two files, under GPT-2's pattern."""
    tokenizer().save(folder / "all.json")
    model = json.loads((folder / "all.json").read_text())["model"]
    (folder / "all.json").unlink()
    (folder / names[0]).write_text(json.dumps(model["vocab"]))
    merges = "".join(f"{' '.join(pair)}\n" for pair in model["merges"])
    (folder / names[1]).write_text("#version: 0.2\n" + merges)
    return folder


@pytest.mark.parametrize("names", [("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe")])
def test_vocabulary_and_merges_have_two_names(tmp_path: Path, names: tuple[str, str]) -> None:
    """GPT-2's own and the hub's."""
    loaded = load(tiny_pair(tmp_path, names))
    assert (loaded.vocab_size, loaded.end_of_text) == (300, tokenizer().end_of_text)
    assert loaded.decode(loaded.encode("def f():\r\n\treturn 'é'")) == "def f():\r\n\treturn 'é'"


def test_our_own_file_can_be_given_to_another_run(tmp_path: Path) -> None:
    """With the same digest, so that a model's tokenizer is known to be the run's."""
    tokenizer().save(tmp_path / "tokenizer.json")
    assert load(tmp_path).digest == tokenizer().digest


def test_added_tokens_get_the_ids_of_their_file(tmp_path: Path) -> None:
    """Whatever the order in which it names them."""
    tiny_pair(tmp_path)
    (tmp_path / "added_tokens.json").write_text(json.dumps({"  ": 301, "   ": 300}))
    loaded = load(tmp_path)
    assert loaded.encode("     ") == [300, 301]
    assert loaded.byte_lengths()[300:].tolist() == [3, 2]


def test_the_mark_may_be_among_the_added_tokens(tmp_path: Path) -> None:
    """Then too it is the program's to place, and plain text inside a document."""
    tiny_pair(tmp_path)
    text = (tmp_path / "vocab.json").read_text().replace("<|endoftext|>", "<other>")
    (tmp_path / "vocab.json").write_text(text)
    (tmp_path / "added_tokens.json").write_text('{"  ": 301, "<|endoftext|>": 300}')
    loaded = load(tmp_path)
    assert (loaded.end_of_text, loaded.vocab_size) == (300, 302)
    assert loaded.byte_lengths()[300:].tolist() == [0, 2]
    ids = loaded.encode("a<|endoftext|>  b")
    assert 300 not in ids
    assert loaded.decode(ids) == "a<|endoftext|>  b"


def test_truncation_and_padding_of_others_are_put_off(tmp_path: Path) -> None:
    """A document is never cut, and a short one is not made longer."""
    from tokenizers import Tokenizer as Inner

    tokenizer().save(tmp_path / "tokenizer.json")
    inner = Inner.from_file(str(tmp_path / "tokenizer.json"))
    inner.enable_truncation(4)
    inner.enable_padding(length=3)
    inner.save(str(tmp_path / "tokenizer.json"))
    loaded = load(tmp_path)
    texts = ["def total(items):\n", "", "x"]
    assert loaded.encode_batch(texts) == tokenizer().encode_batch(texts)
    assert loaded.digest == tokenizer().digest


def large(folder: Path, tokens: int) -> Path:
    """A tokenizer with so many ids."""
    tokenizer().save(folder / "tokenizer.json")
    about = json.loads((folder / "tokenizer.json").read_text())
    names = ("".join(each) for each in itertools.product("abcdefghij", repeat=5))
    vocabulary = about["model"]["vocab"]
    for name in names:
        if len(vocabulary) == tokens:
            break
        vocabulary.setdefault(name, len(vocabulary))
    (folder / "tokenizer.json").write_text(json.dumps(about))
    return folder


def test_more_ids_than_16_bits_hold_are_refused(tmp_path: Path) -> None:
    """65,536 are the most."""
    assert load(large(tmp_path, 65_536)).vocab_size == 65_536
    with pytest.raises(ConfigError, match=r"65,537 ids; packed tokens are 16 bits wide, so 65,536"):
        load(large(tmp_path, 65_537))


def change(folder: Path, what: Callable[[Any], None]) -> Path:
    tokenizer().save(folder / "tokenizer.json")
    about = json.loads((folder / "tokenizer.json").read_text())
    what(about)
    (folder / "tokenizer.json").write_text(json.dumps(about))
    return folder


def lower(about: Any) -> None:
    about["normalizer"] = {"type": "Lowercase"}


def composed(about: Any) -> None:
    about["normalizer"] = {"type": "NFKC"}


def prefixed(about: Any) -> None:
    about["pre_tokenizer"]["pretokenizers"][-1]["add_prefix_space"] = True


def lacking_a_byte(about: Any) -> None:
    about["model"]["vocab"]["x" * 20] = about["model"]["vocab"].pop("ÿ")


def wrongly_added(about: Any) -> None:
    about["added_tokens"].append({**about["added_tokens"][0], "id": 300, "content": "é", "special": False})  # fmt: skip


@pytest.mark.parametrize("what", [lower, composed, prefixed, lacking_a_byte, wrongly_added])
def test_a_tokenizer_that_changes_texts_is_refused(
    tmp_path: Path, what: Callable[[Any], None]
) -> None:
    """For what is decoded would not be what was written."""
    with pytest.raises(ConfigError, match="choose a byte-level BPE"):
        load(change(tmp_path, what))


def test_a_tokenizer_without_the_mark_is_refused(tmp_path: Path) -> None:
    """Documents could not be told apart."""
    tokenizer().save(tmp_path / "tokenizer.json")
    text = (tmp_path / "tokenizer.json").read_text().replace("<|endoftext|>", "<eos>")
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(ConfigError, match=r"has no <\|endoftext\|>"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no tokenizer; it needs tokenizer.json, or encoder.json with vocab.bpe or"),
        ({"vocab.json": "{}"}, "holds no tokenizer"),
        ({"tokenizer.json": "{}"}, "can't be read as a tokenizer"),
        ({"vocab.json": "[", "merges.txt": ""}, "can't be read as a tokenizer"),
    ],
)
def test_a_folder_without_a_tokenizer_is_refused(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    """The message names the folder and what it should hold."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ConfigError, match=f"{tmp_path}.*{message}"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ({"  ": 299}, "would get the id 300, not 299: the file belongs to another vocabulary"),
        ({"  ": 302}, "would get the id 300, not 302"),
        ([], "not a table of tokens and their ids"),
        ({"  ": "x"}, "not a table of tokens and their ids"),
    ],
)
def test_added_tokens_of_another_vocabulary_are_refused(
    tmp_path: Path, added: object, message: str
) -> None:
    """Their ids would be those of other tokens."""
    tiny_pair(tmp_path)
    (tmp_path / "added_tokens.json").write_text(json.dumps(added))
    with pytest.raises(ConfigError, match=message):
        load(tmp_path)


@pytest.mark.parametrize("name", ["nowhere", "./nowhere/at/all", "a/b/c", "a b/c", "../x"])
def test_what_is_neither_folder_nor_hub_id_is_refused(name: str) -> None:
    """Before anything runs."""
    with pytest.raises(ConfigError, match="neither `own`, nor a folder, nor OWNER/NAME"):
        what_enters(settings(name))


def test_another_file_is_another_input(tmp_path: Path) -> None:
    """So a stage whose tokenizer's files changed is done again; of the hub only the name counts."""
    tiny_pair(tmp_path)
    before = what_enters(settings(tmp_path))
    (tmp_path / "README.md").write_text("not part of it")
    assert what_enters(settings(tmp_path)) == before
    (tmp_path / "added_tokens.json").write_text('{"  ": 300}')
    assert what_enters(settings(tmp_path)) != before
    assert what_enters(settings("own")) == what_enters(settings("some/name@main")) == {}
    with pytest.raises(ConfigError, match="holds no tokenizer"):
        what_enters(settings(tmp_path.parent))


ASK = """
import sys
from hornbook.errors import HornbookError
from hornbook.tokens import TokensSettings
from hornbook.tokens.pretrained import load_pretrained
try:
    found = load_pretrained(TokensSettings(tokenizer=sys.argv[1], mixtures={"a": {"code": 1.0}}))
    print(found.digest)
except HornbookError as error:
    print(type(error).__name__, error)
"""


def ask(name: str, endpoint: str, home: Path, **more: str) -> str:
    """In a process of its own, for the hub's client reads its settings once."""
    env = environment_of(endpoint, home, **more)
    command = [sys.executable, "-c", ASK, name]
    result = subprocess.run(
        command, capture_output=True, text=True, env=env, check=True, timeout=120
    )
    return result.stdout.strip()


def test_a_tokenizer_comes_from_the_hub(tmp_path: Path) -> None:
    """As one file or as three, of a revision too, and without the network once it was had."""
    (tmp_path / "hub" / "us" / "whole").mkdir(parents=True)
    tokenizer().save(tmp_path / "hub" / "us" / "whole" / "tokenizer.json")
    (tmp_path / "hub" / "us" / "pair").mkdir()
    pair = tiny_pair(tmp_path / "hub" / "us" / "pair")
    (pair / "added_tokens.json").write_text('{"  ": 300}')
    with hub(tmp_path / "hub") as here:
        address = here.address
        assert ask("us/whole", address, tmp_path / "home") == tokenizer().digest
        assert ask("us/whole@v1", address, tmp_path / "other") == tokenizer().digest
        assert ask("us/pair", address, tmp_path / "home") == load(pair).digest
    offline = {"HF_HUB_OFFLINE": "1"}
    assert ask("us/whole", address, tmp_path / "home", **offline) == tokenizer().digest


def test_what_the_hub_lacks_is_said(tmp_path: Path) -> None:
    """A wrong name or revision, a repository without a tokenizer, or one that asks for a login."""
    (tmp_path / "us" / "none").mkdir(parents=True)
    with hub(tmp_path) as here:
        for name, words in (
            ("us/nowhere", "SourceError tokens.tokenizer: us/nowhere: neither a folder here"),
            ("us/none@v9", "SourceError tokens.tokenizer: us/none@v9: neither a folder here"),
            ("us/gated", "SourceError tokens.tokenizer: us/gated: the hub gives us/gated only"),
            ("us/none", "ConfigError tokens.tokenizer: us/none has neither tokenizer.json nor"),
        ):
            assert ask(name, here.address, tmp_path / "home").startswith(words)


@pytest.mark.parametrize("more", [{"HF_HUB_OFFLINE": "1"}, {}])
def test_without_the_hub_the_message_says_what_to_do(tmp_path: Path, more: dict[str, str]) -> None:
    """A client that was told to stay offline, and a hub that hands nothing out."""
    with hub(tmp_path) as here:
        told = ask("us/closed", here.address, tmp_path / "home", **more)
    assert told.startswith("NetworkError tokens.tokenizer: us/closed: not a folder here, and the")
    assert "or give a folder that holds the files" in told


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vocab_size": 400}, "vocab_size is of the own tokenizer"),
        ({"split_digits": False}, "split_digits is of the own tokenizer"),
        ({"tokenizer_bytes": 30_000}, "tokenizer_bytes is of the own tokenizer"),
        ({"tokenizer": "own", "whitespace_tokens": True}, "whitespace_tokens is for a tokenizer"),
    ],
)
def test_settings_of_another_tokenizer_are_refused(changes: Files, message: str) -> None:
    """They would say something that is not so."""
    with pytest.raises(ConfigError, match=message):
        settings_from(
            TokensSettings, {"tokenizer": "a/b", "mixtures": MIXTURES, **changes}, "tokens"
        )
