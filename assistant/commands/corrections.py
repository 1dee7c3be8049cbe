"""The commands that tell the house what a question is about; applying it is `classifier.memory`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

import click

from assistant.commands.options import FAILED, house_options, label_of

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.corrections import Correction


@click.command()
@house_options
@click.argument("question")
@click.option("--category", required=True, help="Where it belongs; 'none' for nowhere.")
def correct(house: House, as_json: bool, question: str, category: str) -> None:
    """Tell what a question is about: it and its like are labelled so from now on, and the next router learns it."""
    from assistant.corrections import Correction
    from assistant.question import checked
    from classifier.taxonomy import NONE

    question = checked(question)
    label = label_of(house, category) or NONE
    (decision,) = house.router().classify([question])
    said = decision.category or NONE
    provenance = "confirmed" if said == label else "corrected"
    told = house.corrections.tell(
        Correction(question, label, provenance, said, decision.version)  # type: ignore[arg-type]  # one of two
    )
    _tell(told, as_json)
    if not as_json and said != label:
        click.echo(f"The router had said {said}. Take it back: `our-house corrections remove {told.id}`.")


@click.group()
def corrections() -> None:
    """What the household told of its questions."""


@corrections.command("list")
@house_options
def list_corrections(house: House, as_json: bool) -> None:
    """List what was told, the oldest first; contradictions are said."""
    disputed = {each.id for group in house.corrections.contradictions() for each in group}
    for each in house.corrections.all():
        _tell(each, as_json, disputed=each.id in disputed)


@corrections.command("remove")
@house_options
@click.argument("ids", nargs=-1, required=True)
def remove_corrections(house: House, as_json: bool, ids: tuple[str, ...]) -> None:
    """Take back what was told; `restore` brings it back."""
    removed = [house.corrections.get(each) for each in ids]
    house.corrections.remove(ids)
    for each in removed:
        _tell(each, as_json)


@corrections.command("restore")
@house_options
@click.argument("ids", nargs=-1, required=True)
def restore_corrections(house: House, as_json: bool, ids: tuple[str, ...]) -> None:
    """Bring back what was taken back."""
    restored = [house.corrections.get(each) for each in ids]
    house.corrections.restore(ids)
    for each in restored:
        _tell(each, as_json)


@corrections.command("export")
@house_options
def export_corrections(house: House, as_json: bool) -> None:
    """Print what was told as JSON Lines, which `import` reads; with --json, each with its id."""
    from assistant.fields import correction_fields
    from assistant.terminal import print_json

    for each in house.corrections.all():
        print_json(correction_fields(each) if as_json else each.fields())


@corrections.command("import")
@house_options
@click.argument("source", type=click.File("r", encoding="utf-8"))
def import_corrections(house: House, as_json: bool, source: TextIO) -> None:
    """Read JSON Lines of question and category; a broken line is said and costs only itself."""
    from assistant.terminal import print_json

    try:
        found = house.corrections.read_lines(source)
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{source.name} is not UTF-8 text ({error.reason}).") from error
    if as_json:
        print_json({"kept": len(found.kept), "already_told": found.known, "refused": found.refused})
    else:
        for line in found.refused:
            click.echo(f"our-house: {line}", err=True)
        click.echo(f"{found.summary}.")
    if found.refused:
        raise SystemExit(FAILED)


def _tell(each: Correction, as_json: bool, disputed: bool = False) -> None:
    from assistant.fields import correction_fields
    from assistant.terminal import print_json

    if as_json:
        print_json({**correction_fields(each), "disputed": disputed})
    else:
        mark = "  (told otherwise, too: remove one)" if disputed else ""
        click.echo(f"{each.id}  {each.label}\t{each.question}{mark}")
