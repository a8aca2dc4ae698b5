"""A report as a spreadsheet and as a tagged PDF. Words are never formulas and never markup."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence

import typst
import xlsxwriter  # type: ignore[import-untyped]

from feedback.insight.rules.report import Sheet

# Everything that varies comes in as data, so nothing in it can be read as markup.
_PAGE = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", flipped: true, margin: 1.5cm, numbering: "1 / 1")
#set text(lang: d.lang, size: 9pt)
#show table.cell.where(y: 0): strong
= #d.title
#for line in d.lines [#par[#line]]
#for sheet in d.sheets [
  == #sheet.title
  #set text(size: 6.5pt)
  #table(
    columns: (1fr, ..sheet.head.slice(1).map(_ => auto)),
    stroke: 0.4pt,
    inset: 3pt,
    align: (x, y) => if x == 0 { left + bottom } else if y == 0 { center + bottom } else { right + bottom },
    table.header(
      [#sheet.head.first()],
      ..sheet.head.slice(1).map(each => rotate(-90deg, reflow: true, block(width: 3.2cm, align(left, each)))),
    ),
    ..sheet.rows.flatten().map(each => [#each]),
  )
]
"""
_LONGEST_NAME = 31
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")


def spreadsheet(title: str, lines: Sequence[str], sheets: Sequence[Sheet]) -> bytes:
    """An XLSX file: what the figures mean on the first page, then a page per table."""
    buffer = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, safe) as book:
        bold = book.add_format({"bold": True})
        first = book.add_worksheet("1")
        first.set_column(0, 0, 120)
        for place, line in enumerate((title, *lines)):
            first.write_string(place, 0, line, bold if place == 0 else None)
        for number, sheet in enumerate(sheets, 2):
            page = book.add_worksheet(_sheet_name(number, sheet.title))
            page.freeze_panes(1, 1)
            page.set_column(0, 0, 40)
            page.set_header(f"&L{sheet.title.replace('&', '&&')[:_LONGEST_NAME]}")
            for column, name in enumerate(sheet.head):
                page.write_string(0, column, name, bold)
            for line_number, row in enumerate(sheet.rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        page.write_string(line_number, column, value)
                    elif value is not None:
                        page.write_number(line_number, column, value)
    return buffer.getvalue()


def printed(title: str, lines: Sequence[str], sheets: Sequence[Sheet], lang: str) -> bytes:
    """A tagged PDF (PDF/UA-1) with the same content; ``lang`` is what a screen reader reads it in."""
    data = {
        "title": title,
        "lang": lang,
        "lines": list(lines),
        "sheets": [
            {
                "title": sheet.title,
                "head": list(sheet.head),
                "rows": [[_word(cell) for cell in row] for row in sheet.rows],
            }
            for sheet in sheets
        ],
    }
    made = typst.compile(_PAGE.encode(), sys_inputs={"data": json.dumps(data)}, pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def _sheet_name(number: int, title: str) -> str:
    """The title, as far as a spreadsheet allows; the number makes it the only one of its name."""
    return f"{number} {_NOT_IN_A_NAME.sub(' ', title)}"[:_LONGEST_NAME].rstrip(" '")


def _word(cell: str | int | float | None) -> str:
    return "–" if cell is None else str(cell)
