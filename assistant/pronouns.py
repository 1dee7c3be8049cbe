"""The words of a question: which of them stand for what was said before it, and which name a thing; pure."""

from __future__ import annotations

import re
from collections.abc import Set

from knowledge.tense import is_past, is_present
from knowledge.words import STOP_WORDS, words_of

_POINTING = re.compile(
    r"\b(it|its|that|those|these|they|them|their|he|him|his|she|her|there|then|one|ones|both(?=\W*$))\b", re.IGNORECASE
)
_SAYING = (
    r"(?:say|says|said|tell|told|know|knew|think|thought|mean|meant|mention|mentioned|note|noted|promise|promised|"
    r"agree|agreed|claim|claimed|remember|sure|certain)"
)
"""After what a 'that' leads on to what was said."""
_NAMED_DAY = (
    r"(?!(?:an?|the|this|that|next|last|same|every|each|all|any|some|per|one|half|mid|most|another|other|later)\b)"
    r"[\w’']+ (?:birthday|anniversary|day|night|week|season)"
)
"""'Bin day', 'Emma's birthday'; but a bare day or 'last week' may tell when it was that was spoken of."""
_POINTING_NOWHERE = re.compile(
    r"\b(?:(?:is|are|was|were|be|been|isn[’']?t|aren[’']?t) there(?! yet)|there(?: (?:is|are|was|were)|[’']s)|"
    r"(?:should|would|could|might|must|will|has|have|had)(?:n[’']?t)? there(?: \w+)? (?:be|been)|"
    r"(?:its|their) own|(?:the|a|an|our|my) \w+ that(?= \w)|ones? of (?:the|our|my)|"
    r"(?:that|those) (?!all|any|every|no|one)(?-i:[a-z]\w*) (?:who|that|which)(?= \w)|"
    rf"{_SAYING}(?: (?:us|me|you))? that(?= (?:the|our|my|we|i)\b)|"
    r"one more(?: thing| question)?(?=\s*[:,])|"
    r"(?:is|was|[’']s) it (?:ok|okay|safe|best|better|possible|necessary|allowed|legal|normal|true) (?:to|for|if|that)|"
    rf"(?:is|isn[’']?t) it (?:still |already )?{_NAMED_DAY}|"
    r"(?:what|which) (?:day|night|time|week) is it (?:today|tomorrow|now|for (?!(?:the|our|my|this|that|it|them)\b))|"
    r"it(?: is|[’']s)? (?:rain|snow|freez|hail|storm)\w*)\b",
    re.IGNORECASE,
)
"""Where such a word stands for nothing said before: 'is there', 'one of the', 'the man that', 'is it bin day?'."""
_THEN = re.compile(r"\bthen(?=\W*$)", re.IGNORECASE)
"""A time that was spoken of, but not where the present is asked of: 'so what's the door code then?'."""
_OF_WHAT_IT_NAMES = re.compile(
    r"^(?:(?:and|or|but|also|plus),? )?(?:(?:who|whom|whose|what|when|where|which|why|how)\b[^?]*? (?:"
    r"(?:did|do|will|would|can|could|have|had) they|are they(?! (?:in|on|at|by|for|from|near|of|to|under|with)\b))|"
    r"(?:which|what) \w+(?: \w+)? (?:is|was) it(?= (?:for|in|on|at)))\b|"
    r"\b(?:do|does|did|will|would) it (?:(?:take|cost)(?: \w+)? to|mean (?:if|when|that)|say (?:at|in|inside|on))\b|"
    r"\b(?:is|was|isn[’']?t) it (?:time (?:to|for)|worth \w+ing)\b",
    re.IGNORECASE,
)
"""Where it may in a question that names a thing: 'when did they trim the oak?', 'which breaker is it for the oven?'."""
_CLEFT = re.compile(r"\b(?:is|was|whos|[’']s) it ((?:[\w’'-]+ ){0,3}?)(?:who|that)\b", re.IGNORECASE)
"""Where 'it' only leads to who is meant: 'was it Ray who did the roof?', 'who is it that does the gutters?'."""
_STANDING_IN = re.compile(r"\b(?:it|they|them|he|him|she|her|both(?=\W*$))\b", re.IGNORECASE)
"""What may stand for a thing that the same question names."""
_JOINT = re.compile(
    r"[,;:.!?]|\b(?:and|or|but|if|when|while|without|before|after|until|once|since|because|though|so)\b", re.IGNORECASE
)
"""Where a question goes on, of what it has named so far as well."""
_NEGATED = r"(?:is|are|was|were|do|does|did|ca|wo|has|have|had|could|would|should)n[’']?t\b"
_CONTRACTED = re.compile(
    rf"\b{_NEGATED}|(?<=\w)[’'](?:s|d|re|ll|ve|m)\b|"
    r"(?<=\bwhat)s\b|(?<=\bwhere)s\b|(?<=\bwho)s\b|(?<=\bwhen)s\b|(?<=\bhow)s\b",
    re.IGNORECASE,
)
"""What is no word of its own: the end of "what's", "what'd" or 'wheres', and the whole of "isn't"."""
_NAME = re.compile(
    r"(?<=[\w,]\s)(?!(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)[A-Z][a-z]\w*"
)
"""Who or what is written with a capital further in, as a person is."""
_NAMED_ALONE = r"(?i:who|when|where)(?i:[’']?s|[’']re|\s(?:is|are|was|were))\s+(?!\w+ed\b)(\w+)"
_NAMING = re.compile(rf"(?:\b(?i:the|our|my|a|an)\s+\w+|{_NAME.pattern}|^{_NAMED_ALONE})\W*$")
"""An end with a thing of its own: 'where is the stopcock?', 'who is Emma?', 'when is recycling?'."""
_POSSESSIVE = re.compile(r"\b(his|her|its|their)\s+(\w+)", re.IGNORECASE)
_OWNING = re.compile(
    r"\b(?:the|our|my|your|this|that|these|those)\s+(?:(?:new|old|other|big|little)\s+)?(\w+)\b"
    r"(?!\s+(?:of|for|from|to|by|about|behind|under|near)\s*$)",
    re.IGNORECASE,
)
"""A thing of which the next words may say 'its', but not 'the manual for its remote'."""
_NAMED = re.compile(r"\b(?:the|our|my)\s+(?:(?:new|old|other|big|little)\s+)?(\w+)", re.IGNORECASE)
"""A thing that a question names."""
_LYING = re.compile(r"\s(?:in|on|at|inside)\s*$", re.IGNORECASE)
_DOING = re.compile(r"\b(?:do|does|did|has|have|had|will|can|should)\s+(\w+)", re.IGNORECASE)
"""Who does what is asked, whatever the case: 'when did emma get her passport?'."""
_ANYBODY = frozenset("anybody anyone everybody everyone nobody somebody someone".split())
_SHOWING = re.compile(
    rf"\b(?:that|these|those)\s+(?!{_NEGATED})(?:(?:new|old|other|big|little)\s+)?(\w+)(?P<end>\W*$)?",
    re.IGNORECASE,
)
_ASKS_WHAT_IT_DOES = re.compile(r"\b(?:do|does|did|will|can|should|would|could)(?:n[’']?t)?\s+$", re.IGNORECASE)
_ASKS_HOW_IT_IS = re.compile(r"^(?:why |how |and )?(?:is|are|was|were)(?:n[’']?t)?\s+$", re.IGNORECASE)
_OBJECT = re.compile(r"\s+(?:us|me|him|her|it|them|the|an?|our|my|your|any|all|every)\b", re.IGNORECASE)
"""What comes after a verb, and so after no noun: 'what did that set us back?'."""
_NO_NOUN = re.compile(r"\w{3,}(?:ed|ing|ly)", re.IGNORECASE)
_SAID_OF_IT = frozenset(
    "above affect afternoon against already always amount apply away back bad because behind below better between "
    "big break bring built cause change cheap cheaper come contain correct count cover crew depend done down during "
    "end enough evening fall far figure fine firm fit fix give go happen hard help hold hurt include inside "
    "inspection install installation into job keep lady last leak leave legal look man matter mean might morning "
    "must near never new night normal not off ok okay one ones only out outside place possible put repair repairs "
    "replacement require right run safe say season seem separate set shop show since solve sound spot spring start "
    "stay stop store stuff sum summer take thing things though three through too true turn two under use want way "
    "weekend weigh while winter without woman yet".split()
)
"""What is said of 'that' or 'those', or what has no name but by them: 'does that include labor?', 'that crew'."""
_OF_ANYTHING = frozenset(
    "address after again ago altogether anything available before best bill both brand charge charged code codes color "
    "colour come company contact cost costs covered date day days deep detail details due else email ever exactly "
    "expensive expire expired expires explain fast first good guarantee guy guys happened happens idea info "
    "information invoice involved kind later liable long made make manual many model month more much name new next "
    "number often old other others over paid part password passwords pay paying person phone please pls previous price "
    "problem quote really reason receipt responsible same say second serial service since size something soon spend "
    "spending spent still sure then third till time times today total type under until used visit warranty week went "
    "while work wrong year years".split()
)
"""Words that ask something of anything, and name nothing."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_DETERMINERS = frozenset("my our the".split())


def points(question: str, *, names_other: bool = False) -> bool:
    """Whether a word stands for what was said before, and for nothing in the question itself.

    Args:
        names_other: whether the question names a thing that was not spoken of: 'they' may then be whoever trimmed the
            oak, and 'it' the breaker that is asked for, or the drill in 'where is the drill, and who borrowed it?'.
    """
    question = _POINTING_NOWHERE.sub("", question)
    if is_present(question) and not is_past(question):
        question = _THEN.sub("", question)
    if names_other:
        question = _CLEFT.sub(r"\1", _OF_WHAT_IT_NAMES.sub("", question))
    question = _POSSESSIVE.sub(lambda found: found[2] if _is_owned(found) else found[0], question)
    question = _SHOWING.sub(lambda found: found[1] if _shows(found) else found[0], question)
    if names_other:
        question = _STANDING_IN.sub(lambda found: "" if _stands_for_named(found) else found[0], question)
    return bool(_POINTING.search(question))


def names_other(question: str, than: str) -> bool:
    """Whether a question names a thing of which another text does not speak: 'the oak', or Emma in 'who is Emma?'."""
    spoken_of = _spoken_of(than)
    after_the = False
    for word in re.findall(r"\w+", _CONTRACTED.sub(" ", question.lower())):
        if after_the and _is_other(word, spoken_of):
            return True
        # 'the old oak', but neither 'the pump of whoever' nor 'the pump hums'
        after_the = word in _DETERMINERS or (after_the and not (word in STOP_WORDS or is_content(word)))
    alone = re.search(rf"\b{_NAMED_ALONE}(?:\s+\w+)?\W*$", question)  # 'when is swimming?', 'when is bin day?'
    return alone is not None and _is_other(alone[1].lower(), spoken_of)


def adds_nothing(question: str, than: str) -> bool:
    """Whether a question names nothing that another text does not speak of: 'and who did it?', 'the cost?'."""
    spoken_of = _spoken_of(than)
    return not any(_is_other(word, spoken_of) for word in words_of(_CONTRACTED.sub(" ", question.lower())))


def _spoken_of(text: str) -> Set[str]:
    return {_singular(word) for word in words_of(text)}


def _is_other(word: str, spoken_of: Set[str]) -> bool:
    """Whether a word is about something that was not spoken of."""
    return is_content(word) and word not in _SAID_OF_IT and _singular(word) not in spoken_of


def ends_with_name(question: str) -> bool:
    """Whether a question ends with a thing of its own: 'where is the stopcock?', 'who is Emma?'."""
    return bool(_NAMING.search(question))


def _stands_for_named(pronoun: re.Match[str]) -> bool:
    """Whether a thing is named before a pronoun, and the question goes on in between: 'the drill, and who has it?'."""
    before = pronoun.string[: pronoun.start()]
    joint = max((found.start() for found in _JOINT.finditer(before)), default=0)
    return any(is_content(thing) and thing.lower() not in _SAID_OF_IT for thing in _NAMED.findall(before[:joint]))


def _is_owned(possessive: re.Match[str]) -> bool:
    """Whether whoever 'his', 'her', 'its' or 'their' means stands before it: 'does the dog need her shots?'."""
    whose, thing = possessive[1].lower(), possessive[2].lower()
    before = possessive.string[: possessive.start()]
    if thing in STOP_WORDS:  # 'did Emma call her about it?'
        return False
    # A dog is in her bed; but the receipt is in their folder, and that is somebody else's.
    owners = [] if whose in {"its", "their"} and _LYING.search(before) else _OWNING.findall(before)
    if whose != "its":  # people have no 'its'
        owners += [*_NAME.findall(before), *_DOING.findall(before)]
    return any(is_content(owner) for owner in owners)


def _shows(found: re.Match[str]) -> bool:
    """Whether 'that', 'these' or 'those' goes with a noun of its own: 'those tomatoes', but not 'is that safe?'."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    ends = found["end"] is not None
    if _ASKS_WHAT_IT_DOES.search(before) and (ends or _OBJECT.match(after)):  # 'when did that break?'
        return False
    if _ASKS_HOW_IT_IS.search(before) and ends:
        return False
    return is_content(found[1]) and not _NO_NOUN.fullmatch(found[1]) and found[1].lower() not in _SAID_OF_IT


def is_content(word: str) -> bool:
    """Whether a word names something, and asks of nothing."""
    return word.lower() not in STOP_WORDS | _OF_ANYTHING | _ANYBODY


def names_little(question: str) -> bool:
    """Whether a question has one word that means something, or none: 'the cost?', but not 'quantum mechanics'."""
    return len([word for word in _words(question) if word not in STOP_WORDS]) <= 1


def names_nothing(question: str) -> bool:
    """Whether every word of a question could be asked of anything: 'what was wrong the first time?'."""
    words = _words(question)
    return bool(words) and all(word in STOP_WORDS or word in _OF_ANYTHING or _YEAR.fullmatch(word) for word in words)


def says_only(text: str, words: Set[str]) -> bool:
    """Whether a text says one of these words, and beside them only what is said of anything that was spoken of."""
    said = _words(text)
    return not words.isdisjoint(said) and words | STOP_WORDS | _SAID_OF_IT >= set(said)


def _words(question: str) -> list[str]:
    return words_of(_CONTRACTED.sub(" ", question))


def _singular(word: str) -> str:
    return word.removesuffix("s")
