"""Write `docs/paper-map.md`: the papers' sections, our files, their numbers beside ours.

    python tools/paper_map.py                 write the page
    python tools/paper_map.py --check         exit 1 if page, files and docstrings don't agree
    python tools/paper_map.py --measure RUN   keep a run's figures for the page, then write it

The rows come from `docs/paper-map.toml`. Our numbers are never typed: they are read from a run's
figures (`docs/measured/quickstart-summary.json`), from the quickstart recipe, or from the files
that ship. A figure that is not there is "not measured".
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import os
import platform
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "hornbook"
ROWS = ROOT / "docs" / "paper-map.toml"
PAGE = ROOT / "docs" / "paper-map.md"
MEASURED = ROOT / "docs" / "measured" / "quickstart-summary.json"
RECIPE = SOURCE / "recipes" / "quickstart.toml"

ABSENT, UNMEASURED = "not in this version", "not measured"
KEPT = ("run", "seed", "code_version", "scores", "comparisons", "likelihood", "stages")
"""What is taken over from a run's summary as it stands."""
CITATION = re.compile(r"\b(phi-1(?:\.5)?)\s+\(?(\d+(?:\.\d+)*)(?!\w|\.\d)", re.IGNORECASE)
Pointer = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """Where our numbers are read from; `measured` is empty until a run's figures are kept."""

    measured: Mapping[str, Any]
    recipe: Mapping[str, Any]


def rows() -> list[dict[str, Any]]:
    return list(tomllib.loads(ROWS.read_text(encoding="utf-8"))["row"])


def figures() -> Figures:
    measured = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    return Figures(measured, tomllib.loads(RECIPE.read_text(encoding="utf-8")))


def first(found: Iterator[Any]) -> Any:
    return next(found, None)


def score(known: Figures, at: Pointer) -> str:
    found = first(
        row
        for row in known.measured.get("scores", ())
        if (row["benchmark"], row["arm"]) == (at["score"], at["arm"])
    )
    name = f"{at['arm']} on {at['score']}"
    if found is None or found["estimate"] is None:
        return f"{name}: {UNMEASURED if found is None else found['status']}"
    bounds = f"{found['low']:.1%} to {found['high']:.1%}"
    state = "" if found["status"] == "ok" else f", {found['status']}"
    return f"{name}: {found['estimate']:.1%} ({bounds}) of {found['n']}{state}"


def difference(known: Figures, at: Pointer) -> str:
    found = first(
        row
        for row in known.measured.get("comparisons", ())
        if [row["first"], row["second"], row["benchmark"]] == [*at["difference"], at["on"]]
    )
    name = f"{' minus '.join(at['difference'])} on {at['on']}"
    if found is None:
        return f"{name}: {UNMEASURED}"
    points = [100 * found[key] for key in ("estimate", "low", "high")]
    return "{}: {:+.1f} points ({:+.1f} to {:+.1f})".format(name, *points)


def metric(known: Figures, at: Pointer) -> str:
    table = known.measured.get("quality", {}).get("metrics", ())
    found = first(row for row in table if row["name"] == at["metric"])
    if found is None:
        return f"{at['metric']}: {UNMEASURED}"
    bounds = "" if found["low"] is None else f" ({found['low']:.3f} to {found['high']:.3f})"
    return f"{at['metric']}: {found['estimate']:.3f}{bounds}"


def met(known: Figures, at: Pointer) -> str:
    found = known.measured.get("decontamination", {}).get("benchmarks", {}).get(at["met"])
    if found is None or found["status"] != "checked":
        return f"{at['met']}: {UNMEASURED if found is None else found['status']}"
    return (
        f"{at['met']}: {found['problems_met']} of {found['problems']} problems met in any way,"
        f" {found['rows_dropped']} rows dropped"
    )


def seconds(known: Figures, at: Pointer) -> str:
    room = at["seconds"]
    stages = [row for row in known.measured.get("stages", ()) if row["stage"].split("/")[0] == room]
    if not stages:
        return f"time of {room}: {UNMEASURED}"
    return f"{sum(row['seconds'] for row in stages):,.0f} s for the {len(stages)} stages of {room}"


def recipe(known: Figures, at: Pointer) -> str:
    value: Any = known.recipe
    for key in at["recipe"].split("."):
        value = value[key]
    return str(at["say"].format(value))


def lines(_known: Figures, at: Pointer) -> str:
    text = gzip.decompress((SOURCE / at["lines"]).read_bytes()).decode("utf-8")
    return str(at["say"].format(sum(bool(line.strip()) for line in text.splitlines())))


def parameters(known: Figures, _at: Pointer) -> str:
    shape = known.recipe["model"]
    size = f"{shape['layers']} layers, {shape['hidden']} wide"
    return f"{size}: {parameters_of(shape):,} parameters"


KINDS: dict[str, Callable[[Figures, Pointer], str]] = {
    each.__name__: each
    for each in (score, difference, metric, met, seconds, recipe, lines, parameters)
}


def parameters_of(shape: Mapping[str, int]) -> int:
    """Weights and biases of the model; tests hold this to `ModelSettings.parameters`."""
    d, inner, v = shape["hidden"], shape["inner"], shape["vocab_size"]
    block = 4 * (d * d + d) + d * inner + inner + inner * d + d + 2 * d
    return shape["layers"] * block + v * d + 2 * d + v * d + v


