"""Learning curves: accuracy against the number of training questions, and its spread over folds.

They say whether more data or another method is due: a curve that still rises wants data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from classifier.encoder import Embed
from finetune.examples import Example, folds
from finetune.head import HeadConfig, columns_of, labels_of, regression

SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)
"""Of the training families."""


@dataclass(frozen=True)
class Point:
    """One training size."""

    questions: int
    """That were trained on, in the mean of the folds."""
    accuracy: float
    """On held-out families, in the mean of the folds."""
    spread: float
    """Standard deviation over the folds."""


def curve(
    examples: Sequence[Example],
    embed: Embed,
    config: HeadConfig | None = None,
    shares: Sequence[float] = SHARES,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Point]:
    """Fit the encoder head on growing shares of the examples, in every fold, and measure it on the rest.

    Args:
        embed: texts to unit vectors.
        shares: of the training families, each from 0 to 1.

    Raises:
        ExamplesRejected: a category has fewer families than there are folds.
    """
    config = config or HeadConfig()
    labels = labels_of(examples)
    target = columns_of(examples, labels)
    vectors = embed([example.question for example in examples])
    parts = list(folds(examples, config.folds, config.seed))
    points = []
    for number, share in enumerate(shares):
        sizes, accuracies = [], []
        for fold, (training, held_out) in enumerate(parts):
            taken = _taken(examples, training, share, config.seed)
            weight, bias = regression(vectors[taken], target[taken], config)
            scores = vectors[held_out] @ weight.T + bias
            sizes.append(len(taken))
            accuracies.append(float((scores.argmax(axis=1) == target[held_out]).mean()))
            on_progress(number * len(parts) + fold + 1, len(shares) * len(parts))
        points.append(Point(round(float(np.mean(sizes))), *(float(f(accuracies)) for f in (np.mean, np.std))))
    return points


def write_curve(points: Sequence[Point], folder: Path) -> None:
    """Write `curve.json` and `curve.png` into a folder; raises OSError."""
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "curve.json").write_text(json.dumps([asdict(point) for point in points], indent=1), "utf-8")
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.errorbar(
        [point.questions for point in points],
        [point.accuracy for point in points],
        [point.spread for point in points],
        marker="o",
        capsize=3,
    )
    axes.set(xlabel="training questions", ylabel="accuracy on held-out families", xscale="log")
    figure.savefig(folder / "curve.png", dpi=120)


def _taken(examples: Sequence[Example], training: Sequence[int], share: float, seed: int) -> list[int]:
    """Return the training indices of a share of every category's families, at least one each."""
    families: dict[str, list[str]] = {}
    for at in training:
        found = families.setdefault(examples[at].category, [])
        if examples[at].family not in found:
            found.append(examples[at].family)
    kept = {
        family
        for each in families.values()
        for family in random.Random(seed).sample(each, max(1, round(share * len(each))))
    }
    return [at for at in training if examples[at].family in kept]
