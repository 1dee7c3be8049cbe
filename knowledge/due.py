"""What is due: warranties that end and work that comes round again, in order, and as a calendar; pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from knowledge.facts import Fact
from knowledge.note import Note

KINDS = {"warranty_end": "Warranty ends", "next_due": "Due"}
REFRESH = dt.timedelta(hours=12)
"""How often a calendar that subscribed asks again."""


@dataclass(frozen=True)
class Due:
    """A day ahead, or one that has passed, that a note tells of."""

    note: Note
    fact: Fact
    date: dt.date
    past: bool
    """Whether the day lies behind today."""

    @property
    def kind(self) -> str:
        """What happens on the day."""
        return KINDS[self.fact.name]

    @property
    def summary(self) -> str:
        """The day in a few words, such as 'Warranty ends: Fridge'."""
        return f"{self.kind}: {self.note.title}"


def due(told: Iterable[tuple[Note, Fact]], today: dt.date) -> list[Due]:
    """Return the days that facts tell of, the soonest first; those that have passed come after, the latest first."""
    found = [
        Due(note, fact, fact.date, fact.date < today) for note, fact in told if fact.date is not None and fact.value
    ]
    ahead = sorted((each for each in found if not each.past), key=lambda each: (each.date, each.note.id))
    past = sorted((each for each in found if each.past), key=lambda each: (each.date, each.note.id), reverse=True)
    return ahead + past


def calendar(entries: Sequence[Due]) -> bytes:
    """Return the days as an iCalendar file: all-day events that keep their identity when the calendar is read again."""
    from icalendar import Calendar, Event

    whole = Calendar()
    whole.add("prodid", "-//our-house//due//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", "our-house")
    whole.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for each in entries:
        event = Event()
        event.add("uid", f"{each.note.id}-{each.fact.name}@our-house")
        event.add("dtstamp", each.note.updated_at)
        event.add("dtstart", each.date)
        event.add("dtend", each.date + dt.timedelta(days=1))
        event.add("summary", each.summary)
        event.add("description", each.fact.words or each.note.title)
        event.add("transp", "TRANSPARENT")
        if each.note.category:
            event.add("categories", [each.note.category])
        whole.add_component(event)
    return bytes(whole.to_ical())
