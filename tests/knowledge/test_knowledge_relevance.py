from knowledge.note import Hit
from knowledge.relevance import LEARNED


def hit(similarity: float, overlap: float) -> Hit:
    return Hit("a", "a", None, None, (), 0.5, similarity, overlap)


def test_it_rises_with_nearness_and_words() -> None:
    far, near = [hit(0.1, 0.1)], [hit(0.1, 0.1), hit(0.6, 0.5)]

    assert 0 < LEARNED.probability(far) < LEARNED.probability(near) < 1


def test_nothing_found_answers_nothing_and_the_learned_bound_tells_near_from_far() -> None:
    assert LEARNED.probability([]) == 0
    assert not LEARNED.holds([])
    assert not LEARNED.holds([hit(0.05, 0.0)])
    assert LEARNED.holds([hit(0.6, 0.6)])
