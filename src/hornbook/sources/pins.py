"""Lists of pinned wheels: one file a distribution, whatever machine reads the list."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import Field, field_validator

from hornbook.config import Settings, settings_from
from hornbook.errors import SourceError

BUILT_IN = ("teacher",)


class Pin(Settings):
    """A distribution, and the one file of it that is read."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="The distribution's name."
    )
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+!-]*$", description="Its version.")
    file: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._+!-]*$", description="The wheel's file name."
    )
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="What the file must be.")
    bytes: int = Field(0, ge=0, description="Its size, for the plan.")

    @field_validator("file")
    @classmethod
    def _tagged(cls, file: str) -> str:
        if file.endswith(".whl") and file.count("-") < 4:
            raise ValueError("a wheel is called name-version-python-abi-platform.whl")
        return file


class _Pins(Settings):
    wheel: tuple[Pin, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Tags:
    """The host a wheel was built for, from its file name."""

    python: str
    abi: str
    platforms: tuple[str, ...]


def load_pins(name: str) -> list[Pin]:
    """The list called `name`, or in the file `name`."""
    if name in BUILT_IN:
        text = (files("hornbook.sources") / "pins" / f"{name}.toml").read_text(encoding="utf-8")
    else:
        path = Path(name)
        if not path.is_file():
            raise SourceError(
                f"sources.pypi: no list of wheels `{name}` (ours: {', '.join(BUILT_IN)})"
            )
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise SourceError(f"sources.pypi: {name}: not UTF-8 ({error})") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"sources.pypi: {name}: not valid TOML ({error})") from error
    return list(settings_from(_Pins, table, f"list of wheels {name}").wheel)


def tags_of(file: str) -> Tags:
    """
    >>> tags_of("demo-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl").platforms
    ('manylinux_2_17_x86_64', 'manylinux2014_x86_64')
    """
    _, python, abi, platform = file.removesuffix(".whl").rsplit("-", 3)
    return Tags(python, abi, tuple(platform.split(".")))
