import datetime as dt

import pytest

from knowledge.sentences import LEAST_WORDS, MOST_WORDS, in_context, sentences


def test_short_sentences_are_joined_and_long_ones_stand_alone() -> None:
    pump, filters = (
        "The old pump was pulled out and the new one put in.",
        "He rinsed all of the filters while he was here.",
    )
    assert sentences(f"Ray came. {pump}\n\n{filters} $1,150.") == [f"Ray came. {pump}", f"{filters} $1,150."]


def test_rows_and_lists_are_read_line_by_line() -> None:
    rows = [f"- zone {number} waters the {'hedge ' * 8}" for number in range(3)]
    assert sentences("\n".join(rows)) == [" ".join(row.split()) for row in rows]


@pytest.mark.parametrize("words", [1, LEAST_WORDS, MOST_WORDS, MOST_WORDS + 1, 1000])
def test_nothing_is_lost_and_nothing_is_longer_than_is_read(words: int) -> None:
    found = sentences(" ".join(f"w{at}" for at in range(words)))
    assert " ".join(found).split() == [f"w{at}" for at in range(words)]
    assert max(len(each.split()) for each in found) <= MOST_WORDS


@pytest.mark.parametrize("text", ["", " \n\n ", "\n"])
def test_nothing_gives_nothing(text: str) -> None:
    assert sentences(text) == []


def test_a_sentence_is_read_with_what_it_is_about() -> None:
    assert in_context("Pump replaced", dt.date(2023, 4, 8), "Ray did it.") == (
        "Pump replaced (08 April 2023): Ray did it."
    )
    assert in_context("Pump", None, "Ray did it.") == "Pump: Ray did it."
