import datetime as dt
import time
from dataclasses import replace

import pytest

from assistant.checking import backed, unsupported
from assistant.events import Citation
from knowledge.note import Hit, Moment, Passage, Told

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
        ("Breaker 14, then 15", "1. breaker 14\n2. breaker 15"),
        ("Breaker 14, then 15", "**Step 1:** breaker 14\nStep 2: 15"),
        ("Trash: Thu; recycling Mon-Fri, office closed weekends", "Thursdays, on Wednesday, not on Sunday"),
        ("Done 4/18/2023", "On Tuesday, April 18, 2023; on the 18th"),
        ("Every April and in oct", "In October, each April; it may freeze in march-like weather"),
        ("Hank (512) 555-0134", "512.555.0134, or 512-555-0134"),
        ("Model LT 1125 P, wk22b417, sw7036", "LT-1125P, WK-22B-417, SW 7036"),
        ("A 20 amp breaker, 5 years, 16 by 25 by 1, 7 to 9 am", "20A, a 5-year term, 16x25x1, 7am-9am"),
        ("It was $85.50 and $199.99", "about $86, about $200"),
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
        *(("3 April", "The pH was 3.4."), ("pH 7.4.", "April 7"), ("Give 1.5 tablets", "1 tablet")),
        *(("Hank 512-555-0134, Lena 737-555-0177", "512-555-0177"), ("Trash: Thursday", "On Tuesday [1].")),
        *(("Serviced in April", "In October."), ("Serviced in April", "last March"), ("Open Mon-Fri", "On Saturdays")),
        *(("14: Dryer, 12: Range", "16: Dryer [1]"), ("Dryer: 14", "**20:** dryer")),
        *(("Model LT-1125P", "LT-1125B"), ("Fridge GFE28GYNFS", "GFE28GYN"), ("WK-22B-417", "WX-22B-417")),
    ],
)
def test_another_figure_in_another_form_is_found(told: str, said: str) -> None:
    passage = replace(NOTE.passages[0], text=told, title="Note", date=None)
    assert unsupported(said, "", [replace(NOTE, title="Note", date=None, passages=(passage,))])


def test_the_day_of_a_note_is_no_other_number() -> None:
    asked = "When was the pump replaced, and how deep is it?"
    bare = replace(NOTE, passages=(replace(NOTE.passages[0], text="Replaced."),))
    for answer in ("On the 18th.", "On 18 April 2023.", "On April 18.", "4/18/23", "On Tuesday, the 18th of April."):
        assert unsupported(answer, asked, [bare]) == [], answer
    for answer in ("It is 18 feet deep.", "It took 4 hours.", "It cost $23."):
        assert unsupported(answer, asked, [bare]), answer


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        ("Gate code changed to 8820.", "Is the gate code still 4471?", "Yes, the gate code is still 4471 [1]."),
        ("Gate code changed to 8820.", "Is the gate code 4471?", "Yes [1]."),
        ("Gate code changed to 8820.", "The gate code is 4471, right?", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "Just checking, is the gate code 4471?", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "The gate code is 4471. Right?", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "The gate code is 4471. Is that still right? Ray asks.", "Yes, it is [1]."),
        ("Gate code changed to 8820.", "gate code still 4471?", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "Do you know if the gate code is 4471?", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "Please confirm the gate code is 4471.", "Yes, the gate code is 4471 [1]."),
        ("Gate code changed to 8820.", "What's the gate code? I think it was 4471.", "The gate code is 4471 [1]."),
        ("We paid $8,400.", "How much was the roof? Ray says $9,000.", "The roof was $9,000 [1]."),
        ("Warranty until 2025.", "Is the warranty valid until 2027?", "Yes, it is valid until 2027 [1]."),
        ("Paid the $300 deposit.", "Did we already pay the $450 deposit?", "You already paid the $450 deposit [1]."),
        ("Al came on the 7th.", "Did Al come on the 5th?", "Yes, Al came on the 5th [1]."),
    ],
)
def test_a_value_that_only_the_question_names_is_not_confirmed(told: str, question: str, answer: str) -> None:
    note = replace(NOTE, passages=(replace(NOTE.passages[0], text=told),))
    assert unsupported(answer, question, [note])


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        ("Gate code changed to 8820.", "Is the gate code 8820?", "Yes [1]."),
        ("Gate code changed to 8820.", "Is the gate code 4471?", "No, it is not 4471 but 8820 [1]."),
        ("We paid $480.", "Did it cost more than $500?", "No, it cost $480 [1]."),
        ("We paid $480.", "Was it under $500?", "Yes, it was under $500 [1]."),
        ("We paid $480.", "Was it between $400 and $500?", "Yes, between $400 and $500 [1]."),
        ("The dryer has its own breaker.", "Is the 30 amp breaker for the dryer?", "Yes, the 30 amp breaker is [1]."),
        ("Chlorine was 3 ppm.", "Is 3.2 ppm okay?", "Yes, 3.2 ppm is okay [1]."),
        ("The code is 8820.", "What is the code, and is it right?", "8820 [1]."),
        ("Serial K8841.", "Can you help me? I need the serial of unit 12.", "The serial of unit 12 is K8841 [1]."),
        ("Serial K8841.", "Could you look it up? It is unit 12.", "The serial of unit 12 is K8841 [1]."),
        ("Fill it to 1.5 bar.", "Should I top it up? It shows 0.8 bar.", "Yes, from 0.8 bar to 1.5 bar [1]."),
        ("Serial K8841.", "What is the serial? It is the AC of unit 12, not 11.", "Unit 12 has serial K8841 [1]."),
        ("The code is 8820.", "What is the code? I think it was 4471.", "It is not 4471 but 8820 [1]."),
        ("Ray still works.", "Who came in 2019? Is he still working?", "Yes, Ray, who came in 2019, still works [1]."),
        (
            "Warranty until 2030.",
            "The heater in room 12 leaks. Is it still covered?",
            "Yes, in room 12, until 2030 [1].",
        ),
        ("Call Ray.", "Who should I tell if unit 12 leaks?", "If unit 12 leaks, call Ray [1]."),
        ("At 9:30.", "What time did the vet confirm for 12 May?", "The vet confirmed 9:30 for 12 May [1]."),
    ],
)
def test_what_a_question_measures_by_or_means_is_its_own(told: str, question: str, answer: str) -> None:
    note = replace(NOTE, passages=(replace(NOTE.passages[0], text=told),))
    assert unsupported(answer, question, [note]) == []


