"""The far side of `interchange.py`, run where TransformerLens is installed and hornbook is not.

    python interchange_lens.py FOLDER IDS OUT

Loads the exported FOLDER twice, as TransformerLens' own transformer (with its conversion of phi
weights) and as its bridge over the transformers library, reads the ids of IDS and writes logits and
every residual-stream activation of both to OUT.
"""

from __future__ import annotations

import os
import sys

os.environ.update(
    HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_OFFLINE="1", WANDB_MODE="disabled", DO_NOT_TRACK="1"
)

import torch
from safetensors.torch import load_file, save_file
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions.phi import convert_phi_weights
from transformers import AutoModelForCausalLM


def own_transformer(folder: str) -> HookedTransformer:
    """TransformerLens' settings for phi, from the export's configuration instead of the hub's."""
    model = AutoModelForCausalLM.from_pretrained(folder)
    about = model.config
    size = about.hidden_size // about.num_attention_heads
    config = HookedTransformerConfig(
        d_model=about.hidden_size,
        d_head=size,
        n_heads=about.num_attention_heads,
        d_mlp=about.intermediate_size,
        n_layers=about.num_hidden_layers,
        n_ctx=about.max_position_embeddings,
        eps=about.layer_norm_eps,
        d_vocab=about.vocab_size,
        act_fn=about.hidden_act,
        normalization_type="LN",
        positional_embedding_type="rotary",
        rotary_base=about.rope_parameters["rope_theta"],
        rotary_dim=round(about.rope_parameters["partial_rotary_factor"] * size),
        use_attn_scale=True,
        parallel_attn_mlp=True,
        default_prepend_bos=False,
        device="cpu",
    )
    lens = HookedTransformer(config)
    lens.load_and_process_state_dict(
        convert_phi_weights(model, config),
        fold_ln=False,
        center_writing_weights=False,
        center_unembed=False,
        fold_value_biases=False,
    )
    return lens


def seen(lens: torch.nn.Module, ids_BT: torch.Tensor, layers: int, who: str) -> dict:
    """Logits and the residual stream before and after every block."""
    with torch.inference_mode():
        logits, cache = lens.run_with_cache(ids_BT, prepend_bos=False)
    names = [f"blocks.{i}.hook_resid_{end}" for i in range(layers) for end in ("pre", "post")]
    found = {f"{who}/logits": logits, **{f"{who}/{name}": cache[name] for name in names}}
    return {name: tensor.clone().contiguous() for name, tensor in found.items()}


def main() -> None:
    folder, ids, out = sys.argv[1:]
    ids_BT = load_file(ids)["ids"]
    lens = own_transformer(folder)
    found = seen(lens, ids_BT, lens.cfg.n_layers, "own")
    from transformer_lens.model_bridge import TransformerBridge

    bridge = TransformerBridge.boot_transformers(folder, device="cpu")
    found.update(seen(bridge, ids_BT, lens.cfg.n_layers, "bridge"))
    save_file(found, out)


if __name__ == "__main__":
    main()
