"""The report that goes upward: three forms of one set of figures, kept."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import openpyxl
import pikepdf
import pytest
import time_machine
from sqlalchemy import select

from feedback.audit.models import AuditEntry
from feedback.insight.actions import rebuild
from feedback.insight.rules.report import Sheet
from feedback.insight.views.documents import printed, spreadsheet
from feedback.storage.session import db
from feedback.units.models import Unit
from tests.factories import World
from tests.insight.conftest import NOW, Maker
from tests.insight.month import fill
from tests.site import Page, Reader

BOARD = "/pantau?unit=dinas-perhubungan&dari=2026-03-01&sampai=2026-03-31"


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def keep(reader: Reader) -> Page:
    return reader.send(reader.open(BOARD), button="Simpan sebagai laporan (XLSX, CSV, PDF)")


def test_three_files_say_the_same_to_the_last_digit(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    unit = db.session.get(Unit, world.division)
    assert unit is not None
    unit.name = '=HYPERLINK("http://jahat.example") #eval("x")'
    db.session.commit()
    rebuild(NOW)
    reader.sign_in(world.head)
    page = keep(reader)
    assert page.status == 200
    id_ = page.path.rsplit("/", 1)[1]
    assert re.fullmatch("[0-9a-f]{16}", id_)
    text = reader.open(f"{page.path}.csv").response.get_data().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert rows[0][:2] == [id_, "2026-03-01"]
    book = openpyxl.load_workbook(io.BytesIO(reader.client.get(f"{page.path}.xlsx").get_data()))
    first, counts, times = book.worksheets
    assert id_ in first["A2"].value
    sheet = [[*one, *other[1:]] for one, other in zip(counts.iter_rows(min_row=2, values_only=True), times.iter_rows(min_row=2, values_only=True), strict=True)]
    assert [list(row[1:]) for row in sheet] == [[float(cell) if cell else None for cell in row[5:]] for row in rows]
    assert all(cell.data_type != "f" for one in book.worksheets for line in one.iter_rows() for cell in line)
    assert any(str(row[0]).startswith("=HYPERLINK") for row in sheet)
    pdf = reader.client.get(f"{page.path}.pdf").get_data()
    assert pdf.startswith(b"%PDF")
    assert b"StructTreeRoot" in pdf
    assert [one.title.split(" ", 1)[0] for one in book.worksheets] == ["1", "2", "3"]
    assert "Berapa banyak" in counts.title
    assert head.index("Nomor cuplikan") == 0


def test_the_same_figures_come_out_later_and_have_the_same_id(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    reader.sign_in(world.head)
    before = keep(reader)
    assert keep(reader).path == before.path
    db.session.rollback()  # the requests wrote after this reading began
    make.answered(world.agency, 5, 5)
    db.session.commit()
    again = keep(reader)
    assert again.path != before.path
    assert reader.open(before.path).text == before.text


def test_every_file_that_leaves_is_written_in_the_log(make: Maker, world: World, reader: Reader) -> None:
    fill(make, world)
    path = keep(reader.sign_in(world.head)).path
    for file in (f"{path}.csv", f"{path}.xlsx", f"{path}.pdf", f"{BOARD}&format=csv"):
        assert reader.client.get(file).status_code == 200, file
    assert reader.client.get(f"{path}.exe").status_code == 404
    db.session.rollback()  # the requests wrote after this reading began
    taken = select(AuditEntry.actor_id, AuditEntry.detail, AuditEntry.subject).where(AuditEntry.deed == "insight.exported")
    here = f"unit:{world.agency}"
    wanted = [{"what": "report"}] * 3 + [{"what": "board"}]
    assert db.session.execute(taken.order_by(AuditEntry.id)).all() == [(world.head.person_id, what, here) for what in wanted]


def test_only_its_maker_opens_a_report(make: Maker, world: World, readers: Callable[[], Reader]) -> None:
    fill(make, world)
    path = keep(readers().sign_in(world.head)).path
    for form in ("", ".csv", ".xlsx", ".pdf"):
        assert readers().sign_in(world.governor).client.get(path + form).status_code == 404
        assert readers().sign_in(world.officer).client.get(path + form).status_code == 403
    assert readers().sign_in(world.head).open(path + ".exe").status == 404


def test_sixty_units_fill_few_pages_and_no_name_is_refused_as_the_title_of_a_sheet() -> None:
    """A column as wide as its numbers with its name on its side: of equal columns the names lay one over another."""
    head = ("Unit", *(f"Tanggapan pertama tepat waktu {number}" for number in range(24)))
    rows = tuple((f"Dinas Pekerjaan Umum dan Penataan Ruang {number}", *[12, 143.5, 2379672.4] * 8) for number in range(60))
    sheets = [Sheet("Berapa lama: [x] / y?", head, rows), Sheet("'" * 40, head, rows)]
    with pikepdf.open(io.BytesIO(printed("Contoh", ["Satu baris."], sheets, "id"))) as pdf:
        assert len(pdf.pages) <= 2 * 4
    book = openpyxl.load_workbook(io.BytesIO(spreadsheet("Contoh", ["Satu baris."], sheets)))
    assert len(book.worksheets) == 3
