"""Pre-norm transformer blocks, shared by encoders, predictor and decoder.

Shapes: B batch, L tokens (queries), M tokens (keys), H heads, D width. Masks are True where attention is allowed.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

ROTARY_BASE = 1000.0
"""Questions are a few hundred tokens long; 10,000 would leave half of the dimensions nearly still."""


def rotate(x_BHLd: Tensor) -> Tensor:
    """Rotary position embedding (RoFormer, arXiv:2104.09864) on the last dimension, which must be even."""
    L, d = x_BHLd.shape[-2:]
    frequency = torch.pow(ROTARY_BASE, -torch.arange(0, d, 2, device=x_BHLd.device) / d)
    angle = torch.arange(L, device=x_BHLd.device)[:, None] * frequency
    if x_BHLd.device.type == "cpu":
        # One complex product is quicker than six real ones; elsewhere they are fused by the compiler, which knows none.
        pairs = torch.view_as_complex(x_BHLd.float().unflatten(-1, (d // 2, 2)))
        turned = pairs * torch.complex(angle.cos(), angle.sin())
        return torch.view_as_real(turned).flatten(-2).to(x_BHLd.dtype)
    cos, sin = angle.cos().to(x_BHLd.dtype), angle.sin().to(x_BHLd.dtype)
    even, odd = x_BHLd[..., 0::2], x_BHLd[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)


def attend(q_BHLd: Tensor, k_BHMd: Tensor, v_BHMd: Tensor, mask: Tensor | None, *, causal: bool) -> Tensor:
    """Scaled dot-product attention, [B, H, L, d]; on a CPU in float32, whatever the rest computes in.

    The CPU's attention kernel takes six times as long backwards in bfloat16 as in float32 (docs/lab-book.md, entry 29).
    """
    if q_BHLd.device.type != "cpu":
        return F.scaled_dot_product_attention(q_BHLd, k_BHMd, v_BHMd, attn_mask=mask, is_causal=causal)
    with torch.autocast("cpu", enabled=False):
        q, k, v = q_BHLd.float(), k_BHMd.float(), v_BHMd.float()
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)


FIRST_SHARE = 0.1
"""Of what a fresh block would add to its input: blocks that begin near the identity learn faster (docs/lab-book.md)."""


class Past:
    """Keys and values of the positions that a causal block has already read, [B, H, M, d] each."""

    def __init__(self) -> None:
        self._key_value: tuple[Tensor, Tensor] | None = None

    def extend(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Appends new positions; gives back all."""
        if self._key_value is not None:
            k, v = (torch.cat(pair, dim=2) for pair in zip(self._key_value, (k, v), strict=True))
        self._key_value = (k, v)
        return k, v


class Attention(nn.Module):
    """Multi-head attention from x to a memory (x itself for self-attention).

    With `normed`, queries and keys have unit variance (arXiv:2010.04245), so that no head can freeze early.
    """

    normed = False

    def __init__(self, width: int, heads: int, *, rotary: bool = False) -> None:
        super().__init__()
        assert width % (2 * heads) == 0, f"width {width} is not a multiple of twice {heads} heads"
        self.heads, self.rotary = heads, rotary
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(
        self,
        x_BLD: Tensor,
        memory_BMD: Tensor,
        mask: Tensor | None,
        *,
        causal: bool = False,
        past: Past | None = None,
    ) -> Tensor:
        """Returns [B, L, D]. `mask` broadcasts to [B, H, L, M]. `past` is looked at too, and grows by the memory."""
        B, L, D = x_BLD.shape
        M = memory_BMD.shape[1]
        q = self.query(x_BLD).view(B, L, self.heads, -1).transpose(1, 2)
        kv = self.key_value(memory_BMD).view(B, M, 2, self.heads, -1)
        k, v = kv[:, :, 0].transpose(1, 2), kv[:, :, 1].transpose(1, 2)
        if self.normed:
            q, k = (F.rms_norm(part, part.shape[-1:]) for part in (q, k))
        if self.rotary:
            q, k = rotate(q), rotate(k)
        if past is not None:
            k, v = past.extend(k, v)
        y = attend(q, k, v, mask, causal=causal)
        return self.out(y.transpose(1, 2).reshape(B, L, D))


