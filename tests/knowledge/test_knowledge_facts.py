import datetime as dt
import random
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from knowledge import facts as facts_room
from knowledge import schema
from knowledge.errors import FactRejected
from knowledge.facts import Fact, Facts
from knowledge.money import written
from knowledge.note import Draft, NoteFilter
from knowledge.notebook import Notebook
from knowledge.record import Record


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations))


@pytest.fixture
def notes(record: Record) -> Notebook:
    notes = Notebook(record)
    notes.set_categories([("pool", "AA", ""), ("car", "BB", "")])
    return notes


@pytest.fixture
def facts(record: Record, notes: Notebook) -> Facts:
    return Facts(record)


def cost(cents: int, currency: str = "USD") -> Fact:
    return Fact("cost", written(cents, currency), "paid", cents=cents, currency=currency)


def keep(facts: Facts, note_id: str, *found: Fact, by_model: bool = False) -> None:
    facts.keep(note_id, found, 1, "hash", by_model=by_model)


def test_facts_are_kept_in_their_order_and_replaced_when_found_anew(facts: Facts, notes: Notebook) -> None:
    notes.add(Draft("Pump.", id="a"))
    keep(facts, "a", cost(115000), Fact("vendor", "Ray", "Ray"))
    assert list(facts.of("a")) == ["vendor", "cost"]
    assert facts.of("a")["cost"] == cost(115000)
    keep(facts, "a", Fact("vendor", "Ray's Pools", "Ray's Pools", "model"), by_model=True)
    assert facts.of("a") == {"vendor": Fact("vendor", "Ray's Pools", "Ray's Pools", "model")}


def test_what_a_person_said_stays_and_is_marked(facts: Facts, notes: Notebook) -> None:
    notes.add(Draft("Pump.", id="a"))
    keep(facts, "a", cost(115000), Fact("vendor", "Ray", "Ray"))
    assert facts.correct("a", "cost", "1,160.50") == Fact("cost", "$1,160.50", "", "person", 116050, "USD")
    facts.correct("a", "vendor", "")
    keep(facts, "a", cost(1), Fact("vendor", "Ray", "Ray"), Fact("item", "pump", "pump"))
    assert {name: fact.value for name, fact in facts.of("a").items()} == {"cost": "$1,160.50", "item": "pump"}
    assert facts.of("a")["cost"].found_by == "person"


def test_corrections_are_taken_back_one_after_the_other(facts: Facts, notes: Notebook) -> None:
    notes.add(Draft("Pump.", id="a"))
    keep(facts, "a", cost(100), by_model=True)
    facts.correct("a", "cost", "2")
    facts.correct("a", "cost", "3")
    facts.correct("a", "cost", "3.00")  # says nothing new
    facts.correct("a", "phone", "555-0139")
    assert facts.waiting(by_model=True) == []
    assert facts.undo("a") == "phone"
    assert facts.undo("a") == "cost"
    assert facts.of("a")["cost"].cents == 200
    facts.undo("a")
    assert facts.of("a") == {"cost": cost(100)}
    assert facts.waiting(by_model=True) == ["a"]  # its text may have changed meanwhile
    with pytest.raises(FactRejected, match="was corrected"):
        facts.undo("a")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("cost", "a lot", "no amount"),
        ("next_due", "soon", "not a date"),
        ("warranty_end", "2023-13", "not a month"),
        ("item", "x" * 300, "longer than"),
        ("colour", "red", "has no 'colour'"),
    ],
)
def test_what_cannot_be_a_fact_is_refused(facts: Facts, notes: Notebook, name: str, value: str, said: str) -> None:
    notes.add(Draft("Pump.", id="a"))
    with pytest.raises(FactRejected, match=said):
        facts.correct("a", name, value)  # type: ignore[arg-type]  # one of them is none
    assert facts.of("a") == {}


def test_a_month_that_a_person_says_ends_a_warranty_with_its_last_day(facts: Facts, notes: Notebook) -> None:
    notes.add(Draft("Pump.", id="a"))
    assert facts.correct("a", "warranty_end", "May 2026").date == dt.date(2026, 5, 31)
    assert facts.correct("a", "next_due", "May 2026").date == dt.date(2026, 5, 1)


def test_sums_agree_with_a_ledger_to_the_cent_one_line_a_currency(facts: Facts, notes: Notebook) -> None:
    draw = random.Random(7)
    ledger: dict[tuple[str, int, str], int] = {}
    for number in range(300):
        category, year = draw.choice(["pool", "car"]), draw.choice([2022, 2023, 2024])
        currency, cents = draw.choice(["USD", "EUR"]), draw.randrange(-5_000, 2_000_000)
        notes.add(Draft("Bill.", category=category, date=dt.date(year, draw.randint(1, 12), 3), id=f"n{number}"))
        keep(facts, f"n{number}", cost(cents, currency))
        ledger[category, year, currency] = ledger.get((category, year, currency), 0) + cents
    for category in ("pool", "car"):
        for year in (2022, 2023, 2024):
            wanted = NoteFilter(category=category, since=dt.date(year, 1, 1), until=dt.date(year, 12, 31))
            total = facts.total(wanted)
            assert {each.currency: each.cents for each in total.sums} == {
                currency: ledger[category, year, currency] for currency in ("USD", "EUR")
            }
            assert total.counted == total.notes == notes.count(wanted)


