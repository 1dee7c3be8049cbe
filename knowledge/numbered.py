"""The kind of number that a question asks for, "the serial number of the trap", and whether a text tells one; pure."""

from __future__ import annotations

import re

from knowledge.words import STOP_WORDS

_NUMBER = r"(?:numbers?\b|nos?\.|no(?=\s+(?:of|for|on)\b)|nr\b\.?|num\b\.?|codes?\b|id\b)"
_ASKED = re.compile(rf"\b([^\W\d_]{{2,}})(?:\s+{_NUMBER}|\s*#)|\b(serial|model|vin|sku)s?\b", re.IGNORECASE)
_SHORT = {"serial": r"s\s?/?\s?n", "part": r"p\s?/\s?n"}
_BETWEEN = r"(?:[ \t]*(?:(?:numbers?|nos?|nr|num|codes?|id)\b\.?|#))?(?:[ \t]+(?:is|was|are)\b)?[ \t:=|(\"“'-]*"


def kinds_asked(question: str) -> frozenset[str]:
    """Return what the numbers are of that a question asks for: `serial` of "the serial no. of the trap".

    "What is Ray's number" asks for none: what it is called is not said.
    """
    kinds = {(match[1] or match[2]).casefold().removesuffix("s") for match in _ASKED.finditer(question)}
    return frozenset(kinds - STOP_WORDS)


def tells(kinds: frozenset[str], text: str) -> bool:
    """Return whether a number stands behind the name of one of some kinds: "Serial SV4-118832", "S/N: 8841"."""
    return any(re.search(rf"\b(?:{'|'.join(_names(kind))}){_BETWEEN}[\w./-]*\d", text, re.IGNORECASE) for kind in kinds)


def _names(kind: str) -> list[str]:
    return [rf"{re.escape(kind)}s?", *filter(None, [_SHORT.get(kind)])]
