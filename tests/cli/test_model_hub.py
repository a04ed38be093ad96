from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.hub_server import COMMIT, environment_of, hub
from tests.model.exchange import hf_folder, new_config, weights_of
from tests.tiny_model import tokenizer

NAME = "someone/tiny-phi"


def bring_in(name: str, out: Path, endpoint: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """`hornbook model import` in a process of its own, for the hub's address is read at import."""
    command = [sys.executable, "-m", "hornbook", "model", "import", name, "--out", str(out)]
    return subprocess.run(
        command,
        env=environment_of(endpoint, cache / "hf", XDG_CACHE_HOME=str(cache)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_model_is_fetched_by_its_id(tmp_path: Path) -> None:
    """Configuration, safetensors and tokenizer; nothing else is asked for, and nothing twice."""
    source = hf_folder(tmp_path / "hub" / NAME, weights_of(), new_config())
    tokenizer().save(source / "tokenizer.json")
    (source / "pytorch_model.bin").write_bytes(b"a pickle")
    (source / "README.md").write_text("words")
    with hub(tmp_path / "hub") as here:
        endpoint = here.address
        told = bring_in("someone/tiny-phi", tmp_path / "a", endpoint, tmp_path / "cache")
        assert told.returncode == 0, told.stderr
        assert any(path.endswith("model.safetensors") for path in here.fetched)
        assert not any(path.endswith((".bin", ".md")) for path in here.fetched)
        assert all(f"/resolve/{COMMIT}/" in path for path in here.fetched)
    folder = bring_in(str(source), tmp_path / "b", endpoint, tmp_path / "cache")
    assert folder.returncode == 0
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_revision_is_asked_for(tmp_path: Path) -> None:
    """NAME@REVISION: the first releases' layouts live in old ones."""
    hf_folder(tmp_path / "hub" / NAME, weights_of(), new_config())
    with hub(tmp_path / "hub") as here:
        endpoint = here.address
        told = bring_in("someone/tiny-phi@v1", tmp_path / "a", endpoint, tmp_path / "cache")
    assert told.returncode == 0, told.stderr
    assert "/api/models/someone/tiny-phi/revision/v1" in [path for path, _ in here.asked]
    assert "put the model's into" in told.stderr


def test_an_unknown_model_is_said_to_be_neither(tmp_path: Path) -> None:
    """No folder and no model of the hub: one line, exit code 2, nothing written."""
    with hub(tmp_path) as here:
        told = bring_in("someone/else", tmp_path / "a", here.address, tmp_path / "cache")
    assert told.returncode == 2
    assert "neither a folder here nor a model on the hub" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "a").exists()


def test_a_hub_that_is_not_there_is_an_error_of_the_network(tmp_path: Path) -> None:
    """It is told as one, with exit code 2 and without a traceback."""
    told = bring_in("someone/tiny-phi", tmp_path / "a", "http://127.0.0.1:9", tmp_path / "cache")
    assert told.returncode == 2
    assert "the hub could not be reached" in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "a").exists()
