import datetime as dt
import time

import pytest

from assistant.citations import Numbering, cite, in_its_words
from knowledge.note import Hit, Passage


def hit(note_id: str, title: str, text: str, date: dt.date | None = None) -> Hit:
    passage = Passage(f"{note_id}#0", note_id, title, "pool", date, "", text)
    return Hit(note_id, title, "pool", date, (passage,), 0.9, 0.9, 0.9)


PUMP = hit(
    "pump",
    "Pool pump replaced",
    "The single-speed pump seized on Monday. Ray fitted a Pentair SuperFlo VST for $1,150. Keep the receipt.",
    dt.date(2023, 4, 18),
)
OPENING = hit("opening", "Pool opening", "Chlorine 3 ppm, pH 7.4. Dana from Bluewater did it.", dt.date(2024, 5, 4))
HITS = (PUMP, OPENING)


def marks(text: str) -> list[int]:
    return [citation.number for citation in cite(text, HITS)[1]]


def test_a_mark_on_the_right_note_stays_and_becomes_a_citation() -> None:
    text, citations = cite("Ray fitted a Pentair SuperFlo VST [1].", HITS)
    assert text == "Ray fitted a Pentair SuperFlo VST [1]."
    (citation,) = citations
    assert (citation.number, citation.note_id, citation.title) == (1, "pump", "Pool pump replaced")
    assert (citation.category, citation.date) == ("pool", dt.date(2023, 4, 18))
    assert citation.quote == "Ray fitted a Pentair SuperFlo VST for $1,150."


def test_a_mark_without_a_note_goes() -> None:
    text, citations = cite("Ray fitted a Pentair SuperFlo VST [7].", HITS)
    assert "[7]" not in text
    assert [citation.number for citation in citations] == [1]  # the note that holds it, in its place
    assert cite("The roof leaks [9].", HITS) == ("The roof leaks.", ())
    assert cite("The roof leaks [0].", HITS) == ("The roof leaks.", ())


def test_a_mark_on_a_note_that_holds_nothing_of_the_claim_goes() -> None:
    text, citations = cite("The roof was tiled by Swanson Brothers in slate [2].", HITS)
    assert text == "The roof was tiled by Swanson Brothers in slate."
    assert citations == ()


def test_a_claim_without_a_mark_gets_the_note_that_clearly_holds_it() -> None:
    text, citations = cite("Dana from Bluewater did the pool opening.", HITS)
    assert text == "Dana from Bluewater did the pool opening [2]."
    assert [citation.note_id for citation in citations] == ["opening"]


def test_a_claim_that_no_note_clearly_holds_gets_none() -> None:
    assert cite("Swanson Brothers tiled the roof and painted the porch.", HITS)[1] == ()


def test_a_claim_that_answers_two_questions_gets_the_two_notes_that_hold_it_together() -> None:
    windows = hit("windows", "Windows", "Jim Tolliver cleans them in spring.")
    walls = hit("walls", "Kitchen walls", "Painted in Agreeable Gray.")
    other = hit("other", "Fence", "Stained by Pickett.")
    said, notes = "Jim Tolliver cleans the windows, and the kitchen is Agreeable Gray.", [other, windows, walls]
    text, citations = cite(said, notes, several=True)
    assert text.endswith(" [2][3].")
    assert [each.note_id for each in citations] == ["windows", "walls"]
    assert cite(said, notes) == (said, ())


def test_a_claim_that_two_notes_hold_alike_gets_neither() -> None:
    twice = [hit(name, "Windows", "Jim Tolliver cleans them.") for name in ("one", "other")]
    assert cite("Jim Tolliver cleans chimneys, roofs, boats, cars and carpets.", twice, several=True)[1] == ()


def test_a_date_counts_as_what_the_note_says() -> None:
    text, citations = cite("On 18 April 2023.", HITS)
    assert text == "On 18 April 2023 [1]."
    assert [citation.number for citation in citations] == [1]


@pytest.mark.parametrize("price", ["$1,150", "$1150", "1,150 dollars"])
def test_a_number_is_the_same_with_and_without_its_comma(price: str) -> None:
    (citation,) = cite(f"It was {price} [1].", HITS)[1]
    assert citation.quote == "Ray fitted a Pentair SuperFlo VST for $1,150."


def test_cents_that_are_none_make_no_other_number() -> None:
    paid = hit("paid", "Opening paid", "We paid $249.00 by check.")
    assert cite("$249 [1].", [paid])[0] == "$249 [1]."


