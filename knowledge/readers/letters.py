"""Which letters people's languages have beyond A to Z, and how well those of a text fit one of them; pure."""

from __future__ import annotations

_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "äöüß", "àâæçéèêëîïôœùûü", "áéíñóúü", "àèéìíòóùú", "áâãàçéêíóôõú", "æøåéö", "åäöé", "éëïóöü",
        "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţ", "čćđšž", "çğıöşüâî",
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋ",
    )
)  # fmt: skip
"""Of German, French, Spanish, Italian, Portuguese, Danish, Swedish, Dutch; Polish, Czech, Slovak, Hungarian,
Romanian, Croatian, Turkish; Russian, Ukrainian, Greek."""
_MARKS = frozenset("“”„‚‘’«»–—…•·°€£§©®™½¼¾²³×±¡¿\xa0")
"""What people type that is no letter."""
_OTHER_SCRIPTS = "\u0370"
"""From here on letters are Greek, Cyrillic and the like."""


def fitness(text: str) -> float:
    """Return which share of the characters beyond ASCII fit, 0 to 1: as letters of one language, or as marks.

    A letter does not where it is a capital after a small one or of another script than its neighbours, nor does a mark
    between two letters: all of that comes of reading a text in another encoding than it was written in.
    """
    beyond = [each for each in zip(f" {text}", text, f"{text[1:]} ", strict=False) if each[1] > "\x7f"]
    if not beyond:
        return 1.0
    whole = [letter.lower() for before, letter, after in beyond if not _torn(before, letter, after)]
    marks = sum(letter in _MARKS for letter in whole)
    return (marks + max(sum(letter in alphabet for letter in whole) for alphabet in _ALPHABETS)) / len(beyond)


def _torn(before: str, letter: str, after: str) -> bool:
    """Whether a character breaks the word that it stands in."""
    if letter.isalpha():
        strange = letter >= _OTHER_SCRIPTS and any(each.isascii() and each.isalpha() for each in (before, after))
        return strange or (letter.isupper() and before.islower())
    if letter in "²³":
        return before not in "mt"  # of square metres and cubic feet
    return letter not in "’·" and before.isalpha() and after.isalpha()
