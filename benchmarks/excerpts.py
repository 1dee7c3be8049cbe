"""What it costs and gains to show the model less: the sentences around what answers best, or the surest note alone.

    python -m benchmarks.excerpts                  # the second house's tuning questions; over half an hour on two cores
    python -m benchmarks.excerpts --every 2        # every second one
    python -m benchmarks.excerpts --misses         # and what was wrong
    python -m benchmarks.excerpts --without whole  # leaves a way out

Every question is asked each way, one after the other, of the notes that the chat would show, none of them read ahead.
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

FOLDER = Path(__file__).parent / "house"
WAYS = {"whole": (True, True), "excerpts": (False, True), "surest": (False, False)}
"""Whether notes are shown whole, else their sentences around what answers best; and whether all that were found, else
the one that surely answers is quoted and read alone, if one does."""


def main() -> None:
    """Ask, and print the figures of each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="ask only every so many questions")
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    parser.add_argument("--without", choices=WAYS, action="append", default=[], help="a way not to be asked")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        for _ in ingest([FOLDER / "notes"], house.library):
            pass
        usual = house.assistant()
        ways = {
            way: Assistant(usual.finder, usual.model, whole=whole, all_hits=all_hits)
            for way, (whole, all_hits) in WAYS.items()
            if way not in options.without
        }
        compare(ways, read_cases(FOLDER / "tuning.jsonl")[:: options.every], options.misses)


if __name__ == "__main__":
    main()
