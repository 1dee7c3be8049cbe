import pytest

from assistant.weekdays import said_weekdays, weekdays

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (f"weekday {day}" for day in range(7))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bins out Thursdays", {THURSDAY}),
        ("trash Thu, recycling tues", {TUESDAY, THURSDAY}),
        ("Open Mon-Wed", {MONDAY, TUESDAY, WEDNESDAY}),
        ("Saturday to Monday", {SATURDAY, SUNDAY, MONDAY}),
        ("only on weekends", {SATURDAY, SUNDAY}),
        ("weekdays before nine", {MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY}),
        ("Water daily", {MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY}),
        ("Ray came 4/18/2023", {TUESDAY}),
        ("In April 2023", set()),
        ("the month of May", set()),
    ],
)
def test_a_text_tells_its_days_those_between_and_those_of_its_dates(text: str, told: set[str]) -> None:
    assert weekdays(text) == told


def test_an_answer_says_whole_names_alone() -> None:
    assert said_weekdays("On Tuesdays; the cat sat in the sun") == {"Tuesdays": TUESDAY}
