import datetime as dt
from typing import Any

from icalendar import Calendar

from knowledge.due import Due, calendar, due
from knowledge.facts import Fact, Name
from knowledge.note import Note

TODAY = dt.date(2026, 5, 1)
STAMP = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def told(id: str, day: str, name: Name = "warranty_end", title: str = "Fridge", words: str = "") -> tuple[Note, Fact]:
    note = Note(id, title, "text", "appliances", None, (), "", False, STAMP, STAMP, 1)
    return note, Fact(name, day, words or f"until {day}")


def events(content: bytes) -> list[Any]:
    return list(Calendar.from_ical(content).walk("VEVENT"))


def test_the_soonest_is_first_and_what_has_passed_comes_after_and_is_marked() -> None:
    entries = due(
        [
            told("b", "2026-06-01"),
            told("old", "2020-01-01"),
            told("a", "2026-05-01", "next_due"),
            told("past", "2026-04-30"),
        ],
        TODAY,
    )
    assert [(each.note.id, each.past) for each in entries] == [
        ("a", False), ("b", False), ("past", True), ("old", True),
    ]  # fmt: skip
    assert entries[0].summary == "Due: Fridge"
    assert entries[1].summary == "Warranty ends: Fridge"


def test_a_calendar_has_all_day_events_that_keep_their_identity() -> None:
    entries = due([told("a", "2026-06-01", words="Warranty until\nJune 1; 2026, parts")], TODAY)
    (event,) = events(calendar(entries))
    assert event["UID"] == "a-warranty_end@our-house"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (dt.date(2026, 6, 1), dt.date(2026, 6, 2))
    assert event["DESCRIPTION"] == "Warranty until\nJune 1; 2026, parts"
    assert calendar(entries) == calendar(due([told("a", "2026-06-01", words=entries[0].fact.words)], TODAY))


def test_a_title_cannot_write_lines_of_its_own_into_a_calendar() -> None:
    title = "Fridge\r\nEND:VEVENT\r\nBEGIN:VALARM\\;,"
    text = calendar([Due(*told("a", "2026-06-01", title=title), dt.date(2026, 6, 1), False)])
    assert b"\r\nBEGIN:VALARM" not in text
    (event,) = events(text)
    assert "BEGIN:VALARM" in event["SUMMARY"]


def test_an_empty_calendar_is_a_calendar() -> None:
    assert events(calendar([])) == []
