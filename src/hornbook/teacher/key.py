"""The key to an endpoint: from the environment alone, and never shown."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from urllib.parse import quote

from hornbook.errors import ConfigError

OWN, USUAL = "HORNBOOK_TEACHER_KEY", "OPENAI_API_KEY"
SHORTEST = 8
"""What is shorter is no secret but a word that servers without keys are given, such as EMPTY."""


class Key:
    """A secret, or none. What it prints as tells nothing.

    >>> key = Key("sk-0123456789")
    >>> key, key.redacted("Incorrect key: sk-0123456789")
    (Key(set), 'Incorrect key: [key]')
    """

    def __init__(self, secret: str) -> None:
        secret = secret.strip()
        if not secret.isascii() or not secret.isprintable():
            raise ConfigError("the teacher's key holds characters that no key has; copy it again")
        self._secret = secret
        # As it stands in JSON and in addresses, the longest first.
        ways = {
            secret,
            secret.replace("/", "\\/"),
            json.dumps(secret)[1:-1],
            quote(secret, safe=""),
        }
        self._ways = sorted(ways, key=len, reverse=True)

    def __repr__(self) -> str:
        return f"Key({'set' if self._secret else 'none'})"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._secret)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secret}"} if self._secret else {}

    def redacted(self, text: str) -> str:
        if len(self._secret) < SHORTEST:
            return text
        for way in self._ways:
            text = text.replace(way, "[key]")
        return text


def key_from(environment: Mapping[str, str] = os.environ) -> Key:
    """`HORNBOOK_TEACHER_KEY`, also where it is empty, for a server that wants none; else
    `OPENAI_API_KEY`."""
    return Key(environment.get(OWN, environment.get(USUAL, "")))
