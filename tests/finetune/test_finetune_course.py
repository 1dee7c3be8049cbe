"""What a training reads and what both routers are asked: held out, replayed, left out, and on which side for good."""

from collections.abc import Sequence

import numpy as np
import pytest
from conftest import WordEmbedder
from numpy.typing import NDArray
from taught_house import examples
from tiny_language_model import WATER_OR_FIRE

from classifier.memory import plain
from classifier.taxonomy import Category, Taxonomy
from finetune.course import (
    Course,
    HouseholdConfig,
    Material,
    course_of,
    learnable,
    lesson_steps,
    mixed,
    near_to,
    once,
    parted,
    ripe,
    taught_of,
    told_facts,
    uncontradicted,
)
from finetune.examples import Example, ExamplesRejected, split

CONFIG = HouseholdConfig()
AIR = Taxonomy((*WATER_OR_FIRE, Category("air", "CC", "what blows")))
embed = WordEmbedder().embed


def told(count: int = 12, label: str = "fire", first: int = 0) -> list[Example]:
    numbers = range(first, first + count)
    return [Example(f"wind {at} blows", label, f"household: wind {at} blows", "corrected") for at in numbers]


def words(examples: Sequence[Example]) -> set[str]:
    return {plain(each.question) for each in examples}


# --- held out -------------------------------------------------------------------------------------------------------


def test_a_share_of_every_label_is_held_out_and_the_same_each_time() -> None:
    questions = [*told(200, "fire"), *told(100, "water", 200), *told(2, "air", 300)]
    held_out, taught = parted(questions, CONFIG)
    sizes = [sum(each.category == label for each in held_out) for label in ("fire", "water")]
    assert sizes == pytest.approx([40, 20], abs=10)
    assert sorted(map(str, [*held_out, *taught])) == sorted(map(str, questions))
    assert set(parted(questions[::-1], CONFIG)[0]) == set(held_out)


def test_what_was_taught_once_is_never_held_out_however_the_list_grows() -> None:
    ever: set[str] = set()
    for count in range(3, 120):
        held_out, taught = parted(told(count), CONFIG)
        assert not words(held_out) & ever, count
        ever |= words(taught)


def test_a_question_stays_on_its_side_whatever_it_is_told_to_be_and_however_it_is_typed() -> None:
    held_out = words(parted(told(60), CONFIG)[0])
    shouted = [Example(f"  {each.question.upper()} ?", "water", each.family) for each in told(60)]
    assert words(parted(shouted, CONFIG)[0]) == held_out != set()


def test_a_few_questions_spare_one_and_are_never_mostly_held_out() -> None:
    for first in range(0, 400, 5):
        held_out, taught = parted(told(5, "fire", first), CONFIG)
        assert 1 <= len(held_out) <= 2 and len(held_out) + len(taught) == 5


def test_what_a_router_was_taught_before_is_not_held_out() -> None:
    questions = told(40)
    known = words(questions[:30])
    held_out, _ = parted(questions, CONFIG, known)
    assert held_out and not words(held_out) & known
    assert parted(questions, CONFIG, words(questions))[0] == []


def test_a_version_says_what_it_was_taught_and_an_older_one_is_taken_to_have_been_taught_all() -> None:
    held_out, taught = parted(told(40), CONFIG)
    assert taught_of(told_facts(told(40), held_out)) == words(taught)
    assert taught_of({"household": [["Wind 1 blows?", "fire"]]}) == {"wind 1 blows"}
    assert taught_of({}) == set()


# --- what there is enough of ----------------------------------------------------------------------------------------


def test_a_category_with_too_few_questions_is_left_for_later_and_counted() -> None:
    taxonomy, left = learnable(AIR, [*told(10), *told(4, "air", 10)], examples())
    assert taxonomy.names == ["fire", "water"]
    assert {each.category for each in left} == {"fire"}
    assert ripe(AIR, [*told(10), *told(4, "air", 10)], examples()) == (taxonomy, left, {"air": 4})
    assert ripe(AIR, told(5, "air"), examples())[2] == {}


def test_too_little_is_said_with_what_is_missing() -> None:
    with pytest.raises(ExamplesRejected, match="3 corrections, and a training needs 8") as refused:
        learnable(AIR, [*told(3), *told(4, "air", 3)], examples())
    assert "air has 4 questions and needs 5" in str(refused.value)


# --- what is read and what is asked ---------------------------------------------------------------------------------