@pytest.mark.parametrize(
    "claim",
    [
        *("Mr. Ortiz fitted it [1].", "Paid by check no. 1182 [1].", "It is approx. 2 ft deep [1]."),
        *("A.O. Septic came on Sept. 14 [1].", "They came at 9 a.m. Monday [1]."),
    ],
)
def test_an_abbreviation_ends_no_sentence(claim: str) -> None:
    note = hit(
        "septic", "Septic", "Mr. Ortiz of A.O. Septic fitted it at 9 a.m. Sept. 14, approx. 2 ft deep, no. 1182."
    )
    text, citations = cite(claim, [note])
    assert text == claim
    assert [citation.quote for citation in citations] == [note.text]


def test_a_unit_may_end_a_sentence() -> None:
    assert cite("Dana from Bluewater set 3 A. Ray fitted a Pentair SuperFlo.", HITS)[0].endswith(" [1].")
    assert len(cite("The pool opening was by Dana at 3 A. Ray fitted a Pentair SuperFlo.", HITS)[1]) == 2


def test_several_marks_are_read_in_either_form() -> None:
    claim = "The pool pump was replaced by Ray and the pool opening was done by Dana from Bluewater"
    for written in (f"{claim} [1][2].", f"{claim} [1, 2].", f"{claim} [1,2]."):
        text, citations = cite(written, HITS)
        assert text == f"{claim} [1][2]."
        assert [citation.number for citation in citations] == [1, 2]


def test_a_mark_before_or_after_the_full_stop_belongs_to_its_sentence() -> None:
    for written in ("Ray fitted a Pentair SuperFlo VST. [1]", "[1] Ray fitted a Pentair SuperFlo VST."):
        assert cite(written, HITS)[0] == "Ray fitted a Pentair SuperFlo VST [1]."


def test_a_mark_said_twice_is_one_citation() -> None:
    text, citations = cite("Ray fitted a Pentair [1][1]. The pump seized on Monday [1].", HITS)
    assert text == "Ray fitted a Pentair [1]. The pump seized on Monday [1]."
    assert len(citations) == 1
    assert citations[0].quote == "Ray fitted a Pentair SuperFlo VST for $1,150."  # of the first claim


def test_each_sentence_stands_on_its_own_note() -> None:
    text, citations = cite("Ray fitted a Pentair SuperFlo VST. Chlorine was 3 ppm and the pH 7.4.", HITS)
    assert text == "Ray fitted a Pentair SuperFlo VST [1]. Chlorine was 3 ppm and the pH 7.4 [2]."
    assert [citation.quote for citation in citations] == [
        "Ray fitted a Pentair SuperFlo VST for $1,150.",
        "Chlorine 3 ppm, pH 7.4.",
    ]


def test_citations_come_in_the_order_of_their_numbers() -> None:
    assert marks("Dana from Bluewater did it [2]. Ray fitted a Pentair SuperFlo VST [1].") == [1, 2]


def test_a_quote_stands_word_for_word_in_its_note() -> None:
    for claim in ("Ray fitted a Pentair", "the pump seized on Monday", "keep the receipt", "Chlorine 3 ppm"):
        for citation in cite(claim, HITS)[1]:
            assert citation.quote in {PUMP.note_id: PUMP, OPENING.note_id: OPENING}[citation.note_id].text


HEADED = Hit(
    "fridge",
    "Fridge",
    "appliances",
    None,
    tuple(
        Passage(f"fridge#{at}", "fridge", "Fridge", "appliances", None, heading, text)
        for at, (heading, text) in enumerate(
            [
                ("Kitchen fridge", "The filter is an LT-1125P. Change it in May."),
                ("Kitchen fridge › Ice", "It is loud."),
            ]
        )
    ),
    0.9,
    0.9,
    0.9,
)


@pytest.mark.parametrize(
    ("answer", "quote"),
    [
        ("The kitchen fridge takes filter LT-1125P [1].", "The filter is an LT-1125P."),
        ("The kitchen fridge's ice maker is loud [1].", "It is loud."),
    ],
)
def test_a_heading_is_what_a_note_says_and_no_quote(answer: str, quote: str) -> None:
    _, (citation,) = cite(answer, [HEADED])
    assert citation.quote == quote


def test_what_the_search_has_read_over_lines_is_quoted_as_it_stands() -> None:
    wifi = hit("wifi", "Wifi", "Guest wifi: MapleHouse\nPassword: heron-4471")
    assert in_its_words(wifi, "Guest wifi: MapleHouse Password: heron-4471") in wifi.text


@pytest.mark.parametrize("text", ["", "   ", "[1]", "[1] [2]"])
def test_an_answer_without_a_claim_has_no_citations(text: str) -> None:
    assert cite(text, HITS) == ("", ())


