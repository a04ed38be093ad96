"""Facts about one set of texts under every rule."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hornbook.evaluate.matrix import Matrix, score_matrix
from hornbook.records import Completion, Problem, Verdict
from hornbook.sandbox import FakeSandbox, Limits, judge_all, open_sandbox

PROBLEM = Problem(
    task_id="h/1",
    benchmark="humaneval",
    label="public",
    family="h/1",
    prompt='def helper(x):\n    return x\n\ndef f(x):\n    """Double."""\n',
    entry_point="f",
    canonical_solution="    return 2 * x\n",
    test="def check(candidate):\n    assert candidate(helper(2)) == 4\n",
)
MBPP = Problem(
    task_id="m/1",
    benchmark="mbpp",
    label="public",
    family="m/1",
    prompt='"""\nDouble.\nassert f(1) == 2\n"""\n',
    entry_point="f",
    canonical_solution="def f(x):\n    return 2 * x\n",
    test="def check(candidate):\n    assert candidate(2) == 4\n",
)


def answer(text: str, problem: Problem = PROBLEM, sample: int = 0) -> Completion:
    return Completion(
        f"{problem.task_id}-{sample}",
        problem.task_id,
        problem.benchmark,
        "arm",
        text,
        1,
        "end-of-text",
        sample,
    )


def judge(pairs: Sequence[tuple[Problem, Completion]]) -> list[Verdict]:
    return judge_all(open_sandbox, pairs, Limits(), 2)


def told(matrix: Matrix) -> dict[str, str]:
    return {row.rule: row.reason for row in matrix.differences}


def test_a_stripped_prompt_and_a_stop_list_change_verdicts_and_are_named() -> None:
    """One text, six programs, and the reason wherever the verdict is not ours."""
    text = "    x = 2 * x\n# it is doubled\n    return x\n"
    matrix = score_matrix([PROBLEM], [answer("    return 2 * x\n")], judge)
    assert {row.rule: row.passed for row in matrix.scores} == {
        "ours": 1,
        "human-eval": 1,
        "bigcode": 0,
        "bigcode-unstripped": 1,
        "evalplus": 1,
        "lm-eval": 1,
    }
    assert told(matrix)["bigcode"].startswith(
        "prompt was stripped: the first line lost its indentation (syntax:"
    )
    matrix = score_matrix([PROBLEM], [answer(text)], judge)
    reason = told(matrix)["evalplus"]
    assert reason.startswith("our stop list cut at `\\n#` (assertion:")
    assert {row.rule: row.passed for row in matrix.scores}["evalplus"] == 1


def test_helpers_of_the_prompt_are_known_to_the_tests_under_every_rule() -> None:
    """A rule that takes the prompt apart doesn't take the tests apart."""
    matrix = score_matrix([PROBLEM], [answer("\n    return 2 * x\n")], judge)
    assert [row.passed for row in matrix.scores] == [1] * 6
    assert matrix.differences == ()


def test_scores_are_means_over_problems() -> None:
    """Two of three samples of one problem and none of another are a third, not a half."""
    other = Problem("h/2", "humaneval", "public", "h/2", PROBLEM.prompt, "f", "", PROBLEM.test)
    rows = [answer("    return 2 * x\n", sample=n) for n in range(2)]
    rows += [answer("    return x\n", sample=2), answer("    return 1\n", other)]
    scores = {row.rule: row for row in score_matrix([PROBLEM, other], rows, judge).scores}
    assert (scores["ours"].n, scores["ours"].passed) == (4, 2)
    assert scores["ours"].score == 1 / 3


def test_a_rule_without_a_form_for_a_benchmark_has_no_score() -> None:
    """human-eval says nothing of MBPP; the table shows a dash."""
    matrix = score_matrix([MBPP], [answer(MBPP.canonical_solution, MBPP)], judge)
    scores = {row.rule: row.score for row in matrix.scores}
    assert scores["human-eval"] is None
    assert {scores[name] for name in ("ours", "bigcode", "evalplus", "lm-eval")} == {1.0}
    line = next(line for line in matrix.as_text().splitlines() if line.startswith("human-eval"))
    assert line.split() == ["human-eval", "0", "0", "-"]


def test_equal_programs_are_judged_once() -> None:
    """Three rules that do the same cost one check."""
    asked: list[str] = []

    def count(pairs: Sequence[tuple[Problem, Completion]]) -> list[Verdict]:
        asked.extend(problem.prompt + row.text for problem, row in pairs)
        sandbox = FakeSandbox()
        return [sandbox.judge(*pair) for pair in pairs]

    score_matrix([PROBLEM], [answer("    return 2 * x\n"), answer("x", MBPP)], count)
    assert len(asked) == len(set(asked)) == 3


def test_a_lost_check_is_no_difference() -> None:
    """What has no verdict under one rule counts under none of the comparisons."""

    def lose(program: str) -> str:
        return "infrastructure_error" if '"""    return' in program else "ok"

    sandbox = FakeSandbox(lose)
    matrix = score_matrix(
        [PROBLEM],
        [answer("    return 2 * x\n")],
        lambda pairs: [sandbox.judge(*pair) for pair in pairs],
    )
    assert matrix.differences == ()
    assert {row.rule: row.n for row in matrix.scores}["bigcode"] == 0


def test_the_matrix_is_json_and_text() -> None:
    """Both forms hold every score and every difference."""
    matrix = score_matrix([PROBLEM], [answer("    return 2 * x\n", sample=3)], judge)
    data = json.loads(json.dumps(matrix.as_json()))
    assert [row["rule"] for row in data["rules"]] == [row.rule for row in matrix.scores]
    assert data["differences"][0]["task_id"] == "h/1"
    assert "h/1 sample 3: fails under bigcode: prompt was stripped" in matrix.as_text()
