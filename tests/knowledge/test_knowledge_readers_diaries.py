"""Logs, diaries and chats: a note an entry, each of its own day."""

import datetime as dt
from pathlib import Path

import pytest
from papers import docx

from knowledge.note import Draft
from knowledge.notebook import MAX_CHARACTERS
from knowledge.readers import read


def drafts(path: Path, text: str, *, day_first: bool = False) -> list[Draft]:
    path.write_text(text, "utf-8")
    found = list(read(path, day_first=day_first))
    assert all(isinstance(each, Draft) for each in found)
    return [each for each in found if isinstance(each, Draft)]


LOG = """House log

2021-03-04 Gutters cleaned by Joe, $120
2021-05-06 Septic pumped by Acme, $400
2022-04-01 Gutters cleaned by Joe, $130
"""


def test_an_entry_of_a_log_is_a_note_of_its_day(tmp_path: Path) -> None:
    first, second, third = drafts(tmp_path / "log.txt", LOG)

    assert [each.date for each in (first, second, third)] == [
        *(dt.date(2021, 3, 4), dt.date(2021, 5, 6), dt.date(2022, 4, 1)),
    ]
    assert first.text == "House log\n\n2021-03-04 Gutters cleaned by Joe, $120"
    assert (second.title, second.text) == (
        "House log: Septic pumped by Acme, $400", "2021-05-06 Septic pumped by Acme, $400",
    )  # fmt: skip
    assert third.dated_by == "text"


def test_a_diary_in_word_or_html_is_one_too(tmp_path: Path) -> None:
    entries = ["2023-04-18: opened the pool early", "2023-05-02: added some acid", "2023-10-03: closed for winter"]
    html = "".join(f"<p>{entry}</p>" for entry in entries)
    (tmp_path / "pool.html").write_text(f"<title>Pool diary</title><h1>Pool diary</h1>{html}", "utf-8")

    for path in (docx(tmp_path / "pool.docx", "Pool diary", entries), tmp_path / "pool.html"):
        assert [(each.title, each.date) for each in read(path) if isinstance(each, Draft)] == [
            ("Pool diary: opened the pool early", dt.date(2023, 4, 18)),
            ("Pool diary: added some acid", dt.date(2023, 5, 2)),
            ("Pool diary: closed for winter", dt.date(2023, 10, 3)),
        ]


@pytest.mark.parametrize(
    "text",
    [
        "# Pool\n\n## 2023-04-18\n\nOpened the pool early.\n\n### Pump\n\nHums.\n\n## 2023-05-02\nAdded some acid\n\n"
        "## 2023-10-03\nClosed for winter\n",
        "# Pool\n\n- **Tue, Oct 3, 2023**: closed for winter\n- **2 May 2023** acid\n  and salt\n"
        "- **April 18th, 2023** opened it early\n",
        "# Pool\n\nmar. 18 April 2023 opened it early\nMay 2, 2023 some more acid\nTue 3 Oct. 2023 closed for winter\n",
        "---\ntags: pool\n---\n18.04.2023\nOpened it early.\n\n02.05.2023\nAdd some acid\n\n03.10.2023\nClosed up\n",
    ],
)
def test_entries_are_known_by_headings_points_and_lines_in_either_order(tmp_path: Path, text: str) -> None:
    found = drafts(tmp_path / "pool.md", text)

    assert sorted(each.date for each in found if each.date) == [
        *(dt.date(2023, 4, 18), dt.date(2023, 5, 2), dt.date(2023, 10, 3)),
    ]
    assert {each.title.partition(": ")[0] for each in found} == {"Pool"}
    assert {word for each in found for word in each.title.casefold().split()} >= {"closed", "acid"}


