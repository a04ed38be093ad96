"""Facts about judging a sample file, with a sandbox that only pretends."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import RunFolderError, SandboxUnavailable, SourceError
from hornbook.evaluate.journal import Journal, summary_path
from hornbook.evaluate.sample_run import SampleRun, evaluate_samples
from hornbook.evaluate.samples import Sample
from hornbook.progress import Silent
from hornbook.sandbox import Limits
from tests.evaluate.toy import Counted, a_run, by_task, right, wrong

ROWS = [right(n) if n % 3 else wrong(n) for n in range(6) for _ in range(2)]


def judge(run: SampleRun, tier: str = "A", **more: Any) -> tuple[dict[str, Any], bool, list[str]]:
    judged: list[str] = []
    summary, worked = evaluate_samples(run, lambda: Counted(judged, tier), Silent(), **more)
    return summary, worked, judged


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def unchanging(path: Path) -> list[dict[str, Any]]:
    """The rows but for how long each check took."""
    return [{**row, "seconds": 0} for row in rows_of(path)]


def test_there_is_one_row_a_sample_in_their_order(tmp_path: Path) -> None:
    """Task, number among the task's samples, verdict; equal samples were judged once."""
    run = a_run(tmp_path, ROWS)
    summary, worked, judged = judge(run)
    rows = rows_of(run.out)
    assert [row["task_id"] for row in rows] == [row["task_id"] for row in ROWS]
    assert [row["sample"] for row in rows] == [0, 1] * 6
    assert [row["passed"] for row in rows] == [False, False, *[True] * 4] * 2
    assert worked
    assert len(judged) == 6
    assert summary["verdicts"]["passed"] == 8
    assert summary["scores"][0]["estimate"] == pytest.approx(4 / 6)


def test_a_second_time_there_is_nothing_to_do(tmp_path: Path) -> None:
    """No sandbox is opened, no byte changes; other values of k come from the same verdicts."""
    run = a_run(tmp_path, ROWS)
    judge(run)
    before = run.out.read_bytes(), summary_path(run.out).read_bytes()

    def closed() -> Counted:
        raise AssertionError("opened")

    summary, worked = evaluate_samples(run, closed, Silent())
    assert not worked
    assert (run.out.read_bytes(), summary_path(run.out).read_bytes()) == before
    summary, worked = evaluate_samples(replace(run, ks=(1, 2)), closed, Silent())
    assert [row["k"] for row in summary["scores"]] == [1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "V.jsonl", "V.summary.json", "samples.jsonl",
    ]  # fmt: skip


@pytest.mark.parametrize("torn", [b"", b'{"task_id": "to', b"\0\0\0\0", b"[]\n", b"{}\n"])
@pytest.mark.parametrize("kept", [0, 1, 5, 12])
def test_after_an_interruption_it_goes_on(tmp_path: Path, kept: int, torn: bytes) -> None:
    """Whole rows stay, whatever else lies behind them goes; the end is the same."""
    run = a_run(tmp_path, ROWS)
    summary, _, _ = judge(run)
    whole = run.out.read_bytes()
    wanted, lines = unchanging(run.out), whole.splitlines(keepends=True)
    with Journal(run.out) as journal:
        journal.head_with({"asked": summary["asked"], "had": summary["had"]})
        journal.add(b"".join(lines[:kept]) + torn)
    run.out.unlink()
    again, worked, judged = judge(run)
    assert worked
    assert unchanging(run.out) == wanted
    assert run.out.read_bytes().startswith(b"".join(lines[:kept]))
    assert len(judged) == len({tuple(sorted(row.items())) for row in ROWS[kept:]} - {
        tuple(sorted(row.items())) for row in ROWS[:kept]
    })  # fmt: skip
    assert {**again, "verdicts_sha256": ""} == {**summary, "verdicts_sha256": ""}


def test_rows_that_someone_bent_are_judged_again(tmp_path: Path) -> None:
    """A pass in a journal has to fit its sample in every column."""
    run = a_run(tmp_path, ROWS)
    summary, _, _ = judge(run)
    rows = rows_of(run.out)
    run.out.unlink()
    with Journal(run.out) as journal:
        journal.head_with({"asked": summary["asked"], "had": summary["had"]})
        journal.add(json.dumps({**rows[0], "verdict": "passed", "kind": ""}).encode() + b"\n")
    assert not rows_of_after(run)[0]["passed"]


def rows_of_after(run: SampleRun) -> list[dict[str, Any]]:
    judge(run)
    return rows_of(run.out)


