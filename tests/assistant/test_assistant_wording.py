import datetime as dt
from dataclasses import replace

import pytest

from assistant.prompts import NO_NOTE
from assistant.wording import agrees, declines, echoes, read_on, says_something, strays
from knowledge.note import Hit, Passage, Told


@pytest.mark.parametrize(
    "text",
    [
        "It was 160 € [1].",
        "The front lawn is zone A [1].",
        "It is breaker panel A [1]",
        "The blood type is A.",
        "Vitamin A",
        "Ray [1].",
    ],
)
def test_an_answer_may_end_in_a_capital_a(text: str) -> None:
    assert says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        *("[1].", "The gate code is [1].", "It is in a [1]", "Ray put in the [1].", "It Was [1]"),
        *("Ray charged [1].", "The price was $[1].", "The key is with [1]", "It was made of [1]."),
    ],
)
def test_an_answer_that_breaks_off_says_nothing(text: str) -> None:
    assert not says_something(text)


POOLS = "When did Ray's Pools replace the pump? And who serviced it?"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (POOLS, "Ray's Pools serviced the pump [1]."),
        (POOLS, "Ray's Pools replaced the pump [1]."),
        (
            "Was the pool pump replaced in 2019? When was the basket cleaned?",
            "The pool basket was cleaned in 2019 [1].",
        ),
        ("Who painted the front porch?", "Ray painted the front porch [1]."),
    ],
)
def test_what_another_sentence_of_the_question_names_may_answer_it(question: str, text: str) -> None:
    assert not echoes(text, question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Where is the sprinkler controller on the wall?", "The sprinkler controller is on the wall [1]."),
        ("When was the pool pump replaced? And who serviced it?", "The pool pump was serviced [1]."),
        ("When was the pool pump replaced? And who did it?", "The pool pump was replaced [1]."),
        ("when was the pool pump replaced by rays pools? and who did it?", "The pool pump was replaced [1]."),
        ("Can you tell me where the pool key is hanging?", "The pool key is hanging [1]."),
        ("hey, where is the pool key hanging", "The pool key is hanging [1]."),
        ("The pool key: where is it hanging?", "The pool key is hanging [1]."),
    ],
)
def test_what_only_repeats_the_question_or_what_it_leans_on_is_an_echo(question: str, text: str) -> None:
    assert echoes(text, question)


@pytest.mark.parametrize(
    "text",
    [
        "I have no notes about that.",
        "There is no note about that.",
        "I don't have a note about that.",
        "The notes do not say when the pump was replaced [1].",
        "The code is not mentioned in your notes.",
    ],
)
def test_a_model_may_decline_in_its_own_words(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        "The warranty does not include labour [1].",
        "The notes do not say, but in 2019 it was Ray [1].",
        "No, it has not been replaced [1].",
        "Ray took notes of the leak [1].",
    ],
)
def test_an_answer_that_denies_something_does_not_decline(text: str) -> None:
    assert not declines(text)


def test_an_answer_that_quotes_the_decline_beside_a_fact_does_not_decline() -> None:
    assert declines(NO_NOTE) and declines(f"Sorry, {NO_NOTE}")
    assert not declines(f"Ray replaced the pool pump in April 2023. {NO_NOTE[:-1]} costing more than that.")


def filter_of(floor: str, size: str, answering: float = 0.9) -> Hit:
    title, date, text = f"{floor} filter", dt.date(2019, 1, 19), f"Takes {size}. Arrow to the blower."
    passage = Passage(f"{floor}#0", floor, title, "hvac", date, "", text)
    return Hit(floor, title, "hvac", date, (passage,), 0.9, 0.9, 0.9, deciding=(Told(f"Takes {size}.", answering),))


UPSTAIRS, DOWNSTAIRS = filter_of("Upstairs", "16x25x1"), filter_of("Downstairs", "20x20x4")


@pytest.mark.parametrize("about", ["19 January 2019, hvac", "19 January 2019"])
def test_an_answer_of_headings_alone_is_read_on_to_what_answers_under_them(about: str) -> None:
    copied = f"- Upstairs filter ({about}) [1]\n- Downstairs filter ({about}) [2]."

    assert read_on(copied, [UPSTAIRS, DOWNSTAIRS]) == (
        "Upstairs filter, 19 January 2019: Takes 16x25x1. [1]\nDownstairs filter, 19 January 2019: Takes 20x20x4. [2]"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It takes 16x25x1 [1].",
        "Upstairs filter (19 January 2019, hvac) [1]\nThe other is 20x20x4 [2].",
        "Attic filter (19 January 2019, hvac) [1]",
    ],
)
def test_an_answer_that_says_anything_else_is_left_as_it_is(text: str) -> None:
    assert read_on(text, [UPSTAIRS, DOWNSTAIRS]) == text


