"""Facts about the whole house."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hornbook"
ROOMS = (
    "sources",
    "quality",
    "synthesis",
    "decontaminate",
    "tokens",
    "train",
    "evaluate",
    "report",
)


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in a fresh process after `statement`."""
    program = f"import sys\n{statement}\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    """Neither arrays nor tables nor settings are imported before a verb is known."""
    loaded = loaded_by("from hornbook.cli.parser import build_parser\nbuild_parser().format_help()")
    assert not loaded & {"torch", "numpy", "pyarrow", "pydantic", "sklearn", "rich", "psutil"}


@pytest.mark.parametrize(
    "room",
    [
        "recipes.graph",
        "sources",
        "quality",
        "synthesis",
        "decontaminate",
        "tokens",
        "evaluate",
        "report",
        "teacher",
        "sandbox",
        "similarity",
        "benchmarks",
        "embed",
    ],
)
def test_no_torch_below_the_model(room: str) -> None:
    """Rooms that need no torch don't load it, and the graph of a run doesn't either."""
    assert "torch" not in loaded_by(f"import hornbook.{room}")


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_page_its_settings_and_its_tests(room: str) -> None:
    """A stage room has its page, its settings and its tests under its own name."""
    assert (ROOT / "docs" / f"{room}.md").is_file()
    assert (SOURCE / room / "config.py").is_file()
    assert list((ROOT / "tests" / room).glob("test_*.py"))


def test_nothing_reads_or_writes_pickle() -> None:
    """Pickle runs whatever a file says."""
    pattern = re.compile(
        r"\bimport pickle|pickle\.(load|dump)|torch\.(load|save)\(|joblib\.(load|dump)|allow_pickle=True"
    )
    found = [path.name for path in SOURCE.rglob("*.py") if pattern.search(path.read_text())]
    assert found == []


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link in the README and in docs names a file."""
    broken = [
        f"{page.name}: {target}"
        for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
