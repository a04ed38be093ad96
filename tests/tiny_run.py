"""A recipe so small that a whole run takes seconds, on data of its own and without a network."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.records import content_id

RECIPE = """
name = "tiny"
title = "A whole run in seconds"
seed = 3

[sources]
folders = ["CORPUS"]
sample_bytes = 200_000
held_out_documents = 10

[quality]
annotations = "ANNOTATIONS"
fraction = 0.5
trees = 10
resamples = 100

[synthesis]
train_exercises = 60
in_distribution = 20
unknown = 16
recorded_exercises = 20
textbooks = 12
held_out_textbooks = 2

[decontaminate]
benchmarks = []

[tokens]
vocab_size = 400

[tokens.mixtures]
raw = { code = 1.0 }
base = { selected = 0.8, textbooks = 0.2 }
exercises = { workbook = 0.85, recorded = 0.15 }

[model]
layers = 1
hidden = 32
heads = 2
rotary = 8
inner = 64
context = 128
vocab_size = 400

[train]
default_arm = "finetuned"
compare = [["finetuned", "raw"]]

[train.phases.pretrain-raw]
mixture = "raw"
tokens = 8192
batch_tokens = 1024
checkpoint_seconds = 0.05

[train.phases.pretrain-base]
mixture = "base"
tokens = 8192
batch_tokens = 1024
checkpoint_seconds = 0.05

[train.phases.finetune]
mixture = "exercises"
tokens = 8192
batch_tokens = 1024
checkpoint_seconds = 0.05

[train.arms.raw]
about = "Code as it comes, then exercises."
phases = ["pretrain-raw", "finetune"]

[train.arms.base]
about = "What the filter kept, and textbooks."
phases = ["pretrain-base"]

[train.arms.finetuned]
about = "The base arm, then the same exercises."
start = "base/pretrain-base"
phases = ["finetune"]

[evaluate]
benchmarks = []
max_new_tokens = 24
held_out_bytes = 4000
resamples = 200

[report]
"""


def write_corpus(folder: Path) -> list[dict[str, object]]:
    """80 files, half of them worth reading; returns judgements of the first 50."""
    rng = random.Random(7)
    words = ["total", "count", "first", "value", "items", "name", "size", "left", "right", "best"]
    rows: list[dict[str, object]] = []
    folder.mkdir(parents=True)
    for n in range(80):
        a, b, c = rng.sample(words, 3)
        if n % 2:
            text = "".join(
                f'def {a}_{b}_{n}_{k}({c}):\n    """Return the {a} of {c} and {rng.randint(2, 99)}."""\n'
                f"    {b} = 0\n    for each in {c}:\n        if each > {rng.randint(2, 99)}:\n"
                f"            {b} += each * {rng.randint(2, 99)}\n    return {b}\n\n\n"
                for k in range(8)
            )
        else:
            text = "".join(
                f"{a.upper()}_{n}_{k} = '{rng.randint(0, 10**9)}/{b}/{c}/{rng.randint(0, 10**9)}'\n"
                for k in range(30)
            )
        (folder / f"m{n:03d}.py").write_text(text)
        if n < 50:
            row = {"distribution": folder.name, "path": f"m{n:03d}.py", "first_line": 1}
            about = {"last_line": text.count("\n"), "sha256": content_id(text), "id": f"a{n}"}
            rows.append({**row, **about, "score": 4 if n % 2 else 1})
    return rows


@pytest.fixture(scope="session")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe as a file. Its corpus is in five folders, for folds hold whole collections."""
    home = tmp_path_factory.mktemp("tiny")
    rows, folders = [], []
    for number in range(5):
        folder = home / f"corpus{number}"
        rows += [
            {**row, "id": f"{number}-{row['id']}"}
            for row in write_corpus(folder)
            if int(str(row["id"])[1:]) % 5 == number
        ]
        for path in folder.glob("*.py"):
            if int(path.stem[1:]) % 5 != number:
                path.unlink()
        folders.append(str(folder))
    (home / "annotations.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    text = RECIPE.replace('["CORPUS"]', json.dumps(folders))
    path = home / "tiny.toml"
    path.write_text(text.replace("ANNOTATIONS", str(home / "annotations.jsonl")))
    return path


def hornbook(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "hornbook", *map(str, arguments)],
        capture_output=True, text=True, check=False, env={**os.environ, **more}, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="session")
def finished(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that went undisturbed to its end, with two workers."""
    runs = tmp_path_factory.mktemp("runs")
    cache = str(tmp_path_factory.mktemp("cache"))
    result = hornbook("run", recipe, "--runs", runs, "--workers", 2, XDG_CACHE_HOME=cache)
    assert result.returncode == 0, result.stderr
    return runs / "tiny"
