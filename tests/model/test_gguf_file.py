from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from gguf import GGUFReader
from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.model.weights import load_model
from tests.conftest import shared
from tests.model.exchange import WIDE, exported, hf_folder, model_folder, new_config, weights_of
from tests.tiny_model import SHAPE, random_model, tokenizer

KINDS = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
LIVE = 300


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor], dict[str, str]]:
    """(metadata, tensors, their kinds) as the gguf package reads them back."""
    reader = GGUFReader(path)
    about = {n: f.contents() for n, f in reader.fields.items() if not n.startswith("GGUF.")}
    tensors = {}
    for each in reader.tensors:
        shape = [int(n) for n in reversed(each.shape)]
        data = torch.from_numpy(np.array(each.data))
        if each.tensor_type.name == "BF16":
            data = data.view(torch.bfloat16)
        tensors[each.name] = data.reshape(shape)
    return about, tensors, {each.name: each.tensor_type.name for each in reader.tensors}


def wanted(dtype: torch.dtype) -> dict[str, Tensor]:
    """What each tensor must hold, written out by hand."""
    weights = random_model(0, WIDE).state_dict()
    found = {
        "token_embd.weight": weights["model.embed_tokens.weight"][:LIVE],
        "output.weight": weights["lm_head.weight"][:LIVE],
        "output.bias": weights["lm_head.bias"][:LIVE],
        "output_norm.weight": weights["model.final_layernorm.weight"],
        "output_norm.bias": weights["model.final_layernorm.bias"],
    }
    names = {
        "attn_norm": "input_layernorm",
        "attn_output": "self_attn.dense",
        "ffn_up": "mlp.fc1",
        "ffn_down": "mlp.fc2",
    }
    for i in range(WIDE.layers):
        for kind in ("weight", "bias"):
            q, k, v = (weights[f"model.layers.{i}.self_attn.{p}_proj.{kind}"] for p in "qkv")
            found[f"blk.{i}.attn_qkv.{kind}"] = torch.cat([q, k, v])
            for theirs, ours in names.items():
                found[f"blk.{i}.{theirs}.{kind}"] = weights[f"model.layers.{i}.{ours}.{kind}"]
    return {n: t.to(dtype) if t.dim() > 1 else t for n, t in found.items()}


@pytest.mark.parametrize("dtype", KINDS)
def test_every_tensor_comes_back_bit_by_bit(tmp_path: Path, dtype: str) -> None:
    """Matrices in the numbers asked for, vectors in float32, rows without a token left out."""
    model = model_folder(tmp_path / "m")
    path = exported(model, tmp_path / "g", "gguf", dtype=dtype, ids_only=True) / "model.gguf"
    _, tensors, kinds = read(path)
    right = wanted(getattr(torch, dtype))
    assert tensors.keys() == right.keys()
    for name, tensor in right.items():
        assert kinds[name] == (KINDS[dtype] if tensor.dim() > 1 else "F32")
        assert tensors[name].shape == tensor.shape
        assert torch.equal(tensors[name].view(torch.uint8), tensor.contiguous().view(torch.uint8))


@pytest.mark.parametrize(("dtype", "file_type"), [("float32", 0), ("float16", 1), ("bfloat16", 32)])
def test_every_key_is_there(tmp_path: Path, dtype: str, file_type: int) -> None:
    """The whole of the metadata; a text never begins with end-of-text by itself."""
    model = model_folder(tmp_path / "m")
    path = exported(model, tmp_path / "g", "gguf", dtype=dtype, ids_only=True) / "model.gguf"
    about, _, _ = read(path)
    vocab = json.loads((model / "tokenizer.json").read_text())["model"]
    assert about.pop("tokenizer.ggml.tokens") == sorted(vocab["vocab"], key=vocab["vocab"].get)
    assert about.pop("tokenizer.ggml.merges") == [" ".join(pair) for pair in vocab["merges"]]
    assert about.pop("tokenizer.ggml.token_type") == [3] + [1] * (LIVE - 1)
    assert about.pop("phi2.attention.layer_norm_epsilon") == pytest.approx(1e-5)
    assert "for token ids only" in about.pop("general.description")
    assert about == {
        "general.architecture": "phi2",
        "general.name": "tiny",
        "general.file_type": file_type,
        "phi2.context_length": 64,
        "phi2.embedding_length": 32,
        "phi2.feed_forward_length": 128,
        "phi2.block_count": 2,
        "phi2.attention.head_count": 2,
        "phi2.attention.head_count_kv": 2,
        "phi2.rope.dimension_count": 8,
        "phi2.rope.freq_base": 10000.0,
        "phi2.vocab_size": LIVE,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "gpt-2",
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 0,
        "tokenizer.ggml.padding_token_id": 0,
        "tokenizer.ggml.add_bos_token": False,
    }


