"""Our own trained models as embedders: `run:RUN:ARM`, beside those that the embed room knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.embed import Embedder, embedder_for, same_vectors
from hornbook.embed.spec import Spec
from hornbook.embed.states import USUAL, Pooling
from hornbook.embed.transformers_embedder import clean
from hornbook.errors import ConfigError
from hornbook.quality import QualitySettings
from hornbook.quality.vectors import Maker, is_model
from hornbook.recipes.named import named_arm
from hornbook.storage import digest, file_digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hornbook.model.transformer import Phi
    from hornbook.tokens import Tokenizer

    Floats = NDArray[np.float32]

KIND = "run"


def embedders_of(runs: Path = Path("runs")) -> Maker:
    """What makes embedders by their names, those of runs in the folder `runs` too."""
    return partial(_embedder, runs)


def _embedder(runs: Path, name: str) -> Embedder:
    if not name.startswith(f"{KIND}:"):
        return embedder_for(name)
    made = RunEmbedder(Spec.read(name), runs)
    if "#" in name and not same_vectors(made.name, name):
        raise ConfigError(
            f"embedder `{name}`: the run's model is another one now; fit the filter again"
        )
    return made


def models_at_hand(settings: QualitySettings) -> dict[str, str]:
    """What enters the quality stage besides the run: models in folders here, and other runs'."""
    make, found = embedders_of(), {}
    for name in dict.fromkeys(pair[0] for pair in settings.candidates):
        if name.startswith(f"{KIND}:") or (is_model(name) and Path(Spec.read(name).model).is_dir()):
            found[f"embedder {name}"] = make(name).name
    return found


class RunEmbedder:
    """The last hidden states of a run's model, pooled as those of other models are."""

    def __init__(self, spec: Spec, runs: Path) -> None:
        named = named_arm(spec.model, runs)
        self._model_folder = named.model
        self._tokenizer_file = named.run / "tokens" / "tokenizer.json"
        self._shape = named.recipe.model
        usual = {key: value for key, value in USUAL.items() if key != "layers"}
        self._spec = spec.filled({**usual, "tokens": str(self._shape.context)})
        self._spec.number("tokens", 1, self._shape.context)
        self._pooling = Pooling.of(self._spec)

    def __getstate__(self) -> dict[str, Any]:
        """Without the model: a worker reads it itself."""
        return {key: value for key, value in self.__dict__.items() if key != "_parts"}

    @cached_property
    def name(self) -> str:
        files = (self._model_folder / "model.safetensors", self._tokenizer_file)
        if missing := [path for path in files if not path.is_file()]:
            raise ConfigError(
                f"embedder `{self._spec}`: {missing[0]} is missing; train the arm first"
            )
        sha256 = digest([file_digest(path) for path in files])[:16]
        return str(replace(self._spec, sha256=sha256))

    @property
    def dimension(self) -> int:
        return self._shape.hidden

    def embed(self, texts: Sequence[str]) -> Floats:
        """One vector a text, [texts, dimension]."""
        return self._pooling.vectors(texts, self._ids, self._states, self.dimension)

    def _ids(self, text: str) -> Sequence[int]:
        tokenizer, _ = self._parts
        return tokenizer.encode(clean(text))

    def _states(self, windows: list[list[int]]) -> Floats:
        import torch

        with torch.inference_mode():
            found: Floats = self._parts[1].hidden(torch.tensor(windows)).numpy()
        return found

    @cached_property
    def _parts(self) -> tuple[Tokenizer, Phi]:
        from hornbook.model.weights import load_model
        from hornbook.tokens import Tokenizer

        return Tokenizer.load(self._tokenizer_file), load_model(self._model_folder).eval()
