"""The household's own categories: added, renamed, merged and removed, with all that bears their names following.

Labelling by a new one before the next training is `classifier.newcomers`'.
"""

from __future__ import annotations

import itertools
import json
import string
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlite_utils import Migrations

from assistant.corrections import Correction
from assistant.errors import CategoryRefused
from classifier.errors import TaxonomyError
from classifier.newcomers import Newcomer
from classifier.prompt import NONE_CODE
from classifier.taxonomy import NONE, Category, Taxonomy

if TYPE_CHECKING:
    from sqlite_utils import Database

    from assistant.corrections import Corrections
    from knowledge.notebook import Notebook
    from knowledge.record import Record

LONGEST_NAME = 40
NAMING = ("note_versions", "category"), ("corrections", "label"), ("corrections", "overruled")
"""The tables and columns that name a category, beside the notes, whose own follow a rename by themselves."""
DRAFTS = ("draft", "before")
"""The columns of drafts under review that hold a draft, whose category follows, too."""
IN_DETAILS = "details LIKE ?"
"""Which turns may name a category, given `_in_details`."""

migrations = Migrations("categories")


@migrations()
def create_moves(db: Database) -> None:
    """Where the codes of merged and removed categories went: routers that know them go on being understood."""
    db.executescript("CREATE TABLE category_moves (code TEXT PRIMARY KEY, into_code TEXT);")


@dataclass(frozen=True)
class Removed:
    """A category that was removed, and what was filed there."""

    category: Category
    notes: tuple[str, ...]
    deleted: tuple[str, ...] = ()
    """Notes that it had, and that were deleted already."""
    drafts: tuple[str, ...] = ()
    """Drafts under review that were to be filed there."""


@dataclass(frozen=True)
class Moved:
    """What a merge made of one value of the record."""

    table: str
    column: str
    key: str | int
    before: str
    after: str


@dataclass(frozen=True)
class Merged:
    """A category that became part of another, and everything that followed it there."""

    category: Category
    moved: tuple[Moved, ...]


class Categories:
    """The categories of one house; a code, once given, never means anything else."""

    def __init__(self, record: Record, notebook: Notebook, corrections: Corrections) -> None:
        """Args: the record, and the two that keep what bears a category's name."""
        self._record = record
        self._notebook = notebook
        self._corrections = corrections

    def taxonomy(self) -> Taxonomy:
        """Return the categories as they are now."""
        return Taxonomy.of(self._notebook.categories())

    def add(self, name: str, definition: str, examples: Sequence[str] = ()) -> Category:
        """Add a category, with a few questions that belong to it; it works at once.

        Raises:
            CategoryRefused: the name is taken or is none, or there is nothing to tell the category by.
            CorrectionRefused: one of the questions is none, or too long. The category is not added then.
        """
        examples = [each for each in map(str.strip, examples) if each]
        with self._record.writing():
            name = self._free_name(name)
            if not definition.strip() and not examples:
                raise CategoryRefused(f"Say what {name} covers, or give a few questions: nothing else tells it apart.")
            category = self._made(name, self._free_code(), definition.strip())
            self._notebook.set_categories([(category.name, category.code, category.definition)])
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
            db.execute("UPDATE categories SET name = ? WHERE code = ?", [new_name, code])  # the notes' cascades
            self._follow(db, name, new_name)

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

    def merge(self, name: str, into: str) -> Merged:
        """Let one category be part of another.

        Returns what `part` needs; raises CategoryRefused.
        """
        category, into_code = self._known(name), self._known(into).code
        if category.code == into_code:
            raise CategoryRefused(f"{name} cannot be merged into itself.")
        with self._record.writing() as db:
            before = _bearing(db, name)
            db.execute("UPDATE notes SET category = ? WHERE category = ?", [into, name])
            self._follow(db, name, into)
            self._leave(db, name, category.code, into_code)
            moved = tuple(
                Moved(table, column, key, value, _value(db, table, column, key)) for table, column, key, value in before
            )
        return Merged(category, moved)

    def part(self, merged: Merged) -> None:
        """Part what was merged; what was filed or told anew meanwhile stays as it is.

        Raises:
            CategoryRefused: the name was given to another category.
        """
        self._free_name(merged.category.name)
        with self._record.writing() as db:
            self._come_back(db, merged.category)
            for each in merged.moved:
                db.execute(
                    f"UPDATE {each.table} SET {each.column} = ? WHERE {_key(each.table)} = ? AND {each.column} = ?",
                    [each.before, each.key, each.after],
                )
            self._stale(db, merged.category.name)

    def teach(self, name: str, examples: Sequence[str]) -> None:
        """Tell questions that belong to a category; raises CorrectionRefused."""
        self._corrections.tell_all([Correction(each, name, "example") for each in examples if each.strip()])

    def remove(self, name: str) -> Removed:
        """Remove a category; its notes stay, without one, and what was told of it stays, and is applied no more.

        Returns what `restore` needs; raises CategoryRefused.
        """
        category = self._known(name)
        with self._record.writing() as db:
            notes, deleted = (
                _ids(db, f"SELECT id FROM notes WHERE category = ? AND deleted_at IS {gone}", name)
                for gone in ("NULL", "NOT NULL")
            )
            drafts = _ids(db, "SELECT id FROM waiting WHERE draft ->> 'category' = ?", name)
            self._stale(db, name)
            self._in_drafts(db, name, None)
            self._in_conversations(db, name, None)
            self._leave(db, name, category.code, None)  # the notes' is set to none with it
        return Removed(category, notes, deleted, drafts)

    def restore(self, removed: Removed) -> None:
        """Bring a category back, with those of its notes and drafts that were not filed elsewhere meanwhile.

        Raises:
            CategoryRefused: its name was given to another one.
        """
        category = removed.category
        self._free_name(category.name)
        with self._record.writing() as db:
            self._come_back(db, category)
            db.conn.executemany(
                "UPDATE notes SET category = ? WHERE id = ? AND category IS NULL",
                [(category.name, note_id) for note_id in (*removed.notes, *removed.deleted)],
            )
            self._stale(db, category.name)
            db.conn.executemany(
                "UPDATE waiting SET draft = json_set(draft, '$.category', ?)"
                " WHERE id = ? AND draft ->> 'category' IS NULL",
                [(category.name, draft_id) for draft_id in removed.drafts],
            )

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
        """Return what each category of an older taxonomy is called now; those that were removed are left out."""
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

    def _free_code(self) -> str:
        used = {*self.names_of_codes(), NONE_CODE}
        return next(code for code in _codes() if code not in used)

    def _made(self, name: str, code: str, definition: str) -> Category:
        try:
            return Category(name, code, definition)
        except TaxonomyError as error:
            raise CategoryRefused(str(error)) from error

    def _follow(self, db: Database, name: str, new_name: str) -> None:
        self._stale(db, new_name)
        for table, column in NAMING:
            db.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", [new_name, name])
        self._in_drafts(db, name, new_name)
        self._in_conversations(db, name, new_name)

    def _stale(self, db: Database, name: str) -> None:
        """Let the index learn the notes' new category, also where it is just now being told the earlier one."""
        db.execute("UPDATE notes SET indexed = 0, refiled = refiled + 1 WHERE category = ?", [name])

    def _in_drafts(self, db: Database, name: str, new_name: str | None) -> None:
        """Rename a category in the drafts under review and in what they change; None takes it out."""
        for column in DRAFTS:
            db.execute(
                f"UPDATE waiting SET {column} = json_set({column}, '$.category', ?) WHERE {column} ->> 'category' = ?",
                [new_name, name],
            )

    def _come_back(self, db: Database, category: Category) -> None:
        db.execute(
            "INSERT INTO categories (name, code, definition) VALUES (?, ?, ?)",
            [category.name, category.code, category.definition],
        )
        db.execute("DELETE FROM category_moves WHERE code = ?", [category.code])

    def _leave(self, db: Database, name: str, code: str, into: str | None) -> None:
        db.execute("DELETE FROM categories WHERE name = ?", [name])
        db.execute("INSERT OR REPLACE INTO category_moves (code, into_code) VALUES (?, ?)", [code, into])

    def _in_conversations(self, db: Database, name: str, new_name: str | None) -> None:
        rows = db.execute(f"SELECT id, details FROM turns WHERE {IN_DETAILS}", [_in_details(name)]).fetchall()
        for turn_id, details in rows:
            renamed = _renamed(json.loads(details), name, new_name)
            db.execute("UPDATE turns SET details = ? WHERE id = ?", [json.dumps(renamed), turn_id])


