from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hornbook.cli import main
from hornbook.errors import ConfigError, DamagedFileError, SourceError
from hornbook.quality import standalone
from hornbook.quality.filter import Filter
from hornbook.quality.scoring import ScorePieces
from hornbook.quality.standalone import Fitting, fit_filter, score_file
from hornbook.quality.validation import CEILING
from tests.quality.own_rows import scores, texts, write_lines


def fitting(folder: Path, out: str = "filter", count: int = 60, scale: float = 1.0) -> Fitting:
    return Fitting(
        annotations=write_lines(folder / "A.jsonl", scores(count, scale)),
        texts=write_lines(folder / "T.jsonl", texts(count)),
        out=folder / out,
        trees=20,
        resamples=100,
    )


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    fit_filter(fitting(folder))
    return folder / "filter"


def test_what_can_be_seen_is_learnt_and_told(tmp_path: Path) -> None:
    """Groups, metrics and the scale stand in filter.json; the folder holds numbers and JSON alone."""
    found = fit_filter(fitting(tmp_path))
    assert (found.used, found.dropped, found.groups, found.worth) == (60, 0, 7, 3.0)
    by_name = {metric.name: metric.estimate for metric in found.validation.metrics}
    assert by_name["AUC for a score of 3 or more"] > 0.95
    about = json.loads((tmp_path / "filter" / "filter.json").read_text())
    assert about["scale"] == [0.0, 5.0]
    assert sorted(path.name for path in (tmp_path / "filter").iterdir()) == [
        "dropped.jsonl", "filter.json", "filter.safetensors", "judged.safetensors", "validation.json",
    ]  # fmt: skip


def test_the_same_rows_give_the_same_bytes_for_any_number_of_workers(tmp_path: Path) -> None:
    wanted = fitting(tmp_path, "one")
    fit_filter(wanted)
    fit_filter(replace(wanted, out=tmp_path / "two", workers=2))
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_scale_of_ones_own_has_its_middle(tmp_path: Path) -> None:
    """Scores of 0 to 1: worth reading from a half on, unless it is said otherwise."""
    wanted = fitting(tmp_path, scale=0.2)
    assert fit_filter(wanted).worth == 0.5
    assert fit_filter(replace(wanted, out=tmp_path / "other", worth=0.7)).worth == 0.7
    score_file(tmp_path / "filter", wanted.texts, tmp_path / "Y.jsonl", 1)
    rows = [json.loads(line) for line in (tmp_path / "Y.jsonl").read_text().splitlines()]
    assert all(0 <= row["score"] <= 1 for row in rows)


def test_judgements_without_a_text_are_told_apart(tmp_path: Path) -> None:
    """Used or dropped with a reason; texts nobody judged do no harm."""
    wanted = fitting(tmp_path)
    write_lines(wanted.texts, texts(80)[5:])
    found = fit_filter(wanted)
    assert (found.used, found.dropped) == (55, 5)
    dropped = [
        json.loads(line)
        for line in (tmp_path / "filter" / "dropped.jsonl").read_text().splitlines()
    ]
    assert [row["id"] for row in dropped] == [f"t{n}" for n in range(5)]
    assert {row["reason"] for row in dropped} == {"not-at-hand"}


def test_what_was_judged_twice_tells_how_far_the_judge_agrees_with_itself(tmp_path: Path) -> None:
    wanted = fitting(tmp_path)
    write_lines(wanted.annotations, [*scores(), *scores()[:12]])
    names = [metric.name for metric in fit_filter(wanted).validation.metrics]
    assert names[-2] == "The teacher with itself: Spearman, 12 excerpts judged twice"
    with_itself, ceiling = fit_filter(replace(wanted, out=tmp_path / "again")).validation.metrics[
        -2:
    ]
    assert ceiling.name == CEILING
    assert ceiling.estimate == pytest.approx(with_itself.estimate**0.5)


@pytest.mark.parametrize(
    ("judged", "given", "words"),
    [
        (scores(20), texts(), "20 judgements have a text .* at least 40 are needed"),
        (scores(), texts(10), r"10 judgements have a text .* \(50 have none\)"),
        (scores(), [*texts(), texts()[3]], "the id `t3` stands twice"),
        ([{**row, "score": 2} for row in scores()], texts(), "nothing can be learnt from one kind"),
    ],
)
def test_what_can_not_be_fitted_leaves_nothing(
    tmp_path: Path, judged: list[object], given: list[object], words: str
) -> None:
    wanted = fitting(tmp_path)
    write_lines(wanted.annotations, judged)
    write_lines(wanted.texts, given)
    with pytest.raises(SourceError, match=words):
        fit_filter(wanted)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["A.jsonl", "T.jsonl"]


