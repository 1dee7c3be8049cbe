"""The original file of a note, to be opened from the page; nothing of it may run there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from assistant.build import House

SHOWN = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
"""What a browser may show in place, with the bytes that it must begin with; everything else is saved, not opened."""
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}


def route(house: House) -> Route:
    """Return the address `/original/NOTE` of a house's page."""

    def original(request: Request) -> Response:
        try:
            note = house.notebook.get(request.path_params["note_id"])
            path = house.trail.originals.path(note.original)
        except KnowledgeError:
            path = None
        if path is None:
            return PlainTextResponse("The file of this note is not kept here.", 404, HEADERS)
        begins, kind = SHOWN.get(path.suffix, (b"", ""))
        with path.open("rb") as file:
            shown = bool(kind) and file.read(len(begins)) == begins
        sandbox = {} if kind == "application/pdf" and shown else {"Content-Security-Policy": "sandbox"}
        options: dict[str, Any] = {"filename": note.source.rpartition("/")[2] or path.name}
        options |= {"content_disposition_type": "inline" if shown else "attachment"}
        media = kind if shown else "application/octet-stream"
        return FileResponse(path, media_type=media, headers=HEADERS | sandbox, **options)

    return Route("/original/{note_id:path}", original)
