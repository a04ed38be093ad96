"""A teacher behind a real server judges texts; it is killed, runs out of money, talks nonsense."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hornbook.errors import ConfigError, DamagedFileError, NetworkError, SourceError
from hornbook.quality.annotate.annotating import Connect, Outcome, annotate, planned
from hornbook.quality.annotate.work import Annotating
from hornbook.quality.standalone import Fitting, fit_filter
from hornbook.records import Document, content_id
from hornbook.storage import write_shards
from hornbook.teacher import FakeTeacher, Request, load_annotations
from hornbook.teacher.budget import Limits
from hornbook.teacher.client import Endpoint, EndpointTeacher
from hornbook.teacher.fake_server import FakeEndpoint, Play
from hornbook.teacher.key import Key
from hornbook.teacher.pace import Pace
from tests.quality.own_rows import said, texts, verdict, write_lines

SECRET = "sk-very-secret-0123456789"


def endpoint(**more: Any) -> FakeEndpoint:
    return FakeEndpoint(lambda body, before: Play(verdict(said(body)), **more))


def asking(server: FakeEndpoint) -> Connect:
    where = Endpoint(server.address, "m", timeout=5, tries=2, first_wait=0.01)
    return lambda store, budget, stop: EndpointTeacher(where, Key(""), budget, store, Pace(8, stop))


def answering(reply: Callable[[Request], str]) -> Connect:
    return lambda *_: FakeTeacher(reply)


def wanted(folder: Path, count: int = 60, **more: Any) -> Annotating:
    given = folder / "T.jsonl"
    if not given.exists():
        write_lines(given, texts(count))
    return Annotating(
        **{"texts": given, "out": folder / "A.jsonl", "model": "m", "batch": 12, "most": 36,
           "repeat": 0.25, "resamples": 100, **more}
    )  # fmt: skip


def rows_of(folder: Path, name: str = "A.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def test_judgements_are_made_and_fit_a_filter(tmp_path: Path) -> None:
    """Each text once, a share twice; the file is what `fit` and a recipe read."""
    with endpoint() as server:
        outcome = annotate(wanted(tmp_path), asking(server))
    rows = rows_of(tmp_path)
    assert len({row["id"] for row in rows}) == len(rows) == 36
    twice = [row for row in rows if row["second_score"] is not None]
    assert 3 < len(twice) < 18
    assert len(server.asked) == 36 + len(twice) == outcome.summary["rows"] + len(twice)
    assert [row["batch"] for row in rows] == [0] * 12 + [1] * 12 + [2] * 12
    assert [row["chosen"] for row in rows[12:24]] == ["spread"] * 2 + ["doubt"] * 10
    assert {row["group"] for row in rows[:7]} == {f"project{n}" for n in range(7)}
    named = [metric["name"] for metric in outcome.summary["agreement"]]
    assert named[:3] == ["Spearman", "equal", "quadratic kappa"]
    assert 0 < outcome.summary["agreement"][1]["estimate"] < 1
    assert len(load_annotations(str(tmp_path / "A.jsonl"))) == 36
    with endpoint() as server:
        annotate(wanted(tmp_path, most=48), asking(server))
        assert len({said(body) for body in server.asked}) == len(server.asked) < 18
    fitted = fit_filter(
        Fitting(tmp_path / "A.jsonl", tmp_path / "T.jsonl", tmp_path / "filter", resamples=100)
    )
    assert fitted.used == 48


def test_the_same_whoever_answers_first(tmp_path: Path) -> None:
    """Neither the order of the file nor that of the answers changes a byte."""
    write_lines(tmp_path / "T.jsonl", texts())
    other = tmp_path / "other"
    other.mkdir()
    write_lines(other / "T.jsonl", texts()[::-1])
    for folder, at_once in ((tmp_path, 1), (other, 8)):
        annotate(
            wanted(folder, at_once=at_once), answering(lambda r: verdict(r.messages[1].content))
        )
    assert (other / "A.jsonl").read_bytes() == (tmp_path / "A.jsonl").read_bytes()


def test_a_spent_budget_keeps_what_was_paid_and_goes_on(tmp_path: Path) -> None:
    """With a larger budget, as if it had been larger from the start; nothing is paid twice."""
    straight = tmp_path / "straight"
    straight.mkdir()
    with endpoint() as server:
        annotate(wanted(straight), asking(server))
        all_asked = len(server.asked)
    with endpoint() as server:
        outcomes: list[Outcome] = []
        for budget in (9_000, 14_000, 1_000_000):
            limits = Limits(tokens=budget)
            outcomes.append(annotate(wanted(tmp_path, limits=limits), asking(server)))
            assert outcomes[-1].summary["tokens"] <= budget
        assert [outcome.spent for outcome in outcomes] == [True, True, False]
        assert 0 < outcomes[0].summary["rows"] < outcomes[1].summary["rows"] < 36
        assert len(server.asked) == all_asked
    assert (straight / "A.jsonl").read_bytes() == (tmp_path / "A.jsonl").read_bytes()


def test_nonsense_is_kept_and_tried_again(tmp_path: Path) -> None:
    """A text without a judgement is in no row, but in the failures with the raw answer; the next
    run asks about it anew, and about nothing else."""
    nonsense = "I would rather not, f45"

    def stubborn(body: dict[str, Any], before: int) -> Play:
        return Play(nonsense if "def f45(" in said(body) else verdict(said(body)))

    with FakeEndpoint(stubborn) as server:
        outcome = annotate(wanted(tmp_path, most=60), asking(server))
        assert outcome.summary["failed"] == 1
        asked = [said(body) for body in server.asked if "def f45(" in said(body)]
        assert len(asked) == len(set(asked)) == 3
    (failed,) = rows_of(tmp_path, "A.failed.jsonl")
    assert (failed["id"], failed["raw"], failed["tries"]) == ("t45", nonsense, 3)
    assert outcome.summary["rows"] == 59
    with endpoint() as server:
        outcome = annotate(wanted(tmp_path, most=60), asking(server))
        assert all("def f45(" in said(body) for body in server.asked)
        assert 1 <= len(server.asked) <= 2
    assert (outcome.summary["rows"], outcome.summary["failed"]) == (60, 0)
    batches = [row["batch"] for row in rows_of(tmp_path)]
    assert failed["batch"] == 0
    assert batches == sorted(batches)
    assert rows_of(tmp_path, "A.failed.jsonl") == []


def test_a_teacher_of_nonsense_alone_is_given_up(tmp_path: Path) -> None:
    """After one batch, not after a thousand texts."""
    with pytest.raises(NetworkError, match="no usable answer to any of 12 texts"):
        annotate(wanted(tmp_path), answering(lambda request: "certainly!"))
    assert len(rows_of(tmp_path, "A.failed.jsonl")) == 12


def test_it_stops_when_judgements_teach_no_more(tmp_path: Path) -> None:
    """Long before the most, where every batch is asked to narrow the interval by a lot."""
    outcome = annotate(
        wanted(tmp_path, count=240, most=240, narrowing=0.3),
        answering(lambda r: verdict(r.messages[1].content)),
    )
    assert "--narrowing" in outcome.because
    assert len(outcome.summary["batches"]) < 8


def test_another_question_is_another_annotation(tmp_path: Path) -> None:
    """Judgements of two questions never mix; nor do those of two seeds or models."""
    teacher = answering(lambda r: verdict(r.messages[1].content))
    annotate(wanted(tmp_path, most=12), teacher)
    mine = tmp_path / "mine.toml"
    mine.write_text('question = "Is it short?"\nrubric = "0 no, 5 yes"\n')
    for more in ({"question": str(mine)}, {"seed": 2}, {"model": "n"}):
        with pytest.raises(ConfigError, match="was begun with another"):
            annotate(wanted(tmp_path, **more), teacher)
    (tmp_path / "A.summary.json").unlink()
    with pytest.raises(ConfigError, match="is there already"):
        annotate(wanted(tmp_path), teacher)


def test_files_that_somebody_changed_are_explained(tmp_path: Path) -> None:
    """Rows that this command did not write, a summary that is none; a lost file is made again."""
    teacher = answering(lambda r: verdict(r.messages[1].content))
    annotate(wanted(tmp_path, most=24), teacher)
    whole = (tmp_path / "A.jsonl").read_text()
    (tmp_path / "A.jsonl").unlink()
    annotate(wanted(tmp_path, most=24), teacher)
    assert (tmp_path / "A.jsonl").read_text() == whole
    for wrong in (whole.replace('"batch":0', '"batch":"first"', 1), whole + '{"score": 1}\n'):
        (tmp_path / "A.jsonl").write_text(wrong)
        with pytest.raises(SourceError, match="not a row that this command wrote"):
            annotate(wanted(tmp_path), teacher)
    (tmp_path / "A.summary.json").write_text("{}")
    with pytest.raises(DamagedFileError, match="no summary of an annotation"):
        annotate(wanted(tmp_path), teacher)


def test_a_model_that_is_not_there_can_be_corrected(tmp_path: Path) -> None:
    """Nothing was judged, so nothing binds."""
    nobody = FakeEndpoint(lambda body, before: Play(status=404))
    with nobody, pytest.raises(ConfigError, match="--model"):
        annotate(wanted(tmp_path, model="misspelt"), asking(nobody))
    with endpoint() as server:
        assert annotate(wanted(tmp_path, most=12), asking(server)).summary["rows"] == 12


def test_texts_that_can_not_be_judged_are_counted(tmp_path: Path) -> None:
    """Empty ones, ones that are too long, and those beyond the pool; an id that stands twice stops."""
    more = [{"id": "long", "text": "x" * 99}, {"id": "empty", "text": " \n"}]
    write_lines(tmp_path / "T.jsonl", texts(20) + more)
    teacher = answering(lambda r: verdict(r.messages[1].content))
    outcome = annotate(wanted(tmp_path, longest=90, pool=15), teacher)
    assert outcome.summary["dropped"] == {"empty": 1, "too-long": 1, "not-drawn": 5}
    assert outcome.summary["rows"] == 15
    write_lines(tmp_path / "T.jsonl", more + more)
    with pytest.raises(SourceError, match="stands twice"):
        annotate(wanted(tmp_path, out=tmp_path / "B.jsonl"), teacher)
    write_lines(tmp_path / "T.jsonl", more[1:])
    with pytest.raises(SourceError, match="1 empty"):
        annotate(wanted(tmp_path, out=tmp_path / "B.jsonl"), teacher)


def test_documents_of_a_run_become_judgements_of_its_files(tmp_path: Path) -> None:
    """A folder of documents will do; the rows then name collection, path and lines."""
    documents = [
        Document(content_id(row["text"]), row["text"], "folder", row["group"], "1", f"{n}.py")
        for n, row in enumerate(texts(20))
    ]
    write_shards(tmp_path / "documents", Document, documents)
    annotate(
        wanted(tmp_path, texts=tmp_path / "documents"),
        answering(lambda r: verdict(r.messages[1].content)),
    )
    from hornbook.quality.annotations import resolve

    judged = load_annotations(str(tmp_path / "A.jsonl"))
    found, dropped = resolve(judged, documents)
    assert (len(found), dropped) == (20, [])


def test_a_plan_asks_nothing_and_holds(tmp_path: Path) -> None:
    """What it did take lies between what was said."""
    told = planned(wanted(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["T.jsonl"]
    with endpoint() as server:
        outcome = annotate(wanted(tmp_path), asking(server))
    assert told.requests[0] <= len(server.asked) <= told.requests[1]
    tokens = [told.tokens_in[end] + told.tokens_out[end] for end in (0, 1)]
    assert tokens[0] <= outcome.summary["tokens"] <= tokens[1]
    assert planned(wanted(tmp_path)).requests == (0, 0)


def command(folder: Path, server: FakeEndpoint, *more: str) -> list[str]:
    options = ["--batch", "20", "--most", "40", "--model", "m", "--at-once", "4", *more]
    return [sys.executable, "-m", "hornbook", "quality", "annotate", "--texts",
            str(folder / "T.jsonl"), "--out", str(folder / "A.jsonl"), "--endpoint", server.address,
            *options]  # fmt: skip


def started(command: Sequence[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, "HORNBOOK_TEACHER_KEY": SECRET}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_for(server: FakeEndpoint, asked: int) -> None:
    end = time.monotonic() + 20
    while len(server.asked) < asked:
        assert time.monotonic() < end, "the command asked nothing"
        time.sleep(0.01)


def test_killed_and_interrupted_it_pays_for_the_rest_alone(tmp_path: Path) -> None:
    """SIGKILL costs the four requests under way at most, Ctrl-C none; the key is in no file and
    in no output."""
    write_lines(tmp_path / "T.jsonl", texts())
    with endpoint(delay=0.05) as server:
        server.key = SECRET
        outputs = []
        for ending, asked in ((signal.SIGKILL, 10), (signal.SIGINT, 26)):
            process = started(command(tmp_path, server))
            wait_for(server, asked)
            process.send_signal(ending)
            outputs += process.communicate(timeout=20)
            assert process.returncode in (-signal.SIGKILL, 130)
        last = started(command(tmp_path, server))
        outputs += last.communicate(timeout=20)
        assert last.returncode == 0, outputs
        assert "40 judgements" in outputs[-2]
        distinct = {said(body) for body in server.asked}
        assert len(distinct) <= len(server.asked) <= len(distinct) + 4
    assert len(rows_of(tmp_path)) == 40
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in written + "".join(outputs).encode()


def test_a_spent_budget_has_an_exit_code_of_its_own(tmp_path: Path) -> None:
    """3; a wrong key is 2 and is not shown, even where the endpoint says it back."""
    write_lines(tmp_path / "T.jsonl", texts())
    with endpoint() as server:
        process = started(command(tmp_path, server, "--budget-tokens", "6000"))
        out, _ = process.communicate(timeout=20)
        assert process.returncode == 3
        assert "the budget is spent" in out
    with FakeEndpoint(lambda body, before: Play(), key="another-key-altogether") as server:
        process = started(command(tmp_path, server))
        out, error = process.communicate(timeout=20)
        assert process.returncode == 2
        assert "refuses the key" in error
        assert "[key]" in error
        assert SECRET not in out + error
        assert "Traceback" not in error


def test_requests_under_way_are_kept_after_ctrl_c() -> None:
    """Who interrupts waits for what is paid anyway, and gets the interruption afterwards."""
    from hornbook.teacher.many import ask_many

    kept: list[int] = []

    def slow(number: int) -> int:
        if number == 1:
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
        kept.append(number)
        return number

    stop = threading.Event()
    with pytest.raises(KeyboardInterrupt):
        ask_many(slow, [0, 1], 2, stop)
    assert stop.is_set()
    assert sorted(kept) == [0, 1]
