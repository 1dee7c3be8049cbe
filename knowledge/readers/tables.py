"""CSV files and Excel books to drafts: a note a row where rows are events, else a note a table."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from knowledge.dating import found_in
from knowledge.days import days_in, parse_date
from knowledge.errors import NoteRejected, Unreadable
from knowledge.note import Draft
from knowledge.readers.columns import COST, FILED, TELLING, WHO, ahead, bare, dates, known, of_the_mainland, sums
from knowledge.readers.source import LONG, Source, content_id, draft_of, one_line, title_of_name

MAX_ROWS = 20_000
WORDY = 2.0
"""Words of a cell, on average, from which a column says what happened, whatever it is called."""
Row = list[str]
_UNNAMED = re.compile(r"column \d+")
_CLOCK = re.compile(r",?[ T]\d{1,2}:\d\d(:\d\d)?(?: ?[AP]M)?$", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d\d){1,2}\b")
"""A date in numbers that begins with its day or its month."""


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
            opened = load_workbook(io.BytesIO(source.data), data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError, OSError, SyntaxError) as error:
        raise Unreadable(f"{source.name}: is a damaged Excel book ({one_line(error)}). Save it again.") from error
    yield from book(source, [(sheet.title, list(_cells(sheet))) for sheet in opened.worksheets])


def book(source: Source, sheets: Sequence[tuple[str, list[Row]]]) -> Iterator[Draft | Unreadable]:
    """The rows of a book's sheets, each under its name."""
    filled = [(name, rows) for name, rows in sheets if any(any(row) for row in rows)]
    if not filled:
        raise Unreadable(f"{source.name}: is a book of tables without a filled cell.")
    named = title_of_name(source.stem)
    for name, rows in filled:
        title = named if len(filled) == 1 else f"{named}: {name}"
        yield from _table(source, rows, title, f"{source.name}, sheet {name}" if len(filled) > 1 else "")


def _cells(sheet: Any) -> Iterator[Row]:
    for number, row in enumerate(sheet.iter_rows(values_only=True)):
        if number > MAX_ROWS:
            return
        yield [shown(value) for value in row]


def shown(value: Any) -> str:
    """Return a cell's value as a person reads it."""
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


def event_rows(source: Source, items: Sequence[Any]) -> Iterator[Draft | Unreadable] | None:
    """Return a note for each object of a list, as for the rows of a table; None where they are no events."""
    if not all(isinstance(item, dict) for item in items):
        return None
    if any(isinstance(value, dict | list) for item in items for value in item.values()):
        return None
    names = list(dict.fromkeys(str(name) for item in items for name in item))
    rows = [[shown(item.get(name)) for name in names] for item in items]
    telling = _telling(_once(names), rows)
    return _events(source, rows, telling, source.name) if telling else None


def _table(source: Source, rows: list[Row], title: str, where: str = "") -> Iterator[Draft | Unreadable]:
    if len(rows) > MAX_ROWS:
        raise Unreadable(f"{source.name}: {len(rows):,} rows are more than the {MAX_ROWS:,} of a table. Split it.")
    rows = [row for row in rows if any(row)]
    start, names = _header(rows)
    if telling := _telling(names, rows[start:]):
        yield from _events(source, rows[start:], telling, where or source.name, start)
    else:
        yield from _whole(source, rows, title)


@dataclass(frozen=True)
class _Telling:
    """The columns of a table whose rows are events."""

    names: Sequence[str]
    """All of them, in their order."""
    when: str
    """The one that says when it happened."""
    what: Sequence[str]
    """Those that say what happened, best first."""


def _telling(names: Sequence[str], rows: Sequence[Row]) -> _Telling | None:
    """The columns of a table by what they tell; None where its rows are no events."""
    columns = {
        name: [row[number] for row in rows if number < len(row) and row[number]] for number, name in enumerate(names)
    }
    called = [name for name in names if dates(name) and any(_date(cell, day_first=False) for cell in columns[name])]
    full = [name for name in names if not ahead(name) and len(columns[name]) > 1 and all(map(_is_day, columns[name]))]
    if not called and not full:
        return None
    what = _told(columns)
    tells = what or any(bare(name) in (*WHO, *COST) for name in names)
    return _Telling(names, (called or full)[0], what) if tells else None


