import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_house import SmallHouse

from assistant.events import Answer, Citation, Doubted, Finished, Quoted, Retrieved, Routed, Token
from assistant.incoming.ingest import ingest
from assistant.models.weights import Progress
from assistant.terminal import (
    TerminalReport,
    print_answer,
    print_decision,
    print_hit,
    print_json,
    print_note,
    print_note_line,
)
from classifier.decision import Decision
from knowledge.library import Library
from knowledge.note import Draft, Hit, Passage, Scope

DAY = dt.date(2023, 4, 18)
DECISION = Decision("pool", 0.9, {"pool": 0.9, "fence": 0.06, "none": 0.03, "car": 0.01}, "v1", ("pool",))
ROUTED = Routed("Q?", "Q?", DECISION, "pool", corrected=False)
RETRIEVED = Retrieved(Scope(("pool",), "because", 16, 220), ())


def test_json_is_one_line_and_keeps_its_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": "Füße\n🏠"})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert "Füße" in out
    assert json.loads(out) == {"text": "Füße\n🏠"}


def test_an_answer_is_printed_with_its_tag_scope_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("Ray [1].", True, (Citation(1, "pump", "Pool pump", "pool", DAY, "Ray fitted it."),), "tiny")
    assert print_answer(iter([ROUTED, RETRIEVED, Token("Ray"), Token(" [1]."), Finished(answer)])) == (
        ROUTED,
        RETRIEVED,
        answer,
    )
    printed = capsys.readouterr()
    first, second = printed.out.splitlines()
    assert first == "Ray [1]."
    assert "[1] Pool pump, 18 April 2023: Ray fitted it." in second
    # What is not the answer goes elsewhere, so that `ask … > file` keeps the answer alone.
    assert "[pool]" in printed.err
    assert "Searched 16 pool notes of 220" in printed.err


def test_what_a_note_surely_says_is_printed_before_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    passage = Passage("pump#0", "pump", "Pool pump", "pool", DAY, "", "Ray fitted it.")
    hit = Hit("pump", "Pool pump", "pool", DAY, (passage,), 0.9, 0.9, 0.9)
    found = replace(RETRIEVED, hits=(hit,), says={"pump": "Ray fitted it."})
    print_answer(iter([ROUTED, found, Token("Ray did."), Finished(Answer("Ray did.", True, (), "tiny"))]))
    printed = capsys.readouterr()
    assert printed.out.strip() == "Ray did."
    assert "Pool pump says: Ray fitted it." in printed.err


def test_an_answer_that_was_taken_back_is_printed_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    taken_back = Finished(Answer("I have no note about that. The nearest is “Pool pump”.", False, (), "tiny"))
    print_answer(iter([ROUTED, RETRIEVED, Token("Zelda"), Token(" did."), taken_back]))
    said, corrected = capsys.readouterr().out.splitlines()
    assert said == "Zelda did."  # it was on the screen already
    assert corrected == "Taken back: I have no note about that. The nearest is “Pool pump”."
    print_answer(
        iter([ROUTED, RETRIEVED, Token("I have no note."), Finished(Answer("I have no note.", False, (), ""))])
    )
    assert capsys.readouterr().out == "I have no note.\n"


def test_what_was_written_before_a_second_reading_is_told_from_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    answer = Answer("Ray.", True, (), "tiny")
    print_answer(iter([ROUTED, RETRIEVED, Token("Zelda did."), Doubted(), Token("Ray."), Finished(answer)]))
    printed = capsys.readouterr()
    # What was on the screen already cannot be taken from it; what stands is the last line.
    assert printed.out.splitlines() == ["Zelda did.", "Ray."]
    assert "once more" in printed.err


