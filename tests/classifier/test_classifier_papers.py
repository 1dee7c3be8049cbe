from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.decision import Decision, ranked
from classifier.errors import RouterUnavailable
from classifier.papers import (
    CALIBRATION_FILE,
    DIMENSION,
    WEIGHTS_FILE,
    Balance,
    PaperHead,
    PaperRouter,
    counts,
    weighed,
)
from classifier.taxonomy import NONE
from finetune.packaged import FOLDER

LABELS = ("car", "pool", NONE)
INVOICE = "Ripplewell invoice 88\nchlorine, algaecide and a new skimmer basket for the swimming pool\nTotal due 91.40"


class Said:
    """A router of questions that answers with these probabilities, whatever it reads."""

    version = "said"

    def __init__(self, probabilities: Mapping[str, float]) -> None:
        self._shares = ranked(list(probabilities), probabilities.values())

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        label = next(iter(self._shares))
        return [Decision(label, self._shares[label], self._shares, self.version) for _ in questions]


@pytest.fixture(scope="module")
def packaged() -> PaperHead:
    return PaperHead.load(FOLDER)


def level(head: PaperHead) -> dict[str, float]:
    return dict.fromkeys(head.labels, 1 / len(head.labels))


def decide(head: PaperHead, said: Mapping[str, float], **present: str | None) -> Decision:
    names: dict[str, str | None] = {**{label: label for label in head.labels}, **present}
    (decision,) = PaperRouter(head, Said(said), lambda: names).classify([INVOICE])
    return decision


def test_a_paper_is_filed_by_its_words_where_the_router_cannot_tell(packaged: PaperHead) -> None:
    decision = decide(packaged, level(packaged))

    assert decision.category == "pool"
    assert decision.likely == ("pool",)
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert decision.version == "said"


def test_what_is_not_sure_enough_is_said_and_not_likely(packaged: PaperHead) -> None:
    careful = replace(packaged, balance=replace(packaged.balance, sure_from=1.0))

    decision = decide(careful, level(packaged))

    assert (decision.category, decision.likely) == ("pool", ())


def test_papers_go_under_the_present_name_of_a_category(packaged: PaperHead) -> None:
    said = {"swimming": 0.5, NONE: 0.5}

    decision = decide(packaged, said, pool="swimming")

    assert decision.category == "swimming"
    assert "pool" not in decision.probabilities


def test_papers_of_a_removed_category_are_of_none(packaged: PaperHead) -> None:
    decision = decide(packaged, {NONE: 1.0}, pool=None)

    assert decision.category is None
    assert decision.confidence == decision.probabilities[NONE] > 0.9


def test_two_categories_that_were_merged_count_as_one(packaged: PaperHead) -> None:
    decision = decide(packaged, {"water": 0.9, NONE: 0.1}, pool="water", fountain="water")

    assert decision.category == "water"


def test_a_new_category_that_only_the_router_knows_is_not_hidden(packaged: PaperHead) -> None:
    decision = decide(packaged, {"sauna": 0.8, "pool": 0.1, NONE: 0.1})

    assert decision.category == "sauna"
    assert decision.confidence == pytest.approx(0.8)


def test_a_word_that_all_papers_share_says_less() -> None:
    found = counts(["total chlorine"])
    rarity = np.ones(2 * DIMENSION, np.float32)
    rarity[counts(["total"]).indices] = 0.1

    vector = weighed(found, rarity)

    assert np.sqrt((vector.data**2).sum()) == pytest.approx(1)
    (common,) = set(counts(["total"]).indices[counts(["total"]).indices < DIMENSION])
    (rare,) = set(counts(["chlorine"]).indices[counts(["chlorine"]).indices < DIMENSION])
    assert vector[0, common] < vector[0, rare] / 5


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    weight = random.normal(size=(3, 2 * DIMENSION)).astype(np.float32)
    head = PaperHead(
        LABELS, weight, np.zeros(3, np.float32), np.ones(2 * DIMENSION, np.float32), Balance(2.0, 0.1, 0.3, 0.9)
    )

    head.save(tmp_path)
    read = PaperHead.load(tmp_path)

    assert (read.labels, read.balance) == (head.labels, head.balance)
    assert read.log_probabilities([INVOICE]) == pytest.approx(head.log_probabilities([INVOICE]), abs=0.01)


def test_a_damaged_head_says_so(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS_FILE).write_bytes(b"no weights")
    (tmp_path / CALIBRATION_FILE).write_text("{}")

    with pytest.raises(RouterUnavailable, match="damaged"):
        PaperHead.load(tmp_path)


def test_no_papers_are_no_decisions(packaged: PaperHead) -> None:
    assert PaperRouter(packaged, Said({NONE: 1.0}), dict).classify([]) == []
