"""Run alone by :mod:`feedback.adapters.cleaner`: takes one foreign file apart where a bomb or a hole harms nobody.

It imports nothing of ours, gets no environment, and before it looks at the file it gives up every means of opening
another one: with no free descriptor there is no file, no program and no network.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

MEGABYTE = 1 << 20
MEMORY = 1200 * MEGABYTE
CPU_SECONDS = 20
MOST_PIXELS = 40_000_000
MOST_PAGES = 200
SIDES = (1600, 800, 320)
FORMATS = {"jpeg": ["JPEG", "MPO"], "png": ["PNG"], "webp": ["WEBP"], "heic": ["HEIF"]}
# Keys of a PDF that say who, where and when, that act, or that carry other files.
UNWANTED = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/A", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles",
    "/EF", "/AF", "/Names", "/AcroForm", "/URI", "/Launch", "/Perms", "/Collection", "/StructParents", "/StructParent",
)  # fmt: skip


class Refused(Exception):
    """The file is not taken; the text is a code that the parent knows."""


def limit() -> None:
    """Give up memory beyond need, processor time, writing, and every new descriptor; what is open stays open."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(what, (most, most))


def read_image(data: bytes, kind: str) -> dict[str, Any]:
    """The picture in up to three sizes as JPEG, turned upright, with nothing but its pixels."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS[kind])
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Refused("too_many_pixels")
    picture.draft("RGB", (SIDES[0], SIDES[0]))
    picture.load()
    picture = _upright(_plain(picture, SIDES[0]))
    parts: list[dict[str, Any]] = []
    for side in SIDES:
        if parts and side >= picture.width:
            continue
        smaller = picture.copy()
        smaller.thumbnail((side, side * 4 if parts else side), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=80 if side == SIDES[0] else 76, optimize=True, progressive=True)
        parts.append({"name": str(side), "width": smaller.width, "height": smaller.height, "data": out.getvalue()})
    return {"parts": parts, "pages": None}


def _plain(picture: Any, side: int) -> Any:
    """Eight bits of red, green and blue, what is transparent on white; made small first, since big pictures cost."""
    from PIL import Image

    orientation = picture.getexif().get(0x0112, 1)
    if picture.mode.startswith("I"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture.convert("RGB"))
    clean.info["orientation"] = orientation
    return clean


def _upright(picture: Any) -> Any:
    from PIL.Image import Transpose

    turn = {
        2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
    }.get(picture.info.pop("orientation", 1))  # fmt: skip
    return picture if turn is None else picture.transpose(turn)


def read_pdf(data: bytes) -> dict[str, Any]:
    """The pages anew, with filled-in forms as ink and without metadata, scripts, links, actions or other files."""
    import pikepdf

    try:
        source = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Refused("encrypted") from None
    if source.is_encrypted:
        raise Refused("encrypted")
    if len(source.pages) > MOST_PAGES:
        raise Refused("too_many_pages")
    if len(source.pages) == 0:
        raise Refused("unreadable")
    source.generate_appearance_streams()
    source.flatten_annotations("all")
    for page in source.pages:
        _bare_page(page.obj)
    fresh = pikepdf.new()
    fresh.pages.extend(source.pages)
    for one in fresh.objects:
        _strip(one)
    out = io.BytesIO()
    fresh.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return {"parts": [{"name": "pdf", "width": 0, "height": 0, "data": out.getvalue()}], "pages": len(fresh.pages)}


_OF_PAGE = frozenset({
    "/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Rotate",
    "/Group", "/UserUnit", "/Parent",
})  # fmt: skip


def _bare_page(page: Any) -> None:
    """Only what is needed to print it: its annotations are ink by now."""
    for name in [name for name in page.keys() if name not in _OF_PAGE]:  # noqa: SIM118  (a PDF object is no dict)
        del page[name]


def _strip(one: Any) -> None:
    import pikepdf

    if not isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        return
    for name in UNWANTED:
        if name in one:
            del one[name]
    if isinstance(one, pikepdf.Stream) and one.get("/Filter") == pikepdf.Name.DCTDecode:
        turned: Any = one.get("/DecodeParms")
        one.write(bare_jpeg(one.read_raw_bytes()), filter=pikepdf.Name.DCTDecode, decode_parms=turned)


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without its comment and application segments, but for the one that says how colours were turned."""
    return b"".join(_segments(data))


def _segments(data: bytes) -> Iterator[bytes]:
    if data[:2] != b"\xff\xd8":
        raise Refused("unreadable")
    yield data[:2]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        marker = data[at + 1]
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE:
            yield data[at:end]
        at = end
    yield data[at:]


def _load(kind: str) -> None:
    """Go once through everything with a harmless file: what is loaded late could not be opened any more."""
    if kind == "pdf":
        import pikepdf

        blank = pikepdf.new()
        blank.add_blank_page()
        for lock in (None, pikepdf.Encryption(owner="a", user="")):
            out = io.BytesIO()
            blank.save(out, encryption=lock or False)
            with contextlib.suppress(Refused):
                read_pdf(out.getvalue())
        return
    from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    assert all((JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin))
    if kind == "heic":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener()
    for mode, name in (("RGBA", "PNG"), ("RGB", "JPEG")):
        out = io.BytesIO()
        Image.new(mode, (400, 400)).save(out, name)
        read_image(out.getvalue(), name.lower())


def main(kind: str) -> None:
    """Read the file from standard input; answer with one line of JSON and the bytes of every part."""
    _load(kind)
    limit()
    data = sys.stdin.buffer.read()
    found: dict[str, Any] = {"parts": [], "pages": None, "refused": None}
    try:
        found |= read_pdf(data) if kind == "pdf" else read_image(data, kind)
    except Refused as refusal:
        found["refused"] = str(refusal)
    except MemoryError:
        found["refused"] = "too_heavy"
    except Exception:  # whatever a foreign file provokes: it cannot be read
        found["refused"] = "unreadable"
    bodies = [part.pop("data") for part in found["parts"]]
    for part, body in zip(found["parts"], bodies, strict=True):
        part["length"] = len(body)
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + b"".join(bodies))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
