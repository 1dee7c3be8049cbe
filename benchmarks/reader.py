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
from assistant.exams.answers import read_cases
from assistant.incoming.ingest import ingest
from assistant.pipeline import Assistant
from assistant.settings import read_settings
from benchmarks.side_by_side import compare

FOLDER = Path(__file__).parent


def main() -> None:
    """Ask, and print the figures of both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("adapter", type=Path, help="what `our-house train-reader` wrote")
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions")
    parser.add_argument("--jottings", type=int, help="a tuning family's jottings, by its number")
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    options = parser.parse_args()
    notes, questions = FOLDER / "house" / "notes", FOLDER / "house" / "tuning.jsonl"
    if options.jottings:
        family = FOLDER / "jottings" / f"tuning-{options.jottings}"
        notes, questions = family / "notes.jsonl", family / "questions.jsonl"
    with tempfile.TemporaryDirectory() as home:
        plain, taught = (House(read_settings(home=Path(home), reader=reader)) for reader in (None, options.adapter))
        for _ in ingest([notes], plain.library):
            pass
        finder = plain.finder()
        ways = {
            "as it came": Assistant(finder, plain.chat_model()),
            "taught": Assistant(finder, taught.chat_model()),
        }
        compare(ways, read_cases(questions)[:: options.every], options.misses)


if __name__ == "__main__":
    main()
