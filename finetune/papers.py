"""Papers to a head that files them, weighed and measured on papers of writers that were held out whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from classifier.papers import LEAST, Balance, PaperHead
from classifier.taxonomy import NONE
from finetune.examples import Example
from finetune.head import columns_of, labels_of
from finetune.words import WordConfig, fit_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.words import WordHead


@dataclass(frozen=True)
class PaperConfig:
    """What the fit depends on."""

    strength: float = 10.0
    """Inverse of the L2 penalty; the best of 5, 10, 30 and 100 on held-out writers."""
    question: float = 0.5
    """Weight of a question beside a paper, whose kind it is not."""
    every: int = 10
    """One question of so many is heard: all of them would drown the papers."""
    entry: float = 0.1
    """Weight of an entry of the glossary, of which there are a dozen for each paper; of 0.1 and 0.2 the better."""
    right: float = 0.9
    """How often a category that is called sure must be right, on the papers of whichever writer it is right least."""


@dataclass(frozen=True)
class Material:
    """What a head is fitted on."""

    writers: Sequence[Sequence[Example]]
    """The papers of each writer, who is held out to weigh and to measure on."""
    notes: Sequence[Example]
    """Notes, which count as papers and are never held out."""
    words: Sequence[Example]
    """Lists of words, which count as papers, too."""
    questions: Sequence[Example]
    glossary: Sequence[Example] = ()
    """What people call things, a few words each."""

    @property
    def papers(self) -> list[Example]:
        """The papers of all writers, in order."""
        return [paper for papers in self.writers for paper in papers]

    @property
    def writer(self) -> NDArray[np.int64]:
        """The writer of each paper, by number."""
        return np.repeat(np.arange(len(self.writers)), [len(papers) for papers in self.writers])

    def turns(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield (training, held-out) indices of papers, one writer held out after the other."""
        for at in range(len(self.writers)):
            yield np.flatnonzero(self.writer != at), np.flatnonzero(self.writer == at)


def held_out(material: Material, config: PaperConfig) -> NDArray[np.float64]:
    """Return what words say of every paper, by heads that saw none of its writer's: log-probabilities."""
    papers, labels = material.papers, labels_of(material.papers)
    found = np.zeros((len(papers), len(labels)))
    for training, out in material.turns():
        head = _words(material, training, labels, config)
        found[out] = head.log_probabilities([papers[at].question for at in out])
    return found


def fit(material: Material, words: NDArray[np.float64], encoder: NDArray[np.float64], config: PaperConfig) -> PaperHead:
    """Fit a head on everything.

    Args:
        words: what `held_out` returned.
        encoder: the encoder half's log-probabilities of the papers, of the same shape.
    """
    papers, labels = material.papers, labels_of(material.papers)
    balance = balanced(words, encoder, columns_of(papers, labels), material.writer, labels, config)
    return PaperHead(_words(material, np.arange(len(papers)), labels, config), balance)


def balanced(
    words: NDArray[np.float64],
    encoder: NDArray[np.float64],
    target: NDArray[np.int64],
    writer: NDArray[np.int64],
    labels: Sequence[str],
    config: PaperConfig,
) -> Balance:
    """Weigh words and encoder by least log loss, and find from where on every writer's category is right often enough.

    Every label weighs the same: how many papers of no category were written says nothing of a household's drawer.

    Args:
        words: log-probabilities of held-out papers, of shape (papers, labels); `encoder` likewise.
        target: the right label's column, of shape (papers,).
        writer: who wrote the paper, of the same shape.
    """
    from scipy.optimize import minimize

    rows, none = np.arange(len(target)), list(labels).index(NONE)
    share = 1 / np.bincount(target, minlength=len(labels))[target]

    def rough(weights: NDArray[np.float64]) -> Balance:
        said, heard, bias = map(float, weights)
        return Balance(said, heard, bias, 1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        probabilities = rough(weights).probabilities(words, encoder, none)[rows, target]
        return float(np.average(-np.log(np.maximum(probabilities, LEAST)), weights=share))

    limits = [(0.0, 10.0), (0.0, 10.0), (-5.0, 5.0)]
    balance = rough(minimize(loss, np.array([0.5, 0.5, 0.0]), bounds=limits, method="L-BFGS-B").x)
    probabilities = balance.probabilities(words, encoder, none)
    own = [np.flatnonzero(writer == each) for each in np.unique(writer)]
    bounds = [_sure_from(probabilities[papers], target[papers], none, config.right) for papers in own]
    return replace(balance, sure_from=max(bounds))


def _sure_from(rows: NDArray[np.float64], target: NDArray[np.int64], none: int, right: float) -> float:
    """Return the least confidence from which on the likeliest categories are right often enough; 1 where none is."""
    said, confidence = rows.argmax(axis=1), rows.max(axis=1)
    order = np.argsort(-confidence)
    order = order[said[order] != none]
    share = np.cumsum((said == target)[order]) / np.arange(1, len(order) + 1)
    last = np.append(np.diff(confidence[order]) < 0, True)  # of those who are equally confident
    enough = np.flatnonzero((share >= right) & last[: len(order)])
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def _words(material: Material, training: NDArray[np.int64], labels: Sequence[str], config: PaperConfig) -> WordHead:
    """Fit the regression on some of the papers and on all the rest."""
    papers, questions = material.papers, material.questions[:: config.every]
    whole = [*(papers[at] for at in training), *material.notes, *material.words]
    if len({each.category for each in (*whole, *questions)}) < len(labels):
        raise ValueError("a label has no papers but those of one writer")
    sizes = [len(whole), len(questions), len(material.glossary)]
    weights = np.repeat([1.0, config.question, config.entry], sizes)
    return fit_words(
        [*whole, *questions, *material.glossary], labels, WordConfig(config.strength, balanced=True), weights
    )
