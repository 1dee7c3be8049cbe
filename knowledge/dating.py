"""The date of what a text tells of, among the days in it: an invoice's own, not its due date, nor a warranty's end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.days import days_in

FAR_IN = 4000
"""Characters after which a date that nothing names is taken for something told in passing."""
_OF_EVENT = re.compile(
    r"(?:(?:invoice|receipt|service|order|purchase|sale|sales|bill|billing|visit|job|work|installation|install|issue|"
    r"inspection|estimate|quote|statement|report|document|transaction|delivery|repair|completion|letter|sold|paid)\s*"
    r"(?:date|day|on)|date\s+of\s+(?:the\s+)?(?:invoice|service|issue|purchase|sale|visit|work|installation|inspection|"
    r"order|repair|completion|delivery)|^\s*(?:date|dated|datum|rechnungsdatum|when|on)\b|\bdated?\s*[:#]|\bissued\b|"
    r"\b(?:installed|serviced|purchased|bought|completed|performed|visited|delivered|replaced|repaired)(?:\s+on)?)\W*$",
    re.IGNORECASE,
)
"""What stands before the date of the event itself."""
_OF_ELSE = re.compile(
    r"\b(?:due|payable|pay by|expir\w*|warrant\w*|guarant\w*|valid|until|till|through|thru|next|renew\w*|ends?|ending|"
    r"before|born|birth|since|established|copyright|rev(?:ision)?|version|updated|printed|manufactur\w*|mfg|scheduled|"
    r"reminder|recommended|deadline|best by|starts?|starting|effective|previous|last|follow[- ]?up|return(?:s|able)?)\b"
    r"[^.;\n]*$|[©(]c\)\s*$|©\s*$",
    re.IGNORECASE,
)
"""What stands before a date that is another's: when money is due, a warranty ends, the next visit is."""
_AHEAD = re.compile(
    r"\b(?:due|expir\w*|warrant\w*|guarant\w*|valid|next|renew\w*|end|start|effective|follow[- ]?up|scheduled|"
    r"recommended|return|birth)\b[^.;\n]*$",
    re.IGNORECASE,
)
"""What makes another's even of a 'service date' or a 'date' that follows it."""


@dataclass(frozen=True)
class Found:
    """A date in a text."""

    date: dt.date
    score: int
    """How much speaks for it as the date of the event."""
    labelled: bool
    """Whether words before it name it as that."""
    doubtful: bool
    """Whether only the household's setting tells the day from the month."""


def event_date(text: str, today: dt.date, *, day_first: bool = False) -> Found | None:
    """Return the date of what a text tells of; None where it names none that could be.

    Args:
        today: a date after it is a plan, not an event.
        day_first: whether 03/04/2021 is the third of April.
    """
    best: Found | None = None
    for found in _dates(text, today, day_first):
        if found.score > 0 and (best is None or found.score > best.score):
            best = found
    return best


def _dates(text: str, today: dt.date, day_first: bool) -> Iterator[Found]:
    end = 0
    for day in days_in(text, day_first=day_first):
        line_start = text.rfind("\n", 0, day.start) + 1
        before = text[max(line_start, day.start - 70) : day.start]
        # The nearest words count: in 'Invoice date 3 May, due 3 June' the second is the due date.
        near = text[max(line_start, day.start - 70, end) : day.start]
        if not before.strip():
            # Forms put the name of a field above it, and OCR puts it there.
            near = text[:line_start].rstrip()[-60:].rpartition("\n")[2]
        end = day.end
        labelled = bool(_OF_EVENT.search(near)) and not _AHEAD.search(near)
        else_ = _OF_ELSE.search(near)
        score = 3 if labelled else 1
        score -= 4 if else_ and not labelled else 0
        score -= 4 if day.first > today + dt.timedelta(days=1) else 0
        score -= 1 if day.whole_month and not labelled else 0
        score -= 1 if day.start > FAR_IN and not labelled else 0
        score += 1 if day.start < 200 and score > 0 else 0
        yield Found(day.first, score, labelled, day.doubtful)


def found_in_text(*, doubtful: bool, day_first: bool) -> str:
    """What a note says of a date from its text, with the setting that read it where that decided."""
    return f"text, {'day' if day_first else 'month'} first" if doubtful else "text"
