import datetime as dt
from collections.abc import Sequence

import pytest
from small_house import WordRouter

from assistant.incoming.parting import parted
from classifier.decision import Decision
from knowledge.note import Draft

ROUTER = WordRouter(["pool", "fence", "electric"])
HANDOVER = """Dear new owners, this is all we know.

# The water

The pool is nine feet deep.

# Out back

The fence leans at the third post.

## In winter

Leave it be.

# Windows

They stick."""


def read(text: str, title: str = "Our house", category: str | None = None, made_id: bool = True) -> Draft:
    return Draft(text, title, category, dt.date(2014, 6, 20), id="made", source="house.docx", made_id=made_id)


def parts(draft: Draft) -> list[Draft]:
    (labelled,) = parted([draft], ROUTER)
    return [part for part, _ in labelled]


def test_a_document_about_several_matters_becomes_a_note_a_section() -> None:
    water, out_back, windows = parts(read(HANDOVER))

    assert (water.title, out_back.title, windows.title) == (
        "Our house: The water",
        "Our house: Out back",
        "Our house: Windows",
    )
    assert water.text.startswith("Dear new owners") and water.text.endswith("nine feet deep.")
    assert out_back.text.endswith("Leave it be.")  # with the smaller heading below it
    assert {each.date for each in (water, out_back, windows)} == {dt.date(2014, 6, 20)}
    assert len({each.id for each in (water, out_back, windows)}) == 3
    assert parts(read(HANDOVER)) == [water, out_back, windows]  # and the same ids the next time


@pytest.mark.parametrize(
    "text",
    [
        "# Ingredients\n\nFlour.\n\n# Method\n\nBake it.",  # nothing of a category
        "# Pump\n\nThe pool pump.\n\n# Heater\n\nThe pool heater.",  # one category
        "# Pool\n\nThe pool pump.\n\nIts fence and its electric cover.",  # one heading
        "# Pool\n\nThe pool pump.\n\n# Fence\n\nPerhaps the fence.",  # a second category that is a guess
        "The pool.\n\nThe fence.",
        "# A\n\npool\n\n# B\n\npool\n\n# C\n\npool\n\n# D\n\nfence",  # one section in passing
    ],
)
def test_what_is_about_one_matter_stays_together(text: str) -> None:
    assert parts(read(text)) == [read(text)]


def test_a_file_that_says_its_category_or_its_id_stays_as_it_is() -> None:
    for draft in (read(HANDOVER, category="pool"), read(HANDOVER, made_id=False)):
        assert parts(draft) == [draft]


def test_many_are_read_in_one_call_and_come_labelled() -> None:
    class Counting(WordRouter):
        calls = 0

        def classify(self, questions: Sequence[str]) -> list[Decision]:
            self.calls += 1
            return super().classify(questions)

    router = Counting(["pool", "fence", "electric"])
    pump, said, letter = parted([read("The pool pump."), read("A pump.", category="pool"), read(HANDOVER)], router)

    assert router.calls == 1
    ((_, decision),) = pump
    assert decision is not None and decision.category == "pool"
    assert said == [(read("A pump.", category="pool"), None)]
    assert [decision.category for _, decision in letter if decision] == ["pool", "fence", None]


def test_no_draft_asks_nothing() -> None:
    assert parted([], ROUTER) == []
