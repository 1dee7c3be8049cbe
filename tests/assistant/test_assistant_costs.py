import pytest

from assistant.costs import cost_in


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Pump 899.00\nSubtotal 899.00\nTax 60.00\nTOTAL 959.00\nDeposit 500.00\nBalance due 459.00", 95900),
        ("Subtotal $10.00\nGrand total: $11.00\nVisa $20.00\nChange $9.00", 1100),
        ("Total before discount $500.00\nTotal $450.00", 45000),
        ("He quoted $520 on the phone but we paid $418.50 all in.", 41850),
        ("It was marked $2,199, they came down to $1,899 with delivery.", 189900),
        ("Price was $340 as agreed; $100 deposit in May and the other $240 at the end.", 34000),
        ("Snaked the drain, $145. Call again if it comes back.", 14500),
        ("Paid 175 dollars by Zelle. Parts were $30.", 17500),
        ("Total charged to customer: $0.00\nLabor $110.00 covered", 0),
        ("Amount\n1,150.00", 115000),
        ("Gesamtbetrag 238,00 €", 23800),
        ("$60 (was quoted $75)", 6000),
        ("Cleaning $155, elbow $48. So $203.", 20300),
    ],
)
def test_a_total_wins_over_its_parts(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents
    assert cost.words in text


@pytest.mark.parametrize(
    "text",
    [
        "Estimate\nRemove the ash $1,850.00\nTotal $1,850.00",
        "Quote from Summit, $14,900 in all. Too much, we did not take it.",
        "QUOTE Q-3381\nTotal before incentives $35,800.00\nThis quote expires May 1, 2024.",
        "Bulbs are $4 here and $6 there.",
        "Deposit $200.00",
        "No money here, call 555-0139.",
    ],
)
def test_what_was_not_paid_is_no_cost(text: str) -> None:
    assert cost_in(text) is None


def test_an_estimate_that_was_taken_is_a_cost() -> None:
    cost = cost_in("Proposal accepted 4/11/2020\nContract price $520.00\nPaid in full 4/25/2020")
    assert cost is not None
    assert cost.cents == 52000


@pytest.mark.parametrize(
    "text", ["Refund to VISA: $45.99", "CREDIT NOTE\nTotal $45.99", "They refunded $45.99 of the $120.00."]
)
def test_a_refund_is_negative(text: str) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == -4599


@pytest.mark.parametrize(
    ("text", "cents", "currency"),
    [
        ("date: 2024-05-01\nvendor: Peak Gutters\ncost: 180", 18000, "USD"),
        ("what: Gutters\nAmount (EUR): 1,180", 118000, "EUR"),
        ("Total cost: 95.5", 9550, "USD"),
    ],
)
def test_a_field_of_a_row_is_money_though_no_sign_says_so(text: str, cents: int, currency: str) -> None:
    found = cost_in(text)
    assert found is not None
    assert (found.cents, found.currency) == (cents, currency)
    assert found.words in text


@pytest.mark.parametrize(
    "text", ["cost: unknown", "model: 180", "cost: 180\namount: 190", "The cost: 180 hours of work"]
)
def test_a_bare_number_elsewhere_is_none(text: str) -> None:
    assert cost_in(text) is None


def test_an_estimate_below_a_letterhead_is_no_cost_though_it_speaks_of_invoices() -> None:
    paper = "Palmer Fences\n12 Mill Lane\n555-0106\nApril 19, 2024\n{}\nStain and labor 1,156.00\nTotal 1,156.00"

    assert cost_in(paper.format("ESTIMATE, not an invoice. Good for 60 days.")) is None
    assert cost_in(paper.format("ESTIMATE. Work begins once accepted.")) is None
    assert cost_in(paper.format("ESTIMATE no. 7, accepted and paid")) is not None
    assert cost_in(paper.format("Invoice no. 7, as in our estimate")) is not None


def test_what_lies_on_an_account_was_not_paid() -> None:
    assert cost_in("Statement of account\nOpening balance 2,118.40\nClosing balance $1,904.40") is None
    assert cost_in("Balance due $95.00") is not None
