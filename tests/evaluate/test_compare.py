"""Facts about comparing two verdict files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hornbook.errors import SourceError
from hornbook.evaluate.compare import Comparison, compare, lines, read_judged
from hornbook.evaluate.sample_run import evaluate_samples
from hornbook.progress import Silent
from tests.evaluate.toy import Counted, a_run, right, wrong


def write(path: Path, passes: Sequence[Sequence[bool]], **more: Any) -> Path:
    """Problem n has `passes[n]`."""
    rows = [
        {"task_id": f"p{n}", "passed": passed, **more}
        for n, each in enumerate(passes)
        for passed in each
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def held(tmp_path: Path, a: Sequence[Sequence[bool]], b: Sequence[Sequence[bool]]) -> Comparison:
    return compare(
        read_judged(write(tmp_path / "a.jsonl", a)), read_judged(write(tmp_path / "b.jsonl", b))
    )


def test_a_clear_difference_has_a_winner(tmp_path: Path) -> None:
    """60 of 100 against 40 of the same: better, either way round."""
    a, b = [[n < 60] for n in range(100)], [[n < 40] for n in range(100)]
    result = held(tmp_path, a, b)
    assert (result.only_a, result.only_b, result.better) == (20, 0, "A")
    assert result.test == "McNemar, exact"
    assert "A is better than B" in lines(result)
    assert lines(held(tmp_path, b, a))[-1] == "B is better than A"


def test_no_difference_says_what_could_have_been_seen(tmp_path: Path) -> None:
    """9 against 6 discordant problems of 164 are nothing; the detectable effect stands there."""
    a = [[n < 80 or 90 <= n < 99] for n in range(164)]
    b = [[n < 80 or 100 <= n < 106] for n in range(164)]
    result = held(tmp_path, a, b)
    assert result.better == ""
    assert result.p_value == pytest.approx(0.607, abs=0.001)
    assert lines(result)[-1].startswith("no difference shown; this comparison could have shown one")


def test_a_few_problems_are_no_proof(tmp_path: Path) -> None:
    """Three of three: the bootstrap alone would be certain, the exact test is not."""
    result = held(tmp_path, [[True]] * 3 + [[False]], [[False]] * 4)
    assert result.better == ""
    assert not any("better" in line for line in lines(result))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_better_never_stands_where_the_interval_holds_zero(
    tmp_path_factory: pytest.TempPathFactory, cases: list[tuple[bool, bool]]
) -> None:
    """For any outcome: the word needs an interval on one side of zero and p under 5%."""
    folder = tmp_path_factory.mktemp("compare")
    result = held(folder, [[a] for a, _ in cases], [[b] for _, b in cases])
    said = any("better" in line for line in lines(result))
    gap = result.difference
    assert said == bool(result.better)
    assert not (said and gap.low <= 0 <= gap.high)
    assert not (said and result.p_value >= 0.05)


def test_several_samples_are_compared_by_their_shares(tmp_path: Path) -> None:
    """Problems stay the unit: the test flips signs of the problems' differences."""
    a = [[True, True, False, False]] * 6 + [[False] * 4] * 4
    b = [[False] * 4] * 10
    result = held(tmp_path, a, b)
    assert result.difference.estimate == pytest.approx(0.3)
    assert result.p_value == pytest.approx(2 / 2**6)
    assert "random signs" in result.test
    with pytest.raises(SourceError, match="fewer than 5 samples"):
        compare(read_judged(tmp_path / "a.jsonl"), read_judged(tmp_path / "b.jsonl"), k=5)


def test_other_harnesses_results_can_be_compared(tmp_path: Path) -> None:
    """Rows with task and passed are enough; that nothing could be checked is told."""
    result = held(tmp_path, [[True]] * 4, [[True]] * 4)
    assert sum("can't be checked" in words for words in result.warnings) == 2
    assert result.better == ""
    assert result.difference.low < 0 < result.difference.high


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no verdicts"),
        ("{}", "a.jsonl:1: a row of verdicts has task_id"),
        ('{"task_id": "p0", "passed": 1}', "passed (true or false)"),
        ('{"task_id": "p0", "passed": true, "verdict": "failed"}', "disagree"),
        ('{"task_id": "p0", "passed": true, "verdict": "won"}', "disagree"),
        ("nonsense", "not JSON"),
    ],
)
def test_what_is_no_verdict_file_is_told(tmp_path: Path, text: str, words: str) -> None:
    """With file and line."""
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(SourceError) as told:
        read_judged(tmp_path / "a.jsonl")
    assert words in str(told.value)
    with pytest.raises(SourceError, match="no such file"):
        read_judged(tmp_path / "none.jsonl")


def test_problems_of_one_file_only_are_refused(tmp_path: Path) -> None:
    """A paired comparison needs pairs."""
    with pytest.raises(SourceError, match="2 problems are in one file only"):
        held(tmp_path, [[True]] * 4, [[True]] * 6)


def judged(folder: Path, tier: str = "A", **more: Any) -> Path:
    folder.mkdir()
    run = a_run(folder, [right(n) if n else wrong(n) for n in range(6)], **more)
    evaluate_samples(run, lambda: Counted([], tier), Silent())
    return run.out


def test_unlike_conditions_are_told(tmp_path: Path) -> None:
    """Another tier, other limits: a warning each; the stamp stands on every line with a score."""
    from hornbook.sandbox import Limits

    a = judged(tmp_path / "a")
    b = judged(tmp_path / "b", "UNSANDBOXED", limits=Limits(cpu_seconds=9))
    result = compare(read_judged(a), read_judged(b))
    assert "judged with different limits" in result.warnings
    assert any("different tiers: 'A'; 'UNSANDBOXED'" in words for words in result.warnings)
    told = lines(result)
    assert next(line for line in told if line.startswith("pass@1")).endswith("UNSANDBOXED")
    assert told[-1].endswith("UNSANDBOXED")


def test_the_same_conditions_give_no_warning(tmp_path: Path) -> None:
    """Two files of ours, judged alike."""
    result = compare(read_judged(judged(tmp_path / "a")), read_judged(judged(tmp_path / "b")))
    assert result.warnings == ()


def test_another_benchmark_is_refused_and_a_changed_file_told(tmp_path: Path) -> None:
    """The problems' digest decides, not their names."""
    a, b = judged(tmp_path / "a"), judged(tmp_path / "b")
    beside = b.with_name("V.summary.json")
    summary = json.loads(beside.read_text())
    b.write_text(b.read_text().replace('"passed": false', '"passed": false '))
    assert any("changed since" in words for words in read_judged(b).notes)
    summary["asked"]["problems"] = "0" * 64
    beside.write_text(json.dumps(summary))
    with pytest.raises(SourceError, match="different benchmarks"):
        compare(read_judged(a), read_judged(b))


def test_lost_problems_are_left_out_of_both(tmp_path: Path) -> None:
    """And told."""
    rows = [{"task_id": f"p{n}", "passed": True, "verdict": "passed"} for n in range(5)]
    lost = {"task_id": "p5", "passed": False, "verdict": "infrastructure_error"}
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in [*rows, lost]))
    write(tmp_path / "b.jsonl", [[True]] * 6)
    result = compare(read_judged(tmp_path / "a.jsonl"), read_judged(tmp_path / "b.jsonl"))
    assert result.problems == 5
    assert any("1 problems whose checks were lost" in words for words in result.warnings)