def test_scores_are_those_of_the_filter_in_the_texts_order(fitted: Path, tmp_path: Path) -> None:
    """For one worker and for two, as lines and as Parquet, in parts or at once."""
    source = write_lines(tmp_path / "X.jsonl", texts())
    kept = Filter.load(fitted / "filter.safetensors")
    wanted = kept.scores([str(row["text"]) for row in texts()])
    for workers in (1, 2):
        found = score_file(fitted, source, tmp_path / f"Y{workers}.jsonl", workers)
        assert (found.rows, found.failed, found.drift.texts) == (60, 0, 60)
        assert not found.drift.alarming
    assert (tmp_path / "Y1.jsonl").read_bytes() == (tmp_path / "Y2.jsonl").read_bytes()
    rows = [json.loads(line) for line in (tmp_path / "Y1.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in texts()]
    assert [row["score"] for row in rows] == pytest.approx(wanted.tolist(), abs=1e-6)
    assert rows[3]["score"] > rows[0]["score"] + 2
    score_file(fitted, source, tmp_path / "Y.parquet", 1)
    table = pq.read_table(tmp_path / "Y.parquet").to_pylist()
    assert [(row["id"], row["score"]) for row in table] == [(r["id"], r["score"]) for r in rows]


def test_parts_change_nothing(
    fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by reading part after part; scores do not depend on where parts end."""
    source = write_lines(tmp_path / "X.jsonl", texts())
    score_file(fitted, source, tmp_path / "whole.jsonl", 1)
    monkeypatch.setattr("hornbook.quality.scoring.TEXTS_AT_A_TIME", 7)
    told: list[int] = []
    score_file(fitted, source, tmp_path / "parts.jsonl", 1, told.append)
    assert told == list(range(1, 61))
    assert (tmp_path / "parts.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_text_that_can_not_be_scored_costs_only_itself(
    fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row has no score and a reason; its neighbours have theirs."""
    good = ScorePieces.__call__

    def choosy(self: ScorePieces, payload: list[str]) -> dict[str, object]:
        if any("f9(" in text for text in payload):
            raise ValueError("cannot be read")
        return good(self, payload)

    monkeypatch.setattr(ScorePieces, "__call__", choosy)
    source = write_lines(tmp_path / "X.jsonl", texts())
    found = score_file(fitted, source, tmp_path / "Y.jsonl", 1)
    assert (found.rows, found.failed) == (60, 1)
    rows = [json.loads(line) for line in (tmp_path / "Y.jsonl").read_text().splitlines()]
    assert rows[9] == {"id": "t9", "reason": "ValueError: cannot be read", "score": None}
    assert all(row["score"] is not None for row in rows if row["id"] != "t9")


def test_filters_that_are_none_are_refused(fitted: Path, tmp_path: Path) -> None:
    """No folder, another format, a filter that was changed, an output of no known kind."""
    source, out = write_lines(tmp_path / "X.jsonl", texts()), tmp_path / "Y.jsonl"
    with pytest.raises(ConfigError, match="no filter here .* `hornbook quality fit` makes one"):
        score_file(tmp_path, source, out, 1)
    with pytest.raises(ConfigError, match=r"must end in .jsonl or .parquet"):
        score_file(fitted, source, tmp_path / "Y.csv", 1)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "filter.json").write_text((fitted / "filter.json").read_text())
    kept = (fitted / "filter.safetensors").read_bytes()
    for data in (b"", kept[:-1], b"\x80\x04cos\nsystem\n."):
        (copy / "filter.safetensors").write_bytes(data)
        with pytest.raises(DamagedFileError, match="missing or not what was written"):
            score_file(copy, source, out, 1)
    (copy / "filter.json").write_text('{"format": 1}')
    with pytest.raises(DamagedFileError, match="not a filter of this version"):
        score_file(copy, source, out, 1)
    assert not out.exists()


def test_a_bad_row_leaves_no_output(fitted: Path, tmp_path: Path) -> None:
    """An output that lies there stays as it was."""
    source = write_lines(tmp_path / "X.jsonl", [*texts(), {"id": "x"}])
    (tmp_path / "Y.jsonl").write_text("before")
    with pytest.raises(SourceError, match=r"X.jsonl:61: no `text`"):
        score_file(fitted, source, tmp_path / "Y.jsonl", 1)
    assert (tmp_path / "Y.jsonl").read_text() == "before"
    assert standalone.FORMAT == 2


def test_texts_unlike_the_judged_ones_are_told(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scores of prose by a filter for code come with a warning; those of like texts don't."""
    prose = [
        {"id": f"p{n}", "text": f"It was the {n}th of May, and nobody came to the door. " * 30}
        for n in range(60)
    ]
    source = write_lines(tmp_path / "P.jsonl", prose)
    arguments = ["quality", "score", str(fitted), "--input", str(source), "--output"]
    assert main([*arguments, str(tmp_path / "Y.jsonl")]) == 0
    assert "unlike all judged excerpts" in capsys.readouterr().err
    arguments[4] = str(write_lines(tmp_path / "X.jsonl", texts()))
    assert main([*arguments, str(tmp_path / "Z.jsonl")]) == 0
    assert capsys.readouterr().err == ""
    (fitted / "judged.safetensors").rename(tmp_path / "away")
    assert main([*arguments, str(tmp_path / "Z.jsonl")]) != 0
    assert "fit the filter again" in capsys.readouterr().err
    (tmp_path / "away").rename(fitted / "judged.safetensors")
