"""How well a router did on questions with known labels, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.taxonomy import NONE
from finetune.examples import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray


def figures(
    examples: Sequence[Example],
    labels: Sequence[str],
    probabilities: NDArray[np.float64],
    target: NDArray[np.int64],
    answered: NDArray[np.int64],
) -> dict[str, Any]:
    """Return a router's figures, shares from 0 to 1.

    Args:
        examples: the questions.
        labels: one a column.
        probabilities: of shape (questions, labels).
        target: the right label's column, of shape (questions,).
        answered: the column that was answered: not always the likeliest, where a bound makes it `none`.

    Returns:
        Accuracy in all, on household questions, on `none` and by style; the share of household questions answered
        with `none`; the area under the ROC curve of telling `none` by its probability; and the expected calibration
        error of the likeliest label in ten bins (Guo et al. 2017).
    """
    from sklearn.metrics import roc_auc_score

    none = labels.index(NONE)
    likeliest = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    household = target != none
    right = answered == target
    bins = np.minimum((confidence * 10).astype(int), 9)
    gaps = [
        abs((likeliest == target)[bins == at].mean() - confidence[bins == at].mean()) * (bins == at).mean()
        for at in np.unique(bins)
    ]
    styles = sorted({example.style for example in examples if example.style})
    of_style = {style: np.array([example.style == style for example in examples]) for style in styles}
    return {
        "held_out_questions": len(target),
        "accuracy": round(float(right.mean()), 4),
        "accuracy_household": round(float(right[household].mean()), 4),
        "accuracy_none": round(float(right[~household].mean()), 4),
        "wrong_none": round(float((answered[household] == none).mean()), 4),
        "none_auroc": round(float(roc_auc_score(~household, probabilities[:, none])), 4),
        "calibration_error": round(float(sum(gaps)), 4),
        "accuracy_by_style": {style: round(float(right[rows].mean()), 4) for style, rows in of_style.items()},
    }
