"""Sentence-transformers and model2vec, where they are installed: they pool for themselves.

Each text is asked alone, for these libraries sort and fill up a batch, and that changes last bits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from hornbook.embed.folder import folder_digest, model_folder
from hornbook.embed.spec import Spec
from hornbook.embed.threads import one_torch_thread
from hornbook.embed.transformers_embedder import clean, device_of
from hornbook.errors import ConfigError, SourceError
from hornbook.hub import first_line

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


class _ReadyMade:
    """A model that another library reads when the first text comes."""

    usual: ClassVar[Mapping[str, str]]

    def __init__(self, spec: Spec) -> None:
        self._spec = spec.filled(self.usual)
        self._tokens = self._spec.number("tokens", 0, 1_000_000)

    def __getstate__(self) -> dict[str, Any]:
        """Without the model: a worker reads it itself."""
        return {
            key: value for key, value in self.__dict__.items() if key not in ("_model", "_folder")
        }

    @cached_property
    def name(self) -> str:
        return str(replace(self._spec, sha256=folder_digest(self._folder)))

    @property
    def dimension(self) -> int:
        return int(self._width())

    def embed(self, texts: Sequence[str]) -> Floats:
        """One vector a text, [texts, dimension]."""
        import numpy as np

        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._one(clean(text))
        return vectors

    @cached_property
    def _folder(self) -> Path:
        return model_folder(self._spec.model)

    @cached_property
    def _model(self) -> Any:
        try:
            return self._read(self._folder)
        except ImportError as error:
            raise ConfigError(
                f"{self._spec.kind}:MODEL needs the package {self._spec.kind} ({error}):"
                ' pip install "hornbook[embedders]"'
            ) from error
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise SourceError(f"{self._spec.model}: {first_line(error)}") from error

    def _read(self, folder: Path) -> Any:
        raise NotImplementedError

    def _width(self) -> int:
        raise NotImplementedError

    def _one(self, text: str) -> Any:
        raise NotImplementedError


class SentenceEmbedder(_ReadyMade):
    """A model of sentence-transformers. `tokens` 0: as many as the model takes."""

    usual = {"tokens": "0", "device": "cpu"}  # noqa: RUF012

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self._spec.word("device", "cpu", "cuda")

    def _read(self, folder: Path) -> Any:
        from sentence_transformers import SentenceTransformer

        _no_programs(folder)
        model = SentenceTransformer(
            str(folder),
            device=device_of(self._spec),
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
        if self._tokens:
            model.max_seq_length = self._tokens
        return model

    def _width(self) -> int:
        return int(self._model.get_embedding_dimension())

    def _one(self, text: str) -> Any:
        if not text.strip() and not self._model.tokenizer(text)["input_ids"]:
            return 0.0  # the library can't run over no token at all
        with one_torch_thread():
            return self._model.encode([text], batch_size=1, show_progress_bar=False)[0]


class Model2VecEmbedder(_ReadyMade):
    """A table of token vectors: a text's is their mean. `tokens` 0: all of them."""

    usual = {"tokens": "0"}  # noqa: RUF012

    def _read(self, folder: Path) -> Any:
        from model2vec import StaticModel

        return StaticModel.from_pretrained(
            folder, max_length=self._tokens or None, force_download=False
        )

    def _width(self) -> int:
        return int(self._model.dim)

    def _one(self, text: str) -> Any:
        return self._model.encode([text], use_multiprocessing=False)[0]


def _no_programs(folder: Path) -> None:
    """Refuse a model whose parts lie in files that could run: each part has safetensors, or none."""
    listed = folder / "modules.json"
    parts = json.loads(listed.read_text(encoding="utf-8")) if listed.is_file() else []
    for part in [str(each.get("path", "")) for each in parts]:
        place = (folder / part).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise SourceError(f"{listed}: `{part}` lies outside the model")
        weights = (place / "pytorch_model.bin").is_file()
        if weights and not (place / "model.safetensors").is_file():
            raise SourceError(
                f"{place}: its weights are in pytorch_model.bin, a file that can run programs, and is"
                " never read; save the model again with safetensors"
            )
