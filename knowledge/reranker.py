"""How well a sentence answers a question, the two read together; which sentences are read is left to the search.

A cross-encoder (Nogueira and Cho 2019) tells a sentence that answers from one that only sounds like the question, which
vectors made apart cannot. `finetune.reranker` teaches it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from knowledge.embedding import alike, processor_dtype
from knowledge.errors import RerankerUnavailable

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

PACKAGED = Path(__file__).parent / "packaged" / "reranker.safetensors"
"""What makes a reranker of all-MiniLM-L6-v2, taught by this project's own code."""
LONGEST = 112
"""Tokens of a question and a sentence that are read."""
DOWN, UP = ".down", ".up"
"""The two low-rank factors of what a matrix of the encoder was changed by, after its name."""
HEAD = "head."


class Reranker(Protocol):
    """Anything that reads a question and sentences together."""

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a sentence: the log-odds that it answers, against that nothing does.

        Raises:
            RerankerUnavailable: they cannot be read.
        """


class CrossEncoder:
    """A sentence encoder that was taught to read two texts together, loaded at its first use."""

    def __init__(self, folder: Path, changes: Path = PACKAGED) -> None:
        """Args: the sentence encoder's folder, and what it was changed by."""
        self._folder = folder
        self._changes = changes
        self._lock = threading.Lock()

    @cached_property
    def _loaded(self) -> tuple[Any, Any, Any]:
        model, tokenizer, head = encoder(self._folder)
        become(model, head, self._changes)
        return model.to(processor_dtype()).train(False), tokenizer, head

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a sentence, of shape (sentences,).

        Raises:
            RerankerUnavailable: the weights cannot be read.
        """
        import numpy as np
        import torch

        found = np.zeros(len(sentences), np.float32)
        with self._lock, torch.inference_mode():
            for batch in alike(sentences):
                pairs = [(question, sentences[at]) for at in batch]
                found[batch] = pair_scores(*self._loaded, pairs).numpy()
        return found


def encoder(folder: Path) -> tuple[Any, Any, Any]:
    """Read a sentence encoder; return it with its tokenizer and a new head that makes one score of its mean state.

    Raises:
        RerankerUnavailable: it cannot be read.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except Exception as error:  # transformers raises what it likes
        raise RerankerUnavailable(f"The encoder cannot be read from {folder} ({error}).") from error
    return model, tokenizer, torch.nn.Linear(model.config.hidden_size, 1)


def pair_scores(model: Any, tokenizer: Any, head: Any, pairs: Sequence[tuple[str, str]]) -> torch.Tensor:
    """Return the score of each question with its sentence, of shape (pairs,)."""
    questions, sentences = zip(*pairs, strict=True)
    read = tokenizer(
        list(questions), list(sentences), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
    )
    states = model(**read).last_hidden_state
    mask = read["attention_mask"][..., None].to(states.dtype)
    means = (states * mask).sum(dim=1) / mask.sum(dim=1)
    scores: torch.Tensor = head(means.float()).squeeze(-1)
    return scores


def become(model: Any, head: Any, file: Path) -> None:
    """Make an encoder and its head what another was taught to be; raises RerankerUnavailable."""
    from safetensors.torch import load_file

    try:
        changes = load_file(file)
        changed(model, changes)
        head.load_state_dict({name: changes[HEAD + name].float() for name in ("weight", "bias")})
    except Exception as error:  # safetensors and torch each raise what they like
        raise RerankerUnavailable(f"The reranker cannot be read from {file} ({error}).") from error


def changed(model: Any, changes: Mapping[str, torch.Tensor]) -> None:
    """Add to an encoder's weights what they were changed by; what has no factors is added as it is."""
    import torch

    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for name, value in changes.items():
            if name.endswith(DOWN):
                matrix = name.removesuffix(DOWN)
                parameters[matrix] += changes[matrix + UP].float() @ value.float()
            elif not name.startswith(HEAD) and not name.endswith(UP):
                parameters[name] += value.float()
