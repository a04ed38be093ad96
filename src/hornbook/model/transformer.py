"""The transformer of phi-1 and phi-1.5, whole (phi-1 2.3; CodeGen's parallel block).

Every block has one LayerNorm that attention and MLP share and read side by side; both are added
to the residual. Half of each head's dimensions rotate (NeoX halves). Parameters carry the names
of transformers' PhiForCausalLM, so that weights are exchanged by copying.

Legend of tensor names: B sequences, T positions, S positions that can be looked at (cache and
new), D hidden, H heads, K head size, R rotary dimensions, V vocabulary.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from hornbook.model.cache import Past
from hornbook.model.config import ModelSettings

NORM_EPS = 1e-5
ROTARY_BASE = 10_000.0
INIT_STD = 0.02
PLAIN_ATTENTION = 512
"""Up to this length training on a processor attends by plain products."""


def rotary_table(settings: ModelSettings) -> tuple[Tensor, Tensor]:
    """cos and sin, [context, R], in float32; the first half of sin is negated (see `rotate`)."""
    steps = torch.arange(0, settings.rotary, 2, dtype=torch.float32) / settings.rotary
    angles_TR = torch.outer(
        torch.arange(settings.context, dtype=torch.float32), ROTARY_BASE**-steps
    )
    cos, sin = angles_TR.cos(), angles_TR.sin()
    return torch.cat([cos, cos], dim=-1), torch.cat([-sin, sin], dim=-1)


def rotate(x_BHTK: Tensor, cos_TR: Tensor, sin_TR: Tensor) -> Tensor:
    """Turn the first R dimensions of each head; dimension i pairs with i + R/2."""
    size = cos_TR.shape[-1]
    turning, still = x_BHTK[..., :size], x_BHTK[..., size:]
    first, second = turning.chunk(2, dim=-1)
    # The table carries the sign of (-second, first), which saves a pass over the tensor.
    turned = turning * cos_TR + torch.cat([second, first], dim=-1) * sin_TR
    return torch.cat([turned, still], dim=-1)


def attend(
    q_BHTK: Tensor, k_BHSK: Tensor, v_BHSK: Tensor, mask: Tensor | None, dropout: float
) -> Tensor:
    """softmax(q k / sqrt(K)) v, [B, H, T, K]: causal without a mask, else where `mask` is True."""
    length = q_BHTK.shape[2]
    plain = torch.is_grad_enabled() and not dropout and q_BHTK.device.type == "cpu"
    if plain and length <= PLAIN_ATTENTION:
        # On a processor the fused kernel's backward pass is slower than plain products.
        scores_BHTS = torch.matmul(q_BHTK * q_BHTK.shape[-1] ** -0.5, k_BHSK.transpose(-1, -2))
        if mask is None:
            scores_BHTS = scores_BHTS + torch.full_like(scores_BHTS[0, 0], -torch.inf).triu(1)
        else:
            scores_BHTS = scores_BHTS.masked_fill(~mask, -torch.inf)
        return torch.matmul(torch.softmax(scores_BHTS, dim=-1), v_BHSK)
    return functional.scaled_dot_product_attention(
        q_BHTK, k_BHSK, v_BHSK, attn_mask=mask, dropout_p=dropout, is_causal=mask is None
    )


def within_documents(documents_BT: Tensor) -> Tensor:
    """Who may look at whom where no document sees another: bool [B, 1, T, T]."""
    same_BTT = documents_BT[:, :, None] == documents_BT[:, None, :]
    return same_BTT.tril()[:, None]


class Attention(nn.Module):
    def __init__(self, settings: ModelSettings, layer: int) -> None:
        super().__init__()
        self.heads, self.size, self.layer = settings.heads, settings.head_size, layer
        width = settings.hidden
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width)
        self.v_proj = nn.Linear(width, width)
        self.dense = nn.Linear(width, width)

    def forward(
        self,
        x_BTD: Tensor,
        rotary: tuple[Tensor, Tensor],
        mask: Tensor | None,
        past: Past | None,
        dropout: float,
    ) -> Tensor:
        batch, length, width = x_BTD.shape
        q, k, v = (
            projection(x_BTD).view(batch, length, self.heads, self.size).transpose(1, 2)
            for projection in (self.q_proj, self.k_proj, self.v_proj)
        )
        q, k = rotate(q, *rotary), rotate(k, *rotary)
        if past is not None:
            k, v = past.cache.extend(self.layer, past.start, k, v)
        out_BHTK = attend(q, k, v, mask, dropout)
        out: Tensor = self.dense(out_BHTK.transpose(1, 2).reshape(batch, length, width))
        return out


class MLP(nn.Module):
    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        self.fc1 = nn.Linear(settings.hidden, settings.inner)
        self.fc2 = nn.Linear(settings.inner, settings.hidden)

    def forward(self, x_BTD: Tensor) -> Tensor:
        out: Tensor = self.fc2(functional.gelu(self.fc1(x_BTD), approximate="tanh"))
        return out


class Block(nn.Module):
    def __init__(self, settings: ModelSettings, layer: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.self_attn = Attention(settings, layer)
        self.mlp = MLP(settings)
        self.input_layernorm = nn.LayerNorm(settings.hidden, eps=NORM_EPS)

    def forward(
        self, x_BTD: Tensor, rotary: tuple[Tensor, Tensor], mask: Tensor | None, past: Past | None
    ) -> Tensor:
        rate = self.dropout if self.training else 0.0
        normed = self.input_layernorm(x_BTD)
        attention = self.self_attn(normed, rotary, mask, past, rate)
        mlp = self.mlp(normed)
        if rate:
            attention, mlp = functional.dropout(attention, rate), functional.dropout(mlp, rate)
        # In 16 bits the two small terms are added first, or their sum loses its last digits twice.
        out: Tensor = attention + mlp + x_BTD
        return out


class Decoder(nn.Module):
    def __init__(self, settings: ModelSettings, dropout: float) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(settings.vocab_size, settings.hidden)
        self.layers = nn.ModuleList(Block(settings, i, dropout) for i in range(settings.layers))
        self.final_layernorm = nn.LayerNorm(settings.hidden, eps=NORM_EPS)


class Phi(nn.Module):
    """Token ids [B, T] to logits [B, T, V].

    `dropout` acts on attention and on what each block adds to the residual, as in phi-1 2.3.
    """

    cos: Tensor
    sin: Tensor

    def __init__(self, settings: ModelSettings, dropout: float = 0.0) -> None:
        super().__init__()
        self.settings = settings
        self.model = Decoder(settings, dropout)
        self.lm_head = nn.Linear(settings.hidden, settings.vocab_size)
        cos, sin = rotary_table(settings)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def initialise(self, seed: int) -> Phi:
        """Weights from N(0, 0.02), biases 0, norms 1, drawn from `seed` in the parameters' order."""
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if parameter.dim() == 2:
                    parameter.normal_(0.0, INIT_STD, generator=random)
                else:
                    parameter.fill_(1.0 if "layernorm.weight" in name else 0.0)
        return self

    def hidden(
        self, ids_BT: Tensor, past: Past | None = None, documents_BT: Tensor | None = None
    ) -> Tensor:
        """The last layer's normed states, [B, T, D]: what the head reads.

        With `documents_BT`, which numbers the document of each position, no document sees another.
        Positions are not begun anew: rotary attention depends on distances alone.
        """
        length = ids_BT.shape[1]
        x_BTD = self.model.embed_tokens(ids_BT)
        if past is None:
            rotary = (self.cos[:length].to(x_BTD.dtype), self.sin[:length].to(x_BTD.dtype))
            mask = None if documents_BT is None else within_documents(documents_BT)
        else:
            at = past.positions(length)
            rotary = (self.cos[at][:, None].to(x_BTD.dtype), self.sin[at][:, None].to(x_BTD.dtype))
            mask = past.mask(length)
        for block in self.model.layers:
            x_BTD = block(x_BTD, rotary, mask, past)
        out: Tensor = self.model.final_layernorm(x_BTD)
        return out

    def forward(
        self, ids_BT: Tensor, past: Past | None = None, documents_BT: Tensor | None = None
    ) -> Tensor:
        out: Tensor = self.lm_head(self.hidden(ids_BT, past, documents_BT))
        return out
