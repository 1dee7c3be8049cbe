import datetime as dt

import pytest
from small_house import ScriptedModel, SmallHouse

from assistant.events import gathered
from assistant.money.questions import asks_for_sum
from assistant.money.sums import Added, Sums
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
        ("What did we spend last year?", None, "No note of 2025 tells a cost.", 0),
        ("What did we spend in 2024?", None, "$2,199.50 in all, added up from 3 notes of 2024.", 3),
        ("How much did we spend on the pool since May 2024?", ["pool"], "$249.50 in all, added up from 1 pool note", 1),
        ("What did we spend on the pool pump?", ["pool"], "$1,150.00 in all, added up from 1 pool pump note.", 1),
        ("How much have we paid Ray's Pools so far?", None, "$1,150.00 in all", 1),
        ("How much have we paid Ray's Pools?", None, "$1,150.00 in all", 1),
        ("How much was Ray's Pools paid in total?", None, "$1,150.00 in all", 1),
        ("total pool expenses 2024", ["pool"], "$1,399.50 in all, added up from 2 pool notes of 2024.", 2),
        ("How much did we spend on the pool in the last two years?", ["pool"], "$1,399.50 in all", 2),
        ("How much have we spent on the pool since we moved in?", ["pool"], "$1,598.50 in all", 3),
        ("What did we spend on the pool in 2024? And in 2023?", ["pool"], "$199.00 in all", 1),
        ("What did we spend on the pool in 2024? what about 2023", ["pool"], "$199.00 in all", 1),
        ("What did we spend on the pool in 2024? And the previous year?", ["pool"], "$199.00 in all", 1),
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
    assert added is not None
    assert added.text.startswith(begins)
    assert added.answered == bool(counted)
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
        *("What did we spend on 03/04/2023?", "What did we spend on the pool lately?", "What did we spend in 24?"),
        *("What did we spend in 2024? And every other year?", "What did we spend in 2024 and the following year?"),
        *("What did we spend in 2022 and 2024?", "What did we spend on the pool in the first half of 2024?"),
        *("What did we spend at the end of 2023?", "What did we spend on the pool between 2021 and the flood?"),
        *("What did we spend on everything but the pool?", "How much have we spent besides the pool?"),
        *("What did we spend in 2024, not counting the pool?", "total expenses without the pool"),
        *("How much have we spent on the house other than the roof?", "What did we spend in 2024 except on the pool?"),
        *("What did we spend on the pool in 2024? And without the pump?", "How much was spent on the 2015 honda?"),
        *("What did we spend on the pool in 2024? phone number?", "What did we spend on the pool? Is it open?"),
        *("What'll we have spent on it in all?", "How much are we going to have to pay in bills in total?"),
        *(
            "What did Jo spend against what we spent?",
            "What haven't we spent yet?",
            "How much do we owe in total fees?",
        ),
        "How much did we spend on June's electric bill?",
        "How much have we spent on propane year to date?",
        "How much have we spent on propane in 24?",
        "How much have we spent on salt this season?",
        "How much did we spend on the pool in prior years?",
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
        ("How much have we spent on a cab?", "No note tells a cost of cab."),
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
    assert added is not None
    assert added.text.startswith(begins)
    assert added.answered == begins.startswith("$")


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


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def asked(house: SmallHouse, question: str, *categories: str) -> Added:
    added = house.sums().asked(question, categories or None, TODAY)
    assert added is not None
    return added


@pytest.mark.parametrize(
    "question",
    [
        "How much did we end up spending on the pool?",
        "I'd like to know how much we spent on the pool.",
        "Do you know how much we have spent on the pool?",
        "I was wondering how much money we've really spent on having the pool.",
        "How much have we spent on fixing the old pool?",
        "On the pool, how much have we spent?",
        "The pool: how much did we spend?",
        "How much have the family and I spent on pool-related stuff?",
        "How much did it end up costing us to keep the pool running so far?",
        "How much have we spent taking care of the pool?",
        "How much have we paid for pool stuff in all?",
    ],
)
def test_words_that_name_no_thing_leave_nothing_out(house: SmallHouse, question: str) -> None:
    house.library.add(
        [
            Draft("New filter, paid $340.", "Filter", "pool", day("2024-04-18")),
            Draft("Closed at the end of the season, paid $199.", "Closing", "pool", day("2024-10-02")),
        ]
    )
    added = asked(house, question, "pool")
    assert added.text.startswith("$539.00 in all, added up from 2 pool notes.")


