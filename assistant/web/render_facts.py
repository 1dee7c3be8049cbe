"""What the page shows of the facts of a note, and of what is due, as HTML; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from assistant.prompts import spoken
from knowledge.due import Due
from knowledge.facts import DATES, NAMES, Fact, Name

LABELS: dict[Name, str] = {
    "vendor": "Vendor",
    "person": "Person",
    "phone": "Phone",
    "cost": "Cost",
    "item": "Item",
    "model": "Model",
    "serial": "Serial number",
    "warranty_end": "Warranty ends",
    "next_due": "Next due",
}
SHOWN = 12
"""Days ahead that the card shows; a calendar that subscribed shows all."""
SHOWN_PAST = 5


def facts_card(facts: Mapping[Name, Fact]) -> str:
    """The facts of a note, each a button that opens it for correction, with its words on hover."""
    known = "".join(_row(facts[name]) for name in NAMES if name in facts)
    missing = "".join(
        f'<button class="oh-open" data-act="open" data-id="{name}">{LABELS[name]}</button>'
        for name in NAMES
        if name not in facts
    )
    add = f'<p class="oh-facts-add">Add: {missing}</p>' if missing else ""
    return f'<section class="oh-facts" aria-label="Facts"><dl>{known}</dl>{add}</section>'


def _row(fact: Fact) -> str:
    told = fact.found_by == "person"
    hover = "You said so" if told else f"“{' '.join(fact.words.split())}”"
    mark = '<span class="oh-told">by you</span>' if told else ""
    value = spoken(fact.date) if fact.name in DATES and fact.date else fact.value
    return (
        f'<div title="{escape(hover)}"><dt>{LABELS[fact.name]}</dt><dd>{escape(value)} {mark}</dd>'
        f'<button class="oh-open" data-act="open" data-id="{fact.name}" aria-label="Correct {LABELS[fact.name]}">'
        "edit</button></div>"
    )


def due_card(entries: Sequence[Due]) -> str:
    """What is due, the soonest first, and the latest of what has passed, with the calendar to subscribe to."""
    ahead = [each for each in entries if not each.past][:SHOWN]
    past = [each for each in entries if each.past][:SHOWN_PAST]
    rows = "".join(map(_due, [*ahead, *past]))
    listed = f'<ul class="oh-due">{rows}</ul>' if rows else '<p class="oh-empty">Nothing is due.</p>'
    more = len(entries) - len(ahead) - len(past)
    rest = f"… and {more} more. " if more else ""
    return (
        f'{listed}<p class="oh-empty">{rest}<a href="/calendar.ics" target="_blank">Calendar</a>: subscribe to its '
        "address, and your own calendar shows these days.</p>"
    )


def _due(each: Due) -> str:
    klass, mark = (' class="oh-past"', ' <span class="oh-told">past</span>') if each.past else ("", "")
    words = " ".join(each.fact.words.split())
    return (
        f'<li{klass} title="{escape(words)}"><time>{escape(spoken(each.date))}</time> {escape(each.summary)}{mark}</li>'
    )
