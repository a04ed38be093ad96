"""Facts about lists of pinned wheels."""

from __future__ import annotations

from pathlib import Path

import pytest

from hornbook.errors import ConfigError, SourceError
from hornbook.sources.pins import load_pins, tags_of

GOOD = '[[wheel]]\nname = "demo"\nversion = "1.0"\nfile = "demo-1.0-py3-none-any.whl"\n'
HASH = f'sha256 = "{"0" * 64}"\n'


def test_our_own_list_pins_wheels_by_version_and_hash() -> None:
    """Thirty distributions, one wheel each, that any machine can read."""
    pins = load_pins("teacher")
    assert len(pins) == len({pin.name for pin in pins}) == len({pin.sha256 for pin in pins}) == 30
    assert all(pin.file.endswith(".whl") and len(pin.sha256) == 64 for pin in pins)
    assert all(tags_of(pin.file).python for pin in pins)


def test_a_list_of_ones_own_is_read_in_its_order(tmp_path: Path) -> None:
    """A file of the same form is as good as ours; an sdist may be named in it."""
    path = tmp_path / "mine.toml"
    other = GOOD.replace("demo-1.0-py3-none-any.whl", "other-1.0.tar.gz").replace(
        '"demo"', '"other"'
    )
    path.write_text(GOOD + HASH + other + HASH)
    assert [(pin.name, pin.version, pin.file) for pin in load_pins(str(path))] == [
        ("demo", "1.0", "demo-1.0-py3-none-any.whl"),
        ("other", "1.0", "other-1.0.tar.gz"),
    ]


def test_a_list_that_is_missing_or_no_toml_is_a_clear_error(tmp_path: Path) -> None:
    """The error names the file, and the lists that there are."""
    path = tmp_path / "mine.toml"
    with pytest.raises(SourceError, match=rf"no list of wheels `{path}` \(ours: teacher\)"):
        load_pins(str(path))
    path.write_text("[[wheel")
    with pytest.raises(SourceError, match=r"mine\.toml: not valid TOML"):
        load_pins(str(path))
    path.write_bytes(b"name = '\xff'")
    with pytest.raises(SourceError, match=r"mine\.toml: not UTF-8"):
        load_pins(str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`wheel` is missing"),
        ("wheel = []\n", "at least 1 item"),
        (GOOD, r"`wheel\.0\.sha256` is missing"),
        (GOOD + 'sha256 = "abc"\n', r"`wheel\.0\.sha256`: string should match"),
        (GOOD + HASH + "hash = 1\n", r"unknown key `wheel\.0\.hash`"),
        (GOOD.replace("demo-1.0-py3-none-any.whl", "../demo.whl") + HASH, r"`wheel\.0\.file`"),
        (GOOD.replace("demo-1.0-py3-none-any.whl", "demo.whl") + HASH, "a wheel is called"),
        (GOOD.replace('"demo"', '"--index-url"') + HASH, r"`wheel\.0\.name`"),
        (GOOD.replace('"1.0"', '"1.0 --pre"') + HASH, r"`wheel\.0\.version`"),
    ],
)
def test_what_is_no_pin_is_refused_by_name(text: str, message: str, tmp_path: Path) -> None:
    """A pin without a hash, or one that would be read as an option of pip, never gets that far."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        load_pins(str(path))


def test_tags_are_those_of_the_files_name() -> None:
    """Dashes in a name and a build number do not confuse them."""
    tags = tags_of("my_name-1.0-1-cp311-abi3-win_amd64.whl")
    assert (tags.python, tags.abi, tags.platforms) == ("cp311", "abi3", ("win_amd64",))
