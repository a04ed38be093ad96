from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save

from hornbook.errors import DamagedFileError, HornbookError
from hornbook.model.transformer import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.storage import file_digest
from tests.tiny_model import SHAPE, random_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", random_model())
    return tmp_path / "model"


def test_a_model_comes_back_bit_by_bit(folder: Path) -> None:
    """Shape and every weight; the answer to the same tokens is then the same as well."""
    wanted, found = random_model(), load_model(folder).eval()
    assert found.settings == SHAPE
    assert list(found.state_dict()) == list(wanted.state_dict())
    for name, weight in wanted.state_dict().items():
        assert torch.equal(found.state_dict()[name], weight)
    ids = torch.arange(20)[None]
    assert torch.equal(found(ids), wanted(ids))


def test_the_digest_is_that_of_the_file_and_of_the_weights(tmp_path: Path) -> None:
    """Equal weights, equal bytes; other weights, another digest."""
    digests = [
        save_model(tmp_path / str(n), random_model(seed)) for n, seed in enumerate((1, 1, 2))
    ]
    assert digests[0] == digests[1] == file_digest(tmp_path / "0" / "model.safetensors")
    assert digests[2] != digests[0]


def test_a_bfloat16_model_is_saved_in_float32(tmp_path: Path) -> None:
    """Nothing is lost: every bfloat16 number is a float32 number."""
    model = random_model().to(torch.bfloat16)
    save_model(tmp_path, model)
    for name, weight in load_model(tmp_path).state_dict().items():
        assert weight.dtype == torch.float32
        assert torch.equal(weight, model.state_dict()[name].float())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path, value: float) -> None:
    """The error names the weight, and nothing is written."""
    model = random_model()
    with torch.no_grad():
        model.model.layers[1].mlp.fc2.bias[3] = value
    with pytest.raises(HornbookError, match=r"layers\.1\.mlp\.fc2\.bias.*not saved"):
        save_model(tmp_path / "model", model)
    assert list(tmp_path.rglob("*")) == []


def test_a_model_that_can_not_be_saved_leaves_the_one_before(folder: Path) -> None:
    """The old files stay as they are, and whole."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    model = random_model(2)
    with torch.no_grad():
        model.lm_head.bias[0] = float("nan")
    with pytest.raises(HornbookError):
        save_model(folder, model)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-4])


def turn_a_bit(folder: Path) -> None:
    path = folder / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))


def config(**changes: Any) -> Callable[[Path], None]:
    """Change entries of config.json; those of the shape by their own name, None takes one away."""

    def change(folder: Path) -> None:
        about = json.loads((folder / "config.json").read_text())
        for name, value in changes.items():
            place = about if name in about else about["shape"]
            if value is None:
                del place[name]
            else:
                place[name] = value
        (folder / "config.json").write_text(json.dumps(about))

    return change


def text(content: bytes) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "config.json").write_bytes(content)

    return write


def weights(change: Callable[[dict[str, torch.Tensor]], object]) -> Callable[[Path], None]:
    """Change the weights and vouch for the new file: only a look at the tensors can tell."""

    def write(folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        (folder / "model.safetensors").write_bytes(save(tensors))
        config(sha256=file_digest(folder / "model.safetensors"))(folder)

    return write


def garbage(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"no tensors here")
    config(sha256=file_digest(folder / "model.safetensors"))(folder)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "not what was written"),
        (turn_a_bit, "not what was written"),
        (lambda folder: (folder / "model.safetensors").unlink(), "missing"),
        (lambda folder: (folder / "config.json").unlink(), "no model here"),
        (text(b"{"), "not valid JSON"),
        (text(b""), "not valid JSON"),
        (text(b"{}"), "not a model's shape"),
        (text(b"[1]"), "not a model's shape"),
        (config(shape={}), "not a model's shape"),
        (config(shape=None), "not a model's shape"),
        (config(sha256=None), "not a model's shape"),
        (config(heads=5), "not a model's shape"),
        (config(layers=3), r"layers\.2\..* is missing"),
        (config(layers=1), r"layers\.1\..* belongs to no weight"),
        (config(hidden=64), "of another shape"),
        (config(vocab_size=300), "of another shape"),
        (weights(lambda t: t["lm_head.bias"].fill_(float("nan"))), "`lm_head.bias` .*not finite"),
        (weights(lambda t: t.pop("lm_head.bias")), "`lm_head.bias` is missing"),
        (weights(lambda t: t.update(extra=torch.ones(1))), "`extra` belongs to no weight"),
        (garbage, "not weights"),
    ],
)  # fmt: skip
def test_a_damaged_model_is_not_read(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    """Whatever is wrong with it is found before anything is answered with it."""
    damage(folder)
    with pytest.raises(DamagedFileError, match=message):
        load_model(folder)


def test_dropout_is_the_readers_choice(folder: Path) -> None:
    """It is a matter of a phase and no part of the model."""
    ids = torch.arange(20)[None]
    assert not torch.equal(load_model(folder, dropout=0.5).train()(ids), random_model()(ids))
    assert torch.equal(load_model(folder).train()(ids), random_model().train()(ids))


def test_parameters_carry_the_names_of_the_transformers_library() -> None:
    """Weights can be exchanged by copying."""
    names = {name.replace(".layers.1.", ".layers.0.") for name in Phi(SHAPE).state_dict()}
    block = [f"self_attn.{p}" for p in ("q_proj", "k_proj", "v_proj", "dense")]
    block += ["mlp.fc1", "mlp.fc2", "input_layernorm"]
    parts = [f"model.layers.0.{part}" for part in block] + ["model.final_layernorm", "lm_head"]
    assert names == {
        "model.embed_tokens.weight", *(f"{p}.{kind}" for p in parts for kind in ("weight", "bias")),
    }  # fmt: skip
