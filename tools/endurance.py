"""Kill a run again and again, and show that it still ends as if nothing had happened.

    python tools/endurance.py --kills 100 --out docs/endurance.md

One run goes undisturbed; another with the same recipe is killed (SIGKILL to its whole process
group) at random moments until the kills are used up, then left to finish. Every data file, every
loss and every weight must be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from marked import fill

SCALE = "0.05"
PHASES = ("pretrain-raw", "pretrain-base", "more-raw", "more-base", "finetune")


@dataclass(frozen=True)
class Findings:
    kills: int
    starts: int
    seconds: float
    different: list[str]


def command(runs: Path, name: str) -> list[str]:
    # In float32: on a busy machine the first products of a process in bfloat16 have been seen to be
    # rounded otherwise now and then, killed or not (docs/train.md).
    exact = [x for p in PHASES for x in ("--set", f"train.phases.{p}.precision=float32")]
    tail = ["--scale", SCALE, "--runs", str(runs), "--name", name, *exact]
    return [sys.executable, "-m", "hornbook", "run", "quickstart", *tail]


def run_undisturbed(runs: Path) -> float:
    started = time.monotonic()
    subprocess.run(command(runs, "whole"), check=True)
    return time.monotonic() - started


def run_with_kills(runs: Path, kills: int, whole: float, rng: random.Random) -> tuple[int, int]:
    """(kills that met a living run, starts)."""
    done = starts = 0
    while True:
        process = subprocess.Popen(
            command(runs, "killed"), start_new_session=True, stderr=subprocess.DEVNULL
        )
        starts += 1
        # Short lives, so that many kills fit into one run; some of them long enough to get on.
        patience = rng.uniform(0.5, whole / 4) if done < kills else None
        try:
            code = process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done += 1
            continue
        if code != 0:
            raise SystemExit(f"the killed run ended with exit code {code}")
        if done >= kills:
            return done, starts
        # It reached its end with kills left: start afresh, so that every kill meets work.
        subprocess.run(
            [sys.executable, "-m", "hornbook", "clean", "killed", "--runs", str(runs)], check=True
        )


def outputs(run: Path) -> dict[str, str]:
    """Every output's digest, as the manifests record them; the report holds times and is left out."""
    found = {}
    for manifest in sorted(run.rglob("manifest.json")):
        about = json.loads(manifest.read_text())
        if about["stage"] != "report":
            found.update(
                {f"{about['stage']}/{name}": sha for name, sha in about["outputs"].items()}
            )
    return found


def compare(runs: Path) -> list[str]:
    whole, killed = outputs(runs / "whole"), outputs(runs / "killed")
    names = sorted({*whole, *killed})
    return [
        name for name in names if whole.get(name) != killed.get(name) and "verdicts" not in name
    ]


def page(findings: Findings) -> str:
    verdict = "none" if not findings.different else ", ".join(findings.different)
    return f"""
Command: `make endurance KILLS={findings.kills} ARGS="--out docs/endurance.md"`
({date.today().isoformat()}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}).

| check | result |
|---|---|
| runs killed with SIGKILL at random moments, children included | {findings.kills} |
| starts of `hornbook run quickstart --scale {SCALE}` | {findings.starts} |
| files that differ from the undisturbed run's (data, losses, weights, answers, scores) | {verdict} |
| seconds in all | {findings.seconds:.0f} |

Trained in float32. Verdict tables are left out of the comparison, for they hold the seconds each check
took; scores are in it.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=Path, default=Path(".ci-runs/endurance"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    whole = run_undisturbed(options.runs)
    kills, starts = run_with_kills(options.runs, options.kills, whole, random.Random(options.seed))
    findings = Findings(kills, starts, time.monotonic() - started, compare(options.runs))
    text = page(findings)
    print(text)
    if options.out:
        fill(options.out, "kills", text)
    return 1 if findings.different else 0


if __name__ == "__main__":
    sys.exit(main())
