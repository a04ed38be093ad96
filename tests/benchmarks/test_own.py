"""Facts about a user's own problem files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from hornbook.benchmarks import load_own, problems_named
from hornbook.errors import SourceError
from hornbook.records import Completion
from hornbook.sandbox import Limits, judge_all, open_sandbox

ROW: dict[str, Any] = {
    "task_id": "mine/1",
    "prompt": "def add(x, y):\n",
    "entry_point": "add",
    "canonical_solution": "    return x + y\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
}


def written(folder: Path, *rows: object, name: str = "mine.jsonl") -> Path:
    path = folder / name
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz"])
def test_a_file_in_humanevals_format_is_read(tmp_path: Path, name: str) -> None:
    """Packed or not; the benchmark has the file's name; other fields are left alone."""
    path = written(tmp_path, ROW, {**ROW, "task_id": "mine/2", "level": 3}, name=name)
    first, second = problems_named(str(path))
    assert (first.benchmark, first.label, first.trusted) == ("mine", "own", False)
    assert second.task_id == second.family == "mine/2"
    assert first.inputs == ""


def test_own_inputs_are_judged_against_the_canonical_solution(tmp_path: Path) -> None:
    """`inputs` may hold tagged tuples; a test is not needed beside them."""
    row = {**ROW, "test": "", "inputs": [[1, 2], [{"__tuple__": [1]}, {"__tuple__": [2]}]]}
    (problem,) = load_own(written(tmp_path, row))
    texts = {"right": "    return x + y\n", "wrong": "    return x + y if x != (1,) else 0\n"}
    pairs = [(problem, Completion(k, "mine/1", "mine", k, t, 0, "")) for k, t in texts.items()]
    verdicts = judge_all(open_sandbox, pairs, Limits(), 1)
    assert [v.passed for v in verdicts] == [True, False]


FAULTS = [
    ({"prompt": None}, "line 2: prompt: has to be a text, and is null"),
    ({"prompt": 3}, "line 2: prompt: has to be a text, and is a number"),
    ({"test": ["assert True"]}, "line 2: test: has to be a text, and is a list"),
    ({"task_id": " "}, "line 2: task_id: is empty"),
    ({"task_id": "mine/1"}, "line 2: task_id: `mine/1` is on line 1 already"),
    ({"entry_point": "add me"}, "line 2: entry_point: `add me` is no name"),
    ({"entry_point": "class"}, "line 2: entry_point: `class` is no name"),
    ({"test": "assert add(1, 2) == 3"}, r"line 2: test: defines no `check\(candidate\)`"),
    ({"test": "def check(:"}, "line 2: test: is no Python"),
    ({"test": "(" * 500}, "line 2: test: is no Python"),
    ({"prompt": "\ud800"}, r"line 2: prompt: holds half of a surrogate pair \(character 1\)"),
    ({"canonical_solution": "\x00"}, "line 2: canonical_solution: holds a NUL"),
    ({"setup": 1}, "line 2: setup: has to be a text"),
    ({"inputs": "[[1]]"}, "line 2: inputs: have to be a list of argument lists"),
    ({"inputs": [1]}, "line 2: inputs: have to be a list of argument lists"),
    ({"inputs": [["\udfff"]]}, "line 2: inputs: holds half of a surrogate pair"),
    ({"inputs": [[{"__set__": [[1]]}]]}, "line 2: inputs: unhashable"),
    ({"inputs": [[1]], "canonical_solution": ""}, "line 2: canonical_solution: is empty, and"),
    ({"atol": "small"}, "line 2: atol: has to be a number"),
    ({"atol": -1}, "line 2: atol: -1 is no tolerance"),
]


@pytest.mark.parametrize(("change", "words"), FAULTS)
def test_a_fault_is_named_with_its_line_and_field(
    change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    """Where, what, and no traceback."""
    with pytest.raises(SourceError, match=words):
        load_own(written(tmp_path, ROW, {**ROW, "task_id": "mine/2", **change}))


@pytest.mark.parametrize("field", list(ROW))
def test_a_missing_field_is_named(field: str, tmp_path: Path) -> None:
    """All five of HumanEval's fields have to be there."""
    row = {key: value for key, value in ROW.items() if key != field}
    with pytest.raises(SourceError, match=f"line 1: {field}: is missing"):
        load_own(written(tmp_path, row))


def test_a_solution_may_be_empty(tmp_path: Path) -> None:
    """A problem whose answer nobody wrote down can still be asked."""
    (problem,) = load_own(written(tmp_path, {**ROW, "canonical_solution": ""}))
    assert problem.canonical_solution == ""


BYTES = [
    (b"", "holds no problems"),
    (b"\n \n", "holds no problems"),
    (b"{}\n", "line 1: task_id: is missing"),
    (b"[1]\n", "line 1: a list, not a JSON object"),
    (b'{"task_id": "a"', "line 1: cut short or not JSON"),
    (b"\n\xff\xfe{}\n", r"line 2: not UTF-8 \(byte 1\)"),
    (b"[" * 100_000, "line 1: cut short or not JSON"),
    (b'{"task_id": ' + b"9" * 5000 + b"}", "line 1: cut short or not JSON"),
    (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    (gzip.compress(b"{}" * 1000, mtime=0)[:-9], "cut short or damaged"),
    (b"\x1f\x8b no gzip", "cut short or damaged"),
]


@pytest.mark.parametrize(("data", "words"), BYTES)
def test_a_file_that_is_no_problem_file_is_told(data: bytes, words: str, tmp_path: Path) -> None:
    """Empty, cut, not UTF-8, not JSON, a pointer."""
    path = tmp_path / "mine.jsonl"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=words):
        load_own(path)


def test_a_file_that_unpacks_without_end_is_stopped(tmp_path: Path) -> None:
    """What a small file unpacks to is bounded."""
    path = tmp_path / "bomb.jsonl.gz"
    path.write_bytes(gzip.compress(b" " * (8 << 20)))
    with pytest.raises(SourceError, match="unpacks to more than 4 MiB"):
        load_own(path, limit=4 << 20)


def test_line_ends_inside_texts_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    """Only line feeds end a line, and Windows' editors may begin the file as they do."""
    row = {**ROW, "prompt": 'def add(x, y):\n    """\u2028\x85"""\n'}
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(row, ensure_ascii=False).encode() + b"\r\n")
    assert load_own(path)[0].prompt == row["prompt"]


def test_a_folder_and_an_absent_file_are_told(tmp_path: Path) -> None:
    """Neither is a problem file."""
    with pytest.raises(SourceError, match="a folder, not a file"):
        load_own(tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        load_own(tmp_path / "none.jsonl")
