import datetime as dt

import pytest

from knowledge.library import Library
from knowledge.note import Draft, Hit, Scope
from knowledge.recency import newest_first, wants_newest


def hit(note_id: str, score: float, year: int | None = None) -> Hit:
    return Hit(note_id, note_id, None, dt.date(year, 5, 1) if year else None, (), score, score, score)


def order(*hits: Hit) -> str:
    return "".join(each.note_id for each in newest_first(hits))


@pytest.mark.parametrize(
    "question",
    [
        *("When did we last replace the pool pump?", "Which filter do we use now?", "What is the CURRENT code?"),
        *("latest paint colour", "Do we still use Ray?", "Who services the pool at the moment?"),
    ],
)
def test_a_question_about_how_things_are_wants_the_newest(question: str) -> None:
    assert wants_newest(question)


@pytest.mark.parametrize(
    "question",
    [
        *("Who replaced the pump in 2017?", "What did the plumber say last year?", "last March's visit"),
        *(
            "What is the plumber's last name?",
            "Is there snow on the roof?",
            "the nowhere valve",
            "How long did it last night",
        ),
        "",
    ],
)
def test_a_question_about_another_time_does_not(question: str) -> None:
    assert not wants_newest(question)


def test_a_newer_note_that_fits_about_as_well_goes_first() -> None:
    assert order(hit("a", 0.80, 2017), hit("b", 0.78, 2023)) == "ba"


def test_a_newer_note_that_fits_much_worse_stays_behind() -> None:
    assert order(hit("a", 0.8, 2017), hit("b", 0.3, 2023)) == "ab"


def test_an_undated_note_is_the_oldest() -> None:
    assert order(hit("a", 0.80), hit("b", 0.79, 2001)) == "ba"


@pytest.mark.parametrize("year", [None, 2020])
def test_notes_of_one_date_keep_their_order(year: int | None) -> None:
    assert order(hit("a", 0.80, year), hit("b", 0.79, year), hit("c", 0.78, year)) == "abc"


def test_nothing_found_is_nothing_ordered() -> None:
    assert newest_first([]) == []


def test_the_last_time_is_found_before_the_times_before(library: Library) -> None:
    years = (2016, 2023, 2019)
    library.add(
        Draft("Fence stained by Pickett.", "Fence stained", "fence", dt.date(year, 4, 30), id=str(year))
        for year in years
    )

    hits = library.search("When was the fence last stained?", Scope(("fence",), "test"))

    assert [each.note_id for each in hits] == ["2023", "2019", "2016"]
