"""Every family, in a fixed order."""

from __future__ import annotations

from hornbook.synthesis.workbook import (
    conversion,
    dates,
    dictionaries,
    games,
    grids,
    lists,
    numbers,
    parsing,
    recursion,
    sequences,
    sets,
    strings,
)
from hornbook.synthesis.workbook.family import Family

ROOMS = (
    lists,
    sequences,
    strings,
    numbers,
    dictionaries,
    grids,
    recursion,
    dates,
    parsing,
    conversion,
    sets,
    games,
)
FAMILIES: tuple[Family, ...] = tuple(family for room in ROOMS for family in room.TOPIC.families)


def known() -> list[Family]:
    """Families that are trained on; some of their instances are held out."""
    return [family for family in FAMILIES if family.known]


def unknown() -> list[Family]:
    """Families that are never trained on."""
    return [family for family in FAMILIES if not family.known]
