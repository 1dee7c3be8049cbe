"""Files that no house should be hurt by: damaged, locked, empty, falsely named, or far larger than they look."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import numpy as np

from benchmarks.drawer.pages import LOOKS, pdf
from benchmarks.drawer.pictures import photo
from benchmarks.drawer.source import blocks

AT = dt.datetime(2024, 11, 3, 12)
STATEMENT = """# Two Ferries Savings Bank

Statement of account ending 4471
October 31, 2024

| Date | Description | Amount |
|---|---|---:|
| 10/02/2024 | Opening balance | 2,118.40 |
| 10/15/2024 | Tidewell Pool & Spa | -214.00 |
| 10/31/2024 | Closing balance | 1,904.40 |
"""
BOMB_BYTES = 1_150_000_000
LARGE_BYTES = 200_000_000
DEPTH = 60_000
"""Elements one in the other: more than any parser that calls itself can follow."""
LONG_PAGES = 300


def locked_pdf(path: Path) -> None:
    """Opens with a password alone."""
    path.write_bytes(pdf(list(blocks(STATEMENT)), LOOKS["plain"], AT, password="quarry"))


def cut_pdf(path: Path) -> None:
    """The first 400 bytes: the transfer broke off."""
    path.write_bytes(pdf(list(blocks(STATEMENT)), LOOKS["plain"], AT)[:400])


def pdf_without_pages(path: Path) -> None:
    """Whole and valid, with no page in it."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    data, starts = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        starts.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"xref\n0 3\n0000000000 65535 f \n%strailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    path.write_bytes(data + end % (table, len(data)))


def blank_pdf(path: Path) -> None:
    """One page, and nothing on it."""
    path.write_bytes(pdf([], LOOKS["plain"], AT))


def program_as_pdf(path: Path) -> None:
    """A program that calls itself an invoice."""
    path.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00" + _junk(4_000, 1))


