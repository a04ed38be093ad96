from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from hornbook.errors import ConfigError
from hornbook.model.weights import load_model
from hornbook.quality import QualitySettings
from hornbook.quality.standalone import Fitting, fit_filter, score_file
from hornbook.recipes.embedders import embedders_of, models_at_hand
from hornbook.recipes.named import named_arm
from hornbook.teacher.fake_server import FakeEndpoint, Play
from hornbook.tokens import Tokenizer
from tests.embed import tiny_models
from tests.quality.own_rows import said, scores, texts, verdict, write_lines
from tests.tiny_run import hornbook


def test_a_runs_model_embeds(finished: Path) -> None:
    """Its last hidden states, pooled: the same to the bit in company, in order and in a worker."""
    embedder = embedders_of(finished.parent)(f"run:{finished.name}")
    vectors = embedder.embed(tiny_models.TEXTS)
    named = named_arm(finished.name, finished.parent)
    assert vectors.shape == (len(tiny_models.TEXTS), named.recipe.model.hidden)
    assert (embedder.embed(tiny_models.TEXTS[::-1])[::-1] == vectors).all()
    sent = pickle.loads(pickle.dumps(embedder))
    assert sent.name == embedder.name
    assert (sent.embed(tiny_models.TEXTS[:1])[0] == vectors[0]).all()
    ids = Tokenizer.load(finished / "tokens" / "tokenizer.json").encode(tiny_models.TEXTS[0])
    with torch.inference_mode():
        states = load_model(named.model).eval().hidden(torch.tensor([ids]))[0].numpy()
    np.testing.assert_allclose(vectors[0], states.mean(axis=0), rtol=1e-4, atol=1e-5)
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_a_name_holds_the_arm_and_its_weights(finished: Path) -> None:
    """A kept name makes the same embedder; other weights, arms and settings are refused."""
    make = embedders_of(finished.parent)
    arms = list(named_arm(finished.name, finished.parent).recipe.train.arms)
    kept = make(f"run:{finished.name}:{arms[0]}?pooling=last").name
    assert kept.startswith(f"run:{finished.name}:{arms[0]}?pooling=last&")
    assert make(kept).name == kept
    with pytest.raises(ConfigError, match="is another one now"):
        make(kept.partition("#")[0] + "#0123456789abcdef")
    with pytest.raises(ConfigError, match="no arm `none`"):
        make(f"run:{finished.name}:none")
    with pytest.raises(ConfigError, match="no setting `layers`"):
        make(f"run:{finished.name}?layers=1")
    assert make("code").name.startswith("code-")


def test_models_enter_the_quality_stage(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """A run or a folder that is named counts among the inputs by its weights; ours do not."""
    monkeypatch.chdir(finished.parent.parent)
    named = QualitySettings(fraction=0.5, embedder=f"run:{finished}")
    ((key, value),) = models_at_hand(named).items()
    assert key == f"embedder run:{finished}"
    assert "#" in value
    assert models_at_hand(QualitySettings(fraction=0.5)) == {}


def test_a_filter_on_a_runs_model_works_from_end_to_end(finished: Path, tmp_path: Path) -> None:
    """Compared with ours, fitted, and used: with one worker as with two, which are sent the embedder."""
    make = embedders_of(finished.parent)
    wanted = Fitting(
        annotations=write_lines(tmp_path / "A.jsonl", scores()),
        texts=write_lines(tmp_path / "T.jsonl", texts()),
        out=tmp_path / "filter",
        resamples=100,
        embedders=(f"run:{finished.name}", "code"),
        classifiers=("gaussian-process", "ordinal"),
        make=make,
    )
    fitted = fit_filter(wanted)
    assert fitted.made.comparison is not None
    assert len(fitted.made.comparison.rows) == 4
    alone = Fitting(**{**vars(wanted), "out": tmp_path / "own", "embedders": (f"run:{finished.name}",), "classifiers": ("forest",), "trees": 10})  # fmt: skip
    fit_filter(alone)
    found = score_file(tmp_path / "own", wanted.texts, tmp_path / "Y.jsonl", 1, make=make)
    assert (found.rows, found.failed) == (60, 0)
    again = score_file(tmp_path / "own", wanted.texts, tmp_path / "Z.jsonl", 2, make=make)
    assert again.failed == 0
    assert (tmp_path / "Y.jsonl").read_bytes() == (tmp_path / "Z.jsonl").read_bytes()


def test_a_moved_model_is_named_again(tmp_path: Path) -> None:
    """A filter on a model in a folder: the folder moves, `--embedder` says where to."""
    pytest.importorskip("transformers")
    folder = tiny_models.codegen(tmp_path / "model")
    given, out = write_lines(tmp_path / "T.jsonl", texts()), tmp_path / "filter"
    fit_filter(
        Fitting(
            annotations=write_lines(tmp_path / "A.jsonl", scores()),
            texts=given,
            out=out,
            trees=10,
            resamples=100,
            embedders=(f"transformers:{folder}?tokens=128",),
            classifiers=("forest",),
        )
    )
    shutil.move(folder, tmp_path / "moved")
    with pytest.raises(ConfigError, match="no such folder"):
        score_file(out, given, tmp_path / "Y.jsonl", 1)
    moved = f"transformers:{tmp_path / 'moved'}?tokens=128"
    words = ("quality", "score", out, "--input", given, "--output", tmp_path / "Y.jsonl")
    told = hornbook(*words, "--embedder", moved, "--workers", "1")
    assert told.returncode == 0, told.stderr
    assert "60 of 60 texts scored" in told.stdout
    told = hornbook(*words, "--embedder", "code")
    assert told.returncode == 1
    assert "a filter for vectors of transformers:" in told.stderr


def test_a_runs_model_chooses_what_is_annotated(finished: Path, tmp_path: Path) -> None:
    """Its vectors, by the one command: what is doubted is not what the default's vectors doubt."""
    write_lines(tmp_path / "T.jsonl", texts(40))
    chosen = {}
    for embedder in (f"run:{finished.name}", "code"):
        out = tmp_path / embedder.partition(":")[0] / "A.jsonl"
        out.parent.mkdir()
        with FakeEndpoint(lambda body, before: Play(verdict(said(body)))) as server:
            words = ["--texts", tmp_path / "T.jsonl", "--out", out, "--endpoint", server.address]
            words += ["--model", "m", "--embedder", embedder, "--runs", finished.parent]
            words += ["--batch", "12", "--most", "24"]
            told = hornbook("quality", "annotate", *words)
        assert told.returncode == 0, told.stderr
        rows = [json.loads(line) for line in out.read_text().splitlines()]
        chosen[embedder] = [row["id"] for row in rows if row["chosen"] == "doubt"]
    first, second = chosen.values()
    assert len(first) == len(second) == 10
    assert first != second
