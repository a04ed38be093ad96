from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from hornbook.errors import ConfigError, SourceError
from hornbook.model import ModelSettings
from hornbook.model.imports import import_model
from hornbook.model.tensor_file import write_tensors
from hornbook.model.weights import load_model, read_stored
from tests.model.exchange import (
    WIDE,
    exported,
    fused_logits,
    hf_folder,
    library_model,
    model_folder,
    new_config,
    old_config,
    old_names,
    weights_of,
)
from tests.tiny_model import tokenizer

DTYPES = [torch.float32, torch.bfloat16, torch.float16]
OLD = ["mixformer-sequential", "phi-msft"]
SHAPES = [
    WIDE,
    ModelSettings(layers=3, hidden=48, heads=3, rotary=16, inner=80, context=32, vocab_size=300),
    ModelSettings(layers=1, hidden=64, heads=1, rotary=32, inner=256, context=16, vocab_size=1000),
]


@pytest.mark.parametrize("dtype", DTYPES)
def test_weights_come_in_and_go_out_bit_by_bit(tmp_path: Path, dtype: torch.dtype) -> None:
    """Import and export are slices: the transformers folder that comes out holds the same bits."""
    tensors = weights_of(dtype=dtype)
    source = hf_folder(tmp_path / "hf", tensors, new_config())
    tokenizer().save(source / "tokenizer.json")
    about = import_model(source, tmp_path / "ours")
    assert about.dtype == str(dtype).removeprefix("torch.")
    again = load_file(exported(tmp_path / "ours", tmp_path / "again") / "model.safetensors")
    assert again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert again[name].dtype == dtype
        assert torch.equal(again[name].view(torch.uint8), tensor.view(torch.uint8))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_narrow_model_is_kept_narrow_and_computes_in_float32(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    """The folder keeps the numbers as they came; loading widens them without a change."""
    tensors = weights_of(dtype=dtype)
    import_model(hf_folder(tmp_path / "hf", tensors, new_config()), tmp_path / "ours")
    stored, loaded = read_stored(tmp_path / "ours"), load_model(tmp_path / "ours").state_dict()
    assert stored.dtype == dtype
    assert json.loads((tmp_path / "ours" / "config.json").read_text())["layout"] == "phi"
    for name, tensor in tensors.items():
        assert torch.equal(stored.tensors[name], tensor)
        assert loaded[name].dtype == torch.float32
        assert torch.equal(loaded[name], tensor.float())


@pytest.mark.parametrize("shape", SHAPES)
def test_an_imported_model_computes_what_transformers_does(
    tmp_path: Path, shape: ModelSettings
) -> None:
    """The same weights give the same logits, to the rounding of float32."""
    tensors = weights_of(shape)
    import_model(hf_folder(tmp_path / "hf", tensors, new_config(shape)), tmp_path / "ours")
    ids = torch.arange(shape.context)[None] * 7 % shape.vocab_size
    with torch.inference_mode():
        ours = load_model(tmp_path / "ours").eval()(ids)
        theirs = library_model(shape, tensors)(ids).logits
    assert (ours - theirs).abs().max() <= 5e-6 * max(1.0, theirs.std().item())


@pytest.mark.parametrize("kind", OLD)
@pytest.mark.parametrize("shape", SHAPES)
def test_old_layouts_come_in_as_the_same_model(
    tmp_path: Path, kind: str, shape: ModelSettings
) -> None:
    """Both first layouts give, bit by bit, the weights of today's names."""
    tensors = weights_of(shape)
    config = old_config(kind, shape, n_inner=shape.inner, pad_vocab_size_multiple=1)
    old = hf_folder(tmp_path / "old", old_names(tensors, kind, shape.layers), config)
    assert import_model(old, tmp_path / "ours").layout == kind
    model = load_model(tmp_path / "ours").eval()
    assert model.settings == shape
    for name, weight in model.state_dict().items():
        assert torch.equal(weight, tensors[name])
    ids = torch.arange(shape.context)[None] * 5 % shape.vocab_size
    with torch.inference_mode():
        theirs = library_model(shape, tensors)(ids).logits
        assert (model(ids) - theirs).abs().max() <= 5e-6 * max(1.0, theirs.std().item())


@pytest.mark.parametrize("shape", SHAPES)
def test_the_merged_product_of_the_first_release_is_ours_in_three(shape: ModelSettings) -> None:
    """`Wqkv` viewed as [3, heads, size], as the first release did, gives the logits that today's
    names give: rows of q, then of k, then of v."""
    tensors = weights_of(shape)
    merged = old_names(tensors, "mixformer-sequential", shape.layers)
    ids = torch.arange(shape.context)[None] * 5 % shape.vocab_size
    with torch.inference_mode():
        theirs = library_model(shape, tensors).double()(ids).logits
        assert (fused_logits(merged, shape, ids) - theirs).abs().max() < 1e-4


def test_tables_that_old_files_kept_are_left_out(tmp_path: Path) -> None:
    """A stored rotary table follows from the shape and is no weight."""
    tensors = old_names(weights_of(), "phi-msft", WIDE.layers)
    tensors["transformer.h.0.mixer.rotary_emb.inv_freq"] = torch.ones(4)
    old = hf_folder(tmp_path / "old", tensors, old_config("phi-msft"))
    assert import_model(old, tmp_path / "ours").shape == WIDE


def test_the_first_release_pads_its_vocabulary(tmp_path: Path) -> None:
    """300 tokens in steps of 64 are 320 rows in mixformer-sequential, and 300 in phi-msft."""
    config = old_config("mixformer-sequential", vocab_size=300)
    tensors = old_names(weights_of(), "mixformer-sequential", WIDE.layers)
    shape = import_model(hf_folder(tmp_path / "old", tensors, config), tmp_path / "ours").shape
    assert shape == WIDE
    later = old_config("phi-msft", vocab_size=300, pad_vocab_size_multiple=64)
    source = hf_folder(tmp_path / "b", old_names(weights_of(), "phi-msft", 2), later)
    with pytest.raises(SourceError, match=r"`model\.embed_tokens\.weight` is \[320, 32\]"):
        import_model(source, tmp_path / "other")


def sharded(folder: Path, tensors: dict[str, Tensor], shards: int = 3) -> Path:
    """The tensors dealt out to files, with the index that says which is where."""
    hf_folder(folder, {}, new_config())
    (folder / "model.safetensors").unlink()
    places = {}
    for i in range(shards):
        name = f"model-{i + 1:05d}-of-{shards:05d}.safetensors"
        names = list(tensors)[i::shards]
        write_tensors(folder / name, {n: tensors[n] for n in names})
        places.update(dict.fromkeys(names, name))
    about = {"metadata": {"total_size": 1}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(about))
    return folder


def test_shards_are_one_model(tmp_path: Path) -> None:
    """A model in three files comes in as the same one in a single file."""
    tensors = weights_of(dtype=torch.bfloat16)
    whole = import_model(hf_folder(tmp_path / "a", tensors, new_config()), tmp_path / "whole")
    parts = import_model(sharded(tmp_path / "b", tensors), tmp_path / "parts")
    assert whole.sha256 == parts.sha256


def reindex(change: Callable[[dict[str, str]], object]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / "model.safetensors.index.json"
        about = json.loads(path.read_text())
        change(about["weight_map"])
        path.write_text(json.dumps(about))

    return write


FIRST = "model-00001-of-00003.safetensors"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / FIRST).unlink(), "is not a file of that folder"),
        (lambda f: (f / FIRST).write_bytes(b"junk"), "not safetensors, or cut short"),
        (lambda f: (f / FIRST).write_bytes((f / FIRST).read_bytes()[:-9]), "cut short"),
        (reindex(lambda m: m.update(extra=FIRST)), "`extra` is there or not"),
        (reindex(lambda m: m.pop("lm_head.bias")), "`lm_head.bias` is there or not"),
        (reindex(lambda m: m.update({"lm_head.bias": FIRST})), "is there or not"),
        (reindex(lambda m: m.update({"lm_head.bias": "../x"})), "`../x` is not a file"),
        (lambda f: (f / "model.safetensors.index.json").write_text("{}"), "`weight_map`"),
        (lambda f: (f / "model.safetensors.index.json").write_text("[]"), "not an object"),
    ],
)
def test_damaged_shards_are_refused(
    tmp_path: Path, damage: Callable[[Path], object], message: str
) -> None:
    """Nothing is made of a model of which a part is missing, cut or elsewhere."""
    source = sharded(tmp_path / "hf", weights_of())
    damage(source)
    with pytest.raises(SourceError, match=message):
        import_model(source, tmp_path / "ours")
    assert not (tmp_path / "ours").exists()