def test_nothing_is_left_of_a_heading_under_which_no_sentence_is_likely_to_answer() -> None:
    copied = "Upstairs filter (19 January 2019, hvac) [1]"

    assert read_on(copied, [filter_of("Upstairs", "16x25x1", answering=0.2)]) == ""


PICKETS = Hit(
    "p", "Pickets again", "fence", dt.date(2023, 5, 28),
    (Passage("p#0", "p", "Pickets again", "fence", None, "", "Pickets redone in Seagrass, the old coat was chalky."),),
    0.9, 0.9, 0.9,
)  # fmt: skip
COLOUR = "What colour is the stain on the pickets these days?"


@pytest.mark.parametrize(
    "text",
    [
        "The stain on the pickets is now red [1].",
        "The stain on the pickets is Willow.",
        "Willow is the stain on the pickets (28 May 2023, fence) [1].",
    ],
)
def test_an_answer_strays_that_adds_no_word_of_a_note_to_its_question(text: str) -> None:
    assert strays(text, COLOUR, [PICKETS])


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (COLOUR, "The stain on the pickets is Seagrass [1]."),
        (COLOUR, "It is chalk-white, the coats were Seagrasses."),
        (COLOUR, "red"),  # one word is too little to tell a language by
        ("Welche Farbe hat der Zaun?", "Der Zaun ist meergrün gestrichen."),
        ("How often were the pickets painted?", "The pickets were painted twice."),
        ("When were the pickets done?", "It was in May [1]."),
        ("How often do the pickets need a coat?", "The pickets are to be coated yearly [1]."),
        ("Which is older, the pickets or the gate?", "The gate is older than the pickets."),
        ("Were the pickets done?", "Yes, it has happened."),
        ("How long are the pickets?", "The length is 48 inches."),  # figures are looked at elsewhere
        ("What did the pickets get?", "The pickets."),  # an echo, which is another matter
    ],
)
def test_an_answer_with_a_word_of_a_note_or_with_none_of_its_own_does_not_stray(question: str, text: str) -> None:
    assert not strays(text, question, [PICKETS])


def test_of_two_notes_with_one_heading_the_better_is_read_on_and_one_that_nobody_read_is_left() -> None:
    spares = replace(UPSTAIRS, note_id="spares", deciding=(Told("Ordered two spares.", 0.2),))
    copied = "Upstairs filter (19 January 2019, hvac) [1]"

    assert read_on(copied, [UPSTAIRS, spares]) == "Upstairs filter, 19 January 2019: Takes 16x25x1. [1]"
    assert read_on(copied, [replace(UPSTAIRS, deciding=())]) == copied


@pytest.mark.parametrize("title", ["Peinture : salon", "Heater ( old )", "*NEW* filter", "Filter, Ray's"])
def test_a_heading_is_known_however_its_title_is_written(title: str) -> None:
    titled = replace(UPSTAIRS, title=title)

    assert read_on(f"* {title} (19 January 2019). [1]", [titled]).endswith("Takes 16x25x1. [1]")


@pytest.mark.parametrize(
    ("text", "agreed"),
    [
        ("They are Seagrass [1].", True),
        ("They are stained [1].", True),
        ("Yes, the pickets are.", True),
        ("It is SW 7005 Pure White [1].", False),
        ("SW 7005 [1]", False),
        ("It says that they are red [1].", False),
        ("48 inches", True),
        ("They were done 2 years ago.", True),  # which follows from the date
        ("They are done yearly.", True),
    ],
)
def test_an_answer_agrees_with_a_note_that_has_one_of_its_words(text: str, agreed: bool) -> None:
    quoted = "Pickets 1 May 2025 The pickets were stained with Seagrass, 48 inches long."
    note = f"{quoted} The trim is SW 7005 Pure White."

    assert agrees(text, "Which colour are the pickets?", quoted, note) is agreed


@pytest.mark.parametrize(
    ("text", "question", "quoted"),
    [
        ("Der Zaun ist meergrün.", "Welche Farbe hat der Zaun?", "The pickets were stained with Seagrass."),
        ("The spare key is under the flowerpot.", "Where is the spare key?", "Er liegt unter dem Blumentopf."),
    ],
)
def test_in_another_language_than_the_note_s_an_answer_has_words_of_its_own(
    text: str, question: str, quoted: str
) -> None:
    assert agrees(text, question, quoted, quoted)
