from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from hornbook.model.config import ModelSettings
from hornbook.recipes.recipe import load_recipe

ROOT = Path(__file__).resolve().parent.parent.parent
SECTIONS = ("2", "2.1", "2.2", "2.3", "3", "4", "5")
LATER_SECTIONS = ("2.1", "2.2", "2.3", "2.4", "3", "4")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package, the map and the tool, in a place where they may be changed."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("tools/paper_map.py", "docs/paper-map.toml", "docs/paper-map.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    if (ROOT / "docs" / "measured").exists():
        shutil.copytree(ROOT / "docs" / "measured", tmp_path / "docs" / "measured")
    return tmp_path


def paper_map(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The copy's tool in a process of its own, without the package installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(home / "tools" / "paper_map.py"), *map(str, arguments)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def page(home: Path) -> str:
    return (home / "docs" / "paper-map.md").read_text(encoding="utf-8")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def summary() -> dict[str, Any]:
    """A run's summary: what the page needs, and more that it must leave out."""
    return {
        "run": "quickstart",
        "seed": 1,
        "code_version": "0.0.9",
        "scores": [
            {"arm": "finetuned", "benchmark": "humaneval", "label": "public", "n": 164,
             "passed": 3, "estimate": 0.0183, "low": 0.004, "high": 0.05, "status": "ok"},
            {"arm": "finetuned", "benchmark": "mbpp", "label": "public", "n": 0, "passed": None,
             "estimate": None, "low": None, "high": None, "status": "not checked"},
            {"arm": "finetuned", "benchmark": "workbook-unknown", "label": "unknown-family",
             "n": 240, "passed": 12, "estimate": 0.05, "low": 0.01, "high": 0.1,
             "status": "UNSANDBOXED"},
        ],
        "comparisons": [
            {"first": "base", "second": "raw", "benchmark": "humaneval", "estimate": -0.012,
             "low": -0.03, "high": 0.004},
        ],
        "likelihood": [],
        "quality": {
            "metrics": [{"name": "AUC for a score of 3 or more", "estimate": 0.8125, "low": None,
                         "high": None}],
            "collections": {"secret": [1, 1]},
        },
        "decontamination": {"benchmarks": {
            "humaneval": {"status": "checked", "problems": 164, "problems_met": 7,
                          "rows_dropped": 9, "too_short_for_syntax": 0},
            "mbpp": {"status": "not checked", "problems": 0, "problems_met": 0, "rows_dropped": 0,
                     "too_short_for_syntax": 0},
        }},
        "stages": [
            {"stage": "train/raw/more-raw", "seconds": 30.4, "peak_memory_mb": 1.0},
            {"stage": "train/base/more-base", "seconds": 31.2, "peak_memory_mb": 1.0},
            {"stage": "report", "seconds": 1.0, "peak_memory_mb": 1.0},
        ],
        "recipe": {"name": "quickstart", "sources": {"folders": ["/home/someone"]}},
    }  # fmt: skip


def run_folder(home: Path, recipe: str = "quickstart") -> Path:
    folder = home / "runs" / recipe
    (folder / "report").mkdir(parents=True)
    found = summary()
    found["recipe"]["name"] = recipe
    (folder / "report" / "summary.json").write_text(json.dumps(found), encoding="utf-8")
    return folder


def test_the_page_is_up_to_date() -> None:
    """The map that is checked in is what the tool writes, and names only what exists."""
    result = paper_map(ROOT, "--check")
    assert (result.returncode, result.stdout) == (0, "paper map: up to date\n")


def test_every_section_of_the_papers_is_listed() -> None:
    """Sections of both papers that ask for something stand in the map, done here or not."""
    rows = tomllib.loads((ROOT / "docs" / "paper-map.toml").read_text(encoding="utf-8"))["row"]
    listed = {row["section"] for row in rows}
    wanted = {f"phi-1 {n}" for n in SECTIONS} | {f"phi-1.5 {n}" for n in LATER_SECTIONS}
    assert wanted <= listed


def test_no_number_of_ours_is_typed() -> None:
    """What stands in the map for our side are places to look at: words hold no digits."""
    rows = tomllib.loads((ROOT / "docs" / "paper-map.toml").read_text(encoding="utf-8"))["row"]
    for row in rows:
        for pointer in row["ours"]:
            said = pointer.get("say", "").replace("0 to 5", "")
            assert not any(c.isdigit() for c in said.replace("{:.0%}", "")), row


def test_metrics_are_looked_for_under_names_that_exist() -> None:
    """A figure of the quality room has in the map the name that the room gives it."""
    rows = tomllib.loads((ROOT / "docs" / "paper-map.toml").read_text(encoding="utf-8"))["row"]
    room = (ROOT / "src/hornbook/quality/validation.py").read_text(encoding="utf-8")
    room = room.replace("{settings.worth:g}", "3")  # as the recipe has it
    names = [at["metric"] for row in rows for at in row["ours"] if "metric" in at]
    assert names
    assert [name for name in names if f'"{name}"' not in room] == []


def test_an_edited_page_fails_the_check(copy: Path) -> None:
    """A page that differs from what the tool writes is told so, and writing it mends it."""
    edit(copy / "docs" / "paper-map.md", "orientation", "comparison")
    result = paper_map(copy, "--check")
    assert result.returncode == 1
    assert (
        "docs/paper-map.md is not what tools/paper_map.py writes; run: make docs" in result.stdout
    )
    assert paper_map(copy).returncode == 0
    assert paper_map(copy, "--check").returncode == 0


def test_a_missing_page_fails_the_check(copy: Path) -> None:
    """A page that was never written is no page that agrees."""
    (copy / "docs" / "paper-map.md").unlink()
    assert paper_map(copy, "--check").returncode == 1


def test_a_file_that_does_not_exist_fails_the_check(copy: Path) -> None:
    """A named file that is gone is named again, even if the page agrees with the map."""
    (copy / "src/hornbook/evaluate/nearest.py").unlink()
    result = paper_map(copy, "--check")
    assert result.returncode == 1
    assert "src/hornbook/evaluate/nearest.py, which does not exist" in result.stdout


@pytest.mark.parametrize(
    ("docstring", "cited"),
    [
        ("Solves it (phi-1 7.3).", "phi-1 7.3"),
        ("Phi-1.5 (6) tells how.", "phi-1.5 6"),
        ("Done as in phi-1\n    9.", "phi-1 9"),
    ],
)
def test_a_section_that_is_not_listed_fails_the_check(
    copy: Path, docstring: str, cited: str
) -> None:
    """A public docstring that cites a section the map lacks is named with its file."""
    path = copy / "src/hornbook/evaluate/nearest.py"
    path.write_text(f'class A:\n    def f(self):\n        """{docstring}"""\n', encoding="utf-8")
    result = paper_map(copy, "--check")
    assert result.returncode == 1
    assert f"src/hornbook/evaluate/nearest.py:2 cites {cited}, which" in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        'def _f():\n    """As in phi-1 7.3."""\n',
        'def f():\n    """phi-1 has 1.3B parameters, phi-1 350M, phi-1 (2.3)."""\n',
        "# phi-1 7.3\n",
    ],
)
def test_what_is_no_citation_is_let_be(copy: Path, text: str) -> None:
    """Private docstrings, comments, sizes and listed sections are no fault."""
    path = copy / "src/hornbook/evaluate/nearest.py"
    path.write_text(text, encoding="utf-8")
    assert paper_map(copy, "--check").returncode == 0


