import datetime as dt

import pytest

from assistant.money.paid_once import Told, told_twice
from knowledge.facts import Fact
from knowledge.money import written
from knowledge.note import Note

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
APRIL = dt.date(2024, 4, 18)


def told(text: str, date: dt.date | None, cents: int = 115000, vendor: str = "Ray's Pools") -> Told:
    note = Note(text, text, text, "pool", date, (), "", False, NOON, NOON, 1)
    return Told(note, Fact("cost", written(cents, "USD"), "", cents=cents, currency="USD"), vendor)


def test_a_bill_and_its_receipt_are_a_pair() -> None:
    bill, receipt = told("Invoice 12", APRIL), told("Paid invoice 12", dt.date(2024, 4, 20), vendor="Ray")
    assert told_twice([receipt, bill]) == [(bill, receipt)]


@pytest.mark.parametrize(
    "text",
    [
        "Check 1123 to Ray's Pools for $1,150.00",
        "Sent Ray $1,150 by Zelle.",
        "$1,150 to Ray's Pools via Venmo",
    ],
)
def test_what_was_paid_by_check_or_from_a_phone_is_a_receipt(text: str) -> None:
    bill, paid = told("Invoice 12", APRIL), told(text, dt.date(2024, 4, 20), vendor="")
    assert told_twice([paid, bill]) == [(bill, paid)]


def test_an_order_confirmation_is_a_bill() -> None:
    bill, receipt = told("Order confirmation 7", APRIL), told("Receipt 7", APRIL)
    assert told_twice([receipt, bill]) == [(bill, receipt)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (told("Invoice 12", APRIL), told("Receipt", dt.date(2024, 7, 20))),
        (told("Invoice 12", APRIL), told("Receipt", APRIL, cents=115001)),
        (told("Invoice 12", APRIL), told("Receipt", APRIL, vendor="Bluefin")),
        (told("Invoice 12", APRIL), told("Receipt", APRIL, vendor="")),
        (told("Invoice 12", APRIL), told("Check 1123 to Bluefin", APRIL, vendor="")),
        (told("Invoice 12", APRIL), told("Ray sent the bill, $1,150, pay by Zelle", APRIL, vendor="")),
        (told("Invoice 12", APRIL), told("Total $1,150.00, payable by Zelle to Ray's Pools", APRIL, vendor="")),
        (told("Invoice 12", APRIL), told("Receipt", None)),
        (told("Invoice 12", APRIL), told("Invoice 13", APRIL)),
        (told("Receipt", APRIL), told("Receipt", APRIL)),
        (told("Invoice 13", dt.date(2024, 4, 30)), told("Receipt 12", dt.date(2024, 4, 20))),
        (told("Lawn mowed in April", APRIL), told("Paid for the lawn", APRIL)),
    ],
)
def test_two_payments_alike_stay_two(one: Told, other: Told) -> None:
    assert told_twice([one, other]) == []


def test_every_receipt_is_for_one_bill() -> None:
    first, second = told("Invoice 4", APRIL), told("Invoice 5", dt.date(2024, 5, 18))
    receipt = told("Receipt", dt.date(2024, 5, 20))
    assert len(told_twice([first, second, receipt])) == 1
    both = told_twice([first, second, receipt, told("Receipt 2", dt.date(2024, 5, 30))])
    assert [bill for bill, _ in both] == [first, second]
