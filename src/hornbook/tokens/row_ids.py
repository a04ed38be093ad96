"""The ids of rows as 32 bytes."""

from __future__ import annotations

import hashlib
import re

WIDTH = 32
_SHA256 = re.compile(r"[0-9a-f]{64}")


def row_key(row_id: str) -> bytes:
    """The bytes that stand for a row: its sha256, or that of an id that is none.

    >>> row_key("0f" * 32)[:2].hex(), len(row_key("a-name")), row_key("") == bytes(32)
    ('0f0f', 32, True)
    """
    if _SHA256.fullmatch(row_id):
        return bytes.fromhex(row_id)
    return (
        hashlib.sha256(row_id.encode("utf-8", "surrogatepass")).digest() if row_id else bytes(WIDTH)
    )