class Block(nn.Module):
    """Self-attention, optional cross-attention to a memory, and a feed-forward part, each with a residual."""

    def __init__(
        self, width: int, heads: int, *, cross: bool = False, rotary: bool = False, expansion: int = 4
    ) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(width)
        self.attend_self = Attention(width, heads, rotary=rotary)
        self.norm_cross = nn.LayerNorm(width) if cross else None
        self.attend_cross = Attention(width, heads) if cross else None
        self.norm_feed = nn.LayerNorm(width)
        self.widen = nn.Linear(width, expansion * width)
        self.narrow = nn.Linear(expansion * width, width)

    def forward(
        self,
        x_BLD: Tensor,
        mask: Tensor | None = None,
        *,
        memory_BMD: Tensor | None = None,
        memory_mask: Tensor | None = None,
        causal: bool = False,
        past: Past | None = None,
    ) -> Tensor:
        """Returns [B, L, D]."""
        h = self.norm_self(x_BLD)
        x_BLD = x_BLD + self.attend_self(h, h, mask, causal=causal, past=past)
        if self.attend_cross is not None and self.norm_cross is not None:
            assert memory_BMD is not None, "a block with cross-attention needs a memory"
            x_BLD = x_BLD + self.attend_cross(self.norm_cross(x_BLD), memory_BMD, memory_mask)
        return x_BLD + self.narrow(F.relu(self.widen(self.norm_feed(x_BLD))))


def ready_for(module: nn.Module, device: str, *, compiled: bool = False) -> None:
    """Moves a module to a device and sets what makes it quick there.

    Args:
        module: a student's network.
        device: as torch names it.
        compiled: whether its blocks are compiled, for any length of their input; on a CPU there is nothing to win.
    """
    module.to(device)
    if not device.startswith("cuda"):
        return
    # cuDNN plans its attention anew for each shape, and batches cut by length come in hundreds of shapes.
    torch.backends.cuda.enable_cudnn_sdp(False)
    for part in module.modules():
        if compiled and isinstance(part, Block):
            part.compile(dynamic=True)


def init_weights(module: nn.Module) -> None:
    """Normal(0, 0.05) for embeddings; Xavier for linear maps, zero bias; blocks begin near the identity.

    Parts marked `pretrained` are left alone.
    """
    for part in _fresh_parts(module):
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
        elif isinstance(part, nn.Embedding):
            nn.init.normal_(part.weight, std=0.05)
    for part in _fresh_parts(module):
        if isinstance(part, Block):
            begin_near_identity(
                part.attend_self.out, part.narrow, *([part.attend_cross.out] if part.attend_cross else [])
            )


def begin_near_identity(*last: nn.Linear) -> None:
    """Lets the last maps of a fresh block's branches add only `FIRST_SHARE` of what they would."""
    for part in last:
        part.weight.data.mul_(FIRST_SHARE)


def norm_attention(module: nn.Module) -> None:
    """All attention within has its queries and keys normed."""
    for part in module.modules():
        if isinstance(part, Attention):
            part.normed = True


def _fresh_parts(module: nn.Module) -> Iterator[nn.Module]:
    """As `modules()`, without what is pretrained."""
    yield module
    for child in module.children():
        if not getattr(child, "pretrained", False):
            yield from _fresh_parts(child)


def normalise(slots: Tensor) -> Tensor:
    """Affine-free LayerNorm over the last dimension: the manifold on which latents live."""
    return F.layer_norm(slots, slots.shape[-1:])


def block_causal_mask(blocks: int, size: int, device: torch.device) -> Tensor:
    """[blocks*size, blocks*size], True where a position's block is not after its own."""
    index = torch.arange(blocks * size, device=device) // size
    return index[:, None] >= index[None, :]