def _events(
    source: Source, rows: Sequence[Row], telling: _Telling, where: str, start: int = 0
) -> Iterator[Draft | Unreadable]:
    """A note for each row, named after its place, which is counted from behind `start`."""
    day_of = _dates_of(source, rows, telling)
    seen = Counter[str]()
    for number, row in enumerate(rows, start=start + 1):
        cells = {name: cell for name, cell in zip(telling.names, row, strict=False) if cell}
        when = cells.get(telling.when, "")
        if set(cells) <= {telling.names[0]} or _repeats(cells) or (not when and sums(next(iter(cells.values())))):
            continue  # a heading between the rows, the names once more, or a sum below them
        draft = _event(source, cells, telling.what, f"{where}, row {number}")
        date, doubtful = day_of.get(when, (None, False))
        if date:
            said = found_in("text", doubtful=doubtful, day_first=source.day_first)
            draft = replace(draft, date=date, dated_by=said)
        # The same thing bought twice on one day is two notes, and stays two when the file comes in again.
        key = draft.id or content_id(draft)
        seen[key] += 1
        yield replace(draft, id=key if seen[key] == 1 else f"{key}-{seen[key]}", made_id=draft.id is None)


def _repeats(cells: dict[str, str]) -> bool:
    """Whether a row only says again what the columns are called."""
    return all(bare(name) == bare(cell) for name, cell in cells.items())


def _dates_of(source: Source, rows: Sequence[Row], telling: _Telling) -> dict[str, tuple[dt.date | None, bool]]:
    """The date of each cell that says when, and whether only the household's setting tells its day from its month.

    Rows of one list are written by one hand: a day over twelve in one of them tells how all are meant, as do names of
    columns in a language in which nobody puts the month first, and prices in pounds or euros.
    """
    column = telling.names.index(telling.when)
    cells = {row[column] for row in rows if column < len(row) and row[column]}
    numbers = [match for cell in cells if (match := _NUMBERS.match(cell))]
    first, second = (any(int(match[group]) > 12 for match in numbers) for group in (1, 2))
    told = list(chain(telling.names, *rows[:20]))
    european = any(map(of_the_mainland, telling.names)) or any(re.search("[€£]", cell) for cell in told)
    day_first = first or (not second and (european or source.day_first))
    sure = first or second or european
    return {cell: _date_and_doubt(cell, day_first=day_first, sure=sure) for cell in cells}


def _date_and_doubt(cell: str, *, day_first: bool, sure: bool) -> tuple[dt.date | None, bool]:
    doubtful = not sure and any(day.doubtful for day in days_in(_CLOCK.sub("", cell)))
    return _date(cell, day_first=day_first), doubtful


def _date(cell: str, *, day_first: bool) -> dt.date | None:
    """The date of a cell; None where it is none, as such a cell stays in the text."""
    written = _CLOCK.sub("", cell)
    if re.fullmatch(r"[2-6]\d{4}", written):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(written))  # a day as Excel counts it, without its format
    # Dots are written by people who put the day first, whatever the household does.
    dotted = bool(re.fullmatch(r"\d{1,2}\.\d{1,2}\.\d{2,4}", written))
    try:
        return parse_date(written, day_first=day_first or dotted)
    except NoteRejected:
        return None


def _told(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns that say what happened, best first: those that are called so, else the wordiest of the others."""
    if called := [name for wanted in TELLING for name in columns if bare(name) == wanted]:
        return called
    words = {
        name: statistics.mean([len(re.findall(r"[^\W\d_]{2,}", cell)) for cell in cells])
        for name, cells in columns.items()
        if cells and not known(name) and not all(map(_is_day, cells[:20]))
    }
    wordy = [name for name, mean in words.items() if mean >= WORDY]
    return sorted(wordy, key=words.__getitem__, reverse=True)[:1]


def _is_day(cell: str) -> bool:
    """Whether a cell is a day and nothing else."""
    written = _CLOCK.sub("", cell)
    return [(day.start, day.end, day.whole_month) for day in days_in(written)] == [(0, len(written), False)]


def _event(source: Source, cells: dict[str, str], told: Sequence[str], where: str) -> Draft:
    by_name = {bare(name): value for name, value in cells.items()}
    what = next((cells[name] for name in told if name in cells), "")
    who = next((by_name[name] for name in WHO if by_name.get(name)), "")
    title = (what or who)[:120] if not (what and who) or who in what else f"{what[:100]} ({who[:60]})"
    text = "\n".join(cell if _UNNAMED.fullmatch(name) else f"{name}: {cell}" for name, cell in cells.items())
    filed = next((by_name[name] for name in FILED if by_name.get(name)), None)
    # Every list counts its rows from one: a number is theirs only within its file.
    key = f"{source.stem} {by_name['id']}" if by_name.get("id") else None
    return draft_of(source, {"title": title, "category": filed, "id": key}, text, where)


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
    if not rows or any(map(_is_day, rows[0])):
        return 0, _once([""] * width)  # it has no names: the first row is one like the others
    return 1, _once([*rows[0], *[""] * (width - len(rows[0]))])


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
        name = " ".join(name.split()) or f"column {number}"  # as `_UNNAMED` knows it
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