def test_a_day_of_a_chat_is_a_note_and_its_numbers_tell_which_is_the_day(tmp_path: Path) -> None:
    chat = (
        "28/12/2022, 21:14 - Ray: It leaks\n03/01/2023, 4:02\u202fpm - Ray: Valve replaced:\n05/05/2020\n"
        "is its date\n03/01/2023, 16:05 - Ann: Thank you\n"
    )
    chat += "".join(f"{day:02}/02/2023, 08:30 - Ann: Day {day}\n" for day in range(1, 20))
    first, second, *others = drafts(tmp_path / "WhatsApp Chat with Ray.txt", chat)

    assert (first.title, first.date) == ("WhatsApp Chat with Ray: Ray: It leaks", dt.date(2022, 12, 28))
    assert (second.date, second.dated_by) == (dt.date(2023, 1, 3), "text")
    assert second.text.splitlines()[1:] == ["05/05/2020", "is its date", "03/01/2023, 16:05 - Ann: Thank you"]
    assert len(others) == 19


def test_a_chat_longer_than_any_note_comes_in_whole(tmp_path: Path) -> None:
    days = [dt.date(2019, 1, 1) + dt.timedelta(days=number) for number in range(400)]
    chat = "".join(f"[{day:%d.%m.%y}, 08:30:11] Ann: {'word ' * 120}\n" for day in days)
    assert len(chat) > MAX_CHARACTERS

    assert [each.date for each in drafts(tmp_path / "_chat.txt", chat)] == days


def test_a_month_is_no_weekday(tmp_path: Path) -> None:
    log = "Mar 3, 2021 cleaned the gutters\nMarch 5, 2022 septic was pumped\nMarch 7th, 2023 roof was patched\n"

    assert [each.date for each in drafts(tmp_path / "log.txt", log)] == [
        *(dt.date(2021, 3, 3), dt.date(2022, 3, 5), dt.date(2023, 3, 7)),
    ]


def test_only_the_setting_tells_the_day_where_no_entry_does_and_it_is_said(tmp_path: Path) -> None:
    log = "03/04/2021 Cleaned the gutters\n05/06/2021 Septic was pumped\n07/08/2021 Roof was patched\n"

    assert [
        (each.date, each.dated_by) for each in drafts(tmp_path / "log.txt", log, day_first=True)[:1]
    ] == [(dt.date(2021, 4, 3), "text, day first")]  # fmt: skip


def test_a_month_first_log_reads_a_foreign_amount_s_day_the_same_way(tmp_path: Path) -> None:
    log = "01/13/2024 furnace looked at\n02/20/2024 cleaned the gutters\n05/06/2024 filters from Germany ordered, €45\n"

    assert drafts(tmp_path / "log.txt", log)[-1].date == dt.date(2024, 5, 6)


def test_what_stands_over_all_entries_is_in_their_titles(tmp_path: Path) -> None:
    log = (
        "Service of furnace Carrier 58STA\n10/15/2022 tune-up done by Ray, $129\n"
        "10/20/2023 tune-up done by Ray, $139\n11/02/2023 new igniter from Carrier put in\n"
    )

    assert [each.title for each in drafts(tmp_path / "serv.txt", log)][1:] == [
        "Serv: Service of furnace Carrier 58STA: tune-up done by Ray, $139",
        "Serv: Service of furnace Carrier 58STA: new igniter from Carrier put in",
    ]


def test_a_chat_of_two_days_is_known_by_who_speaks_and_its_times_may_have_points(tmp_path: Path) -> None:
    chat = "28.12.2022, 21.14 - Ray: Hi\n29.12.2022, 8.50 - Ann: Ok\n29.12.2022, 9.10 - Ray: $4\n"

    assert [each.title for each in drafts(tmp_path / "chat.txt", chat)] == ["Chat: Ray: Hi", "Chat: Ann: Ok"]


PUMP = "2016-04-01 installed by Carl himself\n2019-05-03 new seal put in\n2023-04-18 motor was replaced\n"


