"""The benchmark of facts, and what the rules alone find in its papers."""

import importlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assistant.extraction import Extraction

ROOT = Path(__file__).parents[2]
CASES = [json.loads(line) for line in (ROOT / "benchmarks/drawer/facts.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return importlib.import_module("benchmarks.facts")


def test_half_of_the_papers_is_kept_back_and_none_is_there_twice() -> None:
    assert Counter(case["half"] for case in CASES) == {"tuning": 30, "final": 30}
    assert len({case["text"] for case in CASES}) == len({case["vendor"] for case in CASES}) == 60


@pytest.mark.parametrize("half", ["tuning", "final"])
def test_the_rules_alone_keep_what_they_were_measured_to_find(facts: Any, half: str) -> None:
    cases = [case for case in CASES if case["half"] == half]
    marks = []
    for case in cases:
        day = facts.day_of(case["text"])
        marks.append(facts.right(case, Extraction().read("", case["text"], day), day))
    for name in ("cost", "date", "vendor"):
        assert sum(mark[name] for mark in marks) >= 0.85 * len(marks), name


def test_every_fact_that_the_rules_find_has_words_of_its_paper(facts: Any) -> None:
    for case in CASES:
        for fact in Extraction().read("", case["text"], facts.day_of(case["text"])).values():
            assert fact.words
            assert fact.words in case["text"]
