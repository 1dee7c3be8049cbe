"""Score how well facts are found in 60 invented invoices, receipts and service notes: cost, date and vendor.

python -m benchmarks.facts tuning              # the half to tune on
python -m benchmarks.facts final               # the half for the figures
python -m benchmarks.facts tuning --rules      # what the rules find without a language model
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import statistics
import time
from pathlib import Path
from typing import Any

from assistant.build import House
from assistant.extraction import Extraction
from assistant.settings import read_settings
from knowledge.dating import event_date
from knowledge.facts import Fact, Name

FILE = Path(__file__).parent / "drawer" / "facts.jsonl"
_FORMS = re.compile(r"\b(?:llc|inc|ltd|gmbh|co|corp|the)\b")


def plain(name: str) -> str:
    """A vendor's name without case, marks and legal form."""
    words = re.sub(r"[^\w ]", "", name.casefold().replace("-", " "))
    return " ".join(_FORMS.sub(" ", words).split())


def right(case: dict[str, Any], found: dict[Name, Fact], day: dt.date | None) -> dict[str, bool]:
    """Which of the three were found as they are; a cost that is not there must not be found."""
    cost, vendor = found.get("cost"), found.get("vendor")
    return {
        "cost": (cost.cents if cost else None) == case["cost"] and (cost is None or cost.currency == case["currency"]),
        "date": (day.isoformat() if day else None) == case["date"],
        "vendor": plain(vendor.value if vendor else "") == plain(case["vendor"]),
    }


def day_of(text: str) -> dt.date | None:
    """Return the date that a paper gets when it is brought in, where its words tell one."""
    found = event_date(text, dt.date.today())
    return found.date if found else None


def main() -> None:
    """Find, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("half", choices=["tuning", "final"])
    parser.add_argument("--rules", action="store_true", help="without the language model")
    parser.add_argument("--all", action="store_true", help="let the model read every note, for the time that it takes")
    parser.add_argument("--misses", action="store_true", help="print what was found wrongly")
    options = parser.parse_args()
    cases = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
    cases = [case for case in cases if case["half"] == options.half]
    model = None if options.rules else House(read_settings()).chat_model()
    extraction = Extraction(model)
    scores: dict[str, list[bool]] = {"cost": [], "date": [], "vendor": []}
    seconds = []
    for case in cases:
        began = time.perf_counter()
        day = day_of(case["text"])
        found = extraction.read("", case["text"], day)
        # What the rules found, the model does not change: it need not be waited for where nothing scored is missing.
        if model is not None and (options.all or not {"cost", "vendor"} <= found.keys()):
            found = extraction.find("", case["text"], day)
            seconds.append(time.perf_counter() - began)
        for name, good in right(case, found, day).items():
            scores[name].append(good)
            if options.misses and not good:
                value = day if name == "date" else found.get(name)  # type: ignore[call-overload]  # two of the names
                print(f"- {case['id']} {name}: wanted {case[name]}, found {value}")
    for name, marks in scores.items():
        print(f"{name:8} {sum(marks):3} of {len(marks)}  {sum(marks) / len(marks):.0%}")
    if seconds:
        print(f"the model read {len(seconds)} notes, median {statistics.median(seconds):.0f} s a note")


if __name__ == "__main__":
    main()
