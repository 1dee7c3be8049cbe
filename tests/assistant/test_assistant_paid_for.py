import datetime as dt

import pytest

from assistant.extraction import Extraction
from assistant.money.paid_for import forms_of, is_for, is_of_supply
from knowledge.note import Note

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


def noted(title: str, text: str) -> Note:
    return Note("a", title, text, None, None, (), "", False, NOON, NOON, 1)


def is_of(words: str, title: str, text: str) -> bool:
    return is_for(words.split(), noted(title, text), Extraction().read(title, text, None))


@pytest.mark.parametrize(
    ("words", "title", "text"),
    [
        ("vet", "Vet", "Shots for the cat, $96."),
        ("kitchen faucet", "Faucet", "The kitchen one, $129."),
        ("sink", "Hank", "The sink leaked badly. Paid $240."),
        ("clutch", "Depot", "date: 11/14/2015\nwork: Clutch cable adjusted\ncost: 58.00"),
        ("drain", "Invoice 7", "Hank's Repairs\nDrain cleaning 165.00\nTax 13.61\nTotal 178.61"),
        ("chimney", "Invoice 8", "Old Row\nJob: chimney crown\nMortar 40.00\nLabor 300.00\nTotal 340.00"),
        ("roof tiles", "Spring", "# Roof\nTiles laid anew, $900."),
        ("lawns mowing", "April", "Mowed the lawn, paid $60."),
    ],
)
def test_a_cost_is_for_what_the_title_says_or_the_words_beside_it(words: str, title: str, text: str) -> None:
    assert is_of(words, title, text)


@pytest.mark.parametrize(
    ("words", "title", "text"),
    [
        ("phone", "Drain", "Cleared, $310. Phone 512-555-0177."),
        ("insurance", "Roof", "Paid $1,500, insurance covered the rest."),
        ("filters", "Invoice 9", "Acid wash 640.00\nFilters 75.00\nTotal 715.00"),
        ("house cleaning", "Oven", "New one for the house with a self cleaning mode, $1,200."),
        ("kitchen", "Bath", "Tiles and tub by Marlow Kitchens. Paid $14,000."),
        ("gate", "Fence", "Boards stained, $800. The gate still sags, which Pete will look at in the fall."),
        ("cars", "Carpet", "Cleaned with care, $70."),
    ],
)
def test_what_is_only_mentioned_was_not_paid_for(words: str, title: str, text: str) -> None:
    assert not is_of(words, title, text)


def test_words_are_the_same_in_their_forms() -> None:
    for one, other in (
        ("tiling", "tiles"),
        ("batteries", "battery"),
        ("trimmed", "trim"),
        ("boxes", "box"),
        ("home", "house"),
    ):
        assert forms_of(one) & forms_of(other)
    for one, other in (("care", "cars"), ("ac", "ace"), ("glass", "glas")):
        assert not forms_of(one) & forms_of(other)


@pytest.mark.parametrize(
    ("word", "text", "is_supply"),
    [
        ("heating", "Heating oil, 150 gal, paid $560.", True),
        ("oil", "Oil delivery, 150 gal, $560.", True),
        ("gas", "Propane gas delivery $312.", True),
        ("gas", "Gas tank refill $40.", True),
        ("trash", "Trash pickup $45.", True),
        ("internet", "Comcast internet autopay $60.", True),
        ("phone", "Phone plan $80.", True),
        ("electric", "Electric March, paid $91.", True),
        ("water", "Paid the bill for water, $62. The water heater is loud.", True),
        ("water", "Bill replaced the water heater, paid $1,450.", False),
        ("water", "Invoice\nBill To: Ann\nWater heater, 50 gal $1,450.00", False),
        ("water", "No hot water. Dale put in a water heater, $1,450.", False),
        ("power", "Power washer for the deck, the bill was $80.", False),
        ("gas", "New gas tank $200.", False),
        ("oil", "Oil change $64.95.", False),
        ("electric", "Electric panel $2,400, the bill came in June.", False),
    ],
)
def test_a_supply_is_what_is_paid_by_use_and_not_what_runs_on_it(word: str, text: str, is_supply: bool) -> None:
    assert is_of_supply(word, noted("Note", text)) == is_supply
