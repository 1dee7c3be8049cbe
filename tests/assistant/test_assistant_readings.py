import datetime as dt

import pytest
from conftest import WordEmbedder

from assistant.lessons import Asked, Workbook, workbooks
from assistant.readings import answering, readings
from knowledge.note import Draft
from knowledge.sentences import sentences

TOLD = [
    ("a", "The hen house door was hung by Ray from the village."),
    ("a", "He took $115 for the door of the hen house."),
    ("b", "Sue hung the next hen house door and took $140."),
]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("What did the first door cost?", "It cost $115 [a].", {1}),
        ("Who hung the hen house door?", "Ray, from the village [a], then Sue [b].", {0, 2}),
        ("What did each door cost?", "$115 [a] and $140 [b].", {1, 2}),
        ("How often was it hung?", "Twice, by Ray [a][b].", {0, 2}),
        ("Who painted the door?", "I have no note about that.", set()),
    ],
)
def test_what_an_answer_says_leads_to_the_sentence_it_was_taken_from(
    question: str, answer: str, expected: set[int]
) -> None:
    assert answering(Asked(question, "fact", answer), TOLD) == expected


def test_every_question_is_read_beside_every_sentence_with_its_title_and_date() -> None:
    notes = (Draft("Ray hung it.", title="Door", date=dt.date(2023, 4, 18), id="a"), Draft(" ", title="Roof", id="b"))
    book = Workbook("hens", "hen house", dt.date(2026, 1, 1), notes, (Asked("Who hung it?", "fact", "Ray [a]."),))

    (reading,) = readings(book, WordEmbedder().embed)

    assert reading.sentences == ("Door (18 April 2023): Ray hung it.", "Roof: Roof")
    assert reading.answering == {0}
    assert reading.nearness[0] > reading.nearness[1]


def test_every_answered_question_of_the_packaged_workbooks_has_its_sentences() -> None:
    for book in workbooks():
        told = [(note.id, each) for note in book.notes for each in sentences(note.text) or [note.title]]
        for asked in book.asked:
            assert bool(answering(asked, told)) == (asked.kind != "unanswerable"), asked
