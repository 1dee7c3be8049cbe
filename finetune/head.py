"""Examples to a linear head on sentence embeddings, calibrated on held-out folds; `classifier.encoder` serves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.encoder import Embed, Head
from classifier.taxonomy import NONE
from finetune.calibrate import abstention, fit_temperature, sureness
from finetune.examples import Example, folds
from finetune.figures import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class HeadConfig:
    """What the fit depends on, saved beside what it produced."""

    strength: float = 2.0
    """Inverse of the L2 penalty; the best of 0.5 to 300 on held-out families."""
    balanced: bool = True
    """Whether every label weighs the same, although `none` has more questions than any category."""
    folds: int = 5
    """Parts of the examples held out in turn, to calibrate on answers to questions not trained on."""
    wrong_none: float = 0.03
    """Share of held-out household questions that may be lost to `none` by abstaining."""
    scope_recall: float = 0.95
    """How often the right category must be among those that are searched, where not all are."""
    seed: int = 0


def fit(examples: Sequence[Example], embed: Embed, embedder: str, config: HeadConfig) -> tuple[Head, dict[str, Any]]:
    """Fit a head and measure it on questions that were held out, family by family.

    Args:
        embed: texts to unit vectors of shape (texts, dimension).
        embedder: the name of what `embed` is.

    Returns:
        The head fitted on all examples, and the held-out figures.
    """
    labels = labels_of(examples)
    target = columns_of(examples, labels)
    vectors = embed([example.question for example in examples])
    held_out_logits = np.zeros((len(examples), len(labels)), np.float64)
    for training, held_out in folds(examples, config.folds, config.seed):
        weight, bias = regression(vectors[training], target[training], config)
        held_out_logits[held_out] = vectors[held_out] @ weight.T + bias
    head = _honest(*regression(vectors, target, config), held_out_logits, target, labels, embedder, config)
    probabilities = _softmax(held_out_logits / head.temperature)
    sure = probabilities.max(axis=1) >= head.abstain_below
    answered = np.where(sure, probabilities.argmax(axis=1), labels.index(NONE))
    return head, figures(examples, labels, target, answered, probabilities)


def calibrated(
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    held_out: Sequence[Example],
    embed: Embed,
    embedder: str,
    labels: Sequence[str],
    config: HeadConfig,
) -> Head:
    """Make a head of weights that were trained elsewhere, honest on questions that they were not trained on."""
    logits = (embed([example.question for example in held_out]) @ weight.T + bias).astype(np.float64)
    return _honest(weight, bias, logits, columns_of(held_out, labels), labels, embedder, config)


def _honest(
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    held_out_logits: NDArray[np.float64],
    target: NDArray[np.int64],
    labels: Sequence[str],
    embedder: str,
    config: HeadConfig,
) -> Head:
    """Give weights the temperature and the bounds that fit held-out logits, of shape (questions, labels)."""
    temperature = fit_temperature(held_out_logits, target)
    rows = _softmax(held_out_logits / temperature)
    abstain_below = abstention(rows, target, list(labels).index(NONE), config.wrong_none)
    sure_from = sureness(rows, target, labels, config.scope_recall)
    return Head(tuple(labels), weight, bias, temperature, abstain_below, sure_from, embedder)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import softmax

    return np.asarray(softmax(logits, axis=1))


def regression(
    vectors: NDArray[np.float32], target: NDArray[np.int64], config: HeadConfig
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the weights, of shape (labels, dimension), and the bias of a multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    weight = "balanced" if config.balanced else None
    model = LogisticRegression(C=config.strength, class_weight=weight, max_iter=1000)
    with threadpool_limits(1):  # its many small steps take up to 20 times as long on threads, when cores are busy
        model.fit(vectors, target)
    return model.coef_.astype(np.float32), model.intercept_.astype(np.float32)


def labels_of(examples: Sequence[Example]) -> list[str]:
    """Return the labels that the examples have, `none` last."""
    return [*sorted({example.category for example in examples} - {NONE}), NONE]


def columns_of(examples: Sequence[Example], labels: Sequence[str]) -> NDArray[np.int64]:
    """Return the column of every example's label, of shape (examples,)."""
    return np.array([list(labels).index(example.category) for example in examples])
