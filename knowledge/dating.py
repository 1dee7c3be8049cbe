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
    r"order|repair|completion|delivery)|^\s*(?:date|dated|datum|when|on)\b|\bdated?\s*[:#]|\bissued\b|"
    r"\b(?:installed|serviced|purchased|bought|completed|performed|visited|delivered|replaced|repaired)(?:\s+on)?|"
    r"\b(?:rechnungs|liefer|leistungs|kauf|bestell|ausführungs|auftrags|beleg)datum|\brechnung\s+vom|"
    r"\bdate\s+(?:de|d['’])\s*(?:la\s+)?(?:facture|facturation|achat|émission|livraison|intervention|commande|visite)|"
    r"\bfacture\s+du|^\s*fecha\b|\bfecha\s+de\s+(?:la\s+)?(?:factura|compra|emisión|visita|servicio|entrega)|"
    r"^\s*data\b|\bdata\s+(?:della\s+)?(?:fattura|acquisto|emissione|intervento|consegna)|"
    r"\b(?:factuur|aankoop|lever|bestel)datum)\W*$",
    re.IGNORECASE,
)
"""What stands before the date of the event itself."""
_LATER = (
    r"due|expir\w*|warrant\w*|guarant\w*|valid|next|renew\w*|follow[- ]?up|scheduled|recommended|birth\w*|"
    r"fällig\w*|zahlbar|gültig|garantie|gewährleistung|nächst\w*|abgelaufen|ablaufdatum|frist|geburts\w*|"
    r"échéance|valable|prochain\w*|naissance|vencimiento|vence|garantía|válid[ao]|próxim[ao]\w*|nacimiento|"
    r"scadenza|garanzia|valid[ao]|prossim\w*|nascita|verval\w*|geldig|volgende|geboorte\w*"
)
"""When money is due, a warranty ends, the next visit is, in the languages of the papers."""
_OF_ELSE = re.compile(
    rf"\b(?:{_LATER}|payable|(?:pay|reply|respond|submit|file|sign|use) by|until|till|through|thru|ends?|ending|before|"
    r"born|since|established|copyright|rev(?:ision)?|version|updated|printed|manufactur\w*|mfg|reminder|deadline|"
    r"best by|starts?|starting|effective|previous|last|return(?:s|able)?|spätestens|seit|geboren|geb|gedruckt|"
    r"vor dem|jusqu['’]au|avant|depuis|née?|hasta|antes|desde|nacid[ao]|fino|entro|nat[ao]|uiterlijk|sinds)\b"
    r"[^.;\n]*$|[©(]c\)\s*$|©\s*$|\b(?:bis|stand|tot|dal)\b(?:\s+(?:zum|en met))?\W*$",
    re.IGNORECASE,
)
"""What stands before a date that is another's."""
_AHEAD = re.compile(rf"\b(?:{_LATER}|end|start|effective|return)\b[^.;\n]*$", re.IGNORECASE)
"""What makes another's even of a 'service date' or a 'date' that follows it."""

_COMPACT = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:(?!\d)|(?=[0-2]\d[0-5]\d[0-5]\d(?!\d)))"
)
"""A day as programs write it into names, year first, perhaps with the time close behind."""
_YEAR_AND_MONTH = re.compile(r"(?<![\d-])((?:19|20)\d\d)[-.](0[1-9]|1[0-2])(?![-.]?\d)")


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


def named_date(name: str, today: dt.date, *, day_first: bool = False) -> Found | None:
    """Return the day, or else the first of the month, that a file's name says, such as `IMG_20230418_1012`.

    Args, and None: as `event_date`; years of two digits, as hours and versions look like them, are none.
    """
    plain = _COMPACT.sub(r" \1-\3-\4 ", name.replace("_", " "))
    plain = _YEAR_AND_MONTH.sub(r"\2/\1", plain)
    dates = [found for found in _dates(plain, today, day_first) if found.score >= 0 and f"{found.date.year}" in plain]
    return max(dates, key=lambda found: found.score, default=None)


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


def found_in(where: str, *, doubtful: bool, day_first: bool) -> str:
    """What a note says of a date from its text or its file's name, with the setting that read it where that decided."""
    return f"{where}, {'day' if day_first else 'month'} first" if doubtful else where
