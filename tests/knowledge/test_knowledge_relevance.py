from dataclasses import replace

import pytest

from knowledge.note import Hit, Told
from knowledge.relevance import LEARNED, UNREAD, Relevance


def hit(similarity: float, overlap: float, answering: float = 0.5) -> Hit:
    return Hit("a", "a", None, None, (), 0.5, similarity, overlap, deciding=(Told("…", answering),))


@pytest.mark.parametrize("relevance", [LEARNED, UNREAD])
def test_it_rises_with_nearness_and_words(relevance: Relevance) -> None:
    far, near = [hit(0.1, 0.1)], [hit(0.1, 0.1), hit(0.6, 0.5)]

    assert 0 < relevance.probability(far) < relevance.probability(near) < 1


def test_it_rises_with_a_sentence_that_answers_where_the_notes_are_read() -> None:
    near_miss, answered = [hit(0.5, 0.3, 0.01)], [hit(0.5, 0.3, 0.99)]

    assert LEARNED.probability(near_miss) < 0.5 * LEARNED.probability(answered)
    assert UNREAD.probability(near_miss) == UNREAD.probability(answered)


def test_hits_that_nobody_read_are_judged_by_what_was_learned_of_such() -> None:
    unread = [replace(hit(0.2, 0.1), deciding=())]

    assert LEARNED.probability(unread) == UNREAD.probability(unread)
    assert LEARNED.holds(unread) == UNREAD.holds(unread)


@pytest.mark.parametrize("relevance", [LEARNED, UNREAD])
def test_nothing_found_answers_nothing_and_the_learned_bound_tells_near_from_far(relevance: Relevance) -> None:
    assert relevance.probability([]) == 0
    assert not relevance.holds([])
    assert not relevance.holds([hit(0.05, 0.0)])
    assert relevance.holds([hit(0.6, 0.6)])


@pytest.mark.parametrize("relevance", [LEARNED, UNREAD])
def test_where_a_person_named_the_category_less_will_do_but_not_nothing(relevance: Relevance) -> None:
    doubtful, far = [hit(0.425, 0.162, 0.319)], [hit(0.05, 0.0, 0.0)]
    demanding = replace(relevance, enough=0.3, unread=None)

    assert not demanding.holds(doubtful)
    assert demanding.holds(doubtful, vouched=True)
    assert not demanding.holds(far, vouched=True)
    assert not demanding.holds([], vouched=True)


@pytest.mark.parametrize("relevance", [LEARNED, UNREAD])
def test_a_note_that_holds_a_long_code_of_the_question_is_worth_a_look_whatever_its_words(relevance: Relevance) -> None:
    far = hit(0.05, 0.0, 0.0)

    assert relevance.holds([far, replace(far, coded=1.0)])
    assert not relevance.holds([replace(far, coded=0.8)])
