"""Examples to a linear head on sentence embeddings, calibrated on held-out folds; `classifier.encoder` serves it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.encoder import Embed, Head, likely_categories
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.versions import CONFIG_FILE, REPORT_FILE, Version, Versions
from finetune.examples import Example, data_hash, folds, load

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
    labels = [*sorted({example.category for example in examples} - {NONE}), NONE]
    target = np.array([labels.index(example.category) for example in examples])
    vectors = embed([example.question for example in examples])

    def regression(rows: Sequence[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        weight = "balanced" if config.balanced else None
        model = LogisticRegression(C=config.strength, class_weight=weight, max_iter=1000)
        with threadpool_limits(1):  # its many small steps take up to 20 times as long on threads, when cores are busy
            model.fit(vectors[rows], target[rows])
        return model.coef_.astype(np.float32), model.intercept_.astype(np.float32)

    held_out_logits = np.zeros((len(examples), len(labels)), np.float64)
    for training, held_out in folds(examples, config.folds, config.seed):
        weight, bias = regression(training)
        held_out_logits[held_out] = vectors[held_out] @ weight.T + bias
    temperature = fit_temperature(held_out_logits, target)
    calibrated = _softmax(held_out_logits / temperature)
    abstain_below = _abstention(calibrated, target, labels.index(NONE), config.wrong_none)
    sure_from = _sureness(calibrated, target, labels, config.scope_recall)
    weight, bias = regression(range(len(examples)))
    head = Head(tuple(labels), weight, bias, temperature, abstain_below, sure_from, embedder)
    return head, _figures(examples, labels, calibrated, target, abstain_below)


def fit_temperature(logits: NDArray[np.float64], target: NDArray[np.int64]) -> float:
    """Return the temperature under which the logits' probabilities fit the targets best (least log loss)."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    rows = np.arange(len(target))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(logits / np.exp(log_temperature), axis=1)[rows, target].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-5.0, 5.0), method="bounded").x))


def write_version(
    versions: Versions, embed: Embed, embedder: str, examples_path: Path | None = None, config: HeadConfig | None = None
) -> Version:
    """Fit a head on the packaged (or the given) examples, keep it as a version and let it serve.

    The version is named after all that goes into it: the same is fitted again only where the version is damaged.

    Raises:
        ExamplesRejected: the examples cannot be trained on.
        RouterUnavailable: the version cannot be written.
    """
    config = config or HeadConfig()
    examples = load(examples_path) if examples_path else load()
    inputs = {
        "kind": "encoder",
        **asdict(config),
        "examples": len(examples),
        "data_hash": data_hash(examples),
        "embedder": embedder,
        "libraries": {library: version(library) for library in ("scikit-learn", "numpy")},
    }
    name = f"encoder-{hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:12]}"
    try:
        Head.load(versions.get(name).folder)
    except RouterUnavailable:
        head, report = fit(examples, embed, embedder, config)

        def write(folder: Path) -> None:
            head.save(folder)
            (folder / CONFIG_FILE).write_text(json.dumps(inputs, indent=1), "utf-8")
            (folder / REPORT_FILE).write_text(json.dumps(report, indent=1), "utf-8")

        versions.add(name, write, replace=True)
    return versions.promote(name)


def _abstention(probabilities: NDArray[np.float64], target: NDArray[np.int64], none: int, wrong_none: float) -> float:
    """The highest bound on confidence that turns at most `wrong_none` of the right answers into none."""
    likeliest = probabilities.argmax(axis=1)
    right = (likeliest == target) & (target != none)
    return float(np.quantile(probabilities.max(axis=1)[right], wrong_none)) if right.any() else 0.0


def _sureness(
    probabilities: NDArray[np.float64], target: NDArray[np.int64], labels: Sequence[str], scope_recall: float
) -> float:
    """The lowest `sure_from` under which the searched categories hold the right one often enough."""
    household = [
        (labels[at], {labels[column]: float(row[column]) for column in np.argsort(-row)})
        for row, at in zip(probabilities, target, strict=True)
        if labels[at] != NONE
    ]
    for sure_from in np.arange(0.3, 0.99, 0.02):
        scopes = [(label, likely_categories(row, float(sure_from))) for label, row in household]
        narrowed = [label in likely for label, likely in scopes if likely]
        if narrowed and sum(narrowed) >= scope_recall * len(narrowed):
            return round(float(sure_from), 2)
    return 1.0


def _figures(
    examples: Sequence[Example],
    labels: Sequence[str],
    probabilities: NDArray[np.float64],
    target: NDArray[np.int64],
    abstain_below: float,
) -> dict[str, Any]:
    from sklearn.metrics import roc_auc_score

    none = labels.index(NONE)
    likeliest = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    answered = np.where(confidence >= abstain_below, likeliest, none)
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


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
