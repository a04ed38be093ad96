from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.records import Document, Exercise, content_id
from hornbook.stages import StageContext, StageResult, outputs_of
from hornbook.storage import write_shards
from hornbook.tokens import Packed, Tokenizer, TokensSettings, run
from hornbook.tokens.config import TABLES
from tests.tiny_model import CODE

SETTINGS = TokensSettings(vocab_size=320, mixtures={"raw": {"code": 1.0}})


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


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    folder = tmp_path / "decontaminate"
    write_shards(folder / "code", Document, CODE_ROWS)
    write_shards(folder / "selected", Document, CODE_ROWS[::2])
    write_shards(folder / "textbooks", Document, [document("# Sums\n\nA sum is a total.\n")])
    write_shards(folder / "exercises", Exercise, EXERCISES)
    return folder


def pack(clean: Path, out: Path) -> StageResult:
    result = run(StageContext(out, {"decontaminate": clean}, seed=1), SETTINGS)
    for name, counts in result.counts.items():
        counts.check(name)
    return result


def texts_of(out: Path, name: str) -> list[str]:
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    packed = Packed.open(out, name, tokenizer.digest)
    edges = packed.offsets.tolist()
    return [
        tokenizer.decode(packed.tokens[first : last - 1].tolist())
        for first, last in itertools.pairwise(edges)
    ]


def test_every_row_is_packed_in_its_order(clean: Path, tmp_path: Path) -> None:
    """The tables hold the texts of the rows, none cut and none left out."""
    out = tmp_path / "tokens"
    result = pack(clean, out)
    assert texts_of(out, "code") == [row.text for row in CODE_ROWS]
    assert texts_of(out, "selected") == [row.text for row in CODE_ROWS[::2]]
    assert texts_of(out, "textbooks") == ["# Sums\n\nA sum is a total.\n"]
    for origin in ("workbook", "recorded"):
        wanted = [row.program for row in EXERCISES if row.origin == origin]
        assert texts_of(out, origin) == wanted
    assert {name: counts.kept for name, counts in result.counts.items()} == {
        "code": 150, "selected": 75, "textbooks": 1, "workbook": 20, "recorded": 10,
    }  # fmt: skip


def test_the_same_rows_give_the_same_bytes(clean: Path, tmp_path: Path) -> None:
    """Tokenizer and tables alike."""
    for place in ("a", "b"):
        pack(clean, tmp_path / place)
    assert outputs_of(tmp_path / "a") == outputs_of(tmp_path / "b")
    assert len(outputs_of(tmp_path / "a")) == 1 + 4 * len(TABLES)


def test_prompt_and_solution_are_encoded_apart(clean: Path, tmp_path: Path) -> None:
    """A model that is asked sees the prompt's tokens alone, so training shows it the same ones."""
    out = tmp_path / "tokens"
    pack(clean, out)
    tokenizer = Tokenizer.load(out / "tokenizer.json")
    packed = Packed.open(out, "workbook", tokenizer.digest)
    first = next(row for row in EXERCISES if row.origin == "workbook")
    prompt, solution = tokenizer.encode(first.prompt), tokenizer.encode(first.solution)
    assert packed.tokens[: packed.offsets[1]].tolist() == [
        *prompt, *solution, tokenizer.end_of_text,
    ]  # fmt: skip
    assert packed.starts[0] == len(prompt)
    assert [*prompt, *solution] != tokenizer.encode(first.program)


def test_documents_have_no_prompt(clean: Path, tmp_path: Path) -> None:
    """All of a document is learnt."""
    pack(clean, tmp_path / "tokens")
    digest = Tokenizer.load(tmp_path / "tokens" / "tokenizer.json").digest
    assert not Packed.open(tmp_path / "tokens", "code", digest).starts.any()


def test_a_table_without_rows_is_written_empty(clean: Path, tmp_path: Path) -> None:
    """What decontamination took away whole is there to be told of."""
    write_shards(clean / "textbooks", Document, [])
    result = pack(clean, tmp_path / "tokens")
    assert texts_of(tmp_path / "tokens", "textbooks") == []
    assert result.facts["textbooks"] == {"documents": 0, "tokens": 0}


def test_progress_ends_at_its_total(clean: Path, tmp_path: Path) -> None:
    """Every row is counted once, and the last word is that all are done."""
    told: list[tuple[float, float]] = []

    class Listener:
        def advance(self, done: float, total: float, note: str = "") -> None:
            told.append((done, total))

        def say(self, message: str) -> None:
            raise AssertionError(message)

    context = StageContext(tmp_path / "out", {"decontaminate": clean}, 1, progress=Listener())
    run(context, SETTINGS)
    assert told == sorted(told)
    assert told[-1] == (256, 256)


@pytest.mark.parametrize(
    ("mixtures", "message"),
    [
        ({"raw": {"cod": 1.0}}, "no table `cod`"),
        ({"raw": {"code": 0}}, "must be above 0"),
        ({"raw": {"code": -1.0}}, "must be above 0"),
        ({"raw": {}}, "names no table"),
        ({}, "mixtures"),
    ],
)
def test_a_mixture_that_can_not_be_read_is_refused(
    mixtures: dict[str, dict[str, float]], message: str
) -> None:
    """Before anything runs, with the reason."""
    with pytest.raises(ConfigError, match=message):
        settings_from(TokensSettings, {"mixtures": mixtures}, "tokens")
