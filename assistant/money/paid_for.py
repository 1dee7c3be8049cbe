"""What a note's cost was paid for, by its title and the words beside the cost; pure rules."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from assistant.money.questions import OF_DATES
from knowledge.facts import Fact, Name
from knowledge.money import amounts_in
from knowledge.note import Note
from knowledge.words import STOP_WORDS, words_of

SHORT = 8
"""Words of a sentence that says little by itself: 'Paid Hank $240.' is of what was said before it."""
TITLE = 8
"""Words of a first line that may stand for a title; more are a sentence."""
MOSTLY = 0.8
"""Share of a cost that a line of a paper has to be for, that all of it was for that."""
APART = 2
"""Words that may stand between those of one thing: 'vet came about the cat' is of a cat vet."""
_PIECE = re.compile(r"\S[^\n]*?(?:[.!?;](?=\s)|(?=\n)|\Z)")
"""A sentence, or a line without an end."""
_LINE = re.compile(r"[^\n]+")
_ROW = re.compile(r"[^\W\d][\w /()]{0,24}:\s")
"""What every line begins with of a table's row that became a note."""
_HEADING = re.compile(r"^#.*$", re.MULTILINE)
_MATTER = re.compile(
    r"^[ \t>*]*(?:re|subject|job|work|for|what|item|service|description|project)\b[^:\n]{0,15}:.*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line that says what a paper is about."""
_NO_MATTER = re.compile(
    r"\b(?:tel|phone|telephone|mobile|cell|fax|call|text)\b[\s.:#]*(?:(?:is|at|on) )?[+(]?\d[\d ().-]{5,}|"
    r"\b(?:insurance|insurer|warranty)(?: company)? (?:covered|covers|paid|reimbursed)\b",
    re.IGNORECASE,
)
"""Words that tell nothing of what a cost was for: whom to call, who else paid."""
SUPPLIES = frozenset("water gas electricity power phone internet sewer".split())
"""What comes into a house and is paid by use."""
BILLED = SUPPLIES | frozenset("electric electrical heating cable cell trash garbage utility utilities oil".split())
"""The same, and words that mean it before 'bill'."""
_OF_IT = frozenset(
    "bill bills company phone plan service usage use department payment charge charges autopay invoice "
    "statement paid came cost".split()
)
_ADJECTIVES = frozenset("electric electrical cell utility".split())
"""Those that mean a supply only alone, or before such words."""
_RUNS_ON = frozenset(
    "heater softener washer furnace pump line leak boiler filter pipe valve tank panel outlet wiring main damage meter "
    "treatment fountain feature bottle cooler fridge barrel hose tap test shutoff shut flood grill stove oven range "
    "fireplace firepit fire pit log insert dryer mower can detector drill saw tool strip bank cord steering window "
    "seat generator inverter case charger screen repair battery cover mount jack system unit element pad blanket box "
    "bag bin compactor disposal router modem cable installation install inspection backup cleanout camera scope change "
    "painting burner gauge regulator plumbing fixture switch chest".split()
)
"""What runs on such a supply, leads it through the house or does something else with it."""
_TANK_FILLED = re.compile(r"\btanks?(?= (?:(?:re)?fill|exchange|swap))", re.IGNORECASE)
_TO_WHOM = "paid|pay|to|by|from|gave|sent|at|hired|called|used"
_HOUSE = frozenset("house home household homeowner homeowners".split())


def is_for(words: Collection[str], note: Note, facts: Mapping[Name, Fact]) -> bool:
    """Whether a note's cost is for something: its title or its item name it, or the words beside the cost."""
    item = facts["item"].value if "item" in facts else ""
    known = {form for word in words_of(_NO_MATTER.sub(" ", f"{_title(note)} {item}")) for form in forms_of(word)}
    words = words_of(" ".join(words))
    missing = [word for word in words if known.isdisjoint(forms_of(word))]
    if not missing:
        return True
    vendor = facts["vendor"].value if "vendor" in facts else ""
    slack = 0 if any(forms_of(word) is _HOUSE for word in words) else APART
    # The bathroom that Marlow Kitchens did is no kitchen.
    pieces = (piece.replace(vendor, " ") if vendor else piece for piece in _beside(note.text, facts.get("cost")))
    return any(_holds_together(missing, _NO_MATTER.sub(" ", piece), slack) for piece in pieces)


def is_paid_to(name: Sequence[str], note: Note, facts: Mapping[Name, Fact]) -> bool:
    """Whether the words beside a note's cost say that somebody was paid; the rules do not find every vendor."""
    gap = r"[\W_]+(?:s[\W_]+)?"
    named = rf"\b{gap.join(map(re.escape, name))}\b"
    if len(name) == 1:
        # One word alone may be anybody who was there.
        named = rf"(?:\A|[.!?:;\n]\s*|\b(?:{_TO_WHOM})\s+(?:the\s+)?){named}|,\s+{named}(?=\s*[,.;])"
    paid = re.compile(named, re.IGNORECASE)
    return any(paid.search(piece) for piece in (_title(note), *_beside(note.text, facts.get("cost"))))


def is_of_supply(word: str, note: Note) -> bool:
    """Whether a note tells of water, power or the like itself, or of its bill, and not of what runs on it: a heater."""
    text = _TANK_FILLED.sub("", f"{note.title}.\n{note.text}".lower())
    forms = forms_of(word)
    if any(
        re.search(rf"\b{re.escape(form)} bills?\b|\bbills? for (?:the )?{re.escape(form)}\b", text) for form in forms
    ):
        return True
    said = re.findall(r"[^\W\d_]+|\S", text)
    behind = [_behind(said[at + 1 : at + 4]) for at, one in enumerate(said) if not forms.isdisjoint(forms_of(one))]
    if word.lower() in _ADJECTIVES:
        return any(not words or words[0] in _OF_IT | OF_DATES for words in behind)
    return bool(behind) and all(
        _RUNS_ON.isdisjoint(form for each in words for form in forms_of(each)) for words in behind
    )


def _behind(said: Sequence[str]) -> list[str]:
    """The words that go with the one before them."""
    return list(itertools.takewhile(lambda one: one.isalpha() and one not in STOP_WORDS, said))


def has_side_by_side(words: Sequence[str], note: Note) -> bool:
    """Whether a note has some words one after the other."""
    said = [forms_of(word) for word in re.findall(r"\w+", f"{note.title}\n{note.text}")]
    wanted = [forms_of(word) for word in words]
    places = range(len(said) - len(wanted) + 1)
    return any(all(not said[at + n].isdisjoint(form) for n, form in enumerate(wanted)) for at in places)


@lru_cache(maxsize=10_000)
def forms_of(word: str) -> frozenset[str]:
    """Return what a word may be a form of: 'tiling', 'tiles' and 'tile' have one in common, 'care' and 'cars' none."""
    word = word.lower()
    if word in _HOUSE:
        return _HOUSE
    forms = {word}
    if word.endswith("ies"):
        forms.add(word.removesuffix("ies") + "y")
    elif word.endswith(("ses", "xes", "zes", "ches", "shes")):
        forms |= {word.removesuffix("es"), word.removesuffix("s")}
    elif word.endswith("s") and not word.endswith("ss"):
        forms.add(word.removesuffix("s"))
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            forms |= {stem, f"{stem}e"} | ({stem[:-1]} if stem[-1] == stem[-2] else set())
    return frozenset(forms)


def _holds_together(words: Collection[str], piece: str, slack: int) -> bool:
    """Whether a piece of text has all words near each other; 'the house, with a self-cleaning oven' is no cleaning."""
    said = [forms_of(word) for word in re.findall(r"\w+", piece.lower()) if word not in STOP_WORDS]
    wanted = [forms_of(word) for word in words]
    size = len(wanted) + slack
    return any(
        all(any(not form.isdisjoint(forms) for forms in said[at : at + size]) for form in wanted)
        for at in range(len(said))
    )


def _title(note: Note) -> str:
    """A note's title; nothing where it is only how a long first line begins."""
    made = note.text.lstrip(" #*-_").startswith(note.title.rstrip("…"))
    return "" if made and len(note.title.split()) > TITLE else note.title


def _beside(text: str, cost: Fact | None) -> Iterator[str]:
    """The pieces of a text that say what its cost was for; of one without a cost, those that name amounts."""
    lines = _LINE.findall(text)
    start = text.find(cost.words) if cost is not None and cost.words else -1
    if cost is not None and (start < 0 or (len(lines) > 1 and all(_ROW.match(line.strip()) for line in lines))):
        yield text
        return
    yield from (match[0] for match in _MATTER.finditer(text))
    least = MOSTLY * abs(cost.cents or 0) if cost is not None else 0
    if cost is not None:
        headings = [match[0] for match in _HEADING.finditer(text, 0, start)]
        yield from headings[-1:]
        yield _sentence(text, start, start + len(cost.words))
    if cost is None or len(lines) > 1:
        yield from (line for line in lines if any(abs(each.cents) >= least for each in amounts_in(line)))


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence from one place to another, with those before it where it says little."""
    pieces = [match for match in _PIECE.finditer(text) if match.start() < end]
    own = [piece for piece in pieces if piece.end() > start]
    before = pieces[: len(pieces) - len(own)]
    while before and own and sum(len(piece[0].split()) for piece in own) < SHORT:
        piece = before.pop()
        if amounts_in(piece[0]):
            break
        own.insert(0, piece)
    return " ".join(piece[0] for piece in own)
