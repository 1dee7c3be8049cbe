"""Word and web documents to drafts, as Markdown: text only, no script, and nothing asked of another host."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.errors import Unreadable
from knowledge.money import amounts_in
from knowledge.note import Draft
from knowledge.readers.diaries import diary
from knowledge.readers.encodings import decoded
from knowledge.readers.sections import in_sections, opening_heading, paper_title
from knowledge.readers.source import Source, one_line, title_of_name

_UNSEEN = (
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "iframe",
    "object",
    "embed",
    "svg",
    "button",
    "select",
    "nav",
)
"""What a page holds that is no text of it."""
OWN_SHARE = 0.6
"""The share of a page's text from which what it says is its own is all of it but menus and the like."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SPACES = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NO_WORDS = frozenset({f"{_W}{name}" for name in ("pPr", "rPr", "del", "moveFrom", "txbxContent", "instrText")})
_AGAIN = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""What older programs are to show instead of what stands beside it."""


def word(source: Source) -> Iterator[Draft | Unreadable]:
    """A Word document, with its letterhead, headings, lists, tables, text boxes and form fields."""
    from docx import Document

    try:
        opened = Document(io.BytesIO(source.data))
        text = "\n\n".join(_parts(opened))
    except Exception as error:  # its parts are XML in a ZIP file, and each layer has errors of its own
        raise Unreadable(f"{source.name}: is a damaged Word document ({one_line(error)}). Save it again.") from error
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)).strip()
    yield from document(source, text)


def _parts(opened: Any) -> Iterator[str]:
    """What stands in a document as Markdown, between what stands at the head and at the foot of its first page."""
    first, under = opened.sections[0], _has_title(opened)
    own = first.different_first_page_header_footer
    head, foot = (first.first_page_header, first.first_page_footer) if own else (first.header, first.footer)
    if not head.is_linked_to_previous:
        yield from _blocks(head._element, head)
    yield from _blocks(opened.element.body, opened, under)
    if not foot.is_linked_to_previous:
        yield from _blocks(foot._element, foot)


def _has_title(opened: Any) -> bool:
    """Whether a paragraph is the title of all, above the headings."""
    title = next((style.style_id for style in opened.styles if style.name == "Title"), None)
    return title is not None and any(each.get(f"{_W}val") == title for each in opened.element.body.iter(f"{_W}pStyle"))


def _blocks(parent: Any, part: Any, under: bool = False) -> Iterator[str]:
    """The paragraphs and tables in an element of a part of a document as Markdown, in their order.

    Args:
        under: whether its headings lie under a title.
    """
    for element in parent:
        if element.tag == f"{_W}p":
            yield _paragraph(element, part, under)
            for box in _once(element, "txbxContent"):
                yield from _blocks(box, part, under)
        elif element.tag == f"{_W}tbl":
            yield table(list(_rows(element)))
        elif element.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml"):
            yield from _blocks(element, part, under)


def _once(element: Any, name: str) -> list[Any]:
    """The elements of a name in another, without those that only say again what stands beside them."""
    return [each for each in element.iter(f"{_W}{name}") if next(each.iterancestors(_AGAIN), None) is None]


def _paragraph(element: Any, part: Any, under: bool) -> str:
    from docx.text.paragraph import Paragraph

    text, style = _words(element).strip(), Paragraph(element, part).style
    name, properties = (style.name if style is not None else "") or "", element.pPr
    if match := re.fullmatch(r"Heading ([1-6])|(Title)", name):
        level = int(match[1]) + under if match[1] else 1
        return f"{'#' * level} {text}" if text else ""
    if text and (name.startswith("List") or (properties is not None and properties.numPr is not None)):
        return f"- {text}"
    return text


def _words(element: Any) -> str:
    """The words of a paragraph, those of links, fields and insertions, too, without what was deleted."""
    words = []
    for inner in element:
        if inner.tag == f"{_W}t":
            words.append(inner.text or "")
        elif inner.tag in _SPACES:
            words.append(_SPACES[inner.tag])
        elif inner.tag not in _NO_WORDS and inner.tag != _AGAIN:
            words.append(_words(inner))
    return "".join(words)


def _rows(element: Any) -> Iterator[list[str]]:
    above = dict[int, str]()
    for row in element.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr"):
        cells, place = [], 0
        for cell in row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc"):
            text = " ".join(" ".join(map(_words, _once(cell, "p"))).split())
            merged, span = cell.find(f"{_W}tcPr/{_W}vMerge"), cell.find(f"{_W}tcPr/{_W}gridSpan")
            if merged is not None and merged.get(f"{_W}val", "continue") == "continue":
                text = above.get(place, "")  # a cell that is merged over several rows stands in the first
            cells.append(text)
            above[place] = text
            place += 1 if span is None else int(span.get(f"{_W}val", 1))
        yield cells


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown."""
    width = max(map(len, rows), default=0)
    lines = [
        "| " + " | ".join(cell.replace("|", "/") for cell in [*cells, *[""] * (width - len(cells))]) + " |"
        for cells in rows
    ]
    return "\n".join([*lines[:1], f"|{'---|' * width}", *lines[1:]]) if lines else ""


