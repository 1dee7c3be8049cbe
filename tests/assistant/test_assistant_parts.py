import pytest

from assistant.parts import parts


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Who installed the new furnace, and who put up the gutter guards?",
            ("Who installed the new furnace", "who put up the gutter guards?"),
        ),
        (
            "Nonna is asking: who put in the pump and also what did it cost us",
            ("Nonna is asking: who put in the pump", "what did it cost us"),
        ),
        (
            "Is the camera on? It blinks, as usual. And when did we paint the fence?",
            ("Is the camera on?", "And when did we paint the fence?"),
        ),
        ("When was the oak trimmed and is the ash dead?", ("When was the oak trimmed", "is the ash dead?")),
    ],
)
def test_a_question_is_parted_into_what_it_asks(question: str, asked: tuple[str, ...]) -> None:
    assert parts(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "Who fixed it and when?",
        "pump",
        "Who painted the fence and the hall?",
        "The pump hums and is hot. Who looks after it?",
        "Tell me of the pump and when it was bought",
        "gate code",
        "",
    ],
)
def test_one_question_stays_as_it_is(question: str) -> None:
    assert parts(question) == (question,)
