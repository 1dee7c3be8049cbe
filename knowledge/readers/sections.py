"""A document's text to drafts: one note, or several where it is long, and a title from its first lines; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.source import LONG, Source, draft_of

_HEADING = re.compile(r"^#{1,3}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_OPENING = re.compile(
    r"\s*(?:(?P<level>##?)[ \t]+(?P<marked>\S.*?)(?:[ \t]+#+)?|(?P<ruled>\S.*?)[ \t]*\n={3,})[ \t]*(?:\n|$)"
)
"""A heading of the first two levels at the head of a text, behind marks or over a double rule."""
_PAPER = re.compile(
    r"\b(?:invoice|receipt|estimate|quote|quotation|proposal|work order|service report|service record|statement|"
    r"warranty|manual|order confirmation|inspection report|certificate|contract|agreement|instructions)\b",
    re.IGNORECASE,
)
"""What kind of paper a line says it is."""


def in_sections(source: Source, fields: Mapping[str, Any], text: str) -> Iterator[Draft | Unreadable]:
    """Return one draft of a text, or one a heading where it is long and has some."""
    headings = list(_HEADING.finditer(text)) if len(text) > LONG else []
    if len(headings) < 2:
        yield draft_of(source, fields, text)
        return
    starts = [match.start() for match in headings]
    parts = [text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True)]
    for title, part in gathered(parts):
        whole = f"{fields.get('title')}: {title}" if title else str(fields.get("title") or "")
        # An id that the file gives is the whole file's; the parts are known by their words.
        yield draft_of(source, {**fields, "title": whole, "id": None}, part)


def sections_of(text: str) -> list[tuple[str, str]]:
    """Split a text at the highest headings that it has more than one of; what stands before them goes with the first.

    Returns: (heading, text with its heading) a section; none where it has no two headings of a kind.
    """
    marks = list(_HEADING.finditer(text))
    counts = Counter(_level(mark) for mark in marks)
    highest = min((level for level, count in counts.items() if count > 1), default=None)
    marks = [mark for mark in marks if _level(mark) == highest]
    cuts = [0, *(mark.start() for mark in marks[1:]), len(text)]
    return [(mark[1], text[slice(*cut)].strip()) for mark, cut in zip(marks, pairwise(cuts), strict=False)]


def _level(heading: re.Match[str]) -> int:
    return len(heading[0]) - len(heading[0].lstrip("#"))


def opening_heading(text: str) -> tuple[str, str]:
    """Split a text at the heading that opens it and names all of it, not only the first of several sections.

    Returns: (the heading, the text below it); with an empty heading, and the whole text, where there is none such.
    """
    if (match := _OPENING.match(text)) is None:
        return "", text
    below = text[match.end() :].strip()
    level = len(match["level"] or "#")
    among = any(_level(other) == level for other in _HEADING.finditer(re.sub(r"(?ms)^```.*?^```", "", below)))
    # One with nothing below it but the next heading is a title, whatever its level.
    if among and not _HEADING.match(below):
        return "", text
    return match["marked"] or match["ruled"], below


def gathered(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Put short neighbouring parts together, up to a long note's length; yields (first heading, text)."""
    pile = ""
    for part in parts:
        if pile.strip() and len(pile) + len(part) > LONG:
            yield _first_heading(pile), pile.strip()
            pile = ""
        pile += part
    if pile.strip():
        yield _first_heading(pile), pile.strip()


def _first_heading(text: str) -> str:
    match = _HEADING.search(text)
    return match[1] if match else ""


def first_line_title(text: str) -> str:
    """The first line of a plain text where it stands as a title: short, alone, and no sentence; else nothing."""
    lines = text.strip().splitlines()
    if len(lines) < 2:
        return ""
    first, second = lines[0].strip(), lines[1].strip()
    ruled = len(second) >= 3 and not second.strip("=-_~*")
    stands_alone = not second or ruled or (first.isupper() and len(first) > 3)
    if not stands_alone or not 3 <= len(first) <= 80 or first[-1] in ".,;:!?" or not re.search(r"[^\W\d_]{3}", first):
        return ""
    return first.strip("#*=- ")


def paper_title(text: str) -> str:
    """A title from the first lines of a paper: who wrote it and what it is, such as 'Blue Wave Pools: Invoice 4471'."""
    lines = [re.sub(r"\s+", " ", line).strip(" #*|_-") for line in text.splitlines()[:40]]
    lines = [line for line in lines if re.search(r"[^\W\d_]{3}", line)][:8]
    if not lines:
        return ""
    kind = next((line for line in lines if _PAPER.search(line) and len(line) <= 60), "")
    name = lines[0]
    if name == kind and _PAPER.sub("", name).strip(" #:-") == "" and len(lines) > 1 and len(lines[1]) <= 60:
        return f"{lines[1]}: {kind.capitalize()}"
    title = name if not kind or kind == name or _PAPER.search(name) else f"{name}: {kind}"
    return shortened(title, 120)


def shortened(title: str, most: int) -> str:
    """Return a title of that many characters at most, cut between two words."""
    return title if len(title) <= most else title[: most - 1].rsplit(" ", 1)[0] + " …"
