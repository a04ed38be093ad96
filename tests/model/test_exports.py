from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    GenerationConfig,
    PhiForCausalLM,
)
from transformers.utils import logging

from hornbook.errors import ConfigError, DamagedFileError, SourceError
from hornbook.model import ModelSettings
from hornbook.model.exports import Export, export_model
from hornbook.model.transformer import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.tokens.tokenizer import Tokenizer
from tests.conftest import shared
from tests.model.exchange import WIDE, exported, model_folder
from tests.tiny_model import chain_model, random_model, tokenizer

TEXTS = [
    "def f(x):\n    return x + 1\n",
    "\n\n\tif 12345 != 0x1F:\r\n        pass",
    "Ünï çödé 漢字 🎉 it's we'll  ",
    "",
    "     leading, trailing   \n \n",
]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What transformers says, which it hides from the root logger."""
    logging.enable_propagation()
    logging.disable_progress_bar()
    yield caplog
    logging.disable_propagation()


def loaded(folder: Path, **options: Any) -> PhiForCausalLM:
    return AutoModelForCausalLM.from_pretrained(folder, **options).eval()


def test_the_auto_classes_load_an_export_without_a_warning(
    tmp_path: Path, heard: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Model, configuration and tokenizer load from the folder alone, with nothing to complain of."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = loaded(folder)
        tokens = AutoTokenizer.from_pretrained(folder)
        model.generate(torch.tensor([[5, 6, 7]]), max_new_tokens=4)
    assert type(model).__name__ == "PhiForCausalLM"
    assert len(tokens) == tokenizer().vocab_size
    assert [record.getMessage() for record in heard.records] == []
    assert capfd.readouterr().err == ""


def test_the_library_computes_what_we_do(tmp_path: Path) -> None:
    """An export's logits are the model's own, to the rounding of float32."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf")
    ids = torch.arange(64)[None]
    with torch.inference_mode():
        ours = load_model(tmp_path / "m").eval()(ids)
        theirs = loaded(folder)(ids).logits
    assert (ours - theirs).abs().max() <= 5e-6 * max(1.0, ours.std().item())


def test_ids_of_the_exported_tokenizer_are_ours(tmp_path: Path) -> None:
    """Every text becomes the same ids, and comes back."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf")
    theirs = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert theirs(text)["input_ids"] == tokenizer().encode(text)
        assert theirs.decode(tokenizer().encode(text)) == text
    for mark in (theirs.bos_token_id, theirs.eos_token_id, theirs.pad_token_id):
        assert mark == tokenizer().end_of_text


def test_ids_of_codegens_tokenizer_are_ours(tmp_path: Path) -> None:
    """A model of phi's vocabulary: the same ids, end-of-text 50256, 905 rows left out."""
    source = shared("HORNBOOK_TOKENIZERS") / "codegen" / "tokenizer.json"
    shape = WIDE.model_copy(update={"vocab_size": 51_200})
    save_model(tmp_path / "m", random_model(0, shape))
    folder = exported(tmp_path / "m", tmp_path / "hf", tokenizer=source)
    theirs, ours = AutoTokenizer.from_pretrained(folder), Tokenizer.load(source)
    for text in (*TEXTS, " " * 40 + "x", "\t" * 12, "<html>  a"):
        assert theirs(text)["input_ids"] == ours.encode(text)
    generation = GenerationConfig.from_pretrained(folder)
    marks = (generation.bos_token_id, generation.eos_token_id, generation.pad_token_id)
    assert marks == (50_256, 50_256, 50_256)
    assert generation.suppress_tokens == list(range(50_295, 51_200))


