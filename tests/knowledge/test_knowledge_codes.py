import pytest

from knowledge.codes import MOST, codes_asked, codes_in


@pytest.mark.parametrize(
    ("written", "retyped"),
    [
        ("Sherwin-Williams SW 7036, eggshell", "where did we use sw7036"),
        ("The filter is LT-1125P.", "lt 1125p"),
        ("Pump HV165-204471 on the pad", "serial hv165204471?"),
        ("Pump HV165-204471 on the pad", "HV165"),
        ("Call 555-0183.", "who is 5550183"),
        ("It came to $1,790 installed.", "what was 1790 for"),
        ("WM3900HWA washer", "the wm 3900 hwa"),
        ("claim AU-22-55173", "au 22 55173"),
        ("Filter 16x25x1", "16x25x1"),
        ("Filter 16 x 25 x 1", "16x25x1"),
        ("Filter 16×25×1", '16" x 25" x 1"'),
        ("the hall is sw 7036", "sw7036"),
        ("bolt OM_2270", "om2270"),
        ("+1 (512) 555-0134", "5125550134"),
        ("512-555-0134", "whose number is +1 512 555 0134"),
        ("020 7946 0958", "+44 20 79460958"),
        ("01 42 68 53 00", "0142685300"),
        ("S/N 1234 5678 9012 3456", "1234567890123456"),
    ],
)
def test_a_code_is_the_same_however_it_is_retyped(written: str, retyped: str) -> None:
    assert codes_in(written) & codes_asked(retyped)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Done in 2023 by Ray.", "what was done in 2023"),
        ("SW 7036", "sw 7037"),
        ("No numbers here", "no numbers"),
        ("Call 5125550134", "5125550143"),
        ("we have 12 chairs", "have12"),
        ("Pump of 2016", ""),
    ],
)
def test_what_is_no_code_or_another_one_does_not_match(written: str, asked: str) -> None:
    assert not codes_in(written) & codes_asked(asked)


def test_a_very_long_number_and_a_very_long_text_are_fine() -> None:
    assert not codes_in("9" * (MOST + 1))
    assert len(codes_asked("x9y8 " * 400)) < 10
