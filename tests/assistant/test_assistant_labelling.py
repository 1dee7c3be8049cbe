"""Drafts that a router reads together, and what happens once they are kept."""

from collections.abc import Sequence

from small_house import WordRouter

from assistant.incoming.labelling import Batch, Labeller
from classifier.decision import Decision
from knowledge.library import BATCH, Library
from knowledge.note import Draft

POOL, FENCE = Draft("The pool is deep."), Draft("The fence leans.")


class Counting(WordRouter):
    """Remembers how many questions it was asked at a time."""

    def __init__(self) -> None:
        super().__init__(["pool", "fence"])
        self.asked: list[int] = []

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        self.asked.append(len(questions))
        return super().classify(questions)


def test_a_full_batch_is_read_in_one_call_and_comes_out_labelled(library: Library) -> None:
    router = Counting()
    batch = Batch(Labeller(library, router))
    for number in range(BATCH):
        assert not batch.full
        batch.add(FENCE if number % 2 else POOL)
    assert batch.full

    labels = [decision.category for _, decision in batch.taken_out() if decision]
    assert labels == ["pool", "fence"] * (BATCH // 2)
    assert router.asked == [BATCH]
    assert list(batch.taken_out()) == []


def test_what_follows_a_draft_happens_once_that_is_kept_and_not_before(library: Library) -> None:
    batch, happened = Batch(Labeller(library, Counting())), list[str]()
    batch.once_kept(lambda: happened.append("nothing waited"))
    assert happened == ["nothing waited"]
    batch.add(POOL)
    batch.once_kept(lambda: happened.append("the first file"))
    batch.add(FENCE)
    batch.once_kept(lambda: happened.append("the second file"))

    drafts = batch.taken_out()
    next(drafts)
    assert happened == ["nothing waited"]
    next(drafts)
    assert happened == ["nothing waited", "the first file"]  # broken off here, only the second is read again
    assert list(drafts) == []
    assert happened == ["nothing waited", "the first file", "the second file"]


def test_where_no_router_is_asked_nothing_waits(library: Library) -> None:
    router = Counting()
    for labeller in (Labeller(library), Labeller(library, router, category="electric")):
        batch = Batch(labeller)
        batch.add(POOL)
        assert batch.full
        assert list(batch.taken_out()) == [(POOL, None)]
    assert labeller.filed(POOL).draft.category == "electric"
    assert router.asked == []


def test_only_what_says_no_category_of_the_house_is_open(library: Library) -> None:
    labeller = Labeller(library, Counting())
    said = [None, "Pool", "none", "Machines"]
    assert [labeller.is_open(Draft("It hums.", category=each)) for each in said] == [True, False, False, True]
    assert not Labeller(library).is_open(POOL)