def test_codegens_tokenizer_goes_along_with_its_split(tmp_path: Path) -> None:
    """Its pattern is GPT-2's, which llama.cpp knows; runs of spaces are added tokens, one mark is."""
    shape = WIDE.model_copy(update={"vocab_size": 51_200})
    source = hf_folder(tmp_path / "hf", weights_of(shape), new_config(shape))
    codegen = shared("HORNBOOK_TOKENIZERS") / "codegen" / "tokenizer.json"
    (source / "tokenizer.json").write_bytes(codegen.read_bytes())
    from hornbook.model.imports import import_model

    import_model(source, tmp_path / "m")
    path = exported(tmp_path / "m", tmp_path / "g", "gguf") / "model.gguf"
    about, tensors, _ = read(path)
    tokens, kinds = about["tokenizer.ggml.tokens"], about["tokenizer.ggml.token_type"]
    assert about["tokenizer.ggml.pre"] == "gpt-2"
    assert "general.description" not in about
    assert len(tokens) == len(kinds) == len(tensors["output.bias"]) == 50_295
    assert tokens[50_256] == "<|endoftext|>"
    assert tokens[50_257] == " " * 31
    assert tokens[50_294] == "\t\t"
    assert kinds[50_256] == 3
    assert set(kinds[50_257:]) == {4}
    assert set(kinds[:50_256]) == {1}
    assert len(about["tokenizer.ggml.merges"]) == 50_000
    assert about["tokenizer.ggml.eos_token_id"] == about["tokenizer.ggml.bos_token_id"] == 50_256


def test_leaving_out_dead_rows_changes_no_other_logit(tmp_path: Path) -> None:
    """The model that llama.cpp gets answers as ours does among real tokens."""
    from hornbook.model.gguf_file import live_rows
    from hornbook.model.transformer import Phi

    whole = load_model(model_folder(tmp_path / "m")).eval()
    shape, tensors = live_rows(whole.settings, whole.state_dict(), LIVE)
    cut = Phi(shape).eval()
    cut.load_state_dict(tensors)
    ids = torch.arange(60)[None]
    assert shape.vocab_size == LIVE
    assert (cut(ids) - whole(ids)[..., :LIVE]).abs().max() < 1e-5


def test_a_split_llama_cpp_has_no_name_for_is_refused(tmp_path: Path) -> None:
    """It would cut text into other tokens without a word; --ids-only is the way around."""
    model = model_folder(tmp_path / "m")
    with pytest.raises(ConfigError, match="no name for this tokenizer's way of splitting"):
        exported(model, tmp_path / "g", "gguf")
    assert not (tmp_path / "g").exists()


def test_another_inner_width_is_refused(tmp_path: Path) -> None:
    """llama.cpp's tools take 4 x hidden for granted; transformers do not."""
    model = model_folder(tmp_path / "m", random_model(0, SHAPE))
    with pytest.raises(ConfigError, match=r"`inner` is 64: .*4 x `hidden` \(128\)"):
        exported(model, tmp_path / "g", "gguf", ids_only=True)
    exported(model, tmp_path / "h", "hf")


def test_without_the_gguf_package_it_is_said(tmp_path: Path) -> None:
    """The message names the extra; an export for transformers needs neither package."""
    model = model_folder(tmp_path / "m")
    hide = "import sys\nfor n in ('gguf', 'transformers', 'tokenizers'): sys.modules[n] = None\n"
    main = "from hornbook.cli import main\nsys.exit(main(sys.argv[1:]))"

    def ask(form: str) -> subprocess.CompletedProcess[str]:
        words = ["model", "export", str(model), "--format", form, "--out", str(tmp_path / form)]
        command = [sys.executable, "-c", hide + main, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    told = ask("gguf")
    assert told.returncode == 2
    assert "pip install 'hornbook[interchange]'" in told.stderr
    told = ask("hf")
    assert told.returncode == 0, told.stderr
    page = (tmp_path / "hf" / "NUMERICS.md").read_text()
    assert "transformers is not installed here: not measured" in page


def test_our_tokenizer_is_for_ids_only() -> None:
    """No name of llama.cpp's stands for a split that keeps a line end and its indentation together."""
    steps = json.loads(tokenizer()._json)["pre_tokenizer"]["pretokenizers"]
    assert r"\r?\n[ \t]*" in steps[0]["pattern"]["Regex"]
