"""Whether a question leans on what was said before it, by its words alone, and what only remarks on it; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from assistant.pronouns import (
    ends_with_name,
    is_content,
    names_little,
    names_nothing,
    names_other,
    points,
    says_only,
)

Leaning = Literal["surely", "perhaps", "no"]

MANY_WORDS = 9
"""A question of more words mostly names what it is about, whatever pronouns it has."""
LONGEST_THING = 5
"""Words of a thing that is named in the place of a question."""

_ASKING_WORDS = frozenset(
    "who whom whose what when where which why how is are was were do does did has have had ca can could wo will would "
    "shall should may might tell show find list give remind explain please".split()
)
"""How a sentence begins that asks; of "won't" its 'wo'."""
_NOT = re.compile(r"n[’']?t$")
_VERBS = frozenset("is are was were be been do does did has have had can could will would should".split())
_MOVED = re.compile(r"\w{3,}(?:ed|ing)", re.IGNORECASE)
_ACKNOWLEDGING = re.compile(
    r"^((ok(ay)?|thanks|thank you|thx|ta|ty|cheers|got it|great|perfect|awesome|brilliant|excellent|lovely|all ?right|"
    r"right|cool|nice|good|hm+|oh|ah+|so|then|wait|no|i see|yes|yeah|yep|sorry|actually|fair enough|no worries|btw|"
    r"by the way|never ?mind(?: (?:it|that))?|forget (?:about )?(?:it|that)|chang(?:e of|ing the) subject|moving on|"
    r"(?:a )?(?:different|new|unrelated) (?:question|topic|subject))\b[\s,.!;:-]*)+",
    re.IGNORECASE,
)
"""What a turn may begin with that says nothing of its matter, nor whether it is a new one."""
_GOING_ON = re.compile(
    r"^(?:(?:(?:and|or|but|also|plus),? )?(?:(?:what|wot|how)(?:[’']?s)? (?:about|abt|bout)|what of|same for|ditto|"
    r"likewise)|(?:and|or|plus) (?:the|our|my))\b[^?]*\??$",
    re.IGNORECASE,
)
"""How a follow-up begins that asks the same of another thing."""
_ADDING = re.compile(
    r"^(?:and|or|but|also(?!,? (?:who|when|where|what|which|how|why|is|are|do|does|did|can)\b)|plus|"
    r"same question|which one(?! of (?:the|our|my)\b))\b(?P<rest>[^?]{0,24})\??$",
    re.IGNORECASE,
)
"""How another one begins; a question of its own may come after such a word, so only one that ends soon is meant."""
_CORRECTING = re.compile(
    r"^(?:(?:i|we) (?:really |actually )?(?:mean|meant)\b|i (?:was|am) (?:asking|talking) about\b|"
    r"not (?=(?:(?:in|on|at|for) )?(?:the|our|my)\b))(?P<rest>.*)",
    re.IGNORECASE,
)
"""'I meant the spa pump', 'not the pool, the spa'."""
_ASKING = re.compile(r"^(why|who|where|when|how much|how long)\b|^(who|where|when)s\b", re.IGNORECASE)
_THING = re.compile(
    r"(?:(?:in|on|at|for|with|of|by|from|behind|under|near) )?(?:the|our|my|an?) (?P<thing>[\w’' -]+?)"
    r"(?:,? (?:too|as well|instead))?[.?! ]*",
    re.IGNORECASE,
)
_NARROWING = re.compile(
    r"(?:(?:up|down)stairs|(?:out|in)(?:side|doors)|"
    r"(?:with|without|incl?|including|excl?|excluding|per|just|only)(?P<what>(?: [\w’'-]+){1,3}))[.?! ]*",
    re.IGNORECASE,
)
"""What only says more of a question before it: 'without VAT', 'per metre?', 'upstairs?'."""
_BARE_WORD = r"(?!too\b)[^\W\d](?:[^\W\d]|[’'-])*"
_BARE = re.compile(
    rf"how (?:many|much) {_BARE_WORD}\W*|(?P<first>{_BARE_WORD})(?: (?P<second>{_BARE_WORD}))?(?:\?| too\b)\W*",
    re.IGNORECASE,
)
"""What hardly is a question: 'heater?', 'spa too', 'still guaranteed?', 'how many watts'; a code asks what it is."""
_REMARKING = frozenset(
    "amazing answer appreciate awesome brilliant cheers clear cool exactly excellent fair fantastic funny glad good "
    "goodbye great haha happy hello help helped helpful helps hey hi interesting know lol lot love lovely makes mind "
    "much nice noted obviously perfect perfectly sense sorry sounds super surprising thank thanks thx understood "
    "useful very welcome wonderful worries wow".split()
)
"""Words of what is said of an answer."""


def leaning(question: str, subject: str, said: str) -> Leaning:
    """Return whether a question leans on what was said before it; perhaps where it sounds so, and names another thing.

    Args:
        subject: the question that it would lean on.
        said: all that it would lean on.
    """
    question = unacknowledged(question)
    if not is_short(question):
        return "no"
    if not _leans(question, subject):
        return "perhaps" if _is_bare(question) and _asks(subject) else "no"
    if names_other(question, than=said) and not _leans(question, subject, own=True):
        return "perhaps"
    return "surely"


def unacknowledged(question: str) -> str:
    """Return what a turn says after its 'ok, thanks'."""
    return _ACKNOWLEDGING.sub("", question.strip())


def is_short(question: str) -> bool:
    """Whether a question may leave out what it is about."""
    return len(question.split()) <= MANY_WORDS


def is_thing(question: str) -> bool:
    """Whether a question is no sentence but a thing: 'the gasket?', 'for the spa', 'our heater too'.

    'The gate code?' asks something of the gate, and so is a question; 'the AC stopped' tells something.
    """
    found = _THING.fullmatch(question)
    if found is None:
        return False
    _, *more = words = found["thing"].lower().split()
    told = any(_MOVED.fullmatch(word) or _NOT.sub("", word) in _VERBS for word in more)
    return len(more) < LONGEST_THING and not _asks_of_thing(words) and not told


def is_remark(text: str) -> bool:
    """Whether a turn neither asks nor names a thing: 'thanks', 'makes sense', 'very helpful, that'."""
    rest = unacknowledged(text)
    return not rest or (says_only(text, _REMARKING) and not _asks(rest) and not _goes_on(rest))


def names_enough(question: str) -> bool:
    """Whether others can go back to a question: 'who is Emma?', but not 'the gasket?' or 'how much?'."""
    question = unacknowledged(question)
    return not names_little(question) or (ends_with_name(question) and not is_thing(question))


def _leans(question: str, subject: str, *, own: bool = False) -> bool:
    """Whether a question sounds like a follow-up.

    Args:
        own: whether it names a thing of its own, and so need not be one for its 'and' or its 'they'.
    """
    return bool(
        _goes_on(question, own)
        # Of a thing alone it is asked what was asked of another one, if anything was.
        or ((is_thing(question) or _narrows(question)) and _asks(subject))
        or points(question, names_other=own)
        or (_ASKING.search(question) and names_little(question) and not ends_with_name(question))
        or names_nothing(question)
    )


def _asks_of_thing(words: Sequence[str]) -> bool:
    """Whether the last word asks something of what those before it name: 'gate code'."""
    return len(words) > 1 and not is_content(words[-1]) and any(map(is_content, words))


def _is_bare(question: str) -> bool:
    """Whether a question is hardly one, of a word or two that may say more of what was asked before."""
    found = _BARE.fullmatch(question)
    words = [word.lower() for word in found.group("first", "second") if word] if found else []
    return found is not None and not _asks_of_thing(words) and not _begins_asking(" ".join(words))


def _narrows(question: str) -> bool:
    """Whether a question is no sentence, and says more of one that was asked."""
    found = _NARROWING.fullmatch(question)
    return found is not None and _ASKING_WORDS.isdisjoint((found["what"] or "").lower().split())


def _goes_on(question: str, own: bool = False) -> bool:
    """Whether a question begins like a follow-up; what comes after an 'and' may ask of a thing of its own."""
    begun = _ADDING.search(question) or _CORRECTING.search(question)
    apart = begun is not None and own and _begins_asking(begun["rest"])
    return bool(_GOING_ON.search(question)) or (begun is not None and not apart)


def _asks(text: str) -> bool:
    return "?" in text or _begins_asking(text)


def _begins_asking(text: str) -> bool:
    first = re.match(r"\W*([\w’']*)", text.lower())
    word = _NOT.sub("", first[1]) if first else ""
    return not {word, re.sub(r"[’']\w+$|s$", "", word)}.isdisjoint(_ASKING_WORDS)