def test_what_was_replaced_is_found_by_what_it_is(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Delgado tore it out and built one of cedar, $4,200.", "Fence replaced", "fence"),
            Draft("New latch, $45.", "Gate latch", "fence"),
        ]
    )
    having = asked(house, "How much did we spend on having the fence replaced?", "fence")
    assert having.text.startswith("$4,200.00 in all, added up from 1 fence replaced note.")
    new = asked(house, "How much did we spend on the new fence?", "fence")
    assert new.text.startswith("$4,245.00 in all, added up from 2 fence notes.")


def test_where_no_note_tells_it_the_model_makes_nothing_up(house: SmallHouse, sums: Sums) -> None:
    slide = asked(house, "How much did we spend on the pool slide in 2024?", "pool")
    assert not slide.answered
    assert slide.text.startswith(
        "No note of 2024 tells a cost of pool slide.\n\n$1,399.50 in all, added up from 2 pool"
    )
    sauna = asked(house, "How much did we spend on the sauna?")
    assert (sauna.text, sauna.answered, sauna.hits) == ("No note tells a cost of sauna.", False, ())
    him = asked(house, "How much have we paid him?", "pool")
    assert him.text.startswith("Who is meant by “him”, the question does not say.\n\n$1,598.50 in all")
    assert not him.answered
    it = asked(house, "How much have we spent on it?")
    assert (it.text, it.answered) == ("What is meant by “it”, the question does not say.", False)
    assert asked(house, "Did Ray's Pools fix the pump? How much have we paid him?").text.startswith("$1,150.00 in all")


def test_the_one_note_whose_amounts_are_no_single_cost_is_left_to_the_model(house: SmallHouse) -> None:
    house.library.add([Draft("Paid Lena $40 for the hedge and $60 for the lawn.", "Garden")])
    assert house.sums().asked("How much did we spend on the hedge?", None, TODAY) is None


def test_notes_whose_amounts_are_no_single_cost_are_not_said_to_tell_none(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Swim lessons $120 for Leo, $95 for Mia.", "Swim lessons", "pool"),
            Draft("Swim lessons, $130 for Leo, $99 for Mia.", "Swim lessons again", "pool"),
        ]
    )
    assert house.sums().asked("How much did we spend on swim lessons?", None, TODAY) is None
    said = asked(house, "How much did we spend?", "pool").text
    assert said.startswith(
        "No pool note tells a cost. Not counted, as it is unclear what was paid in all: “Swim lessons"
    )


@pytest.mark.parametrize("thing", ["to replace the water heater", "on the water heater installation"])
def test_what_was_done_to_a_thing_that_notes_tell_of_is_left_to_the_model(house: SmallHouse, thing: str) -> None:
    house.library.add([Draft("New water heater by Dale, $1,450.", "Water heater")])
    assert house.sums().asked(f"How much did we spend {thing}?", None, TODAY) is None
    assert asked(house, "How much did we spend to replace the sauna?").text == "No note tells a cost of replace sauna."


@pytest.mark.parametrize(
    "question", ["What did the patio cost in total?", "How much did we spend on the hegde?", "Paid $60 to Ace. Total?"]
)
def test_what_one_note_may_tell_though_nothing_adds_up_is_left_to_the_model(house: SmallHouse, question: str) -> None:
    house.library.add([Draft("Hedge cut, a few bucks.", "Hedge")])
    assert house.sums().asked(question, None, TODAY) is None


@pytest.mark.parametrize(
    "question", ["How much has Mom spent on the hedge?", "How much did we spend on the house and the car?"]
)
def test_what_is_not_understood_is_no_sum(house: SmallHouse, question: str) -> None:
    house.library.add([Draft("Hedge cut, $40.", "Hedge"), Draft("Car washed, $12.", "Car wash", "car")])
    assert house.sums().asked(question, None, TODAY) is None


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("How much did we spend on tires and brakes?", "$1,075.50 in all, added up from 3 car tires or brakes notes."),
        ("How much did we spend on tires & brakes?", "$1,075.50 in all"),
        ("How much did we spend on tires as well as brakes?", "$1,075.50 in all"),
        ("How much did we spend on tires, on brakes and on the key?", "$1,087.50 in all"),
        ("How much did we spend on tires, brakes or wipers?", "$1,075.50 in all, added up from 3 car tires, brakes or"),
        ("How much did we spend on brakes and the key for the Subaru?", "$12.00 in all"),
    ],
)
def test_of_several_things_the_notes_of_any_are_counted(house: SmallHouse, question: str, begins: str) -> None:
    house.library.add(
        [
            Draft("Four new ones, $640.", "Tires", "car", day("2024-03-01")),
            Draft("Front ones done, $410.", "Brakes", "car", day("2024-05-01")),
            Draft("They looked at tires and brakes, $25.50.", "Inspection", "car", day("2024-06-01")),
            Draft("Battery for the Subaru's key, $12.", "Key", "car", day("2024-07-01")),
        ]
    )
    added = asked(house, question, "car")
    assert added.text.startswith(begins)
    assert added.text.endswith("No note tells a cost of wipers.") == ("wipers" in question)


