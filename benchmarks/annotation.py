"""Which texts to have judged: where the filter is in doubt, spread over groups, or by chance.

    python benchmarks/annotation.py --repeats 3 --write

The recorded judgements play the teacher: a real server on the loopback address answers with them,
and `hornbook.quality.annotate.annotating` asks it as it would ask any endpoint. Groups are held out in five
folds, so that every text is scored by a filter that has seen nothing of its group; the three ways
begin from the same seed. Intervals resample groups, the same for all ways.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from marked_page import write

from hornbook.embed import embedder_for
from hornbook.quality.annotate.annotating import annotate
from hornbook.quality.annotate.work import Annotating
from hornbook.quality.annotations import Excerpt, resolve
from hornbook.quality.config import QualitySettings
from hornbook.quality.process import fit_process
from hornbook.quality.validation import auc, folds_of, spearman
from hornbook.recipes.folder import cache_folder
from hornbook.records import Document
from hornbook.sources.pins import load_pins
from hornbook.sources.readers.pypi import fetch
from hornbook.teacher import recorded_annotations
from hornbook.teacher.client import Endpoint, EndpointTeacher
from hornbook.teacher.fake_server import FakeEndpoint, Play
from hornbook.teacher.key import Key
from hornbook.teacher.pace import Pace

WAYS = {"random": "by chance", "spread": "spread over groups", "doubt": "where in doubt"}
FOLDS, BATCH, RESAMPLES = 5, 50, 2000
SETTINGS = QualitySettings(fraction=1.0)

Floats = Any


def excerpts() -> list[Excerpt]:
    """The recorded judgements with their texts, from the pinned wheels and the standard library."""
    judged = recorded_annotations()
    wanted = {(row.distribution, row.path) for row in judged}
    documents = []
    pins = load_pins("teacher")
    for pin in pins:
        path = fetch([pin], cache_folder(), lambda done, total: None)[pin.sha256]
        with zipfile.ZipFile(path) as wheel:
            documents += [
                _document(pin.name, name, wheel.read(name))
                for name in wheel.namelist()
                if (pin.name, name) in wanted
            ]
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in (path for distribution, path in wanted if distribution == "cpython"):
        if (library / name).is_file():
            documents.append(_document("cpython", name, (library / name).read_bytes()))
    return resolve(judged, documents)[0]


def _document(collection: str, path: str, data: bytes) -> Document:
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    return Document(path, text, "wheel", collection, "", path)


def teacher(rows: Sequence[Excerpt]) -> FakeEndpoint:
    """An endpoint that knows the recorded judgements by their texts."""
    known = {row.text: row.annotation for row in rows}

    def script(body: dict[str, Any], _: int) -> Play:
        said = body["messages"][1]["content"]
        found = re.search(r"\A=== text \w+ ===\n(.*)\n=== end of text", said, re.DOTALL)
        judged = known[found[1] if found else ""]
        answer = {"score": int(judged.score), "topic": judged.topic, "reason": judged.reason}
        return Play(json.dumps(answer))

    return FakeEndpoint(script)


def asked(
    server: FakeEndpoint, rows: Sequence[Excerpt], way: str, seed: int, most: int
) -> list[str]:
    """The ids of the texts that were judged, in order."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with (folder / "T.jsonl").open("w") as out:
            for row in rows:
                about = row.annotation
                told = {"id": about.id, "text": row.text, "group": about.distribution}
                out.write(json.dumps(told) + "\n")
        wanted = Annotating(
            folder / "T.jsonl", folder / "A.jsonl", "recorded", batch=BATCH, most=most, repeat=0.0,
            narrowing=float("-inf"), choose=way, seed=seed, resamples=100,
        )  # fmt: skip
        where = Endpoint(server.address, "recorded")
        annotate(
            wanted, lambda store, budget, stop: EndpointTeacher(
                where, Key(""), budget, store, Pace(8, stop)
            )
        )  # fmt: skip
        return [json.loads(line)["id"] for line in (folder / "A.jsonl").open()]


