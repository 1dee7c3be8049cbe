import datetime as dt
import random

import pytest

from knowledge.days import days_in, later, parse_date, period
from knowledge.errors import NoteRejected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-05-30", "2021-05-30", "2021-05-30"),
        ("05/14/2024", "2024-05-14", "2024-05-14"),
        ("5/6/22", "2022-05-06", "2022-05-06"),
        ("17/05/2023", "2023-05-17", "2023-05-17"),
        ("09.03.2022", "2022-03-09", "2022-03-09"),
        ("14th November 2022", "2022-11-14", "2022-11-14"),
        ("the 3rd of May 2022", "2022-05-03", "2022-05-03"),
        ("18-Apr-2023", "2023-04-18", "2023-04-18"),
        ("2023/4/8", "2023-04-08", "2023-04-08"),
        ("04-18-98", "1998-04-18", "1998-04-18"),
        ("June 2, 1894", "1894-06-02", "1894-06-02"),
        ("May 6, 2024.", "2024-05-06", "2024-05-06"),
        ("Sept 9 2024", "2024-09-09", "2024-09-09"),
        ("9. März 2022", "2022-03-09", "2022-03-09"),
        ("12 de marzo de 2023", "2023-03-12", "2023-03-12"),
        ("October 2025", "2025-10-01", "2025-10-31"),
        ("03/2023", "2023-03-01", "2023-03-31"),
        ("February 2024", "2024-02-01", "2024-02-29"),
        ("07/21/2023 16:41", "2023-07-21", "2023-07-21"),
    ],
)
def test_a_day_or_a_month_is_read(text: str, first: str, last: str) -> None:
    (day,) = days_in(text)
    assert (day.first.isoformat(), day.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text", ["31/02/2023", "555-0139", "(555) 014-2277", "may we", "13/2023", "1.2.3", "PLR36-20194", "in 2023"]
)
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert days_in(text) == []


def test_the_household_or_the_papers_language_decides_between_day_and_month() -> None:
    assert days_in("03/04/2021")[0].first == dt.date(2021, 3, 4)
    assert days_in("03/04/2021", day_first=True)[0].first == dt.date(2021, 4, 3)
    assert days_in("Facture du 06/02/2024")[0].first == dt.date(2024, 2, 6)
    texts = ("03/04/2021", "Facture du 06/02/2024", "03/14/2021", "04/04/2021", "03.04.2021", "2021-03-04")
    assert [days_in(text)[0].doubtful for text in texts] == [True, False, False, False, False, False]
    assert days_in("Charged EUR 45.00 on 06/02/2024")[0].first == dt.date(2024, 2, 6)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("two years", "2026-02-28"),
        ("90 day", "2024-05-29"),
        ("five-year", "2029-02-28"),
        ("a month", "2024-03-29"),
        ("five (5) years", "2029-02-28"),
        ("24 mo. warranty", "2026-02-28"),
        ("2 yr", "2026-02-28"),
        ("ninety (90) days", "2024-05-29"),
        ("2 Jahre", "2026-02-28"),
        ("2-jährige Garantie", "2026-02-28"),
        ("garanti 2 ans", "2026-02-28"),
        ("6 meses", "2024-08-29"),
        ("2.5 years", None),
        ("5 an hour", None),
        ("for life", None),
    ],
)
def test_a_span_is_counted_from_a_day(words: str, day: str | None) -> None:
    found = later(dt.date(2024, 2, 29), words)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("May 2023", "2023-05-01", "2023-05-31"),
        ("2023-05-06", "2023-05-06", "2023-05-06"),
        ("6 May 2023", "2023-05-06", "2023-05-06"),
    ],
)
def test_a_year_a_month_or_a_day_is_a_period(typed: str, first: str, last: str) -> None:
    found = period(typed)
    assert found is not None
    assert (found[0].isoformat(), found[1].isoformat()) == (first, last)


def test_an_empty_period_is_none_and_a_wrong_one_is_refused() -> None:
    assert period(" ") is None
    for typed in ("2023-13", "soon", "2023-02-30"):
        with pytest.raises(NoteRejected):
            period(typed)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024-03-15", dt.date(2024, 3, 15)),
        ("20240315", dt.date(2024, 3, 15)),
        ("2024-03-15T10:00:00Z", dt.date(2024, 3, 15)),
        ("15 March 2024", dt.date(2024, 3, 15)),
        ("March 15th, 2024", dt.date(2024, 3, 15)),
        ("15.3.2024", dt.date(2024, 3, 15)),
        ("3/4/2021", dt.date(2021, 3, 4)),
        ("March 2024", dt.date(2024, 3, 1)),
        ("2024", dt.date(2024, 1, 1)),
        ("29 February 2024", dt.date(2024, 2, 29)),
        ("1800-01-01", dt.date(1800, 1, 1)),
        ("  ", None),
    ],
)
def test_a_date_is_read_as_people_write_it(written: str, date: dt.date | None) -> None:
    assert parse_date(written) == date


def test_which_number_is_the_day_can_be_said() -> None:
    assert parse_date("03/04/2021", day_first=True) == dt.date(2021, 4, 3)


@pytest.mark.parametrize(
    "written",
    [
        *("someday", "yesterday", "12", "March", "Monday", "10:30", "2024-02-30", "29 February 2023", "1066-10-14"),
        *("9999-01-01", "0001-01-01", "99999999999999", "nan", "1e999", "-", "2024-03-15 or so", "🔑", "١٢"),
    ],
)
def test_what_is_no_date_of_a_house_is_refused_by_name(written: str) -> None:
    with pytest.raises(NoteRejected, match="like 2024-03-15") as caught:
        parse_date(written)

    assert repr(written) in str(caught.value)


@pytest.mark.filterwarnings("ignore::dateutil.parser.UnknownTimezoneWarning")
def test_no_seeded_noise_is_anything_but_a_date_or_refused() -> None:
    rng = random.Random(5)
    parts = [
        "2024",
        "03",
        "15",
        "-",
        "/",
        ".",
        " ",
        "March",
        "T",
        "Z",
        "+",
        "1e999",
        "inf",
        "am",
        ",",
        "th",
        ":",
        "Mon",
        "٣",
    ]
    for _ in range(1500):
        written = "".join(rng.choice(parts) for _ in range(rng.randint(1, 6)))
        try:
            date = parse_date(written)
        except NoteRejected:
            continue
        assert date is None or dt.date(1800, 1, 1) <= date