@pytest.mark.parametrize(
    "change",
    [
        {"limits": Limits(cpu_seconds=5)},
        {"protection": "external"},
        {"rows": [*ROWS, right(0, "# more")]},
        {"benchmark": "other"},
    ],
)
def test_another_evaluations_file_is_not_touched(tmp_path: Path, change: dict[str, Any]) -> None:
    """It is named with what differs; --force replaces it."""
    run = a_run(tmp_path, ROWS)
    judge(run)
    before = run.out.read_bytes()
    rows = change.pop("rows", ROWS)
    other = replace(a_run(tmp_path, rows), **change)
    with pytest.raises(RunFolderError, match=r"exists and holds .* differs in: .*--force"):
        judge(other)
    assert run.out.read_bytes() == before
    judge(replace(other, force=True))
    assert len(rows_of(run.out)) == len(rows)


def test_a_file_of_unknown_origin_is_not_touched(tmp_path: Path) -> None:
    """Not ours, or ours and changed since: refused."""
    run = a_run(tmp_path, ROWS)
    run.out.write_text("precious\n")
    with pytest.raises(RunFolderError, match="unknown origin"):
        judge(run)
    assert run.out.read_text() == "precious\n"
    judge(replace(run, force=True))
    run.out.write_text(run.out.read_text().replace("false", "true"))
    with pytest.raises((RunFolderError, SourceError), match="changed since|not a row"):
        judge(run)


