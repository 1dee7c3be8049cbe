"""The date of what a text tells of: an invoice's own, not its due date, nor where a warranty ends; pure."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.errors import NoteRejected
from knowledge.notebook import parse_date

FAR_IN = 4000
"""Characters after which a date that nothing names is taken for something told in passing."""
_MONTH = rf"(?:{'|'.join(f'{name}|{name[:3]}' for name in calendar.month_name[1:])}|Sept)"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:18|19|20)\d\d"
_DATE = re.compile(
    rf"""(?<![\w/.-])(?:
        (?P<iso>{_YEAR}[-/.](?:0?[1-9]|1[0-2])[-/.]{_DAY})
      | (?P<dotted>{_DAY}\.(?:0?[1-9]|1[0-2])\.(?:{_YEAR}|\d\d))
      | (?P<slashed>\d{{1,2}}(?P<mark>[/-])\d{{1,2}}(?P=mark)(?:{_YEAR}|\d\d))
      | (?P<words>(?:{_DAY}(?:st|nd|rd|th)?[ -]+(?:of[ ]+)?{_MONTH}\.?[ ,-]+{_YEAR})
               |(?:{_MONTH}\.?[ ]+{_DAY}(?:st|nd|rd|th)?,?[ ]+{_YEAR}))
      | (?P<month>{_MONTH}\.?,?[ ]+{_YEAR})
    )(?![\w/-]|\.\d)""",
    re.IGNORECASE | re.VERBOSE,
)
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
    day_or_month: bool
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
    for match in _DATE.finditer(text):
        date = _read(match, day_first)
        if date is None:
            continue
        line_start = text.rfind("\n", 0, match.start()) + 1
        before = text[max(line_start, match.start() - 70) : match.start()]
        # Forms put the name of a field above it, and OCR puts it there.
        above = text[:line_start].rstrip()[-60:].rpartition("\n")[2] if not before.strip() else ""
        # The nearest words count: in 'Invoice date 3 May, due 3 June' the second is the due date.
        near = _since_last_date(before) if before.strip() else above
        labelled = bool(_OF_EVENT.search(near)) and not _AHEAD.search(near)
        else_ = _OF_ELSE.search(near)
        score = 3 if labelled else 1
        score -= 4 if else_ and not labelled else 0
        score -= 4 if date > today + dt.timedelta(days=1) else 0
        score -= 1 if match["month"] and not labelled else 0
        score -= 1 if match.start() > FAR_IN and not labelled else 0
        score += 1 if match.start() < 200 and score > 0 else 0
        yield Found(date, score, labelled, day_or_month(match["slashed"] or ""))


def _since_last_date(before: str) -> str:
    dates = list(_DATE.finditer(before))
    return before[dates[-1].end() :] if dates else before


def _read(match: re.Match[str], day_first: bool) -> dt.date | None:
    text = match[0].replace("Sept ", "Sep ").replace(",", " ")
    # A date with dots is written by people who put the day first, whatever the house does.
    first = day_first if match["slashed"] else bool(match["dotted"])
    if match["iso"]:
        text, first = re.sub(r"[/.]", "-", text), False
    try:
        return parse_date(re.sub(r"\bof\b", " ", text), day_first=first)
    except NoteRejected:
        return None


def day_or_month(written: str) -> bool:
    """Whether only the household's setting tells the day from the month in a date such as 03/04/2021."""
    match = re.fullmatch(r"(\d{1,2})([/-])(\d{1,2})\2\d+", written.strip())
    return bool(match and int(match[1]) <= 12 and int(match[3]) <= 12 and int(match[1]) != int(match[3]))


def found_in_text(*, day_or_month: bool, day_first: bool) -> str:
    """What a note says of a date from its text, with the setting that read it where that decided."""
    return f"text, {'day' if day_first else 'month'} first" if day_or_month else "text"
