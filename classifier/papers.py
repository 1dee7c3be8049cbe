"""A paper in, a Decision out: its words, its meaning and the router's encoder half; `finetune.papers` fits it.

A router reads questions, which are one sentence; an invoice is addresses, terms and two lines that matter. Those lines
are told by their words, and by parts of words, which also reach into German compounds and through a scanner's slips;
what no paper was seen to say before is told by its meaning, the vector that the search makes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.decision import Decision, Router, ranked
from classifier.encoder import Embed
from classifier.errors import RouterUnavailable
from classifier.newcomers import joined, renamed
from classifier.taxonomy import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS_FILE, CALIBRATION_FILE = "papers.safetensors", "papers.json"
DIMENSION = 2**14
"""Words are counted in so many places, and parts of words in as many more."""
PART = 5
"""Letters of a part of a word."""
LONGEST = 2000
"""Characters of a paper that are read."""
OPENING = 800
"""Characters of a paper whose meaning is heard; each costs time, and what a paper is about stands at its top."""
TITLE = 0.7
"""The length of a title's vector beside its paper's."""
LEAST = 1e-9
"""The probability below which none is told from another."""


def counts(papers: Sequence[str]) -> Any:
    """Count words and parts of words; returns a sparse matrix of shape (papers, 2 * DIMENSION)."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    told: dict[str, Any] = {"strip_accents": "unicode", "n_features": DIMENSION, "alternate_sign": False, "norm": None}
    words = HashingVectorizer(token_pattern=r"(?u)\b[^\W\d_]{2,}\b", **told)
    parts = HashingVectorizer(analyzer="char_wb", ngram_range=(PART, PART), **told)
    plain = [paper[:LONGEST].replace("_", " ") for paper in papers]
    return hstack([words.transform(plain), parts.transform(plain)]).tocsr()


def weighed(found: Any, rarity: NDArray[np.float32]) -> Any:
    """Return counts as unit vectors in which a rare word says more than a common one; as sparse as they came."""
    from sklearn.preprocessing import normalize

    known = found.astype(np.float32)
    known.data = (1 + np.log(known.data)) * rarity[known.indices]
    return normalize(known, copy=False)


def meanings(papers: Sequence[str], embed: Embed) -> NDArray[np.float32]:
    """Return the vectors of papers beside those of their titles, of shape (papers, 2 * dimension)."""
    openings, titles = [paper[:OPENING] for paper in papers], [paper.split("\n", 1)[0][:OPENING] for paper in papers]
    vectors = embed([*openings, *titles])
    return np.concatenate([vectors[: len(papers)], TITLE * vectors[len(papers) :]], axis=1)


@dataclass(frozen=True)
class Balance:
    """How words, meaning and the encoder half become one probability, fitted on papers that none of them has seen."""

    words: float
    """Exponent of the words' probabilities."""
    meaning: float
    """Exponent of the meaning's."""
    encoder: float
    """Exponent of the encoder's."""
    none_bias: float
    sure_from: float
    """From this probability on, what is said is sure."""

    def probabilities(self, heard: Heard, none: int) -> NDArray[np.float64]:
        """Return calibrated probabilities, of shape (papers, labels).

        Args:
            none: the column of `none`.
        """
        from scipy.special import softmax

        logits = heard.words * self.words + heard.meaning * self.meaning + heard.encoder * self.encoder
        logits[:, none] += self.none_bias
        return np.asarray(softmax(logits, axis=1))


@dataclass(frozen=True)
class Heard:
    """What is said of papers, each log-probabilities of shape (papers, labels)."""

    words: NDArray[np.float64]
    meaning: NDArray[np.float64]
    encoder: NDArray[np.float64]

    def of(self, rows: NDArray[Any]) -> Heard:
        """Return what is said of some of the papers."""
        return Heard(self.words[rows], self.meaning[rows], self.encoder[rows])