def tokens_of(recipe: Mapping[str, Any], arm: str) -> int:
    """Tokens an arm has read at its end, those before its starting point included."""
    train = recipe["train"]
    own = train["arms"][arm]
    total = sum(train["phases"][name]["tokens"] for name in own["phases"])
    if "start" not in own:
        return int(total)
    other, _, at = own["start"].partition("/")
    after = train["arms"][other]["phases"]
    later = sum(train["phases"][name]["tokens"] for name in after[after.index(at) + 1 :])
    return int(total) + tokens_of(recipe, other) - int(later)


def ours(row: Mapping[str, Any], known: Figures) -> str:
    if not row["files"]:
        return ABSENT
    return "<br>".join(said(at, known) for at in row["ours"]) or "-"


def said(at: Pointer, known: Figures) -> str:
    kind = first(name for name in at if name in KINDS)
    if kind is None:
        raise SystemExit(f"{ROWS.name}: {dict(at)}: no way to find a number ({', '.join(KINDS)})")
    return KINDS[kind](known, at)


def page() -> str:
    known = figures()
    table = [
        f"| {row['section']} | {row['does']} | {_files(row)} | {row['theirs']} | {ours(row, known)} |"
        for row in rows()
    ]
    return "\n".join([*_head(known), *table, ""])


def _files(row: Mapping[str, Any]) -> str:
    return "<br>".join(f"`{name}`" for name in row["files"]) or ABSENT


def _head(known: Figures) -> list[str]:
    arm = known.recipe["train"]["default_arm"]
    size = parameters_of(known.recipe["model"]) / 1e6
    read = tokens_of(known.recipe, arm)
    return [
        "# Paper map",
        "",
        "Written by `tools/paper_map.py` from `docs/paper-map.toml`; edit that and run `make docs`.",
        "Files are those of `src/hornbook/`.",
        "",
        "phi-1 is arXiv 2306.11644, phi-1.5 is arXiv 2309.05463. The numbers stand side by side for",
        f"orientation and are **not comparable**: the quickstart's model has {size:.1f} million",
        f"parameters and reads {read:,} tokens on a laptop; the papers' have 350 million or 1.3",
        "billion and read tens of billions on accelerators. The map shows that a step is taken here,",
        "not that it leads as far. Where the papers keep something to themselves, it says so; a count",
        "that follows from what they print is marked as ours.",
        "",
        *_origin(known.measured),
        "",
        "| section | what the paper does | files | the paper's number | ours |",
        "|---|---|---|---|---|",
    ]


def _origin(measured: Mapping[str, Any]) -> list[str]:
    if not measured:
        return [
            "No run's figures are kept in `docs/measured/` yet, so what a run would show is"
            f' "{UNMEASURED}".'
        ]
    machine = measured["machine"]
    return [
        f"Measured: run `{measured['run']}`, seed {measured['seed']}, Hornbook"
        f" {measured['code_version']}, {measured['date']}, on {machine['processor']}",
        f"with {machine['cores']} cores and {machine['memory_gb']} GB of memory. Intervals are 95%.",
    ]


def faults() -> Iterator[str]:
    """Everything in which page, files and docstrings don't agree."""
    table = rows()
    missing = sorted({name for row in table for name in row["files"] if not _exists(name)})
    for name in missing:
        yield f"docs/paper-map.toml names src/hornbook/{name}, which does not exist"
    listed = {row["section"] for row in table}
    for place, section in citations():
        if section not in listed:
            yield f"{place} cites {section}, which docs/paper-map.toml does not list"
    if missing:
        return
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        yield "docs/paper-map.md is not what tools/paper_map.py writes; run: make docs"


def _exists(name: str) -> bool:
    return (SOURCE / name).is_file()


def citations() -> Iterator[tuple[str, str]]:
    """(file and line, section) of every citation in a public docstring."""
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        for line, text in docstrings(ast.parse(path.read_text(encoding="utf-8"))):
            for paper, section in CITATION.findall(text):
                yield f"{name}:{line}", f"{paper.lower()} {section}"


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, text) of the docstrings of the module and of its public classes and functions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text
        waiting += [
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and not child.name.startswith("_")
        ]


def measure(run: Path) -> None:
    """Keep what the page needs of a run's summary, with its date and this machine."""
    path = run / "report" / "summary.json"
    if not path.is_file():
        raise SystemExit(f"{run}: no report/summary.json here; name the folder of a finished run")
    summary = json.loads(path.read_text(encoding="utf-8"))
    if (name := summary["recipe"]["name"]) != figures().recipe["name"]:
        raise SystemExit(f"{run}: a run of `{name}`; the page wants the quickstart in full")
    kept = {
        **{key: summary[key] for key in KEPT},
        "quality": {"metrics": summary["quality"]["metrics"]},
        "decontamination": summary["decontamination"],
        # The report is the run's last stage.
        "date": date.fromtimestamp(path.stat().st_mtime).isoformat(),
        "machine": machine(),
    }
    MEASURED.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kept, indent=2, sort_keys=True, ensure_ascii=False)
    MEASURED.write_text(text + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Cores, processor and memory of this machine; nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {"cores": os.cpu_count(), "processor": processor(), "memory_gb": round(memory, 1)}


def processor() -> str:
    table = Path("/proc/cpuinfo")
    text = table.read_text(encoding="utf-8", errors="replace") if table.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return named.group(1).strip() if named else platform.processor() or platform.machine()


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="say what does not agree; exit 1")
    parser.add_argument("--measure", type=Path, metavar="RUN", help="keep a run's figures first")
    return parser.parse_args()


def main() -> int:
    chosen = options()
    if chosen.check:
        found = list(faults())
        print("\n".join(found) if found else "paper map: up to date")
        return 1 if found else 0
    if chosen.measure is not None:
        measure(chosen.measure)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
