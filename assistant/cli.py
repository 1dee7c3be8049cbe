"""`our-house …`: the commands of `assistant.commands` put together, with those that open, index and examine a house."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING

import click

from assistant.commands.asking import ask, classify, search
from assistant.commands.categories import categories
from assistant.commands.corrections import correct, corrections
from assistant.commands.evaluate import evaluate
from assistant.commands.facts import due_days
from assistant.commands.ingest import ingest
from assistant.commands.keep import backup, restore
from assistant.commands.models import models
from assistant.commands.notes import notes
from assistant.commands.options import FAILED, LastWord, house_option, house_options
from assistant.commands.reader import train_reader
from assistant.commands.reranker import train_reranker
from assistant.commands.teach import export, routers, train

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.build import House


@click.group(cls=LastWord, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="our-house")
@house_option
@click.option("-v", "--verbose", is_flag=True, help="Log what happens inside, on standard error.")
@click.pass_context
def cli(ctx: click.Context, home: Path | None, verbose: bool) -> None:
    """Ask your own house. Without a command it opens the chat in the browser."""
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    if not verbose:
        warnings.simplefilter("ignore", FutureWarning)  # of libraries, to their programmers
    if ctx.invoked_subcommand is None:
        ctx.invoke(serve)


@cli.command()
@house_options
@click.option("--host", help="The address to listen on; only this machine unless told otherwise.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--browser/--no-browser", default=True, help="Whether to open the page.")
def serve(house: House, as_json: bool, host: str | None, port: int | None, browser: bool) -> None:
    """Open the chat in the browser."""
    try:
        from assistant.web.page import run
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing. Run `pip install 'our-house[web]'`.") from error
    run(house, host or house.settings.host, port or house.settings.port, open_browser=browser, as_json=as_json)


@cli.command()
@house_options
def reindex(house: House, as_json: bool) -> None:
    """Make the search index again from the record."""
    from assistant.terminal import TerminalReport, counted, print_json

    report = TerminalReport()
    count = house.library.reindex(lambda done, total: report.say(f"indexing {done} of {total} notes", "indexing"))
    report.done()
    if as_json:
        print_json({"notes": count, "passages": house.notebook.passages.count()})
    else:
        click.echo(f"Indexed {counted(count, 'note')}.")


@cli.command()
@house_options
def doctor(house: House, as_json: bool) -> None:
    """Say what is wrong here, if anything, and what to do."""
    from dataclasses import asdict

    from assistant.doctor import examine
    from assistant.terminal import print_json

    checks = list(examine(house))
    well = all(check.ok for check in checks)
    if as_json:
        print_json({"ok": well, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            click.secho("ok   " if check.ok else "WRONG", fg="green" if check.ok else "red", nl=False)
            click.echo(f"  {check.name}: {check.detail}" + (f". {check.remedy}" if check.remedy else ""))
    if not well:
        raise SystemExit(FAILED)


for command in (
    *(ask, classify, search, notes, models, ingest, correct, corrections, categories),
    *(train, train_reader, train_reranker, routers, evaluate, export, backup, restore, due_days),
):
    cli.add_command(command)


def main() -> None:
    """Run `our-house`."""
    cli(prog_name="our-house")


if __name__ == "__main__":
    main()
