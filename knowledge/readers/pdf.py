"""PDF to drafts: its text layer, and what can be read on pages that are pictures."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from knowledge.days import parse_date
from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.readers.ocr import words_on
from knowledge.readers.sections import gathered, paper_title
from knowledge.readers.source import LONG, Source, draft_of, title_of_name

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_SCANNED = 40
"""Pages of pictures that are read of one file, at a second or two each."""
FEW_LETTERS = 12
"""A page with fewer is a picture of a page, with perhaps a number stamped on it."""
DOTS = 200
"""Dots an inch at which a page is drawn to be read."""
_lock = threading.Lock()
"""PDFium works for one thread at a time."""


def pdf(source: Source) -> Iterator[Draft | Unreadable]:
    """One note, or several where it is long, each with the pages that it holds."""
    pages, scanned_away = _pages(source)
    total = len(pages)
    text = "\n\n".join(page for page in pages if page).strip()
    if not text:
        raise Unreadable(f"{source.name}: no words can be read on its {_count(total)}.")
    title = paper_title(text) or title_of_name(source.stem)
    if len(text) <= LONG:
        yield draft_of(source, {"title": title}, text)
    else:
        yield from _parts(source, title, pages)
    if scanned_away:
        yield Unreadable(
            f"{source.name}: only the first {MAX_SCANNED} of its pages that are pictures were read, "
            f"{scanned_away} were not. Split it to have them too."
        )


def _parts(source: Source, title: str, pages: list[str]) -> Iterator[Draft]:
    """The pages in order, as many together as make a long note."""
    start, pile = 1, ""
    for number, page in enumerate([*pages, ""], start=1):
        if pile and (len(pile) + len(page) > LONG or number > len(pages)):
            for place, (_, piece) in enumerate(gathered(re.split(r"(?<=\n\n)", pile))):
                span = f"page {start}" if start == number - 1 else f"pages {start} to {number - 1}"
                more = f", part {place + 1}" if place else ""
                yield draft_of(source, {"title": f"{title} ({span}{more})"}, piece)
            start, pile = number, ""
        pile += f"{page}\n\n" if page else ""


def _pages(source: Source) -> tuple[list[str], int]:
    """Return the text of each page, and how many scanned ones were left out."""
    import pypdfium2

    try:
        with _lock:
            document = pypdfium2.PdfDocument(source.path)
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"{source.name}: {_trouble(str(error))}") from error
    except OSError as error:
        raise Unreadable(f"{source.name}: cannot be read ({error.strerror or error}).") from error
    try:
        texts: list[str] = []
        scanned = 0
        with _lock:
            document.init_forms()  # which draws what was filled in, where the program that did so left that out
            count = len(document)
        if not count:
            raise Unreadable(f"{source.name}: is a PDF without a page.")
        for number in range(count):
            with _lock:
                text, picture = _page(document, number, scanned < MAX_SCANNED)
            if picture is not None:
                text = words_on(picture)
                scanned += 1
            elif text is None:
                scanned += 1
            texts.append(text or "")
        return texts, max(0, scanned - MAX_SCANNED)
    finally:
        with _lock:
            document.close()


def _page(document: Any, number: int, may_draw: bool) -> tuple[str | None, Image | None]:
    """Return a page's text; where it has none, a picture of it, or neither where no more may be drawn."""
    import pypdfium2

    try:
        with closing(_opened(document, number)) as page:
            with closing(page.get_textpage()) as layer:
                text = str(layer.get_text_bounded()).replace("\r\n", "\n").replace("\ufffe", "-").strip()
            if sum(letter.isalnum() for letter in text) >= FEW_LETTERS or not any(page.get_objects(max_depth=2)):
                return text, None
            if not may_draw:
                return None, None
            longest = max(page.get_width(), page.get_height()) or 1
            return None, page.render(scale=min(DOTS / 72, 2400 / longest)).to_pil()
    except pypdfium2.PdfiumError:
        return "", None  # one bad page costs only itself


def _opened(document: Any, number: int) -> Any:
    """Return a page with what was filled into its form, or typed upon it, as a part of it."""
    from pypdfium2 import raw

    page = document[number]
    for place in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, place)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT):
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
            return document[number]
    return page


def _trouble(said: str) -> str:
    if "password" in said.lower():
        return "is locked with a password. Open it, and save or print it as a PDF without one."
    return "is a damaged PDF. Fetch or save it again."


def made_on(source: Source) -> dt.date | None:
    """The day that a PDF says it was made; None where it says nothing that can be read."""
    import pypdfium2

    try:
        with _lock, closing(pypdfium2.PdfDocument(source.path)) as document:
            said = document.get_metadata_value("CreationDate")
    except (pypdfium2.PdfiumError, OSError):
        return None
    match = re.match(r"D?:?(\d{4})(\d{2})(\d{2})", said or "")
    try:
        return parse_date("-".join(match.groups())) if match else None
    except NoteRejected:
        return None


def _count(pages: int) -> str:
    return f"{pages} pages" if pages > 1 else "page"
