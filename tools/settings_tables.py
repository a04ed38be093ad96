"""Write the tables of settings in the rooms' pages, from the classes that check them.

    python tools/settings_tables.py           write the tables
    python tools/settings_tables.py --check   exit 1 if a page's table is not what this writes

A table stands between `<!-- settings: begin -->` and `<!-- settings: end -->`.
"""

from __future__ import annotations

import importlib
import json
import sys
import types
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from hornbook.config import Settings
from hornbook.decontaminate.config import DecontaminateSettings
from hornbook.evaluate.config import EvaluateSettings
from hornbook.model.config import ModelSettings
from hornbook.quality.config import QualitySettings
from hornbook.recipes.recipe import Arm, Phase, Recipe, TrainTable
from hornbook.report.config import ReportSettings
from hornbook.sources.config import (
    DumpSource,
    GitSource,
    SourcesSettings,
    StackSource,
    TextFile,
    WebSource,
)
from hornbook.sources.pins import Pin
from hornbook.synthesis.config import SynthesisSettings
from hornbook.tokens.config import Epochs, TokensSettings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"

Tables = Sequence[tuple[str, type[Settings]]]
PAGES: dict[str, Tables] = {
    "sources": (
        ("`[sources]`", SourcesSettings),
        ("`[[sources.files]]`", TextFile),
        ("`[[sources.stack]]`", StackSource),
        ("`[[sources.web]]`", WebSource),
        ("`[[sources.stack_exchange]]`", DumpSource),
        ("`[[sources.git]]`", GitSource),
        ("`[[wheel]]`, in a list of wheels", Pin),
    ),
    "quality": (("`[quality]`", QualitySettings),),
    "synthesis": (("`[synthesis]`", SynthesisSettings),),
    "decontaminate": (("`[decontaminate]`", DecontaminateSettings),),
    "tokens": (
        ("`[tokens]`", TokensSettings),
        ("A table of a mixture, in epochs", Epochs),
    ),
    "model": (("`[model]`", ModelSettings),),
    "train": (
        ("`[train]`", TrainTable),
        ("`[train.phases.NAME]`", Phase),
        ("`[train.arms.NAME]`", Arm),
    ),
    "evaluate": (("`[evaluate]`", EvaluateSettings),),
    "report": (("`[report]`", ReportSettings),),
    "recipes": (("A recipe", Recipe),),
}
WORDS = {int: "whole number", float: "number", str: "text", bool: "true or false"}
BOUNDS = {"gt": "above {}", "ge": "at least {}", "lt": "under {}", "le": "at most {}"}


def tables(page: str) -> str:
    """All tables of a page."""
    return "\n\n".join(table(title, kind) for title, kind in PAGES[page])


def table(title: str, kind: type[Settings]) -> str:
    rows = [
        f"| `{name}` | {default(field)} | {allowed(field)} | {meaning(name, field)} |"
        for name, field in kind.model_fields.items()
    ]
    head = ["| setting | default | allowed | meaning |", "|---|---|---|---|"]
    return "\n".join([f"{title}:", "", *head, *rows])


def default(field: FieldInfo) -> str:
    """As it is written in a recipe.

    >>> default(FieldInfo(default=("a\\n", "b"), annotation=tuple[str, ...]))
    '`["a\\\\n", "b"]`'
    """
    if field.is_required():
        return "must be given"
    return "not set" if field.default is None else f"`{written(field.default)}`"


def written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # A JSON text is a TOML text.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, int):
        return f"{value:_}"
    return f"{value:g}"


def allowed(field: FieldInfo) -> str:
    bounds = [
        words.format(f"{bound:_}" if isinstance(bound, int) else f"{bound:g}")
        for mark in field.metadata
        for key, words in BOUNDS.items()
        if (bound := getattr(mark, key, None)) is not None
    ]
    return " ".join([kind_of(field.annotation), " and ".join(bounds)]).strip()


def kind_of(annotation: Any) -> str:
    """What may be written, in words.

    >>> kind_of(tuple[str, ...]), kind_of(float | None), kind_of(dict[str, Phase])
    ('list of texts', 'number', 'tables')
    """
    if annotation in WORDS:
        return WORDS[annotation]
    inner = [each for each in typing.get_args(annotation) if each not in (types.NoneType, ...)]
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return " or ".join(f"`{written(value)}`" for value in inner)
    if origin in (types.UnionType, typing.Union):
        return kind_of(inner[0])
    if origin is tuple and typing.get_origin(inner[0]) is tuple:
        return "list of pairs"
    if origin is tuple:
        return f"list of {kind_of(inner[0])}s"
    return "tables" if origin is dict else "table"


def meaning(name: str, field: FieldInfo) -> str:
    said = field.description or (f"See [{name}.md]({name}.md)." if name in PAGES else "")
    extra = field.json_schema_extra
    if isinstance(extra, dict) and extra.get("scales"):
        said += " Grows with `--scale`."
    return said.replace("|", "\\|").strip() or "-"


def renewed(page: str) -> str:
    """The page's text with its tables as they should be.

    Raises `ValueError` where the marks are not there.
    """
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"docs/{page}.md: no `{BEGIN}` and `{END}`")
    return f"{before}{BEGIN}\n{tables(page)}\n{END}{after}"


def undocumented() -> Iterator[str]:
    """Public settings of the package that stand on no page."""
    for path in sorted((ROOT / "src" / "hornbook").glob("*/config.py")):
        importlib.import_module(f"hornbook.{path.parent.name}.config")
    shown = [kind for page in PAGES.values() for _, kind in page]
    for kind in subclasses(Settings):
        known = any(issubclass(each, kind) for each in shown)
        if kind.__module__.startswith("hornbook.") and not known and kind.__name__[0] != "_":
            yield f"{kind.__module__}.{kind.__name__} stands on no page of tools/settings_tables.py"


def subclasses(kind: type[Settings]) -> Iterator[type[Settings]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


def faults() -> Iterator[str]:
    yield from undocumented()
    for page in PAGES:
        path = DOCS / f"{page}.md"
        try:
            if path.read_text(encoding="utf-8") != renewed(page):
                yield f"docs/{page}.md: its settings are not those of the code; run: make docs"
        except (OSError, ValueError) as error:
            yield str(error)


def main() -> int:
    if "--check" in sys.argv[1:]:
        found = list(faults())
        print("\n".join(found) if found else "settings tables: up to date")
        return 1 if found else 0
    for page in PAGES:
        (DOCS / f"{page}.md").write_text(renewed(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