@pytest.mark.parametrize("tier", ["UNSANDBOXED", "B"])
def test_rows_of_another_tier_are_not_gone_on_with(tmp_path: Path, tier: str) -> None:
    """A journal begun under other protection is another evaluation's."""
    run = a_run(tmp_path, ROWS)
    summary, _, _ = judge(run, tier)
    data = run.out.read_bytes()
    run.out.unlink()
    with Journal(run.out) as journal:
        journal.head_with({"asked": summary["asked"], "had": summary["had"]})
        journal.add(data[: len(data) // 2])
    with pytest.raises(RunFolderError, match="differs in: had.tier"):
        judge(run, "A")
    judge(replace(run, force=True), "A")
    assert {row["tier"] for row in rows_of(run.out)} == {"A"}


def test_cached_verdicts_serve_other_files_of_the_same_tier_only(tmp_path: Path) -> None:
    """A verdict had without protection is never one of tier A."""
    cache = tmp_path / "cache" / "v.sqlite"
    for number, (tier, count) in enumerate(
        [("UNSANDBOXED", 6), ("A", 6), ("A", 0), ("UNSANDBOXED", 0), ("C", 6)]
    ):
        run = a_run(tmp_path, ROWS, out=tmp_path / f"V{number}.jsonl", cache=cache)
        _, _, judged = judge(run, tier)
        assert len(judged) == count, (number, tier)
        assert {row["tier"] for row in rows_of(run.out)} == {tier}


def test_a_cache_full_of_lies_changes_nothing(tmp_path: Path) -> None:
    """Noise in its place: a warning, the same verdicts."""
    cache = tmp_path / "v.sqlite"
    cache.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    run = a_run(tmp_path, ROWS, cache=cache)
    said: list[str] = []

    class Loud(Silent):
        def say(self, message: str) -> None:
            said.append(message)

    evaluate_samples(run, lambda: Counted([]), Loud())
    assert [row["passed"] for row in rows_of(run.out)] == [False, False, *[True] * 4] * 2
    assert len(said) == 1


def test_hostile_completions_are_refused_one_by_one(tmp_path: Path) -> None:
    """Half a surrogate pair, a NUL, a megabyte: verdicts, never the end of an evaluation."""
    hostile = ["\ud800", "\x00", "#" * 1_000_001]
    rows = [right(n) for n in range(6)]
    rows += [{"task_id": "toy/0", "completion": text} for text in hostile]
    run = a_run(tmp_path, rows)
    summary, _, judged = judge(run)
    assert [row["verdict"] for row in rows_of(run.out)[6:]] == ["refused"] * 3
    assert summary["verdicts"]["refused"] == 3
    assert not {*judged} & {*hostile}
    assert summary["scores"][0]["estimate"] == pytest.approx((5 + 1 / 4) / 6)


def test_lost_checks_are_left_out_and_told(tmp_path: Path) -> None:
    """Neither passed nor failed: the problem has one sample fewer, or none."""
    lost = "    infrastructure_error\n"
    rows = [right(n) for n in range(5)] + [wrong(0), {"task_id": "toy/5", "completion": lost}]
    summary, _, judged = judge(a_run(tmp_path, rows))
    assert (summary["problems"], summary["scored_problems"]) == (6, 5)
    assert summary["verdicts"]["infrastructure_error"] == 1
    assert judged.count(lost) == 2


def test_timeouts_are_judged_anew_each_time_but_once_a_file(tmp_path: Path) -> None:
    """Twice, the second time alone; equal ones in a file share that; the cache doesn't know them."""
    slow = {"task_id": "toy/0", "completion": "    timed_out\n"}
    rows = [slow, *[right(n) for n in range(1, 6)], slow, slow]
    cache = tmp_path / "v.sqlite"
    for number in range(2):
        run = a_run(tmp_path, rows, out=tmp_path / f"{number}.jsonl", cache=cache)
        _, _, judged = judge(run)
        assert judged.count(slow["completion"]) == 2


def test_whole_programs_are_judged_without_the_prompt(tmp_path: Path) -> None:
    """The text alone is the program; the same text as a completion is something else."""
    programs: list[str] = []

    def see(program: str) -> str:
        programs.append(program)
        return "ok"

    body = "def add0(x): return x"
    rows = [{"task_id": "toy/0", "solution": body}, {"task_id": "toy/0", "completion": body}]
    run = a_run(tmp_path, rows, partial=True)
    evaluate_samples(run, lambda: Counted([], choose=see), Silent())
    assert sorted(program.count("def add0") for program in programs) == [1, 2]


def test_what_is_replaced_stays_until_the_new_is_whole(tmp_path: Path) -> None:
    """Forced, and then no tier, or killed: the old verdicts are still there."""
    run = a_run(tmp_path, ROWS)
    judge(run)
    before = run.out.read_bytes()

    def closed() -> Counted:
        raise SandboxUnavailable("none")

    with pytest.raises(SandboxUnavailable):
        evaluate_samples(replace(run, force=True), closed, Silent())
    assert run.out.read_bytes() == before
    _, worked, judged = judge(replace(run, force=True))
    assert worked
    assert len(judged) == 6


def test_without_a_tier_nothing_is_begun(tmp_path: Path) -> None:
    """The error passes; no file is left."""

    def closed() -> Counted:
        raise SandboxUnavailable("none")

    with pytest.raises(SandboxUnavailable):
        evaluate_samples(a_run(tmp_path, ROWS), closed, Silent())
    assert [path.name for path in tmp_path.iterdir()] == ["samples.jsonl"]


def test_what_comes_before_may_forbid_it(tmp_path: Path) -> None:
    """A failed self-check leaves no file, and is not asked for when all is done."""
    run = a_run(tmp_path, ROWS)
    asked: list[int] = []

    def forbid(had: object) -> None:
        asked.append(1)
        raise SourceError("no")

    with pytest.raises(SourceError):
        judge(run, before=forbid)
    assert [path.name for path in tmp_path.iterdir()] == ["samples.jsonl"]
    judge(run)
    judge(run, before=forbid)
    assert len(asked) == 1


def test_samples_that_change_meanwhile_are_noticed(tmp_path: Path) -> None:
    """What was counted has to be what was judged."""
    run = a_run(tmp_path, ROWS)

    def change(had: object) -> None:
        (tmp_path / "samples.jsonl").write_text(
            "".join(json.dumps(wrong(n % 6)) + "\n" for n in range(12))
        )

    with pytest.raises(SourceError, match="changed while it was read"):
        judge(run, before=change)
    assert not run.out.exists()


def test_a_long_file_does_not_grow_in_memory(tmp_path: Path) -> None:
    """8,000 different samples and 1,000: the same peak."""
    peaks = []
    for count in (1_000, 8_000):
        path = tmp_path / f"{count}"
        path.mkdir()
        with gzip.open(path / "all.gz", "wt") as out:
            for n in range(count):
                out.write(json.dumps(right(n % 6, f"# {n} {'x' * 300}")) + "\n")
        run = a_run(path, [])
        run = replace(run, samples=type(run.samples).at(path / "all.gz", by_task()))
        tracemalloc.start()
        judge_quietly(run)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 500_000


def judge_quietly(run: SampleRun) -> None:
    class Forgetful(list):  # type: ignore[type-arg]
        def append(self, item: object) -> None:
            return None

    evaluate_samples(run, lambda: Counted(Forgetful()), Silent())


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    """Whoever comes second is told; the first goes on."""
    run = a_run(tmp_path, ROWS)
    with Journal(run.out), pytest.raises(RunFolderError, match="another hornbook writes it"):
        judge(run)
    judge(run)


def test_a_sample_knows_what_it_is() -> None:
    """The same text for another task, or as a whole program, is another sample."""
    base = Sample(1, "a", "completion", "x", 0)
    others = [replace(base, task_id="b"), replace(base, field="solution"), replace(base, text="y")]
    assert len({sample.id for sample in (base, *others)}) == 4
    assert replace(base, line=9, number=4).id == base.id
