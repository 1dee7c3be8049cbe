import json
from collections import Counter

import pytest

from assistant.extraction import Extraction, event_day
from benchmarks.facts import FILE, right

CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def test_half_of_the_papers_is_kept_back_and_none_is_there_twice() -> None:
    assert Counter(case["half"] for case in CASES) == {"tuning": 30, "final": 30}
    assert len({case["text"] for case in CASES}) == len({case["vendor"] for case in CASES}) == 60


@pytest.mark.parametrize("half", ["tuning", "final"])
def test_the_rules_alone_keep_what_they_were_measured_to_find(half: str) -> None:
    cases = [case for case in CASES if case["half"] == half]
    days = [event_day(case["text"]) for case in cases]
    marks = [right(case, Extraction().read("", case["text"], day), day) for case, day in zip(cases, days, strict=True)]
    for name in ("cost", "date", "vendor"):
        assert sum(mark[name] for mark in marks) >= 0.85 * len(marks), name


def test_every_fact_that_the_rules_find_has_words_of_its_paper() -> None:
    for case in CASES:
        for fact in Extraction().read("", case["text"], event_day(case["text"])).values():
            assert fact.words
            assert fact.words in case["text"]