CONFIGS: list[tuple[dict[str, Any], str]] = [
    ({"num_key_value_heads": 1}, "`num_key_value_heads` is 1; only models with 2"),
    ({"qk_layernorm": True}, "`qk_layernorm` is True"),
    ({"hidden_act": "gelu"}, "`hidden_act` is 'gelu'"),
    ({"tie_word_embeddings": True}, "`tie_word_embeddings` is True"),
    ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "`rope_scaling` is"),
    ({"rope_theta": 50000.0}, "`rope_theta` is 50000.0"),
    ({"layer_norm_eps": 1e-6}, "`layer_norm_eps` is 1e-06"),
    ({"head_dim": 64}, "`head_dim` is 64"),
    ({"quantization_config": {"bits": 4}}, "`quantization_config`"),
    ({"partial_rotary_factor": 0.25}, "differ"),
    ({"partial_rotary_factor": "half", "rope_parameters": {}}, "not a part of 1"),
    ({"partial_rotary_factor": [0.5], "rope_parameters": []}, "not a part of 1"),
    ({"partial_rotary_factor": float("nan"), "rope_parameters": {}}, "not a part of 1"),
    ({"partial_rotary_factor": 1e300, "rope_parameters": {}}, "not a part of 1"),
    ({"rope_parameters": {"rope_type": "yarn"}}, r"`rope_parameters\.rope_type` is 'yarn'"),
    ({"rope_parameters": {"rope_theta": 5.0}}, r"`rope_parameters\.rope_theta` is 5\.0"),
    ({"hidden_size": None}, "`hidden_size` is None, not a whole number"),
    ({"hidden_size": "32"}, "`hidden_size` is '32'"),
    ({"num_attention_heads": 0}, "heads"),
    ({"num_attention_heads": 5, "num_key_value_heads": 5}, "multiple of heads"),
    ({"partial_rotary_factor": 0.45, "rope_parameters": {}}, r"rotary \(7\) must be even"),
    ({"model_type": "llama"}, "`model_type` is 'llama'"),
    ({"model_type": None}, "`model_type` is None"),
    ({"vocab_size": 10**6}, "`vocab_size`"),
]


