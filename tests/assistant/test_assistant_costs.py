import pytest

from assistant.money.costs import cost_in


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
        ("Total excl. VAT £90.00\nVAT £18.00\nTotal incl. VAT £108.00", 10800),
        ("Chest $179.00\nTotal (incl. VAT $36.50)   $219.00", 21900),
        ("Total after discount $199.00", 19900),
        ("Total 29.77\nTip 6.00\nTotal with tip 35.77", 3577),
        ("Total for the pair with delivery: $1,948. Parts $12.", 194800),
        ("Replaced the stops $310.00\nPayment received -$310.00\nBalance due: $0.00", 31000),
        ("Invoice total $149.80\nPayments -$149.80\nTotal due $0.00", 14980),
        ("Labor $140.00\nWarranty adjustment -$140.00\nTotal due $0.00", 0),
        ("Total due $199.00\nTotal due after 12/11/2022 $224.00", 19900),
        ("Total $812.50\nTotal hours 12.50", 81250),
        ("Oil change $64.95", 6495),
        ("Paid by credit card $145.00", 14500),
        ("Paid Tom $40 a week ago.", 4000),
        ("New washer $799 + tax, $862.", 86200),
        ("Paid 350$ for the tree.", 35000),
        ("Paid $300 instead of the usual $340.", 30000),
        ("Two downspouts instead of one. $1,020 with hauling.", 102000),
        ("Instead of a plumber we called Hank, and paid $90.", 9000),
        ("I paid $40 for the same filter as last year.", 4000),
        ("Kennel $45 a night, 5 nights, $225.", 22500),
        ("Trimmed the tree for $95, a bargain.", 9500),
        ("Kia payment $352.10, by autopay.", 35210),
        ("Paid about $35 for a new blade.", 3500),
        ("The pump cost us around $300.", 30000),
        ("Total was $3,150.", 315000),
        ("Paid $85 for parts and $120 for labor, $205 total.", 20500),
        ("Deck stain $189.00. Total w/ tax $226.21", 22621),
        ("Car wash $12, tip $3.", 1200),
        ("Salt delivery, $72.50", 7250),
        ("Mazda service, $412.18 after $40 coupon.", 41218),
        ("Four tires at $142 each, $612 out the door.", 61200),
        ("9 gallons at $38 = $342", 34200),
        ("Labor 240.00\nTogether 519.04", 51904),
        ("Bulbs ($12.99), we paid ($18.35) at the till.", 1835),
        ("Net 110,00 €\nTVA 6,05 €\nNet à payer 116,05 €", 11605),
        ("Nettosumme 400,00 €\nMwSt 76,00 €\nBruttosumme 476,00 €", 47600),
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
        "Paid 3 x $45 over the spring.",
        "Plowing this winter, paid $60 x 4 visits.",
        "They mow at $55 a visit.",
        "Kennel $45 a night, 5 nights.",
        "Camp, $85 a day",
        "Tickets $22 a person.",
        "Firewood at $250 a cord.",
        "They mow at $55 a visit and $10 for the edges.",
        "Lawn service, $45 every two weeks.",
        "Got 3 bags of salt at $7.99.",
        "Total so far $810: paint $300, brushes $510.",
        "Furnace filter $38.97 ea, got 2.",
        "We got three quotes for windows: $8,900, $9,400, $7,950. Waiting until spring.",
        "Paid in three installments of $400.",
        "620 pieces at $1.12",
        "Paid Dave $40 for the gutters and $60 for the fence.",
        "Painters charge between $2,000 and $3,000.",
        "New gutters run $8 to $12 a foot.",
        "Sold the old mower for $150 to Pete.",
        "Grandma gave us $500 toward the couch.",
        "The neighbor paid us back $75.",
        "He would do the tile for $2,400.",
        "The tree guy wants $650 to take the stump out.",
        "Budget for the deck is $8,000.",
        "Thinking of a new grill, the big one for $899.",
        "If it stays flat, a new roll is $11.",
        "No charge. Normally $99.",
        "Rug appraised at $3,200.",
        "No money here, call 555-0139.",
        "Insurance sent a check for $2,300.",
        "Our insurer mailed us $1,150 for the window.",
        "Got a check for $45 from the utility.",
        "Adjuster allowed $3,200.",
        "It costs $85 at Miller's.",
        "We did the opening alone (saves $275).",
        "Estimate from Oakes came to $800.",
        "Waiting for a $50 refund from the shop.",
        "They will refund $75 next week.",
        "Balance of $1,500 due on completion.",
        "Miller says $4,200 for the fence.",
        "Water was $62, up from $58.",
        "It was supposed to be $200, was $350.",
        "Signed a contract with Hale, $12,400. Deposit $4,000 paid today.",
        "Ortiz could do the fence for $3,900.",
        "The new fence will cost $4,200.",
        "A new roof is going to be $12,400.",
        "Contractor wants $1,500 down, the total job will be $6,000.",
        "Balance on the car loan is $14,200.",
        "Loan balance: $9,310.20",
        "Sold old mower $120.",
        "Transferred $500 to savings.",
        "Transferred $500 from savings to checking.",
        "Transferred to our joint account: $500",
        "Ortiz will probably charge $3,900.",
        "Lent Mike $200.",
        "Did it ourselves instead of paying a plumber $150.",
        "Neighbor paid $4,000 for the same roof.",
        "The new roof next door: Bob paid $4,000 for his.",
        "Next payment $352.",
        "- Flour: 25 lb strong white now $38, they post it\n- Coffee: the dark one, $17 a bag",
        "Got an insurance payment $3,200.",
        "It would have cost about $300.",
        "They could have charged about $300.",
        "Hail damage, claim paid $4,300.",
    ],
)
def test_what_was_not_paid_is_no_cost(text: str) -> None:
    assert cost_in(text) is None


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Paid Ray $150 for the filter and $75 for labor.", 22500),
        ("Plumber came, $95 call-out fee plus $140 labor.", 23500),
        ("Repair $180 plus $20 parts.", 20000),
        ("Paid Olga $60 for the haircut and $12 tip.", 7200),
        ("Locksmith, $65 trip charge and $40 for two keys.", 10500),
        ("Dishwasher repair: labor $120, parts $64.", 18400),
        ("Parts $85 and labor $140.", 22500),
        ("Moved the piano: $240 + $60 for the stairs.", 30000),
        ("Paid $100 in May and the remaining $240 in June.", 34000),
        ("Sofa from Harlow, €900 plus €120 delivery.", 102000),
        ("Labor $100, parts $50, tax $12.38, total $162.38", 16238),
    ],
)
def test_parts_of_one_job_are_added_up(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents
    assert cost.words in text


@pytest.mark.parametrize(
    "text",
    [
        "Paid Lena $40 for the lawn and $60 for the hedge.",
        "Piano tuned, $140 and $15 parking.",
        "Total $500 plus $20 tip.",
        "Gas is $32 a cylinder and $10 delivery.",
        "Sofa $900 plus €120 delivery.",
    ],
)
def test_what_may_be_two_things_or_one_too_many_is_not_added_up(text: str) -> None:
    assert cost_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Bought a drill for $89 and a sander for $60.",
        "Bought the grill for $450 and the cover for $39 at Ace.",
        "Paid the plumber $180 and the electrician $240.",
        "Plumber charged $180. Electrician charged $240.",
        "Swim lessons $120 for Leo and $120 for Mia",
        "Bought a rug for $129 and a lamp for $129.",
        "Paid Lena $60. Paid Olga $60.",
        "Paid the plumber $180 and the electrician $180.",
        "Paid $60 to Lena on Monday. Paid $60 to Olga.",
        "Paid $180 to the plumber. Paid $240 to the electrician.",
        "Water bill Jan $62, Feb $58, Mar $71",
        "Paid the plumber $180. Also bought a new faucet for $129.",
        "Bought a rug for $129. Paid the plumber $180.",
        "Bought a rug for $129. Paid $180 to the plumber.",
        "Total $1,260. Delivery paid $60. No leaks so far.",
        "First payment $1,200, second payment $1,200.",
        "$4,500 March 1, final payment $4,500 April 2.",
        "Deposit $500, final payment $1,500.",
        "Sofa total $2,100. Paid $500 down, next payment due June.",
        "Paid Ray $300 for the first visit, $300 for the second. Total $600 so far.",
        "Total $630. First payment $210 Monday, second payment $210 Friday.",
        "Total $4,000. Paid deposit $2,000, final payment $2,000 on completion.",
        "Paid a $200 deposit in May. Final payment June 3. Total was $1,450.",
        "Blown out, $85 (they did it for $70 in 2019).",
        "$290 for the same windows. For two years it was for $245.",
    ],
)
def test_of_two_prices_neither_is_what_all_of_it_cost(text: str) -> None:
    assert cost_in(text) is None


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("The drill was $89, the sander cost $60, it came to $149.", 14900),
        ("Charged $180 for the sink and $60 for the tap, total $240.", 24000),
        ("Charged $180. Paid $180.", 18000),
        ("The bill was $180 and I paid $180 by check.", 18000),
        ("Paid Lena $60 on Monday. Paid Lena $60, so we are square.", 6000),
        ("Bought a grill for $450, paid $399 with the coupon.", 39900),
        ("Bought a faucet for $180. Paid $195 with tax.", 19500),
        ("Ordered filters for $40. Paid $46.50 with shipping.", 4650),
        ("Est. cost $11,400. Fee $142.00.", 14200),
    ],
)
def test_of_several_prices_the_one_that_they_come_to_counts(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Hank's estimate was $800. The bill came to $950.", 95000),
        ("Estimate $800, ended up paying $950.", 95000),
        ("Quoted $300. Wound up paying $340.", 34000),
        ("Kitchen tap, the quote was $150 but it ended up costing $190.", 19000),
        ("Estimate $400. Final cost was $430.", 43000),
    ],
)
def test_what_it_came_to_in_the_end_counts_and_not_the_estimate(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("AC recharge $180. A new unit costs $6,500.", 18000),
        ("Dryer belt replaced, $96. The next model costs $800.", 9600),
        ("The drain was slow again, $145.", 14500),
        ("Mowed around the house and about the shed, $60.", 6000),
        ("24 windows plus screens, April 8, $180.", 18000),
        ("$44,850 out the door at Ferrand. The old one went in trade for $4,200.", 4485000),
        ("Costs: $310", 31000),
        ("Total costs $410", 41000),
        ("Tent from Ridge, $180, including $30 shipping.", 18000),
        ("New windscreen $880. The insurance covered all but $400.", 40000),
        ("Roofer charged $4,000. The insurance paid $3,200.", 400000),
        ("Car insurance: paid $640.", 64000),
        ("Sent Ray a check for $300.", 30000),
        ("Will charged $95 for the gate, and it could not be fixed for good.", 9500),
        ("Your card will be charged $45.00", 4500),
        ("Bought a longer hose that will reach the back bed for $45", 4500),
        ("New anode rod so the heater will last, cost $95", 9500),
        ("Transferred $500 to Hank for the deck stain.", 50000),
        ("Sold by: Marlow Tools\nDrill $89.00", 8900),
        ("Sold the old mower and bought one for $420.", 42000),
    ],
)
def test_what_others_pay_or_would_have_to_pay_is_left_out(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Oven fixed, $210. They refunded the $50 diagnostic fee.", 16000),
        ("Bought two lamps for $200, one was broken, $50 refunded.", 15000),
        ("Paid $95 at the till, they gave us $20 back.", 7500),
        ("Bought a rack for $89. Returned it, $89 refunded.", 0),
        ("Returned one of the lamps we bought for $200, $50 refunded.", -5000),
        ("Refund to your Visa: $54.98 and $3.30 tax, together $58.28.", -5828),
        ("Cedar Pest\nInvoice 7\nSpraying $140.00\nRefund of fee -$50.00\nTotal $90.00", 9000),
    ],
)
def test_what_came_back_is_taken_off_the_payment_that_the_note_tells(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents
    assert cost.words in text


def test_nobody_knows_what_is_left_where_it_is_unclear_what_was_paid() -> None:
    assert cost_in("Attic blown in, $1,840, got the $500 back. Elbow fixed by Dwayne, $210.") is None


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("Paid deposit $500. Balance $1,500 due on completion.", 50000),
        ("Paid $300 down on the sofa, $700 due on delivery.", 30000),
        ("Total $2,000. Paid a $500 deposit, the balance of $1,500 is due when they finish.", 50000),
        ("Paid a $500 deposit, the remaining $1,500 is due June 1.", 50000),
        ("Camp deposit $200 paid, balance $650 due May 1.", 20000),
        ("Deposit of $200 was paid in March, the remaining $650 is due May 1.", 20000),
        ("Deposit paid: $250\nBalance due upon completion: $750", 25000),
        ("Contract price $520.00\nDeposit received $200.00\nBalance due on completion $320.00\nPAID IN FULL", 52000),
        ("Paid the remaining $1,500.", 150000),
        ("Paid the rest, $240, when he was done.", 24000),
        ("Balance due upon receipt $95.00", 9500),
        ("Roof: $3,600 total, paid $1,200 so far.", 120000),
        ("Second of three payments, $1,200, to Hale Roofing. Total is $3,600.", 120000),
        ("Final payment $1,200 to Hale, total was $3,600.", 120000),
        ("Receipt\nPayment 2 of 3\nPaid $400.00\nContract total $1,200.00", 40000),
        ("Put $500 down on the new couch, total $2,100, rest on delivery.", 50000),
        ("Total $1,190, paid half ($595) up front and the rest when done.", 119000),
        ("They came for the first of two visits. Parts $20, labor $80, total $100.", 10000),
        ("Spent $800 in total so far.", 80000),
        ("Contract $3,600, paid $1,200 to Hale so far.", 120000),
        ("Fence: $6,000 total. Paid half, $3,000, and the last payment $3,000 today.", 600000),
        ("They quoted $3,600. Paid $1,200 so far.", 120000),
        ("Total $3,600. So far we've paid $1,200.", 120000),
        ("Paid a $200 deposit in May. Total was $1,450. No leaks so far.", 145000),
        ("Total $420. First payment $210 on Monday, second payment $210 on Friday.", 42000),
        ("Total of $9,000. Paid $4,500 March 1, final payment $4,500 April 2.", 900000),
        ("Total $9,000: $4,500 March 1, final payment $4,500 April 2.", 900000),
        ("Total $2,000: deposit $500, rest $1,500 paid June 3. Second payment by check.", 200000),
        ("New roof, total $14,500. Paid $5,000 deposit June 1; balance paid June 20. No leaks so far.", 1450000),
        ("Second payment. Total $14,500. Paid $5,000 deposit June 1; balance paid June 20.", 1450000),
    ],
)
def test_of_a_deposit_and_a_rest_that_is_still_due_the_deposit_counts(text: str, cents: int) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == cents


