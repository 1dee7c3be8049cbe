"""Real files of every kind, made where a test needs them; what they tell is invented."""

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

INVOICE = (
    "Blue Heron Pools",
    "Invoice 4471",
    "Invoice date: 04/18/2023",
    "Pump replacement  $1,150.00",
    "Due: 05/18/2023",
)


def pdf(path: Path, *pages: Sequence[str], password: str = "") -> Path:
    """A PDF with a text layer; a page of no lines is blank."""
    from fpdf import FPDF

    document = FPDF()
    document.set_font("helvetica", size=12)
    for lines in pages:
        document.add_page()
        for line in lines:
            document.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    if password:
        document.set_encryption(owner_password="owner", user_password=password)
    document.output(str(path))
    return path


def scan(path: Path, *pages: Sequence[str]) -> Path:
    """A PDF whose pages are pictures."""
    from fpdf import FPDF

    document = FPDF()
    for lines in pages:
        document.add_page()
        document.image(picture(lines), 10, 10, 180)
    document.output(str(path))
    return path


def picture(lines: Sequence[str], turned: int = 0) -> Image.Image:
    """A photo of a paper."""
    image = Image.new("RGB", (1000, 180 + 80 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((70, 70 + 80 * number), line, fill="black", font=ImageFont.load_default(40))
    return image.rotate(turned, expand=True)


def docx(path: Path, title: str, paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> Path:
    from docx import Document

    document = Document()
    document.add_heading(title, 1)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        drawn = document.add_table(len(table), len(table[0]))
        for row, cells in zip(drawn.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    document.save(str(path))
    return path


def xlsx(path: Path, merged: Sequence[str] = (), **sheets: Sequence[Sequence[Any]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(path)
    return path


def eml(path: Path, text: str, subject: str = "Pump", html: str = "", **attached: bytes) -> Path:
    message = EmailMessage()
    message["From"], message["To"] = "Ray Ochoa <ray@example.org>", "the house <house@example.org>"
    message["Date"], message["Subject"] = "Tue, 18 Apr 2023 10:30:00 -0500", subject
    message.set_content(text, cte="quoted-printable")
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attached.items():
        message.add_attachment(data, "application", "octet-stream", filename=name.replace("__", "."))
    path.write_bytes(message.as_bytes())
    return path


def packed(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