@pytest.mark.parametrize(("change", "message"), CONFIGS)
def test_what_our_transformer_does_not_compute_is_refused(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """Each such key is named, with its file; nothing is written."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config(**change))
    with pytest.raises(SourceError, match=message) as told:
        import_model(source, tmp_path / "ours")
    assert str(source / "config.json") in str(told.value)
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("phi-msft", {"n_head_kv": 1}, "`n_head_kv` is 1"),
        ("phi-msft", {"activation_function": "relu"}, "`activation_function` is 'relu'"),
        ("phi-msft", {"layer_norm_epsilon": 1e-6}, "`layer_norm_epsilon`"),
        ("phi-msft", {"tie_word_embeddings": True}, "`tie_word_embeddings`"),
        ("phi-msft", {"rotary_dim": None}, "`rotary_dim` is None"),
        ("phi-msft", {"n_embd": None}, "`n_embd` is None"),
        ("mixformer-sequential", {"architecture": {"block_cls": "sequential"}}, "block_cls"),
        ("mixformer-sequential", {"architecture": {"mlp": {"mlp_cls": "glu"}}}, "mlp_cls"),
        ("mixformer-sequential", {"architecture": {"mixer": {"rotary_base": 7}}}, "rotary_base"),
    ],
)
def test_old_configurations_are_held_to_the_same(
    tmp_path: Path, kind: str, change: dict[str, Any], message: str
) -> None:
    """The first releases' keys are refused as today's are."""
    tensors = old_names(weights_of(), kind, WIDE.layers)
    source = hf_folder(tmp_path / "old", tensors, old_config(kind, **change))
    with pytest.raises(SourceError, match=message):
        import_model(source, tmp_path / "ours")


def poked(name: str, value: float) -> Callable[[dict[str, Tensor]], None]:
    def change(tensors: dict[str, Tensor]) -> None:
        tensors[name].view(-1)[1] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("lm_head.bias"), "`lm_head.bias` is missing"),
        (lambda t: t.update(extra=torch.ones(2)), "`extra` belongs to no weight"),
        (lambda t: t.update({"lm_head.bias": torch.ones(3)}), r"`lm_head.bias` is \[3\]"),
        (poked("model.layers.1.mlp.fc1.weight", float("nan")), "`.*fc1.weight` .* not finite"),
        (poked("model.embed_tokens.weight", float("inf")), "`.*embed.*` .* not finite"),
        (lambda t: t.update({"lm_head.bias": torch.ones(320).half()}), "`lm_head.bias` is float16"),
        (lambda t: t.clear(), "no tensor"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Tensor]], object], message: str
) -> None:
    """Missing, unknown, of another shape or kind, or not finite: the tensor is named."""
    tensors = weights_of()
    change(tensors)
    source = hf_folder(tmp_path / "hf", tensors, new_config())
    with pytest.raises(SourceError, match=message):
        import_model(source, tmp_path / "ours")
    assert [path.name for path in tmp_path.iterdir()] == ["hf"]


def test_numbers_of_other_kinds_are_refused(tmp_path: Path) -> None:
    """float64 weights can't be kept bit by bit in any of our kinds."""
    from safetensors.torch import save_file

    source = hf_folder(tmp_path / "hf", {}, new_config())
    save_file({n: t.double() for n, t in weights_of().items()}, source / "model.safetensors")
    with pytest.raises(SourceError, match="float64; weights are read where"):
        import_model(source, tmp_path / "ours")


@pytest.mark.parametrize("name", ["pytorch_model.bin", "consolidated.00.pth"])
def test_a_pickle_is_never_read(tmp_path: Path, name: str) -> None:
    """It runs what it says; the answer is how to convert it."""
    source = hf_folder(tmp_path / "hf", {}, new_config())
    (source / "model.safetensors").unlink()
    (source / name).write_bytes(b"cos\nsystem\n(S'touch pickled'\ntR.")
    with pytest.raises(SourceError, match=r"convert it to model\.safetensors first"):
        import_model(source, tmp_path / "ours")
    assert not Path("pickled").exists()


def test_a_folder_without_weights_or_configuration_is_named(tmp_path: Path) -> None:
    """The missing file stands in the message."""
    with pytest.raises(SourceError, match=r"config\.json: missing"):
        import_model(tmp_path, tmp_path / "ours")
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(SourceError, match="not valid JSON"):
        import_model(tmp_path, tmp_path / "ours")
    (tmp_path / "config.json").write_text(json.dumps(new_config()))
    with pytest.raises(SourceError, match=r"neither model\.safetensors nor"):
        import_model(tmp_path, tmp_path / "ours")


def test_a_tokenizer_comes_along_and_must_fit(tmp_path: Path) -> None:
    """It is copied byte by byte; one with more tokens than the model has rows is another model's."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config())
    tokenizer().save(source / "tokenizer.json")
    assert import_model(source, tmp_path / "ours").tokenizer
    there = (tmp_path / "ours" / "tokenizer.json").read_bytes()
    assert there == (source / "tokenizer.json").read_bytes()
    small = WIDE.model_copy(update={"vocab_size": 299})
    other = hf_folder(tmp_path / "small", weights_of(small), new_config(small))
    tokenizer().save(other / "tokenizer.json")
    with pytest.raises(ConfigError, match="300 tokens, but the model has 299 rows"):
        import_model(other, tmp_path / "wrong")


def test_a_model_of_ours_needs_no_import(tmp_path: Path) -> None:
    """It is said to be one."""
    with pytest.raises(SourceError, match="a model of this program already"):
        import_model(model_folder(tmp_path / "m"), tmp_path / "ours")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """`--out` is never written into."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config())
    out = model_folder(tmp_path / "ours")
    before = (out / "config.json").read_bytes()
    with pytest.raises(ConfigError, match="not empty"):
        import_model(source, out)
    assert (out / "config.json").read_bytes() == before