def test_the_marks_and_the_rotary_factor_stand_where_everyone_looks(tmp_path: Path) -> None:
    """End-of-text in both configurations; the factor at the top and in `rope_parameters`."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf")
    raw = json.loads((folder / "config.json").read_text())
    generation = json.loads((folder / "generation_config.json").read_text())
    assert raw["partial_rotary_factor"] == raw["rope_parameters"]["partial_rotary_factor"] == 0.5
    for about in (raw, generation):
        for mark in ("bos_token_id", "eos_token_id", "pad_token_id"):
            assert about[mark] == tokenizer().end_of_text
    config = AutoConfig.from_pretrained(folder)
    assert config.rope_parameters["partial_rotary_factor"] == 0.5
    assert config.rope_parameters["rope_theta"] == 10000.0


@pytest.mark.parametrize("mark", [0, 7, 299])
def test_generation_stops_at_end_of_text(tmp_path: Path, mark: int) -> None:
    """A model that says 20, 21, 22, end-of-text is cut there, whatever the mark's id."""
    model = chain_model({20: 21, 21: 22, 22: mark, mark: 23, 23: 24, 24: 25})
    save_model(tmp_path / "m", model)
    about = json.loads(tokenizer_with_mark_at(mark))
    (tmp_path / "m" / "tokenizer.json").write_text(json.dumps(about))
    folder = exported(tmp_path / "m", tmp_path / "hf")
    out = loaded(folder).generate(torch.tensor([[20]]), max_new_tokens=20, do_sample=False)
    assert out.tolist() == [[20, 21, 22, mark]]


def tokenizer_with_mark_at(mark: int) -> str:
    """The tiny tokenizer with end-of-text and another token in each other's places."""
    about = json.loads(tokenizer()._json)
    vocab = about["model"]["vocab"]
    other = next(token for token, i in vocab.items() if i == mark)
    vocab[other], vocab["<|endoftext|>"] = vocab["<|endoftext|>"], mark
    about["added_tokens"][0]["id"] = mark
    return json.dumps(about)


def loud_dead_rows(shape: ModelSettings = WIDE) -> Phi:
    """A model whose rows beyond the tokenizer have by far the largest logits."""
    model = random_model(0, shape)
    with torch.no_grad():
        model.lm_head.bias[tokenizer().vocab_size :] = 1e4
    return model


def test_rows_without_a_token_are_never_sampled(tmp_path: Path) -> None:
    """Not even where one has the largest logit, greedily or by chance."""
    live = tokenizer().vocab_size
    folder = exported(model_folder(tmp_path / "m", loud_dead_rows()), tmp_path / "hf")
    model, ids = loaded(folder), torch.tensor([[5, 6, 7]] * 50)
    with torch.inference_mode():
        assert model(ids).logits.argmax(-1).min() >= live
    torch.manual_seed(1)
    for choice in ({"do_sample": True, "temperature": 5.0}, {"do_sample": False}):
        assert model.generate(ids, max_new_tokens=20, **choice).max() < live


