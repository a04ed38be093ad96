"""The public code benchmarks this version knows: file, checksum, size, licence."""

from __future__ import annotations

from dataclasses import dataclass

from hornbook.errors import ConfigError


@dataclass(frozen=True)
class Entry:
    """One benchmark, and the file its authors published it in."""

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
        name="humanevalplus",
        title="HumanEval+ 0.1.10",
        paths=("humanevalplus/HumanEvalPlus.jsonl.gz", "HumanEvalPlus.jsonl.gz"),
        sha256="272720b90ac375502c8ed23cd791c2a93dfb22a911641a494da74a426c09f101",
        rows=164,
        problems=164,
        licence="Apache-2.0, prompts MIT",
        source="evalplus/humanevalplus_release: HumanEvalPlus.jsonl.gz, v0.1.10",
    ),
    Entry(
        name="humanevalplus-mini",
        title="HumanEval+ Mini 0.1.10",
        paths=("humanevalplus/HumanEvalPlus-Mini.jsonl.gz", "HumanEvalPlus-Mini.jsonl.gz"),
        sha256="91486741f1627101021fbe50523df08eebb5b0bf5e804b633dcd5ca3c14dbd2f",
        rows=164,
        problems=164,
        licence="Apache-2.0, prompts MIT",
        source="evalplus/humanevalplus_release: HumanEvalPlus-Mini.jsonl.gz, v0.1.10",
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
    Entry(
        name="mbpp-all",
        title="MBPP (all splits, ids 1-974)",
        paths=("mbpp/mbpp.jsonl", "mbpp.jsonl"),
        sha256="ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f",
        rows=974,
        problems=974,
        licence="CC BY 4.0",
        source="google-research/google-research: mbpp/mbpp.jsonl",
    ),
    Entry(
        name="mbpp-sanitized",
        title="MBPP sanitized",
        paths=("mbpp/sanitized-mbpp.json", "sanitized-mbpp.json"),
        sha256="7fec016546acaee11dbe14f9f0bb670e59f41919f7b522a59fba34871da78551",
        rows=427,
        problems=427,
        licence="CC BY 4.0",
        source="google-research/google-research: mbpp/sanitized-mbpp.json",
    ),
    Entry(
        name="mbppplus",
        title="MBPP+ 0.2.0",
        paths=("mbppplus/MbppPlus.jsonl.gz", "MbppPlus.jsonl.gz"),
        sha256="af43697e8791c4c149bdfd6b489d8b5412507551ac20e28a439f650b8225db63",
        rows=378,
        problems=378,
        licence="Apache-2.0, prompts CC BY 4.0",
        source="evalplus/mbppplus_release: MbppPlus.jsonl.gz, v0.2.0",
    ),
)


def entry(name: str) -> Entry:
    for candidate in CATALOGUE:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in CATALOGUE)
    raise ConfigError(f"unknown benchmark `{name}` (known: {known})")
