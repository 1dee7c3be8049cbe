"""Questions of what was spent, answered by adding up what the notes cost; the adding is SQLite's, never a model's."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.events import Citation
from assistant.prompts import spoken
from knowledge.facts import Fact, Facts, Total
from knowledge.money import written
from knowledge.note import Hit, Note, NoteFilter, Passage, whole
from knowledge.notebook import Notebook, words_of
from knowledge.search import STOP_WORDS
from knowledge.timing import EVER, SENTENCE_END, Timing, timing

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
_PART_OF_ALL = re.compile(
    r"(?<=[\w,] )but\b(?! (?:how|what)\b)|\b(?:except(?:ing)?|besides|without|not|excluding|excluded|exclusive|"
    r"including|other than|apart from|aside from|rather than|instead of|ignoring|leaving out|minus|net of|save for|"
    r"outside of)\b",
    re.IGNORECASE,
)
"""What is left out of a sum, or put into it, for which no search has words."""
_ASKER = re.compile(r"\b(?:(how much|what|total|sum|add)|(who|whose|when|where|why|which|how))\b", re.IGNORECASE)
"""The first word that asks, and whether a sum can be its answer."""
_YES_OR_NO = re.compile(
    r"\W*(?:and |so |but )?(?:is|are|was|were|do|does|did|has|have|may|must|should|would|will)\s+"
    r"(?!you\b|anyone\b|anybody\b)",
    re.IGNORECASE,
)
_GOING_ON = re.compile(
    r"\W*(?:and|or|also|plus|what about|how about|in|for|since|this|last|overall|altogether|ever)\b"
    r"(?!.*\b(?:it|its|he|his|she|her|they|their|them|him|that|those|one)\b)",
    re.IGNORECASE,
)
"""A sentence that asks what the one before it did, of something else: 'and in 2023?', 'what about the fence?'."""
_ABOUT = re.compile(r"\b(?:what|how) about\b", re.IGNORECASE)
_SIDE = re.compile(r"\b(?:since|before|after)\b", re.IGNORECASE)
_UNTIL_WHEN = re.compile(
    r"\b(?:by|until|till|before|since|after|to|through) (?:the )?end of\b"
    r"|\b(?:to|until|till|through|and) (?:date|(?:the )?present(?: day| time)?|this (?:day|point))\b|-present\b",
    re.IGNORECASE,
)
"""Of the words that say until when, those that mean something else in another place: an end table, a present."""
_WORD = re.compile(r"[\w’'&-]+")
_OF_DATES = {
    *(name.lower() for name in (*calendar.month_name, *calendar.month_abbr) if name),
    *"spring summer fall autumn winter last since until till before after during ago yesterday".split(),
}
_OF_TIME = _OF_DATES | set(
    "year years yr month months week weeks day days this past between now today far over start beginning early late "
    "overall ever onward onwards currently nowadays "
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
    other = _EACH.search(sentence) or _OF_OTHER_THINGS.search(sentence) or _PART_OF_ALL.search(sentence)
    other = other or _YES_OR_NO.match(sentence)
    return not other and (asker is None or bool(asker[1]))


def _is_time_read(question: str, time: Timing) -> bool:
    """Whether no word of time was left over: what was spent 'since Easter' is not all that was ever spent."""
    if time.event or time.doubtful:
        return False
    if time.ranged:
        return not (_SIDE.search(question) and time.start and time.end)
    words = _WORD.findall(_SINCE_EVER.sub("", _from_ever_on(question)).lower())
    return _OF_DATES.isdisjoint(words)


def _from_ever_on(question: str) -> str:
    """The sentences from the last one on that asks of all times, and so takes the dates before it back."""
    sentences = SENTENCE_END.split(question)
    return " ".join(sentences[max((n for n, each in enumerate(sentences) if EVER.search(each)), default=0) :])


def _has_word(passage: Passage, word: str) -> bool:
    """Whether a passage found by a word's stem has the word: so short a stem is another's, too, as ac is ace's."""
    forms = {word, f"{word}s", f"{word}es"}
    return len(word) > 3 or not forms.isdisjoint(words_of(f"{passage.title} {passage.heading} {passage.text}"))


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
        for wanted, named in self._readings(question, categories, time):
            total = self._facts.total(wanted)
            if total.counted:
                return self._told(wanted, named, total, time)
        return None

    def _readings(self, question: str, categories: Sequence[str] | None, time: Timing) -> list[tuple[NoteFilter, str]]:
        """What it may mean, with its words, the narrowest first: a vendor, notes that hold them, a category."""
        category = categories[0] if categories is not None and len(categories) == 1 else None
        within = NoteFilter(since=time.start, until=time.end)
        words = self._words(question, categories)
        if not words:
            # Of several categories, or of none that is sure, a sum would be of whatever happens to be in the house.
            return [(replace(within, category=category), "")] if category or categories is None else []
        named = " ".join(words)
        # A filter without ids would let all notes pass.
        return [
            *([(replace(within, ids=ids), named)] if (ids := self._facts.of_vendor(named, whole=True)) else []),
            *([(replace(within, category=category, ids=ids), named)] if (ids := self._holding(named)) else []),
        ]

    def _holding(self, named: str) -> tuple[str, ...]:
        """The notes that hold every word, whole or by its stem; the filter's own words may be half typed."""
        limit = self._notebook.passage_count()
        holding: set[str] | None = None
        for word in words_of(named):
            found = [passage_id for passage_id, _ in self._notebook.lexical([word], None, limit)]
            notes = {each.note_id for each in self._notebook.passages(found) if _has_word(each, word)}
            holding = notes if holding is None else holding & notes
        return tuple(sorted(holding or ()))

    def _words(self, question: str, categories: Sequence[str] | None) -> list[str]:
        """The words that say what the money went to, beyond the category's own name and the time."""
        names = {word for category in categories or () for word in category.lower().split()}
        names |= {f"{name}s" for name in names} | {name.removesuffix("s") for name in names}
        found = (
            word.strip("’'-").removesuffix("'s").removesuffix("’s")
            for word in _WORD.findall(_UNTIL_WHEN.sub("", _SINCE_EVER.sub("", question)))
        )
        return [
            word
            for word in found
            if word and not word.isdigit() and word.lower() not in STOP_WORDS | _OF_TIME | _OF_SUMS | names
        ]

    def _told(self, wanted: NoteFilter, named: str, total: Total, time: Timing) -> Added:
        notes = self._notebook.select(wanted)
        facts = self._facts.of_all(note.id for note in notes)
        costs = [(note, facts[note.id]["cost"]) for note in notes if "cost" in facts.get(note.id, {})]
        costs.sort(key=lambda pair: (-(pair[1].cents or 0), pair[0].date or dt.date.min, pair[0].id))
        what = " ".join(part for part in (wanted.category or "", named) if part)
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
