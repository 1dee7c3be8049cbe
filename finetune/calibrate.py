"""What makes a router's probabilities honest, and the bounds on them; all of it is learned on held-out questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.decision import likely_categories, ranked
from classifier.fused import Fusion, Voices
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit_temperature(logits: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """Return the temperature under which the logits' probabilities fit the targets best (least log loss)."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    rows = np.arange(len(target))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(logits / np.exp(log_temperature), axis=1)[rows, target].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 5.0), method="bounded").x))


def abstention(probabilities: NDArray[np.float64], target: NDArray[np.int64], none: int, wrong_none: float) -> float:
    """Return the highest bound on confidence that turns at most `wrong_none` of the right answers into none."""
    likeliest = probabilities.argmax(axis=1)
    right = (likeliest == target) & (target != none)
    return float(np.quantile(probabilities.max(axis=1)[right], wrong_none)) if right.any() else 0.0


def none_bound(none: NDArray[np.float64], household: NDArray[np.bool_], wrong_none: float) -> float:
    """Return the lowest bound on the probability of `none` that loses at most `wrong_none` of the household questions.

    Args:
        none: each held-out question's probability of `none`.
        household: whether the question belongs to a category.
        wrong_none: the share of those that may be lost, 0 to 1.
    """
    lost = np.sort(none[household])[::-1]
    allowed = int(wrong_none * len(lost))
    return float(min(1.0, np.nextafter(lost[allowed], 2.0))) if allowed < len(lost) else 0.0


def sureness(
    probabilities: NDArray[np.float64], target: NDArray[np.int64], labels: Sequence[str], scope_recall: float
) -> float:
    """Return the lowest `sure_from` under which the searched categories hold the right one often enough."""
    household = [
        (labels[at], ranked(labels, row)) for row, at in zip(probabilities, target, strict=True) if labels[at] != NONE
    ]
    for sure_from in np.arange(0.3, 0.99, 0.02):
        scopes = [(label, likely_categories(row, float(sure_from))) for label, row in household]
        narrowed = [label in likely for label, likely in scopes if likely]
        if narrowed and sum(narrowed) >= scope_recall * len(narrowed):
            return round(float(sure_from), 2)
    return 1.0


def fit_fusion(
    voices: Voices,
    target: NDArray[np.int64],
    labels: Sequence[str],
    *,
    wrong_none: float = 0.02,
    scope_recall: float = 0.97,
) -> Fusion:
    """Fit the voices' weights and the bounds on questions that none of them was trained on.

    Args:
        voices: what each says, of shape (questions, labels); one that says nothing has no weight.
        target: the right label's column, of shape (questions,).
        labels: one a column.
        wrong_none: share of the household questions that may be lost to `none`.
        scope_recall: how often the right category must be among those that are searched, where not all are.
    """
    from scipy.optimize import minimize

    rows, none = np.arange(len(target)), list(labels).index(NONE)
    speaks = np.array([voice is not None for voice in (voices.language_model, voices.encoder, voices.words)])

    def unbounded(weights: NDArray[np.float64]) -> Fusion:
        language_model, encoder, words, bias = map(float, weights)
        return Fusion(language_model, encoder, bias, none_from=1.0, sure_from=1.0, words=words)

    def loss(weights: NDArray[np.float64]) -> float:
        return float(-unbounded(weights).log_probabilities(voices, labels)[rows, target].mean())

    limits = [*((0.0, 10.0 * each) for each in speaks), (-5.0, 5.0)]
    start = np.array([*(0.5 * speaks), 0.0])
    fusion = unbounded(minimize(loss, start, bounds=limits, method="L-BFGS-B").x)
    probabilities = fusion.probabilities(voices, labels)
    return replace(
        fusion,
        none_from=none_bound(probabilities[:, none], target != none, wrong_none),
        sure_from=sureness(probabilities, target, labels, scope_recall),
    )
