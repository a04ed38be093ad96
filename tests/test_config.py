from __future__ import annotations

import pytest
from pydantic import Field

from hornbook.config import SCALES, Settings, override, parse_override, scaled, settings_from
from hornbook.errors import ConfigError


class Inner(Settings):
    trees: int = Field(10, ge=1, le=100)
    rows: int = Field(100, ge=5, json_schema_extra=SCALES)


class Outer(Settings):
    inner: Inner = Inner()
    named: dict[str, Inner] = Field(default_factory=dict)
    rate: float = 0.5


def test_an_unknown_key_is_refused_with_the_nearest_right_one() -> None:
    """A misspelt key names its place and what was probably meant."""
    with pytest.raises(
        ConfigError, match=r"recipe: unknown key `inner.treees` \(did you mean `inner.trees`\?\)"
    ):
        settings_from(Outer, {"inner": {"treees": 3}}, "recipe")


def test_an_unknown_key_in_a_named_table_is_found_too() -> None:
    """Tables of tables are walked to find the nearest key."""
    with pytest.raises(ConfigError, match=r"`named.a.tree` \(did you mean `named.a.trees`"):
        settings_from(Outer, {"named": {"a": {"tree": 3}}}, "recipe")


def test_every_fault_is_told_at_once() -> None:
    """Two mistakes make one message."""
    with pytest.raises(ConfigError, match=r"inner.trees.*; .*rate"):
        settings_from(Outer, {"inner": {"trees": 0}, "rate": "fast"}, "recipe")


@pytest.mark.parametrize("value", ["3", 3.5, True, None, [3]])
def test_a_wrong_type_is_not_bent_into_the_right_one(value: object) -> None:
    """A string is no number, not even one that looks like it."""
    with pytest.raises(ConfigError, match="inner.trees"):
        settings_from(Outer, {"inner": {"trees": value}}, "recipe")


def test_a_value_out_of_range_names_the_bound() -> None:
    with pytest.raises(
        ConfigError, match=r"`inner.trees`: input should be less than or equal to 100, not 101"
    ):
        settings_from(Outer, {"inner": {"trees": 101}}, "recipe")


def test_overrides_reach_into_tables_and_leave_the_original_alone() -> None:
    table = {"inner": {"trees": 1}}
    assert override(table, ["inner.trees=7", "rate=0.25"]) == {"inner": {"trees": 7}, "rate": 0.25}
    assert table == {"inner": {"trees": 1}}


@pytest.mark.parametrize("text", ["trees", "=3", "a..b=1"])
def test_an_override_without_key_or_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="room.key=value"):
        parse_override(text)


def test_an_override_into_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="is a value, not a table"):
        override({"rate": 0.5}, ["rate.x=1"])


def test_scale_multiplies_marked_counts_only_and_keeps_minima() -> None:
    small = scaled(Outer(named={"a": Inner(rows=40)}), 0.1)
    assert (small.inner.trees, small.inner.rows, small.named["a"].rows) == (10, 10, 5)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Outer().rate = 1.0  # type: ignore[misc]
