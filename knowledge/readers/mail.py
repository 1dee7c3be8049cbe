"""E-mail to drafts: what its writer wrote, without signature and quoted replies; attachments are unpacked elsewhere."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
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
    r"^(?:On\b.{4,200}\bwrote:|Am\b.{4,200}\bschrieb.*:|Le\b.{4,200}\ba écrit\s*:|El\b.{4,200}\bescribió:|"
    r"Il\b.{4,200}\bha scritto:|Op\b.{4,200}\bschreef.*:|_{10,}\s*|-{2,}\s*(?:Original Message|"
    r"Ursprüngliche Nachricht|Original-Nachricht|Message d['’]origine|Mensaje original|Messaggio originale|"
    r"Oorspronkelijk bericht)\s*-{2,})\s*$"
    r"|^(?:On|Am|Le|El|Il|Op)\b.{4,200}\n.{0,80}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef)\b"
    r".{0,60}:(?=\s*\n\s*>)"
    r"|^(?:\*{0,2}(?:From|Von|De|Da|Van)\s?:\*{0,2} .+\n"
    r"(?:\*{0,2}(?:Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Fecha|Para|Asunto|"
    r"Inviato|Data|A|Oggetto|Verzonden|Aan|Onderwerp)\s?:.*\n?){2,})",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands before the message that one answers."""
_QUOTED = re.compile(r"\s*^[ \t]*>", re.MULTILINE)
_FORWARDED = re.compile(
    r"^(?:-{2,}\s*(?:Forwarded Message|Weitergeleitete Nachricht|Message transféré|Mensaje reenviado|"
    r"Messaggio inoltrato|Doorgestuurd bericht)\s*-{2,}|Begin forwarded message:|"
    r"Anfang der weitergeleiteten Nachricht:|Début du message transféré\s?:|Inicio del mensaje reenviado:|"
    r"Inizio messaggio inoltrato:|Begin doorgestuurd bericht:)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""What stands before a message that one sends on."""
_SENT_ON = re.compile(r"^\s*(?:fwd?|wg|tr|i|doorst)\s*:", re.IGNORECASE)
_ANSWERS = re.compile(r"^(?:(?:re|aw|antw|r|sv|fwd?|wg|tr|i|doorst)\s*:\s*)+", re.IGNORECASE)
"""What mail programs put before a subject."""
_SIGNATURE = re.compile(
    r"^-- ?$|^(?:Sent from my|Von meinem .* gesendet|Envoyé de mon|Enviado desde mi|Inviato da|Verzonden vanaf mijn|"
    r"Get Outlook for)\b.*$",
    re.MULTILINE,
)
_STUB = 400
"""Letters of a plain text below which it may only say that the message is to be read as a web page."""
_SEALS = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


def mail(source: Source) -> Iterator[Draft | Unreadable]:
    """One note: its subject, who wrote to whom, and the words; the day that it was sent is its date."""
    message = parsed(source)
    body = _body(message, source.name)
    people = [f"{name}: {_said(message, name)}" for name in ("From", "To") if _said(message, name)]
    attached = [name for name, _ in attachments(message)]
    if attached:
        people.append(f"Attached: {', '.join(attached)}")
    subject = _ANSWERS.sub("", _said(message, "Subject"))
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
        if part.get_content_type() in _SEALS:
            continue
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
    text = "\n\n".join(_words(message, name))
    return text.strip() if _SENT_ON.match(_said(message, "Subject")) else trimmed(text)


def _words(part: Message, name: str) -> Iterator[str]:
    """The texts of a message in their order; of those that say the same, the one that says it all."""
    main, sub = part.get_content_maintype(), part.get_content_subtype()
    if part.get_content_disposition() == "attachment" or part.get_filename() or main == "message":
        return
    if part.is_multipart():
        inner = ["\n\n".join(_words(each, name)) for each in part.get_payload() if isinstance(each, Message)]
        if sub != "alternative":
            yield from filter(None, inner)
        elif said := [text for text in inner if text]:
            # Some write into the plain text only that there is another one.
            longest = max(said, key=len)
            yield longest if len(said[0]) < min(_STUB, len(longest) / 3) else said[0]
        return
    if main != "text" or sub not in ("plain", "html"):
        return
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        with suppress(Unreadable):  # a part without a word
            text = decoded(payload, name, part.get_content_charset() or "utf-8")
            yield as_text(text) if sub == "html" else text


def trimmed(text: str) -> str:
    """Leave out a signature, and what is quoted from an earlier message, where something of one's own is left.

    What is sent on is no quote: it is what the message is for. Nor is what is answered line by line left out: without
    the questions the answers between them tell nothing.
    """
    if _FORWARDED.search(text):
        return text.strip()
    if answered := _answered_between(text):
        return answered
    own = text
    if begins := _QUOTE_BEGINS.search(own):
        own = own[: begins.start()]
    own = "\n".join(line for line in own.splitlines() if not line.lstrip().startswith(">"))
    if signed := _SIGNATURE.search(own):
        own = own[: signed.start()]
    own = re.sub(r"\n{3,}", "\n\n", own).strip()
    # Something forwarded without a word of one's own is all there is.
    return own if _tells(own) else text.strip()


def _answered_between(text: str) -> str:
    """A message whose writer put words below lines that are quoted, with these and no signature; else nothing."""
    cuts = [match.start() for match in _QUOTE_BEGINS.finditer(text) if not _QUOTED.match(text, match.end())]
    cuts += [match.start() for match in _SIGNATURE.finditer(text)]
    told = text[: min(cuts, default=len(text))].strip()
    if (quote := _QUOTED.search(told)) is None:
        return ""
    below = re.sub(r"(?m)^[ \t]*>.*", "", _QUOTE_BEGINS.sub("", told[quote.start() :]))
    return told if _tells(below) else ""


def _tells(text: str) -> bool:
    """Whether a text is more than a greeting's few letters."""
    return sum(letter.isalpha() for letter in text) >= 10


def _said(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name) or "").split())
    except (MessageError, ValueError, IndexError, AttributeError):
        return ""


def _sent(message: EmailMessage) -> dt.date | None:
    from email.utils import parsedate_to_datetime

    received = str(message.get("Received", "")).rpartition(";")[2]
    for said in (str(message.get("Date", "")), received):
        with suppress(ValueError, TypeError, IndexError, AttributeError):
            return parsedate_to_datetime(said).date()
    return None
