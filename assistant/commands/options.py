"""What every command of `our-house` shares: its options, and how a failure ends it; the commands are elsewhere."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from assistant.build import House

FAILED, ASKED_WRONGLY = 1, 2


class LastWord(click.Group):
    """Turns whatever the rooms raise on purpose into one line on standard error and the right exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a failure of ours ends it with status 1, a wrong call with 2."""
        from assistant.errors import (
            AssistantError,
            CategoryRefused,
            CorrectionRefused,
            QuestionRefused,
            SettingsError,
        )
        from classifier.errors import RouterError
        from finetune.examples import ExamplesRejected
        from knowledge.errors import FactRejected, KnowledgeError, NoSuchNote, NoteRejected

        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as error:
            path = (error.ctx or ctx).command_path
            click.echo(f"our-house: {error.format_message().rstrip('.')}. `{path} --help` tells more.", err=True)
            raise SystemExit(ASKED_WRONGLY) from error
        except (AssistantError, ExamplesRejected, KnowledgeError, RouterError) as error:
            click.echo(f"our-house: {error}", err=True)
            asked_wrongly = isinstance(
                error,
                CategoryRefused
                | CorrectionRefused
                | ExamplesRejected
                | FactRejected
                | QuestionRefused
                | SettingsError
                | NoteRejected
                | NoSuchNote,
            )
            raise SystemExit(ASKED_WRONGLY if asked_wrongly else FAILED) from error


house_option = click.option(
    "--house", "home", type=click.Path(path_type=Path), help="The house folder (OUR_HOUSE_HOME)."
)
"""Of every command, and of `our-house` itself, which opens the chat."""


def house_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--house` and `--json`, and hand it the House they mean as its first argument."""

    @house_option
    @click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
    @functools.wraps(command)
    def wrapped(home: Path | None, **options: Any) -> None:
        from assistant.build import House
        from assistant.settings import read_settings, unknown_settings
        from assistant.terminal import TerminalReport

        for sentence in unknown_settings():
            click.echo(f"our-house: {sentence}", err=True)
        ctx = click.get_current_context()
        home = home or ctx.find_root().params.get("home")
        open_house = ctx.obj or House  # whoever calls from Python may bring another one
        command(open_house(read_settings(home=home), TerminalReport()), **options)

    return wrapped


def label_of(house: House, category: str | None) -> str | None:
    """Return a typed category by its own name, `none` for 'none' in any case, and None where nothing was typed.

    Raises:
        NoteRejected: the house has no such category.
    """
    from classifier.taxonomy import NONE

    if category is not None and category.strip().casefold() == NONE:
        return NONE
    return house.notebook.known_category(category)
