"""E-mail to drafts: what its writer wrote, without signature and quoted replies; attachments are unpacked elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from pathlib import PurePath

from knowledge.errors import Unreadable
from knowledge.note import Draft
from knowledge.readers.documents import as_text
from knowledge.readers.encodings import decoded
from knowledge.readers.source import Source, draft_of, one_line, title_of_name

_QUOTE_BEGINS = re.compile(
    r"^(?:On\b.{4,200}\bwrote:|Am\b.{4,200}\bschrieb.*:|-{2,}\s*(?:Original|Forwarded) Message\s*-{2,}|_{10,}\s*)\s*$"
    r"|^(?:\*{0,2}From:\*{0,2} .+\n(?:\*{0,2}(?:Sent|Date|To|Cc|Subject):.*\n?){2,})",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-- ?$|^Sent from my \w.*$|^Get Outlook for .*$", re.MULTILINE)


def mail(source: Source) -> Iterator[Draft | Unreadable]:
    """One note: its subject, who wrote to whom, and the words; the day that it was sent is its date."""
    message = parsed(source)
    body = _body(message, source.name)
    people = [f"{name}: {_said(message, name)}" for name in ("From", "To") if _said(message, name)]
    attached = [name for name, _ in attachments(message)]
    if attached:
        people.append(f"Attached: {', '.join(attached)}")
    subject = re.sub(r"^(?:(?:re|fwd?|aw|wg)\s*:\s*)+", "", _said(message, "Subject"), flags=re.IGNORECASE)
    if not body.strip() and not attached:
        raise Unreadable(f"{source.name}: is an e-mail without a word in it.")
    text = "\n".join(people) + f"\n\n{body}".rstrip()
    draft = draft_of(source, {"title": subject or title_of_name(source.stem)}, text.strip() or subject)
    sent = _sent(message)
    yield replace(draft, date=sent, dated_by="mail") if sent else draft


def parsed(source: Source) -> EmailMessage:
    """Return the message of a file; raises Unreadable where it is none."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(source.data)
    except (MessageError, ValueError, IndexError, RecursionError) as error:
        raise Unreadable(f"{source.name}: is a damaged e-mail ({one_line(error)}).") from error
    if not isinstance(message, EmailMessage) or not any(message.get(name) for name in ("From", "Date", "Subject")):
        raise Unreadable(f"{source.name}: is no e-mail: it names neither a sender, a day nor a subject.")
    return message


def attachments(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    """The files that a message brings, by name; little pictures inside its text are none."""
    for number, part in enumerate(message.walk(), start=1):
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        name = part.get_filename()
        if not name and part.get_content_type() != "message/rfc822":
            continue
        if part.get("Content-ID") and part.get_content_disposition() != "attachment":
            continue
        try:
            payload = part.get_payload(decode=True)
            inner = part.get_payload()
            if payload is None and isinstance(inner, list) and isinstance(inner[0], Message):
                payload = bytes(inner[0])  # a message sent along with this one
        except (MessageError, ValueError, LookupError, AttributeError):
            continue
        if isinstance(payload, bytes) and payload:
            yield PurePath((name or f"message {number}.eml").replace("\\", "/")).name, payload


def _body(message: EmailMessage, name: str) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or not payload.strip():
        return ""
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = decoded(payload, name)  # it says it is written in something else than it is
    if part.get_content_type() == "text/html":
        text = as_text(text)
    return trimmed(text.replace("\r\n", "\n"))


def trimmed(text: str) -> str:
    """Leave out a signature, and what is quoted from an earlier message, where something of one's own is left."""
    own = text
    if begins := _QUOTE_BEGINS.search(own):
        own = own[: begins.start()]
    own = "\n".join(line for line in own.splitlines() if not line.lstrip().startswith(">"))
    if signed := _SIGNATURE.search(own):
        own = own[: signed.start()]
    own = re.sub(r"\n{3,}", "\n\n", own).strip()
    # Something forwarded without a word of one's own is all there is.
    return own if sum(letter.isalpha() for letter in own) >= 10 else text.strip()


def _said(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (MessageError, ValueError, IndexError, AttributeError):
        return ""


def _sent(message: EmailMessage) -> dt.date | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(str(message.get("Date"))).date()
    except (ValueError, TypeError, IndexError, AttributeError):
        return None
