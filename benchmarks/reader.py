"""What an adapter that teaches the answer writer to read gains, and costs, beside the model as it came.

    python -m benchmarks.reader ADAPTER.gguf                  # the second house's tuning questions; an hour
    python -m benchmarks.reader ADAPTER.gguf --every 3        # every third one
    python -m benchmarks.reader ADAPTER.gguf --jottings 1     # the first family's jottings instead
    python -m benchmarks.reader ADAPTER.gguf --misses         # and what was wrong

Every question is asked of both, one after the other, of the notes that the chat would show, none of them read ahead.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from assistant.build import House
from assistant.exams.answers import Reply, examined, read_cases, summary
from assistant.incoming.ingest import ingest
from assistant.pipeline import Assistant
from assistant.settings import read_settings

FOLDER = Path(__file__).parent


def main() -> None:
    """Ask, and print the figures of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", type=Path, help="what `our-house train-reader` wrote")
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions")
    parser.add_argument("--jottings", type=int, help="a tuning family's jottings, by its number")
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    options = parser.parse_args()
    house_notes, house_questions = FOLDER / "house" / "notes", FOLDER / "house" / "tuning.jsonl"
    if options.jottings:
        family = FOLDER / "jottings" / f"tuning-{options.jottings}"
        house_notes, house_questions = family / "notes.jsonl", family / "questions.jsonl"
    replies: dict[str, list[Reply]] = {"as it came": [], "taught": []}
    with tempfile.TemporaryDirectory() as home:
        plain, taught = (House(read_settings(home=Path(home), reader=reader)) for reader in (None, options.adapter))
        for _ in ingest([house_notes], plain.library):
            pass
        finder = plain.finder()
        ways = {way: Assistant(finder, house.chat_model()) for way, house in zip(replies, (plain, taught), strict=True)}
        cases = read_cases(house_questions)[:: options.every]
        for done, case in enumerate(cases, start=1):
            for way, assistant in ways.items():
                replies[way] += examined(assistant, [case], lambda *_: None)
            print(f"{done} of {len(cases)}", end="\r", flush=True)
    for way, given in replies.items():
        for reply in (each for each in given if options.misses and not each.right):
            print(f"- {reply.case.question} ({reply.case.kind})\n    {way}: {reply.answer.text}")
    found = {way: summary(given) for way, given in replies.items()}
    for name in found["taught"]:
        print(f"{name:28} {'   '.join(f'{way}: {figures[name]}' for way, figures in found.items())}")


if __name__ == "__main__":
    main()
