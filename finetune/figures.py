"""How well a router did on questions with known labels, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.decision import Decision
from classifier.taxonomy import NONE
from finetune.examples import Example

if TYPE_CHECKING:
    from numpy.typing import NDArray


INVALID = -1
"""The column of an answer that is no label."""


def figures(
    examples: Sequence[Example],
    labels: Sequence[str],
    target: NDArray[np.int64],
    answered: NDArray[np.int64],
    probabilities: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Return a router's figures, shares from 0 to 1.

    Args:
        examples: the questions.
        labels: one a column.
        target: the right label's column, of shape (questions,).
        answered: the column that was answered, or INVALID; not always the likeliest, where a bound makes it `none`.
        probabilities: of shape (questions, labels), where the router has any.

    Returns:
        Accuracy in all, on household questions, on `none` and by style; precision, recall and F1 as means over the
        labels; the number of answers that are no label; and the share of household questions answered with `none`.
        With probabilities, also the area under the ROC curve of telling `none` by its probability, and the expected
        calibration error of the likeliest label in ten bins (Guo et al. 2017). What there was no question for is None.
    """
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    none = labels.index(NONE)
    household = target != none
    right = answered == target
    columns = sorted(set(target.tolist()))
    precision, recall, f1, _ = precision_recall_fscore_support(
        target, answered, labels=columns, average="macro", zero_division=0
    )
    styles = sorted({example.style for example in examples if example.style})
    of_style = {style: np.array([example.style == style for example in examples]) for style in styles}
    found: dict[str, Any] = {
        "held_out_questions": len(target),
        "accuracy": _share(right),
        "accuracy_household": _share(right[household]),
        "accuracy_none": _share(right[~household]),
        "macro_precision": round(float(precision), 4),
        "macro_recall": round(float(recall), 4),
        "macro_f1": round(float(f1), 4),
        "invalid_labels": int((answered == INVALID).sum()),
        "wrong_none": _share(answered[household] == none),
    }
    if probabilities is not None:
        both = household.any() and not household.all()
        auroc = round(float(roc_auc_score(~household, probabilities[:, none])), 4) if both else None
        found["none_auroc"] = auroc
        found["calibration_error"] = round(
            sum(share * abs(right - sure) for share, sure, right in reliability(probabilities, target)), 4
        )
    found["accuracy_by_style"] = {style: _share(right[rows]) for style, rows in of_style.items()}
    return found


def decision_figures(
    examples: Sequence[Example], labels: Sequence[str], decisions: Sequence[Decision]
) -> dict[str, Any]:
    """Return the figures of a router's decisions, one an example."""
    target = np.array([labels.index(example.category) for example in examples])
    answered = np.array([labels.index(decision.category or NONE) for decision in decisions])
    probabilities = np.array([[decision.probabilities.get(label, 0.0) for label in labels] for decision in decisions])
    return figures(examples, labels, target, answered, probabilities)


def reliability(probabilities: NDArray[np.float64], target: NDArray[np.int64]) -> list[tuple[float, float, float]]:
    """Return (share of the questions, mean confidence, share that is right) of each of ten bins that holds any."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == target
    bins = np.minimum((confidence * 10).astype(int), 9)
    return [(_mean(bins == at), _mean(confidence[bins == at]), _mean(right[bins == at])) for at in np.unique(bins)]


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean())


def _share(values: NDArray[np.bool_]) -> float | None:
    """The share of what is so; None where there is nothing."""
    return round(_mean(values), 4) if len(values) else None
