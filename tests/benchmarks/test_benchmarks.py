"""Facts about public benchmarks and where their files lie."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from hornbook.benchmarks import (
    CATALOGUE,
    benchmark_folder,
    entry,
    find,
    import_from,
    load,
    load_problem_file,
)
from hornbook.errors import ConfigError, SourceError
from hornbook.records import Completion
from hornbook.sandbox import Limits, judge_all, open_sandbox
from hornbook.storage import write_json_lines


@pytest.mark.parametrize("name", [one.name for one in CATALOGUE])
def test_every_canonical_solution_passes_its_tests(benchmark_files: Path, name: str) -> None:
    """Every problem of the published file is solvable by the answer it comes with."""
    one = entry(name)
    path = find(one, benchmark_files)
    assert path is not None
    problems = load(one, path)
    assert len(problems) == one.problems
    pairs = [
        (p, Completion(p.task_id, p.task_id, name, "canonical", p.canonical_solution, 0, ""))
        for p in problems
    ]
    verdicts = judge_all(
        open_sandbox, pairs, Limits(cpu_seconds=10, wall_seconds=60), 2
    )
    assert [v.task_id for v in verdicts if not v.passed] == []


def test_an_empty_answer_solves_nothing(benchmark_files: Path) -> None:
    """No problem of the first forty is passed by a function that does nothing."""
    one = entry("humaneval")
    problems = load(one, find(one, benchmark_files) or Path())[:40]
    pairs = [
        (p, Completion(p.task_id, p.task_id, "humaneval", "empty", "    pass\n", 0, ""))
        for p in problems
    ]
    verdicts = judge_all(open_sandbox, pairs, Limits(), 2)
    assert not any(v.passed for v in verdicts)


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path: Path) -> None:
    """A benchmark is known by its checksum, not by its name."""
    (tmp_path / "humaneval").mkdir()
    (tmp_path / "humaneval" / "HumanEval.jsonl.gz").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(SourceError, match="not the published file"):
        find(entry("humaneval"), tmp_path)


def test_a_git_lfs_pointer_is_recognised(tmp_path: Path) -> None:
    """Where only a pointer was cloned, the error says how to get the file."""
    (tmp_path / "mbpp.jsonl").write_bytes(
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
    )
    with pytest.raises(SourceError, match="git lfs pull"):
        find(entry("mbpp"), tmp_path)


def test_an_absent_file_is_none_and_an_unknown_name_an_error(tmp_path: Path) -> None:
    """A benchmark may be missing; one that nobody knows is a mistake."""
    assert find(entry("mbpp"), tmp_path) is None
    with pytest.raises(ConfigError, match="known: humaneval, mbpp"):
        entry("humanevil")


def test_import_copies_what_is_there(
    benchmark_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that were imported are found in the place where they are looked for."""
    monkeypatch.delenv("HORNBOOK_BENCHMARKS")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    import_from(benchmark_files, benchmark_folder())
    assert all(find(one, benchmark_folder()) for one in CATALOGUE)


def test_a_cut_problem_file_is_a_clear_error(tmp_path: Path) -> None:
    """A row without its fields and a line cut short are named as what they are."""
    path = tmp_path / "p.jsonl"
    write_json_lines(path, [{"task_id": "a"}])
    with pytest.raises(SourceError, match="not a problem file"):
        load_problem_file(path)
    path.write_text(json.dumps({"task_id": "a"})[:-3])
    with pytest.raises(SourceError, match="cut short"):
        load_problem_file(path)
