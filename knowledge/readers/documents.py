"""Word and web documents to drafts, as Markdown: text only, no script, and nothing asked of another host."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.sections import in_sections, paper_title
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
    "form",
    "button",
    "nav",
)
"""What a page holds that is no text of it."""


def word(source: Source) -> Iterator[Draft | Unreadable]:
    """A Word document, with its letterhead, headings, lists and tables."""
    from docx import Document

    try:
        document = Document(io.BytesIO(source.data))
        text = "\n\n".join(_blocks(document))
    except Exception as error:  # its parts are XML in a ZIP file, and each layer has errors of its own
        raise Unreadable(f"{source.name}: is a damaged Word document ({one_line(error)}). Save it again.") from error
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)).strip()
    if not text:
        raise Unreadable(f"{source.name}: holds no text.")
    yield from _document(source, text)


def _blocks(document: Any) -> Iterator[str]:
    """The paragraphs and tables of a document as Markdown, in their order, below what stands at the head of it."""
    from docx.table import Table

    for section in document.sections[:1]:
        if not section.header.is_linked_to_previous:
            yield "\n".join(paragraph.text for paragraph in section.header.paragraphs).strip()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield _table(block)
            continue
        text, style = block.text.strip(), (block.style.name if block.style is not None else "") or ""
        properties = block._p.pPr
        if match := re.fullmatch(r"Heading ([1-6])|(Title)", style):
            yield f"{'#' * int(match[1] or 1)} {text}" if text else ""
        elif text and (style.startswith("List") or (properties is not None and properties.numPr is not None)):
            yield f"- {text}"
        else:
            yield text


def _table(table: Any) -> str:
    rows = []
    for row in table.rows:
        cells, last = [], None
        for cell in row.cells:
            # A cell that is merged over several columns comes once for each.
            if cell._tc is not last:
                cells.append(" ".join(cell.text.split()).replace("|", "/"))
            last = cell._tc
        rows.append(cells)
    width = max(map(len, rows), default=0)
    lines = ["| " + " | ".join([*cells, *[""] * (width - len(cells))]) + " |" for cells in rows]
    return "\n".join([*lines[:1], f"|{'---|' * width}", *lines[1:]]) if lines else ""


def web(source: Source) -> Iterator[Draft | Unreadable]:
    """A web page, as its text alone."""
    html = source.text
    text = as_text(html)
    if not text:
        raise Unreadable(f"{source.name}: holds no text, only markup.")
    match = re.search(r"<title[^>]*>(.*?)</title>", html, re.IGNORECASE | re.DOTALL)
    yield from _document(source, text, _unescaped(match[1]) if match else "")


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
        told = MarkdownConverter(
            heading_style="ATX", strip=["a", "img"], bullets="-", escape_asterisks=False, escape_underscores=False,
            escape_misc=False,
        ).convert_soup(soup)  # fmt: skip
    except (RecursionError, ParserRejectedMarkup):
        told = re.sub(r"<[^>]*>", " ", re.sub(r"(?is)<(script|style).*?</\1>", " ", html))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\xa0]+\n", "\n", str(told))).strip()


def _document(source: Source, text: str, named: str = "") -> Iterator[Draft | Unreadable]:
    match = re.match(r"#{1,2}[ \t]+(.+)\n", text + "\n")
    title = (match[1].strip() if match else "") or named or paper_title(text) or title_of_name(source.stem)
    body = text[match.end() :].strip() if match else text
    yield from in_sections(source, {"title": title.replace("*", "")}, body or text)


def _unescaped(text: str) -> str:
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text)).split())
