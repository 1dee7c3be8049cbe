"""Labelled texts and questions to what hears their words; `classifier.words` serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from classifier.words import WordHead, counts, weighed
from finetune.head import columns_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from finetune.examples import Example


@dataclass(frozen=True)
class WordConfig:
    """What the fit depends on, saved beside what it produced."""

    strength: float = 20.0
    """Inverse of the L2 penalty; beside the other voices the best of 5 to 160 on validation questions."""
    balanced: bool = False
    """Whether every label weighs the same, however many texts it has."""


def fit_words(
    texts: Sequence[Example],
    labels: Sequence[str],
    config: WordConfig | None = None,
    weights: NDArray[np.float64] | None = None,
) -> WordHead:
    """Fit a logistic regression on the words of labelled texts.

    Args:
        labels: every one of them has a text.
        weights: how much each text counts, of shape (texts,); by default all alike.

    Raises:
        ValueError: a label has no texts.
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    config = config or WordConfig()
    target = columns_of(texts, labels)
    if len(np.unique(target)) < len(labels):
        raise ValueError("a label has no texts")
    found = counts([each.question for each in texts])
    rarity = TfidfTransformer().fit(found).idf_.astype(np.float32)
    balance = "balanced" if config.balanced else None
    model = LogisticRegression(C=config.strength, class_weight=balance, max_iter=100, tol=1e-3)
    with threadpool_limits(1):  # its many small steps take longer on threads, when cores are busy
        model.fit(weighed(found, rarity), target, sample_weight=weights)
    return WordHead(tuple(labels), model.coef_.astype(np.float32), model.intercept_.astype(np.float32), rarity)
