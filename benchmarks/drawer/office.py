"""Word documents and workbooks from blocks; what they say is in the sources."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.drawer.source import Block, Bullets, Heading, PageBreak, Paragraph, Rule, Stamp, Table


def docx(document: Sequence[Block], at: dt.datetime, author: str) -> bytes:
    """Return a Word document."""
    from docx import Document

    made = Document()
    made.core_properties.created = made.core_properties.modified = at
    made.core_properties.author = author
    for block in document:
        match block:
            case Heading(level, text):
                made.add_heading(text, level - 1)
            case Paragraph(text):
                made.add_paragraph(text)
            case Stamp(text):
                made.add_paragraph(text.upper())
            case Bullets(items):
                for item in items:
                    made.add_paragraph(item, style="List Bullet")
            case Table(header, rows):
                filled = [header, *rows] if header else list(rows)
                table = made.add_table(len(filled), len(filled[0]), style="Table Grid" if header else None)
                for row, cells in zip(table.rows, filled, strict=True):
                    for cell, text in zip(row.cells, cells, strict=True):
                        cell.text = text
            case Rule():
                made.add_paragraph("* * *")
            case PageBreak():
                made.add_page_break()
    file = io.BytesIO()
    made.save(file)
    return _undated(file.getvalue(), at)


def xlsx(document: Sequence[Block], at: dt.datetime, hints: Mapping[str, Any]) -> bytes:
    """Return a workbook: a sheet a second-level heading, paragraphs as merged lines above the table.

    Dates and amounts become real ones; `formats` among the hints says by column name how they are shown.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = at
    formats: Mapping[str, str] = hints.get("formats", {})
    sheet = None
    for block in document:
        if isinstance(block, Heading):
            sheet = book.create_sheet(block.text)
        elif sheet is None:
            raise ValueError("a workbook's source begins with the name of a sheet")
        elif isinstance(block, Paragraph):
            sheet.append([block.text])
            line = sheet.max_row
            sheet.cell(line, 1).font = Font(bold=True, size=14)
            sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=4)
        elif isinstance(block, Table):
            sheet.append(block.header)
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
            for row in block.rows:
                sheet.append([_value(text) for text in row])
                for cell, name in zip(sheet[sheet.max_row], block.header, strict=True):
                    if name in formats and not isinstance(cell.value, str):
                        cell.number_format = formats[name]
            for letter in "ABCDEFG":
                sheet.column_dimensions[letter].width = 22
    file = io.BytesIO()
    book.save(file)
    return _undated(file.getvalue(), at)


def _value(text: str) -> Any:
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return dt.datetime.fromisoformat(text)
    if re.fullmatch(r"-?[\d,]+\.\d{2}", text):
        return float(text.replace(",", ""))
    if re.fullmatch(r"\d{1,6}", text):
        return int(text)
    return text or None


def _undated(data: bytes, at: dt.datetime) -> bytes:
    """Return a file of Office as if it had been saved then: the libraries put today's time into it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as saved, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in saved.infolist():
            content = saved.read(entry)
            if entry.filename == "docProps/core.xml":
                stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            archive.writestr(zipfile.ZipInfo(entry.filename, at.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
