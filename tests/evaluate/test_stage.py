"""Facts about scores: answers, verdicts, intervals, likelihood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.errors import SandboxUnavailable
from hornbook.evaluate import EvaluateSettings, Examination, FakeSubject, ask, run
from hornbook.evaluate.answers import sample
from hornbook.evaluate.scores import score
from hornbook.records import Completion, Document, Exercise, Problem, Verdict
from hornbook.stages import StageContext
from hornbook.storage import read_json, read_rows, shard_path, write_rows, write_shards

SETTINGS = EvaluateSettings(resamples=200)


def problem(number: int) -> Problem:
    family = f"family-{number % 5}"
    test = f"def check(candidate):\n    assert candidate(1) == {number + 1}\n"
    return Problem(
        f"w/{number}",
        "workbook-known",
        "in-distribution",
        family,
        f"def add{number}(x):\n",
        f"add{number}",
        f"    return x + {number}\n",
        test,
    )


PROBLEMS = [problem(n) for n in range(20)]


def document(number: int) -> Document:
    return Document(f"{number:064d}", f"x = {number}\n" * 20, "folder", "c", "", f"{number}.py")


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    """Two arms that were asked, and one exercise that was trained on."""
    inputs = {"decontaminate": tmp_path / "decontaminate"}
    exercise = Exercise(
        "e", "workbook", "family-0", "{}", "0", "f", "def f(x):\n", "    return x + 99\n", ""
    )
    write_shards(inputs["decontaminate"] / "exercises", Exercise, [exercise])
    good = {p.prompt: p.canonical_solution for p in PROBLEMS[:15]}
    for arm, answers in {"good": good, "bad": {}}.items():
        folder = tmp_path / "evaluate" / arm
        folder.mkdir(parents=True)
        context = StageContext(folder, {}, seed=1)
        result = ask(
            context,
            SETTINGS,
            arm,
            lambda a=answers: FakeSubject(a),
            PROBLEMS,
            {"raw": [document(1), document(2)]},
        )
        assert result.counts["problems"].kept == 20
        inputs[f"evaluate/{arm}"] = folder
    return inputs


def judge(folders: dict[str, Path], tmp_path: Path, sandbox: str = "none") -> dict[str, object]:
    out = tmp_path / "scores"
    out.mkdir()
    exam = Examination(
        ("good", "bad"), {"workbook-known": PROBLEMS}, ("humaneval",), (("good", "bad"),), sandbox
    )
    result = run(StageContext(out, folders, seed=1, workers=2), SETTINGS, exam)
    for kind, counts in result.counts.items():
        counts.check(kind)
    return dict(read_json(out / "scores.json"))


def test_scores_carry_label_interval_and_status(folders: dict[str, Path], tmp_path: Path) -> None:
    """A score says what it is a score of, how sure it is and how it was had."""
    figures = judge(folders, tmp_path)
    scores = {(row["arm"], row["benchmark"]): row for row in figures["scores"]}  # type: ignore[attr-defined]
    good = scores["good", "workbook-known"]
    assert (good["passed"], good["n"], good["label"], good["status"]) == (
        15,
        20,
        "in-distribution",
        "UNSANDBOXED",
    )
    assert good["low"] <= 0.75 <= good["high"]
    assert scores["bad", "workbook-known"]["passed"] == 0
    assert scores["good", "humaneval"]["status"] == "not checked"
    assert scores["good", "humaneval"]["estimate"] is None


def test_differences_families_and_likelihood_are_reported(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """Paired differences, one row a family and bits per byte stand beside the scores."""
    figures = judge(folders, tmp_path)
    difference = figures["comparisons"][0]  # type: ignore[index]
    assert (difference["only_first"], difference["only_second"], difference["excludes_zero"]) == (
        15,
        0,
        True,
    )
    families = figures["families"]
    assert len(families) == 5  # type: ignore[arg-type]
    assert all(0 <= row["distance"] <= 1 for row in families)  # type: ignore[attr-defined]
    bits = figures["likelihood"][0]  # type: ignore[index]
    assert (bits["arm"], bits["kind"], bits["documents"], bits["estimate"]) == (
        "good",
        "raw",
        2,
        8.0,
    )


def test_without_a_sandbox_scores_are_not_run_and_the_rest_goes_on(
    folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names what is missing; no score is invented; the likelihood is still there."""

    def closed(choice: str) -> None:
        raise SandboxUnavailable("Generated code was not run: Landlock: ENOSYS. To run it: ...")

    monkeypatch.setattr("hornbook.evaluate.stage.open_sandbox", closed)
    figures = judge(folders, tmp_path, "auto")
    rows = [row for row in figures["scores"] if row["benchmark"] == "workbook-known"]  # type: ignore[attr-defined]
    assert {(row["status"], row["estimate"]) for row in rows} == {("not run", None)}
    assert "Landlock" in str(figures["protection"])
    assert figures["comparisons"] == []
    assert figures["likelihood"]


