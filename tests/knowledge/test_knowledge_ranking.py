import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from knowledge.note import Passage, Told
from knowledge.ranking import Candidate, history, ranked, series
from knowledge.timing import Timing


def candidate(
    note_id: str, similarity: float, year: int | None = None, angle: float = 0.0, category: str = "fence"
) -> Candidate:
    """A note whose vector lies at an angle, in degrees, from the others'."""
    passage = Passage(f"{note_id}#0", note_id, note_id, category, None, "", note_id)
    turned = np.deg2rad(angle)
    return Candidate(
        note_id=note_id,
        title=note_id,
        category=category,
        date=dt.date(year, 5, 1) if year else None,
        passages=(passage,),
        best=0,
        similarity=similarity,
        overlap=0.0,
        titled=0.0,
        coded=0.0,
        vector=np.array([np.cos(turned), np.sin(turned)], np.float32),
    )


def order(time: Timing, *candidates: Candidate) -> str:
    return "".join(each.note_id for each, _ in ranked(candidates, time))


NOW, PRESENT, PAST, FIRST = Timing("now"), Timing("present"), Timing("past"), Timing("first")


@pytest.mark.parametrize("time", [NOW, PRESENT])
def test_the_newest_of_a_series_goes_first_where_the_present_is_asked_for(time: Timing) -> None:
    assert order(time, candidate("a", 0.60, 2017), candidate("b", 0.55, 2023, 20)) == "ba"


def test_the_first_of_a_series_goes_first_where_it_is_asked_for() -> None:
    assert order(FIRST, candidate("a", 0.60, 2023), candidate("b", 0.50, 2017, 20)) == "ba"


def test_where_what_held_before_is_asked_for_neither_the_newest_nor_the_newer_is_raised() -> None:
    notes = [candidate("a", 0.60, 2017), candidate("b", 0.58, 2020, 20), candidate("c", 0.56, 2023, 20)]
    assert order(Timing("earlier"), *notes) == "abc"


def test_a_newer_note_about_something_else_stays_behind() -> None:
    assert order(NOW, candidate("a", 0.6, 2017), candidate("b", 0.55, 2023, 80)) == "ab"


def read(each: Candidate, answering: float) -> Candidate:
    return replace(each, deciding=(Told("so", answering),))


def test_a_newer_note_that_answers_as_surely_in_other_words_takes_the_place_of_the_older() -> None:
    mechanic = read(candidate("a", 0.60, 2020), 0.95)

    assert order(NOW, mechanic, read(candidate("b", 0.58, 2023, 80), 0.95)) == "ba"
    assert order(NOW, mechanic, read(candidate("b", 0.58, 2023, 80), 0.5)) == "ab"  # it may tell of something else
    assert order(NOW, mechanic, read(candidate("b", 0.45, 2023, 80), 0.95)) == "ab"


def test_of_notes_that_likely_answer_the_surest_goes_first() -> None:
    likely, surer = read(candidate("a", 0.50), 0.98), read(candidate("b", 0.40, angle=80), 0.9999)

    assert order(PAST, likely, surer) == "ba"
    assert order(PAST, likely, read(surer, 0.98)) == "ab"
    assert (read(likely, 0.3).sureness, read(likely, 1.0).sureness, likely.sureness < surer.sureness) == (0, 1, True)


def test_the_surest_note_leads_the_series_and_not_one_that_only_sounds_like_the_question() -> None:
    sounds = read(candidate("a", 0.60, 2024), 0.2)
    answers, newer = (read(candidate(name, 0.45, year, 80), 0.99) for name, year in (("b", 2020), ("c", 2022)))

    assert order(NOW, sounds, answers, newer) == "cba"


def test_a_newer_note_of_the_series_that_does_not_answer_is_not_the_newest() -> None:
    pump, newer = read(candidate("a", 0.60, 2017), 0.95), read(candidate("b", 0.55, 2023, 20), 0.95)
    beside = read(candidate("c", 0.50, 2025, 20), 0.1)
    assert order(NOW, pump, newer, beside) == "bac"


def test_a_newer_note_of_another_category_is_no_part_of_the_series() -> None:
    members = series(one := candidate("a", 0.6, 2017), [one, candidate("b", 0.6, 2023, 5, "pool")])

    assert [each.note_id for each in members] == ["a"]


def test_a_note_like_a_member_belongs_to_the_series_too() -> None:
    lead, near = candidate("a", 0.6), candidate("b", 0.5, angle=50)
    far = candidate("c", 0.4, angle=90)

    assert [each.note_id for each in series(lead, [lead, near, far])] == ["a", "b", "c"]
    assert [each.note_id for each in series(lead, [lead, far])] == ["a"]


def test_a_history_is_three_dates_of_the_same_thing_oldest_first() -> None:
    notes = [
        candidate("new", 0.6, 2024),
        candidate("old", 0.5, 2016, 10),
        candidate("mid", 0.2, 2020, 20),
        candidate("undated", 0.5, angle=5),
        candidate("related", 0.5, 2018, 55),
        candidate("elsewhere", 0.5, 2019, 5, "pool"),
    ]

    assert [each.note_id for each in history(notes[0], notes)] == ["old", "mid", "new"]
    assert history(notes[0], notes[:2]) == []
    assert history(notes[3], notes) == []


def test_dates_that_the_question_names_come_first() -> None:
    time = Timing("past", dt.date(2019, 1, 1), dt.date(2019, 12, 31))

    found = order(time, candidate("a", 0.6, 2023), candidate("b", 0.55, 2019, 60), candidate("c", 0.5, 2017, 90))

    assert found == "bac"


def test_a_code_outweighs_nearness() -> None:
    assert order(PAST, candidate("a", 0.6), replace(candidate("b", 0.3, angle=80), coded=1.0)) == "ba"


def test_undated_notes_are_the_oldest_and_equal_ones_keep_one_order() -> None:
    assert order(NOW, candidate("a", 0.6), candidate("b", 0.6, 2001)) == "ba"
    assert order(NOW, candidate("c", 0.6), candidate("b", 0.6), candidate("a", 0.6)) == "abc"


def test_a_note_that_the_index_lacks_is_ranked_without_its_vector() -> None:
    assert order(NOW, replace(candidate("a", 0.6), vector=None), candidate("b", 0.7)) == "ba"


def test_nothing_found_is_nothing_ranked() -> None:
    assert ranked([], NOW) == []
