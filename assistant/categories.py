"""The household's own categories: added, renamed, merged and removed, with all that bears their names following.

Labelling by a new one before the next training is `classifier.newcomers`'.
"""

from __future__ import annotations

import itertools
import string
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlite_utils import Migrations

from assistant.corrections import Correction
from assistant.errors import CategoryRefused
from classifier.errors import TaxonomyError
from classifier.newcomers import Newcomer
from classifier.prompt import NONE_CODE
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE, Category, Taxonomy

if TYPE_CHECKING:
    import sqlite3

    from sqlite_utils import Database

    from assistant.corrections import Corrections
    from knowledge.notebook import Notebook
    from knowledge.record import Record

LONGEST_NAME = 40
NAMED = 5
"""Categories that a complaint names."""

migrations = Migrations("categories")


@migrations()
def create_moves(db: Database) -> None:
    """Where the codes of merged and removed categories went: routers that know them go on being understood."""
    db.executescript("CREATE TABLE category_moves (code TEXT PRIMARY KEY, into_code TEXT);")


@migrations()
def create_names(db: Database) -> None:
    """Every name that each code ever had here, which is what tells a router of this house from another's."""
    db.executescript(
        """
        CREATE TABLE IF NOT EXISTS category_names (
            code TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (code, name)
        );
        CREATE TRIGGER IF NOT EXISTS category_added AFTER INSERT ON categories BEGIN
            INSERT OR IGNORE INTO category_names (code, name) VALUES (new.code, new.name);
        END;
        CREATE TRIGGER IF NOT EXISTS category_renamed AFTER UPDATE OF name ON categories BEGIN
            INSERT OR IGNORE INTO category_names (code, name) VALUES (new.code, new.name);
        END;
        """
    )
    if db.execute("SELECT 1 FROM categories UNION SELECT 1 FROM category_moves").fetchone():
        # A house of before: it began with the packaged ones, whatever it calls them now.
        began_with = [(each.code, each.name) for each in DEFAULT_TAXONOMY]
        now = db.execute("SELECT code, name FROM categories").fetchall()
        db.conn.executemany("INSERT OR IGNORE INTO category_names (code, name) VALUES (?, ?)", [*began_with, *now])


def begun(record: Record) -> bool:
    """Whether a house ever had a category."""
    return bool(record.rows("SELECT 1 FROM category_names LIMIT 1"))


class Bearer(Protocol):
    """What keeps things that bear the name of a category, and alone knows where."""

    def rename_category(self, name: str, new_name: str | None) -> Any:
        """Let them bear another one, or none, within the transaction at hand; returns what `rename_back` needs."""

    def rename_back(self, moved: Any, name: str, new_name: str | None) -> None:
        """Undo that for whatever nobody changed since."""


@dataclass(frozen=True)
class Gone:
    """A category that was removed, or became part of another, with all that followed: what `restore` needs."""

    category: Category
    into: Category | None
    """The one that it became part of; None where it was removed."""
    notes: int
    """How many notes it held."""
    moved: tuple[Any, ...]
    """What each bearer of its name moved."""


