"""What a person told of a question: recalled for it and for its like, and for nothing else."""

from collections.abc import Hashable, Sequence

import numpy as np
import pytest
from conftest import WordEmbedder
from numpy.typing import NDArray

from classifier.decision import Decision
from classifier.memory import TOLD, Memory, Remembered, RememberingRouter, overruled, plain

ASKED = "Who changed the battery of the camera at the front door?"


class Told:
    """Remembered questions in a list that a test changes."""

    def __init__(self, *remembered: Remembered) -> None:
        self.list = list(remembered)
        self.reads = 0

    def stamp(self) -> Hashable:
        return tuple(self.list)

    def remembered(self) -> Sequence[Remembered]:
        self.reads += 1
        return self.list


class Always:
    """A router that gives every question the same label."""

    version = "v1"

    def __init__(self, label: str = "doorbell") -> None:
        self.label = label

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        shares = {self.label: 0.9, "pool": 0.06, "none": 0.04}
        return [Decision(self.label, 0.9, shares, self.version, (self.label,)) for _ in questions]


class CountingEmbedder(WordEmbedder):
    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += texts
        return super().embed(texts)


def router(*remembered: Remembered, label: str = "doorbell") -> RememberingRouter:
    return RememberingRouter(Always(label), Memory(Told(*remembered), WordEmbedder().embed))


def test_a_corrected_question_has_its_label_from_then_on() -> None:
    (decision,) = router(Remembered(ASKED, "electric", "doorbell")).classify([ASKED])
    assert (decision.category, decision.likely, decision.learned_from) == ("electric", ("electric",), ASKED)
    assert decision.confidence == pytest.approx(TOLD)
    assert sum(decision.probabilities.values()) == pytest.approx(1)
    assert list(decision.probabilities) == ["electric", "doorbell", "pool", "none"]


@pytest.mark.parametrize("asked", [ASKED.upper(), f"  {ASKED.rstrip('?')} ", ASKED.rstrip("?") + " ?"])
def test_case_blanks_and_the_mark_at_the_end_make_no_other_question(asked: str) -> None:
    # In an embedding where nothing is near: by its words alone.
    nowhere = Memory(
        Told(Remembered(ASKED, "electric")), lambda texts: np.eye(len(texts), 8, k=len(texts[0]) % 3, dtype=np.float32)
    )
    (decision,) = RememberingRouter(Always(), nowhere).classify([asked])
    assert decision.category == "electric"


def test_a_rewording_is_recalled_and_another_question_is_not() -> None:
    taught = router(Remembered(ASKED, "electric", "doorbell"))
    reworded, other = taught.classify(["Who changed the front door camera battery?", "When did the chime stop?"])
    assert reworded.category == "electric"
    assert reworded.confidence < TOLD
    assert (other.category, other.learned_from) == ("doorbell", "")


def test_a_question_that_the_router_puts_elsewhere_must_be_nearer() -> None:
    told = Remembered("battery camera door", "electric", "doorbell")
    near = "battery camera of the gate"  # a cosine of 2 / sqrt(15), between the two bounds
    assert router(told).classify([near])[0].category == "doorbell"  # below both
    nearer = "battery camera of gate"  # 2 / sqrt(12) = .58
    assert router(told).classify([nearer])[0].category == "electric"
    assert router(told, label="fence").classify([nearer])[0].category == "fence"


def test_none_can_be_told_and_nothing_is_likely_then() -> None:
    (decision,) = router(Remembered(ASKED, "none")).classify([ASKED])
    assert (decision.category, decision.likely) == (None, ())
    assert decision.probabilities["none"] == decision.confidence


def test_the_newest_word_on_a_question_counts() -> None:
    taught = router(Remembered(ASKED, "electric"), Remembered(ASKED.lower(), "pool"))
    assert taught.classify([ASKED])[0].category == "pool"


def test_the_memory_follows_what_is_told_and_embeds_only_what_is_new() -> None:
    told, embedder = Told(Remembered(ASKED, "electric")), CountingEmbedder()
    taught = RememberingRouter(Always(), Memory(told, embedder.embed))
    assert taught.classify(["Why?"])[0].learned_from == ""
    told.list.append(Remembered("Why?", "fence"))
    assert taught.classify(["Why?"])[0].category == "fence"
    told.list.clear()
    assert taught.classify([ASKED])[0].category == "doorbell"
    assert embedder.texts.count(ASKED) == 1
    taught.classify([ASKED])
    assert told.reads == 3


def test_without_anything_told_nothing_is_embedded() -> None:
    embedder = CountingEmbedder()
    inner = Always()
    taught = RememberingRouter(inner, Memory(Told(), embedder.embed))
    assert taught.classify([ASKED]) == inner.classify([ASKED])
    assert taught.classify([]) == []
    assert (embedder.texts, taught.version) == ([], "v1")


def test_a_new_label_gets_its_share_although_the_router_does_not_know_it() -> None:
    (decision,) = router(Remembered(ASKED, "security")).classify([ASKED])
    assert decision.probabilities["security"] == decision.confidence == pytest.approx(TOLD)


def test_a_router_that_is_sure_of_one_label_alone_can_be_overruled() -> None:
    from classifier.memory import Recollection

    decision = overruled(Decision("a", 1.0, {"a": 1.0}, "v"), Recollection(Remembered("q", "a"), 0.9))
    assert decision.probabilities == {"a": pytest.approx(0.882)}


def test_plain_keeps_words_apart() -> None:
    assert plain("Who  is it ?!") == "who is it"
    assert plain("1.5") == "1.5"
