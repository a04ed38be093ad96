from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.records import Document, Exercise, content_id
from hornbook.stages import Counts, StageContext, StageResult, outputs_of
from hornbook.storage import write_shards
from hornbook.tokens import HELD_OUT, TABLES, Packed, Tokenizer, TokensSettings, for_validation, run
from hornbook.tokens.held_out import is_held_out_exercise
from tests.tiny_model import CODE, tokenizer

SETTINGS = TokensSettings(
    vocab_size=320, held_out_exercises=0.2, shard_tokens=1000, mixtures={"raw": {"code": 1.0}}
)


def document(text: str) -> Document:
    return Document(content_id(text), text, "folder", "c", "1", "p.py")


def exercise(number: int, origin: str) -> Exercise:
    prompt = f'def add_{number}(x):\n    """Return x plus {number}."""\n'
    solution = f"    return x + {number}\n"
    return Exercise(
        content_id(prompt + solution), origin, "sums", "{}", "plain", f"add_{number}", prompt,
        solution, f"assert add_{number}(1) == {number + 1}\n",
    )  # fmt: skip


CODE_ROWS = [document(text + f"# {n}\n") for n in range(50) for text in CODE]
EXERCISES = [exercise(n, "workbook" if n % 3 else "recorded") for n in range(30)]
OUT = [row for row in EXERCISES if is_held_out_exercise(row.id, 0.2)]
LEARNT = [row for row in EXERCISES if row not in OUT]
HELD_OUT_ROWS = [document(f"held_out = {n}\n") for n in range(40)]


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Path]:
    names = ("decontaminate", "sources", "quality", "synthesis")
    folders = {name: tmp_path / name for name in names}
    clean = folders["decontaminate"]
    write_shards(clean / "code", Document, CODE_ROWS)
    write_shards(clean / "selected", Document, CODE_ROWS[::2])
    write_shards(clean / "textbooks", Document, [document("# Sums\n\nA sum is a total.\n")])
    write_shards(clean / "exercises", Exercise, EXERCISES)
    write_shards(folders["sources"] / "held_out", Document, HELD_OUT_ROWS)
    write_shards(folders["quality"] / "held_out", Document, HELD_OUT_ROWS[::2])
    write_shards(folders["synthesis"] / "held_out_textbooks", Document, [])
    return folders


def pack(inputs: dict[str, Path], out: Path, settings: TokensSettings = SETTINGS) -> StageResult:
    result = run(StageContext(out, inputs, seed=1), settings)
    for name, counts in result.counts.items():
        counts.check(name)
    return result


def texts_of(out: Path, name: str) -> list[str]:
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    packed = Packed.open(out, name, tokenizer.digest)
    return [tokenizer.decode(packed.document(n)[:-1].tolist()) for n in range(packed.documents)]


def test_every_row_is_packed_in_its_order(inputs: dict[str, Path], tmp_path: Path) -> None:
    """The tables hold the texts of the rows, none cut and none left out."""
    out = tmp_path / "tokens"
    result = pack(inputs, out)
    assert texts_of(out, "code") == [row.text for row in CODE_ROWS]
    assert texts_of(out, "selected") == [row.text for row in CODE_ROWS[::2]]
    assert texts_of(out, "textbooks") == ["# Sums\n\nA sum is a total.\n"]
    for origin in ("workbook", "recorded"):
        wanted = [row.program for row in LEARNT if row.origin == origin]
        assert texts_of(out, origin) == wanted
    learnt = Counter(row.origin for row in LEARNT)
    kept = {name: counts.kept for name, counts in result.counts.items() if name in TABLES}
    assert kept == {"code": 150, "selected": 75, "textbooks": 1, **learnt}


def test_some_exercises_are_looked_at_and_never_learnt(
    inputs: dict[str, Path], tmp_path: Path
) -> None:
    """Chosen by their ids; the counts say how many each table lacks for them."""
    result = pack(inputs, tmp_path / "tokens")
    assert 0 < len(OUT) < 15
    assert texts_of(tmp_path / "tokens", "held_out-exercises") == [row.program for row in OUT]
    for origin in ("workbook", "recorded"):
        counts = result.counts[origin]
        assert counts.rows_in == sum(row.origin == origin for row in EXERCISES)
        away = sum(row.origin == origin for row in OUT)
        assert counts.dropped == ({"for-validation": away} if away else {})
    assert result.counts["held_out-exercises"] == Counts(len(OUT), len(OUT))


def test_where_no_exercise_is_held_out_all_are_learnt(
    inputs: dict[str, Path], tmp_path: Path
) -> None:
    """Then validation has none."""
    pack(inputs, tmp_path, SETTINGS.model_copy(update={"held_out_exercises": 0.0}))
    assert texts_of(tmp_path, "held_out-exercises") == []
    learnt = texts_of(tmp_path, "workbook") + texts_of(tmp_path, "recorded")
    assert sorted(learnt) == sorted(row.program for row in EXERCISES)


def test_validation_gets_half_of_what_other_rooms_hold_out(
    inputs: dict[str, Path], tmp_path: Path
) -> None:
    """The other half is the evaluation's, and counted."""
    result = pack(inputs, tmp_path)
    for name, rows in (("held_out-raw", HELD_OUT_ROWS), ("held_out-selected", HELD_OUT_ROWS[::2])):
        mine = [row.text for row in rows if for_validation(row.id)]
        assert texts_of(tmp_path, name) == mine
        assert 0 < len(mine) < len(rows)
        away = {"for-evaluation": len(rows) - len(mine)}
        assert result.counts[name] == Counts(len(rows), len(mine), away)
    assert texts_of(tmp_path, "held_out-textbooks") == []


