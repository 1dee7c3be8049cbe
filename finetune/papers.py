"""Papers to a head that files them, weighed and measured on papers of writers that were held out whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.encoder import Embed
from classifier.papers import Balance, Heard, PaperHead, counts, meanings, weighed
from classifier.taxonomy import NONE, Taxonomy
from finetune.examples import Example
from finetune.head import columns_of, labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).parent / "data"
PAPERS = DATA / "papers"
"""The papers of an invented family, one file a category."""
MORE_PAPERS = DATA / "more_papers"
"""Papers of many households, in six languages, some with a scanner's slips."""
FOREIGN = DATA / "foreign_words.jsonl"
"""What things are called on German, French, Spanish and Italian papers."""
WORKBOOKS = DATA / "workbooks"
"""Notebooks of many families, each about one matter, which is not always a category."""
UNDER = {"hot tub": "pool", "washing machine": "appliances"}
"""The categories of workbooks' matters that are called otherwise."""
OF_NONE = frozenset(
    "alarm system,bathroom,bicycle,boat,garage door,health,lawn mower,pets,school,septic tank,well pump,"
    "wifi and network".split(",")
)
"""Matters of workbooks that are of no category; those that are not named here touch one."""
PACKAGED = Path(__file__).parent / "packaged"
"""Where the head that comes with the product lies."""


@dataclass(frozen=True)
class PaperConfig:
    """What the fit depends on."""

    strength: float = 30.0
    """Inverse of the L2 penalty on the words."""
    meaning_strength: float = 10.0
    """The same on the meaning."""
    question: float = 0.5
    """Weight of a question beside a paper, whose kind it is not."""
    every: int = 10
    """One question of so many is heard: all of them would drown the papers."""
    right: float = 0.97
    """How often a category that is called sure must be right on held-out papers: two points more than is promised."""


def read_papers(path: Path = PAPERS) -> list[Example]:
    """Read papers from JSON Lines of `title`, `text`, `category`, `family` and `kind`: a file, or all of a folder."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Example(f"{row['title']}\n{row['text']}", row["category"], row["family"], row.get("kind", "")) for row in rows
    ]


def read_workbooks(taxonomy: Taxonomy, path: Path = WORKBOOKS) -> list[Example]:
    """Read the notes of workbooks whose matter is a category, or surely none."""
    found = []
    for file in sorted(path.glob("*.json")):
        book = json.loads(file.read_text("utf-8"))
        matter = NONE if book["category"] in OF_NONE else UNDER.get(book["category"], book["category"])
        if matter in taxonomy.labels:
            found += [Example(f"{note['title']}\n{note['text']}", matter, file.stem) for note in book["notes"]]
    return found


@dataclass(frozen=True)
class Material:
    """What a head is fitted on."""

    writers: Sequence[Sequence[Example]]
    """The papers of each writer, who is held out to weigh and to measure on."""
    notes: Sequence[Example]
    """Notes, which count as papers and are never held out."""
    words: Sequence[Example]
    """Lists of words, which mean nothing together."""
    questions: Sequence[Example]

    @property
    def papers(self) -> list[Example]:
        """The papers of all writers, in order."""
        return [paper for papers in self.writers for paper in papers]

    def turns(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Yield (training, held-out) indices of papers, one writer held out after the other."""
        writer = np.repeat(np.arange(len(self.writers)), [len(papers) for papers in self.writers])
        for at in range(len(self.writers)):
            yield np.flatnonzero(writer != at), np.flatnonzero(writer == at)


def held_out(
    material: Material, encoder: NDArray[np.float64], embed: Embed, config: PaperConfig
) -> tuple[Heard, NDArray[np.float32]]:
    """Return what is said of every paper by heads that saw none of its writer's, and the papers' and notes' meanings.

    Args:
        encoder: the encoder half's log-probabilities of the papers, of shape (papers, labels).
        embed: texts to unit vectors.
    """
    papers, labels = material.papers, labels_of(material.papers)
    words, meaning = (np.zeros((len(papers), len(labels))) for _ in range(2))
    vectors = meanings([each.question for each in (*papers, *material.notes)], embed)
    for training, out in material.turns():
        head = _head(material, training, vectors, labels, config)
        words[out] = head.log_probabilities([papers[at].question for at in out])
        meaning[out] = head.log_probabilities_of(vectors[out])
    return Heard(words, meaning, encoder), vectors


