"""How other harnesses make a program of a prompt and of what a model wrote after it.

A rule has three parts: how the prompt is joined, where the text is cut, and whether code is picked out
of it afterwards. Each rule here takes the raw text that followed our own prompt, uncut; a model that is
asked by another harness reads another prompt (bigcode's is stripped, lm-eval's for MBPP has three
examples) and may answer otherwise. So a rule shows what its harness makes of a text, not what it would
have been told.

Rules as of human-eval 6d43fb9, bigcode-evaluation-harness 8fc5bae, evalplus 0.3.1 and
lm-evaluation-harness 4e7e0d4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hornbook.evaluate.config import EvaluateSettings
from hornbook.evaluate.extraction import extract
from hornbook.evaluate.stops import cut_at, stops_for, whole_answer
from hornbook.records import Problem

PAPER_STOPS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
BIGCODE_STOPS = ("\nclass", "\ndef", "\n#", "\n@", "\nprint", "\nif", "\n```", "<file_sep>")
BIGCODE_MBPP_STOPS = ("\nclass", "\nassert", '\n"""', "\nprint", "\nif", "\n<|/", "\n```")
EVALPLUS_STOPS = (
    "<|endoftext|>",
    "<|endofmask|>",
    "</s>",
    "\nif __name__",
    "\ndef main(",
    "\nprint(",
)
EVALPLUS_HUMANEVAL_STOPS = ("\ndef ", "\nclass ", "\nimport ", "\nfrom ", "\nassert ")
EVALPLUS_MBPP_STOPS = ('\n"""', "\nassert")
LM_EVAL_MBPP_STOPS = ("[DONE]",)


@dataclass(frozen=True)
class Joined:
    """A program in two halves, to be put together as they stand."""

    prompt: str
    completion: str
    stop: str = ""
    """The stop string that cut the text; empty where none did."""
    notes: tuple[str, ...] = ()
    """What else was done to it, in words."""

    @property
    def program(self) -> str:
        return self.prompt + self.completion


@dataclass(frozen=True)
class Rule:
    """One harness's way."""

    name: str
    title: str
    join: Callable[[Problem, str], Joined]
    covers: Callable[[Problem], bool] = lambda problem: True
    """Whether the harness has a rule for problems of this form."""

    def program(self, problem: Problem, raw: str) -> tuple[str, str]:
        """(prompt, completion): the program is one after the other, byte by byte."""
        joined = self.join(problem, raw)
        return joined.prompt, joined.completion

    def apply(self, problem: Problem, raw: str) -> str:
        """The second half alone."""
        return self.join(problem, raw).completion


def continues(problem: Problem) -> bool:
    """Does the answer go on with a function that the prompt began, as in HumanEval?"""
    return not whole_answer(problem)


def ours(problem: Problem, raw: str, stop: tuple[str, ...] | None = None) -> Joined:
    """The prompt as it stands, and the text up to the first stop string that fits the problem.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> ours(one, "    return x\\n@cache\\ndef g(): ...")
    Joined(prompt='def f(x):\\n', completion='    return x', stop='\\n@', notes=())
    """
    words = EvaluateSettings().stop if stop is None else stop
    return Joined(problem.prompt, *cut_at(raw, stops_for(problem, words)))


def human_eval(problem: Problem, raw: str) -> Joined:
    """The prompt as it stands. human-eval takes completions as they are; the stop list is its paper's.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> human_eval(one, "    return x\\n@cache\\ndef g(): ...").completion
    '    return x\\n@cache'
    """
    return Joined(problem.prompt, *cut_at(raw, PAPER_STOPS))


def bigcode(problem: Problem, raw: str) -> Joined:
    """`humaneval`: white space around the prompt is stripped. `mbpp`: the prompt as it stands.

    >>> one = Problem("t", "b", "public", "t", 'def f(x):\\n    \"\"\"Same.\"\"\"\\n', "f", "", "")
    >>> bigcode(one, "    return x\\n@cache").program
    'def f(x):\\n    \"\"\"Same.\"\"\"    return x'
    """
    if whole_answer(problem):
        return Joined(problem.prompt, *cut_at(raw, BIGCODE_MBPP_STOPS))
    return Joined(problem.prompt.strip(), *cut_at(raw, BIGCODE_STOPS), _stripped(problem, raw))


def bigcode_unstripped(problem: Problem, raw: str) -> Joined:
    """`humaneval-unstripped`: the prompt as it stands.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> bigcode_unstripped(one, "    return x\\n@cache").program
    'def f(x):\\n    return x'
    """
    return Joined(problem.prompt, *cut_at(raw, BIGCODE_STOPS))


def evalplus(problem: Problem, raw: str) -> Joined:
    """The prompt is stripped and gets one line end; tabs become four spaces; then code is picked out of
    the whole (`extraction.py`), so nothing of the prompt stands before it.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> evalplus(one, "\\treturn x\\ny = 3\\nprint(f(1))")
    Joined(prompt='', completion='def f(x):\\n    return x', stop='\\nprint(', notes=('tabs became spaces', 'extraction left out `y = 3`'))
    """
    own = EVALPLUS_HUMANEVAL_STOPS if continues(problem) else EVALPLUS_MBPP_STOPS
    text, stop = cut_at(raw, EVALPLUS_STOPS + own)
    spaced = text.replace("\t", "    ")
    whole = problem.prompt.strip() + "\n" + spaced
    kept = extract(whole, problem.entry_point)
    notes: tuple[str, ...] = ("tabs became spaces",) if spaced != text else ()
    left = _left_out(spaced, kept)
    if left:
        notes += (f"extraction left out `{left}`",)
    return Joined("", kept, stop, notes)


def lm_eval(problem: Problem, raw: str) -> Joined:
    """`humaneval`: as human-eval. `mbpp`: the text up to [DONE] is the program, without the prompt.

    >>> one = Problem("t", "b", "public", "t", "def f(x):\\n", "f", "", "")
    >>> lm_eval(one, "    return x\\n# done").program
    'def f(x):\\n    return x'
    """
    if continues(problem):
        return Joined(problem.prompt, *cut_at(raw, PAPER_STOPS))
    return Joined("", *cut_at(raw, LM_EVAL_MBPP_STOPS), ("the prompt is no part of the program",))


def _stripped(problem: Problem, raw: str) -> tuple[str, ...]:
    if problem.prompt == problem.prompt.strip():
        return ()
    if raw.startswith("\n"):
        return ("prompt was stripped",)
    return ("prompt was stripped: the first line lost its indentation",)


def _left_out(text: str, kept: str) -> str:
    """The first line of `text` that is nowhere in `kept`, escaped; empty where there is none."""
    lines = set(map(str.strip, kept.split("\n")))
    for line in text.split("\n"):
        if line.strip() and not line.strip().startswith("#") and line.strip() not in lines:
            return ascii(line.strip()[:60])[1:-1]
    return ""


OURS = Rule("ours", "this program", ours)
RULES: tuple[Rule, ...] = (
    OURS,
    Rule("human-eval", "human-eval, with its paper's stop list", human_eval, continues),
    Rule("bigcode", "bigcode-evaluation-harness: humaneval, mbpp", bigcode),
    Rule(
        "bigcode-unstripped",
        "bigcode-evaluation-harness: humaneval-unstripped",
        bigcode_unstripped,
        continues,
    ),
    Rule("evalplus", "evalplus, base models, with its sanitizer", evalplus),
    Rule("lm-eval", "lm-evaluation-harness: humaneval, mbpp", lm_eval),
)
