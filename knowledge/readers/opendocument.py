"""OpenDocument texts and spreadsheets, as LibreOffice writes them, to drafts: like Word's and Excel's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile, ZipFile

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.documents import document, table
from knowledge.readers.source import Source, one_line
from knowledge.readers.tables import MAX_ROWS, book, shown

MAX_CONTENT = 200_000_000
"""Bytes that the words of a file may have when they are unpacked."""
MAX_COLUMNS = 1_000
"""A row says how often its last cell is repeated, up to the edge of the sheet."""


def text(source: Source) -> Iterator[Draft | Unreadable]:
    """A text, with its headings, lists and tables."""
    blocks = [block for part in _content(source, "text") for block in _blocks(part)]
    yield from document(source, "\n\n".join(filter(None, (block.strip() for block in blocks))))


def sheets(source: Source) -> Iterator[Draft | Unreadable]:
    """The rows of a book, sheet after sheet."""
    found = [
        (_said(sheet, "name"), list(_rows(sheet)))
        for part in _content(source, "spreadsheet")
        for sheet in part
        if _tag(sheet) == "table"
    ]
    yield from book(source, found)


def _content(source: Source, body: str) -> list[Any]:
    """The elements of a file that hold what a person wrote; raises Unreadable."""
    from lxml import etree  # type: ignore[import-untyped]

    try:
        with ZipFile(source.path) as packed:
            if packed.getinfo("content.xml").file_size > MAX_CONTENT:
                raise Unreadable(f"{source.name}: would unpack to more than any document. Split it.")
            tree = etree.fromstring(packed.read("content.xml"), etree.XMLParser(resolve_entities=False))
    except (BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, etree.XMLSyntaxError) as error:
        raise Unreadable(f"{source.name}: is a damaged OpenDocument ({one_line(error)}). Save it again.") from error
    return [element for element in tree.iter() if _tag(element) == body]


def _tag(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _said(element: Any, name: str, default: str = "") -> str:
    """An attribute, in whatever namespace it is."""
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), default)


def _times(element: Any, name: str, most: int) -> int:
    return min(int(_said(element, name, "1")), most)


def _blocks(parent: Any, mark: str = "") -> Iterator[str]:
    """What stands in an element as Markdown, a block each, in its order; `mark` begins the items of a list."""
    for element in parent:
        match _tag(element):
            case "h":
                yield f"{'#' * _times(element, 'outline-level', 6)} {_words(element)}"
            case "p":
                yield f"{mark}{words}" if (words := _words(element)) else ""
                for frame in element.iter("{*}text-box"):
                    yield from _blocks(frame)
            case "list":
                yield "\n".join(filter(None, _blocks(element, "- ")))
            case "table":
                yield table([[" ".join(_blocks(cell)).strip() for cell in row if "cell" in _tag(cell)]
                             for row in element.iter("{*}table-row")])  # fmt: skip
            case "tracked-changes" | "annotation":
                pass
            case _:
                yield from _blocks(element, mark)


def _words(element: Any) -> str:
    """The words of a paragraph."""
    words = element.text or ""
    for inner in element:
        match _tag(inner):
            case "s":
                words += " " * _times(inner, "c", 100)
            case "tab" | "line-break":
                words += "\t" if _tag(inner) == "tab" else "\n"
            case "frame" | "annotation" | "custom-shape":
                pass
            case _:
                words += _words(inner)
        words += inner.tail or ""
    return words


def _rows(sheet: Any) -> Iterator[list[str]]:
    count = 0
    for row in sheet.iter("{*}table-row"):
        cells = list[str]()
        for cell in row:
            cells += [_cell(cell)] * _times(cell, "number-columns-repeated", MAX_COLUMNS)
        while cells and not cells[-1]:
            cells.pop()
        # Rows that are repeated to the edge of the sheet are empty ones.
        for _ in range(_times(row, "number-rows-repeated", MAX_ROWS) if cells else 1):
            if count <= MAX_ROWS:
                yield cells
            count += 1


def _cell(cell: Any) -> str:
    if day := _said(cell, "date-value"):
        return day[:10]
    if (number := _said(cell, "value")) and _said(cell, "value-type") in ("float", "currency"):
        return shown(float(number))
    return " ".join(_words(paragraph) for paragraph in cell if _tag(paragraph) == "p").strip()
