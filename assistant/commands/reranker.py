"""The command that teaches the reranker of the search; the training itself is `finetune.reranker`'s."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House

_PATH = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("train-reranker")
@house_options
@click.option("--workbooks", "folder", type=_PATH, help="A folder of workbooks instead of the packaged ones.")
@click.option("--from", "begin", type=_FILE, help="Go on from a file that was written so before.")
@click.option("--epochs", type=click.FloatRange(0, min_open=True), help="How often it reads all questions.")
@click.option("--beside", type=click.IntRange(2), help="Sentences that are read with each question.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", type=_PATH, required=True, help="The file for what the encoder is changed by.")
def train_reranker(
    house: House,
    as_json: bool,
    folder: Path | None,
    begin: Path | None,
    epochs: float | None,
    beside: int | None,
    seed: int,
    out: Path,
) -> None:
    """Teach the search which sentence answers a question, from workbooks; takes hours with all of them."""
    from dataclasses import replace

    from assistant.lessons import WORKBOOKS, workbooks
    from assistant.readings import readings
    from assistant.terminal import TerminalReport, print_json
    from finetune.reranker import RerankerConfig
    from finetune.reranker import train_reranker as teach

    encoder = house.encoder_folder
    if encoder is None:
        raise click.ClickException("The sentence encoder is not here yet. Run `our-house models fetch` first.")
    report = TerminalReport()
    told = [each for book in workbooks(folder or WORKBOOKS) for each in readings(book, house.embedder.embed)]
    chosen: dict[str, Any] = {"epochs": epochs, "beside": beside}
    config = replace(RerankerConfig(seed=seed), **{name: value for name, value in chosen.items() if value is not None})

    began = time.monotonic()

    def hear(done: int, steps: int, loss: float) -> None:
        left = dt.timedelta(seconds=round((time.monotonic() - began) / done * (steps - done)))
        report.say(f"training {done} of {steps}, {left} left, loss {loss:.3f}", "training")

    teach(encoder, told, out, config, hear, begin=begin)
    report.done()
    if as_json:
        print_json({"file": str(out)})
    else:
        click.echo(f"The reranker is {out}.")
