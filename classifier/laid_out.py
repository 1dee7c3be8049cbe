"""A language model's weights laid out for answering, once it is trained: quicker to read, and smaller in memory."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_ROWS = 24
"""Tokens of a question, as a hint of what oneDNN should lay weights out for."""
_TOKENS = 4096
"""Rows of a table of embeddings that are compared at once."""


def lay_out(body: Any) -> None:
    """Lay a model's linear weights out once as oneDNN reads them, instead of anew for each question.

    The outcome is the same but for rounding, in two thirds of the time. It is what torch.compile's freezing does; these
    operations are torch's own, private ones, so where they are missing or fit nothing, all stays as it is.
    """
    import torch

    if not hasattr(torch.ops.mkldnn, "_reorder_linear_weight"):
        return

    class Laid(torch.nn.Module):
        def __init__(self, linear: torch.nn.Linear) -> None:
            super().__init__()
            self.laid = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), _ROWS)
            self.bias = linear.bias

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, self.laid, self.bias, "none", [], "")
            return y

    for module in body.modules():
        for name, child in list(module.named_children()):
            plain = type(child) is torch.nn.Linear and child.weight.device.type == "cpu"
            if plain and child.weight.dtype in (torch.bfloat16, torch.float32):
                try:
                    laid = Laid(child)
                    laid(child.weight.new_zeros(1, child.in_features))
                except RuntimeError:  # this processor's oneDNN has no such operation
                    return
                setattr(module, name, laid)


def halve_embeddings(body: Any) -> None:
    """Keep a model's input embeddings in half of float32's memory, where they lose nothing by it.

    They are looked up, and not multiplied with, so that bfloat16 costs no time on a processor that is slow in it.
    """
    import torch

    whole = body.get_input_embeddings().weight.detach()
    # In parts, since the table is large, and a whole copy of it would be the most that is ever in memory.
    if whole.dtype != torch.float32 or not all(
        torch.equal(part.bfloat16().float(), part) for part in whole.split(4096)
    ):
        return
    half = whole.bfloat16()

    class Halved(torch.nn.Module):
        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.embedding(ids, half).float()

    body.set_input_embeddings(Halved())


def give_memory_back() -> None:
    """Hand what was freed back to the system, which the C library else keeps for itself."""
    import ctypes

    with contextlib.suppress(OSError, AttributeError):  # only Linux has it
        ctypes.CDLL("libc.so.6").malloc_trim(0)
