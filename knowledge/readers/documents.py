"""Word and web documents to drafts, as Markdown: text only, no script, and nothing asked of another host."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

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
    """A Word document, with its headings, lists and tables."""
    from zipfile import BadZipFile

    import mammoth

    try:
        # Pictures inside would come as kilobytes of letters.
        html = mammoth.convert_to_html(
            io.BytesIO(source.data), convert_image=mammoth.images.img_element(lambda image: {"src": ""})
        ).value
    except (BadZipFile, KeyError, ValueError, OSError, AttributeError, IndexError, SyntaxError) as error:
        raise Unreadable(f"{source.name}: is a damaged Word document ({one_line(error)}). Save it again.") from error
    except Exception as error:  # expat has errors of its own, and mammoth lets all through
        raise Unreadable(f"{source.name}: cannot be read as a Word document ({one_line(error)}).") from error
    text = as_text(html)
    if not text:
        raise Unreadable(f"{source.name}: holds no text.")
    yield from _document(source, text)


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
