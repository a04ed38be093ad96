"""Which number format the forward and backward pass use."""

from __future__ import annotations

import torch


def compute_type(precision: str) -> torch.dtype:
    """float32 or bfloat16; `auto` asks the processor.

    On a processor without bfloat16 instructions it is emulated and slower than float32.
    """
    if precision == "auto":
        return torch.bfloat16 if _has_bfloat16() else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


def _has_bfloat16() -> bool:
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, lambda: False)()) for probe in probes)
