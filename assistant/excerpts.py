"""The words of a note that a model is shown: the sentences that answer best, and what stands around them; pure.

A small machine reads some 75 tokens a second, so that every sentence is waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.note import Hit
from knowledge.sentences import sentences

GAP = "…"
"""Stands for what is left out before a sentence that is shown."""
_APART = 10
"""Places between the sentences of two passages that do not follow on each other; more than any share has around."""


@dataclass(frozen=True)
class Share:
    """How much of a note is shown."""

    best: int
    """Sentences that answer best."""
    around: int
    """Sentences before each of them, and after."""


SHARES = (Share(3, 2), Share(2, 1), Share(2, 0))
"""Of the best note, of the second, and of all others. On the tuning half of the second house the first three notes hold
all facts of 72 of 90 questions so, in 232 words; whole they hold those of 75, in 389."""


SURE_SHARES = (Share(2, 1), Share(2, 0))
"""Of the notes that surely answer, where they are read alone. Of 54 tuning questions of the second house these hold all
facts of 44 in some 250 tokens, what is shown of the best among others those of 47 in 370."""


def excerpt(hit: Hit, rank: int, shares: Sequence[Share] = SHARES) -> str:
    """Return a note's words as a model is shown them; all of them where nobody has read it.

    Args:
        rank: its place among the hits, from 0.
        shares: how much is shown of the best, the second, and so on; the last stands for all others.
    """
    share = shares[min(rank, len(shares) - 1)]
    told = _told(hit)
    wanted = {each.sentence for each in hit.deciding[: share.best]}
    around = range(-share.around, share.around + 1)
    shown = {at + by for at, (_, sentence) in told.items() if sentence in wanted for by in around} & set(told)
    if not shown or len(shown) == len(told):
        return hit.text
    lines: list[str] = []
    before, above = -1, ""
    for at in sorted(shown):
        heading, sentence = told[at]
        if at != before + 1:
            lines.append(GAP)
        if heading not in ("", above):
            lines.append(f"# {heading}")
        lines.append(sentence)
        before, above = at, heading or above
    return "\n".join(lines)


def in_order(hit: Hit, wanted: Sequence[str]) -> str:
    """Return some sentences of a note in its order and under their headings, on one line, with gaps between them.

    What leads to one with a colon, and what one that ends in a colon leads to, is told with it.
    """
    told = _told(hit)
    chosen = {at for at, (_, sentence) in told.items() if sentence in wanted}
    for at in sorted(chosen):
        if told.get(at - 1, ("", ""))[1].endswith(":"):
            chosen.add(at - 1)
        while told[at][1].endswith(":") and at + 1 in told:
            chosen.add(at := at + 1)
    words: list[str] = []
    above = hit.title
    for at in sorted(chosen):
        heading, sentence = told[at]
        words += [GAP] * (bool(words) and at - 1 not in chosen)
        words += [f"{heading}:"] * (heading not in ("", above, hit.title)) + [sentence]
        above = heading
    return " ".join(words) or " ".join(wanted)


def _told(hit: Hit) -> dict[int, tuple[str, str]]:
    """The sentences of a note under their headings, by their place: those of passages far apart are none's neighbours.

    The end of a passage may be repeated at the head of the next one; it is told once.
    """
    told: dict[int, tuple[str, str]] = {}
    seen: set[str] = set()
    at, last = 0, -1
    for passage in hit.passages:
        at += 0 if passage.place == last + 1 else _APART
        last = passage.place
        for sentence in sentences(passage.text):
            if sentence not in seen:
                seen.add(sentence)
                told[at] = (passage.heading, sentence)
                at += 1
    return told
