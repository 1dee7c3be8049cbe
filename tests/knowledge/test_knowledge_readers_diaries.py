"""Logs, diaries and chats: a note an entry, each of its own day."""

import datetime as dt
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    "text",
    [
        "# Pool\n\n## 2023-04-18\n\nOpened it.\n\n### Pump\n\nHums.\n\n## 2023-05-02\nAcid\n\n## 2023-10-03\nClosed\n",
        "# Pool\n\n- **Tue, Oct 3, 2023**: closed\n- **2 May 2023** acid\n  and salt\n- **April 18th, 2023** opened\n",
        "# Pool\n\nmar. 18 April 2023 opened\nMay 2, 2023 acid\nTue 3 Oct. 2023 closed\n",
        "---\ntags: pool\n---\n18.04.2023\nOpened it.\n\n02.05.2023\nAcid\n\n03.10.2023\nClosed\n",
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
    log = "Mar 3, 2021 gutters\nMarch 5, 2022 septic\nMarch 7th, 2023 roof\n"

    assert [each.date for each in drafts(tmp_path / "log.txt", log)] == [
        *(dt.date(2021, 3, 3), dt.date(2022, 3, 5), dt.date(2023, 3, 7)),
    ]


def test_only_the_setting_tells_the_day_where_no_entry_does_and_it_is_said(tmp_path: Path) -> None:
    log = "03/04/2021 Gutters\n05/06/2021 Septic\n07/08/2021 Roof\n"

    assert [
        (each.date, each.dated_by) for each in drafts(tmp_path / "log.txt", log, day_first=True)[:1]
    ] == [(dt.date(2021, 4, 3), "text, day first")]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "# Pump\nHayward Super II, 1.5 hp, serial 4471, bought at Leslie's, behind the shed, with a new basket.\n\n"
        "- 2016-04-01 installed\n- 2019-05-03 new seal\n- 2023-04-18 motor\n",
        "2016-04-01 installed\n2019-05-03 new seal\n2023-04-18 motor\n\nSerial 4471, manual in the drawer.\n",
        "## 2016-04-01\nInstalled.\n\n## 2019-05-03\nSeal.\n\n## 2023-04-18\nMotor.\n\n## Manual\nIn the drawer.\n",
        "2016-04-01 installed\n2023-04-18 motor\n2019-05-03 new seal\n",
        "2016-04-01 installed\n2019-05-03 new seal\n",
        "---\ndate: 2023-04-18\n---\n2016-04-01 installed\n2019-05-03 new seal\n2023-04-18 motor\n",
        "---\nid: p1\n---\n2016-04-01 installed\n2019-05-03 new seal\n2023-04-18 motor\n",
    ],
)
def test_a_note_that_tells_of_some_days_stays_one(tmp_path: Path, text: str) -> None:
    assert len(drafts(tmp_path / "pump.md", text)) == 1
