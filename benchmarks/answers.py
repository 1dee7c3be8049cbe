"""Ask the exam on the sample house and score exact facts, outdated values and refusals: no language model judges.

    python benchmarks/answers.py tuning            # the questions to tune on
    python benchmarks/answers.py final             # the questions for the figures in the README

`--true-category` searches the category that the exam names instead of the router's, to tell its errors apart.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant import sample
from assistant.build import House
from assistant.events import Finished, Retrieved, Routed
from assistant.settings import read_settings

FOLDER = Path(__file__).parent / "sample_house"


def squeezed(text: str) -> str:
    """Fold case, spaces, currency signs and the commas inside numbers, so that only the fact is compared."""
    text = re.sub(r"(?<=\d),(?=\d)", "", text.casefold()).replace("$", "").replace("–", "-").replace("’", "'")
    return " ".join(re.sub(r"\[\d+\]", " ", text).split())


def holds(text: str, fact: str) -> bool:
    """Whether a text holds a fact as a whole word or number, in the plural too."""
    return re.search(rf"(?<!\w){re.escape(squeezed(fact))}(?:e?s)?(?!\w)", squeezed(text)) is not None


def right(answer: str, answered: bool, case: Mapping[str, Any]) -> bool:
    """Whether an answer holds one alternative of every fact and no outdated value, or rightly declines."""
    if not case["answerable"]:
        return not answered
    facts: Sequence[Sequence[str]] = case["facts"]
    return (
        answered
        and all(any(holds(answer, fact) for fact in group) for group in facts)
        and not any(holds(answer, outdated) for outdated in case["forbidden"])
    )


def main() -> None:
    """Run one exam and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("exam", choices=["tuning", "final"])
    parser.add_argument("--true-category", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print the answers that were wrong")
    options = parser.parse_args()
    cases = [json.loads(line) for line in (FOLDER / f"{options.exam}.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        sample.put_in(house.library)
        assistant = house.assistant()
        stems = {note.id: Path(note.source).stem for note in house.library.sample()}
        scores: dict[str, list[bool]] = defaultdict(list)
        waits: list[float] = []
        for case in cases:
            category = case["category"] if options.true_category else None
            for event in assistant.answer(case["question"], category=category):
                match event:
                    case Routed():
                        label = event.category
                    case Retrieved():
                        found = {stems[hit.note_id] for hit in event.hits}
                    case Finished():
                        answer = event.answer
            good = right(answer.text, answer.answered, case)
            scores["all right" if case["answerable"] else "unanswerable declined"].append(good)
            if case["answerable"]:
                scores[f"  {case['kind']}"].append(good)
                scores["category right"].append(label == case["category"])
                scores["all notes found"].append(set(case["notes"]) <= found)
                scores["wrongly declined"].append(not answer.answered)
                scores["a right note cited"].append(
                    bool({stems[citation.note_id] for citation in answer.citations} & set(case["notes"]))
                )
            if "first_token" in answer.seconds:
                waits.append(answer.seconds["first_token"])
            if options.misses and not good:
                print(f"- {case['question']}  ({case['kind']}, {case['category']} → {label}, {answer.seconds})")
                print(f"    said: {answer.text}\n    wanted: {case['facts']} not {case['forbidden']}")
                if case["answerable"] and not set(case["notes"]) <= found:
                    print(f"    not found: {set(case['notes']) - found}")
        for name in sorted(scores, key=lambda name: name.startswith(" ")):
            print(f"{name:24} {sum(scores[name]):3} of {len(scores[name])}")
        print(f"first token, median      {statistics.median(waits):.1f} s, {assistant.model.name}")


if __name__ == "__main__":
    main()
