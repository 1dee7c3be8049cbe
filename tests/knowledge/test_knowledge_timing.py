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
        *("Who did the lawn recently?", "whats the hall painted in atm"),
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
        *("whats the gate code", "Which pump is installed?", "what boiler have we got", "who mows the lawn"),
        *("Which key opens the back door?", "who do I call first if it leaks?", "what's on the first floor"),
        *("Where is the original manual?", "Which hose is used to drain it?", "Which bulbs do we buy this year?"),
        *("How often has it leaked since we moved in?", "hi when was it serviced", "So, ok, when did Ray come?"),
        *("can you tell me when the boiler was serviced", "Do you know when Ray came?"),
        *("What year was the roof put on?", "On which date did Ray come", "how long ago was it serviced"),
        *("boiler serviced when?", "Has it ever leaked, and when?", "whn was it done"),
        *("how long since the boiler was serviced", "How long is it since we had it serviced?"),
    ],
)
def test_how_it_is_now_is_meant_where_only_the_tense_says_so(question: str) -> None:
    assert asked(question).aim == "present"


@pytest.mark.parametrize(
    "question",
    [
        *("Who replaced the pump in 2017?", "What did the plumber say last year?", "last March's visit"),
        *("the nowhere valve", "How long did it last night", "fence stain", ""),
        *("Who came in the last two years?", "the year before last", "What was used to seal the deck?"),
        *("How many years of warranty came with the doorbell?", "back when we had oil"),
        *("What broke when we had the party?", "Until what year was it guaranteed?", "covered until when"),
    ],
)
def test_what_asks_for_no_time_in_particular_is_of_the_past(question: str) -> None:
    assert asked(question).aim == "past"


@pytest.mark.parametrize(
    "question",
    [
        *("Who first cleaned it?", "the original roof colour", "when we had just moved in", "which one came first?"),
        *("the stove that came with the house", "What was here when we bought the place?", "who used to mow"),
    ],
)
def test_how_it_was_first(question: str) -> None:
    assert asked(question).aim == "first"


@pytest.mark.parametrize(
    "question",
    [
        *("What is the previous gate code?", "the former arborist's phone", "What did they charge previously?"),
        *("What was the last gate code before this one?", "What was the penultimate colour?", "the one before"),
        *("Who came the second to last time?", "the last but one visit", "Which pump was it before the current one?"),
        *("what's his former employer", "what's emma's former school", "what is the last code before 4719"),
        *("who mowed before ray", "And who cleaned it before Maria?", "whats the paint we used before"),
        *("What did we use before?", "Which code did we have before 4719?", "Who was the plumber before Ray?"),
        *("What was the old paint colour?", "what's the old gate code", "the old wifi password", "what is the old one"),
    ],
)
def test_what_something_took_the_place_of_is_asked_for(question: str) -> None:
    assert asked(question).aim == "earlier"
    assert not asked(question).is_of_newest(dt.date(2025, 5, 1))


@pytest.mark.parametrize(
    ("question", "aim"),
    [
        *(("How old is the roof?", "present"), ("How old was the dog then?", "past"), ("the 12 year old code", "past")),
        *(("Where is the manual for the old fridge?", "present"), ("old paint disposal", "past")),
        *(("What do I check before I mow?", "present"), ("Has this happened before?", "present")),
        *(("what size shoes does our oldest take", "present"), ("emma's first grade teacher", "past")),
        *(("whats the earliest the bins can go out", "present"), ("what's the first direct login", "present")),
        *(("what did the doctor say earlier this year", "past"), ("the Old Vicarage phone number", "past")),
        ("when does the last bin collection go before xmas", "now"),
        *(("What did we pay before 2019?", "past"), ("What did it cost before the remodel?", "past")),
        *(("What did Ray say before leaving?", "past"), ("Is the new code or the old code valid now?", "now")),
    ],
)
def test_what_is_old_or_comes_before_something_need_not_be_what_was_replaced(question: str, aim: str) -> None:
    assert asked(question).aim == aim


