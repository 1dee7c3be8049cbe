from dataclasses import replace

from conftest import WordEmbedder

from assistant.pointing import LONGEST, deciding
from knowledge.note import Hit, Passage, Told


def hit(note_id: str, text: str) -> Hit:
    return Hit(
        note_id, note_id, "pool", None, (Passage(note_id, note_id, note_id, "pool", None, "", text),), 0.9, 0.8, 0.7
    )


def test_each_hit_gives_the_sentence_that_is_nearest_to_the_question() -> None:
    hits = [
        hit("pump", "Ray came early. The pump was replaced for $1,150. He left a receipt."),
        hit("filter", "Filter log\n- grids rinsed\n- the pump was primed"),
    ]
    found = deciding("What was the pump replaced for?", hits, WordEmbedder().embed)
    assert found == {"pump": "The pump was replaced for $1,150.", "filter": "- the pump was primed"}


def test_a_sentence_without_end_is_cut_and_an_empty_note_gives_none() -> None:
    found = deciding("pump", [hit("long", "pump " * 500), hit("empty", " \n ")], WordEmbedder().embed)
    assert list(found) == ["long"]
    assert len(found["long"]) <= LONGEST
    assert deciding("pump", [], WordEmbedder().embed) == {}


def test_the_sentence_that_answers_best_is_shown_of_a_note_that_the_search_has_read() -> None:
    text = "Ray came early. The pump was replaced for $1,150."
    read = replace(hit("read", text), deciding=(Told("Ray came early.", 0.9), Told("The pump …", 0.1)))

    found = deciding("What was replaced?", [read, hit("unread", text)], WordEmbedder().embed)

    assert found == {"read": "Ray came early.", "unread": "The pump was replaced for $1,150."}
