from __future__ import annotations

from pathlib import Path
from shutil import copytree, rmtree

import pytest

from hornbook.config import settings_from
from hornbook.errors import ConfigError
from hornbook.recipes.lessons import batches_of
from hornbook.recipes.recipe import Recipe
from hornbook.recipes.story import tell
from hornbook.records import Document, Dropped, Exercise
from hornbook.storage import read_json, read_rows, write_json
from hornbook.tokens import for_validation
from tests.tiny_run import hornbook


def test_a_kept_row_tells_its_way(finished: Path) -> None:
    """Of a document the story gives place, score and every table that holds it."""
    row = next(iter(read_rows(finished / "decontaminate" / "selected", Document)))
    story = "\n".join(tell(finished, row.id))
    assert f"row {row.id}" in story
    assert f"folder: {row.collection} {row.path}" in story
    assert f"quality/documents: kept, score {row.score:.2f}" in story
    assert "decontaminate/selected: kept" in story


def test_a_dropped_row_tells_why(finished: Path) -> None:
    """Of what was not kept the story gives the reason, the score and the line it missed."""
    row = next(r for r in read_rows(finished / "quality" / "dropped", Dropped) if r.text)
    story = "\n".join(tell(finished, row.id[:16]))
    assert "dropped, below-threshold" in story
    assert "kept from" in story


def test_an_exercise_tells_its_family(finished: Path) -> None:
    """Of an exercise the story gives origin, family and parameters."""
    row = next(
        r
        for r in read_rows(finished / "synthesis" / "exercises", Exercise)
        if r.origin == "workbook"
    )
    assert f"family {row.family}, parameters {row.parameters}" in "\n".join(tell(finished, row.id))


def test_a_beginning_must_be_unique_and_known(finished: Path) -> None:
    """Too short, unknown and ambiguous beginnings each have their own words."""
    with pytest.raises(ConfigError, match="at least 4 characters"):
        tell(finished, "abc")
    with pytest.raises(ConfigError, match="no row of"):
        tell(finished, "zzzzzz")


def test_the_verb_prints_the_story(finished: Path) -> None:
    """`hornbook why` finds the run worked on last by itself, and refuses an unknown row with 2."""
    row = next(iter(read_rows(finished / "sources" / "documents", Document)))
    told = hornbook("why", row.id[:12], "--runs", finished.parent)
    assert told.returncode == 0
    assert row.path in told.stdout
    lost = hornbook("why", "ffff0000ffff", "--run", "tiny", "--runs", finished.parent)
    assert lost.returncode == 2
    none = hornbook("why", row.id, "--run", "other", "--runs", finished.parent)
    assert none.returncode == 2
    assert "runs here: tiny" in none.stderr


def models_of(run: Path, row_id: str) -> dict[str, str]:
    """What the story says of each arm's model."""
    lines = [line for line in tell(run, row_id) if line.startswith("model ")]
    return {
        name.removeprefix("model "): said for name, _, said in (x.partition(": ") for x in lines)
    }


