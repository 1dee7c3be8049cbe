import datetime as dt
from dataclasses import replace

import pytest

from assistant.checking import backed, unsupported
from knowledge.note import Hit, Passage

TEXT = (
    "Ray fitted a SuperFlo VST, model 342001, for $1,150.00 plus 8.25 % tax; three-year warranty until 4/18/2026. "
    "Filter 16x25x4. Call (512) 555-0134."
)
NOTE = Hit(
    *("pump", "Pool pump replaced", "pool", dt.date(2023, 4, 18)),
    (Passage("p", "pump", "Pool pump replaced", "pool", dt.date(2023, 4, 18), "", TEXT),),
    *(0.9, 0.8, 0.7),
)


@pytest.mark.parametrize(
    "answer",
    [
        "It was replaced on 18 April 2023 for $1,150 [1].",
        "On April 18, 2023, for 1150.00 dollars.",
        "In Apr 2023, with a 3-year warranty until 18 April 2026.",
        "Model 342001, filter 16 x 25 x 4, 8.25% tax.",
        "You can reach him at 512-555-0134.",
        "He may have fitted it in 2023.",
        "1. The pump\n2. The filter",
        "In the 2019 remodel it was not mentioned.",  # the question's own
        "",
    ],
)
def test_what_the_notes_tell_is_supported_however_it_is_written(answer: str) -> None:
    assert unsupported(answer, "And before the 2019 remodel?", [NOTE]) == []


@pytest.mark.parametrize(
    ("answer", "stray"),
    [
        ("It was replaced on 19 April 2023.", ["19"]),
        ("It was replaced on 18 May 2023.", ["May"]),
        ("It cost $1,250.", ["1,250"]),
        ("It cost $1,150.50.", ["1,150.50"]),
        ("Two years ago, in 2021, by Ray [1].", ["2021"]),
        ("Model 342002.", ["342002"]),
    ],
)
def test_what_no_note_tells_is_found(answer: str, stray: list[str]) -> None:
    assert unsupported(answer, "When was the pump replaced?", [NOTE]) == stray


def test_without_notes_every_figure_is_stray() -> None:
    assert unsupported("It was 1987.", "When was it built?", []) == ["1987"]


OTHER = replace(NOTE, note_id="filter", title="Filter", passages=(replace(NOTE.passages[0], text="Grids\nPaid $412."),))


def test_a_figure_gets_the_hit_that_holds_it_as_a_citation() -> None:
    found = backed("They knocked off $412.", "How much?", [], [NOTE, OTHER])
    assert found is not None
    text, citations = found
    assert text == "They knocked off $412 [2]."
    assert [(each.number, each.note_id, each.quote) for each in citations] == [(2, "filter", "Paid $412.")]
    assert backed(text, "How much?", citations, [NOTE, OTHER]) == (text, citations)


def test_an_answer_without_figures_stays_and_one_with_stray_figures_does_not() -> None:
    assert backed("Ray did it.", "Who?", [], [NOTE]) == ("Ray did it.", ())
    assert backed("It was $413.", "How much?", [], [NOTE, OTHER]) is None
    assert backed("It was $412, with model 342001 and 77.", "How much?", [], [NOTE, OTHER]) is None


def test_a_figure_within_another_one_is_not_what_is_quoted() -> None:
    text = "48 A on a 60 A breaker, April 9, 2022. Serial 2203-7716.\n\nSchedule midnight to 6 am in the car."
    charger = Hit(
        "ev", "Charger", "electric", None, (Passage("p", "ev", "Charger", "electric", None, "", text),), 0, 0, 0
    )

    found = backed("It charges from midnight to 6 am.", "When?", [], [NOTE, charger])

    assert found is not None
    assert [each.quote for each in found[1]] == ["Schedule midnight to 6 am in the car."]
