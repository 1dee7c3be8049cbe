"""The sentence encoder with an adapter that sets the categories apart; `finetune.encoder` trains it.

The search goes on using the encoder as it was published: tuned vectors tell categories apart, not notes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import RouterUnavailable
from classifier.number_format import processor_dtype

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

ENCODER = "encoder"
"""The folder of the adapter within a router version."""
LONGEST = 128
"""Tokens of a question that are read."""
TOGETHER = 32
"""Questions that are read in one pass."""


def load_encoder(folder: Path, adapter: Path | None = None) -> tuple[Any, Any]:
    """Read a sentence encoder and its tokenizer, with an adapter merged into it where one is given.

    Args:
        folder: of a BERT-like model whose vectors are the means of its last states.
        adapter: the folder of a LoRA adapter that peft wrote for it.

    Raises:
        RouterUnavailable: something is missing, damaged, or does not fit together.
    """
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        if adapter is not None:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, adapter, use_safetensors=True).merge_and_unload()
    except Exception as error:  # transformers, peft and safetensors each raise what they like
        what = f"{folder} with {adapter}" if adapter else f"{folder}"
        raise RouterUnavailable(f"The router's encoder cannot be read from {what} ({error}).") from error
    model.requires_grad_(False)
    return model.train(False), tokenizer


def vectors(model: Any, tokenizer: Any, texts: Sequence[str]) -> torch.Tensor:
    """Return unit vectors of shape (texts, dimension): the mean of the last states of each text's tokens."""
    import torch

    read = tokenizer(list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt")
    states = model(**read).last_hidden_state.float()
    mask = read["attention_mask"][..., None].to(states.dtype)
    means = (states * mask).sum(dim=1) / mask.sum(dim=1)
    return torch.nn.functional.normalize(means, dim=-1)


class TunedEncoder:
    """Texts to vectors in which the categories lie apart."""

    def __init__(self, folder: Path, adapter: Path | None = None) -> None:
        """Args: as of `load_encoder`, which raises RouterUnavailable."""
        model, self._tokenizer = load_encoder(folder, adapter)
        self._model = model.to(processor_dtype())

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit vectors of shape (texts, dimension)."""
        import torch

        found = np.zeros((len(texts), self._model.config.hidden_size), np.float32)
        with torch.inference_mode():
            for batch in _batches(texts):
                found[batch] = vectors(self._model, self._tokenizer, [texts[at] for at in batch]).numpy()
        return found


def _batches(texts: Sequence[str]) -> Iterator[list[int]]:
    """Group indices of texts of like length, so that little is padded."""
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
    for start in range(0, len(order), TOGETHER):
        yield order[start : start + TOGETHER]
