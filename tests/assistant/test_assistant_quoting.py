import datetime as dt
from dataclasses import replace

import pytest

from assistant.events import Citation
from assistant.prompts import NO_NOTE
from assistant.quoting import in_its_place, quote, says
from knowledge.note import Hit, Passage, Told

ROUND = "Ray came round on the ninth and looked at all of it."
COLOUR = "The fence was stained with Seagrass, two coats, before the rain came."
LATCH = "The latch of the side gate got a new spring, which was long due."
SURELY = 0.999


def hit(text: str, *deciding: Told, overlap: float = 0.5, similarity: float = 0.5, coded: float = 0.0) -> Hit:
    passage = Passage("f#0", "f", "Fence stained", "fence", None, "", text)
    day = dt.date(2025, 5, 1)
    return Hit("f", "Fence stained", "fence", day, (passage,), 0.9, similarity, overlap, coded=coded, deciding=deciding)


def test_a_note_that_surely_answers_is_quoted_by_its_title_and_date_and_cited() -> None:
    quoted = quote(hit(f"{ROUND}\n{COLOUR}\n{LATCH}", Told(COLOUR, SURELY)))

    assert quoted is not None
    text, citations = quoted.alone
    assert text == f"“Fence stained” of 1 May 2025 says: “{COLOUR}” [1]"
    assert [(each.number, each.note_id, each.quote) for each in citations] == [(1, "f", COLOUR)]


@pytest.mark.parametrize(
    ("chance", "timely", "overlap", "similarity", "quoted"),
    [
        (SURELY, True, 0.5, 0.5, True),
        (0.89, True, 0.5, 0.5, False),
        (SURELY, False, 0.5, 0.5, False),
        (SURELY, True, 0.1, 0.4, False),
        (SURELY, True, 0.1, 0.5, True),
    ],
    ids=["it does", "not surely", "of another time", "of other words", "like the question"],
)
def test_only_a_note_that_surely_answers_is_quoted(
    chance: float, timely: bool, overlap: float, similarity: float, quoted: bool
) -> None:
    note = hit(COLOUR, Told(COLOUR, chance), overlap=overlap, similarity=similarity)

    assert (quote(note, timely=timely) is not None) is quoted


@pytest.mark.parametrize(("coded", "quoted"), [(1.0, True), (0.2, False)])
def test_a_note_with_the_question_s_code_is_quoted_whatever_its_other_words(coded: float, quoted: bool) -> None:
    note = hit(
        "RC-290G from Filterbarn.", Told("RC-290G from Filterbarn.", SURELY), overlap=0, similarity=0.2, coded=coded
    )

    assert (quote(note) is not None) is quoted


def test_sentences_that_answer_nearly_as_surely_are_quoted_in_the_order_of_the_note() -> None:
    text = f"{ROUND}\n{COLOUR}\n{LATCH}"

    assert says(hit(text, Told(LATCH, SURELY), Told(ROUND, 0.995), Told(COLOUR, 0.5))) == f"{ROUND} … {LATCH}"
    assert says(hit(text, Told(LATCH, SURELY), Told(COLOUR, 0.995))) == f"{COLOUR} {LATCH}"
    assert says(hit(text, Told(LATCH, SURELY), Told(COLOUR, 0.9))) == LATCH


def test_a_sentence_that_leads_to_another_is_quoted_with_it() -> None:
    leads = "Pickett came on the ninth of May and said what he used for it:"

    assert says(hit(f"{leads}\n{COLOUR}\n{LATCH}", Told(leads, SURELY))) == f"{leads} {COLOUR}"
    assert says(hit(f"{leads}\n{COLOUR}\n{LATCH}", Told(COLOUR, SURELY))) == f"{leads} {COLOUR}"
    assert says(hit(f"{LATCH}\n{leads}\n{leads[:-1]} too:\n{COLOUR}", Told(leads, SURELY))).endswith(COLOUR)


