import pytest

from assistant.money.spending import Spending, spending_of


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("How much did we spend on swim lessons last year?", ["swim lessons"]),
        ("What did we spend, in total, on the well pump?", ["well pump"]),
        ("How much did we spend to fix the roof and the gutters?", ["roof", "gutters"]),
        ("How much did we spend on paint & brushes for the shed?", ["paint shed", "brushes shed"]),
        ("What plumbing bills have we paid in total?", ["plumbing"]),
        ("What were our total vet bills last year?", ["vet"]),
        ("Add up what we paid for gas in 2024.", ["gas"]),
        ("How much have we spent on A/C repairs?", ["AC repairs"]),
        ("When did we replace the pool pump? How much did we spend on it?", ["pool pump"]),
        ("What did we spend on the pool in 2024? And on the fence?", ["fence"]),
        ("What did we spend on the pool in 2024? what about 2023", ["pool"]),
        ("How much did we spend on house cleaning?", ["house cleaning"]),
        ("How much did we spend on the house in 2024?", []),
        ("How much did we spend in total?", []),
        ("How much was spent on stuff in total?", []),
        ("How much have we spent on everything?", []),
        ("How much have we spent in that year?", []),
        ("How much did we spend on the pool from 2023 through 2025?", ["pool"]),
        ("How much did we spend on the pool prior to 2024?", ["pool"]),
        ("How much did we spend on the pool in 2024 alone?", ["pool"]),
        ("How much have we spent on both bathrooms?", ["bathrooms"]),
        ("According to the notes, what have we spent on the pool? And on the fence?", ["fence"]),
        ("How much have we spent on the pool according to our records?", ["pool"]),
        ("Did we replace the pool pump? How much did we pay for the work?", ["pool pump"]),
    ],
)
def test_the_things_that_money_went_to_stand_behind_the_verb(question: str, things: list[str]) -> None:
    found = spending_of(question)
    assert found is not None
    assert [" ".join(each) for each in (*found.things, *found.payees)] == things


@pytest.mark.parametrize(
    ("question", "payees", "things"),
    [
        ("How much have we paid Ray's Pools for the pump in all?", ["Ray Pools"], ["pump"]),
        ("How much have we spent at Costco and Target this year?", ["Costco", "Target"], []),
        ("How much have we spent on plants at Lowe's?", ["Lowe"], ["plants"]),
        ("How much has Ray charged us in total?", ["Ray"], []),
        ("How much has Ray been paid so far?", ["Ray"], []),
        ("How much was Ray paid in total?", ["Ray"], []),
        ("How much were the roofers paid for the gutters in all?", ["roofers"], ["gutters"]),
        ("How much have we paid Dr. Singh?", ["Singh"], []),
        ("Did Ray fix the pump? How much have we paid him?", ["Ray"], []),
    ],
)
def test_who_was_paid_is_told_apart_from_what_for(question: str, payees: list[str], things: list[str]) -> None:
    found = spending_of(question)
    assert found is not None
    assert [" ".join(each).removeprefix("Dr ") for each in found.payees] == payees
    assert [" ".join(each) for each in found.things] == things


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("How much have we paid them so far?", "them"),
        ("How much have we spent on it?", "it"),
        ("How much did we spend to have it fixed?", "it"),
        ("How much did we spend on that?", "that"),
    ],
)
def test_one_who_is_not_named_is_somebody(question: str, word: str) -> None:
    assert spending_of(question) == Spending(somebody=word)


@pytest.mark.parametrize(
    "question",
    [
        "How much has Mom spent on the garden?",
        "How much has the insurance paid so far?",
        "How much did we spend on the house and the car?",
        "How much was the plumber charged in total?",
    ],
)
def test_what_others_spend_and_the_house_beside_a_part_of_it_are_left_open(question: str) -> None:
    assert spending_of(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "How much was spent at Five Guys?",
        "How much have we spent on the team?",
        "How much was the crew paid in total?",
        "How much have we paid the company so far?",
        "How much did we spend on fees?",
        "How much have we spent on bills this year?",
    ],
)
def test_a_name_of_which_too_little_is_left_is_not_all_there_is(question: str) -> None:
    assert spending_of(question) is None
