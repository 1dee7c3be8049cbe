"""Questions of what was spent, answered by adding up what the notes cost; the adding is SQLite's, never a model's."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.events import Citation
from assistant.prompts import spoken
from knowledge.facts import Fact, Facts, Total
from knowledge.money import written
from knowledge.note import Hit, Note, NoteFilter, whole
from knowledge.notebook import Notebook
from knowledge.search import STOP_WORDS
from knowledge.timing import Timing, timing

SHOWN = 12
"""Notes that are named one by one; all are counted."""
_SPENT = re.compile(r"\b(?:spen[dt]|spending)\b", re.IGNORECASE)
_PAID = re.compile(r"\b(?:paid|pay|cost|costs|costing|charged)\b", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:in all|in total|total(?:ly)?|altogether|all together|so far|over the years|all told|sum|add up|added up)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"\b(?:each|per|every|a|an) (?:time|visit|month|year|week|gallon|hour|bag|foot)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w’'&-]+")
_OF_TIME = {
    *(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name),
    *"spring summer fall autumn winter year years month months week weeks last this past since between until till "
    "before after during ago now today yesterday far over".split(),
}
_OF_SUMS = set(
    "spend spent spending pay paid cost costs costing charged much money total totally altogether together sum add "
    "added told dollars house home family everything anything stuff things whole".split()
)


@dataclass(frozen=True)
class Added:
    """What a question of money comes to."""

    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    """The notes counted, the dearest first."""


def asks_for_sum(question: str, time: Timing) -> bool:
    """Whether a question asks what several things cost together, and not what one of them did."""
    if _EACH.search(question):
        return False
    if _SPENT.search(question):
        return True
    return bool(_PAID.search(question) and _TOGETHER.search(question))


class Sums:
    """Adds up what the notes of a house cost."""

    def __init__(self, notebook: Notebook, facts: Facts, catch_up: Callable[[], None]) -> None:
        """Args: the notes; what they cost; what has the rules read those that nobody has read yet."""
        self._notebook = notebook
        self._facts = facts
        self._catch_up = catch_up

    def asked(self, question: str, categories: Sequence[str] | None, today: dt.date) -> Added | None:
        """Return what the notes that a question means cost together; None where it asks no such thing, or none does.

        Args:
            categories: those that the question is about; None for the whole house.
        """
        time = timing(question, today)
        if not asks_for_sum(question, time):
            return None
        self._catch_up()
        for wanted, vendor in self._readings(question, categories, time):
            total = self._facts.total(wanted, vendor)
            if total.counted:
                return self._told(wanted, vendor, total, time)
        return None

    def _readings(self, question: str, categories: Sequence[str] | None, time: Timing) -> list[tuple[NoteFilter, str]]:
        """What the question may mean, the narrowest first: a vendor, notes that hold its words, a category."""
        category = categories[0] if categories is not None and len(categories) == 1 else None
        within = NoteFilter(since=time.start, until=time.end)
        in_category = NoteFilter(category=category, since=time.start, until=time.end)
        words = self._words(question, categories)
        if not words:
            # Of several categories, or of none that is sure, a sum would be of whatever happens to be in the house.
            return [(in_category, "")] if category or categories is None else []
        named = " ".join(words)
        vendor = named if self._facts.of_vendor(named) else ""
        return [
            *([(within, vendor)] if vendor else []),
            (NoteFilter(category=category, text=named, since=time.start, until=time.end), ""),
        ]

    def _words(self, question: str, categories: Sequence[str] | None) -> list[str]:
        """The words that say what the money went to, beyond the category's own name and the time."""
        names = {word for category in categories or () for word in category.lower().split()}
        names |= {f"{name}s" for name in names} | {name.removesuffix("s") for name in names}
        found = (word.strip("’'-").removesuffix("'s").removesuffix("’s") for word in _WORD.findall(question))
        return [
            word
            for word in found
            if word and not word.isdigit() and word.lower() not in STOP_WORDS | _OF_TIME | _OF_SUMS | names
        ]

    def _told(self, wanted: NoteFilter, vendor: str, total: Total, time: Timing) -> Added:
        notes = self._notebook.select(wanted)
        if vendor:
            of_vendor = set(self._facts.of_vendor(vendor))
            notes = [note for note in notes if note.id in of_vendor]
        facts = self._facts.of_all(note.id for note in notes)
        costs = [(note, facts[note.id]["cost"]) for note in notes if "cost" in facts.get(note.id, {})]
        costs.sort(key=lambda pair: (-(pair[1].cents or 0), pair[0].date or dt.date.min, pair[0].id))
        what = " ".join(part for part in (wanted.category or "", vendor or wanted.text) if part)
        sums = " and ".join(written(each.cents, each.currency) for each in total.sums)
        counted = " ".join(part for part in (what, "note" if len(costs) == 1 else "notes") if part)
        head = f"{sums} in all, added up from {len(costs)} {counted}{_when(time)}."
        lines = [
            f"- {note.title}{f' ({spoken(note.date)})' if note.date else ''}: {fact.value} [{number}]"
            for number, (note, fact) in enumerate(costs[:SHOWN], start=1)
        ]
        if len(costs) > SHOWN:
            lines.append(f"- and {len(costs) - SHOWN} more")
        if silent := total.notes - len(costs):
            lines.append(f"\n{silent} more of these notes {'names' if silent == 1 else 'name'} no cost.")
        shown = costs[:SHOWN]
        return Added(
            "\n".join([head, *lines]),
            tuple(_citation(number, note, fact) for number, (note, fact) in enumerate(shown, start=1)),
            tuple(whole(note, 1.0) for note, _ in shown),
        )


def _when(time: Timing) -> str:
    match time.start, time.end:
        case dt.date() as start, dt.date() as end if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
            return f" of {start.year}" if start.year == end.year else f" of {start.year} to {end.year}"
        case dt.date() as start, None:
            return f" since {spoken(start)}"
        case None, dt.date() as end:
            return f" until {spoken(end)}"
        case dt.date() as start, dt.date() as end:
            return f" of {spoken(start)} to {spoken(end)}"
    return ""


def _citation(number: int, note: Note, fact: Fact) -> Citation:
    return Citation(number, note.id, note.title, note.category, note.date, fact.words)