class Categories:
    """The categories of one house; a code, once given, never means anything else."""

    def __init__(
        self, record: Record, notebook: Notebook, corrections: Corrections, others: Sequence[Bearer] = ()
    ) -> None:
        """Args: the record, the two that keep what bears a category's name, and who else does."""
        self._record = record
        self._notebook = notebook
        self._corrections = corrections
        self._bearers: tuple[Bearer, ...] = (notebook, corrections, *others)

    def taxonomy(self) -> Taxonomy:
        """Return the categories as they are now."""
        return Taxonomy.of(self._notebook.categories())

    def add(self, name: str, definition: str, examples: Sequence[str] = ()) -> Category:
        """Add a category, with a few questions that belong to it; it works at once.

        One of a name that was here before has its code again, by which older routers know it.

        Raises:
            CategoryRefused: the name is taken or is none, or there is nothing to tell the category by.
            CorrectionRefused: one of the questions is none, or too long. The category is not added then.
        """
        examples = [each for each in map(str.strip, examples) if each]
        with self._record.writing() as db:
            name = self._free_name(name)
            if not definition.strip() and not examples:
                raise CategoryRefused(f"Say what {name} covers, or give a few questions: nothing else tells it apart.")
            category = self._made(name, self._code_of(name), definition.strip())
            self._come_back(db, category)
            self.teach(name, examples)
        return category

    def redefine(self, name: str, definition: str) -> None:
        """Say anew what a category covers; raises CategoryRefused."""
        code = self._known(name).code
        with self._record.writing() as db:
            db.execute("UPDATE categories SET definition = ? WHERE code = ?", [definition.strip(), code])

    def rename(self, name: str, new_name: str) -> None:
        """Give a category another name; its notes, drafts, corrections and conversations follow.

        Raises:
            CategoryRefused: there is no such category, or the new name is taken or is none.
        """
        code = self._known(name).code
        if new_name.strip().casefold() != name.casefold():
            new_name = self._free_name(new_name)
        new_name = self._made(new_name.strip(), code, "").name
        with self._record.writing() as db:
            self._follow(name, new_name)
            db.execute("UPDATE categories SET name = ? WHERE code = ?", [new_name, code])

    def change(self, name: str, new_name: str, definition: str, examples: Sequence[str] = ()) -> None:
        """Redefine a category, teach it and rename it: all of it, or nothing.

        Raises:
            CategoryRefused: there is no such category, or the new name is taken or is none.
            CorrectionRefused: one of the questions is none, or too long.
        """
        with self._record.writing():
            self.redefine(name, definition)
            self.teach(name, examples)
            if new_name.strip() != name:
                self.rename(name, new_name)

    def merge(self, name: str, into: str) -> Gone:
        """Let one category be part of another, with all that bears its name.

        Returns what `restore` needs; raises CategoryRefused.
        """
        category, other = self._known(name), self._known(into)
        if category.code == other.code:
            raise CategoryRefused(f"{name} cannot be merged into itself.")
        return self._leave(category, other)

    def remove(self, name: str) -> Gone:
        """Remove a category; its notes stay, without one, and what was told of it stays, and is applied no more.

        Returns what `restore` needs; raises CategoryRefused.
        """
        return self._leave(self._known(name), None)

    def restore(self, gone: Gone) -> None:
        """Bring a category back, with all that followed but for what was filed or told anew meanwhile.

        Raises:
            CategoryRefused: its name was given to another one, or it was added again.
        """
        name = gone.category.name
        self._free_name(name)
        with self._record.writing() as db:
            into = self.names_of_codes().get(gone.into.code) if gone.into else None
            self._come_back(db, gone.category)
            for bearer, moved in zip(self._bearers, gone.moved, strict=True):
                bearer.rename_back(moved, name, into)

    def teach(self, name: str, examples: Sequence[str]) -> None:
        """Tell questions that belong to a category; raises CorrectionRefused."""
        self._corrections.tell_all([Correction(each, name, "example") for each in examples if each.strip()])

    def names_of_codes(self) -> dict[str, str | None]:
        """Return the present name of every code that ever was, None where its category was removed."""
        now: dict[str, str | None] = {code: name for name, code, _ in self._notebook.categories()}
        moves = {row["code"]: row["into_code"] for row in self._record.rows("SELECT * FROM category_moves")}
        for code in moves:
            at: str | None = code
            while at is not None and at in moves:
                at = moves[at]
            now[code] = now.get(at) if at else None
        return now

    def present_names(self, taxonomy: Taxonomy) -> dict[str, str]:
        """Return what each category of an older taxonomy is called now; those that were removed are left out.

        A code tells which one it is, as long as it ever had that name here: else it is another house's.

        Raises:
            TaxonomyError: there are some that this house never had.
        """
        borne = {(row["code"], row["name"]) for row in self._borne()}
        if strange := [each for each in taxonomy if (each.code, each.name) not in borne]:
            listed = ", ".join(f"{each.name} ({each.code})" for each in strange[:NAMED]) + ", …" * (
                len(strange) > NAMED
            )
            raise TaxonomyError(
                f"This house never had these categories: {listed}. Add what is missing (`our-house categories add`), "
                "and train with the codes that `our-house categories list --json` tells."
            )
        names = self.names_of_codes()
        found = {each.name: names.get(each.code) for each in taxonomy}
        return {NONE: NONE, **{old: new for old, new in found.items() if new is not None}}

    def _known(self, name: str) -> Category:
        for category in self.taxonomy():
            if category.name == name:
                return category
        raise CategoryRefused(f"This house has no category {name!r} any more. Reload the page to see what it has.")

    def _free_name(self, name: str) -> str:
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise CategoryRefused(f"A category's name has {LONGEST_NAME} characters at most.")
        if taken := self._notebook.category_named(name):
            raise CategoryRefused(f"There is a category {taken!r} already.")
        return self._made(name, "AA", "").name

    def _borne(self) -> list[sqlite3.Row]:
        """The names that each code ever had, the oldest first."""
        return self._record.rows("SELECT code, name FROM category_names ORDER BY rowid")

    def _code_of(self, name: str) -> str:
        """The code that a category of this name had, where it is nobody's now; else one that none ever had."""
        now, borne = {each.code for each in self.taxonomy()}, self._borne()
        for row in borne:
            if row["name"].casefold() == name.casefold() and row["code"] not in now:
                return str(row["code"])
        used = {*self.names_of_codes(), *(row["code"] for row in borne), NONE_CODE}
        return next(code for code in _codes() if code not in used)

    def _made(self, name: str, code: str, definition: str) -> Category:
        try:
            return Category(name, code, definition)
        except TaxonomyError as error:
            raise CategoryRefused(str(error)) from error

    def _follow(self, name: str, new_name: str | None) -> tuple[Any, ...]:
        return tuple(bearer.rename_category(name, new_name) for bearer in self._bearers)

    def _come_back(self, db: Database, category: Category) -> None:
        if again := next((each.name for each in self.taxonomy() if each.code == category.code), None):
            raise CategoryRefused(f"{category.name} was added again meanwhile, and is called {again} now.")
        db.execute(
            "INSERT INTO categories (name, code, definition) VALUES (?, ?, ?)",
            [category.name, category.code, category.definition],
        )
        db.execute("DELETE FROM category_moves WHERE code = ?", [category.code])

    def _leave(self, category: Category, into: Category | None) -> Gone:
        with self._record.writing() as db:
            notes = self._notebook.per_category().get(category.name, 0)
            moved = self._follow(category.name, into.name if into else None)
            db.execute("DELETE FROM categories WHERE code = ?", [category.code])
            db.execute(
                "INSERT OR REPLACE INTO category_moves (code, into_code) VALUES (?, ?)",
                [category.code, into.code if into else None],
            )
        return Gone(category, into, notes, moved)


def _codes() -> Iterator[str]:
    """Two capital letters, doubled ones first: those are what the packaged categories have."""
    yield from (letter * 2 for letter in string.ascii_uppercase)
    yield from map("".join, itertools.permutations(string.ascii_uppercase, 2))


class NewCategories:
    """What `classifier.newcomers` asks: the categories that a router does not know, and what tells them."""

    def __init__(self, categories: Categories, corrections: Corrections) -> None:
        """Args: the two that keep them."""
        self._categories = categories
        self._corrections = corrections

    def stamp(self) -> Hashable:
        """Return what changes whenever `newcomers` does."""
        return self._corrections.stamp()

    def newcomers(self, known: frozenset[str]) -> list[Newcomer]:
        """Return the categories with none of these names."""
        told = defaultdict(list)
        for each in self._corrections.teaching():
            told[each.label].append(each.question)
        return [
            Newcomer(each.name, tuple(filter(None, [each.definition, *told[each.name]])))
            for each in self._categories.taxonomy()
            if each.name not in known
        ]