def _ids(db: Database, query: str, name: str) -> tuple[str, ...]:
    return tuple(row[0] for row in db.execute(query, [name]).fetchall())


def _bearing(db: Database, name: str) -> list[tuple[str, str, str | int, str]]:
    """Every value of the record that a merge of this category changes: its table, column, row's key and what it is."""
    wheres = [(table, column, f"{column} = ?", name) for table, column in (("notes", "category"), *NAMING)]
    wheres += [("waiting", column, f"{column} ->> 'category' = ?", name) for column in DRAFTS]
    wheres.append(("turns", "details", IN_DETAILS, _in_details(name)))
    return [
        (table, column, key, value)
        for table, column, where, wanted in wheres
        for key, value in db.execute(f"SELECT {_key(table)}, {column} FROM {table} WHERE {where}", [wanted]).fetchall()
    ]


def _in_details(name: str) -> str:
    return f"%{json.dumps(name)}%"


def _value(db: Database, table: str, column: str, key: str | int) -> str:
    (value,) = db.execute(f"SELECT {column} FROM {table} WHERE {_key(table)} = ?", [key]).fetchone()
    return str(value)


def _key(table: str) -> str:
    """What tells a row for good; that of a row that is gone may be given again, where it is SQLite's own."""
    return "rowid" if table == "note_versions" else "id"


def _codes() -> Iterator[str]:
    """Two capital letters, doubled ones first: those are what the packaged categories have."""
    yield from (letter * 2 for letter in string.ascii_uppercase)
    yield from map("".join, itertools.permutations(string.ascii_uppercase, 2))


def _renamed(value: Any, name: str, new_name: str | None) -> Any:
    """Return what a turn tells with a category renamed wherever it stands for one, or taken out."""
    match value:
        case dict():
            found: dict[str, Any] = {}
            for key, each in value.items():
                if key in ("category", "overruled") and each == name:
                    found[key] = new_name
                elif key == "likely" and isinstance(each, list):
                    found[key] = [new_name if label == name else label for label in each if label != name or new_name]
                elif key == "probabilities" and isinstance(each, dict) and name in each:
                    shares: dict[str, float] = {}
                    for label, share in each.items():
                        now = label if label != name else new_name or NONE
                        shares[now] = shares.get(now, 0.0) + share
                    found[key] = shares
                elif key in ("before", "earlier", "details", "notes"):
                    found[key] = _renamed(each, name, new_name)
                else:
                    found[key] = each
            return found
        case list():
            return [_renamed(each, name, new_name) for each in value]
        case _:
            return value


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
