"""The questions of an evaluation under the names that the router was taught their categories by."""

from pathlib import Path

import pytest
from taught_house import TaughtHouse
from tiny_language_model import WATER_OR_FIRE

from assistant.exams.routers import in_its_names
from classifier.taxonomy import Taxonomy
from classifier.versions import Version
from finetune.examples import Example


@pytest.fixture(autouse=True)
def packaged_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that the packaged questions have."""
    monkeypatch.setattr("classifier.taxonomy.DEFAULT_TAXONOMY", WATER_OR_FIRE)


def asked(*labels: str) -> list[Example]:
    return [Example(f"q{at}", label, f"f{at}") for at, label in enumerate(labels)]


def version(taxonomy: Taxonomy) -> Version:
    return Version("v", Path("v"), {"categories": taxonomy.rows}, {}, serving=True)


def expected(house: TaughtHouse, taught: Taxonomy, *labels: str, packaged: bool = True) -> list[str]:
    return [each.category for each in in_its_names(house, version(taught), asked(*labels), packaged)]


def test_a_router_taught_after_a_rename_is_asked_by_the_new_name(taught: TaughtHouse) -> None:
    before = taught.taxonomy()
    taught.categories.rename("water", "all that is wet")
    now = taught.taxonomy()
    assert expected(taught, now, "water", "fire", "none") == ["all that is wet", "fire", "none"]
    assert expected(taught, before, "water", "fire", "none") == ["water", "fire", "none"]


def test_a_name_that_another_category_has_by_now_is_still_the_packaged_one(taught: TaughtHouse) -> None:
    taught.categories.rename("water", "all that is wet")
    taught.categories.rename("fire", "water")
    assert expected(taught, taught.taxonomy(), "water", "fire") == ["all that is wet", "water"]


def test_what_was_merged_before_is_expected_where_it_went_and_what_was_removed_is_not_asked(
    taught: TaughtHouse,
) -> None:
    taught.categories.add("heat", "what warms", ["which flame"])
    taught.categories.merge("fire", "heat")
    taught.categories.remove("water")
    assert expected(taught, taught.taxonomy(), "water", "fire", "none") == ["heat", "none"]


def test_ones_own_questions_may_have_the_names_of_now_or_the_routers(taught: TaughtHouse) -> None:
    before = taught.taxonomy()
    taught.categories.rename("water", "all that is wet")
    labels = "all that is wet", "water", "fire", "none", "unheard of"
    right = ["water", "water", "fire", "none", "unheard of"]
    assert expected(taught, before, *labels, packaged=False) == right
