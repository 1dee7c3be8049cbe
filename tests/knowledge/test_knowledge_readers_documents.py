import datetime as dt
from pathlib import Path

import pytest
from papers import INVOICE, docx, pdf, scan

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read
from knowledge.readers.pdf import MAX_SCANNED


def only(path: Path) -> Draft:
    (draft,) = read(path)
    assert isinstance(draft, Draft)
    return draft


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        list(read(path))
    return str(caught.value)


# --- PDF ------------------------------------------------------------------------------------------------------------


def test_a_pdf_tells_who_wrote_it_what_it_is_and_when(tmp_path: Path) -> None:
    draft = only(pdf(tmp_path / "scan0001.pdf", INVOICE))

    assert draft.title == "Blue Heron Pools: Invoice 4471"
    assert (draft.date, draft.dated_by) == (dt.date(2023, 4, 18), "text")
    assert draft.text.splitlines() == [" ".join(line.split()) for line in INVOICE] or "Pump replacement" in draft.text


def test_a_pdf_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    assert "Pump replacement" in only(pdf(tmp_path / "invoice.docx", INVOICE)).text
    assert "Pump replacement" in only(pdf(tmp_path / "invoice", INVOICE)).text


def test_a_page_that_is_a_picture_is_read_and_those_with_words_are_not_drawn(tmp_path: Path) -> None:
    draft = only(scan(tmp_path / "scan.pdf", INVOICE))

    assert "Invoice 4471" in draft.text
    assert "1,150.00" in draft.text
    assert draft.date == dt.date(2023, 4, 18)


def test_a_manual_of_300_pages_comes_in_as_several_notes(tmp_path: Path) -> None:
    pages = [[f"Pump manual, page {number}"] + [f"Turn valve {number} before lamp {line}." for line in range(25)]
             for number in range(1, 301)]  # fmt: skip
    drafts = [each for each in read(pdf(tmp_path / "manual.pdf", *pages)) if isinstance(each, Draft)]

    assert len(drafts) > 5
    assert drafts[0].title.startswith("Pump manual, page 1 (pages 1 to ")
    assert drafts[-1].title.endswith(" to 300)")
    told = "\n".join(each.text for each in drafts)
    assert all(f"valve {number} before lamp 24." in told for number in (1, 150, 300))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7\nhello", "is a damaged PDF"),
        (b"", "is empty"),
        (b"\x00\x01\x02\x03" * 100, "is a damaged PDF"),
    ],
)
def test_a_damaged_pdf_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(content)

    assert refusal(path).startswith("a.pdf: ")
    assert why in refusal(path)


def test_a_pdf_cut_off_in_the_middle_is_refused_or_what_is_left_is_read(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", INVOICE, INVOICE)
    path.write_bytes(path.read_bytes()[:400])

    assert "damaged" in refusal(path)


def test_a_locked_pdf_says_what_to_do(tmp_path: Path) -> None:
    assert "locked with a password" in refusal(pdf(tmp_path / "a.pdf", INVOICE, password="secret"))


def test_a_pdf_of_blank_pages_is_refused(tmp_path: Path) -> None:
    assert "no words can be read on its 2 pages" in refusal(pdf(tmp_path / "a.pdf", [], []))


def test_a_pdf_larger_than_a_paper_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", INVOICE)
    with path.open("r+b") as file:
        file.truncate(200_000_000)

    assert "200 MB is more than the 100 MB" in refusal(path)


@pytest.mark.slow
def test_only_so_many_scanned_pages_are_read_and_the_rest_is_said(tmp_path: Path) -> None:
    *drafts, last = read(scan(tmp_path / "a.pdf", *[["Page of words"]] * (MAX_SCANNED + 2)))

    assert all(isinstance(each, Draft) for each in drafts)
    assert isinstance(last, Unreadable)
    assert "2 were not" in str(last)


# --- Word and web ---------------------------------------------------------------------------------------------------


def test_a_word_document_keeps_its_heading_and_table(tmp_path: Path) -> None:
    table = (("Part", "Price"), ("pump", "$1,150"))
    draft = only(docx(tmp_path / "a.docx", "Pool quote", ["Quoted on 18 April 2023 by Blue Heron."], table))

    assert (draft.title, draft.date) == ("Pool quote", dt.date(2023, 4, 18))
    assert "Quoted on 18 April 2023 by Blue Heron." in draft.text
    assert "| pump | $1,150 |" in draft.text


def test_a_web_page_is_text_only(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><head><title>Pump &amp; filter</title><style>b{}</style></head><body onload='evil()'>"
        "<script>alert('stolen')</script><p>Order of <b>18 April 2023</b>: a <a href='http://evil.example'>pump</a>."
        "<img src='http://evil.example/x.png' onerror='evil()'></p><iframe src='http://evil.example'>framed</iframe>"
        "<ul><li>one</li><li>two</li></ul></body></html>",
        "utf-8",
    )
    draft = only(path)

    assert (draft.title, draft.date) == ("Pump & filter", dt.date(2023, 4, 18))
    assert draft.text == "Order of **18 April 2023**: a pump.\n\n- one\n- two"


def test_a_web_page_without_a_word_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><script>document.write('all of it')</script></html>", "utf-8")

    assert "holds no text, only markup" in refusal(path)


def test_a_page_nested_beyond_reason_still_gives_its_words(tmp_path: Path) -> None:
    path = tmp_path / "deep.html"
    path.write_text("<div>" * 5000 + "the words" + "</div>" * 5000, "utf-8")

    assert "the words" in only(path).text


def test_a_web_page_saved_under_another_ending_is_known(tmp_path: Path) -> None:
    path = tmp_path / "order.pdf"
    path.write_text("<!DOCTYPE html><html><body><p>The pump came.</p></body></html>", "utf-8")

    assert only(path).text == "The pump came."
