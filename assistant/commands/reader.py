"""The command that teaches the packaged model to read notes; the training itself is `finetune.reader`'s."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House

_PATH = click.Path(path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
VALIDATED = 16
"""Every so many lessons, one is kept back to choose the best adapter by."""
FEWEST = 2
"""Lessons without which there is nothing to learn, or nothing to choose by."""


@click.command("train-reader")
@house_options
@click.option("--workbooks", "folder", type=_PATH, help="A folder of workbooks instead of the packaged ones.")
@click.option("--from", "begin", type=_FOLDER, help="Go on from what was written so before, in its folder.")
@click.option("--epochs", type=click.FloatRange(0, min_open=True), default=0.8, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=_PATH, required=True, help="The folder for the adapter.")
def train_reader(
    house: House, as_json: bool, folder: Path | None, begin: Path | None, epochs: float, seed: int, out: Path
) -> None:
    """Teach the packaged answer writer to read notes, from workbooks; takes an hour or two.

    What was cut off goes on where it stopped when the same command is given again.
    """
    from assistant.errors import QuestionRefused
    from assistant.lessons import WORKBOOKS, lesson, workbooks
    from assistant.terminal import TerminalReport, counted, print_json
    from classifier.language_model import ADAPTER, load_base
    from finetune.config import ReaderConfig
    from finetune.export import adapter_to_gguf
    from finetune.reader import train_reader as teach

    report = TerminalReport()
    lessons = []
    books = workbooks(folder or WORKBOOKS)
    for done, book in enumerate(books, start=1):
        with tempfile.TemporaryDirectory() as home:
            if told := lesson(book, house.elsewhere(Path(home)).library, seed):
                lessons.append(told)
        report.say(f"preparing workbook {done} of {len(books)}", "preparing")

    if len(lessons) < FEWEST:
        report.done()
        raise QuestionRefused(
            f"{counted(len(books), 'workbook')} made {counted(len(lessons), 'lesson')}; teaching takes {FEWEST}. "
            "Give more of them, each with several questions that the same few notes answer."
        )
    base = house.reader_base()
    every = min(VALIDATED, len(lessons))
    kept_back = lessons[every - 1 :: every]
    del lessons[every - 1 :: every]
    teach(
        *load_base(base.folder),
        lessons,
        kept_back,
        out,
        ReaderConfig(epochs=epochs, seed=seed),
        base=base.identity,
        adapter=begin and begin / ADAPTER,
        on_progress=report.training,
    )
    adapter_to_gguf(out / ADAPTER, base.folder, out / "reader.gguf", half=True)
    report.done()
    if as_json:
        print_json({"folder": str(out)})
    else:
        click.echo(f"The adapter is {out / 'reader.gguf'}. Answer under it: set OUR_HOUSE_READER to that path.")
