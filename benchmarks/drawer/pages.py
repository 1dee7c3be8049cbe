"""Documents laid out on paper, each vendor in a look of its own: blocks to a PDF with a text layer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from benchmarks.drawer.source import Block, Bullets, Heading, PageBreak, Paragraph, Rule, Stamp, Table

if TYPE_CHECKING:
    from fpdf import FPDF

Colour = tuple[int, int, int]
LETTER, A4, A5, ROLL = (215.9, 279.4), (210.0, 297.0), (148.0, 210.0), (80.0, 600.0)


@dataclass(frozen=True)
class Look:
    """How one kind of document looks."""

    font: str = "Helvetica"
    size: float = 9.5
    paper: tuple[float, float] = LETTER
    """Width and height in millimetres; a roll is cut below its last line."""
    margin: float = 18
    head: Literal["band", "L", "C", "R"] = "L"
    """Where the first heading stands, or that it is white on a band of colour."""
    colour: Colour = (30, 30, 30)
    grid: Literal["ALL", "NONE", "HORIZONTAL_LINES", "MINIMAL", "SINGLE_TOP_LINE"] = "MINIMAL"
    italic: bool = False
    lined: bool = False
    """Ruled in pale blue, as a pad of slips is."""
    numbered: bool = False
    """Page numbers at the foot."""


LOOKS = {
    "band": Look(head="band", colour=(22, 78, 99), grid="HORIZONTAL_LINES"),
    "green": Look(head="band", colour=(47, 93, 58), grid="MINIMAL", size=10),
    "plain": Look(font="Times", size=11, grid="SINGLE_TOP_LINE"),
    "boxed": Look(size=9, head="R", colour=(120, 20, 30), grid="ALL"),
    "typewriter": Look(font="Courier", size=9.5, grid="NONE"),
    "letter": Look(font="Times", size=11.5, head="C", margin=25, grid="ALL"),
    "european": Look(paper=A4, size=9.5, head="R", colour=(60, 60, 60), grid="HORIZONTAL_LINES"),
    "manual": Look(paper=A5, size=9.5, margin=14, colour=(0, 51, 102), grid="ALL", numbered=True),
    "slip": Look(font="Times", size=14, paper=A5, margin=12, head="C", grid="NONE", italic=True, lined=True),
    "roll": Look(font="Courier", size=8.5, paper=ROLL, margin=5, head="C", grid="NONE"),
    "plate": Look(paper=(120, 80), size=9, margin=6, head="C", grid="ALL"),
}
"""The looks that a source may name."""
_TYPED = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "€": "EUR"})
"""What the fonts that every reader of PDF has cannot set."""


def pdf(document: Sequence[Block], look: Look, at: dt.datetime, password: str = "") -> bytes:
    """Return the document as a PDF that was made at a time; with a password, it opens with that alone."""
    made = _laid_out(document, look, at)
    if look.paper == ROLL:
        cut = Look(**{**look.__dict__, "paper": (ROLL[0], made.get_y() + 12)})
        made = _laid_out(document, cut, at)
    if password:
        made.set_encryption(owner_password=password + "-owner", user_password=password)
    return bytes(made.output())


def _laid_out(document: Sequence[Block], look: Look, at: dt.datetime) -> FPDF:
    from fpdf import FPDF

    class Paper(FPDF):
        def header(self) -> None:
            if look.lined:
                self.set_draw_color(200, 215, 235)
                for line in range(30, int(self.h) - 8, 8):
                    self.line(8, line, self.w - 8, line)
                self.set_draw_color(0)

        def footer(self) -> None:
            if look.numbered:
                self.set_y(-11)
                self.set_font(look.font, size=7)
                self.cell(0, 5, f"{self.page_no()}", align="C")

    made = Paper(format=look.paper)
    made.set_creation_date(at.replace(tzinfo=dt.UTC))
    made.set_margin(look.margin)
    made.set_auto_page_break(look.paper[0] != ROLL[0], margin=max(10, look.margin))
    made.add_page()
    headed = False
    for block in document:
        made.set_text_color(25)
        made.set_font(look.font, "I" if look.italic else "", look.size)
        _put(made, block, look, first=not headed)
        headed = headed or isinstance(block, Heading)
    return made


def _put(made: FPDF, block: Block, look: Look, *, first: bool) -> None:
    step = look.size * 0.47
    match block:
        case Heading(level, text):
            _head(made, level, text, look, first=first)
        case Paragraph(text, small):
            if small:
                made.set_font(look.font, size=look.size * 0.74)
                made.set_text_color(110)
            align = "C" if look.paper[0] == ROLL[0] and not small else "L"
            _write(made, step * (0.75 if small else 1), text, align)
            made.ln(step * 0.7)
        case Bullets(items):
            for item in items:
                made.set_x(made.l_margin + 3)
                _write(made, step, f"- {item}", "L")
            made.ln(step * 0.7)
        case Table():
            _table(made, block, look, step)
        case Stamp(text):
            y = made.get_y()
            made.set_font("Helvetica", "B", look.size * 2.6)
            made.set_text_color(170, 40, 40)
            with made.rotation(14, x=made.w * 0.62, y=y):
                made.text(made.w * 0.55, y, text)
        case Rule():
            made.set_draw_color(120)
            made.line(made.l_margin, made.get_y(), made.w - made.r_margin, made.get_y())
            made.ln(step * 0.7)
        case PageBreak():
            made.add_page()


def _write(made: FPDF, step: float, text: str, align: str) -> None:
    made.multi_cell(0, step, text.translate(_TYPED), align=align, new_x="LMARGIN", new_y="NEXT")


def _head(made: FPDF, level: int, text: str, look: Look, *, first: bool) -> None:
    size = look.size * {1: 1.8, 2: 1.3, 3: 1.1}[level]
    if first and level == 1 and look.head == "band":
        made.set_fill_color(*look.colour)
        made.rect(0, 0, made.w, 20, style="F")
        made.set_fill_color(255)  # tables would be filled with it, too
        made.set_text_color(255)
        made.set_font(look.font, "B", size)
        made.set_y(6)
        made.cell(0, 8, text)
        made.set_y(24)
        return
    made.set_text_color(*look.colour)
    made.set_font(look.font, "BI" if look.italic else "B", size)
    align = look.head if level == 1 and look.head != "band" else "L"
    _write(made, size * 0.5, text, align)
    made.ln(size * 0.12)


def _table(made: FPDF, table: Table, look: Look, step: float) -> None:
    rows = [table.header, *table.rows] if table.header else list(table.rows)
    rows = [tuple(cell.translate(_TYPED) for cell in row) for row in rows]
    widths = [min(46, max(6, *(len(row[at]) for row in rows))) for at in range(len(rows[0]))]
    amounts = not table.header and len(widths) == 2 and table.right[-1]
    with made.table(
        borders_layout=look.grid if table.header else "NONE",
        col_widths=widths,
        text_align=["RIGHT" if right else "LEFT" for right in table.right],
        first_row_as_headings=bool(table.header),
        line_height=step * 1.25,
        padding=0.4,
        width=made.epw * 0.5 if amounts and look.paper[0] > 100 else made.epw,
        align="RIGHT" if amounts else "LEFT",
    ) as laid:
        for row in rows:
            laid.row(row)
    made.ln(step * 0.8)
