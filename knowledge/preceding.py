"""Whether a sentence asks for what held before something else did: the previous code, the one before; pure."""

from __future__ import annotations

import re

from knowledge.tense import is_past, is_perfect, is_present

_FORMER = (
    r"previous(?:ly)?|formerly|(?:the|our|my|its|their|whose) (?:former|prior|earlier)(?! (?:to|than)\b)",
    r"(?:his|her|your|\w+[’']s) former",
    r"(?:second|third|next)[ -](?:(?:to|from)[ -](?:the[ -])?)?last|last but (?:one|two)|penultimate",
    r"the (?:ones?|times?) before(?! (?:the|our|my|\d)\b)",
    r"before (?:th(?:is|at|ese|ose) ones?|the (?:\w+ )?ones?|the (?:current|present|latest|newest))",
)
_NAMED = re.compile(rf"\b(?:{'|'.join(_FORMER)})\b", re.IGNORECASE)
_LAST_BEFORE = re.compile(
    r"^(?!.*\b(?:do|does|will|can|should|must)\b).*\blast (?:[\w’'-]+ ){1,3}?before\b", re.IGNORECASE | re.DOTALL
)
"""Of what was, as 'the last code before 4719'; the last collection before Christmas is still to come."""
_VALUES = (
    "code combination password passcode passphrase pin number colour color shade stain price rate fee premium "
    "deductible name address phone mobile email schedule setting plan policy"
).split()
_OLD_VALUE = re.compile(
    rf"(?<!year )(?<!years )(?<!year-)(?-i:(?!Old [A-Z]))\bold (?:[\w-]+ )?(?:{'|'.join(_VALUES)})s?\b(?![’']s)"
    r"|\b(?:what|which|who)(?:[’']?s| is| are)? (?:the|our|my) old ones?\b",
    re.IGNORECASE,
)
"""A code that is old was replaced, where a fridge that is old may still run."""
_OLD_ONE = re.compile(r"\b(?:the|our|my) old(?:er)? ones?\b", re.IGNORECASE)
_OLD = re.compile(
    r"\b(?:the|our|my|your|his|her|their|its|whose|that|which|what) (?-i:(?!Old [A-Z]))old(?:er)? (?=[a-z])"
    r"(?!(?<=older )(?:brother|sister|son|daughter|boy|girl|kid|child|children|sibling|cousin)s?\b)",
    re.IGNORECASE,
)
"""But neither a name, such as the Old Vicarage, nor the older brother."""
_NEW = re.compile(r"\b(?:new|newer|now|currently)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:before|earlier(?! (?:this|today|in|on)\b))\b(?! (?:than|i|you|\w+ing)\b)", re.IGNORECASE)
_DONE_BEFORE = re.compile(
    r"\b(?:i|we|they|he|she|who)\s+(?!need|feed)\w{2,}ed\s+(?:[\w’'-]+\s+){0,3}?before\b", re.IGNORECASE
)
"""'The paint we used before', however the question itself is put."""
FEW_WORDS = 6
"""A sentence of more is no mere 'and the time before that?'."""


def names_former(sentence: str) -> bool:
    """Whether a sentence asks for what something took the place of, and says so: the previous one, the old code."""
    old = _OLD_VALUE.search(sentence) or (_OLD_ONE.search(sentence) and not is_present(sentence))
    last = _LAST_BEFORE.search(sentence)
    return bool(_NAMED.search(sentence) or last or (old and not _NEW.search(sentence)))


def asks_before(sentence: str, *, follows: bool = False) -> bool:
    """Whether a sentence asks how it was before something, as 'what did we use before?' does.

    What is to be done before something else is no former thing, and what has ever been seen before is none.

    Args:
        sentence: one in which no date and no event stands after a 'before'.
        follows: whether it stands after another one that it may lean on, as 'and before that?' does.
    """
    leans = follows and len(sentence.split()) <= FEW_WORDS and not is_present(sentence)
    told = is_past(sentence) or _DONE_BEFORE.search(sentence)
    return bool(_BEFORE.search(sentence)) and bool(leans or (told and not is_perfect(sentence)))


def names_old(sentence: str) -> bool:
    """Whether a sentence names something old, which may be there no more: 'the old fridge', but not 'how old is it'."""
    return bool(_OLD.search(sentence) or _OLD_VALUE.search(sentence))