def test_what_no_run_showed_is_not_measured(copy: Path) -> None:
    """Without a run's figures the map says so, and what has no room here is not in this version."""
    shutil.rmtree(copy / "docs" / "measured", ignore_errors=True)
    assert paper_map(copy).returncode == 0
    text = page(copy)
    assert "finetuned on humaneval: not measured" in text
    assert "No run's figures are kept" in text
    toxicity = next(line for line in text.splitlines() if line.startswith("| phi-1.5 4 "))
    assert toxicity.count("not in this version") == 2


def test_measuring_keeps_a_run_s_figures(copy: Path) -> None:
    """A run's figures appear with their intervals, and a figure that is absent says why."""
    shutil.rmtree(copy / "docs" / "measured", ignore_errors=True)
    result = paper_map(copy, "--measure", run_folder(copy))
    assert result.returncode == 0, result.stderr
    text = page(copy)
    assert "finetuned on humaneval: 1.8% (0.4% to 5.0%) of 164<br>" in text
    assert "finetuned on mbpp: not checked" in text
    assert "finetuned on workbook-unknown: 5.0% (1.0% to 10.0%) of 240, UNSANDBOXED" in text
    assert "base minus raw on humaneval: -1.2 points (-3.0 to +0.4)" in text
    assert "AUC for a score of 3 or more: 0.812 |" in text
    assert "Spearman rank correlation with the teacher: not measured" in text
    assert "humaneval: 7 of 164 problems met in any way, 9 rows dropped" in text
    assert "62 s for the 2 stages of train" in text
    assert "run `quickstart`, seed 1, Hornbook 0.0.9" in text
    assert paper_map(copy, "--check").returncode == 0


def test_measuring_keeps_no_more_than_the_page_needs(copy: Path) -> None:
    """The kept file has a date and a machine, and nothing of the recipe or of its paths."""
    assert paper_map(copy, "--measure", run_folder(copy)).returncode == 0
    path = copy / "docs" / "measured" / "quickstart-summary.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert sorted(kept) == [
        "code_version", "comparisons", "date", "decontamination", "likelihood", "machine",
        "quality", "run", "scores", "seed", "stages",
    ]  # fmt: skip
    assert list(kept["quality"]) == ["metrics"]
    assert sorted(kept["machine"]) == ["cores", "memory_gb", "processor"]
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["memory_gb"] > 0
    assert "someone" not in path.read_text(encoding="utf-8")


def test_a_folder_that_is_no_finished_run_can_not_be_measured(copy: Path) -> None:
    """The folder is named, and what was kept before stays as it is."""
    before = page(copy)
    result = paper_map(copy, "--measure", copy / "docs")
    assert result.returncode == 1
    assert "no report/summary.json here" in result.stderr
    assert page(copy) == before


def test_a_run_of_another_recipe_is_refused(copy: Path) -> None:
    """A scaled run's figures would stand beside settings that it did not have."""
    result = paper_map(copy, "--measure", run_folder(copy, "quickstart-0.05"))
    assert result.returncode == 1
    assert "the page wants the quickstart in full" in result.stderr


def test_an_unknown_way_to_a_number_is_refused(copy: Path) -> None:
    """A misspelt pointer in the map is an error that shows it."""
    edit(copy / "docs" / "paper-map.toml", 'ours = [{ score = "mbpp"', 'ours = [{ skore = "mbpp"')
    result = paper_map(copy)
    assert result.returncode == 1
    assert "skore" in result.stderr


def test_the_size_of_the_model_is_the_model_s_own() -> None:
    """The map's count of parameters and tokens is that of the package."""
    recipe = load_recipe("quickstart")
    text = page(ROOT)
    assert f"{ModelSettings.model_validate(recipe.model).parameters:,} parameters" in text
    read = recipe.lineage(recipe.train.default_arm)
    assert f"reads {sum(recipe.planned_tokens(phase) or 0 for _, phase in read):,} tokens" in text
