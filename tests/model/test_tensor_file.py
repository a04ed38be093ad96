from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from hornbook.errors import ConfigError, SourceError
from hornbook.model.tensor_file import (
    DTYPES,
    converted,
    one_dtype,
    read_object,
    read_safetensors,
    write_tensors,
)


@settings(max_examples=40)
@given(
    shapes=st.lists(st.lists(st.integers(0, 5), max_size=3), min_size=1, max_size=5),
    dtype=st.sampled_from(list(DTYPES.values())),
    seed=st.integers(0, 99),
)
def test_the_safetensors_library_reads_what_we_write(
    tmp_path_factory: pytest.TempPathFactory, shapes: list[list[int]], dtype: torch.dtype, seed: int
) -> None:
    """Every shape, scalars and empty ones included, bit by bit."""
    torch.manual_seed(seed)
    tensors = {f"é.{i}": torch.randn(shape).to(dtype) for i, shape in enumerate(shapes)}
    path = tmp_path_factory.mktemp("t") / "model.safetensors"
    write_tensors(path, tensors)
    again = load_file(path)
    assert again.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert again[name].dtype == dtype
        assert again[name].shape == tensor.shape
        assert torch.equal(again[name], tensor)
    assert read_safetensors(path.parent).keys() == tensors.keys()


def test_a_view_is_written_as_what_it_shows(tmp_path: Path) -> None:
    """Transposed and cut tensors are stored in their own order."""
    base = torch.arange(12.0).reshape(3, 4)
    write_tensors(tmp_path / "model.safetensors", {"a": base.T, "b": base[1:, ::2]})
    again = load_file(tmp_path / "model.safetensors")
    assert torch.equal(again["a"], base.T)
    assert torch.equal(again["b"], base[1:, ::2])


def test_equal_tensors_give_equal_bytes(tmp_path: Path) -> None:
    """And other tensors other bytes."""
    for name, value in (("a", 1.0), ("b", 1.0), ("c", 2.0)):
        write_tensors(tmp_path / name, {"x": torch.full((3,), value)})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


def test_conversion_rounds_to_nearest_and_refuses_what_does_not_fit() -> None:
    """65504 is the end of float16; a value beyond it is named with its tensor."""
    fits = torch.tensor([65504.0, 1 + 2**-11, -3e-8])
    assert torch.equal(converted(fits, torch.float16, "w"), fits.half())
    assert converted(fits, torch.float32, "w") is fits
    with pytest.raises(ConfigError, match=r"`w` reaches 65520, and float16 ends at 65504"):
        converted(torch.tensor([1.0, -65520.0]), torch.float16, "w")


def test_widening_is_exact() -> None:
    """Every float16 and every bfloat16 number is a float32 number."""
    every = torch.arange(-(2**15), 2**15, dtype=torch.int16)
    for kind in (torch.float16, torch.bfloat16):
        narrow = every.view(kind)
        narrow = narrow[torch.isfinite(narrow)]
        assert torch.equal(converted(narrow, torch.float32, "w").to(kind), narrow)


def test_the_odd_one_is_named(tmp_path: Path) -> None:
    """Whichever is rarer, not whichever comes second."""
    tensors = {"a": torch.ones(2), "b": torch.ones(2).half(), "c": torch.ones(2).half()}
    with pytest.raises(SourceError, match="`a` is float32"):
        one_dtype(tensors, tmp_path)
    with pytest.raises(SourceError, match="`a` is int64"):
        one_dtype({"a": torch.ones(2, dtype=torch.int64)}, tmp_path)


def test_a_file_of_others_is_read_lazily_but_wholly(tmp_path: Path) -> None:
    """What the library wrote, in its own order, is read."""
    tensors = {"z": torch.ones(2, 3).half(), "a": torch.ones(4)}
    save_file(tensors, tmp_path / "model.safetensors")
    found = read_safetensors(tmp_path)
    assert found.keys() == tensors.keys()
    assert torch.equal(found["z"], tensors["z"])


@pytest.mark.parametrize("text", ["", "[1", "3", "null", "[" * 100_000])
def test_json_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    """Hostile depth included."""
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(SourceError, match=r"x\.json: "):
        read_object(tmp_path / "x.json")
