"""How often all the notes a question needs are among the first hits: without a filter, routed, and truly filtered.

    python -m benchmarks.retrieval                 # the tuning questions: filters, word weights, newest first

No language model is asked; the questions are those that the sample house answers.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant import sample
from assistant.build import House
from assistant.settings import read_settings
from knowledge import recency, search
from knowledge.note import Hit

FOLDER = Path(__file__).parent / "sample_house"
DEPTHS = (1, 2, 3, 5)
Find = Callable[[dict[str, Any]], Sequence[Hit]]


def main() -> None:
    """Print one row a way of searching."""
    files = ("tuning", "relevance")
    lines = [line for name in files for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    cases = [case for case in map(json.loads, lines) if case["answerable"]]
    with tempfile.TemporaryDirectory() as home:
        house = House(read_settings(home=Path(home)))
        sample.put_in(house.library)
        stems = {note.id: Path(note.source).stem for note in house.library.sample()}
        router = house.router()
        likely = {
            case["question"]: decision.likely
            for case, decision in zip(cases, router.classify([case["question"] for case in cases]), strict=True)
        }

        def find(categories: Callable[[dict[str, Any]], Sequence[str] | None]) -> Find:
            return lambda case: house.library.search(
                case["question"], house.library.scope(categories(case), ""), max(DEPTHS)
            )

        def show(name: str, finds: Find) -> None:
            found = [([stems[hit.note_id] for hit in finds(case)], set(case["notes"])) for case in cases]
            shares = (sum(wanted <= set(hits[:depth]) for hits, wanted in found) / len(found) for depth in DEPTHS)
            print(f"{name:28}" + "".join(f"  {share:.3f}" for share in shares))

        print(f"{len(cases)} questions; all notes within{'':4}" + "".join(f"  {depth:5}" for depth in DEPTHS))
        routed = find(lambda case: likely[case["question"]] or None)
        show("no filter", find(lambda case: None))
        show("routed filter", routed)
        show("true filter", find(lambda case: [case["category"]]))
        kept = search.LEXICAL_WEIGHT, recency.NEWNESS
        recency.NEWNESS = 0.0
        show("routed, not newest first", routed)
        recency.NEWNESS = kept[1]
        for weight in (0.0, 0.15, 0.3, 0.4, 0.5):
            search.LEXICAL_WEIGHT = weight
            show(f"routed, word weight {weight}", routed)


if __name__ == "__main__":
    main()
