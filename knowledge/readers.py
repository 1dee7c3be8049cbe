"""A file to drafts of notes: Markdown, text and JSON Lines so far; keeping them is the library's work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.notebook import MAX_CHARACTERS, parse_date

MAX_FILE_BYTES = 20_000_000
"""A larger file is refused before it is read: no note of a house is that long."""
FIELDS = frozenset({"id", "title", "date", "category", "tags"})
"""What front matter may say of a note."""


def readable(path: Path) -> bool:
    """Whether some reader takes a file of this name."""
    return path.suffix.lower() in READERS


def files_in(path: Path) -> list[Path]:
    """The files that a path stands for: itself, or what a folder holds, sorted; hidden ones are left out."""
    if not path.is_dir():
        return [path]
    inside = (file for file in sorted(path.rglob("*")) if file.is_file())
    return [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]


def read(path: Path) -> Iterator[Draft | Unreadable]:
    """Turn a file into drafts, each with an id that the same words get again, so that they are not kept twice.

    What cannot be read inside a file that otherwise can, such as one bad line, comes out as an Unreadable among the
    drafts, so that the rest still goes in.

    Raises:
        Unreadable: nothing of the file can be read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise Unreadable(f"{path.name}: no reader for {path.suffix or 'a file without an ending'}; there are {known}.")
    for draft in reader(path, _text_of(path)):
        yield replace(draft, id=draft.id or content_id(draft)) if isinstance(draft, Draft) else draft


def content_id(draft: Draft) -> str:
    """An id made of what the note says, the same for the same title, date and words."""
    date = draft.date.isoformat() if draft.date else ""
    return hashlib.sha256("\x1f".join((draft.title, date, draft.text.strip())).encode()).hexdigest()[:12]


def _text_of(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise Unreadable(
                f"{path.name}: {size / 1e6:.0f} MB is more than the {MAX_FILE_BYTES / 1e6:.0f} MB that a file of "
                "notes may have. Split it."
            )
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name}: cannot be read ({error.strerror or error}).") from error
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"{path.name}: not UTF-8 text (byte {error.start} is {data[error.start : error.start + 1].hex()}). "
            "Save it as UTF-8 and try again."
        ) from error
    if "\x00" in text:
        raise Unreadable(f"{path.name}: holds binary data, not text.")
    if not text.strip():
        raise Unreadable(f"{path.name}: is empty.")
    return text


def _markdown(path: Path, text: str) -> Iterator[Draft | Unreadable]:
    import frontmatter
    import yaml

    try:
        post = frontmatter.loads(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path.name}: its front matter is not YAML ({_one_line(error)}).") from error
    if not FIELDS & post.metadata.keys():
        # No front matter of a note: words between two rules, which are kept.
        post = frontmatter.Post(text.strip())
    # An opening '# Heading' names the note when the front matter does not.
    match = re.match(r"#[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*\n", post.content.lstrip() + "\n")
    title = match[1] if match and "title" not in post.metadata else None
    body = post.content.lstrip().removeprefix(match[0].rstrip("\n")) if match and title else post.content
    yield _draft(path, {"title": title or _name_of(path), **post.metadata}, body.strip() or post.content)


def _plain(path: Path, text: str) -> Iterator[Draft | Unreadable]:
    # A text file may open with the same front matter as a Markdown one.
    if re.match(r"---\s*\n", text):
        yield from _markdown(path, text)
    else:
        yield _draft(path, {"title": _name_of(path)}, text)


def _json_lines(path: Path, text: str) -> Iterator[Draft | Unreadable]:
    # Not `splitlines`: JSON may hold other line ends than this one inside its strings.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path.name}, line {number}"
        try:
            fields = json.loads(line)
            if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
                raise ValueError('expected an object with a "text"')
            if not fields["text"].strip():
                raise ValueError("the note is empty")
            json.dumps(fields, ensure_ascii=False).encode()  # refuses half a character, which no record can hold
            yield _draft(path, {"title": "", **fields}, fields["text"], where)
        except Unreadable as error:
            yield error
        except (ValueError, RecursionError) as error:
            yield Unreadable(f"{where}: {_one_line(error)}")


def _draft(path: Path, fields: Mapping[str, Any], text: str, where: str = "") -> Draft:
    where = where or path.name
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(f"{where}: {len(text):,} characters are more than the {MAX_CHARACTERS:,} of a note. Split it.")
    try:
        date = fields.get("date")
        return Draft(
            text=text,
            title=str(fields.get("title") or ""),
            category=str(fields["category"]).strip() if fields.get("category") else None,
            date=_as_date(date),
            tags=_tags(fields.get("tags")),
            id=None if fields.get("id") is None else str(fields["id"]).strip() or None,
            source=path.name,
        )
    except NoteRejected as error:
        raise Unreadable(f"{where}: {error}") from error


def _as_date(value: Any) -> dt.date | None:
    if isinstance(value, dt.date):
        value = value.isoformat()[:10]
    return parse_date("" if value is None else str(value))


def _tags(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else str(value).split(",")
    return tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))


def _name_of(path: Path) -> str:
    """A title from a file's name: '2023-04-18-pool-pump.md' becomes 'Pool pump'."""
    name = re.sub(r"^\d{4}-\d{2}-\d{2}[-_ ]+", "", path.stem)
    name = re.sub(r"[-_]+", " ", name).strip() or path.stem
    return name[:1].upper() + name[1:]


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


READERS: Mapping[str, Callable[[Path, str], Iterator[Draft | Unreadable]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _plain,
    ".text": _plain,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
}
