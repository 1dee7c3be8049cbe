"""The kind of number that a question asks for, "the serial number of the trap", and whether a text tells one; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.codes import has_digit
from knowledge.words import STOP_WORDS

PHONE = "phone"
"""The kind of telephone numbers, which are told by their looks."""
_PHONES = frozenset(("phone", "telephone", "mobile", "cell", "tel", "contact", "fax"))
_NO_KINDS = STOP_WORDS | frozenset(
    "no not new old other right first second third next best correct current same full exact secret master work home "
    "said meet good wrong whole actual real".split()
)
"""Words before 'number' that do not say of what it is."""
_OTHERWISE = {
    "serial": r"serial|ser|s\s?/?\s?n",
    "model": r"model|mod|m\s?/\s?n",
    "part": r"part|p\s?/?\s?n",
    "account": r"account|acct",
    "insurance": r"insurance|policy",
    "registration": r"registration|reg|number\s+plate",
    "reference": r"reference|ref",
    "colour": r"colou?r",
    "license": r"licen[cs]e",
    "wifi": r"wi-?fi",
}
"""How else a kind is written."""
_ONE_OF = {name: kind for kind in _OTHERWISE for name in (kind, *_OTHERWISE[kind].split("|"))} | {
    **dict.fromkeys(_PHONES, PHONE),
    **{"color": "colour", "licence": "license", "wi-fi": "wifi", "s/n": "serial", "m/n": "model", "p/n": "part"},
}
_SMALL = frozenset(("breaker", "circuit", "zone", "fuse"))
"""Kinds whose numbers have a figure or two."""
_NUMBER = r"(?:(?:numbers?|nos?|nr|num|codes?|id)\b\.?|#)"
_ASKED = re.compile(
    r"\b((?:wi-)?[^\W\d_]{2,})(?:\s+(?:(?:numbers?|codes?|id|nr|num)\b|nos?\.|no(?=\s+(?:of|for|on)\b))|\s*#)"
    r"|\b([smp]/n)\b"
    r"|(?:\b(?:what|which)\s+)(model|serial|vin|sku)\b"
    r"|\b(model|serial|vin|sku)s?(?=\s+(?:of|for|is|on|and)\b|\s*(?:[?.,!]|$))",
    re.IGNORECASE,
)
_OF_WHERE_IT_IS = re.compile(r"^\W*(?:how|when|where|why|who\s+(?:knows|has|changed|set))\b", re.IGNORECASE)
"""How a question begins that names a number and asks something else of it."""
_TELEPHONE = re.compile(r"(?<![\w$€£./-])(?!(?:19|20)\d\d-\d\d-\d\d\b)\+?\(?\d(?:[ ().-]{0,2}\d){6,}(?![\w/])")
_MARKS = r"[ \t:=|(\"“‘'*`#→–—-]*"
_VALUE = (
    r"(?:[A-Z]{1,3}[ ])?(?!(?:19|20)\d\d\b(?![-/]\d{3}))(?!\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b)"
    r"(?=[\w/-]{4})(?=[A-Za-z/-]*\d)[\w/-]+(?![.,]\d|\s?(?:%|x\s?\d|st\b|psi\b))"
)
"""What looks like a number of something, and not like a year, a day, an amount or a size."""

_LITTLE = r"\d{1,3}\b(?!\s?(?:a|v|w|amps?|volts?|watts?|poles?|x)\b)"


def kinds_asked(question: str) -> frozenset[str]:
    """Return what the numbers are of that a question asks for: `serial` of "the serial no. of the trap".

    "What is Ray's number" asks for none, since what it is called is not said; nor does "where is the serial number?".
    """
    if _OF_WHERE_IT_IS.match(question):
        return frozenset()
    named = (next(filter(None, match.groups())).casefold() for match in _ASKED.finditer(question))
    kinds = {_ONE_OF.get(each, each.removesuffix("s")) for each in named if each not in _NO_KINDS}
    return frozenset(kinds - _NO_KINDS)


def tells(kinds: frozenset[str], text: str) -> bool:
    """Return whether a text tells a number of one of some kinds: "Serial SV4-118832", "S/N: 8841", or in a column."""
    return any(_tells(kind, text) for kind in kinds)


def _tells(kind: str, text: str) -> bool:
    if kind == PHONE:
        return bool(_TELEPHONE.search(text))
    name = _OTHERWISE.get(kind, re.escape(kind))
    called = (
        rf"\b(?:{name})s?\.?[ \t/|*]*{_NUMBER}[^\d\n;|!?]{{0,30}}(?:(?<=[:*r])\n+)?[^\d\n;|!?]{{0,12}}\+?[\w./-]*\d"
    )
    value, plural = (_LITTLE, "s?") if kind in _SMALL else (_VALUE, "")
    bare = rf"\b(?:{name}){plural}\b\.?(?:[ \t]+(?:is|was|are)\b)?{_MARKS}{value}"
    return any(re.search(way, text, re.IGNORECASE) for way in (called, bare)) or _in_column(name, text)


def _in_column(name: str, text: str) -> bool:
    """Whether a table has a figure in a column of that name, or behind that name in a row."""
    called = re.compile(rf"(?:{name})s?\W*{_NUMBER}?", re.IGNORECASE)
    columns: list[int] = []
    for cells in _rows(text):
        if headed := [at for at, cell in enumerate(cells) if called.fullmatch(cell)]:
            columns = headed
            cells = [cells[at + 1] for at in headed if at + 1 < len(cells)]
        else:
            cells = [cells[at] for at in columns if at < len(cells)]
        if any(map(has_digit, cells)):
            return True
    return False


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.count("|") > 1:
            yield [cell.strip(" *") for cell in line.strip().strip("|").split("|")]