def test_an_estimate_that_was_taken_is_a_cost() -> None:
    cost = cost_in("Proposal accepted 4/11/2020\nContract price $520.00\nPaid in full 4/25/2020")
    assert cost is not None
    assert cost.cents == 52000


@pytest.mark.parametrize(
    "text",
    [
        "Refund to VISA: $45.99",
        "CREDIT NOTE\nTotal $45.99",
        "They refunded $45.99 of the $120.00.",
        "Returned the drill, $45.99 refunded to the Visa.",
        "Sent the tiles back, got $45.99 back on the card.",
        "CREDIT NOTE\nReturned blind $38.33\nVAT $7.66\nTotal credit $45.99",
        "Credit memo 7\nTotal $45.99",
        "Jardinerie du Lac\nAvoir n° 33\nTotal $45.99",
        "Stornorechnung Nr. 12\nGesamtbetrag $45.99",
    ],
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


@pytest.mark.parametrize(
    "text",
    [
        "RECEIPT - no refund without receipt\nTotal $45.99",
        "Sleepwell, money back guarantee\nTotal $45.99",
        "Refund request denied. So we paid $45.99 for nothing.",
    ],
)
def test_what_a_shop_says_of_refunds_is_none(text: str) -> None:
    cost = cost_in(text)
    assert cost is not None
    assert cost.cents == 4599


@pytest.mark.parametrize(
    "words",
    [
        "Water heater, installed",
        "Installed by licensed plumbers, completed on schedule",
        "Accepted by: __________ Date: ______",
        "Balance due upon receipt",
        "A third to be paid at signing, the rest when it is completed",
        "All major cards accepted.",
        "An invoice will be sent when the job is done.",
        "Stone cleaned and finished.",
    ],
)
def test_an_estimate_is_not_taken_by_what_it_offers_or_asks(words: str) -> None:
    assert cost_in(f"ESTIMATE 55\nBarton Water\n{words}\nTotal $1,850.00") is None


@pytest.mark.parametrize(
    "words", ["They finished on Friday", "Installed 5/4/2023", "We went with them", "Paid 5/4/2023"]
)
def test_an_estimate_is_taken_where_it_was_done(words: str) -> None:
    assert cost_in(f"ESTIMATE 55\nBarton Water\n{words}\nTotal $1,850.00") is not None


def test_what_lies_on_an_account_was_not_paid() -> None:
    assert cost_in("Statement of account\nOpening balance 2,118.40\nClosing balance $1,904.40") is None
    assert cost_in("Previous balance $412.10\nNew balance $238.44\nMinimum payment due $35.00") is None
    assert cost_in("Total deposits $2,000.00\nTotal withdrawals $1,450.00") is None
    assert cost_in("Balance due $95.00") is not None
