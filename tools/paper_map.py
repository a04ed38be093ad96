"""Write `docs/paper-map.md`: the papers' sections, our files, their numbers beside ours.

Ours come from `docs/quickstart/summary.json`, the figures of a run on the reference machine, and
never from here. `--check` fails where the page is not what this program writes, or names a file
that does not exist.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "paper-map.md"
SUMMARY = ROOT / "docs" / "quickstart" / "summary.json"

# (section, what it says, file, the paper's number, where ours is found)
ROWS = (
    ("phi-1 2.1", "raw pool of code", "sources/stage.py", ">35M files", "seen"),
    ("phi-1 2.1", "annotated sample", "quality/annotations.py", "~100k samples", "annotated"),
    (
        "phi-1 2.1",
        "random forest on an embedding",
        "quality/forest.py",
        "quality not published",
        "auc",
    ),
    ("phi-1 2.1", "share of tokens kept", "quality/select.py", "~17% (6B of 35B)", "kept"),
    ("phi-1 2.2", "synthetic textbooks", "synthesis/stage.py", "<1B tokens", "textbooks"),
    (
        "phi-1 2.2",
        "CodeExercises",
        "synthesis/workbook/catalogue.py",
        "879.5K, ~180M tokens",
        "exercises",
    ),
    ("phi-1 2.3", "architecture", "model/transformer.py", "1,418,270,720 parameters", "parameters"),
    (
        "phi-1 2.3",
        "pretraining and finetuning",
        "train/loop.py",
        "~50B + 3.15B tokens seen",
        "tokens",
    ),
    ("phi-1 3", "pass@1 on HumanEval", "evaluate/stage.py", "50.6% (83 of 164)", "humaneval"),
    ("phi-1 2.3", "pass@1 on MBPP", "evaluate/stage.py", "55.5%", "mbpp"),
    (
        "phi-1 5",
        "n-gram overlap, n = 13",
        "similarity/ngrams.py",
        "4 questions, all false positives",
        "ngram",
    ),
    ("phi-1 5", "AST match rate", "similarity/syntax.py", "formula not published", "syntax"),
)


def ours(summary: dict[str, Any]) -> dict[str, str]:
    funnel, training = summary["funnel"], summary["training"]
    documents, quality = funnel["sources"]["documents"], funnel["quality"]["documents"]
    arm = summary["default_arm"]
    found = {
        "seen": f"{documents['rows_in']:,} files",
        "annotated": f"{summary['quality']['annotations']['resolved']} excerpts",
        "auc": next(
            f"AUC {m['estimate']:.3f} ({m['low']:.3f}-{m['high']:.3f})"
            for m in summary["quality"]["metrics"]
            if m["name"].startswith("AUC")
        ),
        "kept": f"{quality['kept']:,} of {quality['rows_in']:,} documents",
        "textbooks": f"{funnel['decontaminate']['textbooks']['kept']} sections",
        "exercises": f"{funnel['decontaminate']['exercises']['kept']:,}",
        "parameters": f"{training[0]['parameters']:,} parameters",
        "tokens": f"{sum(r['tokens'] for r in training if r['arm'] == arm):,} in the finetuning phase",
        "ngram": f"n = {summary['recipe']['decontaminate']['ngram']}",
        "syntax": "`node_seq_lev`, threshold "
        + str(summary["recipe"]["decontaminate"]["syntax_threshold"]),
    }
    for name in ("humaneval", "mbpp"):
        row = next(
            (r for r in summary["scores"] if r["arm"] == arm and r["benchmark"] == name), None
        )
        known = row is not None and row["estimate"] is not None
        found[name] = (
            f"{row['estimate']:.1%} ({row['low']:.1%}-{row['high']:.1%}), n = {row['n']}"
            if row is not None and known
            else (row or {"status": "not measured"})["status"]
        )
    return found


def page() -> str:
    figures = ours(json.loads(SUMMARY.read_text(encoding="utf-8")))
    lines = [
        "# Paper map",
        "",
        "Sections of phi-1 (arXiv 2306.11644), the file that does it, their number and ours. Ours are",
        "those of the quickstart on two processor cores: a small model and little data, so they show that",
        "the way is walked, not that it leads as far. Written by `tools/paper_map.py` from",
        "`docs/quickstart/summary.json`.",
        "",
        "| section | what | file | theirs | ours |",
        "|---|---|---|---|---|",
    ]
    for section, what, file, theirs, key in ROWS:
        lines.append(f"| {section} | {what} | `src/hornbook/{file}` | {theirs} | {figures[key]} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    missing = [file for _, _, file, _, _ in ROWS if not (ROOT / "src" / "hornbook" / file).exists()]
    if missing:
        print(f"paper map names files that do not exist: {', '.join(missing)}")
        return 1
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        print("docs/paper-map.md is not what tools/paper_map.py writes; run: make docs")
        return 1
    print("paper map: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
