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
from knowledge.timing import SENTENCE_END, Timing, timing

SHOWN = 12
"""Notes that are named one by one; all are counted."""
_SPENT = re.compile(r"\b(?:spen[dt]|spending)\b", re.IGNORECASE)
_PAID = re.compile(
    r"\b(?:paid|pay|cost|costs|costing|charged|bills|invoices|expenses?|expenditures?|fees|payments)\b", re.IGNORECASE
)
_OVER_TIME = re.compile(
    r"\bhow much(?: money)?(?: (?:have|has)|[’']ve) (?:\S+ ){1,4}?(?:paid|charged|(?<!the )cost)\b", re.IGNORECASE
)
"""The perfect tense, which asks of all that was paid until now: 'how much has the pool cost us?'."""
_SINCE_EVER = re.compile(
    r"\bsince (?:we|i) (?:\w+ )?(?:moved in|(?:bought|got|own|have) (?:the|this|our) (?:house|place|home|flat))\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(?:in all|in total|total(?:ly)?|altogether|all together|so far|over the years|all told|sum|add up|added up)\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:per|apiece|(?:each|every|a|an) (?:time|visit|month|year|week|day|gallon|hour|bag|foot|piece)|"
    r"monthly|weekly|yearly|annually|by (?:month|year))\b",
    re.IGNORECASE,
)
_OF_OTHER_THINGS = re.compile(
    r"\b(?:more|less|most|least|than|compared?|versus|vs|average|usually|normally|typically|worth|quoted?|estimated?|"
    r"budget|limit|percent|split|left (?:of|over|to)|is left|how many|number of|how much time|gone (?:up|down)|risen|"
    r"(?:should|would|will|can|could) (?:we|i|it|the|they|he|she)|"
    r"(?:we|i|it|they|he|she) (?:should|would|will|can|could)|difference|first|for what|"
    r"do (?:we|i|you|they) (?:\w+ )?(?:spend|pay)|are (?:we|they) (?:\w+ )?(?:spending|paying)|"
    r"spen[dt] (?:(?:it|that|this|(?:the|our) \w+) on|(?:the|a) (?:night|day|week|weekend))|"
    r"and (?:who|whose|when|where|why|which|what|how)(?! much))\b",
    re.IGNORECASE,
)
"""What makes a question of money one that no sum answers: a comparison, a rate, a plan, or a second question."""
_ASKER = re.compile(r"\b(?:(how much|what|total|sum|add)|(who|whose|when|where|why|which|how))\b", re.IGNORECASE)
"""The first word that asks, and whether a sum can be its answer."""
_YES_OR_NO = re.compile(
    r"\W*(?:and |so |but )?(?:is|are|was|were|do|does|did|has|have|may|must|should|would|will)\s+"
    r"(?!you\b|anyone\b|anybody\b)",
    re.IGNORECASE,
)
_GOING_ON = re.compile(
    r"\W*(?:and|or|also|plus|what about|how about|in|for|since|this|last)\b(?!.*\b(?:it|its|he|his|she|her|they|their|"
    r"them|him|that|those|one)\b)",
    re.IGNORECASE,
)
"""A sentence that asks what the one before it did, of something else: 'and in 2023?', 'what about the fence?'."""
_ABOUT = re.compile(r"\b(?:what|how) about\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:since|before|after)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w’'&-]+")
_OF_DATES = {
    *(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name),
    *"spring summer fall autumn winter last since until till before after during ago yesterday".split(),
}
_OF_TIME = _OF_DATES | set(
    "year years yr month months week weeks day days this past between now today far over start beginning early late "
    "couple few several one two three four five six seven eight nine ten twelve".split()
)
_OF_SUMS = set(
    "spend spent spending pay paid cost costs costing charged much money total totally altogether together sum add "
    "added told bills invoices expense expenses expenditure expenditures fees payments dollars house home family "
    "everything anything stuff things whole".split()
)


@dataclass(frozen=True)
class Added:
    """What a question of money comes to."""

    text: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    """The notes counted, the dearest first."""


def asks_for_sum(question: str, time: Timing) -> bool:
    """Whether a question asks what several things cost together, and not what one of them did, nor anything else.

    Of several sentences the last one that asks decides: a follow-up stands after what it leans on.
    """
    asked = False
    for sentence in SENTENCE_END.split(question):
        together = _TOGETHER.search(sentence) and _PAID.search(question)
        if _SPENT.search(sentence) or _OVER_TIME.search(sentence) or together:
            asked = _can_be_a_sum(sentence)
        elif not _GOING_ON.match(sentence) or not _can_be_a_sum(_ABOUT.sub("", sentence)):
            asked = False
    return asked and _is_time_read(question, time)


def _can_be_a_sum(sentence: str) -> bool:
    asker = _ASKER.search(sentence)
    other = _EACH.search(sentence) or _OF_OTHER_THINGS.search(sentence) or _YES_OR_NO.match(sentence)
    return not other and (asker is None or bool(asker[1]))


def _is_time_read(question: str, time: Timing) -> bool:
    """Whether no word of time was left over: what was spent 'since Easter' is not all that was ever spent."""
    if time.event:
        return False
    if time.ranged:
        return not (_SIDE.search(question) and time.start and time.end)
    words = _WORD.findall(_SINCE_EVER.sub("", question).lower())
    return _OF_DATES.isdisjoint(words)


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
        found = (
            word.strip("’'-").removesuffix("'s").removesuffix("’s")
            for word in _WORD.findall(_SINCE_EVER.sub("", question))
        )
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