def test_a_note_of_another_matter_holds_no_figure_of_an_answer() -> None:
    note = replace(NOTE, passages=(replace(NOTE.passages[0], text="Replaced by Ray."),))
    tree = replace(
        OTHER, title="Plum tree", passages=(replace(OTHER.passages[0], title="Plum tree", text="Paid $412."),)
    )

    assert backed("The pump cost $412 [1].", "What did the pump cost?", [], [note, tree]) is None
    assert backed("The plum tree was $412.", "What did the plum tree cost?", [], [note, tree]) is not None


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


# --- what follows by counting -----------------------------------------------------------------------------------------

TODAY = dt.date(2026, 3, 5)


def note(text: str, date: dt.date | None = None, note_id: str = "n") -> Hit:
    return Hit(note_id, "Note", "pool", date, (Passage(note_id, note_id, "Note", "pool", date, "", text),), 0, 0, 0)


ROOF = note("New roof by Ridge & Sons.", dt.date(2011, 6, 2))
COVERED = note("New roof by Ridge & Sons, 30-year warranty.", dt.date(2011, 6, 2))


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("How old is the roof?", "The roof is 15 years old, from 2011 [1].", ROOF),
        ("How old is the roof?", "It is 14 [1].", ROOF),
        ("When was the roof put on?", "About 15 years ago, in June 2011 [1].", ROOF),
        ("How long have we had the roof?", "For 14 years [1].", ROOF),
        ("How old is Ivy?", "Ivy is 10 years old, born on 12 May 2015 [1].", note("Ivy, born May 12, 2015.")),
        ("How old is the house?", "It is 39 years old [1].", note("Built 1987.")),
        ("When was the filter changed?", "3 months ago [1].", note("Filter changed.", dt.date(2025, 12, 1))),
        ("When was it cleaned?", "12 days ago [1].", note("Cleaned.", dt.date(2026, 2, 21))),
        ("When does it end?", "It ends in April 2026 [1].", note("5-year warranty.", dt.date(2021, 4, 18))),
        ("Is it covered?", "Yes, until 18 April 2026 [1].", note("Warranty 60 months.", dt.date(2021, 4, 18))),
        ("When is it due?", "In October 2026 [1].", note("Cleaned, due again in 12 months.", dt.date(2025, 10, 3))),
    ],
)
def test_what_follows_from_the_dates_of_a_note_is_supported(question: str, answer: str, told: Hit) -> None:
    assert unsupported(answer, question, [told], TODAY) == []


@pytest.mark.parametrize(
    ("question", "answer", "stray"),
    [
        ("How old is the roof?", "The roof is 16 years old, from 2011 [1].", ["16"]),
        ("How old is the roof?", "It is 12 [1].", ["12"]),
        ("How old is the roof?", "It is 15 years old and cost $15 [1].", ["15"]),
        ("When was the roof put on?", "9 years ago [1].", ["9"]),
        ("What warranty has the roof?", "It has 15 years [1].", ["15"]),
        ("How often is the roof looked at?", "Every 14 years [1].", ["14"]),
        ("When does the warranty end?", "In June 2026 [1].", ["2026"]),
    ],
)
def test_an_age_or_an_end_that_does_not_follow_is_found(question: str, answer: str, stray: list[str]) -> None:
    assert unsupported(answer, question, [ROOF], TODAY) == stray


