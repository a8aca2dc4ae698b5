"""Hours and closed days as people type them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.clocks.rules.calendar import END_OF_DAY, Day, SpecialHours
from feedback.clocks.rules.handwriting import (
    read_closed,
    read_dates,
    read_hours,
    read_special,
    write_closed,
    write_hours,
    write_special,
)
from feedback.clocks.rules.holidays import Holiday, HolidayKind, parse_decree
from feedback.kernel.errors import Invalid
from tests.clocks.test_properties import days

HEAD = "tanggal,nama,jenis,keputusan\n"


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("08.00-12.00, 13.00-16.00", ((time(8), time(12)), (time(13), time(16)))),
        ("13:00 - 16:30,8:00-12:00", ((time(8), time(12)), (time(13), time(16, 30)))),
        ("20.00–24.00", ((time(20), END_OF_DAY),)),
        ("", ()),
        (" Tutup ", ()),
        ("-", ()),
    ],
)
def test_hours_are_read(written: str, hours: Day) -> None:
    assert read_hours(written) == hours


@pytest.mark.parametrize("written", ["8-12", "25.00-26.00", "pagi", "08.00-12.00;13.00-16.00", "08.60-09.00", "24.00-24.00"])
def test_what_is_no_time_is_refused_at_its_field(written: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_hours(written, field="mon")
    assert refusal.value.field == "mon"


@given(days())
def test_hours_come_back_as_written(day: Day) -> None:
    assert read_hours(write_hours(day)) == day


@given(st.lists(days(), min_size=7, max_size=7))
def test_dated_hours_come_back_as_written(week: list[Day]) -> None:
    special = (SpecialHours(date(2026, 2, 18), date(2026, 3, 19), tuple(week)),)
    assert read_special(write_special(special)) == special


def test_dated_hours_are_written_for_spans_of_days() -> None:
    (found,) = read_special("2026-02-18 s.d. 2026-03-19: sen-kam 08.00-15.00; jum 08.00-15.30\n\n")
    assert [bool(day) for day in found.week] == [True] * 5 + [False] * 2
    assert found.week[4] == ((time(8), time(15, 30)),)


@pytest.mark.parametrize(
    "written",
    ["Ramadan", "2026-02-18 s.d. besok: sen 08.00-15.00", "2026-02-18 s.d. 2026-03-19: mon 08.00-15.00", "2026-02-18: sen 08.00-15.00"],
)
def test_dated_hours_that_cannot_be_read_are_refused(written: str) -> None:
    with pytest.raises(Invalid):
        read_special(written)


def test_closed_days_come_back_as_written() -> None:
    day = Holiday(date(2026, 10, 17), "Hari jadi kota", HolidayKind.LOCAL, "SK 12/2026")
    assert read_closed(write_closed([day])) == (day,)
    for wrong in ("2026-10-17", "2026-10-17 | Nama |", "17/10/2026 | Nama | SK", f"{write_closed([day])}\n{write_closed([day])}"):
        with pytest.raises(Invalid):
            read_closed(wrong)


def test_dates_one_a_line() -> None:
    assert read_dates("2026-12-24\n\n 2026-12-25 ") == {date(2026, 12, 24), date(2026, 12, 25)}


def test_a_decree_is_read_in_both_languages_and_delimiters() -> None:
    expected = Holiday(date(2027, 1, 1), "Tahun Baru", HolidayKind.PUBLIC_HOLIDAY, "SKB 1")
    assert parse_decree(HEAD + "2027-01-01,Tahun Baru,Libur Nasional,SKB 1\n") == (expected,)
    assert parse_decree("\ufeffdate;name;kind;decree\n2027-01-01;Tahun Baru;public_holiday;SKB 1\n") == (expected,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Baris pertama"),
        ("nama,jenis\nx,y\n", "Baris pertama"),
        (HEAD, "tidak berisi"),
        (HEAD + "2027-01-01,Tahun Baru,libur nasional,\n", "Baris 2"),
        (HEAD + "2027-01-01,Tahun Baru,libur nasional,belum terbit\n", "Baris 2"),
        (HEAD + "2027-01-01,,libur nasional,SKB\n", "Baris 2"),
        (HEAD + "2027-01-01,Tahun Baru,lokal,SKB\n", "Baris 2"),
        (HEAD + "1 Jan,Tahun Baru,libur nasional,SKB\n", "Baris 2"),
        (HEAD + "2027-01-01,A,libur nasional,SKB\n2027-01-01,B,cuti bersama,SKB\n", "Baris 3"),
        (HEAD + "2027-01-01\n", "Baris 2"),
        (HEAD + "".join(f"{date.fromordinal(739000 + n)},A,libur nasional,S\n" for n in range(401)), "terlalu panjang"),
    ],
)
def test_a_decree_with_a_mistake_is_refused_whole(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_decree(text)
    assert told in str(refusal.value)
