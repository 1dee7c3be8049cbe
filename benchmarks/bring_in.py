"""Bring a whole drawer in, and score what became of it against the truth about its files.

    python -m benchmarks.bring_in                  # the drawer: read, refused, category, date, questions, again
    python -m benchmarks.bring_in --misses         # and what was wrong
    python -m benchmarks.bring_in --model          # the facts by the language model, too, not by the rules alone
    python -m benchmarks.bring_in --files 500      # so many files made of the same sources: speed, memory, questions
    python -m benchmarks.bring_in --files 100 --pictures   # scans and photos among them

The files are made in a temporary folder and brought into a house of its own, with the router that a new house has.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.build import House
from assistant.extraction import seek
from assistant.incoming.ingest import ingest
from assistant.incoming.outcomes import Outcome
from assistant.settings import read_settings
from benchmarks.drawer.build import build
from benchmarks.drawer.source import outer, read_sources
from benchmarks.drawer.truth import FileTruth, NoteTruth, Question, read_questions, read_truth, same_vendor
from benchmarks.drawer.variations import varied
from classifier.decision import Router
from knowledge.note import Note

FIRST = 3
"""How many of the hits a person looks at."""
ASKED_EVERY = 2.0
"""Seconds between two questions that are asked while files come in."""
PASSING = ("When was the pool pump replaced?", "What did the roofer charge?", "Which paint is in the hall?")
WANTED = {"read": "good files read", "refused": "broken files refused", "either": "doubtful ones read or refused"}


@dataclass(frozen=True)
class Said:
    """What the product found in a note of money."""

    cents: int | None
    currency: str | None
    vendor: str | None
    date: dt.date | None


class Found:
    """What came in, by the files of the truth."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        """Args: what became of each file and note."""
        self._notes: dict[str, list[Note]] = defaultdict(list)
        self._refused: list[str] = []
        for outcome in outcomes:
            if outcome.note is not None:
                self._notes[outcome.note.source].append(outcome.note)
            elif outcome.reason:
                self._refused.append(f"{outcome.source} {outcome.reason}")

    def notes(self, file: FileTruth | Question) -> list[Note]:
        """The notes that came of a file, or of a question's files: where none names it, those of what holds it."""
        paths = [file.path] if isinstance(file, FileTruth) else list(file.files)
        found = []
        for path in paths:
            found += self._named(path.name) or self._named(outer(path).name)
        return found

    def refused(self, file: FileTruth) -> bool:
        """Whether a reason was given for it."""
        return any(name in said for said in self._refused for name in file.names)

    def _named(self, name: str) -> list[Note]:
        return [note for source, notes in self._notes.items() if name in source for note in notes]


def right_verdict(file: FileTruth, found: Found) -> bool:
    """Whether a good file was read, a broken one refused with a reason, and no other one passed over."""
    read = bool(found.notes(file))
    match file.verdict:
        case "read":
            return read
        case "refused":
            return not read and found.refused(file)
        case "either":
            return read or found.refused(file)


def holding(words: str, notes: Sequence[Note]) -> list[Note]:
    """Return the notes that hold some words; all where there are none."""
    return [note for note in notes if plain(words) in plain(f"{note.title} {note.text}")]


def right_category(truth: NoteTruth, notes: Sequence[Note]) -> bool:
    """Whether most of the notes that a truth is about are filed right."""
    about = holding(truth.holds, notes)
    return bool(about) and Counter(note.category for note in about).most_common(1)[0][0] == truth.category


def right_date(truth: NoteTruth, notes: Sequence[Note]) -> bool:
    """Whether most of the notes that a truth is about have a right date."""
    about = holding(truth.holds, notes)
    return bool(about) and Counter(note.date for note in about).most_common(1)[0][0] in truth.dates


def paid_notes(truths: Iterable[FileTruth], found: Found) -> list[tuple[NoteTruth, list[Note]]]:
    """Return every invoice, receipt and note of a service in the truth, with the notes that should tell of it."""
    return [
        (truth, holding(truth.holds, found.notes(file)))
        for file in truths
        for truth in file.notes
        if file.verdict == "read" and truth.paid is not None
    ]


