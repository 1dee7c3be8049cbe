"""Mails as programs write them: plain, HTML or both, in any encoding, with what is attached."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

from benchmarks.drawer.source import Source

HTML = "\n=== html ===\n"
"""What parts the plain words of a mail from the same in HTML."""


def eml(source: Source, attached: Mapping[str, bytes]) -> bytes:
    """Return the mail of a source, with files attached by their names.

    The hints give the `head`, `charset`, `transfer` (7bit, quoted-printable, base64) and whether it is HTML `only`.
    """
    message = EmailMessage(policy=SMTP)
    for name, value in source.hints["head"].items():
        message[name] = str(value)
    charset, transfer = source.hints.get("charset", "utf-8"), source.hints.get("transfer", "7bit")
    words, _, page = source.body.strip("\n").partition(HTML)
    if source.hints.get("html") == "only":
        message.set_content(words + "\n", subtype="html", charset=charset, cte=transfer)
    else:
        message.set_content(words + "\n", charset=charset, cte=transfer)
        if page:
            message.add_alternative(page + "\n", subtype="html", charset=charset, cte=transfer)
    for name, data in attached.items():
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=={source.path.stem.encode().hex()[:24]}{number}==")
    return message.as_bytes()
