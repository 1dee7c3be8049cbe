from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from classifier.decision import Decision, ranked
from classifier.errors import RouterUnavailable
from classifier.papers import (
    BALANCE_FILE,
    WEIGHTS_FILE,
    Balance,
    PaperHead,
    PaperRouter,
)
from classifier.taxonomy import NONE
from finetune.packaged import FOLDER

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
    return dict.fromkeys(head.words.labels, 1 / len(head.words.labels))


def decide(head: PaperHead, said: Mapping[str, float], **present: str | None) -> Decision:
    names: dict[str, str | None] = {**{label: label for label in head.words.labels}, **present}
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


def test_a_head_is_read_as_it_was_written(tmp_path: Path, packaged: PaperHead) -> None:
    head = replace(packaged, balance=Balance(2.0, 0.1, 0.3, 0.9))

    head.save(tmp_path)
    read = PaperHead.load(tmp_path)

    assert read.balance == head.balance
    assert read.words.log_probabilities([INVOICE]) == pytest.approx(head.words.log_probabilities([INVOICE]))


@pytest.mark.parametrize("file", [WEIGHTS_FILE, BALANCE_FILE])
def test_a_damaged_head_says_so(tmp_path: Path, packaged: PaperHead, file: str) -> None:
    packaged.save(tmp_path)
    (tmp_path / file).write_bytes(b"no weights")

    with pytest.raises(RouterUnavailable, match="damaged"):
        PaperHead.load(tmp_path)


def test_no_papers_are_no_decisions(packaged: PaperHead) -> None:
    assert PaperRouter(packaged, Said({NONE: 1.0}), dict).classify([]) == []
