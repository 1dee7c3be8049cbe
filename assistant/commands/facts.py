"""The commands about the facts of notes: finding and correcting them, adding up what was paid, and what is due."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.build import House
    from knowledge.facts import Fact, Name
    from knowledge.note import Note, NoteFilter


@click.command("facts")
@house_options
@click.argument("note_ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Of all notes whose facts the model has not looked for yet.")
@click.option("--afresh", is_flag=True, help="Look again, even where nothing changed.")
@click.option("--rules", is_flag=True, help="By rules alone, without the language model.")
@click.option("--set", "corrections", multiple=True, metavar="NAME=VALUE", help="Correct one, such as cost=1,150.")
@click.option("--undo", is_flag=True, help="Take the last correction back.")
def facts_of_notes(
    house: House,
    as_json: bool,
    note_ids: tuple[str, ...],
    every: bool,
    afresh: bool,
    rules: bool,
    corrections: tuple[str, ...],
    undo: bool,
) -> None:
    """Find the facts of notes (vendor, cost, serial number …), and show them with their words.

    Without an id it shows what is known.
    """
    if (corrections or undo) and len(note_ids) != 1:
        raise click.UsageError("Give one note to correct.")
    if corrections or undo:
        _correct(house, note_ids[0], corrections, undo)
    elif note_ids or every:
        _find(house, list(note_ids), afresh, by_model=not rules)
    read_waiting(house)
    ids = list(note_ids) or [note.id for note in house.notebook.select()]
    known = house.facts.of_all(ids)
    for note_id in ids:
        if note_id in known or note_ids:
            _tell(house.notebook.get(note_id), house.facts.of(note_id), as_json)


@click.command("due")
@house_options
@click.option("--ics", type=click.Path(path_type=Path), help="Write a calendar file, too.")
def due_days(house: House, as_json: bool, ics: Path | None) -> None:
    """List what is due: warranties that end, work that comes round again; the soonest first."""
    from assistant.errors import AssistantError
    from assistant.terminal import print_json
    from knowledge.due import calendar

    read_waiting(house)
    entries = house.due(dt.date.today())
    if ics is not None:
        try:
            ics.write_bytes(calendar(entries))
        except OSError as error:
            raise AssistantError(
                f"{ics} cannot be written ({error.strerror or error}). Choose another place."
            ) from error
    for each in entries:
        if as_json:
            fields = {
                "date": each.date.isoformat(),
                "kind": each.fact.name,
                "past": each.past,
                "words": each.fact.words,
            }
            print_json({**fields, "note_id": each.note.id, "title": each.note.title, "category": each.note.category})
        else:
            click.secho(f"{each.date}  {each.summary}{'  (past)' if each.past else ''}", dim=each.past)
    if not entries and not as_json:
        click.echo("Nothing is due.")


def read_waiting(house: House) -> None:
    """Let the rules read what nobody has read yet, so that nothing is missing from a list or a sum."""
    from assistant.extraction import read_waiting as read
    from assistant.terminal import TerminalReport

    report, began = TerminalReport(), time.monotonic()

    def hear(done: int, total: int) -> None:
        if time.monotonic() - began > 1:
            report.say(f"reading {done} of {total} notes", "reading")

    read(house.record, house.notebook, house.facts, house.extraction(), hear)
    report.done()


def list_with_facts(house: House, as_json: bool, wanted: NoteFilter, vendor: str, add_up: bool, count: bool) -> None:
    """Print the notes that pass a filter with what they cost, then the sums or their number."""
    from dataclasses import replace

    from assistant.fields import fact_fields, note_fields
    from assistant.terminal import counted, print_json, print_note_line
    from knowledge.money import written

    read_waiting(house)
    notes = house.notebook.select(replace(wanted, ids=house.facts.of_vendor(vendor)) if vendor else wanted)
    known = house.facts.of_all(note.id for note in notes)
    total = house.facts.total(replace(wanted, limit=None), vendor)
    if not count:
        for note in notes:
            facts: Mapping[Name, Fact] = known.get(note.id, {})
            if as_json:
                print_json({**note_fields(note), "facts": {name: fact_fields(fact) for name, fact in facts.items()}})
            elif not add_up or "cost" in facts:
                print_note_line(note, facts["cost"].value if add_up else "")
    if not add_up and not count:
        return
    if as_json:
        sums = [{"currency": each.currency, "cents": each.cents, "notes": each.notes} for each in total.sums]
        print_json({"notes": total.notes, **({"sum": "cost", "amounts": sums} if add_up else {})})
        return
    if count:
        click.echo(counted(total.notes, "note"))
    for each in total.sums if add_up else ():
        of = f"{each.notes} of {counted(total.notes, 'note')}"
        click.secho(f"{written(each.cents, each.currency)}  in {of}", bold=True)
    if add_up and not total.sums:
        click.echo(f"None of {counted(total.notes, 'note')} tells a cost.")


def _correct(house: House, note_id: str, corrections: tuple[str, ...], undo: bool) -> None:
    from knowledge.facts import NAMES

    house.notebook.get(note_id)
    if undo:
        house.facts.undo(note_id)
    for each in corrections:
        name, sign, value = each.partition("=")
        known = next((known for known in NAMES if known == name.strip().replace("-", "_")), None)
        if known is None or not sign:
            raise click.UsageError(f"--set takes NAME=VALUE, where NAME is one of {', '.join(NAMES)}.")
        house.facts.correct(note_id, known, value, day_first=house.day_first)


def _find(house: House, note_ids: list[str], afresh: bool, *, by_model: bool) -> None:
    from assistant.extraction import seek
    from assistant.terminal import TerminalReport

    for note_id in note_ids:
        house.notebook.get(note_id)
    read_waiting(house)
    ids = note_ids or (
        [note.id for note in house.notebook.select()] if afresh else house.facts.waiting(by_model=by_model)
    )
    if not ids:
        return
    report, began = TerminalReport(), time.monotonic()
    extraction = house.extraction(house.chat_model() if by_model else None)
    for done, _ in enumerate(seek(house.notebook, house.facts, extraction, ids, afresh=afresh), start=1):
        left = (time.monotonic() - began) / done * (len(ids) - done)
        report.say(f"{done} of {len(ids)} notes, {dt.timedelta(seconds=round(left))} left", "facts")
    report.done()


def _tell(note: Note, facts: Mapping[Name, Fact], as_json: bool) -> None:
    from assistant.fields import fact_fields
    from assistant.terminal import print_json, print_note_line

    if as_json:
        told = {name: fact_fields(fact) for name, fact in facts.items()}
        print_json({"note_id": note.id, "title": note.title, "category": note.category, "facts": told})
        return
    print_note_line(note)
    for name, fact in facts.items():
        said = "you said so" if fact.found_by == "person" else f"“{' '.join(fact.words.split())}”"
        click.echo(f"  {name.replace('_', ' '):13} {fact.value}", nl=False)
        click.secho(f"  {said}", dim=True)
