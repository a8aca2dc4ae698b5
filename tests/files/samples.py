"""Good and bad files, made here: no foreign file is ever kept with the source."""

from __future__ import annotations

import dataclasses
import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from config import Settings

pillow_heif.register_heif_opener()
PLACE = (0.0, 44.0, 0.0)


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", color: Any = "green", **rest: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **rest)
    return out.getvalue()


def telling_photo() -> bytes:
    """A JPEG that says where, when and by whom it was taken, with a comment and a profile."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "KameraRahasia", "Nama Pemotret"
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "E", 4: (127.0, 33.0, 0.0)})
    xmp = b"<x:xmpmeta>XmpRahasia</x:xmpmeta>"
    return picture(exif=exif, comment=b"KomentarRahasia", icc_profile=b"ProfilRahasia" * 20, xmp=xmp)


def turned_photo(kind: str = "JPEG") -> bytes:
    """Taken with the phone on its side: 60 wide and 20 high as stored, red on the left, to be turned by 90 degrees."""
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    whole = Image.new("RGB", (60, 20), "blue")
    whole.paste("red", (0, 0, 30, 20))
    whole.save(out, kind, exif=exif.tobytes(), quality=95)
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some kilobytes that says it is 900 megapixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A small PNG whose compressed words unfold to fifty megabytes."""
    words = PngInfo()
    words.add_text("Comment", "a" * 50_000_000, zip=True)
    return picture("PNG", (10, 10), pnginfo=words)


def animation() -> bytes:
    """A WebP of three frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "green", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def document(pages: int = 2, **rest: Any) -> bytes:
    """A PDF with pages of its own."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page()
    return saved(made, **rest)


def saved(made: pikepdf.Pdf, **rest: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, **rest)
    return out.getvalue()


def loaded_document() -> bytes:
    """A PDF that carries names, a script, a link, another file, a filled-in field and a photo that tells its place."""
    made = pikepdf.new()
    made.add_blank_page()
    page = made.pages[0]
    made.docinfo["/Author"] = "Nama Penulis"
    with made.open_metadata() as told:
        told["dc:creator"] = ["Nama Penulis XMP"]
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('skrip rahasia')")
    made.attachments["rahasia.exe"] = b"MZ program tersembunyi"
    image = made.make_stream(telling_photo(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=640, Height=480,
                             ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode)  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Foto=image))
    page.Contents = made.make_stream(b"q 100 0 0 100 0 0 cm /Foto Do Q")
    ink = made.make_stream(b"0 0 1 rg 0 0 50 20 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 50, 20])
    field = made.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="isian", V="diisi", Rect=[10, 10, 60, 30],
        AP=pikepdf.Dictionary(N=ink), F=4,
    ))  # fmt: skip
    link = made.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://contoh.example/lacak"),
    ))  # fmt: skip
    page.Annots = made.make_indirect(pikepdf.Array([field, link]))
    made.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
    return saved(made)


def archive() -> bytes:
    """What office files and archives begin with."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def color_at(data: bytes, place: tuple[int, int]) -> tuple[int, ...]:
    found = Image.open(io.BytesIO(data)).convert("RGB").getpixel(place)
    assert isinstance(found, tuple)
    return tuple(int(one) for one in found)


def replaced(settings: Settings, **values: Any) -> Settings:
    return dataclasses.replace(settings, **values)
