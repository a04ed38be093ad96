"""One set of raw texts under every harness's rule: which scores follow, and why they differ.

Most disagreements about a score are disagreements about a stop list or a line end. The matrix shows
what each would have made of the same texts, problem by problem.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from hornbook.evaluate.rules import OURS, RULES, Joined, Rule
from hornbook.records import Completion, Problem, Verdict

Judge = Callable[[Sequence[tuple[Problem, Completion]]], list[Verdict]]
"""Verdicts in the pairs' order."""


@dataclass(frozen=True)
class RuleScore:
    """What one rule makes of all texts."""

    rule: str
    title: str
    n: int
    """Texts with a verdict, of problems that the rule covers."""
    passed: int
    score: float | None
    """Mean over problems of the share of their texts that pass; None where nothing has a verdict."""


@dataclass(frozen=True)
class Difference:
    """A text that passes under one of two rules only."""

    task_id: str
    sample: int
    rule: str
    ours: bool
    theirs: bool
    reason: str


@dataclass(frozen=True)
class Matrix:
    """Scores by rule, and every text on which a rule and ours differ."""

    scores: tuple[RuleScore, ...]
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "rules": [asdict(row) for row in self.scores],
            "differences": [asdict(row) for row in self.differences],
        }

    def as_text(self) -> str:
        """A table of the scores, and a line for each difference."""
        lines = [f"{'rule':<20}{'n':>6}{'passed':>8}{'score':>8}"]
        for row in self.scores:
            score = "-" if row.score is None else f"{row.score:.1%}"
            lines.append(f"{row.rule:<20}{row.n:>6}{row.passed:>8}{score:>8}")
        for each in self.differences:
            number = f" sample {each.sample}" if each.sample else ""
            word = "passes" if each.theirs else "fails"
            lines.append(f"{each.task_id}{number}: {word} under {each.rule}: {each.reason}")
        return "\n".join(lines) + "\n"


def score_matrix(
    problems: Sequence[Problem],
    generations: Sequence[Completion],
    judge: Judge,
    rules: Sequence[Rule] = RULES,
) -> Matrix:
    """Judge the raw texts of `generations` under each rule; ours has to be among the rules.

    The texts have to be uncut: what a stop list has already taken away no rule can bring back. Equal
    programs are judged once. Texts of other problems are left alone.
    """
    known = {(p.benchmark, p.task_id): p for p in problems}
    texts = [(known[key], row) for row in generations if (key := _key(row)) in known]
    joins = {
        (rule.name, index): rule.join(problem, row.text)
        for rule in rules
        for index, (problem, row) in enumerate(texts)
        if rule.covers(problem)
    }
    verdicts = _judged(joins, texts, judge)
    scores = tuple(_score(rule, texts, verdicts) for rule in rules)
    return Matrix(scores, tuple(_differences(rules, texts, joins, verdicts)))


def as_judged(problem: Problem, joined: Joined) -> Problem:
    """The problem with the joined prompt in place of its own.

    A rule may break the prompt; the tests, the helpers they need and the solution that they follow must
    not break with it, so the own prompt goes before the canonical solution.
    """
    if joined.prompt == problem.prompt:
        return problem
    own = problem.prompt + problem.canonical_solution if problem.canonical_solution else ""
    return replace(problem, prompt="", canonical_solution=own)


def _judged(
    joins: Mapping[tuple[str, int], Joined],
    texts: Sequence[tuple[Problem, Completion]],
    judge: Judge,
) -> dict[tuple[str, int], Verdict]:
    pairs: dict[tuple[str, str, str], tuple[Problem, Completion]] = {}
    where: dict[tuple[str, int], tuple[str, str, str]] = {}
    for (rule, index), joined in joins.items():
        problem, row = texts[index]
        where[rule, index] = key = (problem.benchmark, problem.task_id, joined.program)
        asked = as_judged(problem, joined)
        text = joined.program.removeprefix(asked.prompt)
        pairs.setdefault(key, (asked, replace(row, text=text)))
    verdicts = dict(zip(pairs, judge(list(pairs.values())), strict=True))
    return {place: verdicts[key] for place, key in where.items()}


def _score(
    rule: Rule,
    texts: Sequence[tuple[Problem, Completion]],
    verdicts: Mapping[tuple[str, int], Verdict],
) -> RuleScore:
    by_problem: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for index, (_, row) in enumerate(texts):
        verdict = verdicts.get((rule.name, index))
        if verdict is not None and verdict.verdict != "infrastructure_error":
            by_problem[_key(row)].append(verdict.passed)
    shares = [sum(each) / len(each) for each in by_problem.values()]
    return RuleScore(
        rule=rule.name,
        title=rule.title,
        n=sum(map(len, by_problem.values())),
        passed=sum(map(sum, by_problem.values())),
        score=sum(shares) / len(shares) if shares else None,
    )


def _differences(
    rules: Sequence[Rule],
    texts: Sequence[tuple[Problem, Completion]],
    joins: Mapping[tuple[str, int], Joined],
    verdicts: Mapping[tuple[str, int], Verdict],
) -> list[Difference]:
    found = []
    for index, (problem, row) in enumerate(texts):
        mine = verdicts[OURS.name, index]
        for rule in rules:
            theirs = verdicts.get((rule.name, index))
            if theirs is None or theirs.passed == mine.passed:
                continue
            if "infrastructure_error" in (mine.verdict, theirs.verdict):
                continue
            why = reason(rule.name, joins[OURS.name, index], joins[rule.name, index])
            failed = mine if theirs.passed else theirs
            ended = f"{failed.kind or failed.verdict}: {failed.reason[:120]}".rstrip(": ")
            words = f"{why} ({ended})"
            found.append(
                Difference(
                    problem.task_id, row.sample, rule.name, mine.passed, theirs.passed, words
                )
            )
    return found


def reason(rule: str, mine: Joined, theirs: Joined) -> str:
    """What `rule` did to a text that ours did not, in words.

    >>> reason("human-eval", Joined("", "x", ""), Joined("", "", "\\n#"))
    'stop list of human-eval cut at `\\\\n#`'
    """
    words = list(theirs.notes)
    if theirs.stop and theirs.stop != mine.stop:
        words.append(f"stop list of {rule} cut at `{_shown(theirs.stop)}`")
    if mine.stop and mine.stop != theirs.stop:
        words.append(f"our stop list cut at `{_shown(mine.stop)}`")
    if theirs.prompt and theirs.prompt != mine.prompt and not theirs.notes:
        words.append("another prompt stands before it")
    return ", ".join(words) or "the same program: time, memory or chance"


def _shown(stop: str) -> str:
    return ascii(stop)[1:-1]


def _key(row: Completion) -> tuple[str, str]:
    return row.benchmark, row.task_id
