"""10,000 documents of code and prose that every machine of the same Python has."""

from __future__ import annotations

import ast
import gzip
import json
import random
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

LONGEST = 600
"""Characters of a document at most: ten thousand of them are read within seconds."""

EDGE_CASES = (
    "", " ", "\t", "\n", "\r\n", "\r", "    x", " x", "x ", "def f():\n    return 1",
    *(" " * n for n in (2, 3, 30, 31, 32, 33, 62, 63, 70)), *("\t" * n for n in (2, 8, 9, 10, 18, 19)),
    " " * 70 + "x", "\t" * 12 + "x", "a\t\tb", "a \t b", "\t  \t  x", "  \r\n\t\tx\r\n\r\n  ", "x\n\n\n   \n",
    "\u00a0\u2003\u3000x", "na\u00efve caf\u00e9", "e\u0301", "\u4f60\u597d\u3002", "\U0001f40d\U0001f469\u200d\U0001f680", "\ufeff\x00\x07\x7f",
    "<|endoftext|>", "a<|endoftext|>b", "  <|endoftext|>  ", "<|endoftext", "I'll they'RE don't 'tis",
    "1234567890 12.5e-3", "\u0663\u0664 \u00bd \u2167", "_ __init__ ___", "\u2028\u2029\x85\x0b\x0c", "a" * 300, "ab " * 200,
)  # fmt: skip


@cache
def documents() -> tuple[str, ...]:
    """8,000 pieces of the standard library's sources, 1,500 docstrings, 500 pieces of licences."""
    wanted = ((8000, _sources()), (1500, _docstrings()), (500, _licences()))
    found = [_some(count, texts) for count, texts in wanted]
    if [len(each) for each in found] != [count for count, _ in wanted]:
        raise AssertionError(f"too few documents are at hand: {[len(each) for each in found]}")
    return tuple(text for each in found for text in each)


def _some(count: int, texts: Iterator[str]) -> list[str]:
    """The first pieces, each once."""
    pieces: dict[str, None] = {}
    for text in texts:
        for first in range(0, len(text), LONGEST):
            pieces[text[first : first + LONGEST]] = None
            if len(pieces) == count:
                return list(pieces)
    return list(pieces)


def _sources() -> Iterator[str]:
    library = Path(sysconfig.get_paths()["stdlib"])
    paths = sorted(path for path in library.rglob("*.py") if "site-packages" not in path.parts)
    random.Random(1).shuffle(paths)
    for path in paths:
        with suppress(ValueError):  # a test of encodings
            yield path.read_bytes().decode("utf-8")


def _docstrings() -> Iterator[str]:
    for text in _sources():
        with suppress(SyntaxError, RecursionError):  # a test of the parser
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                    found = ast.get_docstring(node)
                    if found and len(found) > 80:
                        yield found


def _licences() -> Iterator[str]:
    packages = Path(sysconfig.get_paths()["purelib"])
    for path in sorted(packages.glob("*.dist-info/**/*LICEN[CS]E*")):
        if path.is_file():
            yield path.read_bytes().decode("utf-8", "replace")


def texts_of(folder: Path, limit: int = 4000) -> list[str]:
    """Texts of the JSON lines in a folder: prompts, solutions, questions, textbooks."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.jsonl*")):
        data = path.read_bytes()
        lines = (gzip.decompress(data) if path.suffix == ".gz" else data).splitlines()
        rows = (json.loads(line) for line in lines[:200])
        found += [v[:LONGEST] for row in rows for v in row.values() if isinstance(v, str)]
    return found[:limit]