def test_a_notes_words_are_printed_above_the_models_and_what_did_not_stand_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words, said = "“Pool pump” says: “Ray fitted it.” [1]", "Ray did [1]."
    whole = Answer(f"{words}\n\n{said}", True, (), "tiny")
    quoted = Quoted(words, Citation(1, "pump", "Pool pump", "pool", DAY, "Ray fitted it."))
    print_answer(iter([ROUTED, RETRIEVED, quoted, Token(said), Finished(whole)]))
    printed = capsys.readouterr()
    assert printed.out == f"{words}\n\n{said}\n"
    print_answer(iter([ROUTED, RETRIEVED, quoted, Token("Zelda."), Finished(Answer(words, True, (), "tiny"))]))
    printed = capsys.readouterr()
    assert printed.out == f"{words}\n\nZelda.\nTaken back: what stands below the note's words.\n"
    print_answer(iter([ROUTED, RETRIEVED, Token("Ray [1][2]"), Finished(Answer("Ray [1]", True, (), "tiny"))]))
    assert "Taken back" not in capsys.readouterr().out


def test_a_label_is_printed_with_the_next_likeliest(capsys: pytest.CaptureFixture[str]) -> None:
    print_decision("Q?", DECISION)
    out = capsys.readouterr().out
    assert out.startswith("pool\tQ?\n")
    assert "pool 90%, fence 6%" in out
    print_decision("Hm?", Decision(None, 0.9, {"none": 0.9}, "v1"))
    assert capsys.readouterr().out.startswith("none\tHm?")


def test_a_hit_is_printed_on_two_lines_however_long_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    text = "line\n\n" * 200
    passage = Passage("n#0", "n", "Pump", None, None, "", text)
    print_hit(3, Hit("n", "Pump", None, None, (passage,), 0.5, 0.5, 0.5))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("3. Pump")
    assert "no category, no date, 0.50, n" in first
    assert len(second) <= 210


@pytest.mark.parametrize(
    "draft",
    [
        Draft("It hums.", "Pool pump", "pool", DAY, ("loud", "new"), id="a"),
        Draft("It hums.", "Pump: the new one, #2 [loud]", None, None, ("a: b", "c, d", "[e]"), id="b"),
        Draft("# Heading\n\n- one\n- two\n\n---\nafter a rule", "'Quoted' \"twice\"", id="c"),
        Draft("It hums.", "null", id="012345"),
        Draft("Füße 🏠", "2023-04-18", id="1e5"),
        Draft("It hums.", "true " * 30, id="d"),
    ],
    ids=lambda draft: draft.id,
)
def test_a_printed_note_can_be_brought_in_again(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str], draft: Draft
) -> None:
    (note,) = library.add([draft])
    print_note(note)
    path = tmp_path / "printed.md"
    path.write_text(capsys.readouterr().out, "utf-8")
    (outcome,) = ingest([path], library)
    assert (outcome.status, outcome.reason) == ("unchanged", "")
    assert outcome.note == note


def test_a_note_on_a_line_says_what_is_missing(house: SmallHouse, capsys: pytest.CaptureFixture[str]) -> None:
    for draft in (Draft("It hums.", "Pump", "pool", DAY, id="a"), Draft("It rained.", "Rain", id="b")):
        print_note_line(house.notebook.add(draft))
    first, second = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert first == ["a", "2023-04-18", "pool", "Pump"]
    assert [each.strip() for each in second] == ["b", "", "-", "Rain"]


def test_progress_goes_to_standard_error_one_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    report = TerminalReport()
    for done in range(5):
        report(Progress("minilm", done * 25, 100, "downloading from the Hub"))
    report(Progress("minilm", 100, 100, "ready"))
    report(Progress("router", 0, 1, "teaching the first router"))
    report.done()
    printed = capsys.readouterr()
    assert printed.out == ""
    # Into a file: each step once (and again every five seconds), with nothing that only a terminal understands.
    assert printed.err.splitlines() == [
        "minilm: downloading from the Hub   0%",
        "minilm: ready 100%",
        "router: teaching the first router",
    ]
