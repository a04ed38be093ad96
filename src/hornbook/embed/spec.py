"""An embedder of others by its name: `KIND:MODEL[@REVISION][?setting=value&...][#digest]`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hornbook.errors import ConfigError

_NAME = re.compile(
    r"(?P<kind>[a-z0-9-]+):(?P<model>[^?#]+)(?:\?(?P<more>[^#]*))?(?:#(?P<sha>\w*))?"
)


@dataclass(frozen=True)
class Spec:
    """What a name says. The digest is that of the model's files; a name of a kept filter has it.

    >>> spec = Spec.read("transformers:models/phi?pooling=last#00ff")
    >>> spec.model, spec.settings, spec.sha256
    ('models/phi', {'pooling': 'last'}, '00ff')
    >>> str(spec)
    'transformers:models/phi?pooling=last#00ff'
    """

    kind: str
    model: str
    """A folder, or OWNER/NAME on the hub, perhaps with @REVISION."""
    settings: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""

    @classmethod
    def read(cls, name: str) -> Spec:
        """Raises `ConfigError` for what is no such name."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ConfigError(f"no embedder `{name}`; one reads KIND:MODEL?setting=value")
        parts = [part.partition("=") for part in (match["more"] or "").split("&") if part]
        if wrong := [key for key, equals, _ in parts if not equals]:
            raise ConfigError(
                f"embedder `{name}`: `{wrong[0]}` has no value; write {wrong[0]}=VALUE"
            )
        settings = {key: value for key, _, value in parts}
        return cls(match["kind"], match["model"], settings, match["sha"] or "")

    def __str__(self) -> str:
        more = "&".join(f"{key}={value}" for key, value in self.settings.items())
        name = f"{self.kind}:{self.model}" + (f"?{more}" if more else "")
        return name + (f"#{self.sha256}" if self.sha256 else "")

    def filled(self, usual: Mapping[str, str]) -> Spec:
        """With every setting there is, in the order of `usual`.

        Raises `ConfigError` for a setting that this kind does not have.
        """
        if unknown := sorted(self.settings.keys() - usual.keys()):
            raise ConfigError(
                f"embedder `{self}`: no setting `{unknown[0]}`; {self.kind} has {', '.join(usual)}"
            )
        return replace(self, settings={**usual, **self.settings})

    def word(self, key: str, *allowed: str) -> str:
        """Raises `ConfigError` where the setting is none of the words."""
        if self.settings[key] not in allowed:
            raise ConfigError(
                f"embedder `{self}`: {key} is {' or '.join(allowed)}, not `{self.settings[key]}`"
            )
        return self.settings[key]

    def number(self, key: str, low: int, high: int) -> int:
        """Raises `ConfigError` where the setting is no whole number from `low` to `high`."""
        text = self.settings[key]
        if re.fullmatch(r"-?[0-9]{1,9}", text) is None or not low <= int(text) <= high:
            raise ConfigError(
                f"embedder `{self}`: {key} is a whole number from {low} to {high}, not `{text}`"
            )
        return int(text)


def same_vectors(name: str, other: str) -> bool:
    """Whether two names stand for equal vectors: one model may lie in two places.

    >>> same_vectors("model2vec:here?tokens=9#ab", "model2vec:/there?tokens=9#ab")
    True
    >>> same_vectors("model2vec:here?tokens=9#ab", "model2vec:here?tokens=9#cd")
    False
    """
    if name == other:
        return True
    matches = _NAME.fullmatch(name), _NAME.fullmatch(other)
    if matches[0] is None or matches[1] is None or not matches[0]["sha"]:
        return False
    one, two = (match.group("kind", "more", "sha") for match in matches if match)
    return one == two
