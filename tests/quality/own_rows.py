"""Texts and judgements of one's own: what is worth reading can be seen in the text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def write_lines(path: Path, rows: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def texts(count: int = 60) -> list[dict[str, Any]]:
    return [
        {
            "id": f"t{n}",
            "text": f"def f{n}(values):\n    return [v * {n} for v in values]\n"
            if n % 6 >= 3
            else f"CONSTANT_{n} = {n}\n" * 3,
            "group": f"project{n % 7}",
        }
        for n in range(count)
    ]


def scores(count: int = 60, scale: float = 1.0) -> list[dict[str, Any]]:
    return [{"id": f"t{n}", "score": scale * (n % 6)} for n in range(count)]