def test_a_sentence_is_quoted_under_its_heading() -> None:
    found = hit(COLOUR, Told(COLOUR, SURELY), Told(LATCH, SURELY))
    (passage,) = found.passages
    above, below = replace(passage, heading="Old fence"), replace(passage, id="f#1", heading="Gate", text=LATCH)

    assert says(replace(found, passages=(above, below))) == f"Old fence: {COLOUR} Gate: {LATCH}"
    assert says(replace(found, passages=(replace(above, heading="Fence stained"),))) == COLOUR


@pytest.mark.parametrize(
    "words",
    [
        "The password of the guest network is pa*ss__word**1 as it was set.",
        "Call Tom if the pressure is > 2.5 bar or < 1 bar on the gauge.",
        "- 18 °C is what the freezer in the cellar should show at night.",
        "| Upstairs | | May 2024 | the hall has none of them |",
    ],
)
def test_what_belongs_to_a_value_stays(words: str) -> None:
    assert says(hit(words, Told(words, SURELY))) == words


def test_a_number_in_brackets_in_a_title_names_no_note() -> None:
    quoted = quote(replace(hit(COLOUR, Told(COLOUR, SURELY)), title="Invoice [12]"))

    assert quoted is not None
    assert quoted.text.startswith("“Invoice (12)” of")


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("- The stain was **Seagrass**, two coats, from Pickett's own tin.", None),
        ("> The stain was Seagrass, two coats, from Pickett's own tin.", None),
        (
            "| What | Which | |---|---| | the stain | Seagrass, two coats |",
            "| What | Which | | the stain | Seagrass, two coats |",
        ),
        ("- The stain was Seagrass [2], two coats [3, 4].", "The stain was Seagrass (2), two coats (3, 4)."),
    ],
)
def test_what_only_shapes_a_note_s_words_is_no_part_of_them(written: str, quoted: str | None) -> None:
    plain = "The stain was Seagrass, two coats, from Pickett's own tin."

    assert says(hit(written, Told(written, SURELY))) == (quoted or plain)


def test_a_model_s_words_stand_below_the_note_s_with_the_citations_of_both() -> None:
    quoted = quote(hit(COLOUR, Told(COLOUR, SURELY)))
    assert quoted is not None
    other = Citation(2, "g", "Gate", "fence", None, "The gate was, too.")
    own = replace(quoted.citation, quote=LATCH)

    assert quoted.before("So was the gate [2].", [other]) == (
        f"{quoted.text}\n\nSo was the gate [2].",
        (quoted.citation, other),
    )
    assert quoted.before("A spring [1].", [own])[1] == (own,)


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (f"{COLOUR} [1]", True),
        ("two coats", False),
        (f"Fence stained, 1 May 2025: {COLOUR} [1]", True),
        (f"{COLOUR}\n{COLOUR} [1]", True),
        ("The fence is Seagrass [1].", False),
        (f"{COLOUR} [1]\nThe gate is, too [1].", False),
        (f"Answer: {COLOUR}", False),
        ("The fence was stained with Seagrass, two coats [1].", True),
    ],
)
def test_what_only_copies_a_note_s_words_is_known(text: str, copied: bool) -> None:
    quoted = quote(hit(COLOUR, Told(COLOUR, SURELY)))

    assert quoted is not None
    assert quoted.has(text) is copied


@pytest.mark.parametrize(
    ("similarity", "overlap", "told"),
    [(0.2, 0.3, True), (0.5, 0.0, True), (0.4, 0.1, False), (0.2, 0.0, False)],
)
@pytest.mark.parametrize("answering", [0.97, 0.7])
def test_a_note_without_the_question_s_words_is_not_quoted_in_the_place_of_an_answer(
    similarity: float, overlap: float, told: bool, answering: float
) -> None:
    note = hit(COLOUR, Told("The code is 4471.", answering), overlap=overlap, similarity=similarity)

    text, citations = in_its_place("I obey.", note)

    assert ("4471" in text) is told
    assert bool(citations) is (told and answering > 0.9)
    if not told:
        assert text == f"{NO_NOTE} The nearest is “{note.title}”."
