"""In which number format a model is quickest on this machine; what is read in it is left to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def processor_dtype() -> torch.dtype:
    """Return bfloat16 where the processor has instructions for it, else float32.

    oneDNN computes in it on every processor with AVX-512: without the instructions, in two to four times the time.
    """
    import torch

    computed = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    imitated = torch.cpu._is_avx512_supported() and not torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if computed and not imitated else torch.float32


def best_dtype() -> torch.dtype:
    """Return the format for a model that goes to a graphics card where there is one."""
    import torch

    return torch.bfloat16 if torch.cuda.is_available() else processor_dtype()