def test_a_model_without_dead_rows_suppresses_nothing(tmp_path: Path) -> None:
    """As many rows as tokens: there is nothing to leave out."""
    shape = WIDE.model_copy(update={"vocab_size": tokenizer().vocab_size})
    folder = exported(model_folder(tmp_path / "m", random_model(0, shape)), tmp_path / "hf")
    assert "suppress_tokens" not in json.loads((folder / "generation_config.json").read_text())


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
@pytest.mark.parametrize("form", ["hf", "gguf"])
def test_the_same_export_twice_gives_the_same_bytes(tmp_path: Path, form: str, dtype: str) -> None:
    """Weights, configuration and card: nothing depends on when it was made."""
    model = model_folder(tmp_path / "m")
    for out in ("a", "b"):
        exported(model, tmp_path / out, form, dtype=dtype, ids_only=True, card=True)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_an_export_says_in_which_numbers_it_is(tmp_path: Path, dtype: str) -> None:
    """The library loads it in the numbers it is stored in, rounded to nearest."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf", dtype=dtype)
    model, kind = loaded(folder), getattr(torch, dtype)
    weights = random_model(0, WIDE).state_dict()
    assert model.dtype == kind
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, weights[name].to(kind))


@pytest.mark.parametrize("form", ["hf", "gguf"])
def test_a_weight_too_large_for_float16_is_refused(tmp_path: Path, form: str) -> None:
    """It would become infinite; the tensor is named, and nothing is written."""
    model = random_model(0, WIDE)
    with torch.no_grad():
        model.model.layers[1].mlp.fc2.weight[3, 4] = -70000.0
    source = model_folder(tmp_path / "m", model)
    with pytest.raises(ConfigError, match=r"`model\.layers\.1\.mlp\.fc2\.weight` reaches 70000"):
        exported(source, tmp_path / "out", form, dtype="float16", ids_only=True)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
    exported(source, tmp_path / "out", form, dtype="bfloat16", ids_only=True)


def refusals() -> list[tuple[Any, str]]:
    """(what is done to a model's folder, what is said)"""

    def without(folder: Path) -> None:
        (folder / "tokenizer.json").unlink()

    def small(folder: Path) -> None:
        save_model(folder, random_model(0, WIDE.model_copy(update={"vocab_size": 299})))

    def markless(folder: Path) -> None:
        path = folder / "tokenizer.json"
        path.write_text(path.read_text().replace("<|endoftext|>", "<|other|>"))

    def beyond(folder: Path) -> None:
        about = json.loads((folder / "tokenizer.json").read_text())
        about["model"]["vocab"]["<|endoftext|>"] = about["added_tokens"][0]["id"] = 50256
        (folder / "tokenizer.json").write_text(json.dumps(about))

    def damaged(folder: Path) -> None:
        (folder / "tokenizer.json").write_text('{"model": {"type": "BPE", "vocab": 3}}')

    def pieces(folder: Path) -> None:
        (folder / "tokenizer.json").write_text('{"model": {"type": "Unigram"}}')

    return [
        (without, r"tokenizer\.json: missing"),
        (small, "300 tokens, but the model has 299 rows"),
        (markless, r"has no <\|endoftext\|>"),
        (beyond, "ids have holes"),
        (damaged, "not a tokenizer"),
        (pieces, "not a byte-pair tokenizer"),
    ]


@pytest.mark.parametrize(("change", "message"), refusals())
@pytest.mark.parametrize("form", ["hf", "gguf"])
def test_a_tokenizer_that_is_not_the_models_is_refused(
    tmp_path: Path, change: Any, message: str, form: str
) -> None:
    """No tokenizer, another model's, or one whose end-of-text lies outside: nothing is written."""
    source = model_folder(tmp_path / "m")
    change(source)
    with pytest.raises((ConfigError, SourceError), match=message):
        exported(source, tmp_path / "out", form, ids_only=True)
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_folder_of_the_library_has_to_come_in_first(tmp_path: Path) -> None:
    """The message gives the command."""
    folder = exported(model_folder(tmp_path / "m"), tmp_path / "hf")
    with pytest.raises(SourceError, match="hornbook model import"):
        exported(folder, tmp_path / "again")


def test_an_altered_model_is_not_exported(tmp_path: Path) -> None:
    """Weights must be those that were written."""
    source = model_folder(tmp_path / "m")
    with (source / "model.safetensors").open("r+b") as file:
        file.seek(-3, 2)
        file.write(b"\x01")
    with pytest.raises(DamagedFileError, match="not what was written"):
        exported(source, tmp_path / "out")


def test_the_card_is_the_callers_choice(tmp_path: Path) -> None:
    """Without one no measurement is made and no page is written."""
    source = model_folder(tmp_path / "m")
    wanted = Export(source, source / "tokenizer.json", tmp_path / "a", "hf", "tiny", card=False)
    assert export_model(wanted).card is None
    assert not (tmp_path / "a" / "numerics.json").exists()
    folder = exported(source, tmp_path / "b", card=True)
    assert (folder / "NUMERICS.md").read_text().startswith("# Numerics")
