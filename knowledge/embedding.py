"""Text to vectors: the Embedder protocol and its sentence-transformers implementation."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


TOGETHER = 32
"""Texts that are read in one pass."""
MAKING_WAY = 0.001
"""Seconds between two passes: a lock that is taken again at once is never had by whoever waits for it."""


class Embedder(Protocol):
    """Anything that turns texts into unit vectors of one length."""

    @property
    def name(self) -> str:
        """What made the vectors; an index made under another name is rebuilt."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, as an array of shape (len(texts), dimension)."""


class SentenceEmbedder:
    """A sentence-transformers model from a local folder, loaded at its first use."""

    def __init__(self, folder: Path, name: str) -> None:
        """Args: the model's folder; `name`, which changes whenever the vectors would."""
        self._folder = folder
        self._name = name
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What made the vectors."""
        return self._name

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # a bar for a quarter of a second, in the middle of a command's output
        model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        return model.to(processor_dtype())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text; texts beyond the model's window (256 tokens) are read up to there.

        A question that comes while many notes are read has its turn between two groups of them.
        """
        import numpy as np

        with self._lock:
            dimension = self._model.get_embedding_dimension()
        vectors = np.zeros((len(texts), dimension), np.float32)
        for number, group in enumerate(alike(texts)):
            if number:
                time.sleep(MAKING_WAY)
            with self._lock:
                vectors[group] = self._model.encode(
                    [texts[at] for at in group], batch_size=TOGETHER, show_progress_bar=False
                )
        # Again, in float32: a vector of bfloat16 has the length of one only to within half a hundredth.
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        return unit


def alike(texts: Sequence[str]) -> Iterator[list[int]]:
    """Group indices of texts of like length, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(order), TOGETHER):
        yield order[start : start + TOGETHER]


def processor_dtype() -> torch.dtype:
    """Return the number format in which an encoder is quickest: bfloat16 where the processor has instructions for it.

    It takes half the time there, and a vector keeps its direction (cosine .9999), so that an index made in the other
    format stays good. oneDNN computes in it on every processor with AVX-512: without the instructions, in two to four
    times the time.
    """
    import torch

    computed = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    imitated = torch.cpu._is_avx512_supported() and not torch.cpu._is_avx512_bf16_supported()
    return torch.bfloat16 if computed and not imitated else torch.float32
