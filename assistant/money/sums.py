"""Questions of what was spent, answered by adding up what the notes cost; the adding is SQLite's, never a model's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.events import Citation
from assistant.money.paid_once import Told, told_twice
from assistant.money.paper_kinds import not_taken
from assistant.money.questions import asks_for_sum, may_be_of_one
from assistant.money.spending import THAT, Spending, spending_of
from assistant.money.spent_on import Categories, Meant, SpentOn
from assistant.prompts import spoken
from knowledge.facts import Fact, Facts, Name
from knowledge.money import amounts_in, written
from knowledge.note import Hit, Note, NoteFilter, whole
from knowledge.notebook import Notebook
from knowledge.timing import Timing, timing

SHOWN = 12
"""Notes that are named one by one; all are counted."""
ASIDE = 3
"""Notes that are named though they are not counted."""


@dataclass(frozen=True)
class Added:
    """What a question of money comes to."""

    text: str
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    """The notes counted, the dearest first."""
    answered: bool = True
    """Whether it is the sum of what was asked about."""
    beyond: bool = False
    """Whether some of the notes are of other categories than those asked about."""


@dataclass
class _Tally:
    """What some notes tell."""

    costs: list[Told] = field(default_factory=list)
    """The costs that count, the highest first."""
    twice: list[tuple[Told, Told]] = field(default_factory=list)
    """Bills that do not, each with its receipt, which does."""
    undated: list[Told] = field(default_factory=list)
    """Costs of which nobody knows whether they are of the time asked about."""
    silent: list[Note] = field(default_factory=list)
    """Notes of that time that tell no cost."""


class Sums:
    """Adds up what the notes of a house cost."""

    def __init__(self, notebook: Notebook, facts: Facts, catch_up: Callable[[], None]) -> None:
        """Args: the notes; what they cost; what has the rules read those that nobody has read yet."""
        self._notebook = notebook
        self._facts = facts
        self._catch_up = catch_up
        self._spent_on = SpentOn(notebook, facts)

    def asked(self, question: str, categories: Categories, today: dt.date, *, widen: bool = True) -> Added | None:
        """Return what the notes that a question means cost together, or that none tells it.

        Args:
            categories: those that the question is about; None for the whole house.
            widen: whether notes of others count where the question names them, or where none of these tells.

        Returns:
            None where it asks no such thing, where its words leave open of what, or where the notes may well answer it:
            no sum was found, and it may be of a single thing, be misspelt, they name amounts that are no cost, or tell
            of the thing and not of what the question says was done to it.
        """
        time = timing(question, today)
        spending = spending_of(question) if asks_for_sum(question, time) else None
        if spending is None:
            return None
        self._catch_up()
        if spending.somebody and not spending.things and not self._spent_on.of_vendors(spending.payees):
            who = "What" if spending.somebody in THAT else "Who"
            unsaid = f"{who} is meant by “{spending.somebody}”, the question does not say."
            return self._beside(unsaid, categories, time)
        if spending.things or spending.payees:
            added = self._of_things(spending, categories, time, widen)
        else:
            added = self._of_all(categories, time)
        if added is None or added.answered:
            return added
        return None if may_be_of_one(question) or self._spent_on.has_a_slip(spending) else added

    def _of_all(self, categories: Categories, time: Timing) -> Added | None:
        """What one category's notes tell, or the house's; None for several, of which a sum would be of anything."""
        if categories is not None and len(categories) != 1:
            return None
        category = categories[0] if categories else None
        tally = self._tally(self._notebook.select(NoteFilter(category=category)), time)
        if tally.costs:
            return self._told(category or "", tally, time)
        none = _in_one(f"No {_note(1, category or '')}{_when(time)} tells a cost.", *_left_out(tally))
        return Added(none, answered=False)

    def _beside(self, unknown: str, categories: Categories, time: Timing) -> Added:
        """What the notes of the category tell, where they do not tell what was asked."""
        added = self._of_all(categories, time) if categories is not None else None
        if added is None or not added.answered:
            return Added(unknown, answered=False)
        return replace(added, text=f"{unknown}\n\n{added.text}", answered=False)

    def _of_things(self, spending: Spending, categories: Categories, time: Timing, widen: bool) -> Added | None:
        """What the notes tell of the things and the vendors that a question names."""
        meant, scope, tally = self._found(spending, categories, time, widen)
        mentioned = self._tally((note for each in meant for note in each.mentioning), time).costs
        if not tally.costs:
            plain = spending.without_acts
            if any(map(_is_unclear, tally.silent)) or (plain and self._found(plain, categories, time, widen)[2].costs):
                return None
            none = f"No note{_when(time)} tells a cost of {_what(meant, scope)}."
            said = _in_one(none, *_not_counted("It is mentioned in", mentioned), *_left_out(tally))
            return self._beside(said, categories, time)
        counted = {told.note.id for told in (*tally.costs, *(bill for bill, _ in tally.twice))}
        untold = [each.named for each in meant if counted.isdisjoint(note.id for note in each.notes)]
        told = self._told(
            _what(meant, scope),
            tally,
            time,
            *(f"No note{_when(time)} tells a cost of {name}." for name in untold),
            *_not_counted(
                "In other categories:", self._tally((n for each in meant for n in each.elsewhere), time).costs
            ),
            *_not_counted("Also mentioned in", mentioned),
        )
        beyond = {each.note.category for each in tally.costs} - {None, *(categories or ())}
        return replace(told, beyond=categories is not None and bool(beyond))

    def _found(
        self, spending: Spending, categories: Categories, time: Timing, widen: bool
    ) -> tuple[list[Meant], Categories, _Tally]:
        """The notes that are meant, the categories that they were looked for in, and what they tell."""
        meant = self._spent_on.notes(spending, categories, widen=widen)
        tally = self._tally((note for each in meant for note in each.notes), time)
        if widen and categories is not None and not tally.costs:
            everywhere = self._spent_on.notes(spending, None)
            wider = self._tally((note for each in everywhere for note in each.notes), time)
            if wider.costs:
                return everywhere, None, wider
        return meant, categories, tally

    def _tally(self, notes: Iterable[Note], time: Timing) -> _Tally:
        """What some notes tell of a time, each counted once."""
        notes = {note.id: note for note in notes}.values()
        facts = self._facts.of_all(note.id for note in notes)
        tally = _Tally()
        for note in notes:
            told = _cost_told(note, facts.get(note.id, {}))
            if time.ranged and not time.holds(note.date):
                if told is not None and note.date is None:
                    tally.undated.append(told)
            elif told is None:
                tally.silent.append(note)
            else:
                tally.costs.append(told)
        tally.twice = told_twice(tally.costs)
        bills = {bill.note.id for bill, _ in tally.twice}
        tally.costs = [told for told in tally.costs if told.note.id not in bills]
        tally.costs.sort(key=lambda told: (-(told.cost.cents or 0), told.note.date or dt.date.min, told.note.id))
        return tally

    # --- the answer ---------------------------------------------------------------------------------------------------

    def _told(self, what: str, tally: _Tally, time: Timing, *more: str) -> Added:
        total = self._facts.total(NoteFilter(ids=tuple(told.note.id for told in tally.costs)))
        sums = " and ".join(written(each.cents, each.currency) for each in total.sums)
        head = f"{sums} in all, added up from {len(tally.costs)} {_note(len(tally.costs), what)}{_when(time)}."
        shown = tally.costs[:SHOWN]
        lines = [f"- {_dated(told.note)}: {told.cost.value} [{number}]" for number, told in enumerate(shown, start=1)]
        if len(tally.costs) > SHOWN:
            lines.append(f"- and {len(tally.costs) - SHOWN} more")
        aside = _in_one(*more, *_left_out(tally))
        return Added(
            "\n".join([head, *lines, *([f"\n{aside}"] if aside else [])]),
            tuple(
                Citation(number, told.note.id, told.note.title, told.note.category, told.note.date, told.cost.words)
                for number, told in enumerate(shown, start=1)
            ),
            tuple(whole(told.note, 1.0) for told in shown),
        )


def _is_unclear(note: Note) -> bool:
    """Whether a note without a cost names amounts all the same, and is no quote."""
    return bool(amounts_in(note.text)) and not not_taken(f"{note.title}\n{note.text}")


def _cost_told(note: Note, facts: Mapping[Name, Fact]) -> Told | None:
    vendor = facts["vendor"].value if "vendor" in facts else ""
    return Told(note, facts["cost"], vendor) if "cost" in facts else None


def _what(meant: Sequence[Meant], categories: Categories) -> str:
    """What is counted, in the question's words and under the category that was searched."""
    named = [each.named for each in meant]
    searched = [categories[0]] if categories is not None and len(categories) == 1 and categories[0] not in named else []
    return " ".join([*searched, _listed(named, "or")])


