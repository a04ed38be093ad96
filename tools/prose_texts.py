"""Texts for people at hand, by kind: what the prose embedder's statistics and benchmark are made of.

| kind | score | texts |
|---|---:|---|
| `textbook` | 5 | the recorded textbooks, their blocks of code taken out |
| `guide` | 4 | topics of Python's reference that `help()` shows |
| `docstring` | 3 | docstrings of modules and classes with three paragraphs of prose or more |
| `description` | 2 | what installed packages say of themselves, without their change logs |
| `changelog` | 1 | the change logs in those descriptions |
| `licence` | 0 | licence files of installed packages |

The scores are our rubric, "how much does the text teach a reader who wants to learn something?", given
to kinds of source and not to texts: nobody judged them one by one.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from inspect import cleandoc
from pathlib import Path
from pydoc_data.topics import topics

from hornbook.quality.chunks import paragraphs
from hornbook.teacher import recorded_textbooks

RUBRIC = {
    "textbook": 5.0, "guide": 4.0, "docstring": 3.0, "description": 2.0, "changelog": 1.0,
    "licence": 0.0,
}  # fmt: skip
LEAST, MOST = 400, 6_000
"""Characters of a text."""
_PER_GROUP = 12
"""Texts of one kind that one package gives at most."""
_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_CHANGES = re.compile(
    r"^(?:#+ *)?(?:change ?log|changes|release (?:notes|history|information)|history|what'?s new)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class ProseText:
    """A text of a kind, and what it belongs to: its topic, or its package."""

    kind: str
    group: str
    text: str

    @property
    def score(self) -> float:
        return RUBRIC[self.kind]


def prose_texts() -> list[ProseText]:
    """All there are, each once, in a fixed order."""
    found: dict[str, ProseText] = {}
    for source in (_textbooks, _guides, _descriptions, _licences, _docstrings):
        taken: dict[tuple[str, str], int] = {}
        for row in source():
            place, key = (row.kind, row.group), hashlib.sha256(row.text.encode()).hexdigest()
            if len(row.text) >= LEAST and key not in found and taken.get(place, 0) < _PER_GROUP:
                taken[place] = taken.get(place, 0) + 1
                found[key] = row
    return list(found.values())


def half(group: str) -> int:
    """0 or 1, by the group's name."""
    return hashlib.sha256(group.encode()).digest()[0] % 2


def _textbooks() -> Iterator[ProseText]:
    for row in recorded_textbooks():
        yield ProseText("textbook", row.topic, _BLOCK.sub("", row.text))


def _guides() -> Iterator[ProseText]:
    for name, text in sorted(topics.items()):
        for piece in paragraphs(str(text)):
            yield ProseText("guide", f"topic {name}", piece)


def _descriptions() -> Iterator[ProseText]:
    for package in _packages():
        text = str(package.metadata.get_payload() or package.metadata.get("Description", ""))
        parts = _CHANGES.split(text, maxsplit=1)
        for kind, part in zip(("description", "changelog"), parts, strict=False):
            for piece in paragraphs(part):
                yield ProseText(kind, package.metadata["Name"], piece)


def _licences() -> Iterator[ProseText]:
    for package in _packages():
        for path in sorted(map(str, package.files or [])):
            if re.search(r"licen[cs]e|copying|notice", Path(path).name, re.IGNORECASE):
                place = Path(str(package.locate_file(path)))
                if place.suffix in ("", ".txt", ".md", ".rst") and place.is_file():
                    text = place.read_text(encoding="utf-8", errors="ignore")
                    yield ProseText("licence", package.metadata["Name"], text[:MOST])


def _packages() -> list[Distribution]:
    found = {package.metadata["Name"]: package for package in distributions()}
    return [found[name] for name in sorted(found) if name != "hornbook"]


def _docstrings() -> Iterator[ProseText]:
    places = sysconfig.get_paths()
    library, site = Path(places["stdlib"]), Path(places["purelib"])
    skip = {"site-packages", "test", "tests", "idlelib", "lib2to3", "pydoc_data"}
    modules = [
        path for path in library.rglob("*.py") if not skip & set(path.relative_to(library).parts)
    ]
    roots = [
        site / name for name in ("numpy", "scipy", "sklearn", "networkx", "sympy", "hypothesis")
    ]
    modules += [
        path for root in roots for path in root.rglob("*.py") if not skip & set(path.parts[-4:])
    ]
    for path in sorted(modules):
        base = library if path.is_relative_to(library) and site not in path.parents else site
        group = path.relative_to(base).parts[0].removesuffix(".py")
        for text in _long_docstrings(path):
            yield ProseText("docstring", group, text[:MOST])


def _long_docstrings(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef) and (text := ast.get_docstring(node, False)):
            plain = [part for part in cleandoc(text).split("\n\n") if _is_prose(part)]
            if len(plain) >= 3:
                yield cleandoc(text)


def _is_prose(paragraph: str) -> bool:
    """A paragraph of twenty words and more that is mostly letters and is not indented."""
    letters = sum(each.isalpha() or each == " " for each in paragraph)
    return (
        not paragraph.startswith((" ", ">", "-", "*", ":", "."))
        and len(paragraph.split()) >= 20
        and letters > 0.85 * len(paragraph)
    )
