"""`hornbook model import DIR|HUB_ID` and `hornbook model export RUN[:ARM]|DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from hornbook.model.exports import Export

_OF_A_MODEL = ("config.json", "*.safetensors", "*.safetensors.index.json", "tokenizer.json")
"""What is fetched from the hub: nothing that could run."""


def bring_in(options: argparse.Namespace) -> int:
    """Import a folder, or what the hub has under that name."""
    from hornbook.storage import check_free

    check_free(options.out)
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
    from hornbook.hub import HubName
    from hornbook.recipes.folder import cache_folder

    if Path(text).is_dir():
        return Path(text)
    name = None if Path(text).exists() else HubName.read(text)
    if name is None:
        raise SourceError(f"{text}: no such folder, and no OWNER/NAME of a model on the hub either")
    return name.snapshot(_OF_A_MODEL, text, cache_folder() / "hub")


def export(options: argparse.Namespace) -> int:
    """Export a run's arm, or an imported model."""
    from hornbook.storage import check_free

    check_free(options.out)
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
    from hornbook.recipes.named import named_arm

    folder = Path(options.model)
    if (folder / "config.json").is_file():
        return folder, folder / "tokenizer.json"
    named = named_arm(options.model, options.runs)
    return named.model, named.run / "tokens" / "tokenizer.json"