def web(source: Source) -> Iterator[Draft | Unreadable]:
    """A web page, as its text alone."""
    from bs4.dammit import EncodingDetector

    declared = EncodingDetector.find_declared_encoding(source.data, is_html=True)
    html = decoded(source.data, source.name, declared or "")
    text = as_text(html)
    if not text:
        raise Unreadable(f"{source.name}: holds no text, only markup.")
    match = re.search(r"<title[^>]*>(.*?)</title>", html, re.IGNORECASE | re.DOTALL)
    yield from document(source, text, _unescaped(match[1]) if match else "")


def as_text(html: str) -> str:
    """Return what a person reads of HTML, as Markdown with headings, lists and tables, without links' targets."""
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup
    from markdownify import MarkdownConverter

    try:
        soup = BeautifulSoup(html, "lxml")
        for element in soup(_UNSEEN):
            element.decompose()
        for element in soup.select("[hidden], [style*='display:none'], [style*='display: none']"):
            element.decompose()
        _unframe(soup)
        told = MarkdownConverter(
            heading_style="ATX", strip=["a", "img"], bullets="-", escape_asterisks=False, escape_underscores=False,
            escape_misc=False,
        ).convert_soup(_own_words(soup))  # fmt: skip
    except (RecursionError, ParserRejectedMarkup):
        told = re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(script|style).*?</\1>", " ", html))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+\n", "\n", str(told))).strip()


def _unframe(soup: Any) -> None:
    """Take away the tables by which a page is laid out, and leave their words: such hold others, or have one column."""
    tables, rows = soup("table"), soup("tr")
    wide = {id(row.find_parent("table")) for row in rows if len(row(["td", "th"], recursive=False)) > 1}
    around = {id(table.find_parent("table")) for table in tables}
    frames = {id(table) for table in tables if id(table) in around or id(table) not in wide}
    for part in [*soup(["td", "th", "tr", "thead", "tbody", "tfoot"])]:
        if id(part.find_parent("table")) in frames:
            part.name = "div"
    for table in tables:
        if id(table) in frames:
            table.name = "div"


def _own_words(soup: Any) -> Any:
    """What a page says is its own, under its title, without what stands around it on every page of its place.

    All of the page, where something of weight stands around that: most of its text, a table, an amount.
    """
    main = soup.select("main, [role=main]") or soup("article")
    if len(main) != 1:
        return soup
    own, whole = (part.get_text("\n", strip=True) for part in (main[0], soup))
    held = len(main[0]("table")) == len(soup("table")) and len(amounts_in(own)) == len(amounts_in(whole))
    if not held or len(own) < OWN_SHARE * len(whole):
        return soup
    if main[0].h1 is None and (title := soup.h1):
        main[0].insert(0, title)
    return main[0]


def document(source: Source, text: str, named: str = "") -> Iterator[Draft | Unreadable]:
    """Drafts of a document's text in Markdown, under its heading, else as it is named, else by its first lines.

    Raises:
        Unreadable: there is no text.
    """
    if not text:
        raise Unreadable(f"{source.name}: holds no text.")
    heading, body = opening_heading(text)
    title = heading or named or paper_title(text) or title_of_name(source.stem)
    fields, told = {"title": title.replace("*", "")}, body or text
    yield from diary(source, fields, told) or in_sections(source, fields, told)


def _unescaped(text: str) -> str:
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())
