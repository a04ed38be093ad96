"""The public code benchmarks this version knows: file, checksum, size, licence."""

from __future__ import annotations

from dataclasses import dataclass

from hornbook.errors import ConfigError


@dataclass(frozen=True)
class Entry:
    """One benchmark file as its authors published it."""

    name: str
    title: str
    paths: tuple[str, ...]
    """Where the file may lie below a benchmark folder, the likeliest first."""
    sha256: str
    rows: int
    """Rows in the file."""
    problems: int
    """Problems that are scored."""
    licence: str
    source: str


CATALOGUE = (
    Entry(
        name="humaneval",
        title="HumanEval",
        paths=("humaneval/HumanEval.jsonl.gz", "HumanEval.jsonl.gz"),
        sha256="b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
        rows=164,
        problems=164,
        licence="MIT",
        source="openai/human-eval: data/HumanEval.jsonl.gz",
    ),
    Entry(
        name="mbpp",
        title="MBPP (test split, ids 11-510)",
        paths=("mbpp/mbpp.jsonl", "mbpp.jsonl"),
        sha256="ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
        rows=974,
        problems=500,
        licence="CC BY 4.0",
        source="google-research/google-research: mbpp/mbpp.jsonl",
    ),
)


def entry(name: str) -> Entry:
    for candidate in CATALOGUE:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in CATALOGUE)
    raise ConfigError(f"unknown benchmark `{name}` (known: {known})")