def test_several_things_may_share_their_last_word_or_be_categories(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("First half, paid $8,000.", "Kitchen remodel"),
            Draft("Tiles and tub, paid $6,200.", "Bathroom remodel"),
            Draft("Paid $129.", "Kitchen faucet"),
            Draft("Renewed, $740.", "Car insurance", "car"),
            Draft("Renewed, $2,100.", "Homeowners insurance"),
            Draft("Boards stained, $800.", "Stain", "fence"),
            Draft("Pump, $300.", "Pump", "pool"),
        ]
    )
    assert asked(house, "How much did we spend on kitchen and bathroom remodels?").text.startswith("$14,200.00 in all")
    assert asked(house, "How much did we spend on home and car insurance?").text.startswith("$2,840.00 in all")
    both = asked(house, "How much did we spend on the pool and the fence?", "pool", "fence")
    assert both.text.startswith("$1,100.00 in all, added up from 2 pool or fence notes.")
    assert not both.beyond
    assert asked(house, "How much did we spend on the pool and the fence?", "pool").beyond


def test_a_vendor_whose_name_has_the_word_is_one_of_those_counted(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Radiant Plumbing fixed the toilet. Paid $180.", "Toilet"),
            Draft("Hank did the plumbing under the sink. Paid $240.", "Sink"),
            Draft("Lone Star Pipes redid the plumbing below. Total $3,900.", "Crawl space"),
            Draft("Bed Bath & Beyond\nReceipt 5\nTowels\nTotal $60.00", "Towels"),
        ]
    )
    assert asked(house, "How much have we spent on plumbing?").text.startswith(
        "$4,320.00 in all, added up from 3 plumb"
    )
    assert asked(house, "How much have we paid Radiant Plumbing?").text.startswith("$180.00 in all")
    assert asked(house, "How much have we spent at Bed Bath and Beyond?").text.startswith("$60.00 in all")


def test_who_was_paid_is_found_where_only_the_words_beside_the_cost_say_so(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Mowed by Luis, April, $120.", "Lawn April"),
            Draft("Mowed by Luis, May, $120.", "Lawn May"),
            Draft("Hedge, Luis, June, $60.", "Hedge"),
            Draft("Lunch with Luis, $38.", "Lunch"),
            Draft("The tank was flushed, Tom Hartley. Paid $135.", "Tank"),
        ]
    )
    assert asked(house, "How much have we paid Luis?").text.startswith("$300.00 in all, added up from 3 Luis notes.")
    assert asked(house, "How much have we paid Tom Hartley?").text.startswith("$135.00 in all")


@pytest.mark.parametrize(
    ("question", "begins", "aside"),
    [
        (
            "How much did we spend on house cleaning last year?",
            "$320.00 in all, added up from 2 house cleaning",
            "Oven",
        ),
        ("How much did we spend on home insurance?", "$2,100.00 in all, added up from 1 home insurance note.", "Roof"),
        ("How much have we spent on phone bills?", "$95.00 in all, added up from 1 phone note.", "Drain"),
        ("How much did we spend on the kitchen remodel?", "$8,000.00 in all, added up from 1 kitchen remodel", "Bath"),
        ("How much did we spend on the house in 2025?", "$21,265.00 in all, added up from 10 notes of 2025.", ""),
    ],
)
def test_a_note_that_only_mentions_it_is_named_and_not_counted(
    house: SmallHouse, question: str, begins: str, aside: str
) -> None:
    house.library.add(
        [
            Draft("Maids came, $160.", "House cleaning", None, day("2025-03-01")),
            Draft("Maids came again, $160.", "House cleaning, June", None, day("2025-06-01")),
            Draft("Gutter cleaning around the house, $185.", "Gutters", None, day("2025-05-01")),
            Draft("New one for the house with a self cleaning mode, $1,200.", "Oven", None, day("2025-05-02")),
            Draft("Renewed with Larkfield, $2,100.", "Home insurance", None, day("2025-01-05")),
            Draft("Renewed, $740.", "Car insurance", None, day("2025-01-05")),
            Draft("Home roof redone. Paid $2,315, insurance covered the rest.", "Roof", None, day("2025-04-05")),
            Draft("Paid $95.", "Phone bill", None, day("2025-02-05")),
            Draft("Cleared, $310. Phone 512-555-0177.", "Drain", None, day("2025-02-09")),
            Draft("Paid $8,000.", "Kitchen remodel", None, day("2024-02-09")),
            Draft("Remodel of the bath by Marlow Kitchens. Paid $14,000.", "Bath", None, day("2025-02-09")),
        ]
    )
    added = asked(house, question)
    assert added.text.startswith(begins)
    assert (
        "Also mentioned in" in added.text and f"“{aside}” ($" in added.text and "not counted" in added.text
    ) == bool(aside)


