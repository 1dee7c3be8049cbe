import datetime as dt
from pathlib import Path

import pytest
from papers import INVOICE, docx, packed, pdf, scan

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers import read
from knowledge.readers.documents import as_text


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
@pytest.mark.parametrize("look", ["/AP << /N 7 0 R >>", ""])
def test_what_was_filled_into_a_form_is_read(tmp_path: Path, look: str) -> None:
    filled, words = "BT /F1 12 Tf 2 2 Td (Serial AB-1234) Tj ET", "BT /F1 12 Tf 50 700 Td (Warranty registration) Tj ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] /DR << /Font << /F1 5 0 R >> >> >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
        "/Annots [6 0 R] >>",
        f"<< /Length {len(words)} >>\nstream\n{words}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (serial) /V (Serial AB-1234) /F 4 /Rect [50 600 300 620] "
        f"/DA (/F1 12 Tf) /P 3 0 R {look} >>",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 250 20] /Resources << /Font << /F1 5 0 R >> >> "
        f"/Length {len(filled)} >>\nstream\n{filled}\nendstream",
    )
    parts = [f"{number} 0 obj\n{each}\nendobj\n" for number, each in enumerate(objects, start=1)]
    path = tmp_path / "form.pdf"
    path.write_text("%PDF-1.7\n" + "".join(parts) + "trailer << /Size 8 /Root 1 0 R >>\n%%EOF", "latin-1")

    assert only(path).text == "Warranty registration\nSerial AB-1234"


def test_only_so_many_scanned_pages_are_read_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.readers.pdf.MAX_SCANNED", 3)
    *drafts, last = read(scan(tmp_path / "a.pdf", *[["Page of words"]] * 5))

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


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word(path: Path, *blocks: str, foot: str = "") -> Path:
    """A Word document of paragraphs and the like, as Word writes them."""
    from docx import Document
    from docx.oxml import parse_xml

    document = Document()
    for block in blocks:
        document.element.body.insert(-1, parse_xml(block.replace(" ", f" {WORD} ", 1)))
    document.sections[0].footer.paragraphs[0].text = foot
    document.save(str(path))
    return path


def test_form_fields_insertions_boxes_and_the_foot_of_a_word_document_are_read(tmp_path: Path) -> None:
    field = "<w:sdt ><w:sdtContent><w:p><w:r><w:t>Invoice 4471</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    revised = (
        "<w:p ><w:ins><w:r><w:t>by Ray</w:t></w:r></w:ins><w:del><w:r><w:delText>by Bob</w:delText></w:r></w:del></w:p>"
    )
    box = (
        "<w:p ><w:r><w:t>before</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
        "</w:pict></w:r></w:p>"
    )

    draft = only(word(tmp_path / "a.docx", field, revised, box, foot="Call 555-0142"))

    assert draft.text == "Invoice 4471\n\nby Ray\n\nbefore\n\nboxed\n\nCall 555-0142"


