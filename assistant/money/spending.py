"""What a question that asks for a sum asks the sum of: the things that money went to, or those who were paid; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from assistant.money.questions import ABOUT, ASKER, OF_DATES, PAID, SINCE_EVER
from knowledge.timing import SENTENCE_END
from knowledge.words import STOP_WORDS

_UNTIL_WHEN = re.compile(
    r"\b(?:by|until|till|before|since|after|to|through) (?:the )?end of\b"
    r"|\b(?:to|until|till|through|and) (?:date|(?:the )?present(?: day| time)?|this (?:day|point))\b|-present\b",
    re.IGNORECASE,
)
"""Of the words that say until when, those that mean something else in another place: an end table, a present."""
_DOING = re.compile(
    r"\b(?P<verb>spen[dt]|spending|paid|pay(?:ing)?|charged?)\b(?: (?:out|off|up|down|back)\b)?", re.IGNORECASE
)
_DOER = re.compile(
    r"\b(?:did|have|has|had|(?P<be>was|were|is|are))\s+(?P<who>(?:\S+ ){0,4}?)(?P<been>been )?\Z", re.IGNORECASE
)
"""Who pays or, in the passive, who is paid: 'has Ray been paid', 'was Ray paid'."""
_IDLE = re.compile(
    r"\b(?:(?:end(?:ed|ing)?|wound|wind(?:ing)?) up|as well(?! as)|taking care of|take care of|"
    r"according to (?:the|our|my) (?:notes?|records?|papers|files|receipts))\b",
    re.IGNORECASE,
)
"""Words that say nothing only together: an end table, a well pump and day care are things."""
_TOKEN = re.compile(r"[\w’'&-]+|[,/+]")
_JOINS = frozenset("and or & plus , / + nor".split())
_AS_WELL_AS = re.compile(r"\b(?:as well as|along with|together with)\b", re.IGNORECASE)
_CONTRACTED = re.compile(r"[’'](?:ve|re|m|d)\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b([A-Za-z])/([A-Za-z])\b")
"""One word: A/C."""
_LEADS: dict[str, Literal["thing", "payee"]] = {
    **dict.fromkeys(("on", "for", "toward", "towards", "of", "in", "into"), "thing"),
    **dict.fromkeys(("with", "at", "to", "from"), "payee"),
}
"""What stands before a thing, and before who was paid."""
_TO_DO = re.compile(r"(?i:to) (?!(?:the|our|my|his|her|their|an?) )[a-z]")
_THE = re.compile(r"\b(?:the|our|my|an?|on|for|of)\b", re.IGNORECASE)
"""What stands before a thing."""
_KIND = re.compile(r"\b(?:what|which|how much) ((?:\w+ ){1,3}?)(?:did|do|does|have|has|had|was|were)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w’'&-]+(?: (?:[A-Z][\w’'-]+|&))*")
_SOMEBODY = frozenset("him her them".split())
THAT = frozenset("it this that these those".split())
"""Words for a thing that was named before."""
_OF_TIME = OF_DATES | set(
    "through thru prior previous preceding following next year years yr month months week weeks day days this past "
    "between now today far over start beginning early late overall ever onward onwards later earlier than starting "
    "currently nowadays recently lately already recent history couple few several one two three four five six seven "
    "eight nine ten twelve".split()
)
_OF_MONEY = frozenset(
    "spend spent spending pay paid paying cost costs costing charge charged charges much money cash total totally "
    "altogether together sum amount add added told bill bills invoice invoices expense expenses expenditure "
    "expenditures fee fees payment payments dollars bucks".split()
)
_VAGUE = frozenset(
    "guy guys man men people company crew team work job jobs visit visits appointment appointments fix fixing fixed "
    "bill bills invoice invoices fee fees charge charges payment payments it him her them".split()
)
"""What names something, but too little to look for: a sum of all there is would be of something else."""
_EMPTY = _VAGUE | frozenset(
    "these those both alone everything anything something stuff thing things item items whole new old other various "
    "different kind kinds sort sorts type lot lots really actually exactly roughly approximately probably only even "
    "also too again having getting get doing done making make keep keeping running buy buying bought purchasing "
    "purchases being been am going related know like see want give show say figure calculate while out off rid there "
    "dollar".split()
)
"""What is said of anything that money goes to."""
HOME = frozenset("house home household family homeowner place".split())
"""Words that mean everything where they stand alone."""
_ACT = re.compile(r"(?:replac|install)(?:e|ed|es|ing|ements?|ations?|s)?", re.IGNORECASE)
"""What is done to a thing that is new, of which a note may only say that it is."""
_PART_OF_BILL = re.compile(
    r"(?:[,/&]|\b(?:on|for|in|of|and|or|the|our|all|any|much|what|which|new))\s+"
    r"(?:labou?r|parts|materials|tips?|gratuity|shipping|delivery|(?:sales )?tax|vat|gst|interest)"
    r"(?=\W*$|[,/?.;]|\s+(?:for|on|in|at|and|or|with|to|from|of|by|since|until|before|after|over|during|last|this|so|"
    r"the|we|i|did|do|have|has|was|were|is|are|been|alone|only|costs?|charges?|fees?|bills?|\d+)\b)",
    re.IGNORECASE,
)
"""What is paid as a part of a bill, of which a note's cost is the whole; but 'car parts' and 'tax preparation'."""
_BILLS = re.compile(r"\bbills?\b", re.IGNORECASE)
_US = frozenset(
    "we i you they he she us all both my our the and family household wife husband partner everyone everybody been "
    "be ever".split()
)