def right_facts(truth: NoteTruth, said: Said) -> dict[str, bool]:
    """Say what is right of the facts found in one of them: its cost to the cent and in its currency, vendor, date."""
    assert truth.paid is not None
    return {
        "cost": (said.cents, said.currency) == (truth.paid.cents, truth.paid.currency),
        "vendor": said.vendor is not None and same_vendor(said.vendor, truth.paid.vendor),
        "date": said.date in truth.dates,
    }


def facts_told(
    house: House, paid: Iterable[tuple[NoteTruth, list[Note]]], *, by_model: bool
) -> dict[str, dict[str, bool]]:
    """Find the facts of invoices, receipts and services; say what is right of each, by its name and by its truth.

    Where several notes tell of one, the note counts of which most is right; where none does, nothing is.
    """
    paid = list(paid)
    extraction = house.extraction(house.chat_model() if by_model else None)
    note_ids = list(dict.fromkeys(note.id for _, notes in paid for note in notes))
    for done, _ in enumerate(seek(house.notebook, house.facts, extraction, note_ids), start=1):
        print(f"\rfacts of {done} of {len(note_ids)} notes", end="", file=sys.stderr)
    print(file=sys.stderr)
    told: dict[str, dict[str, bool]] = {"cost": {}, "vendor": {}, "date": {}}
    for truth, notes in paid:
        nothing = Said(None, None, None, None)
        marks = [right_facts(truth, said) for said in [nothing, *(_said(house, note) for note in notes)]]
        for name, right in max(marks, key=lambda mark: sum(mark.values())).items():
            told[name][f"{truth.paid} {truth.holds}"] = right
    return told


def _said(house: House, note: Note) -> Said:
    facts = house.facts.of(note.id)
    cost, vendor = facts.get("cost"), facts.get("vendor")
    return Said(
        cost.cents if cost else None, cost.currency if cost else None, vendor.value if vendor else None, note.date
    )


def measure(home: Path, folder: Path, *, misses: bool, by_model: bool) -> None:
    """Bring the drawer in twice, find its facts, ask its questions, and print how much was right."""
    truths, questions = read_truth(), read_questions()
    files = build(folder)
    house = House(read_settings(home=home))
    router = house.serving()
    filer = house.filer(router)
    outcomes, seconds, megabytes = brought(house, filer, folder)
    found = Found(outcomes)
    good = [file for file in truths if file.verdict == "read"]
    print(f"{len(files)} files, {len(truths)} with those in ZIPs and mails; {_counts(outcomes)}")
    for verdict in WANTED:
        those = [file for file in truths if file.verdict == verdict]
        right = {str(file.path): right_verdict(file, found) for file in those}
        _print(WANTED[verdict], right, misses)
    for name, judge in (("category", right_category), ("date", right_date)):
        shares = [statistics.mean(judge(note, found.notes(file)) for note in file.notes) for file in good]
        print(f"{f'{name} right, each file weighing one':42} {statistics.mean(shares):.1%} of {len(good)}")
        each = {f"{file.path} {note.holds}": judge(note, found.notes(file)) for file in good for note in file.notes}
        _print(f"{name} right, note by note", each, misses)
    for source in sorted({note.dated_by for file in good for note in file.notes}):
        those_dates = [right_date(n, found.notes(f)) for f in good for n in f.notes if n.dated_by == source]
        print(f"  {f'told by the {source}':40} {sum(those_dates):3} of {len(those_dates)}")
    paid = {f"{truth.paid} {truth.holds}": bool(notes) for truth, notes in paid_notes(truths, found)}
    _print("invoices, receipts, services there", paid, misses)
    for name, marks in facts_told(house, paid_notes(truths, found), by_model=by_model).items():
        _print(f"  {name} right, by {'rules and model' if by_model else 'rules'}", marks, misses)
    answers = asked(house, router, questions, found)
    _print(f"questions whose file is in the first {FIRST}", {each: file for each, (file, _) in answers.items()}, misses)
    _print("  and the very note of it", {each: note for each, (_, note) in answers.items()}, misses)
    again, _, _ = brought(house, filer, folder)
    added = [outcome for outcome in again if outcome.status not in ("unchanged", "refused")]
    print(f"a second run: {_counts(again)}")
    for outcome in added if misses else ():
        print(f"    {outcome.status} {outcome.source}: {outcome.reason}")
    print(f"{len(files) / seconds:.1f} files a second, {megabytes:.0f} MB more at the most")


