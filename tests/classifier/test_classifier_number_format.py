"""The number format in which models are read, on the very processor that the test runs on."""

import platform
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from classifier import number_format
from knowledge import embedding


@pytest.mark.parametrize("processor_dtype", [number_format.processor_dtype, embedding.processor_dtype])
def test_models_are_read_in_bfloat16_only_where_the_processor_has_instructions_for_it(
    processor_dtype: Callable[[], torch.dtype],
) -> None:
    told = Path("/proc/cpuinfo")
    if platform.machine() != "x86_64" or not told.is_file():
        assert processor_dtype() in (torch.bfloat16, torch.float32)
        return
    instructions = next(line.split() for line in told.read_text().splitlines() if line.startswith("flags"))
    if "avx512f" in instructions:
        assert (processor_dtype() is torch.bfloat16) is ("avx512_bf16" in instructions)
    elif "avx2" in instructions and "avx_ne_convert" not in instructions:
        assert processor_dtype() is torch.float32
