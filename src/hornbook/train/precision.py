"""Which number format the forward and backward pass use, and the scale that float16 needs."""

from __future__ import annotations

import torch

from hornbook.errors import HornbookError

FIRST_SCALE = 2.0**16
PATIENCE = 2000
"""Steps without an overflow after which the scale is doubled."""


def compute_type(precision: str) -> torch.dtype:
    """float32, bfloat16 or float16; `auto` asks the processor.

    On a processor without bfloat16 instructions it is emulated and slower than float32.
    """
    if precision == "auto":
        return torch.bfloat16 if _has_bfloat16() else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}[
        precision
    ]


def _has_bfloat16() -> bool:
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, lambda: False)()) for probe in probes)


class LossScale:
    """By how much the loss is multiplied so that float16 gradients do not vanish.

    An overflow halves it and the step is left out; a long time without one doubles it. For other
    formats it stays 1.

    >>> scale = LossScale(torch.float16)
    >>> scale.overflowed(); scale.value
    32768.0
    >>> LossScale(torch.bfloat16).value
    1.0
    """

    def __init__(self, compute: torch.dtype) -> None:
        self.needed = compute == torch.float16
        self.value = FIRST_SCALE if self.needed else 1.0
        self.quiet_steps = 0

    def overflowed(self) -> None:
        """Raises `HornbookError` where there is nothing left to halve."""
        self.value, self.quiet_steps = self.value / 2, 0
        if self.value < 1:
            raise HornbookError(
                "float16 gradients overflow at every scale; lower learning_rate, or use"
                " --set train.phases.PHASE.precision=bfloat16"
            )

    def fine(self) -> None:
        self.quiet_steps += 1
        if self.needed and self.quiet_steps >= PATIENCE:
            self.value, self.quiet_steps = self.value * 2, 0

    def state(self) -> dict[str, float]:
        return {"value": self.value, "quiet_steps": self.quiet_steps}

    def restore(self, state: dict[str, float]) -> None:
        self.value, self.quiet_steps = state["value"], int(state["quiet_steps"])
