"""Settings of the `[sources]` table."""

from __future__ import annotations

from pathlib import PurePath

from pydantic import Field, field_validator, model_validator

from hornbook.config import SCALES, Settings


class TextFile(Settings):
    """A table of texts that the user has: JSON lines or Parquet."""

    path: str = Field(min_length=1, description="The file; .parquet, or JSON lines.")
    text: str = Field("text", description="The column that holds the text.")
    collection: str | None = Field(None, description="A column to group by; else the file's name.")


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
    folder_globs: tuple[str, ...] = Field(("**/*.py",), description="Which files of a folder.")
    files: tuple[TextFile, ...] = Field((), description="JSON lines or Parquet tables of texts.")

    sample_bytes: int = Field(
        25_000_000,
        ge=20_000,
        description="Characters of text taken: whole documents in a seeded order.",
        json_schema_extra=SCALES,
    )
    held_out_documents: int = Field(
        150,
        ge=10,
        description="Documents kept for bits per byte, a fifth of all at most.",
        json_schema_extra=SCALES,
    )
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
        for glob in globs:
            parts = PurePath(glob).parts
            if not parts or PurePath(glob).is_absolute():
                raise ValueError(f"`{glob}` is no pattern below a folder, like **/*.py")
            if any("**" in part and part != "**" for part in parts):
                raise ValueError(f"`{glob}`: ** stands alone between slashes, as in **/*.py")
        return globs

    @model_validator(mode="after")
    def _something(self) -> SourcesSettings:
        if not (self.pypi or self.python or self.folders or self.files):
            raise ValueError("no source: set pypi, python, folders or files")
        return self
