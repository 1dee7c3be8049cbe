from dataclasses import replace

import pytest
from conftest import WordEmbedder

from assistant.support import LEANINGS, LEARNED, UNREAD, UNTOLD, Features, Support
from knowledge.note import Hit, Passage, Told

QUESTION = "Who replaced the pool pump?"
NOTE = "The single-speed pump seized. Ray fitted a Pentair for $1,150."
LONG = " ".join(["It rained all day long."] * 9)
EMBED = WordEmbedder().embed


def hit(text: str, answering: float = 0.5) -> Hit:
    passage = Passage("n#0", "n", "Pump", "pool", None, "", text)
    deciding = (Told(text, answering),)
    return Hit("n", "Pump", "pool", None, (passage,), 0.8, 0.8, 0.8, deciding=deciding)


def features(answer: str, *hits: Hit, leaning: float | None = 1.0) -> Features:
    return Support().features(QUESTION, answer, hits or (hit(NOTE),), EMBED, leaning)


def test_what_repeats_the_note_is_near_the_note_and_what_repeats_the_question_near_the_question() -> None:
    quoting, echoing = features("Ray fitted a Pentair for $1,150."), features(QUESTION)
    assert quoting[0] == pytest.approx(1)
    assert echoing[1] == pytest.approx(1)
    assert quoting[0] > echoing[0]
    assert quoting[1] < echoing[1]


def test_the_numbers_of_the_notes_are_no_words_of_the_answer() -> None:
    plain = features("Ray fitted a Pentair for $1,150.")
    assert features("Ray fitted a Pentair [1] for $1,150 [1, 2][3].") == pytest.approx(plain)


def test_every_note_is_looked_at_and_the_best_sentence_counts() -> None:
    quoted, _, _, _, read, _ = features("Ray fitted a Pentair for $1,150.", hit(LONG, 0.1), hit(f"{NOTE} {LONG}", 0.7))
    assert quoted == pytest.approx(1)
    assert read == pytest.approx(0.7)


def test_notes_without_a_sentence_support_nothing() -> None:
    quoted, _, _, about, *_ = features("Ray fitted a Pentair.", hit("Pump."), hit("1234"))
    assert (quoted, about) == (0.0, 0.0)


def test_notes_that_nobody_read_count_as_most_notes_do() -> None:
    *_, read, _ = features("Ray fitted a Pentair.", replace(hit(NOTE), deciding=()))
    assert read == UNREAD
    assert LEARNED.holds((0.8, 0.6, 0.7, 0.5, UNREAD, 1.0))


@pytest.mark.parametrize("values", [(0.59, 0.70, 0.79, 0.51, 0.11, 0.68), (0.37, 0.85, 0.80, 0.52, 0.25, 1.11)])
def test_a_right_answer_from_a_note_of_one_line_stands_though_the_reader_thinks_little_of_it(values: Features) -> None:
    # As the models see who replaced the pool pump, and when: "Ray of Bluefin Pools put in a Pentair SuperFlo."
    assert LEARNED.holds(values)


def test_each_weight_pulls_its_way_and_the_outcome_is_a_probability() -> None:
    values = (0.9, 0.8, 0.7, 0.6, 0.5, 1.0)
    for name in ("quoted", "echoed", "found", "asked", "read", "believed", "intercept"):
        more, less = replace(Support(), **{name: 2.0}), replace(Support(), **{name: -2.0})
        assert 0 < less.probability(values) < 0.5 < more.probability(values) < 1


def test_an_answer_holds_from_the_bound_on() -> None:
    values = features(NOTE)
    probability = LEARNED.probability(values)
    for enough, holds in ((probability, True), (probability + 1e-9, False), (0.0, True)):
        assert replace(LEARNED, enough=enough).holds(values) is holds


def test_a_model_that_believes_its_answer_is_believed_more() -> None:
    assert LEARNED.probability(features(NOTE, leaning=3.0)) > LEARNED.probability(features(NOTE, leaning=-3.0))


def test_a_model_counts_as_no_surer_than_it_was_where_the_weights_were_fitted() -> None:
    assert (features(NOTE, leaning=-9.2)[-1], features(NOTE, leaning=9.2)[-1]) == LEANINGS
    assert features(NOTE, leaning=0.7)[-1] == 0.7


def test_one_word_does_not_take_back_what_all_else_speaks_for() -> None:
    *_, believed = features(NOTE, leaning=-9.2)
    assert LEARNED.holds((0.97, 0.3, 0.75, 0.65, 1.0, believed))


def test_a_model_that_tells_no_odds_is_taken_to_lean_as_most_do() -> None:
    *_, believed = features(NOTE, leaning=None)
    assert believed == UNTOLD
    assert LEARNED.holds((0.8, 0.6, 0.7, 0.5, UNREAD, UNTOLD))


def test_what_was_learned_trusts_a_quote_more_than_an_echo() -> None:
    assert LEARNED.probability(features("Ray fitted a Pentair for $1,150.")) > LEARNED.probability(features(QUESTION))
    assert 0 < LEARNED.enough < 1
