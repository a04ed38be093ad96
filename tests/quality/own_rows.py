"""Texts and judgements of one's own: what is worth reading can be seen in the text."""

from __future__ import annotations

import json
import re
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


def said(body: dict[str, Any]) -> str:
    return str(body["messages"][1]["content"])


def verdict(prompt: str) -> str:
    """What a teacher of functions says: constants are worth nothing, and f13 more than f3."""
    found = re.search(r"def f(\d+)", prompt)
    score = 0 if found is None else 3 + int(found[1]) % 3
    again = "second judgement" in prompt
    score = max(score - 1, 0) if again and score == 4 else score
    return json.dumps({"score": score, "topic": "lists", "reason": "because"})
