"""The commands that say which language model answers, and fetch one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """The language models: which answers, which are here, and fetching them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_models)


@models.command("list")
@house_options
def list_models(house: House, as_json: bool) -> None:
    """Say which model answers, and what would make it better."""
    from assistant.models.catalogue import CATALOGUE
    from assistant.terminal import print_json

    choice = house.choice()
    catalogue = [
        {
            "name": weights.name,
            "title": weights.title,
            "bytes": weights.bytes,
            "licence": weights.licence,
            "here": house.store.ready(weights),
            "note": weights.note,
        }
        for weights in CATALOGUE.values()
    ]
    if as_json:
        answering = {"kind": choice.kind, "name": choice.name, "reason": choice.reason, "better": choice.better}
        print_json({"answering": answering, "folder": str(house.settings.models), "models": catalogue})
        return
    click.echo(f"Answers come from {choice.name}: {choice.reason}.")
    if choice.better:
        click.echo(f"Better: {choice.better}")
    for each in catalogue:
        here = "here" if each["here"] else f"{int(str(each['bytes'])) / 1e6:,.0f} MB"
        click.echo(f"  {each['name']:20} {here:>9}  {each['title']}: {each['note']}")


@models.command("fetch")
@house_options
@click.argument("name", required=False)
def fetch_model(house: House, as_json: bool, name: str | None) -> None:
    """Fetch and verify a model, or what the chat needs."""
    from assistant.errors import SettingsError
    from assistant.models.catalogue import CATALOGUE
    from assistant.terminal import print_json

    if name is not None and name not in CATALOGUE:
        raise SettingsError(f"No model is called {name!r}; there are {', '.join(CATALOGUE)}.")
    paths = [house.store.ensure(CATALOGUE[name], house.report)] if name else house.fetch()
    for path in paths:
        if as_json:
            print_json({"path": str(path)})
        else:
            click.echo(str(path))
