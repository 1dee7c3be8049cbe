"""CSV files and Excel books to drafts: a note a row where rows are events, else a note a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from knowledge.dating import found_in_text
from knowledge.days import days_in
from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.notebook import parse_date
from knowledge.readers.columns import COST, FILED, TELLING, WHO, bare, dates, known
from knowledge.readers.source import LONG, Source, content_id, draft_of, one_line, title_of_name

MAX_ROWS = 20_000
WORDY = 2.0
"""Words of a cell, on average, from which a column says what happened, whatever it is called."""
Row = list[str]


def csv_file(source: Source) -> Iterator[Draft | Unreadable]:
    """The rows of a CSV file, whatever separates them."""
    text = source.text
    csv.field_size_limit(10_000_000)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=False))
    except csv.Error as error:
        raise Unreadable(f"{source.name}: is not a table ({one_line(error)}).") from error
    yield from _table(source, [[cell.strip() for cell in row] for row in rows], title_of_name(source.stem))


def excel_book(source: Source) -> Iterator[Draft | Unreadable]:
    """The rows of an Excel book, sheet after sheet."""
    import warnings
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which say nothing of the cells
            book = load_workbook(io.BytesIO(source.data), data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise Unreadable(f"{source.name}: is a damaged Excel book ({one_line(error)}). Save it again.") from error
    sheets = [(sheet, list(_cells(sheet))) for sheet in book.worksheets]
    filled = [(sheet, rows) for sheet, rows in sheets if any(any(row) for row in rows)]
    if not filled:
        raise Unreadable(f"{source.name}: is an Excel book without a filled cell.")
    named = title_of_name(source.stem)
    for sheet, rows in filled:
        title = named if len(filled) == 1 else f"{named}: {sheet.title}"
        yield from _table(source, rows, title, f"{source.name}, sheet {sheet.title}" if len(filled) > 1 else "")


def _cells(sheet: Any) -> Iterator[Row]:
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number > MAX_ROWS:
            return
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
        case float():
            return f"{value:.2f}" if round(value, 2) == round(value, 6) and not value.is_integer() else f"{value:g}"
        case _:
            return " ".join(str(value).split())


def _separator(text: str) -> str:
    """What separates the cells: whatever makes the most rows of the same, largest width."""
    start = text[:20_000]

    def evenness(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(start, newline=""), delimiter=separator) if any(row)]
        except csv.Error:
            return 0, 0
        width, count = Counter(widths[:-1] or widths).most_common(1)[0] if widths else (1, 0)
        return (count, width) if width > 1 else (0, 0)

    return max(",;\t|", key=evenness)


def _table(source: Source, rows: list[Row], title: str, where: str = "") -> Iterator[Draft | Unreadable]:
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"{source.name}: {len(rows):,} rows are more than the {MAX_ROWS:,} of a table. Split it.")
    rows = [row for row in rows if any(row)]
    start, names = _header(rows)
    columns = {name: number for number, name in enumerate(names)}
    days = [name for name in columns if dates(name)]
    tells = any(bare(name) in (*TELLING, *WHO, *COST) for name in columns)
    if not (days and tells and len(rows) > start):
        yield from _whole(source, rows, title)
        return
    told = _told(columns, rows[start:])
    seen = Counter[str]()
    for number, row in enumerate(rows[start:], start=start + 1):
        cells = {name: row[column] for name, column in columns.items() if column < len(row) and row[column]}
        if set(cells) <= {names[0]} or not cells:
            continue  # a heading between the rows, or a sum below them
        draft = _event(source, cells, days[0], told, f"{where or source.name}, row {number}")
        if draft.id is None:
            # The same thing bought twice on one day is two notes, and stays two when the file comes in again.
            key = content_id(draft)
            seen[key] += 1
            once = seen[key] == 1
            draft = replace(draft, id=key if once else f"{key}-{seen[key]}", made_id=True)
        yield draft


def _told(columns: dict[str, int], rows: Sequence[Row]) -> list[str]:
    """The columns that say what happened, best first: those that are called so, else the wordiest of the others."""
    if called := [name for wanted in TELLING for name in columns if bare(name) == wanted]:
        return called
    words = {
        name: statistics.mean([len(re.findall(r"[^\W\d_]{2,}", cell)) for cell in filled])
        for name, column in columns.items()
        if not known(name) and (filled := [row[column] for row in rows if column < len(row) and row[column]])
    }
    wordy = [name for name, mean in words.items() if mean >= WORDY]
    return sorted(wordy, key=words.__getitem__, reverse=True)[:1]


def _event(source: Source, cells: dict[str, str], dated: str, told: Sequence[str], where: str) -> Draft:
    by_name = {bare(name): value for name, value in cells.items()}
    what = next((cells[name] for name in told if name in cells), "")
    who = next((by_name[name] for name in WHO if by_name.get(name)), "")
    title = (what or who)[:120] if not (what and who) or who in what else f"{what[:100]} ({who[:60]})"
    text = "\n".join(f"{name}: {value}" for name, value in cells.items() if value)
    filed = next((by_name[name] for name in FILED if by_name.get(name)), None)
    draft = draft_of(source, {"title": title, "category": filed, "id": by_name.get("id")}, text, where)
    written = re.sub(r"[ T]\d{1,2}:\d\d(:\d\d)?$", "", cells.get(dated, ""))
    # Dots are written by people who put the day first, whatever the household does.
    first = source.day_first or bool(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", written))
    try:
        date = parse_date(written, day_first=first)
    except NoteRejected:
        return draft  # what cannot be read as a date stays in the text
    said = found_in_text(doubtful=any(day.doubtful for day in days_in(written)), day_first=source.day_first)
    return replace(draft, date=date, dated_by=said if date else "")


def _header(rows: Sequence[Row]) -> tuple[int, list[str]]:
    """Find the row of names; returns (the number of the first row below it, the names, each once).

    Lines above it, such as a title, are no names; a name over several columns is put before those below it.
    """
    width = max((len(row) for row in rows), default=0)
    for number, row in enumerate(rows[:10]):
        if sum(map(known, row)) >= 2 and sum(bool(cell) for cell in row) >= min(2, width):
            names, start = list(row) + [""] * (width - len(row)), number + 1
            below = rows[start] if start < len(rows) else []
            if _continues(row, below):
                names = [
                    f"{above} {under}".strip()
                    for above, under in zip(_spread(names), _padded(below, width), strict=True)
                ]
                start += 1
            elif number and _continues(rows[number - 1], row):
                names = [each or above for each, above in zip(names, _padded(rows[number - 1], width), strict=True)]
            return start, _once(names)
    return (1, _once(rows[0])) if rows else (0, [])


def _continues(above: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row of names goes on in the row below it, as merged headings do."""
    gaps = sum(not cell for cell in above)
    named = [cell for cell in below if cell]
    return bool(gaps and len(named) >= 2 and all(not re.search(r"\d", cell) and len(cell) < 25 for cell in named))


