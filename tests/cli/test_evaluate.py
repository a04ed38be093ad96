"""Facts about `hornbook evaluate samples|compare|verify|matrix|explain`, in processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hornbook.cli import main
from hornbook.errors import SandboxUnavailable
from tests.evaluate.toy import right, write_problems, write_samples, wrong
from tests.tiny_run import hornbook

SLOW = "    __import__('time').sleep(0.04)\n"
FREE = ("--sandbox", "none")
"""On any system; what holds the code is not what these tests are about."""


@pytest.fixture
def toys(tmp_path: Path) -> Path:
    return write_problems(tmp_path / "toy.jsonl")


def slow_rows(count: int) -> list[dict[str, str]]:
    """Samples that differ and take a moment each; every fourth is wrong."""
    rows = [(wrong if n % 4 == 0 else right)(n % 6, f"# {n}") for n in range(count)]
    return [{**row, "completion": SLOW + row["completion"]} for row in rows]


def asking(benchmark: object, samples: Path, out: Path, *more: object) -> list[object]:
    return [
        "evaluate", "samples", "--benchmark", benchmark, "--samples", samples, "--out", out, *more,
    ]  # fmt: skip


def unchanging(path: Path) -> list[dict[str, Any]]:
    return [{**json.loads(line), "seconds": 0} for line in path.read_text().splitlines()]


def started(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "hornbook", *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for_lines(path: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.01)
    raise AssertionError(f"{path}: fewer than {count} lines after a minute")


def test_a_sample_file_gets_scores(toys: Path, tmp_path: Path) -> None:
    """Scores, verdicts, sureness, stamp; then there is nothing to do."""
    samples = write_samples(tmp_path / "s.jsonl", [right(n) if n else wrong(n) for n in range(6)])
    told = hornbook(*asking(toys, samples, tmp_path / "V.jsonl", "-k", "1,2", *FREE))
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == "toy: 6 problems, 6 samples, tier UNSANDBOXED"
    assert lines[1].startswith("pass@1: 83.3% (95% interval 43.6 to 97.0; Wilson, 6 problems)")
    assert lines[1].endswith("UNSANDBOXED")
    assert lines[2].startswith("pass@2: not given, 6 of 6 problems have fewer than 2 samples")
    assert "verdicts: 5 passed, 1 failed" in lines
    assert "forgeable: 6 nothing held the solution" in lines
    assert "minimum detectable effect" in told.stdout
    assert lines[-1].endswith("V.jsonl: done")
    again = hornbook(*asking(toys, samples, tmp_path / "V.jsonl", "-k", "1,2", *FREE))
    assert again.stdout == told.stdout.replace("V.jsonl: done", "V.jsonl: nothing to do")
    assert again.stderr == ""


def test_killed_again_and_again_the_end_is_the_same(toys: Path, tmp_path: Path) -> None:
    """SIGKILL at three places; the rows are those of an undisturbed run, but for the seconds."""
    samples = write_samples(tmp_path / "s.jsonl", slow_rows(150))
    options = ("--no-preflight", "--no-cache", "--workers", 2, *FREE)
    whole, out = tmp_path / "whole.jsonl", tmp_path / "V.jsonl"
    assert hornbook(*asking(toys, samples, whole, *options)).returncode == 0
    for lines in (1, 40, 90):
        process = started(*asking(toys, samples, out, *options))
        wait_for_lines(tmp_path / "V.jsonl.partial", lines)
        process.kill()
        process.communicate()
        assert not out.exists()
    kept = (tmp_path / "V.jsonl.partial").read_bytes().rpartition(b"\n")[0]
    told = hornbook(*asking(toys, samples, out, *options))
    assert told.returncode == 0, told.stderr
    assert unchanging(out) == unchanging(whole)
    assert out.read_bytes().startswith(kept)
    assert sorted(path.name for path in tmp_path.glob("V.*")) == ["V.jsonl", "V.summary.json"]


def test_after_ctrl_c_it_goes_on(toys: Path, tmp_path: Path) -> None:
    """Exit code 130, a word, no process left behind, and the same command ends it."""
    samples = write_samples(tmp_path / "s.jsonl", slow_rows(150))
    arguments = asking(toys, samples, tmp_path / "V.jsonl", "--no-preflight", "--no-cache", *FREE)
    process = started(*arguments)
    wait_for_lines(tmp_path / "V.jsonl.partial", 20)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130, said
    assert said == "hornbook: stopped; the same command goes on from here\n"
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []
    kept = (tmp_path / "V.jsonl.partial").read_bytes()
    assert hornbook(*arguments).returncode == 0
    assert (tmp_path / "V.jsonl").read_bytes().startswith(kept)


def test_two_at_the_same_file_are_one_too_many(toys: Path, tmp_path: Path) -> None:
    """The second is told so and disturbs nothing."""
    samples = write_samples(tmp_path / "s.jsonl", slow_rows(60))
    arguments = asking(toys, samples, tmp_path / "V.jsonl", "--no-preflight", *FREE)
    process = started(*arguments)
    wait_for_lines(tmp_path / "V.jsonl.partial", 1)
    second = hornbook(*arguments)
    assert second.returncode == 2
    assert "another hornbook writes it" in second.stderr
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(unchanging(tmp_path / "V.jsonl")) == 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small file system needs root to be mounted")
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_gone_on_from(toys: Path, tmp_path: Path, small_disk: Path) -> None:
    """What was judged is kept; with space again the same command ends it."""
    samples = write_samples(tmp_path / "s.jsonl", [right(n % 6, f"# {n}") for n in range(300)])
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 120_000)
    arguments = asking(toys, samples, small_disk / "V.jsonl", "--no-preflight", *FREE)
    told = hornbook(*arguments)
    assert told.returncode == 2, told.stderr
    assert "the disk is full" in told.stderr
    assert "Traceback" not in told.stderr
    kept = (small_disk / "V.jsonl.partial").read_bytes().rpartition(b"\n")[0]
    assert kept.count(b"\n") > 20
    filler.unlink()
    assert hornbook(*arguments).returncode == 0
    assert (small_disk / "V.jsonl").read_bytes().startswith(kept)
    assert len(unchanging(small_disk / "V.jsonl")) == 300


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--out", "s.jsonl"), "would be written over"),
        (("--out", "toy.jsonl"), "would be written over"),
        (("--bundle", "V.jsonl", "--out", "V.jsonl"), "name another"),
        (("--bundle", "s.jsonl"), "would be written over"),
        (("--out", "."), "is a folder"),
        (("--samples", "none.jsonl"), "no such file"),
        (("--benchmark", "humanevil"), "humanevil"),
        (("-k", "0"), "'0' is not a whole number"),
        (("-k", "1,x"), "is not a whole number"),
        (("--workers", "0"), "is not a whole number"),
        (("--cpu-seconds", "nan"), "is not a number"),
        (("--memory-mb", "1"), "is not a whole number"),
        (("--stop", ""), "would cut everything"),
        (("--colour",), "unrecognized arguments"),
    ],
)
def test_mistakes_are_told_before_anything_is_judged(
    toys: Path, tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    """Exit code 2, what is wrong, no traceback; what was read is as it was."""
    samples = write_samples(tmp_path / "s.jsonl", [right(n) for n in range(6)])
    before = samples.read_bytes(), toys.read_bytes()
    options: list[str] = [str(tmp_path / o) if o.endswith((".jsonl", ".")) else o for o in more]
    told = hornbook(*asking(toys, samples, tmp_path / "W.jsonl", *FREE), *options)
    assert told.returncode == 2, told.stdout
    assert words in told.stderr
    assert "Traceback" not in told.stderr
    assert (samples.read_bytes(), toys.read_bytes()) == before


def test_without_a_tier_scores_are_not_run(
    toys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1 and the way out; no number is printed."""

    def closed(choice: str) -> None:
        raise SandboxUnavailable("Generated code was not run: Landlock: ENOSYS.")

    monkeypatch.setattr("hornbook.cli.evaluate.open_sandbox", closed)
    samples = write_samples(tmp_path / "s.jsonl", [right(n) for n in range(6)])
    assert main(list(map(str, asking(toys, samples, tmp_path / "V.jsonl", "-k", "1,5")))) == 1
    told = capsys.readouterr()
    assert told.out == "pass@1: not run\npass@5: not run\n"
    assert "Landlock" in told.err
    assert not (tmp_path / "V.jsonl").exists()


