"""Part numbers, serials, colour codes, prices and phone numbers: the same whatever the blanks and dashes; pure."""

from __future__ import annotations

import re

MOST = 24
"""Characters of the longest code."""
LEAST = 3
_TOGETHER = 3
"""Words that one code may be written in: `WM 3900 HWA`."""
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")


def codes_in(text: str) -> set[str]:
    """Return the codes that a note holds, squeezed: `SW 7036` and `sw-7036` are both `sw7036`.

    A code has a digit and is no bare year. Words that a dash, dot or slash joins are one code and its parts; so are
    words beside it where they are short and in capitals.
    """
    found = set()
    words = list(_WORD.finditer(text))
    for start, first in enumerate(words):
        if not (_has_digit(first[0]) or _is_label(first[0])):
            continue
        squeezed = ""
        for at in range(start, min(start + _TOGETHER, len(words))):
            word = words[at]
            if squeezed and not _joined(text[words[at - 1].end() : word.start()], word[0]):
                break
            squeezed += word[0].lower()
            if _is_code(squeezed):
                found.add(squeezed)
    return found


def codes_asked(question: str) -> set[str]:
    """Return what may be a code in a question, as people retype it: any few neighbouring words with a digit."""
    words = [word.lower() for word in _WORD.findall(question)]
    runs = {
        "".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, _TOGETHER + 1)
        if start + length <= len(words)
    }
    return {run for run in runs if _is_code(run)}


def _is_code(squeezed: str) -> bool:
    return LEAST <= len(squeezed) <= MOST and _has_digit(squeezed) and not _YEAR.fullmatch(squeezed)


def _has_digit(word: str) -> bool:
    return any(letter.isdigit() for letter in word)


def _is_label(word: str) -> bool:
    return len(word) <= 4 and word.isupper()


def _joined(between: str, word: str) -> bool:
    return between in ("-", ".", "/", "–", ",") or (between == " " and (_has_digit(word) or _is_label(word)))
