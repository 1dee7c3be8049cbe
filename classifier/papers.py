"""A paper in, a Decision out: its words and the router's encoder half, heard together; `finetune.papers` fits it.

A router reads questions, which are one sentence; an invoice is addresses, terms and two lines that matter. Those lines
are told by their words, and by parts of words, which also reach into German compounds and through a scanner's slips.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.decision import Decision, Router, ranked
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


@dataclass(frozen=True)
class Balance:
    """How a paper's words and the encoder half become one probability, fitted on papers that neither has seen."""

    words: float
    """Exponent of the words' probabilities."""
    encoder: float
    """Exponent of the encoder's."""
    none_bias: float
    sure_from: float
    """From this probability on, what is said is sure."""

    def probabilities(self, words: NDArray[np.float64], encoder: NDArray[np.float64], none: int) -> NDArray[np.float64]:
        """Return calibrated probabilities from log-probabilities, all of shape (papers, labels).

        Args:
            none: the column of `none`.
        """
        from scipy.special import softmax

        logits = self.words * words + self.encoder * encoder
        logits[:, none] += self.none_bias
        return np.asarray(softmax(logits, axis=1))


@dataclass(frozen=True)
class PaperHead:
    """The weights of a multinomial logistic regression on a paper's words."""

    labels: tuple[str, ...]
    """One a row of `weight`; `none` is among them."""
    weight: NDArray[np.float32]
    """Of shape (labels, 2 * DIMENSION)."""
    bias: NDArray[np.float32]
    """Of shape (labels,)."""
    rarity: NDArray[np.float32]
    """How much each word says, of shape (2 * DIMENSION,)."""
    balance: Balance

    def __post_init__(self) -> None:
        shape = (len(self.labels), 2 * DIMENSION)
        if NONE not in self.labels or self.weight.shape != shape or self.bias.shape != shape[:1]:
            raise ValueError("its weights do not fit its labels")
        if self.rarity.shape != shape[1:] or not (np.isfinite(self.weight).all() and np.isfinite(self.bias).all()):
            raise ValueError("its weights make no probabilities")

    def log_probabilities(self, papers: Sequence[str]) -> NDArray[np.float64]:
        """Return what the words say of every label, of shape (papers, labels)."""
        from scipy.special import log_softmax

        logits = weighed(counts(papers), self.rarity) @ self.weight.T + self.bias
        return np.asarray(log_softmax(np.asarray(logits, np.float64), axis=1))

    def save(self, folder: Path) -> None:
        """Write the head; raises RouterUnavailable."""
        from safetensors import SafetensorError
        from safetensors.numpy import save_file

        tensors: dict[str, NDArray[Any]] = {
            "weight": np.ascontiguousarray(self.weight.astype(np.float16)),
            "bias": self.bias,
        }
        try:
            save_file({**tensors, "rarity": self.rarity.astype(np.float16)}, folder / WEIGHTS_FILE)
            told = {"labels": self.labels, "balance": asdict(self.balance)}
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
            return cls(
                tuple(told["labels"]), tensors["weight"], tensors["bias"], tensors["rarity"], Balance(**told["balance"])
            )
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise RouterUnavailable(f"What files papers is damaged: {folder} ({error}). Install again.") from error


class PaperRouter:
    """Labels papers by a head for papers and by a router of questions, in the household's present categories."""

    def __init__(self, head: PaperHead, router: Router, present: Callable[[], Mapping[str, str | None]]) -> None:
        """Args: what reads the words, what labels questions, and the present name of each of the head's labels.

        A category that the router knows and the head does not keeps what the router gives it.
        """
        self._head = head
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
        rows = np.exp(self._head.log_probabilities(questions))
        return [self._decide(row, decision, present) for row, decision in zip(rows, said, strict=True)]

    def _decide(self, row: NDArray[np.float64], said: Decision, present: Mapping[str, str]) -> Decision:
        first = Decision(None, 0.0, ranked(self._head.labels, row), said.version)
        words = renamed(first, present).probabilities
        names = list(words)
        known = {name: max(said.probabilities.get(name, 0.0), LEAST) for name in names}
        total = sum(known.values())
        columns = [np.log([[max(share, LEAST) for share in words.values()]])]
        columns.append(np.log([[share / total for share in known.values()]]))
        shares = ranked(names, self._head.balance.probabilities(columns[0], columns[1], names.index(NONE))[0])
        label = next(iter(shares))
        heard = Decision(None if label == NONE else label, shares[label], shares, said.version)
        if new := {name: share for name, share in said.probabilities.items() if name not in words}:
            heard = joined(heard, new)
        sure = heard.category is not None and heard.confidence >= self._head.balance.sure_from
        return replace(heard, likely=(heard.category,) if sure and heard.category else ())