@pytest.mark.parametrize(
    ("question", "begins", "aside"),
    [
        ("How much have we paid in water bills?", "$120.50 in all, added up from 2 water notes.", "Heater"),
        ("How much did we spend on water in 2025?", "$120.50 in all, added up from 2 water notes of 2025.", "Heater"),
        ("How much have we paid in electric bills?", "$91.00 in all, added up from 1 electric note.", "Panel"),
        ("How much did we spend on the water heater?", "$1,450.00 in all, added up from 1 water heater note.", ""),
        ("How much have we spent on vet bills?", "$200.00 in all, added up from 2 vet notes.", ""),
    ],
)
def test_what_runs_on_water_or_power_is_on_no_bill_for_it(
    house: SmallHouse, question: str, begins: str, aside: str
) -> None:
    house.library.add(
        [
            Draft("City of Leander. Paid $62.10.", "Water bill January", None, day("2025-01-12")),
            Draft("Paid the city $58.40 for water.", "February", None, day("2025-02-12")),
            Draft("New water heater, $1,450 installed by Dale.", "Heater", None, day("2025-03-01")),
            Draft("Paid $91.", "Electric, March", None, day("2025-03-14")),
            Draft("New electric panel, $2,400.", "Panel", None, day("2025-05-01")),
            Draft("Shots for the cat, $120.", "Vet visit", None, day("2025-05-03")),
            Draft("Paid the vet bill, $80.", "Cat", None, day("2025-06-03")),
        ]
    )
    added = asked(house, question)
    assert added.text.startswith(begins)
    assert (f"Also mentioned in “{aside}” ($" in added.text) == bool(aside)


def test_a_category_that_has_its_name_is_more_than_the_bills(house: SmallHouse) -> None:
    house.notebook.set_categories([*house.notebook.categories(), ("water", "", "")])
    house.library.add(
        [Draft("Paid $62.", "Water bill", "water"), Draft("New water heater, $1,450.", "Rheem", "water")],
    )
    assert asked(house, "How much have we spent on water?", "water").text.startswith("$1,512.00 in all")
    assert asked(house, "How much have we paid in water bills?", "water").text.startswith("$62.00 in all")


@pytest.mark.parametrize(
    ("thing", "is_summed"),
    [
        *(("labor for the deck", False), ("tips", False), ("sales tax", False), ("parts for the car", False)),
        *(("parts and labor in 2025", False), ("shipping", False)),
        *(("property tax", True), ("the deck", True), ("car parts in 2024", True)),
        *(("building materials", True), ("tax preparation", True)),
    ],
)
def test_a_part_of_what_notes_cost_is_no_sum_of_them(house: SmallHouse, thing: str, is_summed: bool) -> None:
    house.library.add(
        [
            Draft("Deck boards, labor $400, parts $200.", "Deck", None, day("2025-01-12")),
            Draft("Dinner with a sales tax, $64 plus $12 tip.", "Dinner", None, day("2025-01-12")),
            Draft("Parts and labor for the car, total $212.", "Brakes", None, day("2025-01-12")),
            Draft("Paid $3,412.55.", "Property tax", None, day("2025-01-31")),
        ]
    )
    assert (house.sums().asked(f"How much have we spent on {thing}?", None, TODAY) is not None) == is_summed


def test_a_note_whose_amounts_are_no_single_cost_is_named_beside_the_sum(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Chlorine, paid $40.", "Chlorine", "pool"),
            Draft("Bought a pump for $300 and a hose for $35.", "Pump and hose", "pool"),
            Draft("Blue.", "Hose", "pool"),
        ]
    )
    added = asked(house, "How much have we spent on the pool?", "pool")
    assert added.text.startswith("$40.00 in all, added up from 1 pool note.")
    assert added.text.endswith(
        "Not counted, as it is unclear what was paid in all: “Pump and hose”. 1 more of these notes names no cost."
    )


