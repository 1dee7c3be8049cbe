"""What the running page hands out beside itself: files made on request, and the calendar of what is due."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from knowledge.due import calendar
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from starlette.requests import Request

    from assistant.build import House

FOLDER = ".downloads"
"""In the house folder, which nobody else can read more of than its notes."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def routes(house: House) -> list[Route]:
    """Return the addresses beside the page's own; what was made for an earlier page is gone."""
    shutil.rmtree(house.settings.home / FOLDER, ignore_errors=True)

    def download(request: Request) -> Response:
        token, name = request.path_params["token"], request.path_params["name"]
        path = house.settings.home / FOLDER / token / name
        if not (token.isalnum() and Path(name).name == name and path.is_file()):
            raise HTTPException(404, "This file is no longer there. Press the button on the page again.")
        headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
        return FileResponse(path, filename=name, media_type="application/octet-stream", headers=headers)

    def due_days(request: Request) -> Response:
        try:
            content = calendar(house.due(dt.date.today()))
        except KnowledgeError as error:
            raise HTTPException(503, str(error)) from error
        return Response(content, media_type="text/calendar; charset=utf-8", headers={"cache-control": "no-cache"})

    return [Route("/download/{token}/{name}", download), Route("/calendar.ics", due_days)]


def place(house: House, name: str) -> tuple[Path, str]:
    """Return where to put a file for the browser to save, and its address.

    Earlier ones of its kind go: those whose names are the same but for the day in them.
    """
    folder = house.settings.home / FOLDER
    for earlier in folder.glob(f"*/{_DAY.sub('*', name)}"):
        shutil.rmtree(earlier.parent, ignore_errors=True)
    token = secrets.token_hex(16)
    (folder / token).mkdir(parents=True, mode=0o700)
    return folder / token / name, f"/download/{token}/{name}"


def link(file: Path, address: str) -> str:
    """Return what says that a file was made, and leads to it."""
    size = file.stat().st_size
    told = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    return f'Saved by your browser as <a href="{address}" download="{file.name}">{file.name}</a> ({told}).'


def saving(element_id: str) -> str:
    """Return the script that lets the browser save the file that an element links to, as if the link were pressed."""
    return f"() => {{ setTimeout(() => document.querySelector('#{element_id} a[download]')?.click(), 200); }}"
