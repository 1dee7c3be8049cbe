import datetime as dt
import time

import pytest

from knowledge.timing import Timing, timing

TODAY = dt.date(2026, 11, 15)


def asked(question: str) -> Timing:
    return timing(question, TODAY)


@pytest.mark.parametrize(
    "question",
    [
        *("When did we last replace the pool pump?", "Which filter do we use now?", "What is the CURRENT code?"),
        *("latest paint colour", "Do we still use Ray?", "Who services the pool at the moment?"),
    ],
)
def test_how_it_is_now_is_said(question: str) -> None:
    assert asked(question).aim == "now"


@pytest.mark.parametrize(
    "question",
    [
        "What do we pay for the gutters?",
        "Which latch is on the gate?",
        "what's the screen made of",
        "When was it done?",
    ],
)
def test_how_it_is_now_is_meant_where_only_the_tense_says_so(question: str) -> None:
    assert asked(question).aim == "present"


@pytest.mark.parametrize(
    "question",
    [
        *("Who replaced the pump in 2017?", "What did the plumber say last year?", "last March's visit"),
        *("the nowhere valve", "How long did it last night", "fence stain", ""),
    ],
)
def test_what_asks_for_no_time_in_particular_is_of_the_past(question: str) -> None:
    assert asked(question).aim == "past"


@pytest.mark.parametrize("question", ["Who first cleaned it?", "the original roof colour", "when we had just moved in"])
def test_how_it_was_first(question: str) -> None:
    assert asked(question).aim == "first"


@pytest.mark.parametrize("question", ["How often was it cleaned?", "How many times did Ray come?", "cost in all"])
def test_how_often_asks_for_the_whole_series(question: str) -> None:
    assert asked(question).often
    assert not asked("Who cleaned it?").often


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What did we do in 2023?", "2023-01-01", "2023-12-31"),
        ("What was spent on the pool in 2023?", "2023-01-01", "2023-12-31"),
        ("Who came in March 2021?", "2021-03-01", "2021-03-31"),
        ("What was done on 12 April 2022?", "2022-04-12", "2022-04-12"),
        ("Who has cleaned the gutters since March?", "2026-03-01", None),
        ("what changed before 2021", None, "2020-12-31"),
        ("What did we pay until 2019?", None, "2018-12-31"),
        ("between 2019 and 2021 who came", "2019-01-01", "2021-12-31"),
        ("What did we spend from March 2020 to June 2021?", "2020-03-01", "2021-06-30"),
        ("What was done two years ago?", "2024-01-01", "2024-12-31"),
        ("How much was it last year?", "2025-01-01", "2025-12-31"),
        ("Did anyone come last summer?", "2026-06-01", "2026-08-31"),
        ("In the fall of 2022, who trimmed the oak?", "2022-09-01", "2022-11-30"),
        ("winter of 2021", "2021-12-01", "2022-02-28"),
        ("last winter", "2025-12-01", "2026-02-28"),
    ],
)
def test_dates_are_read_as_they_are_said(question: str, start: str | None, end: str | None) -> None:
    found = asked(question)

    assert (found.start and found.start.isoformat(), found.end and found.end.isoformat()) == (start, end)
    assert found.ranged


@pytest.mark.parametrize(
    "question",
    [
        *("When may I open the pool?", "What is in the basement?", "the sun sail on the deck", "part 2016-A4"),
        *("what's on in the garage", "code 1450", "Who looks after the heating?", "in the end it was Ray"),
    ],
)
def test_what_only_looks_like_a_date_is_none(question: str) -> None:
    assert not asked(question).ranged


def test_a_date_holds_what_lies_within_it() -> None:
    since = asked("Who came since March 2021?")

    assert since.holds(dt.date(2021, 3, 1))
    assert not since.holds(dt.date(2021, 2, 28))
    assert not since.holds(None)
    assert not Timing().holds(dt.date(2021, 3, 1))


@pytest.mark.parametrize(
    ("question", "event", "side"),
    [
        ("Which paint was it before the kitchen remodel?", "kitchen remodel", "until"),
        ("How often has it leaked since the flood?", "flood", "since"),
        ("after our move, who cleaned?", "move", "since"),
    ],
)
def test_an_event_stands_in_the_place_of_a_date(question: str, event: str, side: str) -> None:
    found = asked(question)

    assert (found.event, found.side) == (event, side)
    assert asked("Who looks after the heating?").event == ""


@pytest.mark.parametrize("text", ["before the " + "a" * 2000, "in " + "x " * 1000, "between " * 250, "ago " * 500])
def test_no_question_takes_long_to_read(text: str) -> None:
    began = time.perf_counter()
    asked(text)

    assert time.perf_counter() - began < 2
