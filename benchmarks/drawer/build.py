"""Make the drawer's files, the same each time, from their sources: `python -m benchmarks.drawer.build FOLDER`."""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from benchmarks.drawer.broken import AT, BROKEN
from benchmarks.drawer.mail import eml
from benchmarks.drawer.office import docx, xlsx
from benchmarks.drawer.pages import LOOKS, pdf
from benchmarks.drawer.pictures import photo, scan
from benchmarks.drawer.source import Source, blocks, read_sources


def build(folder: Path, sources: Sequence[Source] | None = None, *, broken: bool = True) -> list[Path]:
    """Make the files in a folder and return them; each was last changed when its source says.

    Args:
        sources: other ones than those of the drawer.
        broken: whether the broken files lie among them.
    """
    within: dict[PurePosixPath | None, list[Source]] = defaultdict(list)
    for source in _with_archives(read_sources() if sources is None else sources):
        within[source.container].append(source)
    made = []
    for source in within[None]:
        path = folder / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_bytes_of(source, within))
        _dated(path, source.at)
        made.append(path)
    for name, spoil in BROKEN.items() if broken else ():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        spoil(path)
        _dated(path, AT)
        made.append(path)
    return sorted(made)


def _dated(path: Path, at: dt.datetime) -> None:
    changed = at.replace(tzinfo=dt.UTC).timestamp()
    os.utime(path, (changed, changed))


def _with_archives(sources: Sequence[Source]) -> list[Source]:
    """Add the ZIPs, which need no source: they are as new as the newest file in them."""
    found = {source.path: source for source in sources}
    for source in sources:
        for parent in source.path.parents:
            if parent.suffix.lower() == ".zip":
                newest = max(each.at for each in sources if parent in each.path.parents)
                found.setdefault(parent, Source(parent, "zip", newest))
    return list(found.values())


def _bytes_of(source: Source, within: Mapping[PurePosixPath | None, list[Source]]) -> bytes:
    inside = [(each, _bytes_of(each, within)) for each in within.get(source.path, [])]
    hints = source.hints
    random = np.random.default_rng(zlib.crc32(str(source.path).encode()))
    match source.kind:
        case "text":
            body = source.body.replace("\n", "\r\n") if hints.get("lines") == "crlf" else source.body
            return body.encode(hints.get("encoding", "utf-8"))
        case "eml":
            return eml(source, {each.path.name: data for each, data in inside})
        case "docx":
            return docx(list(blocks(source.body)), source.at, hints.get("author", "Nadia Kowalczyk"))
        case "xlsx":
            return xlsx(list(blocks(source.body)), source.at, hints)
        case "zip":
            return _zipped({each.path.relative_to(source.path): (each.at, data) for each, data in inside})
    page = pdf(list(blocks(source.body)), LOOKS[hints.get("look", "plain")], source.at)
    match source.kind:
        case "pdf":
            return page
        case "scan":
            return scan(page, source.at, hints, random)
        case "photo":
            ending = source.path.suffix.lower().lstrip(".")
            return photo(page, {"jpg": "jpeg"}.get(ending, ending), hints, random)
    raise ValueError(f"{source.path}: nothing makes a {source.kind!r}")


def _zipped(files: Mapping[PurePosixPath, tuple[dt.datetime, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in sorted(files):
            at, data = files[name]
            entry = zipfile.ZipInfo(str(name), at.timetuple()[:6])
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def main() -> None:
    """Make the drawer in the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    made = build(folder)
    print(f"{len(made)} files in {folder}")


if __name__ == "__main__":
    main()
