import datetime as dt

import pytest
from small_house import ScriptedModel, SmallHouse

from assistant.events import gathered
from assistant.sums import Sums, asks_for_sum
from knowledge.note import Draft
from knowledge.timing import timing

TODAY = dt.date(2026, 3, 5)
NOTES = [
    Draft("New pump. Total paid: $1,150.00 to Ray's Pools.", "Pool pump", "pool", dt.date(2024, 4, 18), id="pump"),
    Draft("Opened for the season, paid $249.50.", "Pool opening", "pool", dt.date(2024, 5, 2), id="opening"),
    Draft("Closed for the season, paid $199.", "Pool closing", "pool", dt.date(2023, 10, 2), id="closing"),
    Draft("pH 7.4, chlorine 3 ppm.", "Pool test", "pool", dt.date(2024, 6, 1), id="test"),
    Draft("Boards stained. Total: $800.00", "Fence stained", "fence", dt.date(2024, 6, 3), id="fence"),
]


@pytest.fixture
def sums(house: SmallHouse) -> Sums:
    house.library.add(NOTES)
    return house.sums()


@pytest.mark.parametrize(
    ("question", "categories", "begins", "counted"),
    [
        (
            "What did we spend on the pool in 2024?",
            ["pool"],
            "$1,399.50 in all, added up from 2 pool notes of 2024.",
            2,
        ),
        ("How much have we spent on the pool?", ["pool"], "$1,598.50 in all, added up from 3 pool notes.", 3),
        ("What has the fence cost us altogether?", ["fence"], "$800.00 in all, added up from 1 fence note.", 1),
        ("What did we spend last year?", None, "", 0),
        ("What did we spend in 2024?", None, "$2,199.50 in all, added up from 3 notes of 2024.", 3),
        ("How much did we spend on the pool since May 2024?", ["pool"], "$249.50 in all, added up from 1 pool note", 1),
        ("What did we spend on the pool pump?", ["pool"], "$1,150.00 in all, added up from 1 pool pump note.", 1),
        ("How much have we paid Ray's Pools so far?", None, "$1,150.00 in all", 1),
        ("How much have we paid Ray's Pools?", None, "$1,150.00 in all", 1),
        ("total pool expenses 2024", ["pool"], "$1,399.50 in all, added up from 2 pool notes of 2024.", 2),
        ("How much did we spend on the pool in the last two years?", ["pool"], "$1,399.50 in all", 2),
        ("How much have we spent on the pool since we moved in?", ["pool"], "$1,598.50 in all", 3),
        ("What did we spend on the pool in 2024? And in 2023?", ["pool"], "$199.00 in all", 1),
        ("What did we spend on the pool in 2024? what about 2023", ["pool"], "$199.00 in all", 1),
        ("What did we spend on the pool in 2024? And in all?", ["pool"], "$1,598.50 in all", 3),
        ("What did we spend on the pool in May 2024? Overall?", ["pool"], "$1,598.50 in all", 3),
        ("What did we spend on the pool by the end of 2023?", ["pool"], "$199.00 in all", 1),
        ("How much have we spent on the pool from 2024 to date?", ["pool"], "$1,399.50 in all", 2),
        ("How much have we spent on the pool from 2023 to the present?", ["pool"], "$1,598.50 in all", 3),
        ("How much have we spent on pumps?", None, "$1,150.00 in all, added up from 1 pumps note.", 1),
        ("What did we spend on boards?", None, "$800.00 in all", 1),
    ],
)
def test_what_was_spent_is_added_up(
    sums: Sums, question: str, categories: list[str] | None, begins: str, counted: int
) -> None:
    added = sums.asked(question, categories, TODAY)
    if not counted:
        assert added is None
        return
    assert added is not None
    assert added.text.startswith(begins)
    assert len(added.citations) == len(added.hits) == counted


def test_every_note_is_named_with_what_it_cost_and_the_words(sums: Sums) -> None:
    added = sums.asked("What did we spend on the pool in 2024?", ["pool"], TODAY)
    assert added is not None
    assert "- Pool pump (18 April 2024): $1,150.00 [1]\n- Pool opening (2 May 2024): $249.50 [2]" in added.text
    assert added.text.endswith("1 more of these notes names no cost.")
    assert [(each.number, each.note_id) for each in added.citations] == [(1, "pump"), (2, "opening")]
    assert "1,150.00" in added.citations[0].quote