def test_a_bill_and_the_receipt_for_it_are_one_payment(house: SmallHouse) -> None:
    paper = "Bluefin Pools\n{}\nHeater repair\nTotal {}"
    house.library.add(
        [
            Draft(paper.format("Invoice 12", "$1,150.00"), "Invoice 12", "pool", day("2024-04-18"), id="bill"),
            Draft(paper.format("Receipt", "$1,150.00"), "Receipt 12", "pool", day("2024-04-20"), id="receipt"),
            Draft(paper.format("Invoice 13", "$80.00"), "Invoice 13", "pool", day("2024-05-01")),
            Draft(paper.format("Invoice 14", "$80.00"), "Invoice 14", "pool", day("2024-06-01")),
            Draft(paper.format("Receipt", "$80.00"), "Receipt 9", "pool", day("2024-09-01")),
        ]
    )
    added = asked(house, "How much have we spent on the pool?", "pool")
    assert added.text.startswith("$1,390.00 in all, added up from 4 pool notes.")
    assert "“Invoice 12” and “Receipt 12” tell of one payment, which is counted once." in added.text
    assert "bill" not in [hit.note_id for hit in added.hits]


def test_a_deposit_and_the_rest_paid_later_are_the_whole(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Paid deposit $500. Balance $1,500 due on completion.", "Deck begun"),
            Draft("Paid the remaining $1,500.", "Deck finished"),
        ]
    )
    assert asked(house, "How much did we spend on the deck?").text.startswith("$2,000.00 in all")


def test_a_vendor_is_added_up_within_what_was_searched(house: SmallHouse) -> None:
    house.library.add(
        [
            Draft("Ray's Pools\nReceipt 1\nPump\nTotal $1,150.00", "Pump", "pool", day("2024-04-18")),
            Draft("Ray's Pools\nReceipt 2\nFountain\nTotal $300.00", "Fountain pump", "fountain", day("2024-07-02")),
        ]
    )
    pool = asked(house, "How much have we paid Ray so far?", "pool")
    assert pool.text.startswith("$1,150.00 in all, added up from 1 pool Ray note.")
    assert pool.text.endswith("In other categories: “Fountain pump” ($300.00), not counted.")
    assert not pool.beyond
    assert asked(house, "How much have we paid Ray so far?").text.startswith("$1,450.00 in all")
    fence = asked(house, "How much have we paid Ray so far?", "fence")
    assert fence.text.startswith("$1,450.00 in all, added up from 2 Ray notes.")
    assert fence.beyond
    kept = house.sums().asked("How much have we paid Ray so far?", ["fence"], TODAY, widen=False)
    assert kept is not None
    assert not kept.answered


def test_costs_without_a_date_are_told_where_a_time_was_asked_for(house: SmallHouse, sums: Sums) -> None:
    house.library.add(
        [Draft("Paid $89.", "Cover", "pool"), Draft("Paid $72.", "Salt", "pool"), Draft("Blue.", "Hose", "pool")]
    )
    in_2024 = asked(house, "What did we spend on the pool in 2024?", "pool")
    assert in_2024.text.startswith("$1,399.50 in all")
    assert "2 notes without a date are not counted." in in_2024.text
    salt = asked(house, "What did we spend on pool salt in 2024?", "pool")
    assert salt.text.startswith("No note of 2024 tells a cost of pool salt. 1 note without a date is not counted.")
    assert "without a date" not in asked(house, "What did we spend on the pool?", "pool").text


def test_the_scope_that_is_told_is_the_one_that_was_counted(house: SmallHouse, sums: Sums) -> None:
    house.library.add([Draft("Fence & Sons\nReceipt 8\nPump house\nTotal $950.00", "Pump house", "pool")])
    assistant = house.assistant()
    question = "How much have we paid Fence & Sons?"
    routed, retrieved, answer = gathered(assistant.answer(question))
    assert (routed.category, retrieved.scope.categories, answer.answered) == ("fence", None, True)
    assert answer.text.startswith("$950.00 in all")
    _, retrieved, answer = gathered(assistant.answer(question, category="fence"))
    assert (retrieved.scope.categories, answer.answered) == (("fence",), False)
    _, _, answer = gathered(assistant.answer("How much did we spend on the pool slide?"))
    assert not answer.answered
    assert isinstance(house.model, ScriptedModel)
    assert house.model.asked == []