def test_the_pump_s_days_alone_are_a_log(tmp_path: Path) -> None:
    assert len(drafts(tmp_path / "pump.md", PUMP)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "# Pump\nHayward Super II, 1.5 hp, serial 4471, bought at Leslie's, behind the shed, with a new basket.\n\n"
        + PUMP,
        PUMP + "\nSerial 4471, manual in the drawer.\n",
        "## 2016-04-01\nInstalled by Carl.\n\n## 2019-05-03\nNew seal put in.\n\n## 2023-04-18\nMotor was replaced.\n"
        "\n## Manual\nIn the drawer.\n",
        "2016-04-01 installed by Carl\n2023-04-18 motor was replaced\n2019-05-03 new seal put in\n",
        "2016-04-01 installed by Carl\n2019-05-03 new seal put in\n",
        f"---\ndate: 2023-04-18\n---\n{PUMP}",
        f"---\nid: p1\n---\n{PUMP}",
        PUMP.replace("\n2023", "\n\n**Fence**\n2023"),
        PUMP.replace("\n2023", "\n**Fence**\n2023"),
        PUMP.replace("\n2023", "\n\nFence\n-----\n\n2023"),
    ],
)
def test_a_note_that_tells_of_some_days_stays_one(tmp_path: Path, text: str) -> None:
    assert len(drafts(tmp_path / "pump.md", text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        # Papers and accounts.
        "Green Lawns, Invoice 4471\n\n04/03/2024 Mowing $45.00\n04/10/2024 Mowing $45.00\n04/17/2024 Mowing $45.00\n"
        "Subtotal $135.00\nTax $10.80\nTotal due $145.80\n",
        "04/03/2024 Mowed front and back lawn $45\n04/10/2024 Mowed front and back lawn $45\n"
        "04/17/2024 Mowed front and back lawn $45\nTotal $135\n",
        "First Bank\n06/01/2024 Opening balance of your checking $3,000\n06/12/2024 PAYROLL DIRECT DEPOSIT ACME $200\n"
        "06/14/2024 CHECK TO RAY THE PLUMBER $180\n06/30/2024 Closing balance of your checking $4,820\n",
        "06/12/2024 POS PURCHASE HOME DEPOT DENVER $82.10\n06/13/2024 POS PURCHASE SAFEWAY STORE DENVER $45.00 CR\n"
        "06/14/2024 CHECK TO RAY THE PLUMBER $180.00\n",
        # Lists.
        "Propane\n2024-01-05 $2.39\n2024-02-05 $2.45\n2024-03-05 $2.51\n",
        "2024-01-05 Water bill is due\n2024-02-05 Power bill is due\n2024-03-05 Property tax is due\n",
        "Birthdays\n1948-03-12 Grandpa Joe, mom's dad\n1970-01-02 Aunt Ruth from Ohio\n1999-05-06 Cousin Ray Ochoa\n",
        "1948-03-12 Grandpa Joe\n1970-01-02 Aunt Ruth\n1999-05-06 Ray\n",
        "2094-05-01 Bosch dishwasher in kitchen\n2095-05-01 Carrier furnace below\n2096-05-01 fridge in the garage\n",
        "Water\n2024-01-01 4471 kWh\n2024-02-01 4520 kWh\n2024-03-01 4601 kWh\n",
        # Amounts that look like times, and no chats.
        "2024-05-01 12.99 furnace filter\n2024-05-01 45.00 gas for mower\n2024-05-02 8.50 bulbs\n",
        "2024-05-01 12.99 furnace filter from Home Depot\n2024-05-02 45.00 gas for the mower\n2024-05-03 8.50 bulbs\n",
        "2024-05-01 08:30 Denver to Lisbon with United\n2024-05-08 17:45 Lisbon to Denver with United\n",
        "2024-05-01 08:30 - Flight out: to Lisbon\n2024-05-08 17:45 - Flight home: to Denver\n",
    ],
)
def test_a_list_of_days_is_no_diary(tmp_path: Path, text: str) -> None:
    assert len(drafts(tmp_path / "list.txt", text)) == 1
