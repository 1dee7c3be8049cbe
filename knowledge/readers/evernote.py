"""Exports of Evernote (.enex) to drafts, one a note; the files that lie in its notes are unpacked elsewhere."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Any

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.documents import as_text
from knowledge.readers.source import Source, draft_or_refusal, one_line


def evernote(source: Source) -> Iterator[Draft | Unreadable]:
    """A note each; the day that it was written dates it where its words do not."""
    for number, note in enumerate(_notes(source), start=1):
        title = note.findtext("title") or ""
        attached = ", ".join(name for name, _ in _files(note))
        text = "\n\n".join(filter(None, [_words(note), f"Attached: {attached}" if attached else ""])) or title
        tags = [tag.text for tag in note.iter("tag")]
        told = {"title": title, "created": note.findtext("created"), "tags": tags}
        if text:
            yield draft_or_refusal(source, told, text, f"{source.name}, note {number}")


def enclosed(source: Source) -> Iterator[tuple[str, bytes]]:
    """The files that lie in the notes, by name: papers and photos; of a damaged export those that can be had."""
    with suppress(Unreadable):
        for note in _notes(source):
            yield from _files(note)


def _notes(source: Source) -> Iterator[Any]:
    """The elements of an export's notes, one at a time; raises Unreadable."""
    from lxml import etree  # type: ignore[import-untyped]

    try:
        for _, note in etree.iterparse(
            str(source.path), tag="note", resolve_entities=False, no_network=True, huge_tree=True
        ):
            yield note
            note.clear()
    except (etree.XMLSyntaxError, OSError) as error:
        raise Unreadable(f"{source.name}: is a damaged export of Evernote ({one_line(error)}).") from error


def _files(note: Any) -> Iterator[tuple[str, bytes]]:
    for number, resource in enumerate(note.iter("resource"), start=1):
        ending = (resource.findtext("mime") or "").rpartition("/")[2]
        name = resource.findtext("resource-attributes/file-name") or f"{note.findtext('title')} {number}.{ending}"
        with suppress(binascii.Error):
            if data := binascii.a2b_base64(resource.findtext("data") or ""):
                yield PurePath(name.replace("\\", "/")).name, data


def _words(note: Any) -> str:
    """The words of a note, without what is locked in it."""
    markup = re.sub(r"(?is)<\?xml.*?\?>|<!DOCTYPE[^>]*>|<en-crypt.*?</en-crypt>", "", note.findtext("content") or "")
    ticked = re.sub(r"<en-todo\b([^>]*)>", lambda match: "[x] " if "true" in match[1] else "[ ] ", markup)
    return as_text(ticked)