def test_a_total_counts_what_passes_and_tells_how_many_say_no_cost(facts: Facts, notes: Notebook) -> None:
    for each, text, cents in (("a", "New pump", 100), ("b", "Old pump", 20), ("c", "Pump closed", 3), ("d", "Pump", 0)):
        notes.add(Draft(text, category="pool", date=dt.date(2024, 5, 1), id=each))
        if cents:
            keep(facts, each, cost(cents), Fact("vendor", "Ray & Sons" if each == "a" else "Bluefin", ""))
    notes.delete(["c"])
    facts.correct("b", "cost", "")
    total = facts.total(NoteFilter(category="pool", text="pump", limit=1))
    assert (total.sums[0].cents, total.counted, total.notes) == (100, 1, 3)
    assert facts.total(vendor="ray sons").sums[0].cents == 100
    assert facts.total(vendor="nobody") == facts.total(NoteFilter(category="car"))
    assert facts.total(vendor="bluefin").notes == 1


@pytest.mark.parametrize(
    ("words", "whole", "found"),
    [
        ("car", False, ("a", "b")),
        ("car", True, ("b",)),
        ("ace carp", False, ("a",)),
        ("ace carp", True, ()),
        ("Lou car", True, ("b",)),
        ("Lou's", True, ("b",)),
        ("Ace's", False, ()),
    ],
)
def test_a_vendor_is_found_by_parts_of_its_name_or_by_whole_words(
    facts: Facts, notes: Notebook, words: str, whole: bool, found: tuple[str, ...]
) -> None:
    for each, vendor in (("a", "Ace Carpets"), ("b", "Lou’s Car Wash")):
        notes.add(Draft("Paid.", id=each))
        keep(facts, each, Fact("vendor", vendor, vendor))
    assert facts.of_vendor(words, whole=whole) == found


def test_a_vendor_is_the_same_with_and_spelled_out(facts: Facts, notes: Notebook) -> None:
    for each, vendor in (("a", "Ray & Sons"), ("b", "Ray and Sons"), ("c", "Ray")):
        notes.add(Draft("Paid.", id=each))
        keep(facts, each, Fact("vendor", vendor, vendor))
    for asked in ("Ray & Sons", "ray and sons", "Ray Sons"):
        assert set(facts.of_vendor(asked, whole=True)) == {"a", "b"}


def test_notes_wait_until_they_were_sought_in_as_they_are(facts: Facts, notes: Notebook) -> None:
    notes.add(Draft("Pump.", id="a"))
    assert facts.waiting(by_model=False) == ["a"]
    keep(facts, "a", cost(1))
    assert (facts.waiting(by_model=False), facts.waiting(by_model=True)) == ([], ["a"])
    notes.edit("a", {"category": "pool"})
    assert facts.waiting(by_model=False) == ["a"]
    assert facts.sought("a", 2, "hash") is False  # the words are the same: nothing to do
    assert facts.waiting(by_model=False) == []
    assert facts.sought("a", 3, "other words") is None
    notes.delete(["a"])
    assert facts.waiting(by_model=True) == []


def test_a_house_from_before_facts_gets_their_tables(tmp_path: Path) -> None:
    old = Record(tmp_path / "house.db", (schema.migrations,))
    Notebook(old).add(Draft("Pump.", id="a"))
    old.close()
    facts = Facts(Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations)))
    assert facts.waiting(by_model=False) == ["a"]
    assert isinstance(facts_room.migrations, Migrations)
    assert Database(tmp_path / "house.db").table("facts").exists()


def test_what_the_rules_of_before_have_read_is_read_again_and_what_the_model_has_read_is_not(tmp_path: Path) -> None:
    house = Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations))
    for note_id, by_model in (("a", False), ("b", True)):
        Notebook(house).add(Draft("Pump.", id=note_id))
        Facts(house).keep(note_id, [], 1, "hash", by_model=by_model)
    with house.writing() as db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'read_anew'")
    house.close()

    facts = Facts(Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations)))

    assert facts.waiting(by_model=False) == ["a"]


def test_costs_of_before_are_read_again_whoever_found_them_but_not_what_a_person_told(tmp_path: Path) -> None:
    house = Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations))
    for note_id in ("by the model", "of no cost", "told"):
        Notebook(house).add(Draft("Pump.", id=note_id))
        found = Fact("cost", "$5.00", "$5", "model", 500, "$") if note_id == "by the model" else None
        Facts(house).keep(note_id, [found] if found else [], 1, "hash", by_model=True)
    Facts(house).correct("told", "cost", "$7")
    with house.writing() as db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'read_costs_anew'")
    house.close()

    facts = Facts(Record(tmp_path / "house.db", (schema.migrations, facts_room.migrations)))

    assert facts.waiting(by_model=False) == ["by the model"]
    assert facts.of("told")["cost"].cents == 700