def course(questions: Sequence[Example]) -> Course:
    return course_of(Material(questions, split(examples()), WATER_OR_FIRE), set(), embed, CONFIG)


def test_no_question_is_both_read_and_asked() -> None:
    asked = split(examples()).test[0]
    # One of them is a packaged test question, in the household's own typing.
    questions = [*told(20), Example(f"{asked.question.upper()}?", asked.category, "household: x", "corrected")]
    found = course(questions)
    assert not words([*found.taught, *found.replayed]) & words(found.judged)
    assert len(words(found.judged)) == len(found.judged)
    assert plain(asked.question) not in words([*found.tested, *found.replayed])


def test_a_question_that_the_packaged_router_was_taught_is_not_held_out() -> None:
    packaged = split(examples()).training[:24]
    questions = [Example(each.question, each.category, f"household: {each.question}") for each in packaged]
    assert course(questions).held_out == []


def test_packaged_questions_are_asked_unless_the_household_put_them_elsewhere() -> None:
    parts = split(examples())
    asked = next(each for each in parts.test if each.category == "fire" and "please" not in each.question)
    # All but the same words: who learns the correction will say so of the packaged question, too.
    elsewhere = [Example(f"{asked.question} {asked.question} so", "water", "household: so", "corrected"), *told(10)]
    assert asked in course(told(10)).tested
    assert asked not in course(elsewhere).tested
    assert len(course(elsewhere).tested) >= len(parts.test) - 2


def test_corrections_are_read_often_among_a_replay_of_the_packaged_questions() -> None:
    config = HouseholdConfig(repeats=3, replay=2.0, least_steps=1)
    lesson = mixed(told(4), examples(), config)
    assert sum(each.style == "corrected" for each in lesson) == 12
    assert len(lesson) == 36
    assert lesson == mixed(told(4), examples(), config)


def test_a_packaged_question_that_the_household_puts_elsewhere_is_left_out() -> None:
    packaged = [
        Example("camera door battery", "doorbell", "a"),
        Example("camera door battery please", "doorbell", "b"),
        Example("chime rings twice", "doorbell", "c"),
        Example("pool pump", "pool", "d"),
    ]
    ours = [Example("please: camera, door, battery", "security", "x"), Example("pool pump new", "pool", "y")]
    kept = uncontradicted(packaged, ours, embed, 0.5)
    # The first is as near to its own like; the second is nearest to what the household told.
    assert [each.family for each in kept] == ["a", "c", "d"]
    assert uncontradicted(packaged, [], embed, 0.5) == packaged
    # It stays where another packaged one, of those that are not to be chosen from, is as near.
    assert packaged[1] in uncontradicted(packaged, ours, embed, 0.5, [Example("camera door battery please", "", "e")])


def test_the_nearest_decides_and_one_that_is_far_does_not() -> None:
    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        turned = [float(text) for text in texts]
        return np.array([[np.cos(angle), np.sin(angle)] for angle in turned], np.float32)

    packaged = [Example("0.0", "fire", "a"), Example("1.5", "fire", "b")]
    assert [each.family for each in uncontradicted(packaged, [Example("0.2", "water", "x")], embed, 0.5)] == ["b"]
    assert len(uncontradicted(packaged, [Example("3.1", "water", "x")], embed, 0.5)) == 2


def test_what_is_like_a_new_categorys_own_questions_is_found() -> None:
    packaged = [Example("camera door battery", "doorbell", "a"), Example("pool pump", "pool", "b")]
    ours = [Example("camera battery", "security", "x"), Example("pool pump", "pool", "y")]
    assert near_to(["security", "sauna"], ours, packaged, embed, 0.5) == {
        "security": frozenset({"camera door battery"}),
        "sauna": frozenset(),
    }


def test_each_text_is_embedded_once() -> None:
    asked: list[str] = []

    def hear(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.extend(texts)
        return embed(texts)

    remembering = once(hear)
    np.testing.assert_array_equal(remembering(["a", "b", "a"]), embed(["a", "b", "a"]))
    np.testing.assert_array_equal(remembering(["b", "c"]), embed(["b", "c"]))
    assert asked == ["a", "b", "c"]


def test_the_steps_grow_with_what_was_told_within_bounds() -> None:
    assert lesson_steps(8, CONFIG) == CONFIG.least_steps
    assert CONFIG.least_steps < lesson_steps(60, CONFIG) < CONFIG.most_steps
    assert lesson_steps(1000, CONFIG) == CONFIG.most_steps
