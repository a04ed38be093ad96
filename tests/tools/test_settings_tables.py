from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.cli.parser import build_parser

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The pages and the tool, in a place where they may be changed."""
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "settings_tables.py", tmp_path / "tools")
    return tmp_path


def settings_tables(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(home / "tools" / "settings_tables.py"), *arguments],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_tables_are_up_to_date() -> None:
    """The settings on the pages that are checked in are those of the code."""
    result = settings_tables(ROOT, "--check")
    assert (result.returncode, result.stdout) == (0, "settings tables: up to date\n")


def test_an_edited_default_fails_the_check(copy: Path) -> None:
    """A table that was changed by hand is told so by its page; writing mends it and nothing else."""
    page = copy / "docs" / "quality.md"
    before = page.read_text(encoding="utf-8")
    edit(page, "| `trees` | `200` |", "| `trees` | `201` |")
    result = settings_tables(copy, "--check")
    assert result.returncode == 1
    assert result.stdout == (
        "docs/quality.md: its settings are not those of the code; run: make docs\n"
    )
    assert settings_tables(copy).returncode == 0
    assert page.read_text(encoding="utf-8") == before
    assert settings_tables(copy, "--check").returncode == 0


@pytest.mark.parametrize("mark", ["<!-- settings: begin -->", "<!-- settings: end -->"])
def test_a_page_without_its_marks_fails_the_check(copy: Path, mark: str) -> None:
    """A table that has no place to stand is missed."""
    edit(copy / "docs" / "model.md", mark, "")
    result = settings_tables(copy, "--check")
    assert result.returncode == 1
    assert "docs/model.md: no `<!-- settings: begin -->`" in result.stdout


def test_a_page_that_is_gone_fails_the_check(copy: Path) -> None:
    """A room with settings has a page."""
    (copy / "docs" / "train.md").unlink()
    result = settings_tables(copy, "--check")
    assert result.returncode == 1
    assert "train.md" in result.stdout


def test_settings_of_a_new_room_must_stand_somewhere(copy: Path) -> None:
    """Public settings that no page shows fail the check."""
    edit(copy / "tools" / "settings_tables.py", '    "report": (("`[report]`", ReportSettings),),\n', "")  # fmt: skip
    result = settings_tables(copy, "--check")
    assert result.returncode == 1
    assert "hornbook.report.config.ReportSettings stands on no page" in result.stdout


def test_every_verb_and_option_is_explained() -> None:
    """The page on recipes names every command of the command line and every option of a run."""
    text = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    parser = build_parser()
    verbs = next(action for action in parser._actions if isinstance(action.choices, dict))
    assert verbs.choices is not None
    for verb in verbs.choices:
        assert f"`{verb}" in text, verb
    options = {
        option
        for sub in verbs.choices.values()
        for action in sub._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }
    assert sorted(option for option in options if f"`{option}" not in text) == []


def test_every_page_is_listed_and_every_link_leads_somewhere() -> None:
    """docs/README.md lists every page, and no page links to a file that is not there."""
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs").rglob("*.md")):
        name = page.relative_to(ROOT / "docs").as_posix()
        assert name == "README.md" or f"({name})" in index, name
        for link in page.read_text(encoding="utf-8").split("](")[1:]:
            target = link.partition(")")[0].partition("#")[0]
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{name}: {target}"


def test_the_tool_s_examples_hold() -> None:
    """The examples in the tool's docstrings are right."""
    tool = ROOT / "tools" / "settings_tables.py"
    result = subprocess.run(
        [sys.executable, "-m", "doctest", str(tool)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (result.returncode, result.stdout) == (0, "")