def _dated(note: Note) -> str:
    return f"{note.title} ({spoken(note.date)})" if note.date else note.title


def _note(count: int, what: str) -> str:
    return " ".join([*([what] if what else []), "note" if count == 1 else "notes"])


def _in_one(*sentences: str) -> str:
    return " ".join(sentences)


def _left_out(tally: _Tally) -> list[str]:
    """What is said of notes that are not counted."""
    said = [
        f"“{bill.note.title}” and “{receipt.note.title}” tell of one payment, which is counted once."
        for bill, receipt in tally.twice
    ]
    if count := len(tally.undated):
        said.append(f"{count} {_note(count, '')} without a date {'is' if count == 1 else 'are'} not counted.")
    unclear = [note for note in tally.silent if _is_unclear(note)]
    if unclear:
        named = _listed(_first([f"“{note.title}”" for note in unclear]))
        said.append(f"Not counted, as it is unclear what was paid in all: {named}.")
    if tally.costs and (count := len(tally.silent) - len(unclear)):
        said.append(f"{count} more of these notes {'names' if count == 1 else 'name'} no cost.")
    return said


def _first(named: Sequence[str]) -> list[str]:
    """Those that are told one by one, and how many more there are."""
    more = len(named) - ASIDE
    return [*named[:ASIDE], f"{more} more"] if more > 0 else list(named)


def _listed(named: Sequence[str], by: str = "and") -> str:
    *others, last = named
    return f"{', '.join(others)} {by} {last}" if others else last


def _not_counted(where: str, costs: Sequence[Told]) -> list[str]:
    """A sentence about notes that tell a cost of something else, or none."""
    if not costs:
        return []
    named = [f"“{told.note.title}” ({told.cost.value})" for told in costs]
    return [f"{where} {_listed(_first(named))}, not counted."]


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
