"""The notes that a question of money means, of a thing, a vendor or a category; `sums` adds up what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.money.paid_for import (
    BILLED,
    SUPPLIES,
    forms_of,
    has_side_by_side,
    is_for,
    is_of_supply,
    is_paid_to,
)
from assistant.money.spending import HOME, Spending
from knowledge.facts import Facts
from knowledge.note import Note, NoteFilter
from knowledge.notebook import Notebook
from knowledge.search import slip_of
from knowledge.words import words_of

Words = Sequence[str]
Categories = Sequence[str] | None
"""None for the whole house."""


@dataclass(frozen=True)
class Meant:
    """One thing that a question names, or its vendors, and their notes."""

    named: str
    notes: tuple[Note, ...]
    mentioning: tuple[Note, ...] = ()
    """Those that have the words, and tell the cost of something else."""
    elsewhere: tuple[Note, ...] = ()
    """Those of the same vendors that are of other categories."""


class SpentOn:
    """Finds the notes that questions of money mean."""

    def __init__(self, notebook: Notebook, facts: Facts) -> None:
        """Args: the notes, and what was found in them."""
        self._notebook = notebook
        self._facts = facts

    def notes(self, spending: Spending, categories: Categories, *, widen: bool = True) -> list[Meant]:
        """Return the notes of each thing that a question names, or of the vendors, within some categories.

        Args:
            widen: whether one of several things may be another category, by its name.
        """
        things, payees = spending.things, spending.payees
        vendors = self.of_vendors(payees)
        if vendors and not things and any(word[0].isupper() for payee in payees for word in payee):
            named = " or ".join(map(" ".join, payees))
            notes = self._select(vendors)
            within = tuple(note for note in notes if categories is None or note.category in (None, *categories))
            return [Meant(named, within, elsewhere=tuple(note for note in notes if note not in within))]
        if not vendors or not things:
            # 'The plumber' is no name, and what somebody does may be said in the notes.
            vendors = frozenset()
            words = tuple(word for payee in payees for word in payee)
            things = tuple((*thing, *words) for thing in things) or payees
        if len(things) > 1 and self._of_vendor(_joined(things)):
            things = (tuple(word for thing in things for word in thing),)
        meant = [self._one_of(things, thing, categories, widen) for thing in things]
        meant = [self._of_supply(*each, bills=spending.bills) for each in zip(things, meant, strict=True)]
        if not vendors:
            return meant
        return [replace(each, notes=tuple(note for note in each.notes if note.id in vendors)) for each in meant]

    def of_vendors(self, names: Sequence[Words]) -> frozenset[str]:
        """Return the ids of the notes of some vendors; the words of one name may look like two."""
        together = self._of_vendor(_joined(names)) if len(names) > 1 else ()
        names = [_joined(names).split()] if together else names
        return frozenset(note_id for name in names for note_id in self._paid_to(name))

    def has_a_slip(self, spending: Spending) -> bool:
        """Whether a question has a word that no note has, but that may be one of theirs, misspelt."""
        words = words_of(_joined((*spending.things, *spending.payees)))
        unknown = [word for word, count in self._notebook.passages.document_frequency(words).items() if not count]
        return any(slip_of(self._notebook, word) for word in unknown)

    def _paid_to(self, name: Words) -> set[str]:
        """The notes of one vendor, and those without one that say so in other words."""
        ids = set(self._of_vendor(" ".join(name)))
        others = self._select(self._holding(name) - ids)
        facts = self._facts.of_all(note.id for note in others)
        for note in others:
            known = facts.get(note.id, {})
            if "vendor" not in known and is_paid_to(name, note, known):
                ids.add(note.id)
        return ids

    def _one_of(self, things: Sequence[Words], words: Words, categories: Categories, widen: bool) -> Meant:
        """The notes of one of several things, which may leave out a word that the last one has."""
        if len(words) == 1 and len(things[-1]) > 1:
            whole = (*words, things[-1][-1])
            meant = self._about(whole, categories)
            if words[0].lower() in HOME or any(has_side_by_side(whole, note) for note in meant.notes):
                return meant
        own = self._named_so(words) if widen and len(things) > 1 and categories is not None else None
        return Meant(own, self._of_category(own)) if own else self._about(words, categories)

    def _of_supply(self, words: Words, meant: Meant, *, bills: bool) -> Meant:
        """What is meant by water, power or the like, without what only runs on it; of anything else all of it.

        Args:
            bills: whether the bills for it are asked about; else a category that has its name is meant as a whole.
        """
        if len(words) != 1 or words[0].lower() not in (BILLED if bills else SUPPLIES):
            return meant
        if not bills and self._named_so(words) is not None:
            return meant
        own = tuple(note for note in meant.notes if is_of_supply(words[0], note))
        others = tuple(note for note in meant.notes if note not in own)
        return replace(meant, notes=own, mentioning=(*others, *meant.mentioning))

    def _about(self, words: Words, categories: Categories) -> Meant:
        """The notes that tell the cost of something, and those that only mention it."""
        own = (
            self._named_so(words) if categories is None else next((c for c in categories if not _rest(words, c)), None)
        )
        if own is not None and categories is not None:
            return Meant(own, self._of_category(own))
        notes = {note.id: note for note in self._of_category(own)} if own is not None else {}
        mentioning: dict[str, Note] = {}
        for category in [None] if categories is None else categories:
            rest = words if category is None else _rest(words, category)
            holding = self._select(self._holding(rest), category)
            facts = self._facts.of_all(note.id for note in holding)
            for note in holding:
                (notes if is_for(rest, note, facts.get(note.id, {})) else mentioning)[note.id] = note
            notes |= {note.id: note for note in self._select(self._of_vendor(" ".join(words)), category)}
        named = words if categories is None or len(categories) > 1 else _rest(words, categories[0])
        only = [note for note_id, note in mentioning.items() if note_id not in notes]
        return Meant(" ".join(named), tuple(notes.values()), tuple(only))

    def _holding(self, words: Words) -> set[str]:
        """The ids of the notes that hold every word, by its stem; the filter's own words may be half typed."""
        passages = self._notebook.passages
        limit = passages.count()
        holding: set[str] | None = None
        for word in words_of(" ".join(words)):
            found = passages.lexical(sorted(forms_of(word)), None, limit)
            notes = {each.note_id for each in passages.select([passage_id for passage_id, _ in found])}
            holding = notes if holding is None else holding & notes
        return holding or set()

    def _of_vendor(self, name: str) -> tuple[str, ...]:
        return self._facts.of_vendor(name, whole=True)

    def _of_category(self, category: str) -> tuple[Note, ...]:
        return tuple(self._notebook.select(NoteFilter(category=category)))

    def _select(self, ids: Iterable[str], category: str | None = None) -> list[Note]:
        return self._notebook.select(NoteFilter(category=category, ids=tuple(ids)))

    def _named_so(self, words: Words) -> str | None:
        """The category of the house that has these words for its name."""
        names = [name for name, *_ in self._notebook.categories()]
        return next(
            (name for name in names if not _rest(words, name) and not _rest(name.split(), " ".join(words))), None
        )


def _rest(words: Words, name: str) -> list[str]:
    """The words that are not in a name, in the singular or the plural."""
    forms = frozenset[str]().union(*map(forms_of, name.split()))
    return [word for word in words if forms.isdisjoint(forms_of(word))]


def _joined(names: Sequence[Words]) -> str:
    return " ".join(word for name in names for word in name)
