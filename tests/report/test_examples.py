from __future__ import annotations

from pathlib import Path

from hornbook.records import Completion, Document, Problem, Verdict
from hornbook.report.config import ReportSettings
from hornbook.report.examples import Solution, _drawn, _excerpt, _varied, examples_of
from hornbook.stages import StageContext


def solution(family: str, number: int) -> Solution:
    task = f"{family}/{number}"
    return Solution(
        Problem(task, "b", "l", family, "", "f", "", ""),
        Completion(task, task, "b", "a", "", 1, "length"),
        Verdict(task, task, "b", "a", "passed", "", 0.1, "t"),
    )


def test_different_families_come_first() -> None:
    """One answer of each family is shown before the second of any."""
    found = _varied([solution("x", 0), solution("x", 1), solution("y", 0), solution("x", 2)])
    assert [s.problem.task_id for s in found] == ["x/0", "y/0", "x/1", "x/2"]


def test_code_is_drawn_by_the_seed_and_by_nothing_else() -> None:
    """Whatever order the rows come in, the same are shown; rows without a score never are."""
    rows = [Document(f"{n:03d}", f"x{n}", "f", "c", "", f"{n}.py", score=n / 9) for n in range(60)]
    rows += [Document("no", "text", "f", "c", "", "no.py")]
    drawn = _drawn(rows, 20, seed=1)
    assert drawn == _drawn(rows[::-1], 20, seed=1) != _drawn(rows, 20, seed=2)
    assert len(drawn) == 20
    assert [row.score for row in drawn] == sorted((row.score for row in drawn), reverse=True)
    assert "no.py" not in {row.title for row in _drawn(rows, 61, seed=1)}


def test_a_long_text_is_cut_at_a_line() -> None:
    """An excerpt ends at a whole line and says that the text goes on."""
    cut = _excerpt("x = 1\n" * 1000)
    assert cut.endswith("x = 1\n# ... goes on")
    assert _excerpt("x = 1\n") == "x = 1\n"


def test_answers_right_and_wrong_come_from_the_run(finished: Path) -> None:
    """Of a finished run the asked number of answers is shown, each with its own verdict."""
    names = ("sources", "quality", "synthesis", "decontaminate", "evaluate/scores", "evaluate/raw")
    context = StageContext(finished / "report", {name: finished / name for name in names}, 1)
    found = examples_of(context, ReportSettings(solutions=10, examples=2), "raw")
    assert len(found.solutions) == 10
    assert all(s.completion.id == s.verdict.completion_id for s in found.solutions)
    assert len(found.kept) == len(found.dropped) == 2
    assert found.kept[0].score > found.dropped[0].score
