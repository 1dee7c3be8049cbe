import pytest

from knowledge.figures import Ranking, figures


def ranking(found: str, wanted: str) -> Ranking:
    return Ranking(tuple(found), frozenset(wanted))


def test_a_search_that_finds_all_at_once_is_perfect() -> None:
    assert set(figures([ranking("abc", "a"), ranking("bac", "ab")]).values()) == {1.0}


def test_figures_are_those_of_the_textbook() -> None:
    found = figures([ranking("xaybz", "ab"), ranking("xyzab", "c")])

    assert (found["any@1"], found["any@3"], found["any@5"]) == (0.0, 0.5, 0.5)
    assert (found["all@1"], found["all@3"], found["all@5"]) == (0.0, 0.0, 0.5)
    assert found["mrr"] == pytest.approx(0.25)
    # (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3)) for the first question, nothing for the second.
    assert found["ndcg@5"] == pytest.approx(0.6509 / 2, abs=1e-3)


def test_no_questions_have_no_figures() -> None:
    assert figures([]) == {}
