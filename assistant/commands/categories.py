"""The commands that change the household's categories; what follows a change is `assistant.categories`'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House


@click.group()
def categories() -> None:
    """The categories of the house, which are its own to change."""


@categories.command("list")
@house_options
def list_categories(house: House, as_json: bool) -> None:
    """List the categories with what they cover."""
    from assistant.terminal import print_json

    counts = house.notebook.per_category()
    for each in house.taxonomy():
        if as_json:
            notes = counts.get(each.name, 0)
            print_json({"name": each.name, "code": each.code, "definition": each.definition, "notes": notes})
        else:
            click.echo(f"{each.name}\t{each.definition}")


@categories.command("add")
@house_options
@click.argument("name")
@click.option("--definition", default="", help="What it covers, in a few words.")
@click.option("--example", "examples", multiple=True, help="A question that belongs to it; give several.")
def add_category(house: House, as_json: bool, name: str, definition: str, examples: tuple[str, ...]) -> None:
    """Add a category; it works at once, and better with a few examples."""
    _tell(house.categories.add(name, definition, examples).name, as_json, "is there now")


@categories.command("rename")
@house_options
@click.argument("name")
@click.argument("new_name")
def rename_category(house: House, as_json: bool, name: str, new_name: str) -> None:
    """Give a category another name; notes, corrections and conversations follow."""
    house.categories.rename(name, new_name)
    house.library.heal_quietly()
    _tell(new_name.strip(), as_json, f"was called {name}")


@categories.command("merge")
@house_options
@click.argument("name")
@click.argument("into")
def merge_category(house: House, as_json: bool, name: str, into: str) -> None:
    """Make one category part of another."""
    house.categories.merge(name, into)
    house.library.heal_quietly()
    _tell(into, as_json, f"holds what {name} held")


@categories.command("remove")
@house_options
@click.argument("name")
def remove_category(house: House, as_json: bool, name: str) -> None:
    """Remove a category; its notes stay, without one."""
    count = house.categories.remove(name).notes
    house.library.heal_quietly()
    _tell(name, as_json, f"is gone; {count} {'note is' if count == 1 else 'notes are'} without a category now")


def _tell(name: str, as_json: bool, what: str) -> None:
    from assistant.terminal import print_json

    if as_json:
        print_json({"name": name, "done": what})
    else:
        click.echo(f"{name} {what}.")