def zip_with_a_way_out(path: Path) -> None:
    """Its one file wants to be written beside the folder that the rest goes to."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(_entry("../../shortcuts/startup.txt"), "Opened together with everything else.\n")


def zip_bomb(path: Path) -> None:
    """A megabyte that becomes more than a gigabyte.

    Deflated blocks that end on a byte may be repeated, so that the zeros need not be deflated one by one.
    """
    size = 1 << 24
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(bytes(size)) + packer.flush(zlib.Z_FULL_FLUSH)
    times, check = -(-BOMB_BYTES // size), 0
    for _ in range(times):
        check = zlib.crc32(bytes(size), check)
    data, name = piece * times + b"\x03\x00", b"pictures/all.txt"
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0x6000, 0x5963, check, len(data), size * times, len(name), 0)
    local = b"PK\x03\x04" + common + name
    central = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    start = len(local) + len(data)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), start, 0)
    path.write_bytes(local + data + central + end)


def locked_zip(path: Path) -> None:
    """Its one file is marked as encrypted."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_entry("deeds.txt"), _junk(300, 2))
    data = bytearray(file.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(bytes(data))


def junk(path: Path) -> None:
    """Bytes that are nobody's letters."""
    path.write_bytes(_junk(6_000, 3))


def workbook_cut(path: Path) -> None:
    """The first half of a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry("[Content_Types].xml"), "<Types/>")
        archive.writestr(_entry("xl/worksheets/sheet1.xml"), _junk(3_000, 4).hex())
    path.write_bytes(file.getvalue()[: len(file.getvalue()) // 2])


def locked_word(path: Path) -> None:
    """A Word file with a password is no ZIP but an old compound file."""
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + _junk(5_000, 5))


def not_word(path: Path) -> None:
    """A Word file by its name alone."""
    path.write_bytes(b"\xdb\xa5\x2d\x00" + _junk(2_500, 6))


def with_nul_bytes(path: Path) -> None:
    """A table that was padded with zeros."""
    path.write_bytes(b"date,what,amount\n" + b"\x00" * 2_000 + b"2013-04-02,\x00\x00,\x0012\n" + b"\x00" * 900)


def empty(path: Path) -> None:
    """Not a byte."""
    path.write_bytes(b"")


def only_blanks(path: Path) -> None:
    """Lines, and nothing on them."""
    path.write_bytes(b" \n\t\n\r\n" * 40)


def photo_cut(path: Path) -> None:
    """The head of a photo without its picture."""
    path.write_bytes(photo(pdf([], LOOKS["plate"], AT), "jpeg", {"dpi": 40}, np.random.default_rng(0))[:300])


def not_a_photo(path: Path) -> None:
    """A telephone's photo by its name alone."""
    path.write_bytes(_junk(9_000, 7))


def json_cut(path: Path) -> None:
    """Ends in the middle of a word."""
    path.write_bytes(b'{"exported": "2022-02-02", "notes": [{"title": "Attic fan", "text": "Switch is behind the do')


def film(path: Path) -> None:
    """A film, which nothing here reads."""
    path.write_bytes(b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + _junk(8_000, 8))


def far_too_large(path: Path) -> None:
    """200 MB of nothing, which take no room on most disks."""
    with path.open("wb") as file:
        file.truncate(LARGE_BYTES)


def nested_page(path: Path) -> None:
    """A page of elements one in the other, so deep that a reader which calls itself falls over."""
    path.write_bytes(b"<html><body>" + b"<div>" * DEPTH + b"The middle." + b"</div>" * DEPTH + b"</body></html>")


def merged_headers(path: Path) -> None:
    """A table as a spreadsheet with merged cells gives it: two lines of header, the upper one with gaps."""
    path.write_text(
        "Household costs,,,,\n,,,,\nWhen,,Outdoors,,Indoors\nmonth,year,garden,pool,repairs\n"
        "March,2015,,120.00,45.50\n,,,,\nApril,2015,60.00,,\nSum,,60.00,120.00,45.50\n",
        "utf-8",
    )


def ragged(path: Path) -> None:
    """A table whose rows have too few and too many cells, and a quote that is never closed."""
    path.write_text(
        'date,what,who,cost\n2014-08-02,Ladder,\n2014-08-09,Rope,Adeyemi,12.00,paid,"cash\n,,,,,,\n2014-09-01\n',
        "utf-8",
    )


def pdf_as_text(path: Path) -> None:
    """A whole PDF that calls itself text."""
    path.write_bytes(pdf(list(blocks(STATEMENT)), LOOKS["plain"], AT))


def page_as_workbook(path: Path) -> None:
    """What banks call an Excel file: a page with a table."""
    rows = "<tr><td>10/02/2024</td><td>Opening balance</td><td>2,118.40</td></tr>"
    path.write_text(
        f"<html><body><table><tr><th>Date</th><th>What</th><th>Amount</th></tr>{rows}</table></body></html>"
    )


def mixed_encodings(path: Path) -> None:
    """Two people's lines, each saved in their own encoding."""
    path.write_bytes(
        "Nadia: the café key is under the pot.\n".encode() + "Henryk: crème brûlée dish, too.\n".encode("latin-1")
    )


def very_long(path: Path) -> None:
    """300 pages of a manual for a machine that left the house long ago."""
    page = "## {0}. Adjustment {0}\n\nLoosen screw {0}, turn the dial to {0} and tighten it again.\n\n==="
    text = "# Burrow & Lay knitting machine KM-7\n\n" + "\n\n".join(page.format(at) for at in range(1, LONG_PAGES))
    path.write_bytes(pdf(list(blocks(text)), LOOKS["manual"], AT))


BROKEN: Mapping[PurePosixPath, Callable[[Path], None]] = {
    PurePosixPath(name): make
    for name, make in {
        "Scans/bank statement October.pdf": locked_pdf,
        "Scans/scan0031.pdf": cut_pdf,
        "Scans/scan0032.pdf": pdf_without_pages,
        "Scans/scan0033.pdf": blank_pdf,
        "Downloads/invoice_copy.pdf": program_as_pdf,
        "Downloads/attachments.zip": zip_with_a_way_out,
        "Downloads/photos-all.zip": zip_bomb,
        "Downloads/deeds.zip": locked_zip,
        "Downloads/holiday.txt": far_too_large,
        "Notes/old disk.txt": junk,
        "Notes/untitled.md": empty,
        "Notes/blank.txt": only_blanks,
        "Money/ledger 2012.xlsx": workbook_cut,
        "Money/will.docx": locked_word,
        "Money/padded.csv": with_nul_bytes,
        "Recipes/tomato jam.docx": not_word,
        "Photos/IMG_0000.jpg": empty,
        "Photos/IMG_0417.jpg": photo_cut,
        "Photos/IMG_0418.HEIC": not_a_photo,
        "Photos/MOV_0033.mov": film,
        "Exports/attic.json": json_cut,
        "Downloads/middle.html": nested_page,
        "Money/2015 by month.csv": merged_headers,
        "Money/ladder.csv": ragged,
        "Downloads/statement_text.txt": pdf_as_text,
        "Downloads/statement.xls": page_as_workbook,
        "Notes/keys.txt": mixed_encodings,
        "Manuals/knitting machine.pdf": very_long,
    }.items()
}
"""Where each lies in the drawer, and what makes it there. Those from `nested_page` on may be read or refused."""


def _junk(size: int, seed: int) -> bytes:
    return np.random.default_rng(seed).bytes(size)


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, AT.timetuple()[:6])
