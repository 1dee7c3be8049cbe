"""Texts in, log-probabilities out: what their words say, whatever their order; `finetune.words` fits it.

Words tell what a language model and an encoder of this size have hardly met: brands, parts, trades. Parts of words
reach into German compounds and through slips of a keyboard or a scanner.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS_FILE = "words.safetensors"
"""Its name in a router version's folder; a version of before has none."""
DIMENSION = 2**14
"""Words are counted in so many places, and parts of words in as many more."""
PART = 5
"""Letters of a part of a word."""
LONGEST = 2000
"""Characters of a text that are read."""


def counts(texts: Sequence[str]) -> Any:
    """Count words and parts of words; returns a sparse matrix of shape (texts, 2 * DIMENSION)."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    told: dict[str, Any] = {"strip_accents": "unicode", "n_features": DIMENSION, "alternate_sign": False, "norm": None}
    words = HashingVectorizer(token_pattern=r"(?u)\b[^\W\d_]{2,}\b", **told)
    parts = HashingVectorizer(analyzer="char_wb", ngram_range=(PART, PART), **told)
    plain = [text[:LONGEST].replace("_", " ") for text in texts]
    return hstack([words.transform(plain), parts.transform(plain)]).tocsr()


def weighed(found: Any, rarity: NDArray[np.float32]) -> Any:
    """Return counts as unit vectors in which a rare word says more than a common one; as sparse as they came."""
    from sklearn.preprocessing import normalize

    known = found.astype(np.float32)
    known.data = (1 + np.log(known.data)) * rarity[known.indices]
    return normalize(known, copy=False)


@dataclass(frozen=True)
class WordHead:
    """The weights of a multinomial logistic regression on a text's words."""

    labels: tuple[str, ...]
    """One a row of `weight`; `none` is among them."""
    weight: NDArray[np.float32]
    """Of shape (labels, 2 * DIMENSION)."""
    bias: NDArray[np.float32]
    """Of shape (labels,)."""
    rarity: NDArray[np.float32]
    """How much each word says, of shape (2 * DIMENSION,)."""

    def __post_init__(self) -> None:
        shape = (len(self.labels), 2 * DIMENSION)
        if NONE not in self.labels or self.weight.shape != shape or self.bias.shape != shape[:1]:
            raise ValueError("its weights do not fit its labels")
        if self.rarity.shape != shape[1:] or not (np.isfinite(self.weight).all() and np.isfinite(self.bias).all()):
            raise ValueError("its weights make no probabilities")

    def log_probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return what the words say of every label, of shape (texts, labels)."""
        from scipy.special import log_softmax

        logits = weighed(counts(texts), self.rarity) @ self.weight.T + self.bias
        return np.asarray(log_softmax(np.asarray(logits, np.float64), axis=1))

    def save(self, path: Path) -> None:
        """Write it into a file, in half precision; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        tensors: dict[str, NDArray[Any]] = {
            "weight": np.ascontiguousarray(self.weight.astype(np.float16)),
            "bias": self.bias,
            "rarity": self.rarity.astype(np.float16),
        }
        try:
            save_file(tensors, path, {"labels": json.dumps(self.labels)})
        except (OSError, SafetensorError) as error:
            raise RouterUnavailable(f"What hears words cannot be written into {path} ({error}).") from error

    @classmethod
    def load(cls, path: Path) -> WordHead:
        """Read it from a file; raises RouterUnavailable."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as file:
                labels = json.loads(file.metadata()["labels"])
                tensors = {name: file.get_tensor(name).astype(np.float32) for name in ("weight", "bias", "rarity")}
            return cls(tuple(labels), **tensors)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise RouterUnavailable(f"What hears words is damaged: {path} ({error}).") from error


def words_in(folder: Path) -> WordHead | None:
    """Return what hears words in a router version's folder; None where it was trained before there was such a thing.

    Raises:
        RouterUnavailable: it cannot be read.
    """
    path = folder / WORDS_FILE
    return WordHead.load(path) if path.exists() else None
