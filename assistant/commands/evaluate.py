"""The commands that measure: routers, the search and the answers, on questions of which the right ones are known."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.commands.options import house_options

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.pipeline import Assistant
    from assistant.terminal import TerminalReport

_PATH = click.Path(path_type=Path)


@click.group()
def evaluate() -> None:
    """Measure, with a report and pictures."""


@evaluate.command("router")
@house_options
@click.option("--file", "data", type=_PATH, help="JSON Lines of question, category, family and style.")
@click.option("--router", "name", help="A version that the house has; the serving one unless named.")
@click.option("--adapter", "adapters", type=_PATH, multiple=True, help="An adapter of `train --out` to compare.")
@click.option("--baselines", is_flag=True, help="Compare the untrained language model, too; takes minutes.")
@click.option("--curve", "with_curve", is_flag=True, help="Measure accuracy against training size instead.")
@click.option("--out", type=_PATH, default=Path("report"), show_default=True, help="A folder for the report.")
def evaluate_router(
    house: House,
    as_json: bool,
    data: Path | None,
    name: str | None,
    adapters: tuple[Path, ...],
    baselines: bool,
    with_curve: bool,
    out: Path,
) -> None:
    """Ask a router, its halves and others the same questions."""
    if with_curve:
        _learning_curve(house, as_json, data, out)
        return
    from assistant.exams.routers import in_its_names, systems
    from assistant.terminal import TerminalReport, print_json
    from finetune.evaluate import asked
    from finetune.examples import SECOND_SET, read
    from finetune.report import write_report

    examples = read(data or SECOND_SET)
    version = house.ensure_router(name)
    examples = in_its_names(house, version, examples, packaged=data is None)
    report, outcomes = TerminalReport(), []
    for system in systems(house, version, adapters, baselines):
        say = functools.partial(_say_asked, report, system.title)
        outcomes.append(asked(system, examples, say))
    report.done()
    with _written(out):
        found = write_report(outcomes, examples, out, _measured_on(data))
    if as_json:
        print_json({"folder": str(out), "systems": found})
        return
    for title, each in found.items():
        household = "" if each["accuracy_household"] is None else f"  household {each['accuracy_household']:6.1%}"
        click.echo(f"{title:44} {each['accuracy']:6.1%}{household}")
    click.echo(f"The report is in {out}.")


def _learning_curve(house: House, as_json: bool, data: Path | None, out: Path) -> None:
    """Say whether more data or another method is due, by an encoder head on growing shares of the questions."""
    from dataclasses import asdict

    from assistant.terminal import TerminalReport, print_json
    from finetune.curve import curve, write_curve
    from finetune.examples import PACKAGED, load

    report = TerminalReport()
    points = curve(
        load(data or PACKAGED), house.embedder.embed, on_progress=functools.partial(_say_asked, report, "fits")
    )
    report.done()
    with _written(out):
        write_curve(points, out)
    if as_json:
        print_json({"folder": str(out), "curve": [asdict(point) for point in points]})
        return
    for point in points:
        click.echo(f"{point.questions:6,} questions  {point.accuracy:6.1%} ± {point.spread:.1%}")
    gain = points[-1].accuracy - points[-2].accuracy
    rises = gain > points[-1].spread / 2
    click.echo("It still rises: more questions help." if rises else "It is flat: another method is due, not more data.")
    click.echo(f"The curve is in {out}.")


@evaluate.command("retrieval")
@house_options
@click.option("--file", "source", type=_PATH, required=True, help="JSON Lines of question, category and notes.")
@click.option("--notes", type=_PATH, help="Files or a folder of notes to search instead of the house's own.")
@click.option("--out", type=_PATH, default=Path("report"), show_default=True, help="A folder for the report.")
def evaluate_retrieval(house: House, as_json: bool, source: Path, notes: Path | None, out: Path) -> None:
    """Ask the search, without a filter, with the router's own, and with the true one."""
    from assistant.exams.retrieval import DEPTH, FILTERS, TITLES, examined, read_cases, write_report
    from assistant.terminal import TerminalReport, print_json

    cases = read_cases(source)
    report, router = TerminalReport(), house.serving()
    with _house_of(house, notes) as house:
        finder = house.finder(router, DEPTH)
        outcomes = {
            by: list(examined(finder, cases, by, functools.partial(_say_asked, report, TITLES[by]))) for by in FILTERS
        }
    report.done()
    with _written(out):
        found = write_report(outcomes, out, _measured_on(source))
    if as_json:
        print_json({"folder": str(out), "filters": found})
        return
    for by, each in found.items():
        shares = "  ".join(f"{name} {each[name]:.3f}" for name in ("all@1", "all@3", "all@5", "mrr"))
        click.echo(f"{TITLES[by]:20} {shares}  right category {each['right_category']:.3f}")
    click.echo(f"The report is in {out}.")


