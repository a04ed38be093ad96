"""Small rooms, held by a check: lengths of files and functions, parameters, names of modules."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "hornbook"
FILE_LINES, STAGE_LINES, FUNCTION_LINES, PARAMETERS = 400, 150, 60, 6
VAGUE = {"utils", "common", "helpers", "misc", "util", "helper"}


def faults_of(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(SOURCE.parent.parent).as_posix()
    lines = text.count("\n")
    limit = STAGE_LINES if path.name == "stage.py" else FILE_LINES
    faults = [f"{name}: {lines} lines, {limit} allowed"] if lines > limit else []
    if path.stem in VAGUE:
        faults.append(f"{name}: name the module after what it does")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            faults.extend(f"{name}:{node.lineno}: {fault}" for fault in function_faults(node))
    return faults


def function_faults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    faults = []
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > FUNCTION_LINES:
        faults.append(f"{node.name} has {length} lines, {FUNCTION_LINES} allowed")
    arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    count = len([name for name in arguments if name not in ("self", "cls")])
    if count > PARAMETERS:
        faults.append(f"{node.name} takes {count} parameters, {PARAMETERS} allowed")
    return faults


def main() -> int:
    faults = [fault for path in sorted(SOURCE.rglob("*.py")) for fault in faults_of(path)]
    print("\n".join(faults) if faults else "house limits: kept")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