@dataclass(frozen=True)
class PaperHead:
    """The weights of two multinomial logistic regressions, on a paper's words and on its meaning."""

    labels: tuple[str, ...]
    """One a row of each weight; `none` is among them."""
    weight: NDArray[np.float32]
    """Of the words, of shape (labels, 2 * DIMENSION)."""
    bias: NDArray[np.float32]
    """Of shape (labels,)."""
    rarity: NDArray[np.float32]
    """How much each word says, of shape (2 * DIMENSION,)."""
    meaning: NDArray[np.float32]
    """Of shape (labels, 2 * dimension)."""
    meaning_bias: NDArray[np.float32]
    """Of shape (labels,)."""
    embedder: str
    """The embedder whose vectors the meaning is; it says nothing on any other's."""
    balance: Balance

    def __post_init__(self) -> None:
        shape = (len(self.labels), 2 * DIMENSION)
        if NONE not in self.labels or self.weight.shape != shape or self.bias.shape != shape[:1]:
            raise ValueError("its weights do not fit its labels")
        if self.meaning.ndim != 2 or len(self.meaning) != shape[0] or self.meaning_bias.shape != shape[:1]:
            raise ValueError("its meanings do not fit its labels")
        weights = (self.weight, self.bias, self.meaning, self.meaning_bias)
        if self.rarity.shape != shape[1:] or not all(np.isfinite(each).all() for each in weights):
            raise ValueError("its weights make no probabilities")

    def log_probabilities(self, papers: Sequence[str]) -> NDArray[np.float64]:
        """Return what the words say of every label, of shape (papers, labels)."""
        from scipy.special import log_softmax

        logits = weighed(counts(papers), self.rarity) @ self.weight.T + self.bias
        return np.asarray(log_softmax(np.asarray(logits, np.float64), axis=1))

    def log_probabilities_of(self, meanings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what meanings, of shape (papers, 2 * dimension), say of every label, of shape (papers, labels)."""
        from scipy.special import log_softmax

        logits = meanings @ self.meaning.T + self.meaning_bias
        return np.asarray(log_softmax(logits.astype(np.float64), axis=1))

    def save(self, folder: Path) -> None:
        """Write the head; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        tensors: dict[str, NDArray[Any]] = {
            "weight": np.ascontiguousarray(self.weight.astype(np.float16)),
            "bias": self.bias,
            "rarity": self.rarity.astype(np.float16),
            "meaning": np.ascontiguousarray(self.meaning.astype(np.float16)),
            "meaning_bias": self.meaning_bias,
        }
        try:
            save_file(tensors, folder / WEIGHTS_FILE)
            told = {"labels": self.labels, "embedder": self.embedder, "balance": asdict(self.balance)}
            (folder / CALIBRATION_FILE).write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        except (OSError, SafetensorError) as error:
            raise RouterUnavailable(f"What files papers cannot be written into {folder} ({error}).") from error

    @classmethod
    def load(cls, folder: Path) -> PaperHead:
        """Read the head; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = {name: each.astype(np.float32) for name, each in load_file(folder / WEIGHTS_FILE).items()}
            told = json.loads((folder / CALIBRATION_FILE).read_text("utf-8"))
            return cls(tuple(told["labels"]), **tensors, embedder=told["embedder"], balance=Balance(**told["balance"]))
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise RouterUnavailable(f"What files papers is damaged: {folder} ({error}). Install again.") from error


class PaperRouter:
    """Labels papers by a head for papers and by a router of questions, in the household's present categories."""

    def __init__(
        self, head: PaperHead, embed: Embed, router: Router, present: Callable[[], Mapping[str, str | None]]
    ) -> None:
        """Prepare; a category that the router knows and the head does not keeps what the router gives it.

        Args:
            head: what reads words and meanings.
            embed: texts to unit vectors, by the embedder that the head was fitted on.
            router: what labels questions.
            present: the present name of each of the head's labels.
        """
        self._head = head
        self._embed = embed
        self._router = router
        self._present = present

    @property
    def version(self) -> str:
        """The name of the router version that is heard."""
        return self._router.version

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        """Return one decision a paper, in order; `likely` names its category where that is sure, and nothing else."""
        if not questions:
            return []
        present = {label: name or NONE for label, name in self._present().items()}
        said = self._router.classify(questions)
        words = self._head.log_probabilities(questions)
        meant = self._head.log_probabilities_of(meanings(questions, self._embed))
        return [self._decide(*rows, present) for rows in zip(words, meant, said, strict=True)]

    def _decide(
        self, words: NDArray[np.float64], meant: NDArray[np.float64], said: Decision, present: Mapping[str, str]
    ) -> Decision:
        spoken, understood = (self._named(row, said.version, present) for row in (words, meant))
        names = list(spoken)
        known = {name: max(said.probabilities.get(name, 0.0), LEAST) for name in names}
        heard = Heard(*(np.log([[max(each[name], LEAST) for name in names]]) for each in (spoken, understood, known)))
        shares = ranked(names, self._head.balance.probabilities(heard, names.index(NONE))[0])
        label = next(iter(shares))
        decision = Decision(None if label == NONE else label, shares[label], shares, said.version)
        if new := {name: share for name, share in said.probabilities.items() if name not in spoken}:
            decision = joined(decision, new)
        sure = decision.category is not None and decision.confidence >= self._head.balance.sure_from
        return replace(decision, likely=(decision.category,) if sure and decision.category else ())

    def _named(self, row: NDArray[np.float64], version: str, present: Mapping[str, str]) -> Mapping[str, float]:
        """Return a row of log-probabilities as probabilities by the present names."""
        return renamed(Decision(None, 0.0, ranked(self._head.labels, np.exp(row)), version), present).probabilities
