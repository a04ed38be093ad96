"""Facts about public benchmarks and where their files lie."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from hornbook.benchmarks import (
    CATALOGUE,
    Entry,
    benchmark_folder,
    entry,
    find,
    import_from,
    load,
    load_problem_file,
    problems_named,
    survey,
)
from hornbook.cli.benchmarks import act
from hornbook.cli.parser import build_parser
from hornbook.errors import ConfigError, SourceError
from hornbook.records import Completion, Problem
from hornbook.sandbox import Limits, judge_all, open_sandbox
from hornbook.storage import write_json_lines

SLOW = {f"Mbpp/{number}" for number in (599, 392, 271, 592, 603, 123, 589)}
"""Their inputs take the canonical solution 2.5 to 28 seconds."""


def published(folder: Path, name: str) -> list[Problem]:
    one = entry(name)
    path = find(one, folder)
    assert path is not None
    return load(one, path)


@pytest.mark.parametrize("name", [one.name for one in CATALOGUE])
def test_every_canonical_solution_passes_its_tests(benchmark_files: Path, name: str) -> None:
    """Every problem of the published file is solvable by the answer it comes with."""
    problems = published(benchmark_files, name)
    assert len(problems) == entry(name).problems
    pairs = [
        (p, Completion(p.task_id, p.task_id, name, "canonical", p.canonical_solution, 0, ""))
        for p in problems
        if p.task_id not in SLOW
    ]
    limits = Limits(cpu_seconds=30, wall_seconds=90, memory_mb=1024)
    verdicts = judge_all(open_sandbox, pairs, limits, 2)
    assert [(v.task_id, v.reason) for v in verdicts if not v.passed] == []


def test_an_empty_answer_solves_nothing(benchmark_files: Path) -> None:
    """No problem of the first forty is passed by a function that does nothing."""
    problems = published(benchmark_files, "humaneval")[:40]
    pairs = [
        (p, Completion(p.task_id, p.task_id, "humaneval", "empty", "    pass\n", 0, ""))
        for p in problems
    ]
    verdicts = judge_all(open_sandbox, pairs, Limits(), 2)
    assert not any(v.passed for v in verdicts)


def test_more_inputs_find_what_the_first_tests_let_pass(benchmark_files: Path) -> None:
    """An answer that knows HumanEval's test by heart passes it, and fails HumanEval+'s inputs."""
    verdicts = {}
    for name in ("humaneval", "humanevalplus", "humanevalplus-mini"):
        problem = published(benchmark_files, name)[23]  # strlen
        text = "    return {'': 0, 'x': 1, 'asdasnakj': 9}.get(string, 7)\n"
        answer = Completion("c", problem.task_id, name, "arm", text, 0, "")
        (verdicts[name],) = judge_all(open_sandbox, [(problem, answer)], Limits(), 1)
    assert {name: v.passed for name, v in verdicts.items()} == {
        "humaneval": True,
        "humanevalplus": False,
        "humanevalplus-mini": False,
    }
    assert verdicts["humanevalplus"].kind == "assertion"


def test_the_same_task_has_the_same_prompt_in_plus_and_mini(benchmark_files: Path) -> None:
    """HumanEval+ mends one prompt of HumanEval (115, a misplaced import) and keeps the others."""
    first, plus, mini = (
        [p.prompt for p in published(benchmark_files, name)]
        for name in ("humaneval", "humanevalplus", "humanevalplus-mini")
    )
    assert plus == mini
    assert [n for n, pair in enumerate(zip(first, plus, strict=True)) if len(set(pair)) > 1] == [
        115
    ]


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_a_file_that_is_not_the_published_one_is_refused(one: Entry, tmp_path: Path) -> None:
    """A benchmark is known by its checksum, not by its name."""
    path = tmp_path / one.paths[0]
    path.parent.mkdir()
    path.write_bytes(gzip.compress(b"{}"))
    with pytest.raises(SourceError, match="not the published file"):
        find(one, tmp_path)
    with pytest.raises(SourceError, match="copy it again"):
        load(one, path)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_a_git_lfs_pointer_is_recognised(one: Entry, tmp_path: Path) -> None:
    """Where only a pointer was cloned, the error says how to get the file."""
    path = tmp_path / one.paths[-1]
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(SourceError, match="git lfs pull"):
        find(one, tmp_path)
    with pytest.raises(SourceError, match="git lfs pull"):
        load(one, path)


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_a_file_that_was_cut_short_is_refused(
    one: Entry, benchmark_files: Path, tmp_path: Path
) -> None:
    """Half a file is an error with a reason, whether it is found or read directly."""
    whole = (benchmark_files / one.paths[0]).read_bytes()
    path = tmp_path / one.paths[-1]
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="not the published file"):
        find(one, tmp_path)
    with pytest.raises(SourceError, match="cut short"):
        load(one, path)


def test_rows_with_other_fields_are_not_the_benchmark(tmp_path: Path) -> None:
    """A row without its fields is told by the field's name, not by a traceback."""
    path = tmp_path / "HumanEval.jsonl"
    write_json_lines(path, [{"task_id": "HumanEval/0"}] * 164)
    with pytest.raises(SourceError, match=r"not HumanEval as published \(KeyError: 'prompt'\)"):
        load(entry("humaneval"), path)