def fit(
    material: Material, heard: Heard, vectors: NDArray[np.float32], embedder: str, config: PaperConfig
) -> PaperHead:
    """Fit a head on everything.

    Args:
        heard: what `held_out` returned, with `vectors`.
        embedder: the name of what made the vectors.
    """
    papers, labels = material.papers, labels_of(material.papers)
    head = _head(material, np.arange(len(papers)), vectors, labels, config)
    return replace(head, embedder=embedder, balance=balanced(heard, columns_of(papers, labels), labels, config))


def balanced(heard: Heard, target: NDArray[np.int64], labels: Sequence[str], config: PaperConfig) -> Balance:
    """Weigh what is said by least log loss, and find from where on a category is right often enough.

    Args:
        heard: of held-out papers.
        target: the right label's column, of shape (papers,).
    """
    from scipy.optimize import minimize

    rows, none = np.arange(len(target)), list(labels).index(NONE)

    def rough(weights: NDArray[np.float64]) -> Balance:
        words, meaning, encoder, bias = map(float, weights)
        return Balance(words, meaning, encoder, bias, 1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        return float(-np.log(rough(weights).probabilities(heard, none)[rows, target] + 1e-300).mean())

    limits = [(0.0, 10.0)] * 3 + [(-5.0, 5.0)]
    balance = rough(minimize(loss, np.array([0.5, 0.5, 0.5, 0.0]), bounds=limits, method="L-BFGS-B").x)
    return replace(balance, sure_from=_sure_from(balance.probabilities(heard, none), target, none, config.right))


def _sure_from(rows: NDArray[np.float64], target: NDArray[np.int64], none: int, right: float) -> float:
    """Return the least confidence from which on the likeliest categories are right often enough; 1 where none is."""
    said, confidence = rows.argmax(axis=1), rows.max(axis=1)
    order = np.argsort(-confidence)
    order = order[said[order] != none]
    share = np.cumsum((said == target)[order]) / np.arange(1, len(order) + 1)
    last = np.append(np.diff(confidence[order]) < 0, True)  # of those who are equally confident
    enough = np.flatnonzero((share >= right) & last[: len(order)])
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def _head(
    material: Material,
    training: NDArray[np.int64],
    vectors: NDArray[np.float32],
    labels: Sequence[str],
    config: PaperConfig,
) -> PaperHead:
    """Fit both regressions on some of the papers and on all the rest; the vectors are of papers and notes."""
    from sklearn.feature_extraction.text import TfidfTransformer

    papers = material.papers
    whole = [*(papers[at] for at in training), *material.notes, *material.words]
    questions = material.questions[:: config.every]
    found = counts([each.question for each in (*whole, *questions)])
    rarity = TfidfTransformer().fit(found).idf_.astype(np.float32)
    heed = np.repeat([1.0, config.question], [len(whole), len(questions)])
    target = columns_of([*whole, *questions], labels)
    weight, bias = _regression(weighed(found, rarity), target, heed, len(labels), config.strength)
    seen = np.concatenate([training, np.arange(len(papers), len(vectors))])
    meant = len(seen)  # the lists of words and the questions come after
    meaning, meaning_bias = _regression(
        vectors[seen], target[:meant], np.ones(meant), len(labels), config.meaning_strength
    )
    return PaperHead(tuple(labels), weight, bias, rarity, meaning, meaning_bias, "", Balance(1.0, 1.0, 0.0, 0.0, 1.0))


def _regression(
    rows: object, target: NDArray[np.int64], heed: NDArray[np.float64], labels: int, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the weights, of shape (labels, columns), and the bias of a multinomial logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=100, tol=1e-3)
    with threadpool_limits(1):
        model.fit(rows, target, sample_weight=heed)
    if len(model.classes_) < labels:
        raise ValueError("a label has no papers but those of one writer")
    return model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
