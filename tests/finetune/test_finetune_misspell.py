"""Slips of the keyboard that leave a question readable."""

import difflib
import random

import pytest

from finetune.misspell import misspell

QUESTION = "When did we last replace the pump of the swimming pool?"


@pytest.mark.parametrize("seed", range(20))
def test_a_slip_changes_a_question_but_leaves_it_readable(seed: int) -> None:
    slipped = misspell(QUESTION, random.Random(seed))

    assert slipped != QUESTION or "ll" in QUESTION
    assert len(slipped.split()) == len(QUESTION.split())
    assert difflib.SequenceMatcher(a=QUESTION, b=slipped).ratio() > 0.85


def test_the_same_seed_slips_the_same() -> None:
    assert misspell(QUESTION, random.Random(1)) == misspell(QUESTION, random.Random(1))


@pytest.mark.parametrize("question", ["", "a", "who is it", "12 + 30 = ?"])
def test_what_has_no_longer_word_stays(question: str) -> None:
    assert misspell(question, random.Random(0)) == question