def predictions(
    rows: Sequence[Excerpt], sizes: Sequence[int], repeats: int
) -> dict[tuple[str, int], list[Floats]]:
    """What filters fitted on so many judgements say of each text, [repeats] arrays of [texts]."""
    vectors = embedder_for("code").embed([row.text for row in rows])
    groups = [row.annotation.distribution for row in rows]
    place = {row.annotation.id: number for number, row in enumerate(rows)}
    scores = np.array([row.annotation.score for row in rows])
    found = {(way, size): [] for way in WAYS for size in sizes}
    with teacher(rows) as server:
        for seed in range(1, repeats + 1):
            told = {key: np.zeros(len(rows)) for key in found}
            for learn, judge in folds_of(groups, FOLDS):
                for way in WAYS:
                    ids = asked(server, [rows[row] for row in learn], way, seed, max(sizes))
                    for size in sizes:
                        some = [place[name] for name in ids[:size]]
                        process = fit_process(vectors[some], scores[some].tolist(), SETTINGS)
                        told[way, size][judge] = process.predict(vectors[judge])
            for key, values in told.items():
                found[key].append(values)
    return found


def intervals(
    rows: Sequence[Excerpt],
    found: dict[tuple[str, int], list[Floats]],
    figure: Callable[[Floats, Floats], float | None],
    truth: Floats,
) -> dict[tuple[str, int], tuple[Floats, Floats]]:
    """Of each way and size: (value, low, high), and the same of its difference to chance."""
    groups = np.array([row.annotation.distribution for row in rows])
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    random = np.random.default_rng(1)
    draws = [np.arange(len(rows))] + [
        np.concatenate([members[n] for n in random.integers(0, len(members), len(members))])
        for _ in range(RESAMPLES)
    ]
    values = {
        key: np.array(
            [np.mean([figure(each[draw], truth[draw]) for each in repeats]) for draw in draws]
        )
        for key, repeats in found.items()
    }
    return {
        (way, size): (_told(value), _told(value - values["random", size]))
        for (way, size), value in values.items()
    }


def _told(values: Floats) -> Floats:
    return np.array([values[0], *np.quantile(values[1:], [0.025, 0.975])])


def page(options: argparse.Namespace, rows: Sequence[Excerpt], tables: dict[str, Any]) -> str:
    lines = []
    for size in options.sizes:
        for way, told in WAYS.items():
            columns = [f"{size}", told]
            for each in tables.values():
                value, difference = each[way, size]
                columns.append(f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})")
                plain = f"{difference[0]:+.3f} ({difference[1]:+.3f} to {difference[2]:+.3f})"
                columns.append("" if way == "random" else plain)
            lines.append("| " + " | ".join(columns) + " |")
    head = "| judgements | texts chosen | " + " | ".join(f"{n} | against chance" for n in tables)
    rule = "|---:|---|" + "---:|" * (2 * len(tables))
    groups = len({row.annotation.distribution for row in rows})
    table = "\n".join([f"{head} |", rule, *lines])
    return f"""
Command: `python benchmarks/annotation.py --repeats {options.repeats}` ({date.today().isoformat()};
{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}). {len(rows)} recorded judgements of {groups} groups, in {FOLDS} folds
of whole groups; batches of {BATCH}; means of {options.repeats} seeds, with 95% intervals over groups.

{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="seeds")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 200, 400])
    parser.add_argument("--write", action="store_true", help="put the result into the page")
    options = parser.parse_args()
    rows = excerpts()
    found = predictions(rows, options.sizes, options.repeats)
    scores = np.array([row.annotation.score for row in rows])
    tables = {
        "Spearman": intervals(rows, found, spearman, scores),
        "AUC, score of 3 or more": intervals(rows, found, auc, (scores >= 3).astype(float)),
    }
    text = page(options, rows, tables)
    print(text)
    if options.write:
        write("annotation", text)


if __name__ == "__main__":
    main()
