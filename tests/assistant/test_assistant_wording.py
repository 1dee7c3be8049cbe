import pytest

from assistant.prompts import NO_NOTE
from assistant.wording import declines, echoes, says_something


@pytest.mark.parametrize(
    "text",
    ["The front lawn is zone A [1].", "It is breaker panel A [1]", "The blood type is A.", "Vitamin A", "Ray [1]."],
)
def test_an_answer_may_end_in_a_capital_a(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize(
    "text", ["[1].", "The gate code is [1].", "It is in a [1]", "Ray put in the [1].", "It Was [1]"]
)
def test_an_answer_that_breaks_off_says_nothing(text: str) -> None:
    assert not says_something(text)


POOLS = "When did Ray's Pools replace the pump? And who serviced it?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (POOLS, "Ray's Pools serviced the pump [1]."),
        (POOLS, "Ray's Pools replaced the pump [1]."),
        (
            "Was the pool pump replaced in 2019? When was the basket cleaned?",
            "The pool basket was cleaned in 2019 [1].",
        ),
        ("Who painted the front porch?", "Ray painted the front porch [1]."),
    ],
)
def test_what_another_sentence_of_the_question_names_may_answer_it(question: str, text: str) -> None:
    assert not echoes(text, question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Where is the sprinkler controller on the wall?", "The sprinkler controller is on the wall [1]."),
        ("When was the pool pump replaced? And who serviced it?", "The pool pump was serviced [1]."),
        ("When was the pool pump replaced? And who did it?", "The pool pump was replaced [1]."),
        ("when was the pool pump replaced by rays pools? and who did it?", "The pool pump was replaced [1]."),
    ],
)
def test_what_only_repeats_the_question_or_what_it_leans_on_is_an_echo(question: str, text: str) -> None:
    assert echoes(text, question)


def test_an_answer_that_quotes_the_decline_beside_a_fact_does_not_decline() -> None:
    assert declines(NO_NOTE) and declines(f"Sorry, {NO_NOTE}")
    assert not declines(f"Ray replaced the pool pump in April 2023. {NO_NOTE[:-1]} costing more than that.")
