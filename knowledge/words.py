"""The words of a text, and those of a question that tell nothing of what it is about; looking them up is for others."""

from __future__ import annotations

import re
from functools import lru_cache

STOP_WORDS = frozenset(
    "a about all an and any are as at be been but by can could did do does for from get got had has have "
    "he her his how i if in is it its just last me my need of on or our please she should so tell that "
    "the their them then there they this to up us was we were what when where which who whom whose why "
    "will with would you your".split()
)


def words_of(text: str) -> list[str]:
    """The distinct words of a question that can be looked up, in order; numbers and codes count as words."""
    return list(dict.fromkeys(token.lower() for token in re.findall(r"\w+", text)))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return a word without its commonest endings: 'replaced' matches 'replace' so, and 'filters' 'filter'."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word
