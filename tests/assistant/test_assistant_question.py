import pytest

from assistant.errors import QuestionRefused
from assistant.question import MAX_QUESTION, checked


def test_the_refusal_of_a_long_question_says_how_long_is_too_long() -> None:
    assert checked("a" * MAX_QUESTION) == "a" * MAX_QUESTION
    with pytest.raises(QuestionRefused, match=rf"10,000 characters; the most is {MAX_QUESTION:,}"):
        checked("a" * 10_000)


def test_a_question_loses_its_stray_blanks() -> None:
    assert checked("  When was\n the\tpump\x00 replaced? ") == "When was the pump replaced?"


def test_half_a_character_in_a_question_is_dropped_not_passed_on() -> None:
    assert checked("When was the pump \ud83d replaced?") == "When was the pump replaced?"
