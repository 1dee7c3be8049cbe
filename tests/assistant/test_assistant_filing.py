from collections.abc import Sequence

from small_house import WordRouter

from assistant.filing import LOOKED_AT, Filer
from classifier.decision import Decision


class Whole(WordRouter):
    """The slow half, which remembers what it was asked."""

    version = "whole"

    def __init__(self, categories: Sequence[str]) -> None:
        super().__init__(categories)
        self.asked: list[str] = []

    def classify(self, questions: Sequence[str]) -> list[Decision]:
        self.asked += questions
        return super().classify(questions)


def test_the_whole_router_is_asked_only_where_its_quick_half_is_not_sure() -> None:
    whole = Whole(["pool", "fence", "tree service"])
    filer = Filer(WordRouter(["pool", "fence"]), whole)
    decisions = filer.classify(["The pool hums.", "A tree service came.", "The fence.", "Pool or fence?"])
    assert [decision.category for decision in decisions] == ["pool", "tree service", "fence", "pool"]
    assert whole.asked == ["A tree service came.", "Pool or fence?"]
    assert filer.version == "whole"


def test_the_slow_half_reads_the_beginning_of_a_note() -> None:
    whole = Whole(["pool"])
    Filer(WordRouter(["fence"]), whole).classify(["word " * 1000])
    assert [len(each) for each in whole.asked] == [LOOKED_AT]