def test_a_failed_self_check_forbids_scores(tmp_path: Path) -> None:
    """A benchmark whose own solution fails is not scored, unless the check is left out; success is
    remembered."""
    problems = write_problems(tmp_path / "toy.jsonl")
    samples = write_samples(tmp_path / "s.jsonl", [right(n) for n in range(6)])
    asked = asking(problems, samples, tmp_path / "V.jsonl", *FREE)
    assert "self-check" in hornbook(*asked).stderr
    assert "self-check" not in hornbook(*asked, "--force").stderr
    problems.write_text(problems.read_text().replace("return x + 3", "return x + 4"))
    told = hornbook(*asked, "--force")
    assert told.returncode == 1
    assert "toy is not scored: canonical solutions: 5 of 6 pass" in told.stderr
    assert told.stdout == ""
    assert hornbook(*asked, "--force", "--no-preflight").returncode == 0


def test_partial_samples_say_so_in_every_figure(toys: Path, tmp_path: Path) -> None:
    """An error without the word; with it each line with a figure names what is missing."""
    samples = write_samples(tmp_path / "s.jsonl", [right(n) for n in range(4)])
    asked = asking(toys, samples, tmp_path / "V.jsonl", "-k", 1, *FREE)
    assert "2 of 6 problems have no sample (toy/4, toy/5)" in hornbook(*asked).stderr
    told = hornbook(*asked, "--partial")
    assert told.returncode == 0, told.stderr
    figures = [line for line in told.stdout.splitlines() if "%" in line or "points" in line]
    assert len(figures) == 3
    assert all("(4 of 6 problems)" in line for line in figures)