@pytest.mark.parametrize(
    "question",
    [
        *("When did we spend so much on the pool?", "Who decided to spend that?", "How long did we spend on it?"),
        *("Did we spend more on the pool or the fence?", "How does what we spent on it compare to the roof?"),
        *("How much do we spend on salt?", "How much should we spend on a pump?", "What did we last spend on it?"),
        *("How much did we spend on it since Easter?", "What did we spend before the flood?"),
        *("Is the total cost deductible?", "Was the total paid by insurance?", "What do we spend per visit?"),
        *("What did we spend the rebate on?", "total number of visits paid for", "What did we spend and who did it?"),
        *("What did we spend on the pool in 2024? who did it", "What did we spend on the pool? and his number"),
        *("What did we spend on the pool in June 2024 and July 2025?", "total gas bills in January and February"),
        *("What did we spend in 2022 and 2024?", "What did we spend on the pool in the first half of 2024?"),
        *("What did we spend at the end of 2023?", "What did we spend on the pool between 2021 and the flood?"),
        *("What did we spend on everything but the pool?", "How much have we spent besides the pool?"),
        *("What did we spend in 2024, not counting the pool?", "total expenses without the pool"),
        *("How much have we spent on the house other than the roof?", "What did we spend in 2024 except on the pool?"),
        *("What did we spend on the pool in 2024? And without the pump?", "How much was spent on the 2015 honda?"),
        *("What did we spend on the pool in 2024? phone number?", "What did we spend on the pool? Is it open?"),
        "What did we pay Ray for the pump?",
        "How much does the opening cost?",
        "What do we spend each month on the pool?",
        "When did we pay for the fence?",
        "Who was paid in total silence?",
    ],
)
def test_what_one_thing_cost_is_no_sum(question: str) -> None:
    assert asks_for_sum(question, timing(question, TODAY)) is False


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How much have we spent on the car?", "$90.00 in all, added up from 1 "),
        ("How much have we spent on cars?", "$90.00 in all, added up from 1 "),
        ("How much have we spent on the AC?", "$300.00 in all, added up from 1 "),
        ("How much have we spent on the 2015 Honda?", "$90.00 in all, added up from 1 "),
        ("How much have we paid Ace Hardware?", "$20.00 in all, added up from 1 "),
        ("How much have we spent on a cab?", ""),
    ],
)
def test_only_whole_words_are_counted(house: SmallHouse, question: str, begins: str) -> None:
    house.library.add(
        [
            Draft("Car washed, the Honda. Total: $90.00", "Car wash", None, dt.date(2024, 1, 1)),
            Draft("Cleaned the carpet with care. Total: $70.00", "Carpet", None, dt.date(2024, 2, 1)),
            Draft("Cabinet card. Total: $60.00", "Cabinet", None, dt.date(2024, 3, 1)),
            Draft("AC serviced. Total: $300.00", "AC service", None, dt.date(2024, 4, 1)),
            Draft("Bought acid. Total: $20.00 to Ace Hardware.", "Acid", None, dt.date(2024, 5, 1)),
        ]
    )
    added = house.sums().asked(question, None, TODAY)
    assert (added.text if added else "").startswith(begins)
    assert bool(added) == bool(begins)


def test_two_categories_without_words_are_no_sum(sums: Sums) -> None:
    assert sums.asked("What did we spend in 2024?", ["pool", "fence"], TODAY) is None


def test_the_assistant_adds_up_without_asking_the_model(house: SmallHouse, sums: Sums) -> None:
    assistant = house.assistant()
    assert isinstance(house.model, ScriptedModel)
    routed, retrieved, answer = gathered(assistant.answer("What did we spend on the pool in 2024?"))
    assert routed.category == "pool"
    assert answer.answered
    assert answer.text.startswith("$1,399.50 in all")
    assert [hit.note_id for hit in retrieved.hits] == ["pump", "opening"]
    assert house.model.asked == []
