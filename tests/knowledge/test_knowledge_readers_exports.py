"""What other programs export: notebooks, calendars, address books."""

import base64
import datetime as dt
from pathlib import Path

import pytest

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read


def drafts(path: Path) -> list[Draft]:
    return [each for each in read(path) if isinstance(each, Draft)]


def evernote(path: Path, *notes: str) -> Path:
    head = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE en-export SYSTEM "http://xml.evernote.com/x.dtd">'
    path.write_text(f"{head}<en-export>{''.join(notes)}</en-export>", "utf-8")
    return path


def test_a_note_of_evernote_keeps_its_title_words_tags_and_day(tmp_path: Path) -> None:
    words = '<div>Nozzle &amp; seal.</div><div><en-todo checked="true"/>bled</div><en-crypt>x9</en-crypt>'
    (draft,) = drafts(
        evernote(
            tmp_path / "a.enex",
            f"<note><title>Boiler</title><content><![CDATA[<en-note>{words}</en-note>]]></content><created>20220314T101112Z</created>"
            "<tag>heating</tag></note>",
        )
    )

    assert (draft.title, draft.tags) == ("Boiler", ("heating",))
    assert draft.text == "Nozzle & seal.\n\n[x] bled"
    assert (draft.date, draft.dated_by) == (dt.date(2022, 3, 14), "file")


def test_the_files_in_a_note_of_evernote_are_notes_of_their_own(tmp_path: Path) -> None:
    data = base64.b64encode(b"Invoice date: April 18, 2023").decode()
    note, file = drafts(
        evernote(
            tmp_path / "a.enex",
            "<note><title>Boiler</title><content>&lt;en-note&gt;See it.&lt;/en-note&gt;</content><resource>"
            f"<data>{data}</data><resource-attributes><file-name>i.txt</file-name></resource-attributes></resource></note>",
        )
    )

    assert note.text == "See it.\n\nAttached: i.txt"
    assert (file.source, file.date) == ("a.enex/i.txt", dt.date(2023, 4, 18))


def test_what_is_left_of_a_damaged_export_is_read_and_the_damage_told(tmp_path: Path) -> None:
    path = tmp_path / "a.enex"
    path.write_text("<en-export><note><title>Boiler</title></note><note><title>Ro", "utf-8")
    read_ = read(path)

    first = next(read_)
    assert isinstance(first, Draft)
    assert first.text == "Boiler"
    with pytest.raises(Unreadable, match="is a damaged export of Evernote"):
        next(read_)


def test_an_event_of_a_calendar_is_a_note_of_its_day(tmp_path: Path) -> None:
    path = tmp_path / "house.ics"
    path.write_bytes(
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:20230418T090000\r\nSUMMARY:Chimney sweep\r\n"
        b"RRULE:FREQ=YEARLY\r\nDESCRIPTION:Bring the ladder\\, pay 85 \r\n EUR\\nFlue ok\r\n"
        b"BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n"
        b"BEGIN:VTODO\r\nDUE;VALUE=DATE:20210502\r\nSUMMARY:Septic\r\nEND:VTODO\r\nEND:VCALENDAR\r\n"
    )

    sweep, septic = drafts(path)

    assert (sweep.title, sweep.date) == ("Chimney sweep", dt.date(2023, 4, 18))
    assert sweep.text == "When: 2023-04-18 09:00\nRepeats: yearly\n\nBring the ladder, pay 85 EUR\nFlue ok"
    assert (septic.title, septic.date) == ("Septic", dt.date(2021, 5, 2))


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("RRULE:FREQ=MONTHLY;INTERVAL=3;UNTIL=20251231T000000", "Repeats: every 3 months until 2025-12-31"),
        ("RRULE:FREQ=WEEKLY;COUNT=6", "Repeats: weekly, 6 times"),
        ("STATUS:CANCELLED", "Status: cancelled"),
        ("DTEND;VALUE=DATE:20230421", "Until: 2023-04-20"),
        ("DTEND;VALUE=DATE:20230419", ""),
        ("DESCRIPTION:<p>Call <b>Jim</b> first<br>Bring the key</p>", "Call **Jim** first\nBring the key"),
    ],
)
def test_how_often_how_long_and_whether_it_took_place_is_told(tmp_path: Path, told: str, text: str) -> None:
    path = tmp_path / "house.ics"
    event = f"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20230418\nSUMMARY:Sweep\n{told}\nEND:VEVENT\n"
    path.write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n", "utf-8")
    (draft,) = drafts(path)

    assert draft.text.removeprefix("When: 2023-04-18").strip() == text


