"""Facts about how other harnesses join a prompt and a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.benchmarks import entry, find, load
from hornbook.evaluate.matrix import as_judged
from hornbook.evaluate.rules import RULES, bigcode, evalplus, lm_eval, ours
from hornbook.evaluate.stops import cut_at, stops_for, whole_answer
from hornbook.records import Completion, Problem
from hornbook.sandbox import Limits, judge_all, open_sandbox

BY_NAME = {rule.name: rule for rule in RULES}


def humaneval(prompt: str = 'def f(x):\n    """Double."""\n') -> Problem:
    return Problem("h/1", "humaneval", "public", "h/1", prompt, "f", "    return 2 * x\n", "")


def mbpp() -> Problem:
    code = "import math\ndef f(x):\n    return 2 * x\n"
    prompt = '"""\nDouble.\nassert f(1) == 2\n"""\n'
    return Problem("m/1", "mbpp", "public", "m/1", prompt, "f", code, "")


@pytest.mark.parametrize("name", ["human-eval", "bigcode-unstripped", "lm-eval"])
def test_an_unstripped_prompt_is_joined_byte_by_byte(name: str) -> None:
    """Nothing is added between the prompt and the text, nor taken away."""
    prompt, completion = BY_NAME[name].program(humaneval(), "    return 2 * x\n\n")
    assert (prompt, completion) == (humaneval().prompt, "    return 2 * x\n\n")
    assert BY_NAME[name].apply(humaneval(), "    return 1\nprint(2)") == "    return 1"


def test_bigcode_strips_humanevals_prompt_and_not_mbpps() -> None:
    """The text of a model that saw the line end comes to stand on the prompt's last line."""
    joined = bigcode(humaneval(), "    return 2 * x\n")
    assert joined.program.splitlines()[-1] == '    """Double."""    return 2 * x'
    assert joined.notes == ("prompt was stripped: the first line lost its indentation",)
    assert bigcode(humaneval(), "\n    return 2 * x\n").notes == ("prompt was stripped",)
    assert bigcode(mbpp(), "def f(x): ...").prompt == mbpp().prompt


def test_stop_lists_differ_on_ordinary_code() -> None:
    """A comment, a decorator, a second import, a main guard: each list cuts at another place."""
    text = "    return 2 * x\n\n# done\n@cache\ndef g(): pass\n\nimport os\nprint(f(1))\n"
    stops = {rule.name: rule.join(humaneval(), text).stop for rule in RULES}
    assert stops == {
        "ours": "\n#",
        "human-eval": "\n#",
        "bigcode": "\n#",
        "bigcode-unstripped": "\n#",
        "evalplus": "\ndef ",
        "lm-eval": "\n#",
    }
    assert BY_NAME["human-eval"].join(humaneval(), "    return 1\n@x\n").stop == ""
    assert BY_NAME["bigcode"].join(humaneval(), "    return 1\n@x\n").stop == "\n@"


def test_evalplus_keeps_what_the_function_needs() -> None:
    """Imports, and definitions that it reaches; a helper before it, but not the prose around."""
    text = "    return g(x)\n\ny = 3\n"
    prompt = "import math\n\ndef g(x):\n    return 2 * x\n\ndef f(x):\n"
    joined = evalplus(humaneval(prompt), text)
    assert joined.prompt == ""
    assert joined.completion == (
        "import math\ndef g(x):\n    return 2 * x\ndef f(x):\n    return g(x)"
    )
    assert joined.notes == ("extraction left out `y = 3`",)
    assert "Sure" not in evalplus(mbpp(), "Sure, here it is\n").completion


def test_lm_eval_runs_mbpps_text_alone() -> None:
    """Its prompt is prose with examples, so it is no part of the program."""
    joined = lm_eval(mbpp(), "def f(x):\n    return 1\n[DONE]\nmore")
    assert joined.program == "def f(x):\n    return 1\n"


def test_rules_without_a_form_for_mbpp_say_so() -> None:
    """human-eval has HumanEval only; bigcode's unstripped variant as well."""
    assert [rule.name for rule in RULES if not rule.covers(mbpp())] == [
        "human-eval",
        "bigcode-unstripped",
    ]


def test_where_the_whole_function_is_written_definitions_are_no_end() -> None:
    """Our stop list would cut `import math` from the function after it."""
    stop = ("\nclass ", "\ndef ", "\n#", "\n@", "\nimport ", "\nprint")
    assert whole_answer(mbpp())
    assert not whole_answer(humaneval())
    assert stops_for(humaneval(), stop) == stop
    assert stops_for(mbpp(), stop) == ("\nprint",)
    assert ours(mbpp(), mbpp().canonical_solution).completion == mbpp().canonical_solution
    assert cut_at("abc", ()) == ("abc", "")
    assert cut_at("a\nbc", ("\nb", "\nbc", "")) == ("a", "\nb")


@pytest.mark.parametrize("name", ["humaneval", "mbpp"])
def test_how_many_canonical_solutions_each_rule_lets_pass(benchmark_files: Path, name: str) -> None:
    """All; but a stripped prompt joined to a text that begins with indentation breaks nearly every one."""
    path = find(entry(name), benchmark_files)
    assert path is not None
    problems = load(entry(name), path)
    problems = problems if name == "humaneval" else problems[200:300]
    failed = {}
    for rule in RULES:
        if rule.covers(problems[0]):
            pairs = []
            for problem in problems:
                joined = rule.join(problem, problem.canonical_solution)
                asked = as_judged(problem, joined)
                text = joined.program.removeprefix(asked.prompt)
                pairs.append((asked, Completion("c", problem.task_id, name, "", text, 0, "")))
            verdicts = judge_all(open_sandbox, pairs, Limits(30, 90, 1024), 2)
            failed[rule.name] = sum(not v.passed for v in verdicts)
    assert failed == EXPECTED[name]


EXPECTED = {
    "humaneval": {
        "ours": 0,
        "human-eval": 0,
        "bigcode": 160,
        "bigcode-unstripped": 0,
        "evalplus": 0,
        "lm-eval": 0,
    },
    "mbpp": {"ours": 0, "bigcode": 0, "evalplus": 0, "lm-eval": 0},
}
