"""Embedders of others, on models with random weights: what they cost and that they fit, no accuracy."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hornbook.embed import embedder_for, same_vectors
from hornbook.embed.folder import folder_digest
from hornbook.errors import ConfigError, NetworkError, SourceError
from tests.embed import tiny_models
from tests.hub_server import environment_of, hub

TEXTS = tiny_models.TEXTS


@pytest.fixture(scope="module")
def codegen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    return tiny_models.codegen(tmp_path_factory.mktemp("codegen"))


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("transformers")
    return tiny_models.bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def names(codegen: Path, bert: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A name for each kind whose library is here."""
    found = {
        "codegen": f"transformers:{codegen}?tokens=128",
        "bert": f"transformers:{bert}?tokens=64",
        "first": f"transformers:{bert}?tokens=16&pooling=first&layers=0,-1&batch=3",
    }
    for kind, library in (("sentence", "sentence_transformers"), ("static", "model2vec")):
        try:
            __import__(library)
        except ImportError:
            continue
        folder = tmp_path_factory.mktemp(kind)
        if kind == "sentence":
            found[kind] = f"sentence-transformers:{tiny_models.sentence(folder, bert)}"
        else:
            found[kind] = f"model2vec:{tiny_models.static(folder)}"
    return found


@pytest.mark.parametrize("kind", ["codegen", "bert", "first", "sentence", "static"])
def test_a_vector_depends_on_its_text_alone(names: dict[str, str], kind: str) -> None:
    """To the bit: alone, in company, in another order, from a second reading, and in a worker."""
    if kind not in names:
        pytest.skip(f"the library for {kind} is not installed")
    embedder = embedder_for(names[kind])
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert len({row.tobytes() for row in vectors}) == len(TEXTS)
    again = embedder_for(embedder.name)
    assert (again.embed(TEXTS[::-1])[::-1] == vectors).all()
    sent = pickle.loads(pickle.dumps(embedder))
    assert sent.name == embedder.name == again.name
    assert all(
        (sent.embed([text])[0] == row).all() for text, row in zip(TEXTS, vectors, strict=True)
    )
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_hidden_states_are_those_of_the_library(codegen: Path) -> None:
    """Mean, last and first of the last layer, and the layers side by side."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    ids = AutoTokenizer.from_pretrained(codegen)(TEXTS[0], return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        states = AutoModel.from_pretrained(codegen).eval()(ids, output_hidden_states=True)
    last = states.last_hidden_state[0].numpy()

    def vector(more: str) -> np.ndarray:  # type: ignore[type-arg]
        return embedder_for(f"transformers:{codegen}?tokens=128&{more}").embed([TEXTS[0]])[0]

    np.testing.assert_allclose(vector("pooling=mean"), last.mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(vector("pooling=last"), last[-1], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(vector("pooling=first"), last[0], rtol=1e-4, atol=1e-6)
    both = vector("layers=1,2")
    middle = states.hidden_states[1][0].numpy().mean(axis=0)
    np.testing.assert_allclose(both, [*middle, *last.mean(axis=0)], rtol=1e-4, atol=1e-6)


def test_long_texts_are_cut_or_averaged(codegen: Path) -> None:
    """With `cut` only the first window counts; with `windows` each one does, by its length."""
    long = TEXTS[2]
    cut, whole = (
        embedder_for(f"transformers:{codegen}?tokens=16&long={how}") for how in ("cut", "windows")
    )
    assert (cut.embed([long]) == cut.embed([long + "more"])).all()
    assert (whole.embed([long]) != whole.embed([long + "more"])).any()
    together = embedder_for(f"transformers:{codegen}?tokens=16&batch=4")
    np.testing.assert_allclose(together.embed([long]), whole.embed([long]), atol=1e-5)
    assert len({each.name for each in (cut, whole, together)}) == 3


def test_a_name_holds_the_weights(codegen: Path, tmp_path: Path) -> None:
    """Another place keeps them the same; other weights do not, and a kept name is then refused."""
    copy = tmp_path / "copy"
    shutil.copytree(codegen, copy)
    assert folder_digest(copy) == folder_digest(codegen)
    kept = embedder_for(f"transformers:{copy}?tokens=128").name
    assert embedder_for(kept).name == kept
    tiny_models.codegen(copy, seed=1)
    with pytest.raises(ConfigError, match="is another one now"):
        embedder_for(kept)


def test_weights_that_could_run_are_never_read(codegen: Path, tmp_path: Path) -> None:
    """A folder with a pickle alone is refused without opening it; so is one without any weights."""
    (tmp_path / "config.json").write_bytes((codegen / "config.json").read_bytes())
    with pytest.raises(SourceError, match="no \\*.safetensors in it"):
        embedder_for(f"transformers:{tmp_path}").embed(["x"])
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(SourceError, match="a file that can run programs"):
        embedder_for(f"transformers:{tmp_path}").embed(["x"])


def test_weights_that_lack_something_are_refused(codegen: Path, tmp_path: Path) -> None:
    """The library would fill them up by chance."""
    from safetensors.numpy import load_file, save_file

    folder = tmp_path / "model"
    shutil.copytree(codegen, folder)
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("h.1.mlp.fc_in.weight")
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(SourceError, match="lack `h.1.mlp.fc_in.weight`"):
        embedder_for(f"transformers:{folder}?tokens=128").embed(["x"])


def test_a_part_in_a_pickle_is_refused(names: dict[str, str], tmp_path: Path) -> None:
    """A model of sentence-transformers may keep each part in a folder of its own."""
    if "sentence" not in names:
        pytest.skip("sentence-transformers is not installed")
    folder = tmp_path / "model"
    shutil.copytree(names["sentence"].partition(":")[2], folder)
    (folder / "1_Pooling" / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(SourceError, match="never read"):
        embedder_for(f"sentence-transformers:{folder}").embed(["x"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("transformers:", "no embedder"),
        ("magic:x", "no kind `magic`"),
        ("transformers:x?pooling=max", "pooling is mean or last or first, not `max`"),
        ("transformers:x?tokens=0", "tokens is a whole number from 1"),
        ("transformers:x?colour=red", "no setting `colour`"),
        ("transformers:x?tokens", "`tokens` has no value"),
        ("transformers:x?device=tpu", "device is cpu or cuda"),
        ("model2vec:x?pooling=mean", "no setting `pooling`"),
    ],
)
def test_a_wrong_name_is_refused_before_any_model_is_read(name: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("?", "\\?")):
        embedder_for(name)


def test_what_is_not_here_is_told(codegen: Path) -> None:
    """A path that is none, a hub that can't be reached, and a model that is too small for a setting."""
    with pytest.raises(ConfigError, match="no such folder"):
        _ = embedder_for("transformers:./nowhere/at/all").name
    with pytest.raises(NetworkError, match="the hub could not be reached"):
        _ = embedder_for("transformers:hornbook-test/none@main").name
    with pytest.raises(ConfigError, match="reads 128 tokens at most; add \\?tokens=128"):
        embedder_for(f"transformers:{codegen}").embed(["x"])
    with pytest.raises(ConfigError, match="the model has 2 layers"):
        embedder_for(f"transformers:{codegen}?tokens=8&layers=3").embed(["x"])


