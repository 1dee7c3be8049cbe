"""Markdown, text, JSON and JSON Lines to drafts: files that a person or a program wrote as notes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.sections import first_line_title, in_sections
from knowledge.readers.source import Source, content_id, draft_of, one_line, title_of_name

FIELDS = frozenset({"id", "title", "date", "category", "tags"})
"""What front matter may say of a note."""


def markdown(source: Source) -> Iterator[Draft | Unreadable]:
    """One note a file, with what its front matter says; a long one is a note a section."""
    import frontmatter
    import yaml

    text = source.text
    try:
        post = frontmatter.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"{source.name}: its front matter is not YAML ({one_line(error)}).") from error
    if not FIELDS & post.metadata.keys():
        # No front matter of a note: words between two rules, which are kept.
        post = frontmatter.Post(text.strip())
    # An opening '# Heading' names the note when the front matter does not.
    match = re.match(r"#[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*\n", post.content.lstrip() + "\n")
    title = match[1] if match and "title" not in post.metadata else None
    body = post.content.lstrip().removeprefix(match[0].rstrip("\n")) if match and title else post.content
    fields = {"title": title or title_of_name(source.stem), **post.metadata}
    yield from in_sections(source, fields, body.strip() or post.content)


def plain(source: Source) -> Iterator[Draft | Unreadable]:
    """One note a file; it may open with the same front matter as a Markdown one."""
    text = source.text
    if re.match(r"---\s*\n", text):
        yield from markdown(source)
        return
    named = title_of_name(source.stem)
    for each in in_sections(source, {"title": named}, text):
        title = first_line_title(text)
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
    if not any(isinstance(item, dict) and isinstance(item.get("text"), str) for item in items):
        yield from in_sections(source, {"title": title_of_name(source.stem)}, _told(value))
        return
    for number, item in enumerate(items, start=1):
        yield from _note(source, item, f"{source.name}, note {number}" if len(items) > 1 else source.name)


def _items(value: Any) -> list[Any]:
    """The notes of a JSON value: itself, or those of the list that it is or holds."""
    if isinstance(value, dict) and not isinstance(value.get("text"), str):
        lists = [inner for inner in value.values() if isinstance(inner, list) and inner]
        if len(lists) == 1 and all(isinstance(item, dict) for item in lists[0]):
            return lists[0]
    return value if isinstance(value, list) else [value]


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
        fields = json.loads(line) if isinstance(line, str) else line
        if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
            raise ValueError('expected an object with a "text"')
        if not fields["text"].strip():
            raise ValueError("the note is empty")
        json.dumps(fields, ensure_ascii=False).encode()  # refuses half a character, which no record can hold
        yield draft_of(source, {"title": "", **fields}, fields["text"], where)
    except Unreadable as error:
        yield error
    except (ValueError, RecursionError) as error:
        yield Unreadable(f"{where}: {one_line(error)}")