def test_stop_strings_are_written_as_in_python(toys: Path, tmp_path: Path) -> None:
    """A backslash and an n is a line end; what was cut is known to `explain`."""
    rows = [right(n, "print(") for n in range(5)] + [{"task_id": "toy/5", "completion": "\nx"}]
    samples, out = write_samples(tmp_path / "s.jsonl", rows), tmp_path / "V.jsonl"
    told = hornbook(*asking(toys, samples, out, "--stop", "\\nprint", "--stop", "\\nx", *FREE))
    assert told.returncode == 0, told.stderr
    assert "verdicts: 5 passed, 1 failed" in told.stdout
    asked = ("--benchmark", toys, "--samples", samples, "--verdicts", out)
    causes = hornbook("evaluate", "explain", *asked, "--out", tmp_path / "E.jsonl")
    assert causes.returncode == 0, causes.stderr
    assert "cut by stop list" in causes.stdout
    assert len((tmp_path / "E.jsonl").read_text().splitlines()) == 6
    write_samples(samples, rows[::-1])
    assert "belong together" in hornbook("evaluate", "explain", *asked).stderr


def test_bundles_go_out_and_are_judged_again(toys: Path, tmp_path: Path) -> None:
    """0 for the same verdicts, 1 with the rows that differ, 2 for what is no bundle."""
    samples = write_samples(tmp_path / "s.jsonl", [right(n) for n in range(6)])
    bundle = tmp_path / "B.zip"
    asked = asking(toys, samples, tmp_path / "V.jsonl", "--bundle", bundle, *FREE)
    assert hornbook(*asked).returncode == 0
    told = hornbook("evaluate", "verify", bundle, *FREE)
    assert told.returncode == 0, told.stderr
    assert "all 6 verdicts came out again UNSANDBOXED" in told.stdout
    bundle.write_bytes(bundle.read_bytes()[:-30])
    told = hornbook("evaluate", "verify", bundle)
    assert told.returncode == 2
    assert "not a bundle" in told.stderr