def test_an_absent_file_is_none_and_an_unknown_name_an_error(tmp_path: Path) -> None:
    """A benchmark may be missing; one that nobody knows is a mistake."""
    assert find(entry("mbpp"), tmp_path) is None
    with pytest.raises(ConfigError, match="known: humaneval, humanevalplus"):
        entry("humanevil")


def test_import_copies_what_is_there(
    benchmark_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that were imported are found in the place where they are looked for."""
    monkeypatch.delenv("HORNBOOK_BENCHMARKS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    import_from(benchmark_files, benchmark_folder())
    assert all(find(one, benchmark_folder()) for one in CATALOGUE)
    assert len(problems_named("humaneval")) == 164


def command(*words: object) -> int:
    return act(build_parser().parse_args(["benchmarks", *map(str, words)]))


def test_import_goes_on_after_a_damaged_file(
    benchmark_files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is whole is copied, what is damaged or absent is named, and the end is an error."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    (source / "HumanEval.jsonl.gz").write_bytes(b"half")
    shutil.copy(benchmark_files / "mbpp" / "sanitized-mbpp.json", source)
    monkeypatch.setenv("HORNBOOK_BENCHMARKS", str(target))
    with pytest.raises(SourceError, match="not the published file"):
        command("import", source)
    told = capsys.readouterr().out
    assert "humaneval: not imported" in told
    assert "mbppplus: not found (looked for mbppplus/MbppPlus.jsonl.gz" in told
    assert "mbpp-sanitized: imported" in told
    assert [path.name for path in target.rglob("*.*")] == ["sanitized-mbpp.json"]


def test_verify_looks_at_all_files_before_it_fails_and_list_never_does(
    benchmark_files: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One damaged file among the first hides none of the others."""
    (tmp_path / "HumanEval.jsonl.gz").write_bytes(b"half")
    shutil.copy(benchmark_files / "mbpp" / "sanitized-mbpp.json", tmp_path)
    with pytest.raises(SourceError, match="1 of 2 benchmarks"):
        command("verify", tmp_path)
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 2
    assert "not the published file" in told[0]
    assert told[1].endswith("checksum right, 427 problems")
    assert command("list", tmp_path) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == len(CATALOGUE)
    assert told[0].endswith("(damaged, see verify)")
    assert told[1].endswith("not at hand")
    with pytest.raises(SourceError, match="no such folder"):
        command("verify", tmp_path / "nothing")


def test_a_survey_never_raises_for_a_file(tmp_path: Path) -> None:
    """The state of each benchmark is a row, the damaged one's with its fault."""
    (tmp_path / "mbpp.jsonl").write_bytes(b"")
    found = {each.entry.name: each for each in survey(tmp_path)}
    assert found["humaneval"].path is None
    assert "0 bytes" in found["mbpp"].fault
    assert "0 bytes" in found["mbpp-all"].fault


def test_a_name_whose_file_is_absent_tells_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the file, its source and the command."""
    monkeypatch.setenv("HORNBOOK_BENCHMARKS", str(tmp_path))
    with pytest.raises(SourceError, match="hornbook benchmarks import"):
        problems_named("humanevalplus")
    with pytest.raises(SourceError, match="is no benchmark"):
        problems_named("humanevil")
    with pytest.raises(SourceError, match="no such file"):
        problems_named("nowhere/problems.jsonl")


def test_a_cut_problem_file_is_a_clear_error(tmp_path: Path) -> None:
    """A row without its fields and a line cut short are named as what they are."""
    path = tmp_path / "p.jsonl"
    write_json_lines(path, [{"task_id": "a"}])
    with pytest.raises(SourceError, match="not a problem file"):
        load_problem_file(path)
    path.write_text(json.dumps({"task_id": "a"})[:-3])
    with pytest.raises(SourceError, match="cut short"):
        load_problem_file(path)