def test_a_model_of_the_hub_is_fetched_and_pinned(tmp_path: Path) -> None:
    """Safetensors, configuration and tokenizer alone are asked for; the name is that of the folder's."""
    pytest.importorskip("model2vec")
    (tmp_path / "hub" / "someone").mkdir(parents=True)
    folder = tiny_models.static(tmp_path).rename(tmp_path / "hub" / "someone" / "tiny")
    (folder / "pytorch_model.bin").write_bytes(b"a pickle")
    (folder / "custom.py").write_text("raise SystemExit")
    program = "import sys\nfrom hornbook.embed import embedder_for\nmade = embedder_for(sys.argv[1])\nprint(made.embed(['x = 1']).tobytes().hex(), made.name)"
    with hub(tmp_path / "hub") as here:
        told = subprocess.run(
            [sys.executable, "-c", program, "model2vec:someone/tiny@main"],
            env=environment_of(here.address, tmp_path / "home"),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert told.returncode == 0, told.stderr
    vector, name = told.stdout.split()
    made = embedder_for(f"model2vec:{folder}")
    assert vector == made.embed(["x = 1"]).tobytes().hex()
    assert name.startswith("model2vec:someone/tiny@main?")
    assert same_vectors(name, made.name)
    assert not any(path.endswith((".bin", ".py")) for path in here.fetched)