@evaluate.command("answers")
@house_options
@click.option("--file", "source", type=_PATH, required=True, help="JSON Lines of question, facts and notes.")
@click.option("--notes", type=_PATH, help="Files or a folder of notes to answer from instead of the house's own.")
@click.option(
    "--way",
    "ways",
    type=click.Choice(["plain", "routed", "ahead"]),
    multiple=True,
    help="From five notes of the whole house, five of the scope, or as the chat does, read ahead; else all three.",
)
@click.option("--every", type=click.IntRange(1), default=1, help="Ask every so many-th question only.")
@click.option("--out", type=_PATH, default=Path("report"), show_default=True, help="A folder for the report.")
def evaluate_answers(
    house: House, as_json: bool, source: Path, notes: Path | None, ways: tuple[str, ...], every: int, out: Path
) -> None:
    """Ask questions whose answers are known, in up to three ways; takes minutes to hours."""
    from assistant.exams.answers import NOTES, WAYS, examined, read_cases, write_report
    from assistant.pipeline import Assistant
    from assistant.terminal import TerminalReport, print_json
    from classifier.taxonomy import NONE

    cases = read_cases(source)[::every]
    report, router, outcomes = TerminalReport(), house.serving(), {}
    with _house_of(house, notes) as house:
        model = house.chat_model()
        for way in ways or WAYS:
            if way == "ahead":
                assistant = house.assistant(model, router)
                _read_ahead(assistant, report)
            else:
                finder = house.finder(router, NOTES)
                assistant = Assistant(finder, model, answer_tokens=house.settings.answer_tokens, all_hits=True)
            say = functools.partial(_say_asked, report, WAYS[way])
            outcomes[WAYS[way]] = list(examined(assistant, cases, say, NONE if way == "plain" else None))
    report.done()
    with _written(out):
        found = write_report(outcomes, out, f"{_measured_on(source)} {model.name} writes.")
    if as_json:
        print_json({"folder": str(out), "ways": found})
        return
    for title, each in found.items():
        told = "  ".join(f"{name} {each[name]}" for name in ("right", "rightly_declined", "first_token_median"))
        click.echo(f"{title:40} {told}")
    click.echo(f"The report is in {out}.")


def _read_ahead(assistant: Assistant, report: TerminalReport) -> None:
    """Have all categories read, so that what is measured is a house that has been open for a while."""
    report.say("reading the notes ahead", "")
    while assistant.reading is not None and not assistant.reading.catch_up():
        pass


@contextlib.contextmanager
def _house_of(house: House, notes: Path | None) -> Iterator[House]:
    """Give the house itself, or for a while another one that holds the notes of these files alone."""
    import tempfile

    from assistant.incoming.ingest import ingest

    if notes is None:
        house.library.heal()
        yield house
        return
    with tempfile.TemporaryDirectory() as folder:
        other = house.elsewhere(Path(folder))
        try:
            for outcome in ingest([notes], other.library):
                if outcome.status == "refused":
                    raise click.ClickException(f"{outcome.source}: {outcome.reason}")
            other.library.heal()
            yield other
        finally:
            other.library.index.close()


def _say_asked(report: TerminalReport, title: str, done: int, total: int) -> None:
    report.say(f"{title}: {done} of {total}", title)


@contextlib.contextmanager
def _written(out: Path) -> Iterator[None]:
    """Say it in a line where a report cannot be written."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"The report cannot be written into {out} ({error}).") from error


def _measured_on(data: Path | None) -> str:
    what = "The project's second set, which nothing was tuned on." if data is None else f"From {data.name}."
    return f"{what} Measured on {os.cpu_count()} cores of {platform.machine()}, {platform.system()}."