@dataclass(frozen=True)
class Spending:
    """What the cost of is asked; nothing where it is all there is."""

    things: tuple[tuple[str, ...], ...] = ()
    """The words of each thing named; a note of any of them counts."""
    payees: tuple[tuple[str, ...], ...] = ()
    """The words of each name, where the question asks what somebody was paid."""
    somebody: str = ""
    """The word for one who was paid, or for a thing, where the question leaves open who or what that is."""
    bills: bool = False
    """Whether the bills for a thing are asked about."""
    vague: str = ""
    """A word that stands where something should be named, and says too little."""

    @property
    def without_acts(self) -> Spending | None:
        """The same things without what was done to them, where a question says it."""
        things = tuple(tuple(word for word in thing if not _ACT.fullmatch(word)) for thing in self.things)
        return replace(self, things=things) if things != self.things and all(things) else None

    @property
    def names_something(self) -> bool:
        """Whether any words say what it is about."""
        return bool(self.things or self.payees or self.somebody)


def spending_of(question: str) -> Spending | None:
    """Return what a question that asks for a sum asks the sum of; None where its words leave that open.

    Of several sentences the last one counts that names something.
    """
    for pattern, plain in (
        *((SINCE_EVER, ""), (_UNTIL_WHEN, ""), (_IDLE, ""), (_CONTRACTED, " ")),
        *((_AS_WELL_AS, "and"), (_SLASHED, r"\1\2")),
    ):
        question = pattern.sub(plain, question)
    *before, last = [" ".join(sentence.split()) for sentence in SENTENCE_END.split(question)]
    found = _in_sentence(last)
    if found is not None and found.somebody and not found.things:
        names = [words for sentence in before for name in _NAME.findall(sentence) if (words := _words(name))]
        return Spending(payees=tuple(names[-1:]), somebody=found.somebody)
    asked, vague = [last], found.vague if found is not None else ""
    for sentence in reversed(before):
        if found is None or found.names_something:
            break
        asked.append(sentence)
        is_of_money = _DOING.search(sentence) or PAID.search(sentence)
        found = _in_sentence(sentence) if is_of_money else _named(_behind(_THE, sentence) or sentence, "thing")
    if found is None or any(map(_PART_OF_BILL.search, asked)):
        return None
    found = replace(found, vague="")
    if vague and not found.names_something:
        return Spending(somebody=vague) if vague in _SOMEBODY | THAT else None
    return _without_home(replace(found, bills=bool(_BILLS.search(question))) if found.things else found)


