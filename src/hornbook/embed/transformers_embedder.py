"""Hidden states of a model of the transformers library: phi-1's embedding, the paper's way (2.1).

phi-1 took a pretrained CodeGen model's output; any other will do, decoder or encoder, and our own
models by their export. Safetensors alone are read, and no code of a model's author is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from hornbook.embed.folder import folder_digest, model_folder
from hornbook.embed.spec import Spec
from hornbook.embed.states import USUAL, Pooling
from hornbook.errors import ConfigError, SourceError
from hornbook.hub import first_line

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

DEFAULTS = {**USUAL, "dtype": "float32", "device": "cpu"}
_UNUSED = ("pooler.", "lm_head.", "classifier.", "score.")
"""Weights that hidden states don't need."""


class TransformersEmbedder:
    """A model's hidden states, pooled. It is read when the first text comes.

    Runs on one thread of the processor, for the number of threads changes the last bits; more
    workers make it faster.
    """

    def __init__(self, spec: Spec) -> None:
        self._spec = spec.filled(DEFAULTS)
        self._pooling = Pooling.of(self._spec)
        self._spec.word("dtype", "float32", "bfloat16", "float16")
        self._spec.word("device", "cpu", "cuda")
        self._layers = _layers(self._spec)

    def __getstate__(self) -> dict[str, Any]:
        """Without the model: a worker reads it itself."""
        loaded = ("_parts", "_config", "_folder")
        return {key: value for key, value in self.__dict__.items() if key not in loaded}

    @cached_property
    def name(self) -> str:
        return str(replace(self._spec, sha256=folder_digest(self._folder)))

    @property
    def dimension(self) -> int:
        return _width(self._config) * len(self._layers)

    def embed(self, texts: Sequence[str]) -> Floats:
        """One vector a text, [texts, dimension]."""
        return self._pooling.vectors(texts, self._ids, self._states, self.dimension)

    def _ids(self, text: str) -> list[int]:
        tokenizer, _ = self._parts
        ids: list[int] = tokenizer(clean(text), verbose=False)["input_ids"]
        return ids

    def _states(self, windows: list[list[int]]) -> Floats:
        """[windows][tokens] to [windows, tokens, dimension]; the layers lie side by side."""
        import torch

        _, model = self._parts
        ids = torch.tensor(windows, device=self._spec.settings["device"])
        with torch.inference_mode():
            states = model(input_ids=ids, output_hidden_states=True).hidden_states
        chosen = torch.cat([states[layer] for layer in self._layers], dim=-1)
        found: Floats = chosen.float().cpu().numpy()
        return found

    @cached_property
    def _folder(self) -> Path:
        return model_folder(self._spec.model)

    @cached_property
    def _config(self) -> Any:
        transformers = _library()
        try:
            config = transformers.AutoConfig.from_pretrained(
                self._folder, trust_remote_code=False, local_files_only=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise SourceError(f"{self._spec.model}: {first_line(error)}") from error
        return getattr(config, "text_config", config)

    @cached_property
    def _parts(self) -> tuple[Any, Any]:
        """The tokenizer and the model."""
        import torch

        transformers = _library()
        self._check_size()
        where: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._folder, **where)
            model, told = transformers.AutoModel.from_pretrained(
                self._folder,
                use_safetensors=True,
                dtype=getattr(torch, self._spec.settings["dtype"]),
                output_loading_info=True,
                **where,
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise SourceError(f"{self._spec.model}: {first_line(error)}") from error
        missing = sorted(name for name in told["missing_keys"] if not name.startswith(_UNUSED))
        if missing:
            raise SourceError(
                f"{self._spec.model}: its weights lack `{missing[0]}`; such a model's vectors would"
                " be chance"
            )
        if getattr(self._config, "is_encoder_decoder", False):
            model = model.get_encoder()
        return tokenizer, model.to(device_of(self._spec)).eval()

    def _check_size(self) -> None:
        deepest = max(layer if layer >= 0 else -layer - 1 for layer in self._layers)
        layers = int(self._config.num_hidden_layers)
        if deepest > layers:
            raise ConfigError(
                f"embedder `{self._spec}`: the model has {layers} layers; 0 are its token vectors"
            )
        room = getattr(self._config, "max_position_embeddings", None)
        if room is not None and self._pooling.tokens > room:
            raise ConfigError(
                f"embedder `{self._spec}`: the model reads {room} tokens at most; add ?tokens={room}"
            )


def _layers(spec: Spec) -> tuple[int, ...]:
    parts = spec.settings["layers"].split(",")
    return tuple(
        replace(spec, settings={"layers": part}).number("layers", -999, 999) for part in parts
    )


def _width(config: Any) -> int:
    return int(config.hidden_size)


def clean(text: str) -> str:
    """Without unpaired surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _library() -> Any:
    try:
        import torch  # noqa: F401
        import transformers
    except ImportError as error:
        raise ConfigError(
            f"transformers:MODEL needs the extras `train` and `interchange` ({error}):"
            ' pip install "hornbook[train,interchange]"'
        ) from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def device_of(spec: Spec) -> str:
    """Raises `ConfigError` for a GPU where there is none."""
    import torch

    device = spec.settings["device"]
    if device == "cuda" and not torch.cuda.is_available():
        raise ConfigError(f"embedder `{spec}`: no GPU to be had here; leave `device` out")
    return device
