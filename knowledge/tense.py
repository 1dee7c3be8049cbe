"""Whether a question is about what was, what is, or what is still to come, by its verbs; pure."""

from __future__ import annotations

import re

_PRESENT = re.compile(
    r"\b(is|are|do|does|has|have|can|should|must|may|am|gets?|takes?|needs?|goes|comes|costs|charges|opens|works|runs|"
    r"holds|fits|keeps|owns|will|won[’']t|shall|due|who\s+[a-z]+s)\b|\b(?:what|who|where|when|how|which)[’']?s\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(did|was|were|had|didn[’']?t|wasn[’']?t|got|went|came|paid|charged|put in|installed|bought|replaced|ever|"
    r"back (?:in|when|then))\b"
    r"|(?:^|[?!.,;:]\s*)(?:(?:and|so|but)\s+)?who\s+(?!\w*(?:need|feed|weed|bleed|speed|seed|ceed)\b)\w{2,}ed\b",
    re.IGNORECASE,
)
"""'Who cleaned it?' asks of the past, and 'the man who cleaned it' may be asked for as he is."""
_PERFECT = re.compile(r"(?:\b(?:has|have)|[’']ve)\b(?!\s+(?:\w+\s+)?(?:to|got)\b)", re.IGNORECASE)
_DID_HAVE = re.compile(r"\bdid(?:n[’']?t)?\s+(?:[\w’'-]+\s+){1,3}?have\b", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:due|will|won[’']t|shall|should|must|needs?|has to|have to|(?:going|yet|left) to|upcoming|coming|"
    r"next(?! to\b|[ -]door\b)|scheduled|planned|expires?|expiring|runs? out|renews?)\b|[’']ll\b",
    re.IGNORECASE,
)
"""What is still to come."""
_POSSESSING = re.compile(r"(?:\b(?:have|has)|[’'](?:ve|s))\s+(?:\w+\s+)?got\b", re.IGNORECASE)
_PASSIVE = re.compile(
    r"\b(is|are|be|gets?)\s+(?:\w+\s+){0,2}?(?:charged|paid|put in|installed|bought|replaced)\b", re.IGNORECASE
)
_NOT_YET = re.compile(
    r"\b((?:do|does|can|could|should|may|might|must|will|would|shall)\s+(?:i|we|you|they|he|she|it|one)\s+(?:\w+\s+)?)"
    r"put in\b|\b(if\s+(?:i|we|you|they|he|she|it|one|somebody|anybody)\s+)ever\b",
    re.IGNORECASE,
)
"""What would be past, were it not for what leads to it: 'what should I put in?', 'if it ever leaks'."""


def is_present(question: str) -> bool:
    """Whether a question has a word that asks how things are."""
    return bool(_PRESENT.search(question))


def is_past(question: str) -> bool:
    """Whether a question is in the past tense, which neither 'is installed' is nor 'have we got'."""
    told = _NOT_YET.sub(r"\1\2", _PASSIVE.sub(r"\1", _POSSESSING.sub("have", question)))
    return bool(_PAST.search(told))


def is_perfect(question: str) -> bool:
    """Whether a question asks what has been until now, which 'did we have' does not."""
    return bool(_PERFECT.search(_DID_HAVE.sub("did", question)))


def is_ahead(sentence: str) -> bool | None:
    """Whether a sentence asks of what is still to come; None where it may."""
    if is_past(sentence):
        return False
    if _AHEAD.search(sentence):
        return True
    return False if is_perfect(sentence) else None
