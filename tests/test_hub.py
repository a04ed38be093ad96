from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.hub import HubName
from tests.hub_server import COMMIT, environment_of, hub

ASK = """
import sys
from pathlib import Path
from hornbook.errors import HornbookError
from hornbook.hub import HubName
verb, kind, text, cache = sys.argv[1:]
name = HubName.read(text, kind)
try:
    if verb == "commit":
        print(name.commit("here"))
    elif verb == "file":
        print(name.file("config.json", "here"))
    else:
        found = name.snapshot(["*.json", "*.safetensors"], "here", Path(cache))
        print(sorted(path.name for path in found.iterdir()))
except HornbookError as error:
    print(type(error).__name__, error)
"""


def ask(verb: str, text: str, address: str, home: Path, kind: str = "model", **more: str) -> str:
    command = [sys.executable, "-c", ASK, verb, kind, text, str(home / "cache")]
    told = subprocess.run(
        command, env=environment_of(address, home, **more),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


def repository(root: Path, name: str = "us/tiny") -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for file in ("config.json", "model.safetensors", "pytorch_model.bin", "README.md"):
        (folder / file).write_text("{}")
    return root


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("microsoft/phi-1", True),
        ("microsoft/phi-1_5@refs/pr/3", True),
        ("phi-1", False),
        ("a/b/c", False),
        ("/a/b", False),
        ("../b", False),
        ("-a/b", False),
        ("a/b c", False),
        ("", False),
    ],
)
def test_names_of_the_hub_are_known_from_folders(text: str, right: bool) -> None:
    """OWNER/NAME, with a revision if one is wanted."""
    assert (HubName.read(text) is not None) is right


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_what_is_wanted_comes_and_nothing_else(tmp_path: Path, kind: str) -> None:
    """No pickle, no words; and without the network it is there the second time."""
    root, home = repository(tmp_path / "hub"), tmp_path / "home"
    with hub(root) as here:
        assert ask("commit", "us/tiny", here.address, home, kind) == COMMIT
        wanted = "['config.json', 'model.safetensors']"
        assert ask("snapshot", "us/tiny", here.address, home, kind) == wanted
        assert {path.rpartition("/")[2] for path in here.fetched} == {
            "config.json", "model.safetensors",
        }  # fmt: skip
    offline = ask("snapshot", "us/tiny", here.address, home, kind, HF_HUB_OFFLINE="1")
    assert offline == wanted


def test_a_commit_is_itself(tmp_path: Path) -> None:
    """So the hub is not asked, and need not be there."""
    told = ask("commit", f"us/tiny@{COMMIT}", "http://127.0.0.1:9", tmp_path)
    assert told == COMMIT


def test_a_file_that_the_repository_lacks_is_none(tmp_path: Path) -> None:
    """But not where nobody could be asked."""
    root = repository(tmp_path / "hub")
    (root / "us" / "tiny" / "config.json").unlink()
    with hub(root) as here:
        assert ask("file", "us/tiny", here.address, tmp_path) == "None"
    told = ask("file", "us/tiny", here.address, tmp_path, HF_HUB_OFFLINE="1")
    assert told.startswith("NetworkError here: ")


@pytest.mark.parametrize("verb", ["commit", "file", "snapshot"])
def test_what_cannot_be_had_says_why_and_what_to_do(tmp_path: Path, verb: str) -> None:
    """A name or revision that nobody knows, terms, a refusal, a hub that is not there."""
    root = repository(tmp_path / "hub")
    with hub(root) as here:
        for name, words in (
            ("us/none", "SourceError here: neither a folder here nor a data set on the hub ("),
            ("us/tiny@v9", "SourceError here: neither a folder here nor a data set on the hub ("),
            ("us/gated", "SourceError here: the hub gives us/gated only to those who accepted"),
            ("us/closed", "NetworkError here: not a folder here, and the hub could not be"),
        ):
            told = ask(verb, name, here.address, tmp_path, "dataset")
            assert told.startswith(words)
            assert "\n" not in told
    told = ask(verb, "us/tiny", "http://127.0.0.1:9", tmp_path / "new")
    assert told.startswith("NetworkError here: not a folder here, and the hub could not be reached")
    assert "run the same command again" in told


def test_a_token_is_sent_and_told_to_nobody(tmp_path: Path) -> None:
    with hub(repository(tmp_path / "hub")) as here:
        told = ask("snapshot", "us/gated", here.address, tmp_path, HF_TOKEN="hf_secret")
        assert {token for _, token in here.asked} == {"Bearer hf_secret"}
    assert "hf_secret" not in told