def test_documents_are_found_by_their_rows(inputs: dict[str, Path], tmp_path: Path) -> None:
    """Packed in several files, each document knows the row it is from."""
    pack(inputs, tmp_path)
    digest = Tokenizer.load(tmp_path / "tokenizer.json").digest
    code = Packed.open(tmp_path, "code", digest)
    assert len(code.shards) > 1
    assert [code.find(row.id) for row in CODE_ROWS[:20]] == [[n] for n in range(20)]
    workbook = Packed.open(tmp_path, "workbook", digest)
    learnt = [row.id for row in LEARNT if row.origin == "workbook"]
    assert [workbook.find(row_id) for row_id in learnt] == [[n] for n in range(len(learnt))]
    assert workbook.find(OUT[0].id) == []


def test_a_tokenizer_of_others_takes_the_place_of_the_own(
    inputs: dict[str, Path], tmp_path: Path
) -> None:
    """Nothing is trained then; the run keeps a copy of it."""
    folder = tmp_path / "theirs"
    tokenizer().save(folder / "tokenizer.json")
    settings = TokensSettings(tokenizer=str(folder), mixtures={"raw": {"code": 1.0}})
    result = pack(inputs, tmp_path / "out", settings)
    assert Tokenizer.load(tmp_path / "out" / "tokenizer.json").digest == tokenizer().digest
    assert result.facts["tokenizer_digest"] == tokenizer().digest
    assert texts_of(tmp_path / "out", "code") == [row.text for row in CODE_ROWS]


def test_held_out_exercises_do_not_train_the_tokenizer(
    inputs: dict[str, Path], tmp_path: Path
) -> None:
    """What only they hold leaves no trace in it."""
    pack(inputs, tmp_path / "a")
    write_shards(inputs["decontaminate"] / "exercises", Exercise, LEARNT)
    pack(inputs, tmp_path / "b")
    texts = [(tmp_path / each / "tokenizer.json").read_bytes() for each in "ab"]
    assert texts[0] == texts[1]


def test_the_same_rows_give_the_same_bytes(inputs: dict[str, Path], tmp_path: Path) -> None:
    """Tokenizer and tables alike."""
    for place in ("a", "b"):
        pack(inputs, tmp_path / place)
    assert outputs_of(tmp_path / "a") == outputs_of(tmp_path / "b")
    files = outputs_of(tmp_path / "a")
    assert {name.split(".")[0] for name in files if name.endswith(".json")} == {
        "tokenizer", *TABLES, *HELD_OUT,
    }  # fmt: skip


def test_prompt_and_solution_are_encoded_apart(inputs: dict[str, Path], tmp_path: Path) -> None:
    """A model that is asked sees the prompt's tokens alone, so training shows it the same ones."""
    out = tmp_path / "tokens"
    pack(inputs, out)
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    packed = Packed.open(out, "workbook", tokenizer.digest)
    first = next(row for row in LEARNT if row.origin == "workbook")
    prompt, solution = tokenizer.encode(first.prompt), tokenizer.encode(first.solution)
    assert packed.document(0).tolist() == [
        *prompt, *solution, tokenizer.end_of_text,
    ]  # fmt: skip
    assert packed.starts[0] == len(prompt)
    assert [*prompt, *solution] != tokenizer.encode(first.program)


def test_documents_have_no_prompt(inputs: dict[str, Path], tmp_path: Path) -> None:
    """All of a document is learnt."""
    pack(inputs, tmp_path / "tokens")
    digest = Tokenizer.load(tmp_path / "tokens" / "tokenizer.json").digest
    assert not Packed.open(tmp_path / "tokens", "code", digest).starts.any()


def test_a_table_without_rows_is_written_empty(inputs: dict[str, Path], tmp_path: Path) -> None:
    """What decontamination took away whole is there to be told of."""
    write_shards(inputs["decontaminate"] / "textbooks", Document, [])
    result = pack(inputs, tmp_path / "tokens")
    assert texts_of(tmp_path / "tokens", "textbooks") == []
    assert result.facts["textbooks"] == {"documents": 0, "tokens": 0}


def test_progress_ends_at_its_total(inputs: dict[str, Path], tmp_path: Path) -> None:
    """Every row is counted once, and the last word is that all are done."""
    told: list[tuple[float, float]] = []

    class Listener:
        def advance(self, done: float, total: float, note: str = "") -> None:
            told.append((done, total))

        def say(self, message: str) -> None:
            raise AssertionError(message)

    context = StageContext(tmp_path / "out", inputs, 1, progress=Listener())
    run(context, SETTINGS)
    assert told == sorted(told)
    assert told[-1] == (316, 316)


@pytest.mark.parametrize(
    ("mixtures", "message"),
    [
        ({"raw": {"cod": 1.0}}, "no table `cod`"),
        ({"raw": {"code": 0}}, "must be above 0"),
        ({"raw": {"code": -1.0}}, "must be above 0"),
        ({"raw": {}}, "names no table"),
        ({}, "mixtures"),
        ({"raw": {"code": 1001}}, "at most 1000"),
        ({"raw": {"code": {"epochs": 0}}}, "above 0|greater than 0"),
        ({"raw": {"code": {"epoch": 3}}}, "epoch"),
        (
            {"raw": {"code": {"epochs": 3}, "selected": 0.5}},
            "every table a share, or every one epochs",
        ),
        ({"raw": {"held_out-raw": 1.0}}, "no table `held_out-raw`"),
    ],
)
def test_a_mixture_that_can_not_be_read_is_refused(
    mixtures: dict[str, dict[str, object]], message: str
) -> None:
    """Before anything runs, with the reason."""
    with pytest.raises(ConfigError, match=message):
        settings_from(TokensSettings, {"mixtures": mixtures}, "tokens")
