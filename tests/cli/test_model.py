from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from hornbook.model.weights import load_model, save_model
from tests.model.exchange import WIDE, hf_folder, model_folder, new_config, weights_of
from tests.tiny_model import random_model, tokenizer
from tests.tiny_run import hornbook


def test_a_model_goes_out_and_comes_back(tmp_path: Path) -> None:
    """Export, import, export: the same weights, bit by bit, and a line about each."""
    model = model_folder(tmp_path / "m")
    told = hornbook("model", "export", model, "--format", "hf", "--out", tmp_path / "a")
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    assert "hf in float32; sha256 " in told.stdout
    assert "largest error against float64: native float32" in told.stdout
    told = hornbook("model", "import", tmp_path / "a", "--out", tmp_path / "b")
    assert told.returncode == 0, told.stderr
    assert "from the phi layout" in told.stdout
    hornbook("model", "export", tmp_path / "b", "--format", "hf", "--out", tmp_path / "c")
    for name in os.listdir(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "c" / name).read_bytes()


def test_an_arm_of_a_run_is_exported(finished: Path, tmp_path: Path) -> None:
    """RUN and RUN:ARM name a model, with the run's tokenizer."""
    runs = ["--runs", finished.parent]
    for arm, out in (("", "a"), (":raw", "b")):
        name = f"{finished.name}{arm}"
        told = hornbook("model", "export", name, "--format", "hf", "--out", tmp_path / out, *runs,
                        "--no-card")  # fmt: skip
        assert told.returncode == 0, told.stderr
        phase = "raw" if arm else "finetuned"
        source = load_model(finished / "train" / phase / "finetune").state_dict()
        found = load_file(tmp_path / out / "model.safetensors")
        assert all(torch.equal(found[key], source[key]) for key in source)
        mark = json.loads((tmp_path / out / "config.json").read_text())["eos_token_id"]
        assert mark == 0
    wrong = hornbook("model", "export", f"{finished.name}:best", "--format", "hf",
                     "--out", tmp_path / "c", *runs)  # fmt: skip
    assert wrong.returncode == 2
    assert "no arm `best`" in wrong.stderr


def test_ids_only_is_said_aloud(tmp_path: Path) -> None:
    """On standard error and in the container: text would be cut into other tokens."""
    model = model_folder(tmp_path / "m")
    words = ["model", "export", model, "--format", "gguf", "--out", tmp_path / "g"]
    refused = hornbook(*words)
    assert refused.returncode == 2
    assert "--ids-only" in refused.stderr
    assert not (tmp_path / "g").exists()
    told = hornbook(*words, "--ids-only")
    assert told.returncode == 0
    assert "hand it ids, never text" in told.stderr
    assert "hand it ids, never text" in (tmp_path / "g" / "NUMERICS.md").read_text()
    told = hornbook("model", "export", model, "--format", "hf", "--out", tmp_path / "h",
                    "--ids-only")  # fmt: skip
    assert told.returncode == 2
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["import", "nowhere", "--out", "x"], "nowhere: no such folder"),
        (["import", "here", "--out", "full"], "not empty; name another"),
        (["export", "m", "--format", "hf", "--out", "full"], "not empty; name another"),
        (["export", "m", "--format", "hf", "--out", "full/file"], "not empty; name another"),
        (["export", "nothing", "--format", "hf", "--out", "x"], "no run `nothing`"),
        (["export", "m", "--format", "onnx", "--out", "x"], "invalid choice: 'onnx'"),
        (["export", "m", "--format", "hf", "--dtype", "int8", "--out", "x"], "invalid choice"),
        (["export", "m", "--out", "x"], "required: --format"),
        (["import", "here"], "required: --out"),
        ([], "required: WORD"),
        (["fly"], "invalid choice: 'fly'"),
    ],
)
def test_a_users_mistake_is_one_line(tmp_path: Path, words: list[str], message: str) -> None:
    """Exit code 2, no traceback, nothing written."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("kept")
    hf_folder(tmp_path / "here", weights_of(), new_config())
    model_folder(tmp_path / "m")
    command = [sys.executable, "-m", "hornbook", "model", *words]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert message in told.stderr
    assert "Traceback" not in told.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "here", "m"]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


@pytest.mark.parametrize("words", [["import"], ["export", "--format", "hf"]])
def test_a_disk_that_holds_no_more_leaves_nothing(tmp_path: Path, words: list[str]) -> None:
    """The file may not grow beyond 50 kB: the command fails and leaves no folder, whole or half."""
    source = hf_folder(tmp_path / "hf", weights_of(), new_config())
    model = model_folder(tmp_path / "m")
    chosen = [words[0], str(source if words[0] == "import" else model), *words[1:]]
    told = subprocess.run(
        [sys.executable, "-m", "hornbook", "model", *chosen, "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert told.returncode not in (0, -signal.SIGXFSZ)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hf", "m"]


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    """Interrupted while it measures, an export ends with 130 and no folder."""
    shape = WIDE.model_copy(
        update={"hidden": 512, "inner": 2048, "layers": 12, "vocab_size": 20_000}
    )
    save_model(tmp_path / "m", random_model(0, shape))
    tokenizer().save(tmp_path / "m" / "tokenizer.json")
    words = ["model", "export", str(tmp_path / "m"), "--format", "hf", "--out", str(tmp_path / "o")]
    process = subprocess.Popen(
        [sys.executable, "-m", "hornbook", *words], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".o.*.tmp/config.json")):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_help_of_each_word_explains_itself() -> None:
    """`hornbook model` lists both words; each has its options."""
    assert "import" in hornbook("model", "--help").stdout
    told = hornbook("model", "export", "--help").stdout
    for option in ("--format", "--dtype", "--no-card", "--ids-only", "--out", "--runs"):
        assert option in told
