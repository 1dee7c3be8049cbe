"""A question as a hurried thumb types it: the slips that a router has to read over."""

from __future__ import annotations

import random

_BESIDE = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm",
        "wa qe wr et ry tu yi uo ip ol sq ad sf dg fh gj hk jl ka zs xz cx vc bv nb mn".split(),
        strict=False,
    )
)


def misspell(question: str, random_: random.Random, share: float = 0.25) -> str:
    """Return the question with slips in about `share` of its longer words, and at least in one where it has one."""
    words = question.split()
    longer = [at for at, word in enumerate(words) if sum(letter.isalpha() for letter in word) >= 4]
    if not longer:
        return question
    for at in random_.sample(longer, max(1, round(share * len(longer)))):
        words[at] = _slip(words[at], random_)
    return " ".join(words)


def _slip(word: str, random_: random.Random) -> str:
    at = random_.randrange(1, len(word) - 1)  # the first letter is the one that people get right
    match random_.choice(("drop", "double", "swap", "beside")):
        case "drop":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
        case "swap":
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            near = _BESIDE.get(word[at].lower(), word[at])
            return word[:at] + random_.choice(near) + word[at + 1 :]
