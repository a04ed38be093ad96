from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.benchmarks import CATALOGUE
from hornbook.cli.parser import ROOMS, build_parser
from tests.tiny_run import hornbook


def test_help_names_every_verb() -> None:
    """`hornbook --help` lists every room and every verb for whole runs."""
    told = hornbook("--help")
    for verb in (
        *ROOMS,
        "run",
        "plan",
        "why",
        "complete",
        "doctor",
        "clean",
        "benchmarks",
        "model",
    ):
        assert f" {verb} " in told.stdout or f" {verb}\n" in told.stdout


@pytest.mark.parametrize(
    "verb", [*ROOMS, "run", "plan", "why", "complete", "doctor", "clean", "benchmarks", "model"]
)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every verb has a help page that says what it is for."""
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([verb, "--help"])
    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 100


def test_a_room_is_a_run_up_to_it(recipe: Path, tmp_path: Path) -> None:
    """A room's verb does the stages up to that room and none after it."""
    told = hornbook("sources", recipe, "--runs", tmp_path)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "tiny" / "sources" / "manifest.json").exists()
    assert not (tmp_path / "tiny" / "quality").exists()


def test_without_a_verb_the_answer_is_how_to_ask() -> None:
    """No verb, or an unknown one, ends with 2 and the usage."""
    assert hornbook().returncode == 2
    told = hornbook("fly")
    assert told.returncode == 2
    assert "invalid choice: 'fly'" in told.stderr


def test_the_doctor_looks_at_this_machine(tmp_path: Path) -> None:
    """The doctor tells version, torch, what protects, and which benchmarks are at hand."""
    told = hornbook("doctor", HORNBOOK_BENCHMARKS=str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert "torch: 2" in told.stdout
    assert "sandbox: " in told.stdout
    assert "benchmark humaneval: not at hand" in told.stdout


def test_a_damaged_benchmark_is_told_by_the_doctor_and_refused_by_import(tmp_path: Path) -> None:
    """A file that is not the published one is named with what to do; nothing is imported."""
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    told = hornbook("doctor", HORNBOOK_BENCHMARKS=str(tmp_path))
    assert "Git LFS pointer" in told.stdout
    data = tmp_path / "data"
    refused = hornbook(
        "benchmarks", "import", tmp_path, XDG_DATA_HOME=str(data), HORNBOOK_BENCHMARKS=""
    )
    assert refused.returncode == 2
    assert "Git LFS pointer" in refused.stderr
    assert not data.exists()
    assert hornbook("benchmarks", "import").returncode == 2
    assert hornbook("benchmarks", "import", tmp_path / "none").returncode == 2


def test_benchmarks_are_imported_listed_and_verified(benchmark_files: Path, tmp_path: Path) -> None:
    """Files found below a folder are copied and then known; a second look finds them right."""
    here = {"XDG_DATA_HOME": str(tmp_path), "HORNBOOK_BENCHMARKS": ""}
    assert "humaneval: imported" in hornbook("benchmarks", "import", benchmark_files, **here).stdout
    for action in ("list", "verify"):
        told = hornbook("benchmarks", action, **here)
        assert told.returncode == 0
        assert told.stdout.count("checksum right") == len(CATALOGUE)


def test_cleaning_removes_what_is_named_and_nothing_else(finished: Path, tmp_path: Path) -> None:
    """`clean` empties the cache; with a name it removes that run; an unknown name is refused."""
    cache = tmp_path / "cache"
    (cache / "hornbook" / "wheels").mkdir(parents=True)
    (cache / "other").mkdir()
    assert hornbook("clean", XDG_CACHE_HOME=str(cache)).returncode == 0
    assert [path.name for path in cache.iterdir()] == ["other"]
    refused = hornbook("clean", "nothing", "--runs", finished.parent)
    assert refused.returncode == 2
    assert finished.exists()
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "recipe.json").write_text("{}")
    assert hornbook("clean", "mine", "--runs", tmp_path / "runs").returncode == 0
    assert not run.exists()


def test_a_model_is_named_by_run_and_arm(finished: Path) -> None:
    """`complete` asks the recipe's default arm, or the one named, from an option or a pipe."""
    runs = ("--runs", finished.parent)
    first = hornbook("complete", "tiny", *runs, "--prompt", "def f(x):\n")
    assert first.returncode == 0, first.stderr
    again = hornbook("complete", "tiny:finetuned", "--prompt", "def f(x):\n", *runs)
    assert again.stdout == first.stdout
    other = hornbook("complete", "tiny:raw", "--prompt", "x", "--max-new-tokens", 5, *runs)
    assert other.returncode == 0
    wrong = hornbook("complete", "tiny:best", *runs)
    assert wrong.returncode == 2
    assert "no arm `best` (it has base, finetuned, raw)" in wrong.stderr
    long = hornbook("complete", "tiny", "--max-new-tokens", 500, *runs)
    assert long.returncode == 2
    assert "1 to 127 here" in long.stderr


def test_a_reader_that_goes_away_is_no_error(finished: Path) -> None:
    """When the output's reader ends early the program ends quietly."""
    program = f"{sys.executable} -m hornbook plan quickstart | head -n 1"
    told = subprocess.run(
        ["bash", "-o", "pipefail", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )
    assert "Traceback" not in told.stderr
    assert "Exception" not in told.stderr