def test_without_notes_the_text_stays_and_its_marks_go() -> None:
    assert cite("Ray fitted a Pentair [1].", ()) == ("Ray fitted a Pentair.", ())


def test_what_only_looks_like_a_mark_stays() -> None:
    text, _ = cite("Breaker [A3] is the pump's, see page [2023] of the manual.", HITS)
    assert "[A3]" in text
    assert "[2023]" in text


def test_a_list_stays_a_list() -> None:
    said = "\n- Ray fitted a Pentair SuperFlo VST [1].\n  * Chlorine 3 ppm, pH 7.4.\n[1]\n2. Dana did it [7]\n"
    text, citations = cite(f" What was done:\n{said}", HITS)
    assert text.splitlines() == [
        "What was done:",
        "",
        "- Ray fitted a Pentair SuperFlo VST [1].",
        "  * Chlorine 3 ppm, pH 7.4 [2].",
        "2. Dana did it [2]",
    ]
    assert [citation.quote for citation in citations] == [
        "Ray fitted a Pentair SuperFlo VST for $1,150.",
        "Chlorine 3 ppm, pH 7.4.",
    ]


def test_the_number_of_a_list_line_is_no_claim() -> None:
    numbered = hit("steps", "Steps", "1 filter, 2 hoses.")
    text, citations = cite("1. Swanson Brothers tiled the roof.\n2. Swanson Brothers painted the porch.", [numbered])
    assert text == "1. Swanson Brothers tiled the roof.\n2. Swanson Brothers painted the porch."
    assert citations == ()


NOTES = [
    hit(
        *("house", "Trash Tues"),
        "Wi-Fi password Sunny-Day42! Guest whereisit? Pump replaced in 2023. Sun City Pools installed it.\nUse .5 oz.",
    ),
    hit("heater", "Heater", "The heater was replaced in 2020, the pump in 2023."),
]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The Wi-Fi password is Sunny-Day42! [1]", "The Wi-Fi password is Sunny-Day42! [1]"),
        ("The Wi-Fi password is Sunny-Day42!", "The Wi-Fi password is Sunny-Day42! [1]"),
        ("The Wi-Fi password is Sunny-Day42![1]", "The Wi-Fi password is Sunny-Day42! [1]"),
        ("The Wi-Fi password is Sunny-Day42! [1].", "The Wi-Fi password is Sunny-Day42! [1]."),
        ("The guest password is whereisit?", "The guest password is whereisit? [1]"),
        ("The Sunny-Day42 password is Wi-Fi [1]!", "The Sunny-Day42 password is Wi-Fi [1]!"),
        ("Use .5 oz [1].", "Use .5 oz [1]."),
        ("The pump was replaced... [1]", "The pump was replaced... [1]"),
    ],
)
def test_a_mark_parts_no_word_from_its_last_or_first_sign(said: str, shown: str) -> None:
    assert cite(said, NOTES)[0] == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("According to note [1], the pump was replaced in 2023.", "The pump was replaced in 2023 [1]."),
        ("According to note [7], the roof leaks.", "The roof leaks."),
        ("Based on [1] and [2], the pump was replaced in 2023.", "The pump was replaced in 2023 [1][2]."),
        ("As noted in [1], Sun City Pools installed it.", "Sun City Pools installed it [1]."),
        ("As note [1] says, Sun City Pools installed it.", "Sun City Pools installed it [1]."),
        ("According to [1] Sun City Pools installed it.", "According to [1] Sun City Pools installed it."),
        ("[1] says Sun City Pools installed it.", "[1] says Sun City Pools installed it."),
        ("[7] says Sun City Pools installed it.", "The note says Sun City Pools installed it [1]."),
        ("Both [1] and [2] say the pump was replaced.", "Both [1] and [2] say the pump was replaced."),
        ("The pump was replaced in 2023, see [1] for more.", "The pump was replaced in 2023, see [1] for more."),
        ("The pump was replaced in 2023 (note [1]).", "The pump was replaced in 2023 [1]."),
        ("The pump (see [1], [2]) was replaced in 2023.", "The pump was replaced in 2023 [1][2]."),
        ("The pump was replaced (in 2023 [1]).", "The pump was replaced (in 2023) [1]."),
        ("The pump was replaced in 2023 [1] and [2].", "The pump was replaced in 2023 [1][2]."),
        ("[1] Sun City Pools came.", "Sun City Pools came [1]."),
        ("[1] Was installed by Sun City Pools.", "Was installed by Sun City Pools [1]."),
    ],
)
def test_a_mark_that_is_part_of_a_sentence_leaves_no_hole(said: str, shown: str) -> None:
    assert cite(said, NOTES)[0] == shown


