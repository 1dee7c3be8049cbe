"""Papers to a head that files them, weighed against the encoder half on papers that were held out family by family."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.papers import Balance, PaperHead, counts, weighed
from classifier.taxonomy import NONE
from finetune.calibrate import fit_fusion
from finetune.examples import Example, folds
from finetune.head import columns_of, labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAPERS = Path(__file__).parent / "data" / "papers"
"""The papers of an invented family, one file a category."""
FOREIGN = PAPERS.parent / "foreign_words.jsonl"
"""What things are called on German, French, Spanish and Italian papers."""
PACKAGED = Path(__file__).parent / "packaged"
"""Where the head that comes with the product lies."""


@dataclass(frozen=True)
class PaperConfig:
    """What the fit depends on."""

    strength: float = 30.0
    """Inverse of the L2 penalty."""
    question: float = 0.2
    """Weight of a question beside a paper, whose kind it is not."""
    folds: int = 5
    right: float = 0.97
    """How often what is sure must be right on held-out papers: two points more than is promised."""
    sure_from: float = 0.9
    """The least confidence that is sure, however often less was right: another family's papers are unlike these."""
    seed: int = 0


def read_papers(path: Path = PAPERS) -> list[Example]:
    """Read papers from JSON Lines of `title`, `text`, `category`, `family` and `kind`: a file, or all of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Example(f"{row['title']}\n{row['text']}", row["category"], row["family"], row.get("kind", "")) for row in rows
    ]


@dataclass(frozen=True)
class Material:
    """What a head is fitted on."""

    papers: Sequence[Example]
    """Of which some are held out, to weigh and to measure on."""
    notes: Sequence[Example]
    """Notes and word lists, which count as papers and are never held out."""
    questions: Sequence[Example]


def held_out(material: Material, config: PaperConfig) -> NDArray[np.float64]:
    """Return what words say of every paper, by heads that did not see it: log-probabilities, (papers, labels)."""
    papers, labels = material.papers, labels_of(material.papers)
    found = np.zeros((len(papers), len(labels)))
    for training, out in folds(papers, config.folds, config.seed):
        head = _words(Material([papers[at] for at in training], material.notes, material.questions), config)
        found[out] = head.log_probabilities([papers[at].question for at in out])
    return found


def fit(material: Material, words: NDArray[np.float64], encoder: NDArray[np.float64], config: PaperConfig) -> PaperHead:
    """Fit a head on everything.

    Args:
        words: what `held_out` returned.
        encoder: the encoder half's log-probabilities of the papers, of the same shape.
    """
    head = _words(material, config)
    balance = balanced(words, encoder, columns_of(material.papers, head.labels), head.labels, config)
    return PaperHead(head.labels, head.weight, head.bias, head.rarity, balance)


def balanced(
    words: NDArray[np.float64],
    encoder: NDArray[np.float64],
    target: NDArray[np.int64],
    labels: Sequence[str],
    config: PaperConfig,
) -> Balance:
    """Weigh words and encoder by least log loss, and find from where on they are right often enough.

    Args:
        words: log-probabilities of held-out papers, of shape (papers, labels); `encoder` likewise.
        target: the right label's column, of shape (papers,).
    """
    fusion = fit_fusion(words, encoder, target, labels)
    rough = Balance(fusion.language_model, fusion.encoder, fusion.none_bias, 1.0)
    rows = rough.probabilities(words, encoder, list(labels).index(NONE))
    order = np.argsort(-rows.max(axis=1))
    share = np.cumsum(rows.argmax(axis=1)[order] == target[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(share >= config.right)
    sure_from = float(rows.max(axis=1)[order[enough[-1]]]) if len(enough) else 1.0
    return replace(rough, sure_from=max(sure_from, config.sure_from))


def _words(material: Material, config: PaperConfig) -> PaperHead:
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    whole = [*material.papers, *material.notes]
    every = [*whole, *material.questions]
    found = counts([each.question for each in every])
    rarity = TfidfTransformer().fit(found).idf_.astype(np.float32)
    weights = np.repeat([1.0, config.question], [len(whole), len(material.questions)])
    labels = labels_of(material.papers)
    model = LogisticRegression(C=config.strength, class_weight="balanced", max_iter=100, tol=1e-3)
    with threadpool_limits(1):
        model.fit(weighed(found, rarity), columns_of(every, labels), sample_weight=weights)
    weight, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    return PaperHead(tuple(labels), weight, bias, rarity, Balance(1.0, 0.0, 0.0, 1.0))
