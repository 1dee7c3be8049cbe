import datetime as dt

import pytest

from knowledge.dating import event_date

TODAY = dt.date(2025, 6, 1)


def date(text: str, *, day_first: bool = False) -> str:
    found = event_date(text, TODAY, day_first=day_first)
    return str(found.date) if found else ""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2023-04-18", "2023-04-18"),
        ("2023/4/8", "2023-04-08"),
        ("18.04.2023", "2023-04-18"),
        ("4/18/2023", "2023-04-18"),
        ("18/4/2023", "2023-04-18"),
        ("04-18-23", "2023-04-18"),
        ("18 April 2023", "2023-04-18"),
        ("18th of April, 2023", "2023-04-18"),
        ("April 18th, 2023", "2023-04-18"),
        ("Apr. 18 2023", "2023-04-18"),
        ("18-Apr-2023", "2023-04-18"),
        ("Sept 8, 2023", "2023-09-08"),
        ("invoice 4471-2023-17", ""),
        ("call 555-04-1823", ""),
        ("version 1.2.2023.4", ""),
        ("31/31/2023", ""),
        ("30 February 2023", ""),
        ("May we help you?", ""),
    ],
)
def test_dates_are_read_as_people_write_them(written: str, read: str) -> None:
    assert date(f"Replaced the filter, {written}.") == read


@pytest.mark.parametrize(
    "text",
    [
        "Invoice date: 04/18/2023\nDue date: 05/18/2023",
        "Due date: 05/18/2023\nInvoice date: 04/18/2023",
        "Payment due by May 18, 2023. Service performed on April 18, 2023.",
        "Warranty until 2033-04-18\nDate of purchase: 2023-04-18",
        "Date\n04/18/2023\nDue\n05/18/2023",
        "Invoice 4471, 18 April 2023\nPay within 30 days, until 18 May 2023",
        "Next service: 2025-04-18. Serviced 2023-04-18.",
        "Expires 04/2026. Bought 04/18/2023.",
        "Last visit was 2022-04-01. Date of visit: 2023-04-18",
        "Installed on April 18, 2023. Warranty ends April 18, 2033.",
        "Copyright 2019-01-01. Date: 2023-04-18",
        "Please pay by 18 May 2023.\nInvoice of 18 April 2023",
        "Warranty until April 18, 2029. Installed on April 18, 2023",
        "Rechnung\n18. April 2023\nGarantie bis 18. April 2028",
        "Facture du 18 avril 2023",
        "Fällig am 18.05.2023. Rechnung vom 18.04.2023",
        "Date d'échéance : 18/05/2023\nDate de facture : 18/04/2023",
        "Fecha de vencimiento: 18/05/2023\nFecha de factura: 18/04/2023",
        "Scadenza 18/05/2023\nData fattura 18/04/2023",
        "Vervaldatum: 18-05-2023\nFactuurdatum: 18-04-2023",
        "Put the TV stand together on 18 April 2023",
    ],
)
def test_the_day_of_the_event_wins_over_due_dates_and_warranties(text: str) -> None:
    assert date(text) == "2023-04-18"


@pytest.mark.parametrize(
    "text",
    [
        "Next service October 2030",
        "Valid until 2024-05-01.",
        "Warranty expires 18 April 2023",
        "Next visit 2030-01-01",
        "Birthday: 3 May 1970",
        "Reply by May 3, 2023",
        "Garantie bis 18.04.2023",
        "Nächste Wartung: 01.03.2024",
        "Stand: 03.05.2022",
        "Valable jusqu'au 13/03/2024",
        "Próxima revisión: 13/03/2024",
        "Geldig tot 13-03-2024",
        "",
    ],
)
def test_a_date_of_something_else_is_better_than_none_for_nobody(text: str) -> None:
    assert date(text) == ""


def test_what_lies_ahead_is_a_plan() -> None:
    assert date("Come on 2026-04-18, as agreed on 2025-04-18.") == "2025-04-18"


def test_only_the_setting_tells_the_day_from_the_month_and_it_is_known() -> None:
    month_first, day_first = (event_date("Date: 03/04/2021", TODAY, day_first=each) for each in (False, True))
    assert month_first is not None
    assert day_first is not None
    assert (str(month_first.date), month_first.doubtful) == ("2021-03-04", True)
    assert (str(day_first.date), day_first.doubtful) == ("2021-04-03", True)
    plain = event_date("Date: 03/14/2021", TODAY, day_first=True)
    assert plain is not None
    assert (str(plain.date), plain.doubtful) == ("2021-03-14", False)


def test_a_date_far_into_a_long_text_is_told_in_passing() -> None:
    assert date("word " * 2000 + "since then, 2019-01-01, it hums") == ""
    assert date("word " * 2000 + "invoice date: 2019-01-01") == "2019-01-01"
