"""Many questions behind one shared prefix, in a single row that a causal language model reads in one pass.

Each question stands at the positions right after the prefix and sees the prefix and itself alone, so that the outcome
is that of one prompt a question, while the prefix is read once. The same layout serves training and answering.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Packed:
    """One row of questions, with who may see whom."""

    ids: torch.Tensor
    """Token ids of shape (1, length)."""
    positions: torch.Tensor
    """Of shape (1, length)."""
    mask: torch.Tensor
    """Added to the attention scores, of shape (1, 1, length, seen): 0 or the lowest number of `dtype`."""
    ends: torch.Tensor
    """Where each question's last token stands, of shape (questions,)."""


def pack(prefix: Sequence[int], questions: Sequence[Sequence[int]], dtype: torch.dtype, cached: bool = False) -> Packed:
    """Lay questions out behind one prefix.

    Args:
        prefix: the token ids that all share.
        questions: each question's own token ids; none may be empty.
        dtype: of the mask, the model's own.
        cached: whether the prefix has been read before, so that the row holds the questions alone.
    """
    import torch

    head = len(prefix)
    lengths = torch.tensor([len(question) for question in questions])
    own = torch.tensor([token for question in questions for token in question], dtype=torch.long)
    owner = torch.repeat_interleave(torch.arange(len(questions)), lengths)
    starts = torch.cumsum(lengths, 0) - lengths
    place = torch.arange(len(own)) - starts[owner]
    # A question's token sees the whole prefix, and of the questions its own up to itself.
    sees = (owner[:, None] == owner[None, :]) & (place[:, None] >= place[None, :])
    sees = torch.cat([torch.ones(len(own), head, dtype=torch.bool), sees], dim=1)
    ids, positions = own, place + head
    if not cached:
        causal = torch.ones(head, head, dtype=torch.bool).tril()
        above = torch.cat([causal, torch.zeros(head, len(own), dtype=torch.bool)], dim=1)
        sees = torch.cat([above, sees])
        ids = torch.cat([torch.tensor(list(prefix), dtype=torch.long), own])
        positions = torch.cat([torch.arange(head), positions])
    mask = torch.zeros(sees.shape, dtype=dtype).masked_fill(~sees, torch.finfo(dtype).min)
    offset = 0 if cached else head
    return Packed(ids[None], positions[None], mask[None, None], starts + lengths - 1 + offset)
