"""The gate: a candidate that fixes more than it breaks passes, and a spoilt one is refused with what it breaks."""

import json
from math import comb
from typing import Any

import pytest

from classifier.decision import Decision
from classifier.taxonomy import NONE
from finetune.examples import Example
from finetune.gate import Verdict, compared, mcnemar

NAMES = ("pool", "car", "fence")


def said(label: str) -> Decision:
    shares = {label: 0.9, **{other: 0.1 / 3 for other in (*NAMES, NONE) if other != label}}
    return Decision(None if label == NONE else label, 0.9, shares, "v")


def questions(per_label: int = 20) -> list[Example]:
    return [Example(f"{label} {at}", label, f"{label}{at}") for label in (*NAMES, NONE) for at in range(per_label)]


def judged(serving: dict[str, str], candidate: dict[str, str], **options: Any) -> Verdict:
    """Both are right but where they are said to say something else."""
    asked = questions()

    def decisions(wrong: dict[str, str]) -> list[Decision]:
        return [said(wrong.get(each.question, each.category)) for each in asked]

    return compared(asked, decisions(serving), decisions(candidate), **options)


def wrong(label: str, count: int, instead: str) -> dict[str, str]:
    return {f"{label} {at}": instead for at in range(count)}


def test_one_that_fixes_more_than_it_breaks_passes() -> None:
    verdict = judged(wrong("pool", 5, "car"), wrong("fence", 2, "none"))
    assert verdict.passed
    assert [each.question for each in verdict.fixed] == [f"pool {at}" for at in range(5)]
    assert [(each.question, each.expected, each.candidate) for each in verdict.broken] == [
        ("fence 0", "fence", "none"),
        ("fence 1", "fence", "none"),
    ]
    assert verdict.per_category["pool"] == (20, 5, 0)
    assert verdict.candidate["accuracy"] > verdict.serving["accuracy"]
    assert json.loads(json.dumps(verdict.fields()))["passed"] is True


def test_one_that_breaks_as_much_as_it_fixes_is_refused() -> None:
    verdict = judged(wrong("pool", 2, "car"), wrong("fence", 2, "none"))
    assert verdict.reasons == ("it breaks 2 questions and fixes 2",)


def test_one_that_changes_nothing_is_refused() -> None:
    assert judged({}, {}).reasons == ("it changes nothing for the better",)


def test_one_that_loses_a_category_is_refused_although_it_fixes_more() -> None:
    verdict = judged(wrong("pool", 10, "car"), wrong("fence", 5, "none"))
    assert verdict.reasons == ("it loses 5 of 20 questions of fence",)
    assert not verdict.passed


def test_one_that_loses_what_no_category_fits_says_so_in_words() -> None:
    verdict = judged(wrong("pool", 10, "car"), wrong(NONE, 5, "pool"))
    assert verdict.reasons == ("it loses 5 of 20 questions of no category",)


def test_a_categorys_loss_that_chance_explains_is_no_loss() -> None:
    assert judged(wrong("pool", 10, "car"), wrong("fence", 4, "none")).passed  # by chance in one of eight


def test_a_poisoned_one_is_refused_and_names_what_it_breaks() -> None:
    verdict = judged(wrong("pool", 1, "car"), wrong("pool", 20, "car") | wrong("car", 20, "pool"))
    assert not verdict.passed
    assert len(verdict.broken) == 39
    assert {each.question for each in verdict.broken} >= {"pool 5", "car 5"}


def test_what_the_households_new_category_takes_over_is_not_broken() -> None:
    moved = wrong("pool", 8, "sauna")
    fixed = wrong("car", 1, "pool")
    assert not judged(fixed, moved).passed
    verdict = judged(fixed, moved, own={"sauna": frozenset(moved)})
    assert verdict.passed
    assert (verdict.moved, verdict.broken) == (8, ())


def test_a_new_category_that_swallows_what_is_unlike_its_own_is_refused_wherever_it_takes_it_from() -> None:
    # Two of every label's: no category loses enough to be named, and more is fixed than broken.
    swallowed = {f"{label} {at}": "sauna" for label in (*NAMES, NONE) for at in range(2)}
    fixed = wrong("pool", 20, "car") | wrong("fence", 20, "car")
    for each in swallowed:
        fixed.pop(each, None)
    verdict = judged(fixed, swallowed, own={"sauna": frozenset({"pool 0"})})
    assert (verdict.moved, len(verdict.broken)) == (1, 7)
    assert len(verdict.fixed) > len(verdict.broken)
    assert verdict.reasons == ("your new category sauna takes 7 questions that are unlike all that you told of it",)


def test_a_new_category_may_take_as_much_as_it_gains() -> None:
    told = [Example(f"heat {at}?", "sauna", f"heat {at}") for at in range(8)]
    asked = [*told, *questions()]
    serving = [said("pool")] * 8 + [said(each.category) for each in questions()]
    candidate = [said("sauna")] * 12 + [said(each.category) for each in questions()][4:]
    verdict = compared(asked, serving, candidate, frozenset(each.question for each in told), {"sauna": ()})
    assert (len(verdict.fixed), len(verdict.broken)) == (8, 4)
    assert not any("sauna" in reason for reason in verdict.reasons)


def test_what_the_household_told_counts_even_in_its_new_category() -> None:
    told = [Example("heat?", "sauna", "heat"), *questions()]
    right = [said(each.category) for each in told]
    serving = [said("pool"), *right[1:]]
    verdict = compared(told, serving, right, household=frozenset({"heat?"}), own={"sauna": {"heat?"}})
    assert verdict.passed
    assert verdict.household == 1
    assert verdict.fixed[0].household


@pytest.mark.parametrize(("fixed", "broken"), [(0, 0), (1, 0), (5, 1), (10, 2), (3, 3)])
def test_chance_is_that_of_a_fair_coin(fixed: int, broken: int) -> None:
    total = fixed + broken
    share = [comb(total, each) / 2**total for each in range(total + 1)]
    as_uneven = sum(share[each] for each in range(total + 1) if abs(2 * each - total) >= abs(fixed - broken))
    assert mcnemar(fixed, broken) == pytest.approx(min(1.0, as_uneven))
