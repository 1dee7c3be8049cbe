"""The commands that take the house out and bring it back: backup, restore, and its notes as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options
from assistant.commands.teach import export

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.terminal import TerminalReport

_PATH = click.Path(path_type=Path)


@click.command()
@house_options
@click.argument("file", type=_PATH)
def backup(house: House, as_json: bool, file: Path) -> None:
    """Write the whole house to one FILE, also while it is in use; a folder gives it a name of its own."""
    from assistant.backup import back_up
    from assistant.terminal import TerminalReport, counted, print_json

    report = TerminalReport()
    written, manifest = back_up(house, file, lambda *step: _tell(report, *step))
    report.done()
    size = written.stat().st_size
    if as_json:
        print_json({"file": str(written), "bytes": size, "notes": manifest.notes, "files": len(manifest.files)})
    else:
        kept = f"{counted(manifest.notes, 'note')} and {counted(len(manifest.files) - 1, 'file')}"
        click.echo(f"{kept}: {written} ({size / 1e6:.1f} MB).")
        click.echo(f"Bring them back, here or elsewhere: `our-house restore {written}`.")


@click.command()
@house_options
@click.argument("file", type=_PATH)
@click.option("--replace", is_flag=True, help="Also where there are notes: they are backed up first, beside the house.")
def restore(house: House, as_json: bool, file: Path, replace: bool) -> None:
    """Make this house what it was when the backup FILE was written; `notes restore` is for deleted notes."""
    from assistant.restore import restore as bring_back
    from assistant.terminal import TerminalReport, counted, print_json

    report = TerminalReport()
    restored = bring_back(house, file, replace=replace, on_progress=lambda *step: _tell(report, *step))
    report.done()
    manifest, kept = restored.manifest, restored.kept
    if as_json:
        print_json(
            {
                "notes": manifest.notes,
                "files": len(manifest.files),
                "made_at": manifest.made_at.isoformat(),
                "kept": str(kept) if kept else None,
                "own_settings": restored.own_settings,
            }
        )
        return
    click.echo(f"{counted(manifest.notes, 'note')} restored, as of {manifest.made_at.astimezone():%d %B %Y, %H:%M}.")
    if kept:
        click.echo(f"What was here before is in {kept}.")
    if restored.own_settings:
        click.echo("The settings here were kept; the backup has others.")
    click.echo("The search index is made anew at the next start, or by `our-house reindex`.")


@export.command("notes")
@house_options
@click.argument("out", type=_PATH)
def export_notes(house: House, as_json: bool, out: Path) -> None:
    """Write the notes to the folder OUT as Markdown, which Obsidian opens, or to a file that ends in .jsonl.

    Their original files lie beside them in the folder. `our-house ingest` takes both back.
    """
    from assistant.terminal import TerminalReport, counted, print_json
    from knowledge.export import export_folder, export_lines

    notes, report = house.notebook.select(), TerminalReport()

    def hear(done: int, total: int) -> None:
        _tell(report, "writing", done, total)

    if out.suffix.lower() in (".jsonl", ".ndjson"):
        export_lines(notes, out, hear)
        report.done()
        if as_json:
            print_json({"file": str(out), "notes": len(notes)})
        else:
            click.echo(f"{counted(len(notes), 'note')} in {out}.")
        return
    exported = export_folder(notes, out, lambda note: house.trail.originals.path(note.original), hear)
    report.done()
    if as_json:
        counts = {"written": exported.written, "unchanged": exported.unchanged, "removed": exported.removed}
        beside = [str(path) for path in exported.beside]
        print_json({"folder": str(out), "notes": len(notes), **counts, "beside": beside})
        return
    click.echo(
        f"{counted(len(notes), 'note')} in {out}: {counted(exported.written, 'file')} written, "
        f"{exported.unchanged} as they were, "
        f"{exported.removed} removed."
    )
    for path in exported.beside:
        click.echo(f"{path} is not ours, or was changed there: it was left, and the note is written beside it.")


def _tell(report: TerminalReport, step: str, done: int, total: int) -> None:
    report.say(f"{step} {done / total if total else 1:4.0%}", step)
