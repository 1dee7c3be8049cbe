"""Calendars (.ics) and address books (.vcf) to drafts: a note for each event, and one for each contact."""

from __future__ import annotations

import datetime as dt
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.documents import as_text
from knowledge.readers.source import Source, draft_or_refusal

_CALLED = {
    "FN": "Name", "ORG": "Company", "TITLE": "Title", "ROLE": "Role", "TEL": "Phone", "EMAIL": "E-mail",
    "ADR": "Address", "URL": "Web", "BDAY": "Birthday", "NOTE": "Note",
}  # fmt: skip
"""What a person is told of a contact."""
_USUAL = frozenset({"pref", "voice", "internet", "x-internet", "type"})
"""Kinds of numbers and addresses that say nothing."""


_UNITS = {"DAILY": "days", "WEEKLY": "weeks", "MONTHLY": "months", "YEARLY": "years"}
_OPEN = {
    "CANCELLED": "cancelled", "TENTATIVE": "tentative", "NEEDS-ACTION": "to be done", "IN-PROCESS": "under way",
    "DRAFT": "a draft",
}  # fmt: skip
"""What is said of an event or a task that did not simply take place."""
_MARKUP = re.compile(r"</?(?:p|br|b|i|u|a|ul|ol|li|div|span|html|html-blob)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class _Line:
    """A property of an entry."""

    name: str
    kinds: tuple[str, ...] = ()
    """What it is one of, such as `cell` for a telephone number."""
    parts: tuple[str, ...] = ()
    """Its value, in parts where it is made of them, as an address is."""

    @property
    def value(self) -> str:
        """All of it."""
        return ", ".join(filter(None, self.parts))


def calendar(source: Source) -> Iterator[Draft | Unreadable]:
    """A note an event, task or journal entry, dated by the day that it begins, or that a task was done."""
    for number, lines in enumerate(_entries(source.text, ("VEVENT", "VTODO", "VJOURNAL")), start=1):
        told = {line.name: line.value for line in reversed(lines)}
        begins = _moment(told.get("DTSTART") or told.get("DUE", ""))
        done = _moment(told.get("COMPLETED", ""))
        said = {
            "When": begins, "Until": _last_day(begins, told.get("DTEND", "")), "Repeats": _often(told.get("RRULE", "")),
            "Done": done, "Status": _OPEN.get(told.get("STATUS", "").upper()), "Where": told.get("LOCATION"),
        }  # fmt: skip
        text = "\n".join(f"{name}: {value}" for name, value in said.items() if value)
        text = "\n\n".join(filter(None, [text, _plain(told.get("DESCRIPTION", ""))]))
        fields = {"title": told.get("SUMMARY"), "date": (done or begins)[:10], "tags": told.get("CATEGORIES")}
        if told.get("SUMMARY") or told.get("DESCRIPTION"):
            yield draft_or_refusal(source, fields, text or told["SUMMARY"], f"{source.name}, entry {number}")


def contacts(source: Source) -> Iterator[Draft | Unreadable]:
    """A note a contact: who it is, and how to reach them."""
    for number, lines in enumerate(_entries(source.text, ("VCARD",)), start=1):
        told = {line.name: line for line in reversed(lines)}
        called, named, firm = (told.get(name, _Line(name)) for name in ("FN", "N", "ORG"))
        title = called.value or " ".join(filter(None, reversed(named.parts[:2]))) or firm.value
        if text := "\n".join(_in_words(line) for line in lines if line.name in _CALLED and line.value) or title:
            yield draft_or_refusal(source, {"title": title}, text, f"{source.name}, contact {number}")


def _in_words(line: _Line) -> str:
    kind = f" ({', '.join(line.kinds)})" if line.kinds and line.name in ("TEL", "EMAIL", "ADR") else ""
    return f"{_CALLED[line.name]}{kind}: {line.value.removeprefix('tel:')}"


def _entries(text: str, wanted: tuple[str, ...]) -> Iterator[list[_Line]]:
    """The lines of each entry of these kinds, without those of what lies in it, such as an event's alarms."""
    # A long line goes on behind a blank; an old one in quoted-printable, behind a sign of equality.
    text = re.sub(r"(?im)^[^:\n]*quoted-printable[^:\n]*:(?:.*=\n)+", lambda match: match[0].replace("=\n", ""), text)
    within, lines = list[str](), list[_Line]()
    for written in re.sub(r"\n[ \t]", "", text).split("\n"):
        match = re.match(r"""(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<more>(?:;(?:"[^"]*"|[^":])*)?):(?P<value>.*)""", written)
        if match is None:
            continue
        name, value = match["name"].upper(), match["value"].strip()
        if name == "BEGIN":
            within.append(value.upper())
        elif name == "END":
            if within and within.pop() in wanted:
                yield lines
                lines = []
        elif within and within[-1] in wanted:
            lines.append(_line(name, match["more"], value))


def _line(name: str, more: str, value: str) -> _Line:
    if "quoted-printable" in more.lower():
        charset = re.search(r"charset=([\w-]+)", more, re.IGNORECASE)
        value = _decoded(quopri.decodestring(value.encode()), charset[1] if charset else "utf-8")
    parts = re.split(r"(?<!\\);", value) if name in ("N", "ORG", "ADR") else [value]
    kinds = re.split(r"[;,]", re.sub(r"(?i)type=|\"", "", more).lower())
    plain = tuple(each for each in kinds if each and "=" not in each and each not in _USUAL)
    return _Line(name, plain, tuple(_unescaped(part).strip() for part in parts))


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _often(rule: str) -> str:
    """How often something repeats, such as 'every 3 months until 2025-12-31'; empty where it does not."""
    told = dict(part.upper().split("=", 1) for part in rule.split(";") if "=" in part)
    unit, every = told.get("FREQ", ""), told.get("INTERVAL", "1")
    often = unit.lower() if every == "1" or unit not in _UNITS else f"every {every} {_UNITS[unit]}"
    ends = _moment(told.get("UNTIL", ""))[:10]
    return often + (f" until {ends}" if ends else f", {told['COUNT']} times" if "COUNT" in told else "")


def _last_day(begins: str, ends: str) -> str:
    """The last day of what lasts longer than one; a day without a time, or its midnight, is the one after."""
    last = _moment(ends)
    if last and ("T" not in ends or last.endswith(" 00:00")):
        last = (dt.date.fromisoformat(last[:10]) - dt.timedelta(days=1)).isoformat()
    return last if last[:10] > begins[:10] else ""


def _plain(told: str) -> str:
    """What is told of an event, without the markup in which some calendars keep it."""
    return as_text(told.replace("\n", "<br>")) if _MARKUP.search(told) else told


def _moment(written: str) -> str:
    """A day, or a day and its time here, as people read it; empty where it is none."""
    try:
        moment = dt.datetime.fromisoformat(written)
    except ValueError:
        return ""
    if moment.tzinfo is not None:
        moment = moment.astimezone()
    return f"{moment:%Y-%m-%d %H:%M}" if "T" in written else f"{moment:%Y-%m-%d}"
