import string

import pytest

from classifier.errors import RouterError, TaxonomyError
from classifier.taxonomy import DEFAULT_TAXONOMY, NONE, Category, Taxonomy

# The design's table, word for word.
DESIGN = """
| appliances | indoor household machines: fridge, dishwasher, washer, dryer, oven, microwave, disposal, vacuum; their repairs, models, filters, warranties |
| brick work | masonry, mortar, tuckpointing, brick steps, chimney brick, pavers |
| car | the vehicles: service, tyres, registration, car insurance |
| cooking | recipes, ingredients, where food is bought, how dishes are made |
| doorbell | doorbell, chime, door camera button |
| electric | panel, breakers, outlets, wiring, switches, indoor light fixtures, generator, electrician |
| fence | fence, gate, posts, staining the boards |
| fountain | ornamental water feature |
| garden lights | outdoor landscape, path and up-lighting |
| gutters | gutters, downspouts, leaf guards |
| hvac | heating, air conditioning, thermostat, ducts, air filters, furnace, heat pump |
| irrigation | sprinklers, drip, controller zones, backflow preventer |
| mosquito | misting system, spraying, treatment |
| painting | rooms and house: colours, brands, painters |
| pool | pool and spa with their heater, pump, filter, chemicals |
| tree service | trimming, removal, stumps, arborist |
| water heater | hot water, tank and tankless, recirculation |
| window service | window cleaning, glass, screens, seals |
"""  # noqa: E501


def test_the_default_taxonomy_is_the_designs_table() -> None:
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in DESIGN.strip().splitlines()]

    assert [(category.name, category.definition) for category in DEFAULT_TAXONOMY] == rows
    assert len(DEFAULT_TAXONOMY) == 18


def test_the_default_codes_run_from_aa_to_rr_in_the_order_of_the_names() -> None:
    codes = [category.code for category in DEFAULT_TAXONOMY]

    assert codes == [letter * 2 for letter in string.ascii_uppercase[:18]]
    assert (codes[0], codes[-1]) == ("AA", "RR")
    assert DEFAULT_TAXONOMY.names == sorted(DEFAULT_TAXONOMY.names)


def test_none_is_a_label_but_no_category() -> None:
    assert NONE not in DEFAULT_TAXONOMY
    assert NONE not in DEFAULT_TAXONOMY.names
    assert DEFAULT_TAXONOMY.labels == [*DEFAULT_TAXONOMY.names, NONE]


def test_a_household_can_have_its_own_categories_in_the_order_of_their_names() -> None:
    own = Taxonomy.of([("roof", "QZ", "shingles"), ("bees", "AB", "hives"), ("Garage", "AC", "the door")])

    assert own.names == ["bees", "Garage", "roof"]
    assert "roof" in own
    assert "pool" not in own


def test_a_household_can_begin_without_categories() -> None:
    assert Taxonomy.of([]).labels == [NONE]


@pytest.mark.parametrize("name", ["", " ", "none", "None", " NONE ", " pool", "pool\n"])
def test_a_name_that_is_empty_none_or_padded_is_refused(name: str) -> None:
    with pytest.raises(TaxonomyError, match="cannot name a category"):
        Category(name, "AA", "something")


@pytest.mark.parametrize("code", ["", "A", "AAA", "aa", "A1", "A ", "ÄÄ"])
def test_a_code_that_is_not_two_capital_letters_is_refused(code: str) -> None:
    with pytest.raises(TaxonomyError, match="'roof' must be two capital letters"):
        Category("roof", code, "shingles")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([("pool", "AA", "one"), ("pool", "BB", "two")], "the name 'pool'"),
        ([("pool", "AA", "one"), ("Pool", "BB", "two")], "the name 'pool'"),
        ([("pool", "AA", "one"), ("roof", "AA", "two")], "the code 'AA'"),
    ],
)
def test_two_categories_of_one_name_or_one_code_are_refused(rows: list[tuple[str, str, str]], problem: str) -> None:
    with pytest.raises(TaxonomyError, match=problem):
        Taxonomy.of(rows)


def test_a_bad_category_is_caught_as_any_error_of_the_routers() -> None:
    with pytest.raises(RouterError):
        Taxonomy.of([("none", "AA", "everything else")])
