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
        ("Bought an opener at Tillman Door. Warranty card in the drawer.", "Tillman Door"),
        ("Paid Marlow & Sons Inc. $400.", "Marlow & Sons Inc"),
        ("Received an order from St. James Roofing, thanks.", "St. James Roofing"),
        ("Özdemir Küchen\nQuittung 11\n03.05.2023\nSumme 300,00 €", "Özdemir Küchen"),
        ("Climatización Roldán S.L.\nCIF B-1\nFACTURA 7\nTOTAL 175,45 €", "Climatización Roldán S.L"),
        ("Idraulica Ferraro\nFattura n. 45\nCaldaia 150,00 €\nImponibile 150,00 €", "Idraulica Ferraro"),
        ("Bill To:\nMargaret Doyle\nINVOICE 77\nKestrel Windows\n$5.00", ""),
        ("Invoice 9\nMowing, April\nTotal $120.00\nMake checks payable to Ridgeline Lawn Care", "Ridgeline Lawn Care"),
        ("Check #1042\n11/02/2023\nPay to the order of: Delgado Paving\n$2,350.00", "Delgado Paving"),
        ("Hi Tom,\nthe total is $375.\nBest,\nMarcus", ""),
        ("You paid $64.50 USD to Retro Knobs", "Retro Knobs"),
        ("Heater replaced by Dunmore Plumbing 5/5/2023", "Dunmore Plumbing"),
        ("Pool Pump replaced on May 3. Garage Door opened by itself.", ""),
        ("Front Door painted. Bosch Washer came with a hose.", ""),
        ("Grandma's Apple Cake\n2 cups flour\n1 cup sugar\nBake 1 hour in total", ""),
        ("QUOTATION\nSparks Electrical\n12 June 2023\nTotal £576.00", "Sparks Electrical"),
        ("AUTOPAY RECEIPT\nValley Water\nPaid 03/02/2024\nPayment $48.11", "Valley Water"),
        ("Pay to Account 4410-1, $5.00", ""),
        ("Invoice 99\nFrom\nSilverline Gutters\nTotal £630.00", "Silverline Gutters"),
        ("Packing List\nTent\nCash $200\nTotal 4 bags", ""),
    ],
)
def test_the_vendor_is_the_one_that_the_note_names(text: str, vendor: str) -> None:
    assert vendor_in("", text) == vendor


def test_a_private_sender_is_no_vendor_and_a_forwarded_mail_has_its_own() -> None:
    sent = "From: {} <{}>\nTo: Dave\n\n"
    assert vendor_in("", sent.format("Helen Price", "helen.price@gmail.com") + "He came, $120.") == ""
    assert vendor_in("", sent.format("Acorn Tree Care", "acorn@gmail.com") + "Yours, $120.") == "Acorn Tree Care"
    forwarded = "Begin forwarded message:\nFrom: Northwind Nursery <sales@northwind.example>\n"
    assert vendor_in("", sent.format("Helen Price", "helen@price.example") + forwarded) == "Northwind Nursery"


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
        ("All repairs carry a ninety (90) day warranty.", "2024-08-12"),
        ("24 mo. warranty", "2026-05-14"),
        ("Auf unsere Arbeit gewähren wir 2 Jahre Garantie.", "2026-05-14"),
        ("Garantie 2 ans pièces et main d'œuvre", "2026-05-14"),
        ("Garantie bis 3. Mai 2027", "2027-05-03"),
        ("Warranty exp. 11/2026", "2026-11-30"),
        ("Warranty (parts): 06/2027", "2027-06-30"),
        ("Warranty period: 03/01/2024 - 03/01/2027", "2027-03-01"),
        ("10 year warranty from 6/1/2021", "2031-06-01"),
        ("2 yr warranty, bought 4/9/2024", "2026-04-09"),
        ("Warranty starts 6/1/2024", None),
        ("Called about the warranty on 6/4/2024, they will call in 2 weeks", None),
        ("Warranty void if not serviced every 12 months", None),
        ("Replaced under the 10 year warranty", None),
        ("They offered a 3 year extended warranty", None),
        ("Five years after the warranty ended it failed", None),
        ("30 day money-back guarantee", None),
        ("25 years of experience, and we guarantee our work", None),
        ("ESTIMATE\n10 year parts warranty", None),
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
        ("Nächste Wartung in 12 Monaten", "2025-05-14"),
        ("Registration renewed until 5/31/2025", "2025-05-31"),
        ("Registration renewed 6/1/2024", None),
        ("Next to the pump is a valve, made in May 2025", None),
        ("The next door neighbor has his done in June 2025", None),
        ("On Visa, card expires 09/2027", None),
        ("Your download link expires in 7 days", None),
        ("Next bill April 1, 2025", None),
        ("Bond renewal, $275, paid 6/1/2024", None),
        ("Property tax second half due by October 15, 2024", None),
        ("Total $480.00\nDue by June 1, 2024. A late charge applies.", None),
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


def test_a_papers_money_decides_between_day_and_month_in_all_of_its_sentences() -> None:
    facts = read_facts("", "Total £80.00\nWarranty until 03/04/2027. Next service due 05/06/2025", DAY)
    assert facts["warranty_end"].value == "2027-04-03"
    assert facts["next_due"].value == "2025-06-05"


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


def test_a_quote_that_only_its_title_names_was_not_paid() -> None:
    text = "Brightside: 14 panels, $13,900. Grant says the tree shades the roof."
    assert "cost" not in read_facts("Solar quote, no", text, DAY)
    assert "cost" in read_facts("Solar", text, DAY)
    assert "cost" in read_facts("Solar quote", f"{text} We went with them in May.", DAY)
