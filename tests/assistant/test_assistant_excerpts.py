from dataclasses import replace

from assistant.excerpts import excerpt
from knowledge.note import Hit, Passage, Told

LINES = [f"Line {number} tells of the thing number {number} in seven words or more." for number in range(10)]
SURE = "The pump was replaced on the ninth by Ray for a good price."


def hit(*texts: str, best: tuple[str, ...] = (SURE,), headings: tuple[str, ...] = ("",) * 9) -> Hit:
    passages = tuple(
        Passage(f"n#{at}", "n", "Pump", "pool", None, heading, text)
        for at, (text, heading) in enumerate(zip(texts, headings, strict=False))
    )
    deciding = tuple(Told(sentence, 0.9 - 0.1 * at) for at, sentence in enumerate(best))
    return Hit("n", "Pump", "pool", None, passages, 0.9, 0.9, 0.9, deciding=deciding)


def test_of_a_long_note_the_best_sentence_is_shown_with_those_around_it() -> None:
    found = hit("\n".join([*LINES[:5], SURE, *LINES[5:]]))
    assert excerpt(found, 0).splitlines() == ["…", LINES[3], LINES[4], SURE, LINES[5], LINES[6]]
    assert excerpt(found, 1).splitlines() == ["…", LINES[4], SURE, LINES[5]]
    assert excerpt(found, 2).splitlines() == excerpt(found, 7).splitlines() == ["…", SURE]


def test_what_is_left_out_between_two_sentences_is_marked_and_neighbours_are_told_once() -> None:
    found = hit("\n".join([SURE, *LINES]), best=(LINES[8], SURE, LINES[9]))
    assert excerpt(found, 0).splitlines() == [SURE, LINES[0], LINES[1], "…", *LINES[6:]]


def test_headings_stand_above_what_is_shown_and_above_nothing_else() -> None:
    first, second = "\n".join(LINES[:4]), "\n".join([*LINES[4:], SURE])
    found = hit(first, second, headings=("Spring", "Autumn"))
    assert excerpt(found, 1).splitlines() == ["…", "# Autumn", LINES[9], SURE]


def test_a_sentence_that_two_passages_share_is_shown_once() -> None:
    found = hit("\n".join([*LINES[:3], SURE]), "\n".join([SURE, *LINES[3:]]))
    assert excerpt(found, 1).splitlines() == ["…", LINES[2], SURE, LINES[3]]
    assert excerpt(found, 2).splitlines() == ["…", SURE]


def test_sentences_of_passages_that_do_not_follow_on_each_other_are_no_neighbours() -> None:
    found = hit("\n".join([*LINES[:3], SURE]), "\n".join(LINES[3:]))
    first, second = found.passages
    apart = replace(found, passages=(first, replace(second, id="n#7")))
    assert excerpt(apart, 1).splitlines() == ["…", LINES[2], SURE]
    assert excerpt(replace(apart, deciding=(*found.deciding, Told(LINES[3], 0.2))), 2).splitlines() == [
        *("…", SURE),
        *("…", LINES[3]),
    ]


def test_a_short_note_is_shown_as_it_stands() -> None:
    text = "- replaced by Ray\n\n- $1,150"
    assert excerpt(hit(text, best=("- replaced by Ray - $1,150",)), 0) == text


def test_a_note_that_nobody_read_is_shown_whole() -> None:
    text = "\n".join(LINES)
    assert excerpt(hit(text, best=()), 5) == text
