import pytest

from assistant.listening import LISTENING
from classifier.decision import Decision
from classifier.taxonomy import NONE


def decision(**probabilities: float) -> Decision:
    ordered = dict(sorted(probabilities.items(), key=lambda pair: -pair[1]))
    label, confidence = next(iter(ordered.items()))
    category = None if label == NONE else label
    return Decision(category, confidence, ordered, "v1", (label,) if confidence > 0.9 and category else ())


SURE = decision(pool=0.97, fence=0.02, none=0.01)
UNSURE = decision(none=0.4, pool=0.35, fence=0.25)


def test_near_notes_tell_what_the_router_cannot() -> None:
    heard = LISTENING.heard(UNSURE, {"fence": 0.8, "pool": 0.3})

    assert heard.category == "fence"
    assert heard.likely == ("fence",)
    assert heard.confidence == heard.probabilities["fence"] > 0.8
    assert sum(heard.probabilities.values()) == pytest.approx(1)
    assert next(iter(heard.probabilities)) == "fence"


def test_far_notes_change_nothing_that_is_sure() -> None:
    heard = LISTENING.heard(SURE, {"fence": 0.2, "pool": 0.1})

    assert heard.category == "pool"
    assert heard.confidence == pytest.approx(0.97, abs=0.05)


def test_a_question_of_no_category_stays_one_where_no_note_is_near() -> None:
    heard = LISTENING.heard(decision(none=0.95, pool=0.03, fence=0.02), {"fence": 0.25, "pool": 0.24})

    assert heard.category is None
    assert heard.likely == ()


@pytest.mark.parametrize("evidence", [{}, {"attic": 0.9}, {NONE: 0.9}])
def test_nothing_to_hear_leaves_the_decision_as_it_is(evidence: dict[str, float]) -> None:
    assert LISTENING.heard(UNSURE, evidence) is UNSURE


def test_a_person_s_word_is_not_argued_with() -> None:
    from dataclasses import replace

    told = replace(SURE, learned_from="Is the pump on?")

    assert LISTENING.heard(told, {"fence": 0.99}) is told


def test_one_category_with_notes_is_enough_to_be_heard() -> None:
    assert LISTENING.heard(UNSURE, {"fence": 0.9}).category == "fence"