def test_the_newest_note_answers_where_nothing_asks_for_an_older_one() -> None:
    newest = dt.date(2025, 5, 1)
    for question in ("When was it stained?", "What is the code?", "What was it in 2025?", "How old is the roof?"):
        assert asked(question).is_of_newest(newest)
    for question in ("Who came first?", "Which filter does the old fridge take?", "Who came in 2019?"):
        assert not asked(question).is_of_newest(newest)
    for question in ("what size is our older girl in", "Who phoned the Old Vicarage?"):
        assert asked(question).is_of_newest(newest)
    assert not asked("Who mended the old girl?").is_of_newest(newest)
    assert not asked("What was the code before the remodel?").is_of_newest(newest)


@pytest.mark.parametrize(
    "question",
    ["How often was it cleaned?", "How many times did Ray come?", "cost in all", "How many leaks have we had?"],
)
def test_how_often_asks_for_the_whole_series(question: str) -> None:
    assert asked(question).often
    assert not asked("Who cleaned it?").often
    assert not asked("How long is it since we cleaned it?").often
    assert not asked("How many amps does the dryer take?").often
    assert asked("What did they charge each time?").often
    assert not asked("What do I owe the window cleaner each time?").often


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
        ("gas bill jan 2025", "2025-01-01", "2025-01-31"),
        ("2024 boiler service", "2024-01-01", "2024-12-31"),
        ("Who did the '19 paint job?", "2019-01-01", "2019-12-31"),
        ("repairs 2019-2021", "2019-01-01", "2021-12-31"),
        ("mulch in 2022, 2023 and 2024", "2022-01-01", "2024-12-31"),
        ("Who came between March and June 2023?", "2023-03-01", "2023-06-30"),
        ("who plowed from nov to feb", "2025-11-01", "2026-02-28"),
        ("What was done in Sept?", "2026-09-01", "2026-09-30"),
        ("what did we pay since the start of 2024", "2024-01-01", None),
        ("Who was here since last March?", "2026-03-01", None),
        ("Who came on 2023-06-03?", "2023-06-03", "2023-06-03"),
        ("What did we pay prior to 2020?", None, "2019-12-31"),
        ("Who mowed after March 2022?", "2022-04-01", None),
        ("the invoice from March 2021", "2021-03-01", "2021-03-31"),
        ("Who mowed from 2022 on?", "2022-01-01", None),
        ("What did we spend this year?", "2026-01-01", "2026-12-31"),
        ("who did it last yr", "2025-01-01", "2025-12-31"),
        ("How much in the last 3 years?", "2023-11-15", None),
        ("What should we have spent in the last 3 years?", "2023-11-15", None),
        ("How long does the filter from 2024 last?", "2024-01-01", "2024-12-31"),
        ("who came in the last couple of months", "2026-09-15", None),
        ("How much over the past year?", "2025-11-15", None),
        ("Who came a couple of years ago?", "2024-01-01", "2024-12-31"),
        ("What did we do two winters ago?", "2024-12-01", "2025-02-28"),
        ("three summers ago", "2024-06-01", "2024-08-31"),
        ("a couple of springs ago", "2025-03-01", "2025-05-31"),
        ("Who has mowed since two summers ago?", "2025-06-01", None),
        ("Who came the winter before last?", "2024-12-01", "2025-02-28"),
        ("Who came the year before last?", "2024-01-01", "2024-12-31"),
        ("What did we pay in 2024? And in 2023?", "2023-01-01", "2023-12-31"),
        ("What did we do in 2022. Who paid for it", "2022-01-01", "2022-12-31"),
        ("who came half a year ago", "2026-05-01", "2026-05-31"),
        ("who lived here in the 1990s?", "1990-01-01", "1999-12-31"),
        ("What was built in the '80s?", "1980-01-01", "1989-12-31"),
        ("what did we do in the 2010's", "2010-01-01", "2019-12-31"),
        ("who owned it before the 70s", None, "1969-12-31"),
        ("What was changed since the 90s?", "1990-01-01", None),
        ("What was changed after the 2000s?", "2010-01-01", None),
        ("what broke at Christmas?", "2025-12-01", "2025-12-31"),
        ("what did we cook last christmas", "2025-12-01", "2025-12-31"),
        ("who came over xmas 2023?", "2023-12-01", "2023-12-31"),
        ("what did we hang up at christmas last year?", "2025-12-01", "2025-12-31"),
        ("costs 2020 onwards", "2020-01-01", None),
        ("invoices from June 2020 or later", "2020-06-01", None),
        ("papers of 2020 or earlier", None, "2020-12-31"),
        ("roof work post-2015", "2016-01-01", None),
        ("anything done later than 2020?", "2021-01-01", None),
        ("anything earlier than 2010", None, "2009-12-31"),
        ("what was done no later than june 2021", None, "2021-06-30"),
        ("what did we spend on the kitchen as of March 2024", None, "2024-03-31"),
        ("anything not later than March 2021", None, "2021-03-31"),
        ("papers not older than 2015", "2015-01-01", None),
        ("papers no newer than 2015", None, "2015-12-31"),
        ("anything no earlier than June 2020", "2020-06-01", None),
        ("anything older than 2015", None, "2014-12-31"),
        ("mowing starting in 2020", "2020-01-01", None),
        ("What did they post in 2020?", "2020-01-01", "2020-12-31"),
        ("what did we pay in july last year", "2025-07-01", "2025-07-31"),
        ("who came since March of last year", "2025-03-01", None),
        ("Who came in July the year before last?", "2024-07-01", "2024-07-31"),
        ("in the spring of last year", "2025-03-01", "2025-05-31"),
        ("in the fall of last year", "2025-09-01", "2025-11-30"),
        ("did anyone fall last year", "2025-01-01", "2025-12-31"),
        ("what did we pay in septmber", "2026-09-01", "2026-09-30"),
        ("heating oil winter 2023/24", "2023-12-01", "2024-02-29"),
        ("what did we spend in june 24", "2024-06-01", "2024-06-30"),
        ("what did we do on june 24", "2026-06-24", "2026-06-24"),
        ("what did we spend in the last 12 mths", "2025-11-15", None),
        ("who came 6 wks ago?", "2026-09-28", "2026-10-04"),
        ("who came the day before yesterday?", "2026-11-13", "2026-11-13"),
        ("in the last week of June 2024", "2024-06-01", "2024-06-30"),
        ("What did we do in the last 3 months of 2024?", "2024-01-01", "2024-12-31"),
        ("the last few days of August", "2026-08-01", "2026-08-31"),
    ],
)
def test_dates_are_read_as_they_are_said(question: str, start: str | None, end: str | None) -> None:
    found = asked(question)

    assert (found.start and found.start.isoformat(), found.end and found.end.isoformat()) == (start, end)
    assert found.ranged


