import datetime as dt

import pytest

from assistant.fact_rules import phone_in, read_facts, vendor_in

DAY = dt.date(2024, 5, 14)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("Call (555) 014-2277 soon", "(555) 014-2277"),
        ("555-0139.", "555-0139"),
        ("His cell is 555.019.3340", "555.019.3340"),
        ("1-800-555-0166", "1-800-555-0166"),
        ("tel 01632 960 412", "01632 960 412"),
        ("Tel.: 089 5550 1188", "089 5550 1188"),
        ("Mobile 07700 900 418", "07700 900 418"),
        ("+49 89 5550 1188 or write", "+49 89 5550 1188"),
        ("Order 88-20119, phone is 555-0164", "555-0164"),
        ("5 keys, 2024-05-14, $555.01, 16x25x4", ""),
        ("VIN 1HG-555-01391", ""),
        ("Total 555.0139.22", ""),
    ],
)
def test_a_phone_number_is_read_as_it_is_written(text: str, phone: str) -> None:
    assert phone_in(text) == phone


@pytest.mark.parametrize(
    ("text", "vendor"),
    [
        ("Bluefin Pool & Spa\n418 Harbor Street\nInvoice 7\nTotal $5.00", "Bluefin Pool & Spa"),
        ("INVOICE\nNovak Painting Co.\nInvoice date: June 15, 2020\nTOTAL DUE $5.00", "Novak Painting Co"),
        ("From: Hearth & Flue <office@hearthflue.example>\nSubject: Your receipt", "Hearth & Flue"),
        ("Thank you for your order from Petalworks!", "Petalworks"),
        ("Castellano Electric came on Aug 19 and replaced the breakers.", "Castellano Electric"),
        ("New dishwasher from Fulton Appliance, June 11.", "Fulton Appliance"),
        ("Gave Dale Whitcomb $180 for the door.", "Dale Whitcomb"),
        ("8/22/23: Quill Electric swapped the GFCI.", "Quill Electric"),
        ("We painted it ourselves. Took all day.", ""),
        ("Replaced the filter. It was dirty.", ""),
        ("date: 11/14/2015\nwork: Clutch cable adjusted\nshop: Depot Auto Parts\ncost: 58.00", "Depot Auto Parts"),
        ("Date: 2016-03-12\nPaid to: Rainwright Gutters\nAmount: 165", "Rainwright Gutters"),
        ("Datum: 12.03.2016\nHandwerker: Ofenbau Lindner\nBetrag: 165", "Ofenbau Lindner"),
        ("May 5. Quill Electric replaced the panel in the hall.", "Quill Electric"),
        ("Whitcomb's apprentice looked at the door, $40.", "Whitcomb"),
        ("The pump's technician never came.", ""),
        ("Date: 2016-03-12\nSystem: Gutters\nWho: Rainwright Gutters\nCost: $165", "Rainwright Gutters"),
    ],
)
def test_the_vendor_is_the_one_that_the_note_names(text: str, vendor: str) -> None:
    assert vendor_in("", text) == vendor


def test_the_title_names_a_vendor_too() -> None:
    assert vendor_in("Your order P-7 at Marlowe Appliance", "Filter, $84.00") == "Marlowe Appliance"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Warranty until 16 September 2025, ten years on the compressor.", "2025-09-16"),
        ("Tank warranty until May 25, 2029", "2029-05-25"),
        ("Two-year limited warranty from the date of purchase", "2026-05-14"),
        ("90 day warranty on this repair", "2024-08-12"),
        ("Guaranteed five years against frost.", "2029-05-14"),
        ("Warranty ends March 2026", "2026-03-31"),
        ("Lifetime warranty", None),
        ("No warranty. Paid June 1, 2024.", None),
    ],
)
def test_the_end_of_a_warranty_is_named_or_counted_from_the_note(text: str, day: str | None) -> None:
    fact = read_facts("", text, DAY).get("warranty_end")
    assert (fact and fact.value) == day
    assert fact is None or fact.words in text


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Next tune-up due October 2025.", "2025-10-01"),
        ("Service due again: November 2025", "2025-11-01"),
        ("The next backflow test is due by March 31, 2026.", "2026-03-31"),
        ("Nächste Wartung: 03/2025", "2025-03-01"),
        ("Next service in six months", "2024-11-14"),
        ("Due: 2024-06-14", None),
        ("Payment is due by June 1, 2024", None),
        ("This quote expires August 14, 2024", None),
        ("Next time bring a ladder. Paid June 1, 2024", None),
    ],
)
def test_what_comes_round_again_is_no_bill(text: str, day: str | None) -> None:
    fact = read_facts("", text, DAY).get("next_due")
    assert (fact and fact.value) == day
    assert fact is None or fact.words in text


def test_labels_tell_people_models_and_serial_numbers() -> None:
    text = "Technician: Marcus Webb\nModel: Polaris AC-36   Serial: PLR36-20194\nTotal $5.00"
    facts = read_facts("", text, DAY)
    assert {name: fact.value for name, fact in facts.items()} == {
        "person": "Marcus Webb",
        "model": "Polaris AC-36",
        "serial": "PLR36-20194",
        "cost": "$5.00",
    }


def test_without_a_date_of_its_own_a_note_counts_no_warranty_from_it() -> None:
    assert "warranty_end" not in read_facts("", "Two-year warranty", None)
    assert "warranty_end" in read_facts("", "Warranty until May 2029", None)
