"""What is known of a turn, with a category renamed where it stands for one, and nowhere else."""

from dataclasses import replace

import pytest

from assistant.details import AnswerDetails, FirstAnswer, NoteCard, QuestionDetails

CARD = NoteCard(1, "pump", "pool", "pool", None, "The pool pump.", 0.9)


@pytest.mark.parametrize(
    ("details", "now", "gone"),
    [
        (QuestionDetails("pool", standalone="pool"), QuestionDetails("water", standalone="pool"), None),
        (
            QuestionDetails(likely=("pool", "car", "water")),
            QuestionDetails(likely=("water", "car")),
            QuestionDetails(likely=("car", "water")),
        ),
        (
            QuestionDetails(probabilities={"pool": 0.5, "water": 0.25, "none": 0.25}),
            QuestionDetails(probabilities={"water": 0.75, "none": 0.25}),
            QuestionDetails(probabilities={"water": 0.25, "none": 0.75}),
        ),
        (
            QuestionDetails(before=QuestionDetails("pool")),
            QuestionDetails(before=QuestionDetails("water")),
            QuestionDetails(before=QuestionDetails()),
        ),
        (QuestionDetails("car"), QuestionDetails("car"), QuestionDetails("car")),
    ],
)
def test_a_category_is_renamed_or_taken_out_of_a_question(
    details: QuestionDetails, now: QuestionDetails, gone: QuestionDetails | None
) -> None:
    assert details.renamed("pool", "water") == now
    assert details.renamed("pool", None) == (gone or replace(details, category=None))


@pytest.mark.parametrize("new_name", ["water", None])
def test_a_category_is_renamed_in_the_cards_of_an_answer_and_of_the_one_before_and_its_words_stay(
    new_name: str | None,
) -> None:
    first = FirstAnswer("the pool", AnswerDetails("done", scope="pool", notes=(CARD,)))
    details = AnswerDetails("done", scope="Searched 1 pool note", notes=(CARD,), seconds={"pool": 1.0}, earlier=first)
    filed = (replace(CARD, category=new_name),)
    assert details.renamed("pool", new_name) == replace(
        details, notes=filed, earlier=replace(first, details=replace(first.details, notes=filed))
    )
