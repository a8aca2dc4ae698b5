"""Private data is told by its shape: how often rightly, on a corpus of invented sentences, and at a linear cost."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.kernel.private import find, mask
from feedback.kernel.private.places import AREA_CODES, PLATES, PROVINCES

CORPUS = Path(__file__).parent / "corpus"
PRECISION, RECALL = 0.995, 0.99  # what docs/privacy-shield.md promises


def corpus(name: str) -> list[tuple[str, set[tuple[str, str]]]]:
    lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(row["text"], {(kind, words) for kind, words in row["found"]}) for row in rows]


def found(text: str) -> set[tuple[str, str]]:
    return {(one.kind.value, one.words) for one in find(text)}


def kinds(text: str) -> list[str]:
    return [one.kind.value for one in find(text)]


def test_precision_and_recall_are_what_the_document_says() -> None:
    positive, negative = corpus("positive"), corpus("negative")
    assert min(len(positive), len(negative)) >= 200
    assert all(wanted for _, wanted in positive)
    right = wrong = missed = 0
    for text, wanted in positive + negative:
        got = found(text)
        right, wrong, missed = right + len(got & wanted), wrong + len(got - wanted), missed + len(wanted - got)
    assert right / (right + wrong) >= PRECISION
    assert right / (right + missed) >= RECALL


@pytest.mark.parametrize("text", [text for text, _ in corpus("negative")][::3])
def test_nothing_is_found_where_nothing_private_is(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("3171014501900000", ["nik"]),  # a woman, born on the fifth
        ("3171013001900000", ["nik"]),
        ("3171013002900000", []),  # 30 February
        ("3171013104900000", []),  # 31 April
        ("3171017101900000", ["nik"]),  # a woman, born on the 31st
        ("3171017201900000", []),
        ("3171014013900000", []),  # no such month
        ("3171010001900000", []),
        ("9971014501900000", []),  # no such province
        ("31710145019000001", []),  # seventeen digits
        ("x3171014501900000", []),
        ("3171 0145 0190 0000", ["nik"]),
        ("31.71.01.450190.0000", ["nik"]),
        ("KK 3171010501900000", ["family_card"]),
        ("Rp 3171014501900000", []),
        ("081200000012", ["phone"]),
        ("08120000", []),  # too short
        ("08120000001234", []),  # too long
        ("0812 0000 0012 2 kali", ["phone"]),
        ("+62 21 5000 0026", ["phone"]),
        ("62 21 5000 0026", []),  # without the plus it may be anything
        ("(0771) 200015", ["phone"]),
        ("0770 200015", []),  # no such area
        ("0800 1 234567", []),
        ("MB-0812-3456", []),
        ("MB-0812-3456 7890", []),
        ("B 1234 XYZ", ["plate"]),
        ("Blok B 1234 XYZ", []),
        ("B 12 RT 05", []),
        ("DI 1234 AB", []),  # no such region
        ("nur@contoh.id", ["email"]),
        ("nur@dinas.kota.go.id", []),
        ("rek BCA 0000123456", ["bank_account"]),
        ("rekening listrik 531234567890", []),
        ("BPJS 0001234567890", ["bpjs"]),
        ("0001234567890", []),
        ("paspor A1234567", ["passport"]),
        ("A1234567", []),
        ("081200000012@contoh.id", ["email"]),  # the number is part of the address
    ],
)
def test_the_structure_decides(text: str, wanted: list[str]) -> None:
    assert kinds(text) == wanted


# How people write what they were told not to write.
DISGUISED = [
    ("3171 2345 0890 0003", "nik"), ("**3171**2345**0890**0003", "nik"), ("3171/2345/0890/0003", "nik"),
    ("3171_2345_0890_0003", "nik"), ("３１７１２３４５０８９００００３", "nik"), ("NIK3171234508900003", "nik"),
    ("\u200b".join("3171234508900003"), "nik"), (" ".join("3171234508900003"), "nik"), ("31712345O89OOOO3", "nik"),
    ("O8I2 3456 789O", "phone"), ("08l2 3456 7890", "phone"), ("o812 3456 7890", "phone"),
    ("nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol", "phone"),
    ("Kosong delapan satu dua, tiga empat lima enam, tujuh delapan", "phone"), ("nol8 12 3456 7890", "phone"),
    ("0812 tiga empat lima enam 7890", "phone"), ("zero eight one two three four five six seven eight", "phone"),
    ("０８１２３４５６７８９０", "phone"), ("⓪⑧①②③④⑤⑥⑦⑧⑨⓪", "phone"), ("𝟎𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎", "phone"),
    ("\ufe0f\u20e3".join("081234567890") + "\ufe0f\u20e3", "phone"), ("٠٨١٢٣٤٥٦٧٨٩٠", "phone"),
    ("**0812** 3456 **7890**", "phone"), ("`0812`-`3456`-`7890`", "phone"), ("0812\u20113456\u20147890", "phone"),
    ("0812_3456_7890", "phone"), ("0812/3456/7890", "phone"), ("0812,3456,7890", "phone"), ("0812|3456|7890", "phone"),
    ("0812•3456•7890", "phone"), ("0812    3456  -  7890", "phone"), ("0812\u20603456\u20607890", "phone"),
    (" ".join("081234567890"), "phone"), ("08-12-34-56-12-90", "phone"), ("wa081234567890", "phone"),
    ("081234567890an", "phone"), ("WA 81234567890", "phone"), ("https://wa.me/6281234567890", "phone"),
    ("nur [at] gmail.com", "email"), ("nur(at)gmail(dot)com", "email"), ("nur at gmail titik com", "email"),
    ("nur @ gmail . com", "email"), ("nur@gmail,com", "email"), ("nur＠gmail．com", "email"), ("nur@gmailcom", "email"),
    ("nur\u200b@g\u200bmail.com", "email"), ("nur@gmail", "email"), ("nur et yahoo dot co.id", "email"),
    ("0812<strong>3456</strong>7890", "phone"), ("0812&nbsp;3456&nbsp;7890", "phone"), ("&#48;8123456&#x37;890", "phone"),
    ("<em>0812</em> <em>3456</em> 7890", "phone"), ("0812<a href=\"https://contoh.id\">3456</a>7890", "phone"),
    ("<a href=\"mailto:nur&#64;gmail.com\">surel</a>", "email"), ("nur<em>@</em>gmail.com", "email"), ("nur&commat;gmail.com", "email"),
    ("<a href=\"https://wa.me/6281234567890\">WA</a>", "phone"), ("DG <strong>1234</strong> AB", "plate"),
    ("DG  1234  AB", "plate"), ("DG 1234AB", "plate"), ("ＤＧ １２３４ ＡＢ", "plate"), ("**DG** 1234 **AB**", "plate"),
    ("0123456789 (BCA)", "bank_account"), ("0123456789 a.n. Nur bank BNI", "bank_account"),
    ("transfer ke 0123456789", "bank_account"), ("B.C.A O123456789", "bank_account"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), DISGUISED)
def test_a_disguise_hides_nothing(text: str, kind: str) -> None:
    text = f"Tolong hubungi {text} segera."
    [one] = find(text)
    assert one.kind == kind
    assert text[one.start : one.end] == one.words
    hidden = text[: one.start] + mask(one) + text[one.end :]
    assert find(hidden) == ()
    assert not any(word in hidden for word in ("3456", "345O", "2345", "tiga", "gmail", "yahoo", "1234", "12345"))


@pytest.mark.parametrize(
    "text",
    [
        "Tanggal 08-12-2026 10.30 sampai 08/12/2026 10:45", "Bus 08.12 09.30 10.15 11.40 12.00", "tanggal 08 10 12 14 16",
        "Surat 031/456/2026 dan 022/345/2026", "buka 08:15-12:15, 13:15-16:30", "salah satu dari dua, tiga hari, empat kali",
        "satu dua tiga", "Rp 1.500.000, 2.000.000", "nomor 3171 dan 2345", "ukuran 10l dan 20O", "saya login at gmail tidak bisa",
        "0812", "nilai 0,8123456789", "kode 8123456789", "Pasal 08 10 2026 1030", "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6",
    ],
)  # fmt: skip
def test_dates_hours_and_counts_are_no_disguise(text: str) -> None:
    assert found(text) == set()


def test_places_are_real_ones() -> None:
    assert len(PROVINCES) == 38
    assert {"B", "D", "BP", "BB", "DG"} <= PLATES
    assert {"021", "0771", "0921", "0967"} <= AREA_CODES
    assert not any(code.startswith(("08", "00", "01")) for code in AREA_CODES)


def test_finding_stands_where_it_says() -> None:
    text = "HP 0812-0000-0012, surel nur@contoh.id; NIK 3171 0145 0190 0000."
    assert [text[one.start : one.end] for one in find(text)] == [one.words for one in find(text)]
    assert kinds(text) == ["phone", "email", "nik"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("081200000012", "08••••••••12"),
        ("+62 812 0000 0012", "+62 ••• •••• ••12"),
        ("3171 0145 0190 0000", "31•• •••• •••• ••00"),
        ("nur@contoh.id", "n•••@•••"),
        ("BP 1234 AB", "BP •••• ••"),
        ("O8I2 3456 789O", "O8•• •••• ••9O"),
        ("DG <strong>1234</strong> AB", "••••••••"),
        ("nol delapan satu dua tiga empat lima enam tujuh delapan", "••••••••"),  # lengths of words would tell
    ],
)
def test_a_mask_hides_all_but_its_ends(text: str, masked: str) -> None:
    assert mask(find(text)[0]) == masked


def test_a_masked_text_has_nothing_left_to_find() -> None:
    for text, _ in corpus("positive"):
        for one in reversed(find(text)):
            text = text[: one.start] + mask(one) + text[one.end :]
        assert find(text) == (), text


_PIECES = st.sampled_from(["0812", "62", "+62", "0000", "3171", "45", "01", "90", " ", "-", ".", "(", ")", "@", "a", "B",
                           "rek ", "nol ", "DELAPAN", "O", "l2", "*", "０", "\u200b", "[at]", "gmail", " at ", "BCA ", "KK ", "MB-", "\n", "Rp ", "paspor A", "٣", "x.id", "XY"])  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_findings_never_overlap_and_masking_keeps_the_rest(text: str) -> None:
    end = 0
    for one in find(text):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.words
        assert len(mask(one)) <= len(one.words) + 7
        end = one.end


HOSTILE = ["nol ", "satu dua", "O0", "a at gmail ", "1", "08 ", "a@", "a.a@", "@a.", "B 1 ", "rek 1 ", "0812 3456 7890 ", "3171014501900000", "BCA 1.", "-", "(0", "+62"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_cost_grows_with_the_length_only(piece: str) -> None:
    def cost(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.thread_time()
        find(text)
        return time.thread_time() - began

    # Eight times the text; quadratic would be sixty-four times the cost. A busy machine may spoil a measurement, but not five.
    costs = ((cost(20_000), cost(160_000)) for _ in range(5))
    assert any(large < 30 * small + 0.05 and large < 3 for small, large in costs)