def test_a_failed_preflight_refuses_that_benchmark_and_no_other(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """Its scores are `refused`, with the check's words; the rest of the examination goes on."""
    out = tmp_path / "scores"
    out.mkdir()
    # The same ids under another name, as HumanEval and HumanEval+ have them, and a wrong solution.
    twins = [replace(p, benchmark="twins", label="public") for p in PROBLEMS]
    twins[3] = replace(twins[3], canonical_solution="    return 0\n")
    for arm in ("good", "bad"):
        answers = read_rows(folders[f"evaluate/{arm}"] / "completions", Completion)
        rows = [replace(row, benchmark="twins") for row in answers]
        write_rows(shard_path(folders[f"evaluate/{arm}"] / "completions", 1), Completion, rows)
    benchmarks = {"workbook-known": PROBLEMS, "twins": twins}
    exam = Examination(("good", "bad"), benchmarks, (), (("good", "bad"),), "none")
    result = run(StageContext(out, folders, seed=1, workers=2), SETTINGS, exam)
    counts = result.counts["answers"]
    counts.check("answers")
    assert (counts.rows_in, counts.dropped) == (80, {"preflight-failed": 40})
    figures = read_json(out / "scores.json")
    scores = {(row["arm"], row["benchmark"]): row for row in figures["scores"]}
    refused = scores["good", "twins"]
    assert (refused["status"], refused["passed"], refused["n"]) == ("refused", None, 20)
    assert "canonical solutions: 19 of 20 pass, all wanted (w/3" in refused["note"]
    assert scores["good", "workbook-known"]["passed"] == 15
    assert {row["benchmark"] for row in figures["comparisons"]} == {"workbook-known"}
    assert result.facts["refused"] == ["twins"]
    flights = {each["benchmark"]: each for each in read_json(out / "preflight.json")}
    assert all(check["ok"] for check in flights["workbook-known"]["checks"])


def test_a_tokenizer_that_loses_text_refuses_every_score(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    """What the model never saw can't be scored."""
    out = tmp_path / "scores"
    out.mkdir()
    exam = Examination(("good",), {"workbook-known": PROBLEMS}, (), (), "none", str.strip)
    run(StageContext(out, folders, seed=1, workers=2), SETTINGS, exam)
    (row,) = read_json(out / "scores.json")["scores"]
    assert row["status"] == "refused"
    assert "prompts through the tokenizer" in row["note"]


def test_each_problem_is_asked_with_the_stop_strings_that_fit_it(tmp_path: Path) -> None:
    """Where the model writes the whole function, a definition ends nothing; the order stays."""
    whole = [replace(p, task_id=f"m/{n}", prompt="# Write it.\n") for n, p in enumerate(PROBLEMS)]
    mixed = [p for pair in zip(PROBLEMS, whole, strict=True) for p in pair]
    asked: list[tuple[int, bool]] = []

    class Notes(FakeSubject):
        def complete(self, prompts, settings, on_done):  # type: ignore[no-untyped-def]
            asked.append((len(prompts), "\ndef " in settings.stop))
            return super().complete(prompts, settings, on_done)

    answers = {p.prompt: p.canonical_solution for p in PROBLEMS} | {"# Write it.\n": "whole"}
    context = StageContext(tmp_path, {}, seed=1)
    ask(context, SETTINGS, "arm", lambda: Notes(answers), mixed, {})
    assert asked == [(20, True), (20, False)]
    rows = list(read_rows(tmp_path / "completions", Completion))
    assert [row.task_id for row in rows] == [p.task_id for p in mixed]
    assert {row.text for row in rows[1::2]} == {"whole"}


def test_answers_that_are_saved_are_not_asked_for_again(tmp_path: Path) -> None:
    """An interrupted examination goes on after its last saved shard."""
    context = StageContext(tmp_path, {}, seed=1)
    ask(context, SETTINGS, "arm", lambda: FakeSubject({}), PROBLEMS, {})

    class Refuses(FakeSubject):
        def complete(self, *_: object) -> list[object]:  # type: ignore[override]
            raise AssertionError("asked again")

    ask(context, SETTINGS, "arm", lambda: Refuses({}), PROBLEMS, {})


def test_held_out_text_is_whole_documents_up_to_the_limit() -> None:
    """The choice is at least one document and does not depend on their order."""
    rows = [document(n) for n in range(30)]
    chosen = sample(rows, 500)
    assert 1 <= len(chosen) < 30
    assert chosen == sample(reversed(rows), 500)
    assert sample(rows, 1) == chosen[:1]


def test_a_score_says_how_many_of_its_verdicts_could_be_forged() -> None:
    """What rests on an answer's own word is counted beside the score."""
    problem = Problem("t/1", "demo", "public", "t", "", "f", "", "")
    for forgeable, note in ((False, ""), (True, "1 of 1 verdicts could be forged")):
        verdict = Verdict("c", "t/1", "demo", "arm", "passed", "", 0.1, "A", forgeable)
        row = score("arm", [problem], {("arm", "demo", "t/1"): verdict}, "ok", 0, 200)
        assert row.note == note
