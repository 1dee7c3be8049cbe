"""Ask the exam on the sample house, in the chat's own way, and score facts, outdated values and refusals.

    python -m benchmarks.answers tuning            # the questions to tune on
    python -m benchmarks.answers final             # the questions for the figures in the README
    python -m benchmarks.answers tuning --misses   # and what was wrong

`our-house evaluate answers` does the same for any notes and questions, in several ways; this is its quick look.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from assistant import sample
from assistant.build import House
from assistant.exams.answers import examined, read_cases, summary
from assistant.settings import read_settings

FOLDER = Path(__file__).parent / "sample_house"


def main() -> None:
    """Run one exam and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exam", choices=["tuning", "final"])
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        # The exam knows notes by their files.
        ids = {Path(note.source).stem: note.id for note in sample.put_in(house.library)}
        cases = [
            replace(case, notes=frozenset(ids[stem] for stem in case.notes))
            for case in read_cases(FOLDER / f"{options.exam}.jsonl")
        ]
        assistant = house.assistant()
        replies = list(examined(assistant, cases, lambda done, total: print(f"{done} of {total}", end="\r")))
    if options.misses:
        for reply in (each for each in replies if not each.right):
            print(f"- {reply.case.question} ({reply.case.kind}, {reply.label})\n    said: {reply.answer.text}")
            print(f"    wanted: {reply.case.facts} not {reply.case.forbidden}")
    for name, figure in summary(replies).items():
        print(f"{name:28} {figure}")
    print(f"{assistant.model.name} wrote")


if __name__ == "__main__":
    main()
