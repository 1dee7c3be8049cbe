import datetime as dt
import json
from pathlib import Path

import pytest
from command_line import Run, complaint, lines
from icalendar import Calendar
from small_house import ScriptedModel, SmallHouse

from knowledge.note import Draft

BOUGHT = dt.date(2023, 4, 18)


@pytest.fixture
def furnished(house: SmallHouse) -> SmallHouse:
    for note in (
        Draft(
            "Vendor: Bluefin\nTotal $1,150.00\nWarranty until May 2050", "Pump", "pool", dt.date(2023, 4, 18), id="a"
        ),
        Draft("Vendor: Bluefin\nTotal $340.10", "Opening", "pool", dt.date(2024, 5, 4), id="b"),
        Draft("Bluefin refunded $40.05 of it.", "Refund", "pool", dt.date(2024, 6, 1), id="c"),
        Draft("Liner bought at Poolhaus for €99.50.", "Liner", "pool", dt.date(2024, 7, 1), id="d"),
        Draft("Chlorine at 3 ppm.", "Test", "pool", dt.date(2024, 8, 1), id="e"),
        Draft("Total $612.00", "Tyres", "car", dt.date(2024, 3, 3), id="f"),
    ):
        house.notebook.add(note)
    return house


def test_what_was_paid_is_added_up_a_line_for_each_currency(run: Run, furnished: SmallHouse) -> None:
    result = run("notes", "list", "--category", "pool", "--since", "2024", "--sum", "cost")
    assert result.stdout.splitlines()[-2:] == ["$300.05  in 2 of 4 notes", "€99.50  in 1 of 4 notes"]
    assert "Test" not in result.stdout
    *_, told = lines(run("notes", "list", "--category", "pool", "--sum", "cost", "--json"))
    assert told == {
        "notes": 5,
        "sum": "cost",
        "amounts": [
            {"currency": "USD", "cents": 145005, "notes": 3},
            {"currency": "EUR", "cents": 9950, "notes": 1},
        ],
    }


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--since", "2024"], 5),
        (["--until", "2023"], 1),
        (["--since", "2024-06", "--until", "2024-07"], 2),
        (["--since", "June 2024", "--until", "2024-06-30"], 1),
        (["--vendor", "bluefin"], 2),
        (["--vendor", "nobody"], 0),
    ],
)
def test_notes_are_counted_by_year_month_day_and_vendor(
    run: Run, furnished: SmallHouse, options: list[str], count: int
) -> None:
    assert lines(run("notes", "list", *options, "--count", "--json")) == [{"notes": count}]
    assert len(lines(run("notes", "list", *options, "--json"))) == count


def test_a_wrong_date_is_said(run: Run, furnished: SmallHouse) -> None:
    assert "2024-13" in complaint(run("notes", "list", "--since", "2024-13"), 2)


def test_a_list_for_scripts_has_the_facts_with_their_words(run: Run, furnished: SmallHouse) -> None:
    (note,) = lines(run("notes", "list", "--until", "2023", "--json"))
    assert note["note_id"] == "a"
    assert note["facts"]["cost"] == {
        "value": "$1,150.00", "words": "Total $1,150.00", "found_by": "reading", "cents": 115000, "currency": "USD",
    }  # fmt: skip


def test_the_model_completes_the_facts_that_a_person_asks_for(
    run: Run, furnished: SmallHouse, model: ScriptedModel
) -> None:
    words = {"person": "", "item": "Liner", "model": ""}
    model.will_say(json.dumps(words))
    (told,) = lines(run("notes", "facts", "d", "--json"))
    assert {name: fact["value"] for name, fact in told["facts"].items()} == {
        "vendor": "Poolhaus",
        "cost": "€99.50",
        "item": "Liner",
    }
    lines(run("notes", "facts", "d", "--json"))
    assert len(model.asked) == 1  # nothing changed since


def test_facts_are_corrected_and_taken_back(run: Run, furnished: SmallHouse) -> None:
    result = run("notes", "facts", "a", "--set", "cost=1,160", "--set", "warranty-end=2051")
    assert "cost          $1,160.00  you said so" in result.stdout
    assert "warranty end  2051-12-31" in result.stdout
    run("notes", "facts", "a", "--undo")
    (told,) = lines(run("notes", "facts", "a", "--undo", "--json"))
    assert told["facts"]["cost"]["cents"] == 115000
    assert "no amount" in complaint(run("notes", "facts", "a", "--set", "cost=a lot"), 2)
    assert "NAME is one of" in complaint(run("notes", "facts", "a", "--set", "colour=red"), 2)
    assert "one note" in complaint(run("notes", "facts", "--undo"), 2)


def test_what_is_due_is_listed_and_written_as_a_calendar(run: Run, furnished: SmallHouse, tmp_path: Path) -> None:
    result = run("due", "--ics", tmp_path / "house.ics")
    assert result.stdout == "2050-05-31  Warranty ends: Pump\n"
    (event,) = Calendar.from_ical((tmp_path / "house.ics").read_bytes()).walk("VEVENT")
    assert event["UID"] == "a-warranty_end@our-house"
    (told,) = lines(run("due", "--json"))
    assert (told["date"], told["kind"], told["past"], told["note_id"]) == ("2050-05-31", "warranty_end", False, "a")
    assert "cannot be written" in complaint(run("due", "--ics", tmp_path / "no" / "house.ics"), 1)


@pytest.mark.parametrize(
    ("dates", "date", "ends", "due", "since"),
    [
        ("month first", "2024-05-06", "2050-03-04", "2051-01-02", 0),
        ("day first", "2024-06-05", "2050-04-03", "2051-02-01", 1),
    ],
)
def test_the_households_setting_reads_days_in_notes_and_as_typed(
    run: Run,
    house: SmallHouse,
    monkeypatch: pytest.MonkeyPatch,
    dates: str,
    date: str,
    ends: str,
    due: str,
    since: int,
) -> None:
    monkeypatch.setenv("OUR_HOUSE_DATES", dates)
    (note,) = lines(run("notes", "add", "Boiler. Warranty until 03/04/2050.", "--date", "05/06/2024", "--json"))
    assert note["date"] == date
    (told,) = lines(run("notes", "facts", note["note_id"], "--set", "next_due=01/02/2051", "--json"))
    assert {name: fact["value"] for name, fact in told["facts"].items()} == {"warranty_end": ends, "next_due": due}
    assert lines(run("notes", "list", "--since", "06/05/2024", "--count", "--json")) == [{"notes": since}]
