"""What note programs call the fields of a note, in front matter and in JSON; reading files is the readers'."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TEXT = ("text", "content", "textcontent", "body")
_CALLED = {
    "id": ("id",),
    "title": ("title", "name", "subject", "heading"),
    "date": ("date",),
    "created": (
        *("created", "createdat", "createdon", "createdtime", "createddate", "createdtimestampusec", "creationdate"),
        *("creationtime", "datecreated"),
    ),
    "category": ("category",),
    "tags": ("tags", "labels", "keywords", "tag"),
}
"""The names of each field, the likeliest first, as `_bare` gives them."""
_NAMES = frozenset(name for names in _CALLED.values() for name in names)
_KEPT_BY_PROGRAMS = frozenset({
    "updated", "updatedat", "modified", "modifiedat", "lastmodified", "datemodified", "edited", "uuid", "uid", "guid",
    "cssclass", "cssclasses", "latitude", "longitude", "altitude", "publish", "published", "permalink", "slug",
    "layout", "original", "source",
})  # fmt: skip
"""Properties in which programs, this one's exports among them, note down what is their own."""


def names_fields(told: Mapping[Any, Any]) -> bool:
    """Whether a mapping has a field of a note, be it empty."""
    return any(_bare(name) in _NAMES for name in told)


def note_fields(told: Mapping[Any, Any]) -> dict[str, Any]:
    """Return what a mapping says of a note beside its text, by this program's names; what is empty is left out.

    `created` is the day that the note was written, where its program says so: no more than a hint at what it tells of.
    """
    bare = {_bare(name): value for name, value in reversed(list(told.items()))}
    found = {field: [bare[name] for name in names if _filled(bare.get(name))] for field, names in _CALLED.items()}
    return {field: values[0] for field, values in found.items() if values}


def text_name(told: Mapping[Any, Any]) -> str | None:
    """Return under which name a mapping has the text of a note; None where it has none."""
    bare = {_bare(name): name for name, value in told.items() if isinstance(value, str | dict)}
    return next((bare[name] for name in _TEXT if name in bare), None)


def properties(told: Mapping[Any, Any]) -> list[str]:
    """Return what a mapping says beside a note's fields, such as its vendor, as lines; programs' own is left out."""
    plain = {name: _in_words(value) for name, value in told.items() if _bare(name) not in _NAMES | _KEPT_BY_PROGRAMS}
    return [f"{name}: {value}" for name, value in plain.items() if value]


def _bare(name: Any) -> str:
    return re.sub(r"[\W_]", "", str(name)).casefold()


def _filled(value: Any) -> bool:
    return value is not None and value != "" and value != []


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_in_words, value)))
    return "" if value is None or isinstance(value, dict | bool) else " ".join(str(value).split())
