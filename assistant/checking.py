"""Whether the figures of an answer stand in its notes: numbers, amounts, dates and codes, however written; pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence

from assistant.citations import marked, sentences, telling
from assistant.events import Citation
from knowledge.note import Hit

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_MARK = re.compile(r"\[[\d, ]+\]")
_MONTH = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name and name != "May"}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_SAID_MONTH = re.compile(rf"\b({_NAMES})\b\.?(?=\s+\d)|(?<=\d )\b({_NAMES})\b", re.IGNORECASE)
"""A month beside a figure: 'may' alone is none."""
_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)


def unsupported(answer: str, question: str, notes: Sequence[Hit]) -> list[str]:
    """Return the figures of an answer that stand neither in the notes nor in the question, as they are written.

    Args:
        notes: those that the answer cites, whole as the model was shown them.
    """
    told = _figures(question)
    for note in notes:
        told |= _figures(f"{note.title}\n{note.text}")
        if note.date is not None:
            told |= {str(note.date.year), str(note.date.month), str(note.date.day), f"month {note.date.month}"}
            told |= {f"{note.date.year % 100}"}
    said = _LIST_NUMBER.sub("", _MARK.sub(" ", answer))
    missing = [match[0] for match in _FIGURE.finditer(said) if not _plain(match[0]) <= told]
    months = (match[1] or match[2] for match in _SAID_MONTH.finditer(said))
    missing += [month for month in months if f"month {_MONTH[month.lower()]}" not in told]
    return missing


def backed(
    answer: str, question: str, citations: Sequence[Citation], hits: Sequence[Hit]
) -> tuple[str, tuple[Citation, ...]] | None:
    """Return an answer with citations that hold all its figures; None where no note shown holds what is missing.

    Args:
        citations: those it has, numbered as the hits are; one is added where a single further hit holds the rest.
    """
    cited = [hits[each.number - 1] for each in citations]
    stray = unsupported(answer, question, cited)
    if not stray:
        return answer, tuple(citations)
    for number, hit in enumerate(hits, start=1):
        if hit not in cited and not unsupported(answer, question, [*cited, hit]):
            added = Citation(number, hit.note_id, hit.title, hit.category, hit.date, _quoted(hit, answer, stray))
            return marked(answer, [number]), tuple(sorted([*citations, added], key=lambda each: each.number))
    return None


def _quoted(hit: Hit, answer: str, stray: Sequence[str]) -> str:
    """The sentence of a note that holds most of some figures of an answer, and of those, most of its words."""
    wanted, words = {part for figure in stray for part in _figures(figure)}, telling(answer)
    return max(
        sentences(hit),
        key=lambda sentence: (len(wanted & _figures(sentence)), len(words & telling(sentence))),
        default=hit.title,
    )


def _figures(text: str) -> set[str]:
    found = {part for match in _FIGURE.finditer(text) for part in _plain(match[0])}
    found |= {part for match in _FIGURE.finditer(text) for part in re.split(r"[.,]", match[0])}
    found |= {str(_WORDS.index(word)) for word in re.findall(r"[a-z]+", text.lower()) if word in _WORDS}
    found |= {f"month {number}" for name, number in _MONTH.items() if re.search(rf"\b{name}\b", text, re.IGNORECASE)}
    # A date in figures tells its month, too.
    for match in re.finditer(r"\b(?:\d{4}-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})/\d{2,4})\b", text):
        found |= {part for each in match.groups() if each for part in (f"month {int(each)}", str(int(each)))}
    return found


def _plain(figure: str) -> set[str]:
    """A figure without commas, idle zeros and a point at its end: 1,150.00 is 1150."""
    bare = figure.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", figure) else figure
    whole, point, cents = bare.partition(".")
    if point and "." not in cents:
        return {whole.lstrip("0") + (f".{cents}" if cents.strip("0") else "") or "0"}
    return {part.lstrip("0") or "0" for part in re.split(r"[.,]", bare)}
