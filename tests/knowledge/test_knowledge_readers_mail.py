import datetime as dt
from pathlib import Path

import pytest
from papers import INVOICE, eml, pdf

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read
from knowledge.readers.mail import trimmed


def test_a_message_gives_subject_people_day_and_its_own_words(tmp_path: Path) -> None:
    text = "Für die Küche kommt Ray am Montag; die Rechnung über 1.150 € liegt bei, wie besprochen und vereinbart.\n"
    text += "-- \nRay Ochoa\n555-0142\n"
    (draft,) = read(eml(tmp_path / "a.eml", text, "Re: Fwd: Pump"))
    assert isinstance(draft, Draft)

    assert (draft.title, draft.date, draft.dated_by) == ("Pump", dt.date(2023, 4, 18), "mail")
    assert draft.text.splitlines()[:2] == ["From: Ray Ochoa <ray@example.org>", "To: the house <house@example.org>"]
    assert "Für die Küche kommt Ray am Montag; die Rechnung über 1.150 €" in draft.text
    assert "555-0142" not in draft.text


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, Apr 17, 2023 at 9:12 AM House <house@example.org> wrote:\n> Can you come?\n> Thanks",
        "-----Original Message-----\nFrom: House\nCan you come?",
        "From: House <house@example.org>\nSent: Monday\nTo: Ray\nSubject: Pump\n\nCan you come?",
        "> Can you come?",
        "-- \nRay\nCan you come?",
        "Sent from my iPhone",
        "-----Ursprüngliche Nachricht-----\nVon: Haus\nKommst du?",
        "Von: Haus <house@example.org>\nGesendet: Montag\nAn: Ray\nBetreff: Pumpe\n\nKommst du?",
        "Le lun. 2 mai 2022 à 10:00, House <house@example.org> a écrit :\n> Quand venez-vous ?",
        "Von meinem iPhone gesendet",
    ],
)
def test_quoted_replies_and_signatures_are_left_out(quoted: str) -> None:
    assert trimmed(f"The pump is in.\n\nIt hums.\n\n{quoted}\n") == "The pump is in.\n\nIt hums."


def test_answers_between_quoted_lines_are_kept_with_the_questions() -> None:
    told = (
        "Hello Anna, answers below.\n\nOn Mon, Apr 17, 2023 Anna <a@b.c>\nwrote:\n> How much?\n\n$240 with guards.\n\n"
    )
    told += "> When can you come?\n\nApril 3rd at nine."

    assert trimmed(f"{told}\n\n-- \nJoe\n555-0101\n") == told


def test_a_line_that_leads_to_a_quote_is_left_out_though_it_was_broken() -> None:
    quoted = "On Mon, Mar 13, 2023 at 9:00 AM Anna of the house <anna@house.example>\nwrote:\n\n> Is it 240?"

    assert trimmed(f"Yes, with the guards.\n\n{quoted}") == "Yes, with the guards."


def test_a_forwarded_message_without_a_word_of_one_s_own_is_kept_whole() -> None:
    text = "-----Original Message-----\nFrom: Ray\nThe serial number is 77-A-12."

    assert trimmed(f"FYI\n\n{text}") == f"FYI\n\n{text}"


def test_a_line_of_a_mailbox_that_begins_with_from_is_no_quote(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text("From a Mon\nFrom: Ray\nSubject: Pump\n\nAcid added.\n>From now on it is $40 a week.\n", "utf-8")
    (draft,) = read(path)
    assert isinstance(draft, Draft)

    assert draft.text.endswith("Acid added.\nFrom now on it is $40 a week.")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("FW: order", "Keep this for the furnace, please.\n\nFrom: Depot\nSent: Monday\nTo: Ann\n\nFilter 16x25, $12."),
        ("order", "Keep this for the furnace.\n\n---------- Forwarded message ---------\nFrom: Depot\n\nFilter 16x25."),
    ],
)
def test_what_is_sent_on_is_kept_below_the_words_about_it(tmp_path: Path, subject: str, text: str) -> None:
    (draft,) = read(eml(tmp_path / "a.eml", text, subject))
    assert isinstance(draft, Draft)

    assert draft.title == "order"
    assert draft.text.endswith(text)


