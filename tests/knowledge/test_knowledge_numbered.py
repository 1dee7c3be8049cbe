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
        ("What's our wi-fi code, and the S/N of the router?", {"wifi", "serial"}),
        ("Priya the electrician, what's her mobile number?", {"phone"}),
        ("Which colour code is the hall?", {"colour"}),
        ("What's the new code for the gate?", set()),
        ("Is there no code for the gate?", set()),
        ("Where is the serial number on the boiler?", set()),
        ("Who built the model railway?", set()),
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
        ("serial", "Aserial 1234", False),
        ("serial", "| What | Model | Serial |\n|---|---|---|\n| Fridge | LR-2870S | 107MRTK |", True),
        ("serial", "| What | Serial | Price |\n|---|---|---|\n| Fridge | rubbed off | $90 |", False),
        ("alarm", "The alarm code for the cottage is 4471", True),
        ("alarm", "Smoke alarms: 4 in all, replaced 3/2022", False),
        ("alarm", "Alarm 9V battery", False),
        ("gate", "Codes › Gate code: 4471 since May", True),
        ("gate", "Side gate: 12 May 2024: oiled, 42 in wide", False),
        ("colour", "Color: SW 7036", True),
        ("paint", "Paint 2 coats, 2019", False),
        ("part", "parts 85.00, labor 120", False),
        ("breaker", "breaker 20A replaced", False),
        ("phone", "Ray Ortiz plumbing 555-0142", True),
        ("phone", "Called Ray on 2024-05-12, $1,200", False),
    ],
)
def test_a_text_tells_a_number_right_behind_its_name(kind: str, text: str, told: bool) -> None:
    assert tells(frozenset([kind]), text) == told
