"""Part numbers, serials, colour codes, prices and phone numbers: the same whatever the blanks and dashes; pure."""

from __future__ import annotations

import re

MOST = 24
"""Characters of the longest code."""
LEAST = 3
_TOGETHER = 3
"""Words that one code may be written in: `WM 3900 HWA`."""
_WORD = re.compile(r"[^\W_]+")
_SIZE = re.compile(r"(?<=\d)[\"”″']?\s?[x×]\s?(?=\d)")
"""What stands between the sides of 16 x 25 x 1, however it is written."""
_DIGITS = re.compile(r"\d(?:[ \u00a0().–/-]{0,3}\d){8,}")
"""Digits in groups, as telephone numbers, orders and long serials are written."""
_LOCAL = 8
"""Last digits of a telephone number that are the same with and without the country's and the trunk's."""
_MIXED = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
_RUN = re.compile(r"[^\W\d_]+|\d+")
_MEASURED = re.compile(
    r"\d+(?:[.,]\d+)?(?:[-.]?[a-z]+)+\.?|\d+(?:st|nd|rd|th)(?:-\w+)?|[a-z]+-\d{4}|\d+(?:\.\d+)?x\d[\dx.]*"
    r"|[a-z]{1,2}\d+\.\d\d|\d[\d:.]*[ap]m?(?:-\d[\d:.]*[ap]m?)+|\d+[a-z]{1,3}(?:[-/]\d+[a-z]{1,3})+",
    re.IGNORECASE,
)
"""A figure with its unit and no code: 20A, 5-year, 3rd-floor, mid-2023, 16x25x1, R3.92, 7am-9pm, 3ft/4ft."""
_VOWELLESS = re.compile(r"[b-df-hj-np-tv-xz]{2,4}")
_YEAR = re.compile(r"(?:19|20)\d\d")


def codes_in(text: str) -> set[str]:
    """Return the codes that a note holds, squeezed: `SW 7036` and `sw-7036` are both `sw7036`.

    A code has a digit and is no bare year. Words that a dash, dot or slash joins are one code and its parts; so are
    words beside it where they are short and in capitals.
    """
    text = _SIZE.sub("x", text)
    found = _numbers(text)
    words = list(_WORD.finditer(text))
    for start, first in enumerate(words):
        if not (has_digit(first[0]) or _is_label(first[0])):
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


def misspelt(answer: str, text: str) -> list[str]:
    """Return the codes of an answer that a text does not have letter by letter, whatever its blanks and dashes.

    Only words of letters and figures are looked at, and no figures with their units.
    """
    strange = []
    for match in _MIXED.finditer(answer):
        runs = _RUN.findall(match[0])
        letters = [run for run in runs if run.isalpha()]
        if not letters or len(letters) == len(runs) or _MEASURED.fullmatch(match[0]):
            continue
        written = r"[\W_]*".join(runs)
        if not re.search(rf"(?<![^\W_]){written}(?![^\W_])", text, re.IGNORECASE):
            strange.append(match[0])
    return strange


def codes_asked(question: str) -> set[str]:
    """Return what may be a code in a question, as people retype it: any few neighbouring words with a digit."""
    question = _SIZE.sub("x", question)
    words = [word.lower() for word in _WORD.findall(question)]
    runs = {
        "".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, _TOGETHER + 1)
        if start + length <= len(words)
    }
    return {run for run in runs if _is_code(run)} | _numbers(question)


def _numbers(text: str) -> set[str]:
    """Long numbers in groups, each also by its last digits: +1 (512) 555-0134 and 5125550134 share those."""
    found = set()
    for match in _DIGITS.finditer(text):
        digits = "".join(_WORD.findall(match[0]))
        if len(digits) <= MOST:
            found |= {digits, digits[-_LOCAL:]}
    return found


def _is_code(squeezed: str) -> bool:
    return LEAST <= len(squeezed) <= MOST and has_digit(squeezed) and not _YEAR.fullmatch(squeezed)


def has_digit(word: str) -> bool:
    """Return whether a word has a figure in it."""
    return any(letter.isdigit() for letter in word)


def _is_label(word: str) -> bool:
    """Whether a word may belong to a code: short, in capitals or without a vowel, as a hurried note has `sw 7036`."""
    return (word.isupper() and len(word) <= 4) or bool(_VOWELLESS.fullmatch(word))


def _joined(between: str, word: str) -> bool:
    return between in ("-", ".", "/", "–", ",", "_") or (between == " " and (has_digit(word) or _is_label(word)))
