import pytest

from knowledge.money import amounts_in, money, written


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("$1,245.00", 124500, "USD"),
        ("$85.", 8500, "USD"),
        ("$1,190 and that was it", 119000, "USD"),
        ("CA$99.12", 9912, "CAD"),
        ("A$ 40", 4000, "AUD"),
        ("165,00 €", 16500, "EUR"),
        ("1.234,56 €", 123456, "EUR"),
        ("12.500 €", 1250000, "EUR"),
        ("EUR 1 250,00", 125000, "EUR"),
        ("CHF 1'250.00", 125000, "CHF"),
        ("£59.17", 5917, "GBP"),
        ("175 dollars", 17500, "USD"),
        ("85 Euro", 8500, "EUR"),
        ("-$32.00", -3200, "USD"),
        ("$-32.00", -3200, "USD"),
        ("($80.00)", -8000, "USD"),
        ("$2k", 200000, "USD"),
        ("350$", 35000, "USD"),
        ("350 $ for it", 35000, "USD"),
        ("zip 30303 $40", 4000, "USD"),
        ("$0.00", 0, "USD"),
        ("45.9 EUR", 4590, "EUR"),
        ("Total CAD $249.70", 24970, "CAD"),
    ],
)
def test_an_amount_is_read_in_whole_cents(text: str, cents: int, currency: str) -> None:
    (amount,) = amounts_in(text)
    assert (amount.cents, amount.currency, amount.marked) == (cents, currency, True)


@pytest.mark.parametrize(
    "text",
    [
        *("09.03.2022", "3/4/2021", "555-0139", "(555) 014-2277", "20.00%", "1,150", "12:30", "SW-7036.50x"),
        *("$12,34,567.00", "PLR36-20194", "16x25", "$", "version 1.2.3", "1.5", "99999999999.00 EUR"),
        *("total 1.75 oz", "12.50 hours", "189.88 sq ft", "2.50 cups", "6 feet, 1,200 pounds"),
    ],
)
def test_what_is_no_money_is_left_alone(text: str) -> None:
    assert amounts_in(text) == []


def test_bare_numbers_with_decimals_take_the_currency_of_the_paper() -> None:
    assert [(each.cents, each.currency, each.marked) for each in amounts_in("Trim 240.00\nTotal £960.00")] == [
        (24000, "GBP", False),
        (96000, "GBP", True),
    ]
    assert amounts_in("Total 88.95", "EUR")[0].currency == "EUR"


def test_a_plain_dollar_sign_is_the_papers_or_the_households_dollar() -> None:
    assert amounts_in("$80, all prices in CAD")[0].currency == "CAD"
    assert amounts_in("$80", "AUD")[0].currency == "AUD"
    assert amounts_in("$80", "EUR")[0].currency == "USD"


def test_pounds_are_money_where_the_text_or_the_house_pays_in_them() -> None:
    assert [each.cents for each in amounts_in("80 pounds, with £5 of screws")] == [8000, 500]
    assert amounts_in("80 pounds", "GBP")[0].cents == 8000
    assert money("80 pounds") == (8000, "GBP")


def test_a_sign_between_two_numbers_is_of_the_second() -> None:
    assert [each.cents for each in amounts_in("3 $12.00 and 4 $  12.00")] == [1200, 1200]


def test_parentheses_in_a_sentence_are_no_minus() -> None:
    texts = ("paid Luis ($120) for it", "Return   ($20.00)\nTotal 60.00", "| Return | ($20.00) |")
    assert [amounts_in(text)[0].cents for text in texts] == [12000, -2000, -2000]


def test_a_tills_mark_of_the_tax_makes_no_measure() -> None:
    assert [each.cents for each in amounts_in("KEY BLANK  2.49 T\nWD-40  7.99 A")] == [249, 799]


def test_a_range_is_no_negative_amount() -> None:
    assert [each.cents for each in amounts_in("$5-$10")] == [500, 1000]


def test_sums_of_many_small_amounts_are_exact() -> None:
    text = "\n".join(["$0.10"] * 1000 + ["$0.20"] * 1000)
    assert sum(each.cents for each in amounts_in(text)) == 30000


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1,150", (115000, "USD")),
        ("1150.5", (115050, "USD")),
        ("-45.99 EUR", (-4599, "EUR")),
        ("£80", (8000, "GBP")),
        ("0", (0, "USD")),
        ("about $80", None),
        ("$80 or $90", None),
        ("much", None),
        ("", None),
    ],
)
def test_what_a_person_types_is_read_as_one_amount(typed: str, amount: tuple[int, str] | None) -> None:
    assert money(typed) == amount


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [(115000, "USD", "$1,150.00"), (-4599, "EUR", "-€45.99"), (5, "CHF", "CHF 0.05"), (0, "GBP", "£0.00")],
)
def test_an_amount_is_written_and_read_back(cents: int, currency: str, text: str) -> None:
    assert written(cents, currency) == text
    assert money(text) == (cents, currency)
