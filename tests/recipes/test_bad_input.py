from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.recipes.recipe import load_recipe
from tests.tiny_run import hornbook


def refused(*arguments: object) -> str:
    """What the program says of bad input: exit code 2 and no traceback."""
    result = hornbook(*arguments)
    assert result.returncode == 2, (result.returncode, result.stderr)
    assert "Traceback" not in result.stderr
    return result.stderr


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("quality.tres=5", "unknown key `quality.tres` (did you mean `quality.trees`?)"),
        ("qualty.trees=5", "unknown key `qualty` (did you mean `quality`?)"),
        ("quality.trees=many", "`quality.trees`: input should be a valid integer, not 'many'"),
        ("quality.trees=3", "greater than or equal to 10, not 3"),
        ("quality.threshold=2", "set one of fraction, threshold, precision and tokens"),
        ("train.phases.finetune.mixture=other", "reads the mixture `other`"),
        ("train.default_arm=best", "names the arm `best`"),
        ("model.heads=5", "must be a multiple of heads (5)"),
        ("tokens.mixtures.raw.books=1.0", "no table `books`"),
        (
            "decontaminate.benchmarks=['apps']",
            "unknown benchmark `apps` (known: humaneval, humanevalplus",
        ),
        ("evaluate.max_new_tokens=200", "must be under model.context (128)"),
        ("seed", "write it as room.key=value"),
    ],
)
def test_a_wrong_setting_is_explained(
    assignment: str, message: str, recipe: Path, tmp_path: Path
) -> None:
    """The error names the key, the nearest right one or the range, and nothing is written."""
    said = refused("run", recipe, "--runs", tmp_path, "--set", assignment)
    assert message in said
    assert not (tmp_path / "tiny").exists() or not list((tmp_path / "tiny").glob("*/"))


def test_a_recipe_that_is_none_is_refused(tmp_path: Path) -> None:
    """A missing recipe, one that is no TOML, and one without tables each get their own words."""
    assert "neither a file nor one of ours (quickstart)" in refused(
        "run", "quikstart", "--runs", tmp_path
    )
    (tmp_path / "r.toml").write_text("name = [")
    assert "not valid TOML" in refused("run", tmp_path / "r.toml", "--runs", tmp_path)
    (tmp_path / "r.toml").write_text("name = 'r'\ntitle = 'R'\n")
    assert "`sources` is missing" in refused("run", tmp_path / "r.toml", "--runs", tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--scale", "0"), "--scale 0: must be above 0"),
        (("--workers", "0"), "--workers 0: must be at least 1"),
        (("--workers", "two"), "invalid int value: 'two'"),
        (("--colour", "red"), "unrecognized arguments: --colour red"),
    ],
)
def test_a_wrong_option_is_explained(
    options: tuple[str, ...], message: str, recipe: Path, tmp_path: Path
) -> None:
    """Options out of range or unknown end with 2 before anything is written."""
    assert message in refused("run", recipe, "--runs", tmp_path / "runs", *options)
    assert not (tmp_path / "runs").exists()


def test_a_missing_or_empty_source_is_named(recipe: Path, tmp_path: Path) -> None:
    """The error gives the path as the user wrote it and leaves no half-written stage."""
    gone = tmp_path / "gone"
    assert f"{gone}: no such folder" in refused(
        "run", recipe, "--runs", tmp_path, "--set", f"sources.folders=['{gone}']"
    )
    gone.mkdir()
    said = refused(
        "run", recipe, "--runs", tmp_path, "--name", "b", "--set", f"sources.folders=['{gone}']"
    )
    assert "no document left of 0 files" in said
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + bytes(100))
    table = f"sources.files=[{{path='{tmp_path / 'cut.parquet'}'}}]"
    said = refused("run", recipe, "--runs", tmp_path, "--name", "c", "--set", table)
    assert "damaged or cut short" in said
    for name in ("tiny", "b", "c"):
        assert not list((tmp_path / name).rglob("*.parquet"))


def test_a_folder_of_something_else_is_not_touched(recipe: Path, tmp_path: Path) -> None:
    """A folder that is not empty and not a run is refused as it is."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "thesis.txt").write_text("years of work")
    assert "not empty and not a run of hornbook" in refused("run", recipe, "--runs", tmp_path)
    assert (tmp_path / "tiny" / "thesis.txt").read_text() == "years of work"


def test_a_file_where_runs_should_lie_is_named(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    said = refused("run", recipe, "--runs", tmp_path / "runs")
    assert "a file stands where a folder should: choose another with --runs" in said
    assert (tmp_path / "runs").read_text() == "a file"


def test_a_run_of_another_recipe_is_not_touched(finished: Path, recipe: Path) -> None:
    """The error says in which keys the recipes differ and what to do; no file changes."""
    before = sorted((p, p.stat().st_mtime_ns) for p in finished.rglob("*") if p.is_file())
    said = refused("run", recipe, "--runs", finished.parent, "--set", "evaluate.max_new_tokens=20")
    assert "evaluate.max_new_tokens" in said
    assert "--name" in said
    assert before == sorted((p, p.stat().st_mtime_ns) for p in finished.rglob("*") if p.is_file())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_a_full_disk_loses_nothing(small_disk: Path, finished: Path, recipe: Path) -> None:
    """When the disk is full the run says so and what to do; with more room it ends as ever."""
    (small_disk / "ballast").write_bytes(bytes(1_900_000))
    said = refused("run", recipe, "--runs", small_disk, "--until", "synthesis")
    assert "free some space" in said
    (small_disk / "ballast").unlink()
    (small_disk / "ballast").write_bytes(bytes(1_200_000))
    said = refused("run", recipe, "--runs", small_disk, "--until", "synthesis")
    assert "free some space" in said
    assert not list((small_disk / "tiny").rglob("*.tmp"))
    subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)
    again = hornbook("run", recipe, "--runs", small_disk, "--until", "synthesis")
    assert again.returncode == 0, again.stderr
    from tests.recipes.test_run import DATA, outputs

    assert outputs(small_disk / "tiny", DATA[:3]) == outputs(finished, DATA[:3])


def test_a_read_only_folder_is_named(small_disk: Path, recipe: Path) -> None:
    """Where nothing may be written the error says so and names the option for another place."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    said = refused("run", recipe, "--runs", small_disk / "runs")
    assert "read-only file system" in said
    assert "--runs" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_forbidden_folder_is_named(recipe: Path, tmp_path: Path) -> None:
    """Where this user may not write the error says so."""
    (tmp_path / "runs").mkdir(mode=0o500)
    assert "permission denied" in refused("run", recipe, "--runs", tmp_path / "runs")


def test_scaling_never_goes_below_a_minimum() -> None:
    """A tiny scale gives the smallest run that still makes sense, under a name of its own."""
    recipe = load_recipe("quickstart", scale=0.001)
    assert recipe.name == "quickstart-0.001"
    assert recipe.synthesis.unknown == 16
    assert recipe.train.phases["finetune"].tokens >= 512


def test_scaling_never_goes_above_a_maximum() -> None:
    """A large scale takes all recorded textbooks, not more than there are."""
    assert load_recipe("quickstart", scale=3).synthesis.textbooks == 223


def test_a_scale_may_not_break_what_the_recipe_promises() -> None:
    """A scale out of range is an error, not a strange run."""
    with pytest.raises(ConfigError, match="--scale"):
        load_recipe("quickstart", scale=-1)
