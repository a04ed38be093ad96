"""`hornbook model import DIR|HUB_ID` and `hornbook model export RUN[:ARM]|DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from hornbook.model.exports import Export


def bring_in(options: argparse.Namespace) -> int:
    """Import a folder, or what the hub has under that name."""
    _must_be_free(options.out)
    source = _source(options.source)
    from hornbook.model.imports import import_model

    found = import_model(source, options.out)
    shape = found.shape
    print(
        f"{options.out}: {shape.parameters:,} parameters in {found.dtype}, {shape.layers} layers of"
        f" {shape.hidden}, from the {found.layout} layout; sha256 {found.sha256}"
    )
    if not found.tokenizer:
        print(
            f"hornbook: {source} has no tokenizer.json; put the model's into {options.out} before"
            " you export it",
            file=sys.stderr,
        )
    return 0


def _source(text: str) -> Path:
    from hornbook.model.hub import fetch, is_hub_id
    from hornbook.recipes.folder import cache_folder

    if Path(text).is_dir():
        return Path(text)
    if Path(text).exists() or not is_hub_id(text):
        raise SourceError(f"{text}: no such folder, and no OWNER/NAME of a model on the hub either")
    return fetch(text, cache_folder() / "hub")


def export(options: argparse.Namespace) -> int:
    """Export a run's arm, or an imported model."""
    _must_be_free(options.out)
    if options.ids_only and options.format != "gguf":
        raise ConfigError("--ids-only is for --format gguf: transformers splits as in training")
    model, tokenizer = _model(options)
    from hornbook.model.exports import Export, export_model

    wanted = Export(
        model=model,
        tokenizer=tokenizer,
        out=options.out,
        form=options.format,
        name=Path(options.model).name,
        dtype=options.dtype,
        card=not options.no_card,
        ids_only=options.ids_only,
    )
    done = export_model(wanted)
    print(f"{options.out}: {options.format} in {done.dtype}; sha256 {done.sha256}")
    if done.card is not None:
        print(_measured(done.card, wanted))
    if done.warning:
        print(f"hornbook: {done.warning}", file=sys.stderr)
    return 0


def _measured(card: dict[str, Any], wanted: Export) -> str:
    logits = card["logits"]
    rows = [f"{row['who']} {row['dtype']} {row['max']:.2g}" for row in logits["errors"]]
    return (
        f"logits (deviation {logits['standard_deviation']:.3g}), largest error against float64: "
        + ", ".join(rows)
        + f"; more in {wanted.out / 'NUMERICS.md'}"
    )


def _model(options: argparse.Namespace) -> tuple[Path, Path]:
    """The folder of the weights and the tokenizer's file."""
    from hornbook.config import settings_from
    from hornbook.recipes.folder import RECIPE, find_run
    from hornbook.recipes.recipe import Recipe
    from hornbook.storage import read_json

    folder = Path(options.model)
    if (folder / "config.json").is_file():
        return folder, folder / "tokenizer.json"
    run, named = find_run(options.model, options.runs)
    recipe = settings_from(Recipe, read_json(run / RECIPE), str(run / RECIPE))
    name = named or recipe.train.default_arm
    arm = recipe.train.arms.get(name)
    if arm is None:
        raise ConfigError(f"{run}: no arm `{name}` (it has {', '.join(recipe.train.arms)})")
    return run / "train" / name / arm.phases[-1], run / "tokens" / "tokenizer.json"


def _must_be_free(out: Path) -> None:
    """Said before anything is fetched or read."""
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise ConfigError(f"--out {out}: is there already and not empty; name another folder")
