"""Text to vectors: the Embedder protocol and its sentence-transformers implementation."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray


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
        """Return one unit vector a text; texts beyond the model's window (256 tokens) are read up to there."""
        import numpy as np

        with self._lock:
            found = self._model.encode(list(texts), batch_size=32, show_progress_bar=False)
            dimension = self._model.get_embedding_dimension()
        # Of no texts, the model gives an array without a second axis.
        vectors = np.asarray(found, dtype=np.float32).reshape(len(texts), dimension)
        # Again, in float32: a vector of bfloat16 has the length of one only to within half a hundredth.
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
        return unit


def processor_dtype() -> torch.dtype:
    """Return the number format in which an encoder is quickest: bfloat16 where the processor has instructions for it.

    It takes half the time there, and a vector keeps its direction (cosine .9999), so that an index made in the other
    format stays good.
    """
    import torch

    return torch.bfloat16 if torch.ops.mkldnn._is_mkldnn_bf16_supported() else torch.float32
