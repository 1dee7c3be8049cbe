import datetime as dt
import time
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


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Open from 09:00 to 17:30.", "From 9 AM to 5:30 pm."),
        ("Out by 7am; noon on Sundays.", "By 07:00, and at 12:00."),
        ("On at half past six, off at quarter to 8.", "On at 6:30, off at 7:45."),
        ("ab 14 Uhr", "From 2 pm."),
        ("The second coat, twice.", "The 2nd coat, 2 times."),
        ("Mix 1½ cups with half a gallon.", "1.5 cups with 1/2 gallon"),
        ("Mix 1.5 cups.", "1 1/2 cups"),
        ("Use .5 oz, two and a half turns", "0.5 oz and 2.5 turns"),
        ("twenty-five bricks, two dozen pickets, a hundred and fifty feet", "25 bricks, 24 pickets, 150 ft"),
        ("Quote: $12.5k", "$12,500"),
        ("1.150,00 EUR, davon 89,90 Anfahrt", "€1,150, of which €89.90"),
        ("1 250,00 €", "1250 euros"),
        ("Call 5125550134, serial 2203-7716", "(512) 555-0134 and 22037716"),
        ("Fertig am 3. Juni 2023, bis 12/2027", "On June 3, 2023, until December 2027"),
        ("Done 6/3/23, Sept 4 '22.", "Done on June 3, 2023 and September 4, 2022."),
        ("It was $85.50", "about $85"),
        ("Bella: heartworm due 6/1, rabies 9/15", "Heartworm June 1st, rabies is due September 15 [1]."),
        ("No trash pickup 12/25 and 1/1.", "Not on December 25 and January 1"),
        ("Camp drop-off 7/8, pick-up 7/12", "From July 8 to July 12"),
        ("Camp 7/8-7/12", "July 8 to 12"),
        ("MOT due 3/4, last one £54.85", "On 3 April; it was £54.85."),
        ("TÜV fällig 3.4., bezahlt", "3 April"),
        ("Rabies due September 15", "By 9/15."),
        ("Hall alarm exp 11/29", "It expires in November 2029."),
        ("warranty thru 03/27.", "Until March 2027"),
        ("exp 11-2029, filed 2031-06", "November 2029, and June 2031"),
        ("Roof 6/87", "June 1987"),
        ("Replaced 5-Sep-23", "On September 5, 2023"),
        ("Replaced Sep-23, warranty Mar/27", "In September 2023, until March 2027"),
        ("Gate code 4-7-1-9", "4719 [1]."),
        ("Gate 2: 0 7 1 9", "The code is 0719."),
        ("Alarm 1-2-3-4-5-6", "123456"),
        ("Code 4719", "Press 4-7-1-9."),
        ("Breaker 14, then 15", "**Step 1:** breaker 14\nStep 2: 15"),
    ],
)
def test_a_figure_is_the_same_in_other_words_or_another_form(told: str, said: str) -> None:
    passage = replace(NOTE.passages[0], text=told, title="Note", date=None)
    assert unsupported(said, "", [replace(NOTE, title="Note", date=None, passages=(passage,))]) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        *(("Paid $1,150.25", "$150"), ("Paid $1,150.25", "$25"), ("Paid $1,150.25", "$1")),
        *(("Open 09:00 to 17:00", "to 6 PM"), ("at 7:30 pm", "at 7:45 pm"), ("half a cup", "1/4 cup")),
        *(("twenty-five bricks", "35 bricks"), ("$12k", "$1,200"), ("1.284,50 EUR", "€284.50")),
        *(("512-555-0134", "5125550143"), ("5125550134", "512-555-0143"), ("3. Juni 2023", "3 July 2023")),
        *(("rabies 9/15", "October 15"), ("rabies 9/15", "September 16"), ("exp 11/29", "November 2028")),
        *(("exp 11/29", "December 2029"), ('3/4" pipe', "on April 3"), ("Code 4-7-1-9", "4791"), ("20-25 psi", "2025")),
        *(("Filter 9/15/2023", "September 2015"), ("5-Sep-23", "2022"), ("4, 7, 1 and 9 ft", "4719")),
        *(("3 April", "The pH was 3.4."), ("pH 7.4.", "April 7")),
    ],
)
def test_another_figure_in_another_form_is_found(told: str, said: str) -> None:
    passage = replace(NOTE.passages[0], text=told, title="Note", date=None)
    assert unsupported(said, "", [replace(NOTE, title="Note", date=None, passages=(passage,))])


def test_long_notes_full_of_numbers_are_read_at_once() -> None:
    for text in ("1 " * 9000, "twenty " * 4000, "1,111" * 2000, "9" * 9000 + " and a half, 1/2 k"):
        began = time.perf_counter()
        unsupported("It was $5.", text, [])
        assert time.perf_counter() - began < 5


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
