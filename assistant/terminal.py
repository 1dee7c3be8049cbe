"""What the command line prints: results on standard output, progress and advice on standard error."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.events import BELOW, Answer, Doubted, Finished, Quoted, Retrieved, Routed, Token
from assistant.fields import version_fields
from assistant.models.weights import Progress
from classifier.decision import Decision
from classifier.versions import Version
from knowledge.note import Hit, Note

if TYPE_CHECKING:
    from finetune.fitting import TrainProgress
    from finetune.gate import Verdict


def counted(count: int, noun: str) -> str:
    """Return so many of something in words: 1 note, 2,000 notes."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


class TerminalReport:
    """Says how far a slow step has got: one line that is overwritten in a terminal, a line now and then in a file."""

    def __init__(self) -> None:
        self._last = ""
        self._when = 0.0
        self._live = sys.stderr.isatty()

    def __call__(self, progress: Progress) -> None:
        """Hear a report."""
        share = f" {progress.fraction:4.0%}" if progress.total > 1 else ""
        self.say(f"{progress.weights}: {progress.step}{share}", step=progress.step)

    def say(self, line: str, step: str = "") -> None:
        """Show a line of progress; in a file only when the step is new, or five seconds have passed."""
        if self._live:
            click.echo(f"\r\x1b[K{line}", err=True, nl=False)
        elif step != self._last or time.monotonic() - self._when > 5:
            click.echo(line, err=True)
            self._last, self._when = step, time.monotonic()

    def training(self, progress: TrainProgress) -> None:
        """Hear how far a training has got."""
        losses = (("loss", progress.loss), ("validation", progress.validation_loss))
        told = "".join(f", {name} {value:.3f}" for name, value in losses if value is not None)
        left = dt.timedelta(seconds=round(progress.seconds_left))
        self.say(f"training {progress.step} of {progress.steps}, {left} left{told}", "training")

    def done(self) -> None:
        """Clear the line of progress."""
        if self._live:
            click.echo("\r\x1b[K", err=True, nl=False)


def print_json(fields: Mapping[str, Any]) -> None:
    """Print one object on a line of its own, at once."""
    click.echo(json.dumps(fields, ensure_ascii=False))
    sys.stdout.flush()


def print_answer(events: Iterator[Any]) -> tuple[Routed, Retrieved, Answer]:
    """Print an answer as it comes, with its tag, scope and notes; returns what it was made of."""
    shown, quoted, said = "", "", False
    for event in events:
        match event:
            case Routed():
                routed = event
            case Retrieved() if said:
                retrieved = event  # with a note that the answer cites besides
            case Retrieved():
                retrieved, said = event, True
                click.secho(f"[{routed.category or 'no category'}]  {event.scope.sentence}", dim=True, err=True)
                for hit in event.hits:
                    if sentence := event.says.get(hit.note_id):
                        click.secho(f"  {hit.title} says: {sentence}", dim=True, err=True)
            case Quoted(text):
                quoted = text
                shown = text + BELOW
                click.echo(shown, nl=False)
                sys.stdout.flush()
            case Token(text):
                shown += text
                click.echo(text, nl=False)
                sys.stdout.flush()
            case Doubted():
                shown = ""
                click.echo()
                click.secho("Unsure of that. Reading the best notes once more:", dim=True, err=True)
            case Finished(answer):
                click.echo()
                if not answer.answered and not answer.failure and answer.text != shown.strip():
                    click.echo(f"Taken back: {answer.text}")
                elif quoted == answer.text != shown.strip():
                    click.echo("Taken back: what stands below the note's words.")
                for citation in answer.citations:
                    date = f", {citation.date:%d %B %Y}" if citation.date else ""
                    click.secho(f"  [{citation.number}] {citation.title}{date}: {citation.quote}", dim=True)
    return routed, retrieved, answer


def print_decision(question: str, decision: Decision) -> None:
    """Print a question's label with its likeliest alternatives."""
    shares = ", ".join(f"{name} {share:.0%}" for name, share in list(decision.probabilities.items())[:3])
    click.echo(f"{decision.category or 'none'}\t{question}")
    click.secho(f"  {shares}", dim=True)


def print_hit(number: int, hit: Hit) -> None:
    """Print a note that a search found."""
    click.secho(f"{number}. {hit.title}", bold=True, nl=False)
    click.echo(f"  ({hit.category or 'no category'}, {hit.date or 'no date'}, {hit.score:.2f}, {hit.note_id})")
    click.echo(f"   {' '.join(hit.text.split())[:200]}")


def print_note_line(note: Note, cost: str = "") -> None:
    """Print a note on one line of a list, with what it cost where that is told."""
    click.echo(
        f"{note.id}\t{note.date or ''!s:10}\t{note.category or '-'}\t{note.title}" + (f"\t{cost}" if cost else "")
    )


def print_note(note: Note, original: Path | None = None) -> None:
    """Print a whole note, in the form that `ingest` reads, and where the file lies that it was read from."""
    import frontmatter

    known: dict[str, Any] = {"id": note.id, "title": note.title, "date": note.date, "category": note.category}
    known |= {"tags": list(note.tags), "dated by": note.dated_by, "source": note.source}
    known |= {"original": str(original) if original else "", "gone": "the file is gone" if note.gone else ""}
    post = frontmatter.Post(note.text, **{name: value for name, value in known.items() if value})
    click.echo(frontmatter.dumps(post, sort_keys=False, allow_unicode=True, width=1000))


def print_verdict(verdict: Verdict) -> None:
    """Print how a candidate did beside the serving router: the questions that it fixes and breaks, and the outcome."""
    for what, changes in (("fixed", verdict.fixed), ("broken", verdict.broken)):
        for each in changes:
            click.echo(f"{what}\t{each.question}  ({each.serving} → {each.candidate}, it is {each.expected})")
    asked = f"{verdict.questions} questions, {verdict.household} of them yours"
    changed = f"it fixes {len(verdict.fixed)} and breaks {len(verdict.broken)}"
    click.echo(f"Of {asked}, {changed} (by chance: {verdict.chance:.1%}).")
    if verdict.passed:
        click.secho("It may serve.", fg="green")
    else:
        click.secho(f"It should not serve: {'; '.join(verdict.reasons)}.", fg="red")


def print_version(version: Version) -> None:
    """Print a router on one line of a list, the serving one with a star."""
    fields = version_fields(version)
    shares = ("accuracy", "accuracy_household", "wrong_none")
    told = ", ".join(
        f"{name.replace('_', ' ')} {fields['figures'][name]:.1%}"
        for name in shares
        if fields["figures"].get(name) is not None
    )
    click.echo(f"{'*' if version.serving else ' '} {version.name}\t{fields['kind']}\t{told}")
