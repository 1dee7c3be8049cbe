"""In which number format a model is quickest on this machine; what is read in it is left to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def processor_dtype() -> torch.dtype:
    """Return bfloat16 where the processor has instructions for it, else float32."""
    import torch

    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32


def best_dtype() -> torch.dtype:
    """Return the format for a model that goes to a graphics card where there is one."""
    import torch

    return torch.bfloat16 if torch.cuda.is_available() else processor_dtype()
