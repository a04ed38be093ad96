"""What a phase measures at every step, as JSON lines.

`meters.jsonl` holds times and is therefore no part of the phase's identity; `losses.json`, written
at the end, holds the losses alone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from hornbook.storage import write_bytes

METERS = "meters.jsonl"


class Meters:
    """A log that a resumed run cuts back to its checkpoint, so that no step stands twice."""

    def __init__(self, folder: Path, step: int) -> None:
        self.path = folder / METERS
        self.rows = [row for row in read_meters(self.path) if row["step"] < step]
        write_bytes(self.path, "".join(json.dumps(row) + "\n" for row in self.rows).encode())
        self._handle = self.path.open("a", encoding="utf-8")

    def add(self, row: dict[str, Any]) -> None:
        self.rows.append(row)
        self._handle.write(json.dumps(row) + "\n")
        self._handle.flush()

    def settle(self) -> None:
        """Bring the rows to the disk, for a checkpoint is worth nothing without them."""
        os.fsync(self._handle.fileno())

    def close(self) -> None:
        self._handle.close()


def read_meters(path: Path) -> list[dict[str, Any]]:
    """The rows of a log from step 0 on, up to the first line that is damaged or out of turn."""
    rows: list[dict[str, Any]] = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            row = json.loads(line)
        except ValueError:
            break
        if not isinstance(row, dict) or row.get("step") != len(rows):
            break
        rows.append(row)
    return rows
