"""Foreign files: what is kept of good ones, and that no bad one harms anybody (SECURITY.md section 5)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest

from feedback.adapters import cleaner
from feedback.adapters.cleaner import Unfit, clean_file
from tests.files import samples

SECRETS = (b"Rahasia", b"Pemotret", b"Exif", b"Penulis", b"skrip", b"rahasia.exe", b"contoh.example", b"MZ program")


def _parts(data: bytes, kind: str) -> dict[str, bytes]:
    return {part.name: part.data for part in clean_file(data, kind).parts}


def test_a_photo_keeps_its_pixels_and_nothing_else() -> None:
    told = samples.telling_photo()
    assert all(word in told for word in (b"KameraRahasia", b"KomentarRahasia", b"ProfilRahasia", b"XmpRahasia", b"Exif"))
    parts = _parts(told, "jpeg")
    assert sorted(parts) == ["1600", "320"]
    for data in parts.values():
        assert not any(word in data for word in SECRETS)
    assert samples.size_of(parts["1600"]) == (640, 480)
    red, green, blue = samples.color_at(parts["1600"], (300, 200))
    assert green > 100
    assert red + blue < 30


@pytest.mark.parametrize(("written", "kind"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("HEIF", "heic")])
def test_it_is_turned_upright(written: str, kind: str) -> None:
    """Once: whatever opens a HEIC turns it already."""
    data = _parts(samples.turned_photo(written), kind)["1600"]
    assert samples.size_of(data) == (20, 60)
    assert samples.color_at(data, (10, 5))[0] > 200
    assert samples.color_at(data, (10, 55))[2] > 200


def test_sizes_for_lists_pages_and_screens() -> None:
    parts = _parts(samples.picture(size=(2400, 1200)), "jpeg")
    assert {name: samples.size_of(data) for name, data in parts.items()} == {
        "1600": (1600, 800), "800": (800, 400), "320": (320, 160),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.picture("PNG"), "png"),
        (samples.picture("PNG", mode="RGBA", color=(0, 0, 0, 0)), "png"),
        (samples.picture("PNG", mode="P", color=3), "png"),
        (samples.picture("PNG", mode="I;16", color=40_000), "png"),
        (samples.picture("PNG", mode="1", color=1), "png"),
        (samples.picture("JPEG", mode="CMYK", color=(255, 0, 0, 0)), "jpeg"),
        (samples.picture("JPEG", mode="L", color=90), "jpeg"),
        (samples.picture("WEBP"), "webp"),
        (samples.picture("HEIF"), "heic"),
        (samples.animation(), "webp"),
        (samples.picture(size=(1, 1)), "jpeg"),
        (samples.picture("PNG", size=(1, 60_000)), "png"),
        (samples.picture("PNG", size=(8000, 5000), mode="L", color=9), "png"),
    ],
    ids=[str(number) for number in range(13)],
)
def test_every_sort_of_picture_becomes_a_plain_one(data: bytes, kind: str) -> None:
    for part in clean_file(data, kind).parts:
        assert part.data.startswith(b"\xff\xd8\xff")
        assert samples.size_of(part.data) == (part.width, part.height)


def test_transparent_is_white_and_sixteen_bits_are_not_cut() -> None:
    clear = _parts(samples.picture("PNG", mode="RGBA", color=(0, 0, 0, 0)), "png")["1600"]
    assert min(samples.color_at(clear, (5, 5))) > 250
    grey = _parts(samples.picture("PNG", mode="I;16", color=0x8000), "png")["1600"]
    assert 120 < samples.color_at(grey, (5, 5))[0] < 136


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [
        (samples.bomb(), "png", "too_many_pixels"),
        (samples.bomb(6000, 6000), "png", "unreadable"),
        (samples.picture("PNG", size=(8000, 5001), mode="L", color=9), "png", "too_many_pixels"),
        (samples.picture()[:300], "jpeg", "unreadable"),
        (samples.picture("PNG")[:-40], "png", "unreadable"),
        (samples.picture("HEIF")[:200], "heic", "unreadable"),
        (b"\xff\xd8\xff" + os.urandom(3000), "jpeg", "unreadable"),
        (samples.picture("GIF"), "jpeg", "unreadable"),
        (samples.document()[:60], "pdf", "unreadable"),
        (b"%PDF-1.7\n%%EOF", "pdf", "unreadable"),
        (samples.document(201), "pdf", "too_many_pages"),
        (samples.document(encryption=pikepdf.Encryption(owner="a", user="b")), "pdf", "encrypted"),
        (samples.document(encryption=pikepdf.Encryption(owner="a", user="")), "pdf", "encrypted"),
    ],
    ids=[str(number) for number in range(13)],
)
def test_bad_files_are_refused_by_a_code_and_soon(data: bytes, kind: str, code: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unfit) as refused:
        clean_file(data, kind)
    assert refused.value.code == code
    assert time.monotonic() - began < 30


def test_hidden_words_that_unfold_cost_nothing() -> None:
    began = time.monotonic()
    with pytest.raises(Unfit):
        clean_file(samples.text_bomb(), "png")
    assert time.monotonic() - began < 30


def test_what_hangs_behind_a_picture_is_gone() -> None:
    for tail in (samples.archive(), b"<script>alert('skrip')</script>"):
        for data in _parts(samples.picture() + tail, "jpeg").values():
            assert tail[:20] not in data


def test_a_document_keeps_its_pages_and_nothing_that_tells_or_acts() -> None:
    told = samples.loaded_document()
    cleaned = clean_file(told, "pdf")
    [part] = cleaned.parts
    assert cleaned.pages == 1
    with pikepdf.open(io.BytesIO(part.data)) as made:
        assert set(made.Root.keys()) <= {"/Type", "/Pages", "/Version"}
        assert "/Info" not in made.trailer
        assert "/Annots" not in made.pages[0].obj
        words = b"".join(one.unparse(resolved=True) for one in made.objects)
        streams = b"".join(one.read_raw_bytes() for one in made.objects if isinstance(one, pikepdf.Stream))
        for secret in SECRETS:
            assert secret not in words + streams + part.data, secret
        for key in (b"/JavaScript", b"/JS", b"/OpenAction", b"/EmbeddedFile", b"/URI", b"/AcroForm", b"/Metadata"):
            assert key not in words, key
        [photo] = [one for one in made.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        assert samples.size_of(photo.read_raw_bytes()) == (640, 480)
        # what was written in the field is ink on the page now
        forms = [one for one in made.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form"]
        assert [b"0 0 50 20 re" in one.read_bytes() for one in forms] == [True]
        assert len(made.pages[0].Resources.XObject) == 2


def _confined(body: str) -> subprocess.CompletedProcess[str]:
    """What somebody could do who took the child over: it is confined before it reads the file."""
    start = f"import sys; sys.path.insert(0, {str(Path(cleaner.CHILD).parent)!r}); import cleaner_child as child, os, socket\n"
    script = start + "child._load('jpeg'); child.limit()\n" + body
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "deed",
    ["socket.socket()", "open('/etc/passwd')", "os.listdir('/')", "os.open('/tmp', os.O_RDONLY)", "os.pipe()", "b'a' * (1 << 31)"],
)
def test_the_child_can_open_nothing_and_take_no_more_memory(deed: str) -> None:
    done = _confined(f"try:\n    {deed}\nexcept (OSError, MemoryError) as error:\n    print('held', type(error).__name__)")
    assert done.stdout.startswith("held"), done
    free = subprocess.run([sys.executable, "-c", f"import os, socket\n{deed}"], capture_output=True, text=True, timeout=60)
    assert free.returncode == 0, "the deed must work where nothing confines it"


def test_the_child_cannot_start_another_program() -> None:
    done = _confined("os.execv('/bin/sh', ['sh', '-c', 'echo free'])")
    assert "free" not in done.stdout


def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "kunci-yang-rahasia")
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; sys.stdin.buffer.read(); sys.stdout.write(str(dict(os.environ)))")
    monkeypatch.setattr(cleaner, "CHILD", spy)
    assert b"kunci-yang-rahasia" not in cleaner._ask_child(b"x", "jpeg")


@pytest.mark.parametrize(
    "body",
    ["import os; os.abort()", "raise SystemExit(3)", "import sys; sys.stdout.write('{}\\n')", "import sys; sys.stdout.write('[' * 5000 + '\\n')",
     "import sys; sys.stdout.write('{\"refused\": null, \"pages\": null, \"parts\": [{\"name\": \"../x\", \"width\": 1, \"height\": 1, \"length\": 1}]}\\nx')",
     "import sys; sys.stdout.write('{\"refused\": \"<b>\", \"pages\": null, \"parts\": []}\\nx')", "print('a' * 40_000_000)"],
)  # fmt: skip
def test_a_child_that_dies_or_lies_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str) -> None:
    child = tmp_path / "child.py"
    child.write_text(body)
    monkeypatch.setattr(cleaner, "CHILD", child)
    monkeypatch.setattr(cleaner, "SECONDS", 3)  # who prints without reading is ended by the clock
    for data in (b"x", b"x" * 3_000_000):
        with pytest.raises(Unfit) as refused:
            clean_file(data, "jpeg")
        assert refused.value.code == "unreadable"


def test_a_child_that_hangs_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(cleaner, "CHILD", child)
    monkeypatch.setattr(cleaner, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(Unfit):
        clean_file(b"x" * 3_000_000, "jpeg")
    assert time.monotonic() - began < 30
