"""The commands that list, show and change notes by hand; what is known of their costs, `commands.facts` tells."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.facts import facts_of_notes
from assistant.commands.options import house_options, label_of

if TYPE_CHECKING:
    from assistant.build import House


@click.group()
def notes() -> None:
    """The record, by hand."""


@notes.command("list")
@house_options
@click.option("--category", help="Only this category; 'none' for notes without one.")
@click.option("--text", default="", help="Only notes with all of these words.")
@click.option("--since", help="Only notes from this day, month or year on.")
@click.option("--until", help="Only notes up to this day, month or year.")
@click.option("--vendor", default="", help="Only notes of this vendor.")
@click.option("--sum", "add_up", type=click.Choice(["cost"]), help="Add up what they cost, a line for each currency.")
@click.option("--count", is_flag=True, help="Only how many there are.")
@click.option("--deleted", is_flag=True, help="The deleted ones, which can be restored.")
@click.option("--limit", type=click.IntRange(1), help="Notes at most.")
def list_notes(
    house: House,
    as_json: bool,
    category: str | None,
    text: str,
    since: str | None,
    until: str | None,
    vendor: str,
    add_up: str | None,
    count: bool,
    deleted: bool,
    limit: int | None,
) -> None:
    """List notes, the newest first, or add up what they cost."""
    from assistant.commands.facts import list_with_facts
    from classifier.taxonomy import NONE
    from knowledge.days import period
    from knowledge.note import NoteFilter

    label = label_of(house, category)
    first, last = (period(typed or "", day_first=house.day_first) for typed in (since, until))
    wanted = NoteFilter(
        category=None if label == NONE else label,
        uncategorised=label == NONE,
        text=text,
        since=first and first[0],
        until=last and last[1],
        deleted=deleted,
        limit=limit,
    )
    list_with_facts(house, as_json, wanted, vendor, bool(add_up), count)


@notes.command("show")
@house_options
@click.argument("note_id")
def show_note(house: House, as_json: bool, note_id: str) -> None:
    """Show a note."""
    _show(house, as_json, note_id)


@notes.command("add")
@house_options
@click.argument("text")
@click.option("--title", default="")
@click.option("--category")
@click.option("--date", default="")
@click.option("--tag", "tags", multiple=True)
def add_note(
    house: House, as_json: bool, text: str, title: str, category: str | None, date: str, tags: tuple[str, ...]
) -> None:
    """Add a note; TEXT - reads it from standard input."""
    from assistant.incoming.filing import file
    from knowledge.days import parse_date
    from knowledge.note import Draft

    text = sys.stdin.read() if text == "-" else text
    if not text.strip():
        raise click.UsageError("The note is empty. Write what should be remembered.")
    day = parse_date(date, day_first=house.day_first)
    draft = Draft(text, title, label_of(house, category), day, tags)
    filed, _ = file(draft, house.library, house.serving())
    (note,) = house.library.add([filed])
    _show(house, as_json, note.id)


@notes.command("edit")
@house_options
@click.argument("note_id")
@click.option("--text")
@click.option("--title")
@click.option("--category", help="'none' to take it out of its category.")
@click.option("--date", help="'none' to take its date away.")
@click.option("--undo", is_flag=True, help="Take the last edit back instead.")
def edit_note(
    house: House,
    as_json: bool,
    note_id: str,
    text: str | None,
    title: str | None,
    category: str | None,
    date: str | None,
    undo: bool,
) -> None:
    """Change a note, or take its last change back."""
    from classifier.taxonomy import NONE
    from knowledge.days import parse_date

    changes: dict[str, Any] = {name: value for name, value in (("text", text), ("title", title)) if value is not None}
    if category is not None:
        label = label_of(house, category)
        changes["category"] = None if label == NONE else label
    if date is not None:
        changes["date"] = None if date == "none" else parse_date(date, day_first=house.day_first)
    if undo:
        house.library.undo(note_id)
    elif changes:
        house.library.edit(note_id, changes)
    else:
        raise click.UsageError("Say what to change: --text, --title, --category, --date, or --undo.")
    _show(house, as_json, note_id)


@notes.command("delete")
@house_options
@click.argument("note_ids", nargs=-1, required=True)
def delete_notes(house: House, as_json: bool, note_ids: tuple[str, ...]) -> None:
    """Delete notes; `restore` brings them back."""
    _change(house, as_json, note_ids, house.library.delete)


@notes.command("restore")
@house_options
@click.argument("note_ids", nargs=-1, required=True)
def restore_notes(house: House, as_json: bool, note_ids: tuple[str, ...]) -> None:
    """Bring deleted notes back."""
    _change(house, as_json, note_ids, house.library.restore)


def _change(house: House, as_json: bool, note_ids: Sequence[str], change: Callable[[Sequence[str]], object]) -> None:
    """Change notes, all or, where one is not there, none, and show each."""
    for note_id in note_ids:
        house.notebook.get(note_id)
    change(note_ids)
    for note_id in note_ids:
        _show(house, as_json, note_id, line=True)


def _show(house: House, as_json: bool, note_id: str, *, line: bool = False) -> None:
    from assistant.fields import note_fields
    from assistant.terminal import print_json, print_note, print_note_line

    note = house.notebook.get(note_id)
    original = house.trail.originals.path(note.original)
    if as_json:
        print_json(note_fields(note) | {"original": str(original) if original else None})
    elif line:
        print_note_line(note)
    else:
        print_note(note, original)


notes.add_command(facts_of_notes)
