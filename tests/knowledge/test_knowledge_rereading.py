from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.note import Passage
from knowledge.ranking import Candidate
from knowledge.rereading import reread


class Marked:
    """A reranker to which a sentence with an exclamation answers."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, sentences: Sequence[str]) -> NDArray[np.float32]:
        self.read += sentences
        return np.array([4.0 if "!" in each else -4.0 for each in sentences], np.float32)


def candidate(note_id: str, *texts: str) -> Candidate:
    passages = tuple(
        Passage(f"{note_id}#{at}", note_id, note_id, None, None, "", text) for at, text in enumerate(texts)
    )
    return Candidate(note_id, note_id, None, None, passages, 0, 0.5, 0.5, 0.0, 0.0, None)


LONG = "This sentence is long enough to be read by itself."


def test_each_note_gets_the_sentence_that_answers_best() -> None:
    right = "And this one here is what the question was about!"
    one, other = reread("Who?", [candidate("a", f"{LONG} {right}", LONG), candidate("b", LONG)], Marked())

    assert [each.sentence for each in one.deciding] == [right, LONG]
    assert [each.sentence for each in other.deciding] == [LONG]
    assert one.answering == pytest.approx(0.982, abs=1e-3)
    assert other.answering == pytest.approx(0.018, abs=1e-3)


def test_a_note_without_words_is_read_by_its_title_and_a_repeated_line_once() -> None:
    reranker = Marked()
    (empty,) = reread("Who?", [candidate("Call Ray!", " ")], reranker)
    reread("Who?", [candidate("b", LONG, LONG)], reranker)

    assert empty.deciding[0].sentence == "Call Ray!"
    assert reranker.read == ["Call Ray!: Call Ray!", f"b: {LONG}"]


def test_nothing_to_read_is_nothing_read() -> None:
    assert reread("Who?", [], Marked()) == []
