"""The commands that ask: a question to its answer, its label, or what a search finds; one, or a file of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO, TypeVar

import click

from assistant.commands.options import FAILED, house_options, label_of

if TYPE_CHECKING:
    from assistant.build import House
    from assistant.conversation import Turn
    from assistant.fields import Fields

Asked = TypeVar("Asked")


@click.command()
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


@click.command()
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


@click.command()
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