def test_a_plain_text_that_only_points_to_the_web_page_gives_way_to_it(tmp_path: Path) -> None:
    page = f"<p>Filter 16x25, $12.</p><p>{'It was delivered to your door. ' * 8}</p>"
    (draft,) = read(eml(tmp_path / "a.eml", "Please view this message as HTML.", html=page))
    assert isinstance(draft, Draft)

    assert "Filter 16x25, $12." in draft.text


def test_all_texts_of_a_message_are_read_and_its_seal_is_no_attachment(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(
        "From: ray@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nBefore the picture.\n"
        "--b\nContent-Type: text/plain; charset=us-ascii\n\nNach dem Bild: Tür.\n"
        "--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nseal\n--b--\n",
        "utf-8",
    )
    (draft,) = read(path)
    assert isinstance(draft, Draft)

    assert draft.text == "From: ray@example.org\n\nBefore the picture.\n\nNach dem Bild: Tür."


def test_a_message_without_a_day_has_the_one_on_which_it_came(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(
        "From: ray@example.org\nReceived: by x; Tue, 18 Apr 2023 10:30:00 +0200\n\nThe pump is in.", "utf-8"
    )
    (draft,) = read(path)
    assert isinstance(draft, Draft)

    assert (draft.date, draft.dated_by) == (dt.date(2023, 4, 18), "mail")


@pytest.mark.parametrize("name", ["Archive.mbox", "Inbox", "one.eml"])
def test_each_message_of_a_mailbox_is_a_note(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(
        "".join(
            f"From ray@example.org Tue Apr 18 10:30:00 2023\nFrom: ray@example.org\nSubject: {subject}\n"
            f"Date: Tue, 18 Apr 2023 10:30:00 +0200\n\nWords of the {subject}.\n\n"
            for subject in ("pump", "roof")
        ),
        "utf-8",
    )

    drafts = [each for each in read(path) if isinstance(each, Draft)]

    assert [(each.title, each.source) for each in drafts] == [
        ("pump", f"{name}/message 1.eml"),
        ("roof", f"{name}/message 2.eml"),
    ]
    assert "Words of the roof." in drafts[1].text


def test_attachments_are_notes_of_their_own_and_a_bad_one_costs_only_itself(tmp_path: Path) -> None:
    invoice = pdf(tmp_path / "i.pdf", INVOICE).read_bytes()
    path = eml(tmp_path / "a.eml", "Here it is, as promised.", invoice__pdf=invoice, torn__pdf=b"%PDF-1.4 torn")

    body, attached, torn = read(path)

    assert isinstance(body, Draft)
    assert "Attached: invoice.pdf, torn.pdf" in body.text
    assert isinstance(attached, Draft)
    assert (attached.source, attached.title) == ("a.eml/invoice.pdf", "Blue Heron Pools: Invoice 4471")
    assert isinstance(torn, Unreadable)
    assert str(torn).startswith("a.eml/torn.pdf: is a damaged PDF")


def test_a_message_in_html_alone_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(
        b"From: ray@example.org\nSubject: =?utf-8?q?K=C3=BCche?=\nContent-Type: text/html; charset=iso-8859-1\n"
        b"Content-Transfer-Encoding: quoted-printable\n\n<script>x()</script><p>T=FCr ge=F6lt.</p>"
    )
    (draft,) = read(path)
    assert isinstance(draft, Draft)

    assert draft.title == "Küche"
    assert draft.text.endswith("Tür geölt.")


def test_a_charset_that_nobody_knows_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"From: ray@example.org\nSubject: x\nContent-Type: text/plain; charset=no-such\n\nT\xfcr")
    (draft,) = read(path)
    assert isinstance(draft, Draft)

    assert draft.text.endswith("Tür")


def test_a_labelled_date_in_the_words_is_better_than_the_day_of_the_message(tmp_path: Path) -> None:
    (draft,) = read(eml(tmp_path / "a.eml", "Your appointment is over.\nService date: March 2, 2023\nThanks."))
    assert isinstance(draft, Draft)

    assert (draft.date, draft.dated_by) == (dt.date(2023, 3, 2), "text")


def test_what_is_no_message_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text("just words", "utf-8")

    with pytest.raises(Unreadable, match="is no e-mail"):
        list(read(path))
