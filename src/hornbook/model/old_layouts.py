"""The two layouts in which the phi checkpoints were first released, and today's.

| | mixformer-sequential | phi-msft | phi (ours as well) |
|---|---|---|---|
| embedding | layers.0.wte | transformer.embd.wte | model.embed_tokens |
| block i | layers.{i + 1} | transformer.h.{i} | model.layers.{i} |
| its norm | ln | ln | input_layernorm |
| attention | mixer.Wqkv, mixer.out_proj | the same | self_attn.{q,k,v}_proj, self_attn.dense |
| last norm | layers.{n + 1}.ln | lm_head.ln | model.final_layernorm |
| head | layers.{n + 1}.linear | lm_head.linear | lm_head |

Rows of `Wqkv` are all of q, then all of k, then all of v, each by heads; so each of the three is a
slice. Both old layouts rotate halves, as ours does.
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from hornbook.errors import SourceError

MIXFORMER, MSFT, PHI = "mixformer-sequential", "phi-msft", "phi"
OLD = (MIXFORMER, MSFT)
_PARTS = {
    "ln": "input_layernorm",
    "mixer.out_proj": "self_attn.dense",
    "mlp.fc1": "mlp.fc1",
    "mlp.fc2": "mlp.fc2",
}
_THIRDS = ("q_proj", "k_proj", "v_proj")


def renamed(tensors: dict[str, Tensor], layout: str, layers: int, where: Path) -> dict[str, Tensor]:
    """An old checkpoint's tensors under today's names; `Wqkv` is cut in three.

    Raises `SourceError` for a tensor that the layout does not have or whose rows aren't thirds.
    """
    outer, blocks = _outer(layout, layers), _blocks(layout, layers)
    found: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if ".rotary_emb." in name:
            continue  # a table some versions kept; it follows from the shape
        module, _, kind = name.rpartition(".")
        if module in outer:
            found[f"{outer[module]}.{kind}"] = tensor
            continue
        block = next((b for b in blocks if module.startswith(f"{b}.")), "")
        part = module.removeprefix(f"{block}.")
        if block and part == "mixer.Wqkv":
            found.update(_thirds(f"{blocks[block]}.self_attn", kind, tensor, f"{where}: `{name}`"))
        elif block and part in _PARTS:
            found[f"{blocks[block]}.{_PARTS[part]}.{kind}"] = tensor
        else:
            raise SourceError(f"{where}: `{name}` is no tensor of the {layout} layout")
    return found


def _outer(layout: str, layers: int) -> dict[str, str]:
    """Modules outside the blocks: old name to new."""
    embedding, head = (
        ("layers.0.wte", f"layers.{layers + 1}")
        if layout == MIXFORMER
        else ("transformer.embd.wte", "lm_head")
    )
    return {
        embedding: "model.embed_tokens",
        f"{head}.ln": "model.final_layernorm",
        f"{head}.linear": "lm_head",
    }


def _blocks(layout: str, layers: int) -> dict[str, str]:
    """Blocks: old name to new.

    >>> _blocks("mixformer-sequential", 2)
    {'layers.1': 'model.layers.0', 'layers.2': 'model.layers.1'}
    """
    old = "layers.{}" if layout == MIXFORMER else "transformer.h.{}"
    first = 1 if layout == MIXFORMER else 0
    return {old.format(i + first): f"model.layers.{i}" for i in range(layers)}


def _thirds(module: str, kind: str, tensor: Tensor, what: str) -> dict[str, Tensor]:
    if tensor.shape[0] % 3:
        raise SourceError(f"{what} has {tensor.shape[0]} rows, which are not q, k and v")
    parts = tensor.chunk(3)
    return {f"{module}.{name}.{kind}": part for name, part in zip(_THIRDS, parts, strict=True)}