def asked(house: House, router: Router, questions: Sequence[Question], found: Found) -> dict[str, tuple[bool, bool]]:
    """Ask the questions as the chat does; say which have a note of their file, and the right one, in the first hits."""
    finder = house.finder(router)
    right = {}
    for question in questions:
        _, hits = finder.find(question.question, finder.classify(question.question))
        notes = [note for note in found.notes(question) if note.id in {hit.note_id for hit in hits[:FIRST]}]
        right[question.question] = bool(notes), bool(holding(question.holds, notes))
    return right


def measure_speed(home: Path, folder: Path, count: int, *, pictures: bool) -> None:
    """Bring so many files in while somebody asks, and print how fast, in how much memory, and how long they wait."""
    files = build(folder, list(varied(read_sources(), count, pictures=pictures)), broken=False)
    house = House(read_settings(home=home))
    serving = house.serving()
    finder = house.finder(serving)
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        while not done.wait(ASKED_EVERY):
            began = time.perf_counter()
            question = PASSING[len(waits) % len(PASSING)]
            finder.find(question, finder.classify(question))
            waits.append(time.perf_counter() - began)

    asking = threading.Thread(target=ask)
    finder.find(PASSING[0], finder.classify(PASSING[0]))  # loads what it needs
    asking.start()
    try:
        outcomes, seconds, megabytes = brought(house, house.filer(serving), folder)
    finally:
        done.set()
        asking.join()
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} files of {size:.1f} MB: {_counts(outcomes)}")
    print(f"{seconds:.0f} s, {len(files) / seconds:.1f} files a second, {megabytes:.0f} MB more at the most")
    middle, longest = (statistics.median(waits), max(waits)) if waits else (0.0, 0.0)
    print(
        f"{len(waits)} questions meanwhile: their notes found in {middle:.2f} s (median), {longest:.2f} s at the most"
    )


def brought(house: House, router: Router, folder: Path) -> tuple[list[Outcome], float, float]:
    """Bring a folder in; returns what became of it, the seconds it took, and how many MB more it needed at the most."""
    router.classify(["Is everything loaded?"])
    _ = house.library
    before, began = _memory(start=True), time.perf_counter()
    outcomes = []
    for outcome in ingest([folder], house.library, router):
        outcomes.append(outcome)
        print(f"\r{len(outcomes)} outcomes, {time.perf_counter() - began:.0f} s", end="", file=sys.stderr)
    seconds = time.perf_counter() - began
    print(file=sys.stderr)
    return outcomes, seconds, _memory() - before


def _memory(*, start: bool = False) -> float:
    """Return the most MB that this process held since the last start; Linux alone can tell, elsewhere it is nothing."""
    try:
        if start:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0.0
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1000


def _print(what: str, right: Mapping[str, bool], misses: bool) -> None:
    print(f"{what:42} {sum(right.values()):3} of {len(right)}")
    for name, good in right.items() if misses else ():
        if not good:
            print(f"    {name}")


def _counts(outcomes: Iterable[Outcome]) -> str:
    counts = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))


def plain(text: str) -> str:
    """Return words as they are compared: without case, curly apostrophes and double blanks."""
    return " ".join(text.casefold().replace("’", "'").split())


def main() -> None:
    """Make the files, bring them in, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--misses", action="store_true", help="print what was wrong")
    parser.add_argument("--files", type=int, help="bring in so many files made of the same sources instead")
    parser.add_argument("--pictures", action="store_true", help="with scans and photos among them")
    parser.add_argument("--model", action="store_true", help="let the language model complete the facts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept, tempfile.TemporaryDirectory() as folder:
        if options.files:
            measure_speed(Path(kept), Path(folder), options.files, pictures=options.pictures)
        else:
            measure(Path(kept), Path(folder), misses=options.misses, by_model=options.model)


if __name__ == "__main__":
    main()
