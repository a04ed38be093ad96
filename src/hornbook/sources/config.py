"""Settings of the `[sources]` table."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal

from pydantic import Field, field_validator, model_validator

from hornbook.config import SCALES, Settings
from hornbook.sources.licences import allow_list

Keep = Literal["keep", "drop"]
CODE = ("**/*.py",)


class TextFile(Settings):
    """A table of texts that the user has: JSON lines or Parquet."""

    path: str = Field(
        min_length=1, description="The file; .parquet, or JSON lines, plain, .gz or .zst."
    )
    text: str = Field("text", description="The column that holds the text.")
    collection: str | None = Field(None, description="A column to group by; else the file's name.")


class StackSource(Settings):
    """The Stack, v1.2, deduplicated or not: `data/LANGUAGE/*.parquet`."""

    path: str = Field(min_length=1, description="Its folder, or OWNER/NAME[@REVISION] on the hub.")
    languages: tuple[str, ...] = Field(
        ("python",), description="Folders below `data` that are read; none named: all."
    )


class WebSource(Settings):
    """Pages or books that others have collected, in one of the usual layouts."""

    path: str = Field(
        min_length=1, description="A file, a folder, or OWNER/NAME[@REVISION] on the hub."
    )
    layout: Literal["fineweb", "refinedweb", "datatrove", "dolma"] = Field(
        description="What its columns are called."
    )
    files: tuple[str, ...] = Field(
        ("**/*.parquet", "**/*.jsonl*", "**/*.json.gz"), description="Which files of a folder."
    )
    attribute: str | None = Field(
        None,
        pattern=r"^[^/]+/.+$",
        description="For dolma, TAGGER/NAME of an attribute beside the documents to select by.",
    )
    at_least: float = Field(0.5, description="What the attribute's highest score has to be.")

    @field_validator("files")
    @classmethod
    def _patterns(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        return patterns(globs)

    @model_validator(mode="after")
    def _dolma(self) -> WebSource:
        if self.attribute is not None and self.layout != "dolma":
            raise ValueError("only dolma has attributes beside its documents")
        return self


class DumpSource(Settings):
    """A Stack Exchange data dump: questions with their accepted answers."""

    path: str = Field(min_length=1, description="A site's Posts.xml, or the .7z file it is in.")
    tags: tuple[str, ...] = Field(
        (), description="Questions with one of these tags are taken; none named: all."
    )


class GitSource(Settings):
    """A git repository on this machine. Its hooks and settings are never looked at."""

    path: str = Field(min_length=1, description="A clone, or a bare repository.")
    revision: str = Field(
        "HEAD", pattern=r"^[A-Za-z0-9][\w./-]*$", description="A branch, a tag or a commit."
    )
    globs: tuple[str, ...] = Field(CODE, description="Which files of the revision.")

    @field_validator("globs")
    @classmethod
    def _patterns(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        return patterns(globs)


def patterns(globs: tuple[str, ...]) -> tuple[str, ...]:
    """`globs`, if each chooses files below a folder; raises `ValueError` else."""
    for glob in globs:
        parts = PurePath(glob).parts
        if not parts or PurePath(glob).is_absolute():
            raise ValueError(f"`{glob}` is no pattern below a folder, like **/*.py")
        if any("**" in part and part != "**" for part in parts):
            raise ValueError(f"`{glob}`: ** stands alone between slashes, as in **/*.py")
    return globs


class SourcesSettings(Settings):
    """What is read, what is refused, and how much of it is taken."""

    pypi: str | None = Field(
        None, description="A list of pinned wheels: `teacher` (ours), or a .toml file like it."
    )
    python: bool = Field(False, description="The standard library of the running interpreter.")
    python_excluded: tuple[str, ...] = Field(
        ("test", "tests", "idle_test"),
        description="Folders of the standard library that are left out.",
    )
    folders: tuple[str, ...] = Field((), description="Folders whose files are read.")
    folder_globs: tuple[str, ...] = Field(CODE, description="Which files of a folder.")
    files: tuple[TextFile, ...] = Field((), description="JSON lines or Parquet tables of texts.")
    stack: tuple[StackSource, ...] = Field((), description="The Stack: code from repositories.")
    web: tuple[WebSource, ...] = Field((), description="FineWeb, RefinedWeb, datatrove, dolma.")
    stack_exchange: tuple[DumpSource, ...] = Field(
        (), description="Dumps of questions and answers."
    )
    git: tuple[GitSource, ...] = Field((), description="Git repositories on this machine.")

    piece_bytes: int = Field(
        16_000_000,
        ge=1_000,
        le=1 << 30,
        description="Text that a worker holds at a time: memory grows with it, results stay.",
    )
    sample_bytes: int | None = Field(
        None,
        ge=20_000,
        description="Characters of text taken, whole documents in a seeded order; not set: all.",
        json_schema_extra=SCALES,
    )
    held_out_documents: int = Field(
        150,
        ge=10,
        description="Documents kept for bits per byte, a fifth of all at most.",
        json_schema_extra=SCALES,
    )
    licences: tuple[str, ...] = Field(
        (),
        description="SPDX names that are let through, or `permissive` for all that ask for a"
        " notice at most; none named: no restriction.",
    )
    generated: Keep = Field("keep", description="Files that a program wrote.")
    vendored: Keep = Field("keep", description="Copies of other projects' files.")
    mask: bool = Field(False, description="Secrets and personal data are masked.")
    min_characters: int = Field(150, ge=0, description="Shorter documents are dropped.")
    max_bytes: int = Field(400_000, ge=1_000, description="Larger documents are dropped.")
    max_line: int = Field(5_000, ge=100, description="A longer line marks data, not text.")
    max_depth: int = Field(500, ge=10, description="Deeper nested brackets are dropped.")
    max_members: int = Field(50_000, ge=1, description="Files in one archive.")
    max_archive_bytes: int = Field(
        400_000_000, ge=1_000, description="Bytes read from one archive."
    )
    max_ratio: float = Field(200.0, ge=2, description="Unpacked over packed size of one file.")
    max_wanted_bytes: int = Field(
        16_000_000, ge=1_000, description="Size of a file that an annotation refers to."
    )
    near_duplicates: float = Field(
        0.8,
        ge=0.5,
        le=1,
        description="Estimated Jaccard similarity from which texts are duplicates.",
    )

    @field_validator("folder_globs")
    @classmethod
    def _patterns(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        return patterns(globs)

    @field_validator("licences")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        allow_list(names)
        return names

    @model_validator(mode="after")
    def _something(self) -> SourcesSettings:
        named = (self.pypi, self.python, self.folders, self.files)
        if not any((*named, self.stack, self.web, self.stack_exchange, self.git)):
            raise ValueError(
                "no source: set pypi, python, folders, files, stack, web, stack_exchange or git"
            )
        return self
