"""A page of docs/, where each benchmark writes between its own marks."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from marked import fill  # noqa: E402


def write(name: str, text: str, page: str = "benchmarks.md") -> None:
    """Put `text` between the marks of the benchmark `name`."""
    fill(ROOT / "docs" / page, name, text)
