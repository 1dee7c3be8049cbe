import pytest

from knowledge.numbered import kinds_asked, tells


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("What is the serial number of the trap?", {"serial"}),
        ("part no. of the bath window crank, and the model?", {"part", "model"}),
        ("Part # for the fridge filter?", {"part"}),
        ("whats the PIN code", {"pin"}),
        ("Which breaker numbers is the stove on?", {"breaker"}),
        ("Who hung the Corvid at the door?", set()),
        ("What is the number?", set()),
        ("Why is there no heat?", set()),
    ],
)
def test_a_question_says_what_kind_of_number_it_asks_for(question: str, kinds: set[str]) -> None:
    assert kinds_asked(question) == kinds


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("serial", "Bought the trap. Serial SV4-118832 (under the hood).", True),
        ("serial", "S/N: 8841", True),
        ("serial", "| Serial no. | EB250-77104 |", True),
        ("gate", "The gate code is 4471.", True),
        ("breaker", "breakers 14 and 16", True),
        ("part", "A part of the 3 screws is gone.", False),
        ("part", "Has no part\n12 screws", False),
        ("serial", "The serial is rubbed off.", False),
        ("serial", "Aserial 12", False),
    ],
)
def test_a_text_tells_a_number_right_behind_its_name(kind: str, text: str, told: bool) -> None:
    assert tells(frozenset([kind]), text) == told