@pytest.mark.parametrize(
    ("begins", "ends", "until"),
    [
        ("20240501T000000", "20240502T000000", ""),
        ("20240501T190000", "20240502T000000", ""),
        ("20240501T190000", "20240504T000000", "\nUntil: 2024-05-03"),
        ("20240501T190000", "20240502T010000", "\nUntil: 2024-05-02 01:00"),
    ],
)
def test_what_ends_at_midnight_ends_the_day_before(tmp_path: Path, begins: str, ends: str, until: str) -> None:
    path = tmp_path / "house.ics"
    event = f"BEGIN:VEVENT\nDTSTART:{begins}\nDTEND:{ends}\nSUMMARY:Party\nEND:VEVENT\n"
    path.write_text(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n", "utf-8")
    (draft,) = drafts(path)

    assert draft.text == f"When: 2024-05-01 {begins[9:11]}:00{until}"


def test_a_task_is_of_the_day_on_which_it_was_done(tmp_path: Path) -> None:
    path = tmp_path / "house.ics"
    task = (
        "BEGIN:VTODO\nDUE;VALUE=DATE:20230401\nCOMPLETED:20230418T100000\nSTATUS:COMPLETED\nSUMMARY:Filter\nEND:VTODO\n"
    )
    path.write_text(f"BEGIN:VCALENDAR\n{task}END:VCALENDAR\n", "utf-8")
    (draft,) = drafts(path)

    assert (draft.date, draft.text) == (dt.date(2023, 4, 18), "When: 2023-04-01\nDone: 2023-04-18 10:00")


def test_a_bad_entry_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "house.ics"
    entries = (("16010101", "Roman"), ("20230418", "Sweep"))
    path.write_text(
        "BEGIN:VCALENDAR\n"
        + "".join(f"BEGIN:VEVENT\nDTSTART:{day}\nSUMMARY:{title}\nEND:VEVENT\n" for day, title in entries)
        + "END:VCALENDAR\n",
        "utf-8",
    )

    bad, good = read(path)

    assert str(bad).startswith("house.ics, entry 1: '1601-01-01' is not a date of this house")
    assert isinstance(good, Draft)
    assert good.title == "Sweep"


def test_a_contact_is_a_note_without_a_date(tmp_path: Path) -> None:
    path = tmp_path / "2024-01-01 contacts.vcf"
    path.write_text(
        "BEGIN:VCARD\nVERSION:3.0\nN:Ochoa;Ray;;;\nORG:Blue Heron Pools;\nitem1.TEL;TYPE=CELL,pref:555-0142\n"
        "ADR;TYPE=WORK:;;12 Main St;Springfield;IL;62701;USA\nBDAY:1970-01-02\nNOTE:cash only\\, says Ray\n"
        "PHOTO;ENCODING=b:/9j/4AAQ\n AAAA\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:2.1\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Karl=20=\nM=C3=BCller\nEND:VCARD\n",
        "utf-8",
    )

    ray, karl = drafts(path)

    assert (ray.title, ray.date, karl.title, karl.date) == ("Ray Ochoa", None, "Karl Müller", None)
    assert ray.text == (
        "Company: Blue Heron Pools\nPhone (cell): 555-0142\nAddress (work): 12 Main St, Springfield, IL, 62701, USA\n"
        "Birthday: 1970-01-02\nNote: cash only, says Ray"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.ics", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"), ("a.vcf", "BEGIN:VCARD\nEND:VCARD\n"), ("a.enex", "<en-export/>")],
)
def test_an_export_that_holds_nothing_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")

    with pytest.raises(Unreadable, match="holds nothing that could be a note"):
        list(read(tmp_path / name))