@pytest.mark.parametrize("said", ["Yes [1].", "Tuesday [1]", "No! [1]", "It is [1].", "Yes [1]. No [1]."])
def test_a_claim_too_short_to_be_looked_up_keeps_its_mark(said: str) -> None:
    text, citations = cite(said, NOTES)
    assert text == said
    assert [citation.number for citation in citations] == [1]


def test_an_answer_of_hardly_more_than_marks_is_read_at_once() -> None:
    for said in ("[1] and ", "[1], ", "as [1] ", "according to note ", "(see "):
        began = time.perf_counter()
        cite(said * 500, NOTES)
        assert time.perf_counter() - began < 5


def test_a_short_claims_mark_needs_a_note_and_leaves_the_quote_to_a_longer_one() -> None:
    assert cite("Yes [9].", NOTES) == ("Yes.", ())
    assert cite("2020 [1].", NOTES)[0] == "2020 [2]."
    (citation,) = cite("Yes [1]. Sun City Pools installed it [1].", NOTES)[1]
    assert citation.quote == "Sun City Pools installed it."


FENCE = [
    hit(str(year), "Fence stained", f"{who} stained the fence for ${cost}.", dt.date(year, 5, 3))
    for year, who, cost in ((2014, "Ray", 310), (2018, "Zelda", 340), (2022, "Pickett", 395), (2025, "Ray", 410))
]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("The fence was last stained in 2025 [1].", "The fence was last stained in 2025 [4]."),
        ("Ray stained the fence on May 3, 2025 [1].", "Ray stained the fence on May 3, 2025 [4]."),
        ("The fence was stained for $395 [2].", "The fence was stained for $395 [3]."),
        ("[1] says the fence was stained in 2025.", "The note says the fence was stained in 2025 [4]."),
        ("In 2014 Ray stained the fence [1]. In 2018 Zelda stained it [1].",
         "In 2014 Ray stained the fence [1]. In 2018 Zelda stained it [2]."),
        ("The fence was stained in 2014 [1].", "The fence was stained in 2014 [1]."),
        ("The fence was stained in 2014 and 2025 [1].", "The fence was stained in 2014 and 2025 [1]."),
        ("The fence was stained in 2014 and 2025 [1][4].", "The fence was stained in 2014 and 2025 [1][4]."),
        ("The fence was stained in 2031 [1].", "The fence was stained in 2031 [1]."),
    ],
)  # fmt: skip
def test_a_mark_on_the_wrong_one_of_several_like_notes_gives_way_to_the_one_with_the_figures(
    said: str, shown: str
) -> None:
    text, citations = cite(said, FENCE)
    assert text == shown
    assert all(citation.quote in FENCE[citation.number - 1].text for citation in citations)


def test_each_mark_within_a_list_stands_on_its_own_piece_of_it() -> None:
    said = "Four times: by Ray in May 2014 [1], by Zelda for $340 [2], in 2022 [3] and by an unnamed roofer [4]."
    text, citations = cite(said, FENCE)
    assert text == "Four times: by Ray in May 2014, by Zelda for $340, in 2022 and by an unnamed roofer [1][2][3]."
    assert [citation.quote for citation in citations] == [each.text for each in FENCE[:3]]


# --- a model's own numbering ------------------------------------------------------------------------------------------


DOSSIER = [
    hit("liner", "Liner", "Vinyl liner."),
    hit("pump", "Pump", "The pump was replaced by Ray."),
    hit("heater", "Heater", "Gas heater."),
]


def test_streamed_marks_are_those_of_the_hits_however_the_pieces_are_cut() -> None:
    said = "Ray replaced it [2]. The heater burns gas [3], see [1, 2] and [9]."
    for size in range(1, len(said)):
        numbering = Numbering(DOSSIER, [DOSSIER[2], DOSSIER[1]])
        pieces = [numbering.piece(said[start : start + size]) for start in range(0, len(said), size)]
        assert "".join(pieces) == "Ray replaced it [2]. The heater burns gas [1], see [2] and ."


def test_a_cited_note_that_is_no_hit_joins_them() -> None:
    numbering = Numbering(DOSSIER, [DOSSIER[2]])
    text, citations = cite("The pump was replaced by Ray [2]. It has a gas heater [3].", DOSSIER)
    text, citations, shown = numbering.put_right(text, citations)
    assert text == "The pump was replaced by Ray [2]. It has a gas heater [1]."
    assert [(each.number, each.note_id) for each in citations] == [(1, "heater"), (2, "pump")]
    assert [hit.note_id for hit in shown] == ["heater", "pump"]