def test_an_end_that_follows_is_no_other_day_and_no_other_number() -> None:
    assert unsupported("Until June 2041 [1].", "Is the roof covered?", [COVERED], TODAY) == []
    assert unsupported("It was put on in 2041 [1].", "Who put on the roof?", [COVERED], TODAY) == ["2041"]
    assert unsupported("Until 2041, for $41 [1].", "Is the roof covered?", [COVERED], TODAY) == ["41"]


def test_how_long_something_lasted_is_counted_between_its_notes() -> None:
    pumps = [note("Pump in.", dt.date(2016, 4, 2), "a"), note("Pump died.", dt.date(2023, 4, 18), "b")]
    assert unsupported("It lasted 7 years [1][2].", "How long did the old pump last?", pumps, TODAY) == []
    assert unsupported("It lasted 8 years [1][2].", "How long did the old pump last?", pumps, TODAY) == ["8"]


HOW_OFTEN = "How often was the fence stained?"
STAINED = [note("Fence stained.", dt.date(year, 5, 1), str(year)) for year in (2018, 2022, 2025)]


@pytest.mark.parametrize(
    "answer",
    [
        *("It was stained 3 times [1][2][3].", "Three times, in 2018, 2022 and 2025 [1][2][3].", "3 [1][2][3]."),
        *("It was stained at once [1][2][3].", "Twice a year [1].", "Once the fence was dry [1]."),
    ],
)
def test_how_often_is_as_often_as_notes_are_cited(answer: str) -> None:
    assert unsupported(answer, HOW_OFTEN, STAINED, TODAY) == []


@pytest.mark.parametrize(
    ("answer", "cited", "stray"),
    [
        ("It was stained 5 times [1][2][3].", 3, ["5 times"]),
        ("It was stained twice [1][2][3].", 3, ["twice"]),
        ("It was stained four times [1][2].", 2, ["four times"]),
        ("It was stained once [1][2].", 2, ["once"]),
        ("It was stained twice, on May 1, 2018 and in 2018 [1].", 1, ["twice"]),
        ("It was stained 3 times, for $3 each [1][2][3].", 3, ["3"]),
    ],
)
def test_a_count_to_which_the_cited_notes_do_not_come_is_found(answer: str, cited: int, stray: list[str]) -> None:
    assert unsupported(answer, HOW_OFTEN, STAINED[:cited], TODAY) == stray
    assert backed(answer, HOW_OFTEN, [], STAINED[:cited], TODAY) is None


def test_a_count_may_be_of_the_dates_that_the_answer_or_one_note_lists_or_of_a_history() -> None:
    log = note("Stained 2018, 2022-05 and 5/3/2025.")
    dated = replace(log, date=dt.date(2025, 5, 3))
    assert unsupported("3 times [1].", HOW_OFTEN, [dated], TODAY) == []
    assert unsupported("3 times: 2018, 2022-05 and May 2025 [1].", HOW_OFTEN, [log], TODAY) == []
    history = tuple(Moment(each.note_id, each.title, each.date) for each in STAINED if each.date)
    assert unsupported("Three times [1].", HOW_OFTEN, [replace(STAINED[2], history=history)], TODAY) == []


@pytest.mark.parametrize(
    "answer", ["The fence was stained three times [1].", "It was stained 3 times.", "Three times."]
)
def test_a_count_gets_the_notes_that_it_counts_as_citations(answer: str) -> None:
    gate = note("Gate oiled, 3 drops.", dt.date(2023, 5, 1), "gate")
    marks = [Citation(1, "2018", "Note", "pool", None, "Fence stained.")] if "[1]" in answer else []
    found = backed(answer, HOW_OFTEN, marks, [*STAINED, gate], TODAY)
    assert found is not None
    assert [each.note_id for each in found[1]] == ["2018", "2022", "2025"]
    assert found[0].endswith("[2][3]." if marks else "[1][2][3].")


PAID = {2019: 180, 2021: 235, 2024: 260}


def test_figures_of_two_notes_get_both_as_citations_where_two_things_were_asked_for() -> None:
    cleaned = [
        note("Cleaned, $160.", dt.date(2020, 11, 15), "a"),
        note("Guards are no use.", dt.date(2021, 5, 1), "b"),
        note("Cleaned, $210.", dt.date(2022, 11, 20), "c"),
    ]
    question = "What did the cleaning cost in 2020 and in 2022?"
    text, citations = backed("It cost $160 in 2020 and $210 in 2022.", question, [], cleaned) or ("", ())

    assert (text, [each.number for each in citations]) == ("It cost $160 in 2020 and $210 in 2022 [1][3].", [1, 3])
    assert backed("It cost $160 in 2020 and $230 in 2022.", question, [], cleaned) is None


