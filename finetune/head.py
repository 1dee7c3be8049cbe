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

from classifier.encoder import Embed, Head
from classifier.errors import RouterUnavailable
from classifier.taxonomy import NONE
from classifier.versions import CONFIG_FILE, REPORT_FILE, Version, Versions
from finetune.calibrate import abstention, fit_temperature, sureness
from finetune.examples import Example, data_hash, folds, load
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
    from scipy.special import softmax

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
    calibrated = softmax(held_out_logits / temperature, axis=1)
    abstain_below = abstention(calibrated, target, labels.index(NONE), config.wrong_none)
    sure_from = sureness(calibrated, target, labels, config.scope_recall)
    weight, bias = regression(range(len(examples)))
    head = Head(tuple(labels), weight, bias, temperature, abstain_below, sure_from, embedder)
    sure = calibrated.max(axis=1) >= abstain_below
    answered = np.where(sure, calibrated.argmax(axis=1), labels.index(NONE))
    return head, figures(examples, labels, calibrated, target, answered)


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
