"""`our-house …`: reads the command line, calls the rooms, and leaves how results look to `assistant.terminal`."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from assistant.commands.categories import categories
from assistant.commands.corrections import correct, corrections
from assistant.commands.evaluate import evaluate
from assistant.commands.facts import due_days, facts_of_notes
from assistant.commands.ingest import ingest
from assistant.commands.keep import backup, restore
from assistant.commands.options import FAILED, LastWord, house_option, house_options, label_of
from assistant.commands.reader import train_reader
from assistant.commands.reranker import train_reranker
from assistant.commands.teach import export, routers, train

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.build import House
    from assistant.conversation import Turn
    from assistant.fields import Fields

Asked = TypeVar("Asked")


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
@click.argument("question", required=False)
@click.option("--file", "source", type=click.File("r", encoding="utf-8"), help="JSON Lines of questions; - for stdin.")
@click.option("--category", help="Search this category, whatever the router says; 'none' for all notes.")
def ask(house: House, as_json: bool, question: str | None, source: TextIO | None, category: str | None) -> None:
    """Answer a question from the notes."""
    from assistant.errors import AssistantError
    from assistant.events import gathered
    from assistant.fields import answer_fields
    from assistant.question import checked
    from assistant.terminal import print_answer, print_json
    from knowledge.errors import KnowledgeError

    asked, failed = _asked(question, source, lambda line: line)
    # Before anything is loaded, or even fetched: a wrong call costs nothing.
    if question is not None:
        checked(question)
    label_of(house, category)
    assistant = house.assistant()
    _heal(house)
    for line in asked:
        try:
            chosen = label_of(house, line.get("category") or category)
            events = assistant.answer(line["question"], _history(line), chosen)
            if as_json or source is not None:
                routed, retrieved, answer = gathered(events)
                print_json(answer_fields(routed, retrieved, answer))
            else:
                _, _, answer = print_answer(events)
                if answer.failure:
                    click.echo(f"our-house: {answer.failure}", err=True)
            failed = failed or bool(answer.failure)
        except (AssistantError, KnowledgeError) as error:
            if source is None:
                raise
            # One bad line of a file does not cost the others their answers.
            print_json({"question": line["question"], "error": str(error)})
            failed = True
    if failed:
        raise SystemExit(FAILED)


@cli.command()
@house_options
@click.argument("questions", nargs=-1)
@click.option("--file", "source", type=click.File("r", encoding="utf-8"), help="JSON Lines of questions; - for stdin.")
@click.option("--router", "name", help="A version that the house has, alone; the chat's own labels unless named.")
def classify(house: House, as_json: bool, questions: tuple[str, ...], source: TextIO | None, name: str | None) -> None:
    """Label questions, without answering them."""
    import time

    from assistant.fields import decision_fields
    from assistant.question import checked
    from assistant.terminal import print_decision, print_json

    if questions and source is not None:
        raise click.UsageError("Give questions, or --file with one a line.")
    if questions:
        asked, failed = [checked(question) for question in questions], False
    else:
        asked, failed = _asked(None, source, lambda line: checked(line["question"]))
    router = house.router(name) if name else None
    label = (lambda question: router.classify([question])[0]) if router else house.finder().classify
    label("warm-up")  # loads the models, so that `seconds` tells the labelling alone
    for question in asked:
        began = time.perf_counter()
        decision = label(question)
        if as_json or source is not None:
            print_json(decision_fields(question, decision, time.perf_counter() - began))
        else:
            print_decision(question, decision)
    if failed:
        raise SystemExit(FAILED)


@cli.command()
@house_options
@click.argument("question", required=False)
@click.option("--file", "source", type=click.File("r", encoding="utf-8"), help="JSON Lines of questions; - for stdin.")
@click.option("--category", help="Search this category, whatever the router says; 'none' for all notes.")
@click.option("--limit", type=click.IntRange(1, 100), help="Notes at most.")
def search(
    house: House, as_json: bool, question: str | None, source: TextIO | None, category: str | None, limit: int | None
) -> None:
    """Show what retrieval finds for a question, with the scope that the chat would search."""
    import time

    from assistant.fields import hit_fields, scope_fields
    from assistant.question import checked
    from assistant.terminal import print_hit, print_json
    from classifier.taxonomy import NONE

    label_of(house, category)
    asked, failed = _asked(
        question, source, lambda line: (checked(line["question"]), label_of(house, line.get("category") or category))
    )
    finder = house.finder(limit=limit)
    _heal(house)
    for text, chosen in asked:
        began = time.perf_counter()
        decision = finder.classify(text)
        scope, hits = finder.find(text, decision, chosen)
        label = None if chosen == NONE else chosen or decision.category
        if as_json or source is not None:
            print_json(
                {
                    "question": text,
                    "category": label,
                    "scope": scope_fields(scope),
                    "hits": [hit_fields(hit) for hit in hits],
                    "seconds": round(time.perf_counter() - began, 4),
                }
            )
        else:
            click.secho(f"[{label or 'no category'}]  {scope.sentence}: {scope.reason}", dim=True)
            for number, hit in enumerate(hits, start=1):
                print_hit(number, hit)
            if not hits:
                click.echo("No note about that.")
    if failed:
        raise SystemExit(FAILED)


@cli.group()
def notes() -> None:
    """The record, by hand."""


@notes.command("list")
@house_options
@click.option("--category", help="Only this category; 'none' for notes without one.")
@click.option("--text", default="", help="Only notes with all of these words.")
@click.option("--since", help="Only notes from this day, month or year on.")
@click.option("--until", help="Only notes up to this day, month or year.")
@click.option("--vendor", default="", help="Only notes of this vendor.")
@click.option("--sum", "add_up", type=click.Choice(["cost"]), help="Add up what they cost, a line for each currency.")
@click.option("--count", is_flag=True, help="Only how many there are.")
@click.option("--deleted", is_flag=True, help="The deleted ones, which can be restored.")
@click.option("--limit", type=click.IntRange(1), help="Notes at most.")
def list_notes(
    house: House,
    as_json: bool,
    category: str | None,
    text: str,
    since: str | None,
    until: str | None,
    vendor: str,
    add_up: str | None,
    count: bool,
    deleted: bool,
    limit: int | None,
) -> None:
    """List notes, the newest first, or add up what they cost."""
    from assistant.commands.facts import list_with_facts
    from classifier.taxonomy import NONE
    from knowledge.days import period
    from knowledge.note import NoteFilter

    label = label_of(house, category)
    first, last = (period(typed or "", day_first=house.day_first) for typed in (since, until))
    wanted = NoteFilter(
        category=None if label == NONE else label,
        uncategorised=label == NONE,
        text=text,
        since=first and first[0],
        until=last and last[1],
        deleted=deleted,
        limit=limit,
    )
    list_with_facts(house, as_json, wanted, vendor, bool(add_up), count)


@notes.command("show")
@house_options
@click.argument("note_id")
def show_note(house: House, as_json: bool, note_id: str) -> None:
    """Show a note."""
    _show(house, as_json, note_id)


@notes.command("add")
@house_options
@click.argument("text")
@click.option("--title", default="")
@click.option("--category")
@click.option("--date", default="")
@click.option("--tag", "tags", multiple=True)
def add_note(
    house: House, as_json: bool, text: str, title: str, category: str | None, date: str, tags: tuple[str, ...]
) -> None:
    """Add a note; TEXT - reads it from standard input."""
    from assistant.incoming.filing import file
    from knowledge.days import parse_date
    from knowledge.note import Draft

    text = sys.stdin.read() if text == "-" else text
    if not text.strip():
        raise click.UsageError("The note is empty. Write what should be remembered.")
    day = parse_date(date, day_first=house.day_first)
    draft = Draft(text, title, label_of(house, category), day, tags)
    filed, _ = file(draft, house.library, house.serving())
    (note,) = house.library.add([filed])
    _show(house, as_json, note.id)


@notes.command("edit")
@house_options
@click.argument("note_id")
@click.option("--text")
@click.option("--title")
@click.option("--category", help="'none' to take it out of its category.")
@click.option("--date", help="'none' to take its date away.")
@click.option("--undo", is_flag=True, help="Take the last edit back instead.")
def edit_note(
    house: House,
    as_json: bool,
    note_id: str,
    text: str | None,
    title: str | None,
    category: str | None,
    date: str | None,
    undo: bool,
) -> None:
    """Change a note, or take its last change back."""
    from classifier.taxonomy import NONE
    from knowledge.days import parse_date

    changes: dict[str, Any] = {name: value for name, value in (("text", text), ("title", title)) if value is not None}
    if category is not None:
        label = label_of(house, category)
        changes["category"] = None if label == NONE else label
    if date is not None:
        changes["date"] = None if date == "none" else parse_date(date, day_first=house.day_first)
    if undo:
        house.library.undo(note_id)
    elif changes:
        house.library.edit(note_id, changes)
    else:
        raise click.UsageError("Say what to change: --text, --title, --category, --date, or --undo.")
    _show(house, as_json, note_id)


@notes.command("delete")
@house_options
@click.argument("note_ids", nargs=-1, required=True)
def delete_notes(house: House, as_json: bool, note_ids: tuple[str, ...]) -> None:
    """Delete notes; `restore` brings them back."""
    for note_id in note_ids:
        house.notebook.get(note_id)
    house.library.delete(note_ids)
    for note_id in note_ids:
        _show(house, as_json, note_id, line=True)


@notes.command("restore")
@house_options
@click.argument("note_ids", nargs=-1, required=True)
def restore_notes(house: House, as_json: bool, note_ids: tuple[str, ...]) -> None:
    """Bring deleted notes back."""
    for note_id in note_ids:
        house.notebook.get(note_id)
    house.library.restore(note_ids)
    for note_id in note_ids:
        _show(house, as_json, note_id, line=True)


@cli.group(invoke_without_command=True)
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


def _asked(question: str | None, source: TextIO | None, read: Callable[[Fields], Asked]) -> tuple[list[Asked], bool]:
    """The questions of a call, the one on the command line or one a line of the file, as `read` makes them of a line.

    One bad line does not cost the others their answers: it is named on standard error, and the second value is true.
    A file without a single good line was given by mistake, and ends the call.
    """
    from assistant.errors import QuestionRefused
    from knowledge.errors import NoteRejected

    if (question is None) == (source is None):
        raise click.UsageError("Give a question, or --file with one a line.")
    if source is None:
        return [read({"question": question})], False
    asked: list[Asked] = []
    bad: list[str] = []
    try:
        for number, line in enumerate(source, start=1):
            if not line.strip():
                continue
            try:
                asked.append(read(_fields(line)))
            except (ValueError, RecursionError, QuestionRefused, NoteRejected) as error:
                # A JSON error's whole text speaks of a line 1 of its own.
                bad.append(f"Line {number} of --file: {getattr(error, 'msg', error)}")
    except UnicodeDecodeError as error:
        raise click.UsageError(f"--file is not UTF-8 text ({error}).") from error
    if bad and not asked:
        raise click.UsageError(f"No line of --file can be asked. {bad[0]}")
    for each in bad:
        click.echo(f"our-house: {each}", err=True)
    return asked, bool(bad)


def _fields(line: str) -> Fields:
    """What a line of a file asks; raises ValueError, or RecursionError for JSON that is too deep."""
    fields = json.loads(line)
    if not isinstance(fields, dict) or not isinstance(fields.get("question"), str):
        raise ValueError(f"it has no 'question': {line.strip()[:80]}")
    if not isinstance(fields.get("category") or "", str):
        raise ValueError(f"its category is not text: {line.strip()[:80]}")
    return fields


def _history(line: Fields) -> list[Turn]:
    """What was said before a question of a file; raises QuestionRefused."""
    from assistant.conversation import said_by
    from assistant.errors import QuestionRefused

    try:
        return [said_by(each["role"], str(each["content"])) for each in line.get("history") or []]
    except (KeyError, TypeError) as error:
        raise QuestionRefused('Its "history" is no list of {"role", "content"}. Correct it.') from error


def _heal(house: House) -> None:
    from assistant.terminal import TerminalReport

    report = TerminalReport()
    if house.library.heal(lambda done, total: report.say(f"indexing {done} of {total} notes", "indexing")):
        report.done()


def _show(house: House, as_json: bool, note_id: str, *, line: bool = False) -> None:
    from assistant.fields import note_fields
    from assistant.terminal import print_json, print_note, print_note_line

    note = house.notebook.get(note_id)
    original = house.trail.originals.path(note.original)
    if as_json:
        print_json(note_fields(note) | {"original": str(original) if original else None})
    elif line:
        print_note_line(note)
    else:
        print_note(note, original)


for command in (
    *(ingest, correct, corrections, categories, train, train_reader, train_reranker, routers, evaluate),
    *(export, backup, restore, due_days),
):
    cli.add_command(command)
notes.add_command(facts_of_notes)


def main() -> None:
    """Run `our-house`."""
    cli(prog_name="our-house")


if __name__ == "__main__":
    main()