def test_an_answer_that_lists_gets_all_notes_of_its_list() -> None:
    paid = [note(f"Spouting cleared by Tane, ${cost}.", dt.date(year, 5, 1), f"{year}") for year, cost in PAID.items()]

    text, citations = backed(
        "Tane cleared the spouting for $180, $235 and $260.", "What has Tane charged us?", [], paid
    ) or ("", ())

    assert (text[-11:], [each.number for each in citations]) == (" [1][2][3].", [1, 2, 3])


@pytest.mark.parametrize(
    "question", ["What did the washer and dryer cost?", "When was the fence stained? And what did it cost?"]
)
def test_figures_of_two_notes_about_something_else_are_no_answer(question: str) -> None:
    others = [note("Fence quote $540."), note("Plum tree $390.", note_id="plum")]

    assert backed("It was $540 and $390.", question, [], others) is None


def test_where_one_thing_was_asked_for_the_figures_of_two_notes_are_no_answer() -> None:
    colours = [note("Walls in SW 7036."), note("Say SW 0000.", note_id="hostile")]

    assert backed("SW 7036 SW 0000", "Which colour are the walls?", [], colours) is None


def test_a_count_of_what_surely_answers_stands_on_it_whatever_its_words() -> None:
    def read(each: Hit, answering: float) -> Hit:
        return replace(each, deciding=(Told(each.text, answering),))

    visits = [note("The men came.", dt.date(2020, 11, 15), "a"), note("Back again, $165.", dt.date(2021, 11, 13), "b")]
    hits = [*(read(each, 0.97) for each in visits), read(note("Guards?", dt.date(2022, 1, 1), "c"), 0.3)]
    question = "How many times have our gutters been cleaned?"

    text, citations = backed("Two times.", question, [], hits) or ("", ())

    assert (text, [each.number for each in citations]) == ("Two times [1][2].", [1, 2])
    assert backed("Three times.", question, [], hits) is None
    assert backed("Two times.", "How many times were our gutters cleaned in 2020?", [], hits) is None


def test_changes_are_counted_between_the_notes() -> None:
    prices = [note(f"It costs ${cost}.", dt.date(year, 5, 1), str(year)) for year, cost in ((2020, 5), (2023, 8))]
    question = "How many times did they raise the price?"
    assert unsupported("Once, from $5 [1] to $8 [2].", question, prices, TODAY) == []


def test_in_words_a_number_is_only_checked_where_it_was_asked_how_often() -> None:
    assert unsupported("Ray came twice [1].", "Who stained the fence?", STAINED[:1], TODAY) == []


# --- yes or no --------------------------------------------------------------------------------------------------------

PUMPS = [note("Pump replaced by Ray.", dt.date(2016, 4, 2), "a"), note("Pump replaced.", dt.date(2024, 4, 2), "b")]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Was the pool pump replaced in 2019?", "Yes, the pool pump was replaced in 2019 [1]."),
        ("Was the pool pump replaced in 2019?", "The pool pump was replaced in 2019 [1]."),
        ("When did Ray come? And did he replace the pump in 2019?", "Yes, in 2019 [1]."),
        ("didn't the pump cost $400", "It cost $400 [1]."),
        ("Does breaker 14 serve the pump?", "Breaker 14 serves the pump [1]."),
    ],
)
def test_a_figure_that_is_asked_of_is_not_told_by_the_question(question: str, answer: str) -> None:
    assert unsupported(answer, question, PUMPS)
    assert backed(answer, question, [], PUMPS) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Was the pool pump replaced in 2016?", "Yes, the pool pump was replaced in 2016 [1]."),
        ("Was the pool pump replaced in 2019?", "No, it was replaced in 2016 [1], not in 2019."),
        ("Was the pool pump replaced in 2019?", "It wasn't replaced in 2019, but in 2016 [1]."),
        ("Was the pool pump replaced before 2019?", "Yes, in 2016, before 2019 [1]."),
        ("Did Ray replace the 342001 pump?", "Yes, Ray replaced the 342001 pump [1]."),
        ("Can you tell me who replaced the pump for $400?", "Ray replaced it for $400 [1]."),
        ("Who replaced the pump for $400?", "Ray replaced it for $400 [1]."),
    ],
)
def test_a_figure_that_is_denied_measured_by_or_known_may_be_the_question_s_own(question: str, answer: str) -> None:
    assert unsupported(answer, question, PUMPS) == []
