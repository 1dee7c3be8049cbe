"""Photos and scans to drafts: the words on them, and the day they were taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from knowledge.days import parse_date
from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.readers.ocr import words_on
from knowledge.readers.sections import paper_title
from knowledge.readers.source import Source, draft_of, one_line, title_of_name

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 120_000_000
"""A larger picture is refused: no telephone takes one, and unpacked it would fill the memory."""
TAKEN, CHANGED, DETAILS = 36867, 306, 0x8769
"""Where EXIF keeps when a picture was taken, when it was changed, and its details."""


def photo(source: Source) -> Iterator[Draft | Unreadable]:
    """One note: what can be read on it, dated by the day it was taken unless the words say better."""
    from PIL import ImageOps

    picture = _opened(source)
    taken = _taken(picture)
    try:
        text = words_on(ImageOps.exif_transpose(picture))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable(f"{source.name}: is a damaged picture ({one_line(error)}).") from error
    if sum(letter.isalnum() for letter in text) < 4:
        raise Unreadable(
            f"{source.name}: no words can be read on it. It may be blurred, or show none: "
            "take it again, or write a note of what it shows."
        )
    draft = draft_of(source, {"title": paper_title(text) or title_of_name(source.stem)}, text)
    yield replace(draft, date=taken, dated_by="photo") if taken else draft


def _opened(source: Source) -> Image:
    from PIL import Image, UnidentifiedImageError
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        picture = Image.open(source.path)
        if picture.width * picture.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        picture.draft("RGB", (2400, 2400))  # a JPEG is unpacked at the size that is needed
        picture.load()
    except Image.DecompressionBombError as error:
        raise Unreadable(f"{source.name}: has more dots than any photo. Make it smaller.") from error
    except UnidentifiedImageError as error:
        raise Unreadable(f"{source.name}: is no picture that can be read, or a damaged one.") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Unreadable(f"{source.name}: is a damaged picture ({one_line(error)}).") from error
    return picture


def _taken(picture: Image) -> dt.date | None:
    try:
        exif = picture.getexif()
        said = exif.get_ifd(DETAILS).get(TAKEN) or exif.get(CHANGED)
        return parse_date(str(said)[:10].replace(":", "-")) if said else None
    except (NoteRejected, OSError, ValueError, KeyError, SyntaxError, TypeError):
        return None  # a camera whose clock was never set