def _spread(names: Sequence[str]) -> list[str]:
    """A merged name stands in its first column only: give it to those under it, too."""
    spread, last = [], ""
    for name in names:
        last = name or last
        spread.append(last)
    return spread


def _padded(row: Sequence[str], width: int) -> list[str]:
    return [*row, *[""] * (width - len(row))]


def _once(names: Sequence[str]) -> list[str]:
    seen = Counter[str]()
    unique = []
    for number, name in enumerate(names, start=1):
        name = " ".join(name.split()) or f"column {number}"
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return unique


def _whole(source: Source, rows: Sequence[Row], title: str) -> Iterator[Draft]:
    """The table itself as Markdown, in parts where it is long, each with the first row."""
    if not rows:
        raise Unreadable(f"{source.name}: is a table without a filled cell.")
    width = max(len(row) for row in rows)
    if width == 1:
        yield draft_of(source, {"title": title}, "\n".join(row[0] for row in rows))
        return
    lines = ["| " + " | ".join(cell.replace("|", "/") for cell in _padded(row, width)) + " |" for row in rows]
    head = f"{lines[0]}\n|{'---|' * width}"
    part, number = [head], 1
    for line in lines[1:]:
        if sum(map(len, part)) + len(line) > LONG:
            yield draft_of(source, {"title": f"{title} ({number})"}, "\n".join(part))
            part, number = [head], number + 1
        part.append(line)
    yield draft_of(source, {"title": f"{title} ({number})" if number > 1 else title}, "\n".join(part))
