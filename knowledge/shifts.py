"""The days that a follow-up counts from those before it: 'and the year before?', 'since then?'; pure."""

from __future__ import annotations

import datetime as dt
import re

from knowledge.ranges import COUNTS, SEASONS, UNITS, Range, count_of, earlier

_A_DAY = dt.timedelta(days=1)
_ENDS = r"(?=\s*(?:$|[?.!,;])|\s+(?:and|did|was|were)\b)"
_STEP = re.compile(
    rf"\b(?:(the|that)\s+)?(?:(\d{{1,2}}|{'|'.join(COUNTS)}|an?)\s+)?({UNITS})s?\s+(?:(before|earlier|prior)|after|later)"
    rf"(?:\s+(?:that|then|this))?{_ENDS}"
    rf"|\b(?:(?:(previous|preceding|prior)|following)|the\s+next)\s+({UNITS})\b",
    re.IGNORECASE,
)
"""'The year before', 'two years later', 'the following month'; but not 'the year before the flood'."""
_SIDE = re.compile(
    rf"\b(?:(before|until|till|prior to)|after|since)\s+(?:that|then){_ENDS}"
    r"|^\W*(?:(?:and|or)\s+)?(?:(before|earlier)|after(?:wards)?|later|since)\W*$",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    rf"\b(?:other|remaining)\s+(?:{UNITS})s?\b|\b(?:every|each|any)\s+other\s+(?:time|one)\b", re.IGNORECASE
)
"""All but those that were named, which is no range."""


def counts_from_others(sentence: str) -> bool:
    """Whether a sentence counts from days that it does not name itself."""
    return any(pattern.search(sentence) for pattern in (_STEP, _SIDE, _OTHERS))


def shifted(sentence: str, named: Range) -> Range:
    """Return the days that a sentence counts from those that were named before it.

    Args:
        sentence: one of which `counts_from_others` is true.
        named: the days that the sentences before it name.

    Returns:
        The range, open on both sides and doubtful where they cannot be counted.
    """
    found = None
    if step := _STEP.search(sentence):
        found = _stepped(step, named)
    elif side := _SIDE.search(sentence):
        found = _beside(named, before=bool(side[1] or side[2]))
    return found._replace(guessed=named.guessed, doubtful=named.doubtful) if found else Range(doubtful=True)


def _beside(named: Range, *, before: bool) -> Range | None:
    """All that was before or after the days that were named."""
    if before:
        return Range(None, named.first - _A_DAY) if named.first else None
    return Range(named.last + _A_DAY) if named.last else None


def _stepped(step: re.Match[str], named: Range) -> Range | None:
    """One or several years, months or summers before or after the one that was named."""
    count = count_of(step[2]) if step[2] and step[2].lower() not in ("a", "an") else 1
    unit = (step[3] or step[6]).lower()
    back = 1 if step[4] or step[5] else -1
    if named.first is None or named.last is None:
        return None
    after = named.last + _A_DAY
    if unit in SEASONS:
        if named.first.month != SEASONS[unit] or earlier(after, 3, "month") != named.first:
            return None
        unit = "year"
    elif earlier(after, 1, unit) != named.first:
        return None  # 'in March 2023? And the year before?' may ask for all of it
    first = earlier(named.first, back * count, unit)
    last = earlier(after, back * count, unit) - _A_DAY
    if step[1] and count > 1:  # 'the two years before' are both of them
        return Range(first, named.first - _A_DAY) if back > 0 else Range(after, last)
    return Range(first, last)
