"""Facts about sample files: what is read, what is refused, what is an error."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from hornbook import json_lines
from hornbook.errors import SourceError
from hornbook.evaluate.samples import SampleFile, check_complete, refusal, shown, whole_program
from tests.evaluate.toy import PROBLEMS, by_task

GOOD = {"task_id": "toy/0", "completion": "    return 0\n"}


def file(tmp_path: Path, text: str | bytes, **options: object) -> SampleFile:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return SampleFile.at(path, by_task(), **options)  # type: ignore[arg-type]


def test_rows_are_read_in_order_and_numbered_by_task(tmp_path: Path) -> None:
    """Completions and whole programs, blank lines and other columns, a byte-order mark."""
    other = {"task_id": "toy/1", "solution": "x = 1", "seed": 3}
    lines = "\ufeff" + "\n\n".join(map(json.dumps, [GOOD, other, GOOD]))
    found = list(file(tmp_path, lines))
    assert [(s.task_id, s.field, s.number) for s in found] == [
        ("toy/0", "completion", 0),
        ("toy/1", "solution", 0),
        ("toy/0", "completion", 1),
    ]
    assert found[0].id == found[2].id != found[1].id


def test_packed_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    """Packed or not, whatever its name, it is the same evaluation."""
    line = json.dumps(GOOD).encode() + b"\n"
    plain = file(tmp_path, line).index()
    assert file(tmp_path, gzip.compress(line)).index() == plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no samples in it"),
        ("\n \n", "no samples in it"),
        (b"\xff\xfe", "samples.jsonl:1: not UTF-8"),
        ('{"task_id": "toy/0"', "samples.jsonl:1: not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[1]", "a list"),
        ("3", "a number"),
        (json.dumps({"completion": ""}), "no `task_id`"),
        (json.dumps({"task_id": "toy/0"}), "no `completion`"),
        (json.dumps({**GOOD, "completion": None}), "`completion` must be a text, not null"),
        (json.dumps({**GOOD, "completion": ["x"]}), "must be a text, not a list"),
        (json.dumps({**GOOD, "task_id": 0}), "`task_id` must be a text, not a number"),
        (json.dumps({**GOOD, "solution": ""}), "both `completion` and `solution`"),
        (
            json.dumps(GOOD) + "\n" + json.dumps({**GOOD, "task_id": "toy/\x1b[2J"}),
            "samples.jsonl:2",
        ),
        (gzip.compress(json.dumps(GOOD).encode() * 50, mtime=0)[:-12], "cut short or damaged"),
    ],
)
def test_a_persons_mistake_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    """What is wrong, where; no control character reaches the terminal."""
    with pytest.raises(SourceError) as told:
        file(tmp_path, text).index()
    assert words in str(told.value)
    assert "\x1b" not in str(told.value)


def test_what_can_not_be_read_twice_is_no_sample_file(tmp_path: Path) -> None:
    """A pipe, a folder, nothing at all."""
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("pipe", "not a regular file"), (".", "not a regular"), ("no", "no such")):
        with pytest.raises(SourceError, match=words):
            SampleFile.at(tmp_path / name, {})


def test_a_line_without_end_is_not_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a limit to a line, above that of a completion."""
    monkeypatch.setattr(json_lines, "LINE_BYTES", 100)
    with pytest.raises(SourceError, match=r"samples.jsonl:1: longer than"):
        file(tmp_path, json.dumps({**GOOD, "completion": "x" * 200})).index()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = '\x00'", "NUL"),
        ("x = '\ud800'", "surrogate"),
        ("#" * 1_000_001, "1,000,001 bytes"),
        ("\u20ac" * 400_000, "1,200,000 bytes"),
        ("#" * 1_000_000, ""),
        ("", ""),
    ],
)
def test_what_no_program_can_be_is_refused_and_no_error(text: str, words: str) -> None:
    """Hostile output of a model is a verdict, not a reason to stop."""
    assert words in refusal(text)
    assert bool(refusal(text)) == bool(words)


def test_problems_without_samples_need_a_word(tmp_path: Path) -> None:
    """They are an error that names some; with the word they are not."""
    index = file(tmp_path, json.dumps(GOOD)).index()
    with pytest.raises(SourceError, match=r"5 of 6 problems have no sample \(toy/1, .*--partial"):
        check_complete(index, by_task(), partial=False, name="x")
    check_complete(index, by_task(), partial=True, name="x")


def test_stop_strings_cut_at_the_first(tmp_path: Path) -> None:
    """The cut text is what is judged and counted: another rule is another evaluation."""
    row = json.dumps({**GOOD, "completion": "    return 0\nprint(1)\ndef f(): ..."})
    cut = file(tmp_path, row, stop=("\ndef", "\nprint"))
    assert next(iter(cut)).text == "    return 0"
    assert cut.index().digest != file(tmp_path, row).index().digest


def test_a_whole_program_has_nothing_before_it() -> None:
    """The prompt goes; what the tests know by it stays, in the canonical solution."""
    problem = whole_program(PROBLEMS[0])
    assert problem.prompt == ""
    assert problem.canonical_solution == PROBLEMS[0].prompt + PROBLEMS[0].canonical_solution


def test_texts_of_strangers_are_shown_quoted() -> None:
    """ASCII, on one line, of bounded length."""
    assert shown("a\x1b[2J\n\u202e") == "'a\\x1b[2J\\n\\u202e'"
    assert len(shown("x" * 1000)) < 100
