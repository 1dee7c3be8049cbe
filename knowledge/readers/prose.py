"""Markdown, text, JSON and JSON Lines to drafts: files that a person or a program wrote as notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.diaries import diary
from knowledge.readers.fields import names_fields, note_fields, properties, text_name
from knowledge.readers.sections import first_line_title, in_sections, opening_heading
from knowledge.readers.source import Source, content_id, draft_of, one_line, title_of_name
from knowledge.readers.tables import event_rows

_PLAIN_VALUE = re.compile(r"^(\w[\w -]*):[ \t]+(?![\"'\[{|>!&*])(\S.*?)[ \t]*$", re.MULTILINE)


def markdown(source: Source) -> Iterator[Draft | Unreadable]:
    """One note a file, with what its front matter says; a long one is a note a section."""
    import frontmatter
    import yaml

    text = source.text
    try:
        try:
            post = frontmatter.loads(text)
        except yaml.YAMLError:
            post = frontmatter.loads(_quoted(text))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"{source.name}: its front matter is not YAML ({one_line(error)}).") from error
    if not names_fields(post.metadata):
        # No front matter of a note: words between two rules, which are kept.
        post = frontmatter.Post(text.strip())
    told = note_fields(post.metadata)
    heading, below = ("", post.content) if "title" in told else opening_heading(post.content)
    fields = {"title": heading or title_of_name(source.stem), **told}
    text = _below(properties(post.metadata), below.strip() or post.content)
    settled = not told.keys().isdisjoint(("id", "date", "category"))  # then it is one note, and says of which day
    yield from (not settled and diary(source, fields, text)) or in_sections(source, fields, text)


def _quoted(text: str) -> str:
    """A text whose front matter has its plain values in quotes: 'title: Boiler: new' is meant so, and is no YAML."""
    _, matter, below = re.split(r"^---[ \t]*$\n?", text, maxsplit=2, flags=re.MULTILINE)
    return f"---\n{_PLAIN_VALUE.sub(lambda line: f'{line[1]}: {json.dumps(line[2])}', matter)}---\n{below}"


def plain(source: Source) -> Iterator[Draft | Unreadable]:
    """One note a file; it may open with the same front matter as a Markdown one."""
    text = source.text
    if re.match(r"---\s*\n", text):
        yield from markdown(source)
        return
    named, title = title_of_name(source.stem), first_line_title(text)
    if days := diary(source, {"title": title or named}, text):
        yield from days
        return
    for each in in_sections(source, {"title": named}, text):
        if isinstance(each, Draft) and title and each.title == named:
            # The id is the one that these words under the file's name have always had.
            each = Draft(each.text, title, source=each.source, id=content_id(each), made_id=True)
        yield each


def json_lines(source: Source) -> Iterator[Draft | Unreadable]:
    """One note a line; a bad line costs only itself."""
    # Not `splitlines`: JSON may hold other line ends than this one inside its strings.
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip():
            yield from _note(source, line, f"{source.name}, line {number}")


def whole_json(source: Source) -> Iterator[Draft | Unreadable]:
    """One note, or a list of them; anything else is one note of what it says."""
    text = source.text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if len(lines := [line for line in text.split("\n") if line.strip()]) > 1 and lines[0].strip().endswith("}"):
            yield from json_lines(source)
            return
        raise Unreadable(f"{source.name}: is not JSON ({one_line(error)}).") from error
    items = _items(value)
    if not items:
        raise Unreadable(f"{source.name}: holds nothing.")
    if not any(map(_is_note, items)):
        if (rows := event_rows(source, items)) is None:
            yield from in_sections(source, {"title": title_of_name(source.stem)}, _told(value))
        else:
            yield from rows
        return
    if not (kept := [(number, item) for number, item in enumerate(items, start=1) if not _thrown_away(item)]):
        raise Unreadable(f"{source.name}: holds only what was thrown away in the program that it comes from.")
    for number, item in kept:
        yield from _note(source, item, f"{source.name}, note {number}" if len(items) > 1 else source.name)


def _items(value: Any) -> list[Any]:
    """The notes of a JSON value: itself, or those of the lists that it is or holds."""
    if isinstance(value, dict) and not _is_note(value):
        lists = [inner for name, inner in value.items() if isinstance(inner, list) and inner and "trash" not in name]
        items = [item for inner in lists for item in inner]
        if all(any(map(_is_note, inner)) for inner in lists) or (len(lists) == 1 and all(map(_is_object, items))):
            return items or [value]
    return value if isinstance(value, list) else [value]


def _is_object(item: Any) -> bool:
    return isinstance(item, dict)


def _is_note(item: Any) -> bool:
    return isinstance(item, dict) and _fields_and_text(item)[1] is not None


def _thrown_away(item: Any) -> bool:
    return isinstance(item, dict) and any(item.get(name) is True for name in ("isTrashed", "trashed", "deleted"))


def _fields_and_text(item: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """What an object of JSON says of a note, and the note's text; None where it has none."""
    if isinstance(points := item.get("listContent"), list):
        return note_fields(item), "\n".join(_point(point) for point in points if isinstance(point, dict))
    name = text_name(item)
    if isinstance(inner := item.get(name or ""), dict):
        fields, text = _fields_and_text(inner)  # what a person wrote, wrapped in what a program keeps
        return note_fields(item) | fields, text
    if not isinstance(inner, str):
        return {}, None
    if name in ("text", "textContent"):
        return note_fields(item), inner
    rest = {each: value for each, value in item.items() if each != name}
    return note_fields(item), _below(properties(rest), inner.replace("\r\n", "\n"))


def _point(point: dict[str, Any]) -> str:
    """A line of a list of Google Keep."""
    return f"- [{'x' if point.get('isChecked') else ' '}] {point.get('text', '')}"


def _below(lines: list[str], text: str) -> str:
    """A text below what else is said of it."""
    return "\n\n".join(filter(None, ["\n".join(lines), text]))


def _told(value: Any, depth: int = 0) -> str:
    """Any JSON as lines that a person can read."""
    pad = "  " * depth
    match value:
        case dict():
            lines = []
            for key, inner in value.items():
                nested = isinstance(inner, dict | list) and bool(inner)
                lines.append(f"{pad}{key}:" + (f"\n{_told(inner, depth + 1)}" if nested else f" {_told(inner)}"))
            return "\n".join(lines)
        case list():
            return "\n".join(f"{pad}- {_told(item, depth + 1).strip()}" for item in value)
        case None:
            return ""
        case _:
            return f"{pad}{value}"


def _note(source: Source, line: Any, where: str) -> Iterator[Draft | Unreadable]:
    try:
        item = json.loads(line) if isinstance(line, str) else line
        fields, text = _fields_and_text(item) if isinstance(item, dict) else ({}, None)
        if text is None:
            raise ValueError('expected an object with a "text"')
        if not text.strip():
            raise ValueError("the note is empty")
        json.dumps(item, ensure_ascii=False).encode()  # refuses half a character, which no record can hold
        yield draft_of(source, fields, text, where)
    except Unreadable as error:
        yield error
    except (ValueError, RecursionError) as error:
        yield Unreadable(f"{where}: {one_line(error)}")