def read_by_hand(run: Path, phase: str, row_id: str) -> list[int]:
    """The sequences in which a row's whole readings begin, window by window, in a phase that reads
    one table."""
    recipe = settings_from(Recipe, read_json(run / "recipe.json"), "recipe.json")
    batches = batches_of(recipe, phase, run / "tokens")
    (table,) = batches.mixture.tables.values()
    wanted = table.document(table.find(row_id)[0]).tolist()
    windows = [batches.sequence(n).tokens.tolist() for n in range(batches.sequences)]
    stream = [token for window in windows for token in window[:-1]] + windows[-1][-1:]
    begin, found = 0, []
    for at, token in enumerate(stream):
        if token == wanted[-1]:
            if stream[begin : at + 1] == wanted:
                found.append(max(0, begin - 1) // batches.context)
            begin = at + 1
    return found


def test_a_row_tells_how_often_each_model_read_it(finished: Path) -> None:
    """As often as its windows, one by one, hold it, and the step in which it came first."""
    held = 0
    for row in read_rows(finished / "decontaminate" / "code", Document):
        found = read_by_hand(finished, "pretrain-raw", row.id)
        said = models_of(finished, row.id)["raw"]
        if found:
            often = "once" if len(found) == 1 else f"{len(found)} times"
            assert said.startswith(f"read {often} (raw/pretrain-raw: read {often} from code, ")
            assert f"first in step {found[0] // 8 + 1} of 8" in said
            assert said.endswith("; raw/finetune: never)")
        else:
            assert said == "never read" or said.startswith("read in part, ")
        held += len(found)
    assert held


def test_a_model_has_read_what_its_trunk_read(finished: Path) -> None:
    """An arm that goes on from another's phase counts that phase too."""
    rows = read_rows(finished / "decontaminate" / "selected", Document)
    told = [models_of(finished, row.id) for row in rows]
    read = [each for each in told if each["base"].startswith("read")]
    assert read
    for each in read:
        assert each["finetuned"] == each["base"][:-1] + "; finetuned/finetune: never)"


def test_what_no_phase_learns_was_never_read(finished: Path) -> None:
    """Of a held-out row the story says what it is for."""
    for row in read_rows(finished / "sources" / "held_out", Document):
        looked_at = "tokens/held_out-raw: looked at while training, never learnt"
        assert (looked_at in tell(finished, row.id)) == for_validation(row.id)
        assert set(models_of(finished, row.id).values()) == {"never read"}


def test_a_phase_that_goes_on_counts_to_its_newest_checkpoint(
    finished: Path, tmp_path: Path
) -> None:
    """And says so; what it will read later is not read so far."""
    run = copytree(finished, tmp_path / "run")
    folder = run / "train" / "raw" / "pretrain-raw"
    (folder / "manifest.json").unlink()
    for place in (folder / ".checkpoints").glob("step-*"):
        rmtree(place)
    rows = list(read_rows(run / "decontaminate" / "code", Document))
    assert {models_of(run, row.id)["raw"] for row in rows} == {"not read so far"}
    write_json(folder / ".checkpoints" / "step-00000002" / "checkpoint.json", {"step": 2})
    (folder / ".checkpoints" / "step-00000003").mkdir()
    told = [models_of(run, row.id)["raw"] for row in rows]
    assert "not read so far" in told
    some = next(said for said in told if said != "not read so far")
    assert "(raw/pretrain-raw, 2 steps so far: read" in some


@pytest.mark.parametrize("ledger", [None, [], "another"])
def test_a_model_that_read_something_else_is_not_told_of(
    finished: Path, tmp_path: Path, ledger: object
) -> None:
    """After a change of the recipe or the tokens, or by a version that kept no ledger."""
    run = copytree(finished, tmp_path / "run")
    path = run / "train" / "raw" / "pretrain-raw" / "manifest.json"
    manifest = read_json(path)
    if ledger == "another":
        manifest["facts"]["ledger"][0]["tables"]["code"]["digest"] = "0" * 64
    else:
        manifest["facts"]["ledger"] = ledger
    write_json(path, manifest)
    row = next(iter(read_rows(run / "decontaminate" / "code", Document)))
    told = tell(run, row.id)
    assert told[-1].startswith("what the models read can't be told: ")
    assert "pretrain-raw: trained before the recipe or the tokens changed" in told[-1]


def test_damage_to_the_tokens_does_not_end_the_story(finished: Path, tmp_path: Path) -> None:
    """The rest is told; without tokens there is nothing to tell of models."""
    run = copytree(finished, tmp_path / "run")
    row = next(iter(read_rows(run / "decontaminate" / "code", Document)))
    (run / "tokens" / "code.ids.npy").write_bytes(b"")
    *rest, last = tell(run, row.id)
    assert rest[0] == f"row {row.id}"
    assert last.startswith("what the models read can't be told: ")
    assert "code.ids.npy: missing or not what was written" in last
    (run / "tokens" / "manifest.json").unlink()
    assert models_of(run, row.id) == {}