def test_verdict_files_are_compared(toys: Path, tmp_path: Path) -> None:
    """A difference is named or what could have been seen; other benchmarks are refused."""
    for name, make in (("a", right), ("b", wrong)):
        samples = write_samples(tmp_path / f"{name}.in", [make(n) for n in range(6)])
        assert hornbook(*asking(toys, samples, tmp_path / f"{name}.jsonl", *FREE)).returncode == 0
    told = hornbook("evaluate", "compare", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert told.returncode == 0, told.stderr
    assert "A is better than B" in told.stdout
    same = hornbook("evaluate", "compare", tmp_path / "a.jsonl", tmp_path / "a.jsonl")
    assert "no difference shown; this comparison could have shown one of" in same.stdout
    (tmp_path / "c.jsonl").write_text('{"task_id": "x", "passed": true}\n')
    told = hornbook("evaluate", "compare", tmp_path / "a.jsonl", tmp_path / "c.jsonl")
    assert told.returncode == 2


def test_other_harnesses_rules_stand_beside_ours(toys: Path, tmp_path: Path) -> None:
    """One table from the same raw texts, and why they differ."""
    rows = [right(n, "if True: raise ValueError\n") for n in range(6)]
    samples = write_samples(tmp_path / "raw.jsonl", rows)
    asked = ("evaluate", "matrix", "--benchmark", toys, "--samples", samples)
    told = hornbook(*asked, *FREE, "--out", tmp_path / "M.json")
    assert told.returncode == 0, told.stderr
    scores = [line for line in told.stdout.splitlines() if "%" in line]
    assert len(scores) >= 4
    assert all(line.endswith("UNSANDBOXED") for line in scores)
    assert json.loads((tmp_path / "M.json").read_text())["tier"] == "UNSANDBOXED"
    write_samples(samples, [{"task_id": "toy/0", "solution": "x"}])
    assert "needs the raw completion" in hornbook(*asked, *FREE).stderr


def test_a_recipe_goes_on_as_before(recipe: Path, tmp_path: Path) -> None:
    """`evaluate RECIPE` takes a recipe, whichever option comes first; help tells of both."""
    told = hornbook("evaluate", "--runs", tmp_path, "--set", "sources.nonsense=1", recipe)
    assert told.returncode == 2
    assert "nonsense" in told.stderr
    told = hornbook("evaluate", "nothing")
    assert told.returncode == 2
    assert "nothing" in told.stderr
    page = hornbook("evaluate", "--help").stdout
    assert "a recipe's name (quickstart) or a .toml file" in page
    for word in ("samples", "compare", "verify", "matrix", "explain"):
        assert f"  {word} " in page
        own = hornbook("evaluate", word, "--help").stdout
        assert own.startswith(f"usage: hornbook evaluate {word}")


def test_human_evals_own_benchmark_and_samples(benchmark_files: Path, tmp_path: Path) -> None:
    """All 164 canonical solutions pass, as completions and as whole programs, packed or not."""
    with gzip.open(benchmark_files / "humaneval" / "HumanEval.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    tasks = [
        {"task_id": row["task_id"], "completion": row["canonical_solution"]} for row in rows[:-60]
    ]
    tasks += [
        {"task_id": row["task_id"], "solution": row["prompt"] + row["canonical_solution"]}
        for row in rows[-60:]
    ]
    samples = tmp_path / "s.jsonl.gz"
    with gzip.open(samples, "wt") as out:
        out.writelines(json.dumps(row) + "\n" for row in tasks)
    told = hornbook(*asking("humaneval", samples, tmp_path / "V.jsonl", "--no-preflight"))
    assert told.returncode == 0, told.stderr
    assert "pass@1: 100.0% (95% interval 97.7 to 100.0; Wilson, 164 problems)" in told.stdout
    assert "verdicts: 164 passed" in told.stdout
    assert "forgeable: none" in told.stdout