def test_a_cell_of_a_word_table_over_several_rows_stands_in_each(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    table = document.add_table(3, 2)
    for place, text in (((0, 0), "Room"), ((0, 1), "Paint"), ((1, 0), "Hall"), ((1, 1), "N300"), ((2, 1), "N310")):
        table.cell(*place).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    document.save(str(tmp_path / "a.docx"))

    assert only(tmp_path / "a.docx").text == "| Room | Paint |\n|---|---|\n| Hall | N300 |\n| Hall | N310 |"


def test_the_title_of_a_word_document_stands_over_its_headings(tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    for text, level in (("The house", 0), ("Water", 1), ("Power", 1)):
        document.add_heading(text, level)
        document.add_paragraph(f"Of {text.lower()}.")
    document.save(str(tmp_path / "a.docx"))

    draft = only(tmp_path / "a.docx")

    assert (draft.title, draft.text) == ("The house", "Of the house.\n\n## Water\n\nOf water.\n\n## Power\n\nOf power.")


OPEN_TEXT = """<document xmlns:o="office" xmlns:x="text" xmlns:t="table" xmlns:d="draw"><o:text>
<x:h x:outline-level="1">Well pump</x:h>
<x:p>Replaced on 18 April 2023<x:s x:c="1"/>by <x:span>Carl</x:span>.<x:line-break/>Loud.</x:p>
<x:list><x:list-item><x:p>40/60 psi</x:p></x:list-item><x:list-item><x:p>1/2 hp</x:p></x:list-item></x:list>
<x:p><d:frame><d:text-box><x:p>Boxed.</x:p></d:text-box></d:frame></x:p>
<t:table><t:table-row><t:table-cell><x:p>Part</x:p></t:table-cell><t:table-cell><x:p>Price</x:p></t:table-cell></t:table-row>
<t:table-row><t:table-cell><x:p>switch</x:p></t:table-cell><t:table-cell><x:p>$32</x:p></t:table-cell></t:table-row>
</t:table></o:text></document>"""


def test_an_open_text_document_is_read_with_its_lists_boxes_and_tables(tmp_path: Path) -> None:
    members = {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": OPEN_TEXT}

    draft = only(packed(tmp_path / "a.odt", dict(members)))

    assert (draft.title, draft.date) == ("Well pump", dt.date(2023, 4, 18))
    assert draft.text == (
        "Replaced on 18 April 2023 by Carl.\nLoud.\n\n- 40/60 psi\n- 1/2 hp\n\nBoxed.\n\n"
        "| Part | Price |\n|---|---|\n| switch | $32 |"
    )


def test_a_damaged_open_document_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.odt", {"mimetype": "application/vnd.oasis.opendocument.text"})

    assert "is a damaged OpenDocument" in refusal(path)


@pytest.mark.parametrize(
    ("rich", "text"),
    [
        (
            r"Pump\par Karl M\'fcller \endash  \u8364?85. \b Bold\b0  words\line next",
            "Pump\nKarl Müller – €85. Bold words\nnext",
        ),
        (r"{\fonttbl{\f0 Helvetica;}}{\*\generator Riched;}{\pict 89504e47}The words", "The words"),
        ("Gate code\\\n4471 \\{new\\}", "Gate code\n4471 {new}"),
        (r"\uc1 Smile \u-10179?\u-8704?, Ray\u8217\'92s", "Smile 😀, Ray’s"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt the maker}} says", "the maker says"),
    ],
)
def test_rich_text_gives_its_words(tmp_path: Path, rich: str, text: str) -> None:
    path = tmp_path / "a.rtf"
    path.write_text(r"{\rtf1\ansi\ansicpg1252\deff0 " + rich + "}", "latin-1")

    assert only(path).text == text


def test_rich_text_under_word_s_old_ending_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_text(r"{\rtf1\ansi The pump came.}", "latin-1")

    assert only(path).text == "The pump came."


@pytest.mark.parametrize(
    ("charset", "encoding"), [("koi8-r", "koi8-r"), ("iso-8859-1", "utf-8"), ("utf-16", "utf-8"), ("x", "cp1251")]
)
def test_a_web_page_is_read_in_the_encoding_that_it_names_where_that_can_be(
    tmp_path: Path, charset: str, encoding: str
) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f"<html><meta charset='{charset}'><p>Почистили котёл.</p></html>".encode(encoding))

    assert only(path).text == "Почистили котёл."


def test_a_page_that_is_all_in_a_form_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><form><p>Account 4471</p><select><option>May</option></select></form></html>", "utf-8")

    assert only(path).text == "Account 4471"


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


def test_what_stands_around_a_page_s_own_words_is_left_out(tmp_path: Path) -> None:
    own = "Posted October 2, 2022. Shut off the main valve, and blow the lines out at 50 psi, one zone after the other."
    page = (
        "<title>Winterize | Lawn Blog</title><body><header><h1>Winterize</h1><ul><li>Shop</ul></header>"
        f"<div>10 best mowers</div><main><p>{own}</p></main><aside>Subscribe</aside><footer>© 2024, cookies</footer>"
    )
    (tmp_path / "page.html").write_text(page, "utf-8")
    (draft,) = read(tmp_path / "page.html")
    assert isinstance(draft, Draft)

    assert (draft.title, draft.text) == ("Winterize", own)


def test_a_page_whose_own_part_is_all_but_empty_is_read_whole() -> None:
    assert as_text("<main>Loading</main><p>The pump hums.</p>") == "Loading\n\nThe pump hums."


@pytest.mark.parametrize("around", ["<p>Total $371", "<table><tr><td>Filter<td>2</tr></table>", f"<p>{'Mulch. ' * 40}"])
def test_a_page_of_which_its_own_part_is_not_all_is_read_whole(around: str) -> None:
    article = f"<article>{'So easy to install, my lawn has never been greener. ' * 3}</article>"

    assert as_text(f"{around}</p>{article}").startswith(as_text(around))


def test_the_tables_that_lay_out_a_page_are_none_and_those_in_them_are() -> None:
    order = "<table><tr><th>Item<th>Price</tr><tr><td>Filter FC100<td>$39.99</tr></table>"
    frame = "<table role=presentation><tr><td>Order #112-333</tr></table>"

    assert as_text(f"<table><tr><td>{frame}</td><td>{order}</td></tr></table><p>Arriving March 20</p>") == (
        "Order #112-333\n\n| Item | Price |\n| --- | --- |\n| Filter FC100 | $39.99 |\n\nArriving March 20"
    )


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