@pytest.mark.parametrize(
    ("today", "question", "start", "end"),
    [
        ("2026-03-12", "How much have we spent on the pool from 2021 to now?", "2021-01-01", None),
        ("2026-03-12", "Who came between 2021 and today?", "2021-01-01", None),
        ("2026-03-12", "repairs from 2020 to present", "2020-01-01", None),
        ("2026-03-12", "from January 2023 up to now", "2023-01-01", None),
        ("2026-03-12", "from last summer until now", "2025-06-01", None),
        ("2026-03-12", "pool costs 2021 - present", "2021-01-01", None),
        ("2026-03-12", "who mowed between last spring and last fall", "2025-03-01", "2025-11-30"),
        ("2026-07-20", "What did we do last summer?", "2025-06-01", "2025-08-31"),
        ("2026-03-12", "last spring", "2025-03-01", "2025-05-31"),
        ("2026-10-20", "last fall", "2025-09-01", "2025-11-30"),
        ("2026-12-20", "last winter", "2025-12-01", "2026-02-28"),
        ("2026-07-20", "Who came last July?", "2025-07-01", "2025-07-31"),
        ("2026-07-20", "Who came in July?", "2026-07-01", "2026-07-31"),
        ("2026-07-20", "Who came this summer?", "2026-06-01", "2026-08-31"),
        ("2026-03-12", "Who was here since last March?", "2025-03-01", None),
        ("2026-03-12", "last December", "2025-12-01", "2025-12-31"),
        ("2026-03-12", "What is due in April?", "2026-04-01", "2026-04-30"),
        ("2026-03-12", "What was due in April?", "2025-04-01", "2025-04-30"),
        ("2026-03-12", "who fixed the tap next to the washer in July", "2025-07-01", "2025-07-31"),
        ("2026-03-12", "the hedge next door in April", "2025-04-01", "2025-04-30"),
        ("2026-03-12", "who needs a lift in July", "2026-07-01", "2026-07-31"),
        ("2026-03-12", "When is the furnace filter due this fall?", "2026-09-01", "2026-11-30"),
        ("2026-03-12", "What chores are due this summer?", "2026-06-01", "2026-08-31"),
        ("2026-03-12", "Who mows this summer?", "2026-06-01", "2026-08-31"),
        ("2026-03-12", "What did we do this summer?", "2025-06-01", "2025-08-31"),
        ("2026-03-12", "How much gas have we used this winter?", "2025-12-01", "2026-02-28"),
        ("2026-01-15", "What needs doing in February?", "2026-02-01", "2026-02-28"),
        ("2026-01-15", "What needs doing from April to June?", "2026-04-01", "2026-06-30"),
        ("2026-01-15", "What do I have to do before June?", None, "2026-05-31"),
        ("2026-01-15", "What will be due on 5 April?", "2026-04-05", "2026-04-05"),
        ("2026-03-12", "What did we pay by the end of 2023?", None, "2023-12-31"),
        ("2026-03-12", "who came since the end of 2023", "2024-01-01", None),
        ("2026-03-12", "What did we do in 2022? Who was the first?", "2022-01-01", "2022-12-31"),
        ("2026-03-12", "Who did the 2019 paint job?", "2019-01-01", "2019-12-31"),
        ("2026-03-12", "Who came since the 2019 flood?", "2019-01-01", None),
        ("2026-03-12", "the invoice from March 2021 and the one from Ray", "2021-03-01", "2021-03-31"),
        ("2026-03-12", "What came from Home Depot and Lowe's in 2023?", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_date_without_a_year_is_the_one_that_is_meant_that_day(
    today: str, question: str, start: str | None, end: str | None
) -> None:
    found = timing(question, dt.date.fromisoformat(today))

    assert (found.start and found.start.isoformat(), found.end and found.end.isoformat()) == (start, end)
    assert not found.doubtful


@pytest.mark.parametrize(
    "question",
    [
        *("between 2021 and the flood", "from the flood to 2023", "from 2021 to the last visit", "on the 2015 honda"),
        *("gas in January and February", "in June 2024 and July 2025", "in 2019 and 2021", "since 2021 until 2023"),
        *("in the first half of 2024", "at the end of 2023", "in late 2024", "since early 2024", "in Q1 2024"),
        *("What did it cost in 2019? How much is it now?", "spent through March 2024"),
        *("who lived here in the late 90s", "in the first half of the 90s", "from the 90s to the 2000s"),
        "what was done in the 1990s and in 2005",
        *("in the last week of June 2024", "in the last 3 months of 2024", "the last few days of August"),
        *("in the year before 2023", "the 12 months to March 2024", "the year after 2020", "either side of 2023"),
        *("council tax 2023/24", "in 2023-24", "school fees in 2022/23 and 2023/24"),
    ],
)
def test_dates_of_which_more_is_said_than_can_be_read_are_doubtful(question: str) -> None:
    assert asked(question).doubtful


def test_two_years_written_as_one_hold_both() -> None:
    found = asked("What did we spend on logs in 2023/24?")

    assert (found.start, found.end) == (dt.date(2023, 1, 1), dt.date(2024, 12, 31))
    assert not asked("ticket 2023/57").ranged


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What did we pay in 2023? And the year before?", "2022-01-01", "2022-12-31"),
        ("What did we pay in 2023? and a year earlier?", "2022-01-01", "2022-12-31"),
        ("What did we pay in 2023? And two years before?", "2021-01-01", "2021-12-31"),
        ("What did we pay in 2023? And in the two years before that?", "2021-01-01", "2022-12-31"),
        ("What did we pay in 2023? and the year after", "2024-01-01", "2024-12-31"),
        ("What did we pay in 2020? and in the two years after?", "2021-01-01", "2022-12-31"),
        ("What did we pay in 2023? And the following year?", "2024-01-01", "2024-12-31"),
        ("What did we pay in 2023? and the previous year?", "2022-01-01", "2022-12-31"),
        ("What did we pay in 2022? And the year before? And the year before that?", "2020-01-01", "2020-12-31"),
        ("What did we pay in March 2023? And the month before?", "2023-02-01", "2023-02-28"),
        ("Who came last summer? and the summer before?", "2025-06-01", "2025-08-31"),
        ("Who came in 2023? And before that?", None, "2022-12-31"),
        ("Who came in 2023? and after that?", "2024-01-01", None),
        ("Who came in 2023? And since?", "2024-01-01", None),
        ("Who came in 2023? Who paid for the year before the flood?", "2023-01-01", "2023-12-31"),
    ],
)
def test_a_follow_up_may_count_from_the_dates_before_it(question: str, start: str | None, end: str | None) -> None:
    found = asked(question)

    assert (found.start and found.start.isoformat(), found.end and found.end.isoformat()) == (start, end)
    assert found.aim == "past"
    assert not found.doubtful


@pytest.mark.parametrize(
    "question",
    [
        *("oil on 03/04/2023", "oil between 6/3/2023 and 7/4/2023", "spent today", "spent in 24", "spent lately"),
        *("paid in recent years", "paid this weekend", "paid last Tuesday", "paid on Friday", "paid in q3", "paid ytd"),
        *(
            "paid this quarter",
            "paid in the last decade",
            "fed at Easter",
            "What did we pay in 2024? And this morning?",
        ),
    ],
)
def test_what_is_said_of_time_and_cannot_be_read_is_doubtful(question: str) -> None:
    assert asked(question).doubtful
    assert not asked(question).ranged


def test_what_was_done_until_today_or_most_recently_is_read_in_full() -> None:
    assert not asked("What has the pool cost up to today?").doubtful
    assert not asked("Who fitted the pump most recently?").doubtful
    assert asked("Who mowed recently?").aim == "now"


@pytest.mark.parametrize(
    "question",
    [
        *("What did we pay in 2023? And in the other years?", "What did we pay in 2023? And every other year?"),
        *("What did we pay in March 2023? And the year before?", "Who came since 2023? And the year before?"),
        *("Who came in July 2023? And the summer before?", "Who came until 2023? And before that?"),
    ],
)
def test_where_a_follow_up_counts_to_no_range_there_are_no_dates(question: str) -> None:
    assert asked(question).doubtful
    assert not asked(question).ranged


def test_a_date_beside_one_that_is_counted_from_it_is_doubtful() -> None:
    assert asked("What did we pay in 2023 and the following year?").doubtful


@pytest.mark.parametrize(
    "question", ["Where are the Christmas lights?", "do the 40s fit the lamp", "how warm is it, in the low 80s?"]
)
def test_what_only_sounds_like_a_date_names_none(question: str) -> None:
    assert not asked(question).ranged


@pytest.mark.parametrize("question", ["between 2021 and the flood", "from 2021 to whenever", "from then to 2023"])
def test_where_one_end_is_no_date_there_are_none(question: str) -> None:
    assert not asked(question).ranged


@pytest.mark.parametrize(
    "question",
    [
        *("in 2022, 2023 and 2024", "between 2020 and 2022", "from March 2020 to June 2021", "the end table in 2024"),
        *("each year before 2023", "in the last 3 months of bills", "who came the day before yesterday"),
        *("since the start of 2024", "on 12 April 2022", "in the fall of 2022", "on our 2015 honda in 2024"),
        *("in the last 3 years", "last summer", "from March through June 2023", "the half bath in 2024", "fence stain"),
    ],
)
def test_dates_that_are_read_in_full_are_not_doubtful(question: str) -> None:
    assert not asked(question).doubtful


@pytest.mark.parametrize(
    ("question", "aim"),
    [
        ("How long do the filters last?", "present"),
        ("How long do the filters last in the basement?", "present"),
        ("Do LED bulbs last?", "present"),
        ("How long did the old pump last?", "past"),
        ("When did Ray come last?", "now"),
        ("When did we last service the furnace? Thanks!", "now"),
        ("When did we last service the furnace? And before that?", "earlier"),
        ("When did we last service the furnace? And the time before?", "earlier"),
        ("Which pump do we have now? What was it before?", "earlier"),
        ("What was the previous code? Who set it?", "earlier"),
        ("The old code fails. What is the gate code?", "present"),
        ("What is the gate code? And what is it now?", "now"),
        ("What was the original color of the front door? And what is it now?", "now"),
        ("What did the boiler service cost in 2019? How much is it now?", "now"),
        ("What is the current code? What was the one in 2019?", "past"),
        ("What did it cost in 2019? What does it cost?", "present"),
        ("Who mowed in 2022? who mows?", "present"),
        ("In 2019 we put in a pump. What does it take?", "past"),
        ("What was the old code? what's the new one?", "now"),
        ("what was the previous code? and the new code?", "now"),
        ("What was the old code? When was the new one set?", "earlier"),
        ("What is due in April?", "present"),
        ("What will be due this fall?", "present"),
        ("Who mows in July?", "present"),
        ("Who mowed in July?", "past"),
    ],
)
def test_the_aim_is_that_of_the_last_sentence_that_says_one(question: str, aim: str) -> None:
    assert timing(question, dt.date(2026, 3, 12)).aim == aim


@pytest.mark.parametrize(
    "question",
    [
        *("What did it cost in 2019? How much is it now?", "What did we pay in 2024? And in all?"),
        *("What did we pay in 2024? And overall?", "What did we pay in 2024? And in total?"),
        *("What did it cost in 2019? What does it cost?", "What did it cost in 2019? And when is the next one due?"),
    ],
)
def test_a_last_sentence_of_now_or_of_all_times_takes_the_dates_before_it_back(question: str) -> None:
    assert not asked(question).ranged


@pytest.mark.parametrize(
    "question",
    [
        *("on the 2015 honda civic", "our 2015 honda", "What is in the 2012 subaru?", "on the 2015 Honda Civic"),
        *("When may I open the pool?", "What is in the basement?", "the sun sail on the deck", "part 2016-A4"),
        *("what's on in the garage", "code 1450", "Who looks after the heating?", "in the end it was Ray"),
        *("a tank of 2000 gallons", "the 2015 Civic", "alarm code 2019", "call 555-2019", "what was $2020 for"),
        *("How much oil do we burn in a year?", "after the one it came with", "installed by June"),
        *("a few winters ago", "Does the warranty last 10 years?", "will the battery last two weeks"),
    ],
)
def test_what_only_looks_like_a_date_is_none(question: str) -> None:
    assert not asked(question).ranged


def test_a_follow_up_that_asks_of_what_was_dated_leaves_the_dates() -> None:
    assert asked("Who put in the pump in 2019? Does it have a warranty?").ranged
    assert asked("In 2019 we put in a pump. What does it take?").ranged
    assert not asked("What was the old code? And the new one?").old


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
    for to_come in ("How long since the boiler service?", "what should i do before the boiler service"):
        assert asked(to_come).event == ""
    assert asked("Is there paint from before the remodel?").event == "remodel"


@pytest.mark.parametrize("text", ["before the " + "a" * 2000, "in " + "x " * 1000, "between " * 250, "ago " * 500])
def test_no_question_takes_long_to_read(text: str) -> None:
    began = time.perf_counter()
    asked(text)

    assert time.perf_counter() - began < 2
