from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as a user would get it, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    return next(folder.glob("hornbook-*.whl"))


def test_the_wheel_holds_all_data_files(wheel: Path) -> None:
    """Recipes, pins, recorded answers, the page's template and the type mark are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    files = [
        p for p in (source / "hornbook").rglob("*") if p.is_file() and "__pycache__" not in p.parts
    ]
    assert {p.relative_to(source).as_posix() for p in files} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_runs_elsewhere(wheel: Path, tmp_path: Path) -> None:
    """Installed into another folder, from another folder, it plans its own recipe."""
    place, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    command = ["pip", "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    program = "import sys, hornbook; print(hornbook.__file__); from hornbook.cli import main; sys.exit(main())"
    told = subprocess.run(
        [sys.executable, "-c", program, "plan", "quickstart"],
        cwd=elsewhere, env={**os.environ, "PYTHONPATH": str(place)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    where, _, plan = told.stdout.partition("\n")
    assert Path(where).is_relative_to(place)
    assert "in all about" in plan