def _in_sentence(sentence: str) -> Spending | None:
    """What one sentence names: behind the verb, where it has one; None where somebody else spends."""
    verbs = list(_DOING.finditer(sentence))
    if not verbs:
        sentence = ABOUT.sub("", sentence)
        asker = ASKER.search(sentence)
        found = _named(sentence[asker.start() :] if asker else sentence, "thing")
        return found if found.names_something else _named(sentence, "thing")
    verb = verbs[-1]
    before, behind = sentence[: verb.start()], sentence[verb.end() :]
    doer = _DOER.search(before)
    who = tuple(word for word in _words(doer["who"]) if word.lower() not in _US) if doer else ()
    is_paid = verb["verb"].lower() not in ("spend", "spent", "spending")
    is_passive = doer is not None and bool(doer["be"] or doer["been"])
    # Who is charged pays, and who charges is paid.
    if who and is_paid and is_passive != verb["verb"].lower().startswith("charge"):
        return Spending(_named(behind, "thing").things, (who,))
    if who:
        return None
    found = _named(behind, "payee" if is_paid else "thing")
    match = _KIND.search(before)
    if kind := tuple(word for word in _words(match[1]) if word.lower() not in _US) if match else ():
        # 'What plumbing bills have we paid Hank?'
        return replace(found, things=tuple((*kind, *thing) for thing in found.things) or (kind,))
    if found.names_something:
        return found
    vague = found.vague or (_vague_in(doer["who"].lower().split()) if doer else "")
    return replace(_named(_behind(_THE, before), "thing"), vague=vague)


def _behind(pattern: re.Pattern[str], sentence: str) -> str:
    match = pattern.search(sentence)
    return sentence[match.end() :] if match else ""


def _named(text: str, role: Literal["thing", "payee"]) -> Spending:
    """The things and the payees in some words.

    Args:
        role: of what stands first; a word like 'on' or 'to' may change it.
    """
    lists: dict[str, list[list[str]]] = {"thing": [[]], "payee": [[]]}
    shared: list[str] = []
    somebody, words = "", lists[role][-1]
    # What stands first is in a place where a name should be only behind 'paid'.
    places: list[list[str]] = [[]] if role == "payee" else []
    for match in _TOKEN.finditer(text):
        token = match[0]
        lower = token.lower()
        if lower in _JOINS:
            words = []
            lists[role].append(words)
        elif lower in _LEADS and not (lower == "of" and role == "payee"):
            places.append([])
            # 'To fix the roof' is what for, and not to whom.
            role = "thing" if _TO_DO.match(text, match.start()) else _LEADS[lower]
            # In 'brushes and paint for the fence', the fence is what both were for.
            words = shared if role == "thing" and len(lists[role]) > 1 and lists[role][-1] else lists[role][-1]
        elif lower in _SOMEBODY and role == "payee":
            somebody = lower
        else:
            words.extend(_words(token))
            if places:
                places[-1].append(lower)
    vague = next(filter(None, map(_vague_in, places)), "")
    things, payees = ([each for each in lists[name] if each] for name in ("thing", "payee"))
    together = tuple((*each, *shared) for each in things) or ((tuple(shared),) if shared else ())
    return Spending(together, tuple(map(tuple, payees)), somebody, vague=vague)


def _vague_in(said: list[str]) -> str:
    """The word that stands where something should be named, where none of them says enough."""
    if _words(" ".join(said)):
        return ""
    # 'In that year' is a time.
    return said[0] if len(said) == 1 and said[0] in THAT else next((word for word in said if word in _VAGUE), "")


def _words(text: str) -> tuple[str, ...]:
    """The words of a text that say something of what money goes to."""
    found = []
    for token in _TOKEN.findall(text):
        word = token.strip("’'-").removesuffix("'s").removesuffix("’s").removesuffix("-related")
        if word and not word.isdigit() and word.lower() not in STOP_WORDS | _OF_TIME | _OF_MONEY | _EMPTY | _JOINS:
            found.append(word)
    return tuple(found)


def _without_home(found: Spending) -> Spending | None:
    """The same without the whole house, which is everything; None where it stands beside something else."""
    homes = [thing for thing in found.things if HOME.issuperset(word.lower() for word in thing)]
    if not homes:
        return found
    if len(found.things) == 1:
        return replace(found, things=())
    # 'Home and car insurance' leaves a word out, which the last one has.
    elided = found.things[-1] not in homes and len(found.things[-1]) > 1
    return found if elided else None
