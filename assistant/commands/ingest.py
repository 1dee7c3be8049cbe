"""`our-house ingest`: files and folders in, and an import taken back."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import FAILED, house_options

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.incoming.outcomes import Outcome

WORTH_TELLING = 1.0
"""Seconds before which nobody waits for news."""


@click.command()
@house_options
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--category", help="File all of them here.")
@click.option("--yes", is_flag=True, help="Do not ask before many notes are added.")
@click.option("--undo", is_flag=True, help="Take the last import back, as a whole.")
def ingest(house: House, as_json: bool, paths: tuple[Path, ...], category: str | None, yes: bool, undo: bool) -> None:
    """Bring files and folders in as notes: text, papers, tables, e-mail, photos and ZIP files of them."""
    from assistant.fields import outcome_fields
    from assistant.incoming.ingest import ingest as bring_in
    from assistant.pace import time_left
    from assistant.terminal import TerminalReport, print_json
    from knowledge.readers import files_in

    if undo == bool(paths):
        raise click.UsageError("Give files or folders, or --undo alone.")
    if undo:
        _undo(house, as_json)
        return
    files = sum(len(files_in(path)) for path in paths)
    if not yes and not as_json and files > 1 and sys.stdin.isatty():
        click.confirm(f"Bring in {files} files?", abort=True, default=True, err=True)
    counts: dict[str, int] = {}
    report, began = TerminalReport(), time.monotonic()

    def tell(done: int, total: int, name: str) -> None:
        if (seconds := time.monotonic() - began) < WORTH_TELLING:
            return
        left = time_left(done, total, seconds)
        report.say(f"file {done + 1} of {total}{', ' + left if left else ''}: {name}", "reading files")

    def tell_index(done: int, total: int) -> None:
        if time.monotonic() - began >= WORTH_TELLING:
            report.say(f"indexing notes: {total - done} left", "indexing notes")

    for outcome in bring_in(
        *(paths, house.library, house.filer(house.serving()), category),
        trail=house.trail,
        day_first=house.day_first,
        on_file=tell,
        on_index=tell_index,
    ):
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
        report.done()
        if as_json:
            print_json(outcome_fields(outcome))
        else:
            _say(outcome)
        sys.stdout.flush()
    report.done()
    click.echo(", ".join(f"{count} {status}" for status, count in sorted(counts.items())) or "Nothing found.", err=True)
    if counts.get("refused"):
        raise SystemExit(FAILED)


def _say(outcome: Outcome) -> None:
    if outcome.note is None:
        click.secho(f"{outcome.status:9} {outcome.source}: {outcome.reason}", fg="yellow")
        return
    note = outcome.note
    found = (
        f"dated {note.date} by the {note.dated_by}" if note.date and note.dated_by not in ("", "front matter") else ""
    )
    why = "; ".join(part for part in (outcome.reason, found if outcome.status == "added" else "") if part)
    where = note.category or "no category"
    click.echo(f"{outcome.status:9} {note.id}  {note.title}  → {where}{f'  ({why})' if why else ''}")


def _undo(house: House, as_json: bool) -> None:
    from assistant.fields import note_fields
    from assistant.terminal import counted, print_json, print_note_line

    last = house.trail.imports.undoable()
    if last is None:
        raise click.UsageError("There is no import to take back")
    done, left = house.trail.imports.undo(last.id)
    house.library.heal_quietly()
    for note in done:
        if as_json:
            print_json(note_fields(note))
        else:
            print_note_line(note)
    for note in left:
        click.echo(f"our-house: {note.title} was changed since and stays as it is.", err=True)
    click.echo(
        f"The import of {last.started_at:%d %B %Y, %H:%M} is undone: {counted(len(done), 'note')}. "
        "`our-house notes restore` brings a deleted one back.",
        err=True,
    )
