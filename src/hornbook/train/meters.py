"""What a phase measures at every step, as JSON lines.

`meters.jsonl` holds times and is therefore no part of the phase's identity; `losses.json` and
`validation.json`, written at the end, hold the losses alone.
"""

from __future__ import annotations

import json
import math
import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hornbook.storage import write_bytes

METERS = "meters.jsonl"
WINDOW = 100
"""Steps that a loss is compared with to call it a spike."""
FEWEST = 20
SIGMAS = 6.0


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
        self._handle.flush()
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


def is_spike(before: Sequence[float], loss: float) -> bool:
    """Whether a loss stands far above those of the steps before it.

    >>> is_spike([2.0, 2.1] * 20, 2.2), is_spike([2.0, 2.1] * 20, 3.0)
    (False, True)
    """
    window = before[-WINDOW:]
    if len(window) < FEWEST:
        return False
    return loss > statistics.fmean(window) + SIGMAS * max(statistics.pstdev(window), 1e-3)


@dataclass
class Tally:
    """Nats, tokens and bytes of what was read, by table."""

    sums: dict[str, list[float]] = field(default_factory=dict)

    def add(self, table: str, nats: float, tokens: float, size: float) -> None:
        found = self.sums.setdefault(table, [0.0, 0.0, 0.0])
        for place, value in enumerate((nats, tokens, size)):
            found[place] += value

    def rows(self) -> dict[str, dict[str, float]]:
        """Loss in nats a token and in bits a byte, by table.

        >>> tally = Tally()
        >>> tally.add("code", nats=10 * math.log(2), tokens=5, size=20)
        >>> tally.rows()["code"]["bits_per_byte"]
        0.5
        """
        return {
            name: {
                "tokens": int(tokens),
                "loss": nats / max(tokens, 1),
                **({"bits_per_byte": nats / math.log(2) / size} if size else {}),
            }
            for name, (nats, tokens, size) in sorted(self.sums.items())
        }


def memory_mb() -> float:
    """What this process holds in memory now, in MB."""
    import psutil

    return float(round(psutil.Process().memory_info().rss / 1e6, 1))


def validations(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The looks at held-out text among a phase's rows, each with the steps taken before it."""
    return [
        {"steps": row["step"] + 1, **row["validation"]} for row in rows if row.get("validation")
    ]
