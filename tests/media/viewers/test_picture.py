from __future__ import annotations

import base64
import io
import re
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image

if TYPE_CHECKING:
    from collections.abc import Callable


def sources(html: str) -> list[str]:
    return re.findall(r'src="(data:[^"]*)"', html)


@pytest.mark.parametrize(
    ("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp"),
                             ("BMP", "image/bmp"), ("ICO", "image/x-icon")]
)  # fmt: skip
def test_a_picture_is_shown_byte_for_byte_with_its_description(
    shows: Callable[..., Any], picture: Callable[..., bytes], kind: str, media_type: str
) -> None:
    data = picture(kind)
    seen = shows(data, "image/whatever", description='The "Moon"')
    assert sources(seen.html) == [f"data:{media_type};base64,{base64.b64encode(data).decode()}"]
    assert 'alt="The &quot;Moon&quot;"' in seen.html
    assert "60 × 40 pixels" in seen.html or kind == "ICO"
    assert '<input type="checkbox" aria-label="Full size">' in seen.html


def bytes_of(source: str) -> bytes:
    return base64.b64decode(source.partition(",")[2])


def test_a_picture_that_browsers_do_not_show_becomes_a_png(
    shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    seen = shows(picture("TIFF"), "image/tiff")
    assert bytes_of(sources(seen.html)[0]).startswith(b"\x89PNG")
    assert "TIFF, 60 × 40 pixels" in seen.html


def test_a_moving_picture_says_how_many_frames(shows: Callable[..., Any]) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "green", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert "3 frames" in shows(out.getvalue(), "image/gif").html


def test_a_drawing_is_a_picture_and_its_source_is_text(shows: Callable[..., Any]) -> None:
    seen = shows(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>y()</script></svg>', "image/svg+xml")
    assert sources(seen.html)[0].startswith("data:image/svg+xml;base64,")
    assert "<script" not in seen.html
    assert "&lt;script&gt;" in seen.html


def test_the_reason_names_no_object_of_the_program(shows: Callable[..., Any]) -> None:
    html = shows(b"\x89PNG\r\n\x1a\nnothing of the kind", "image/png").html
    assert "Shown as bytes: no picture that can be drawn here is found in it." in html
    assert "BytesIO" not in html


@pytest.mark.parametrize(("orientation", "turned"), [(1, False), (3, False), (6, True), (8, True)])
def test_a_picture_that_browsers_turn_says_so(
    orientation: int, turned: bool, shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    html = shows(picture("JPEG", (9, 5), exif=tags), "image/jpeg").html
    assert ("9 × 5 pixels, colour, 8 bits a channel, shown upright as its tag says" in html) == turned


def png(bits: int, colour: int) -> bytes:
    """A PNG of one pixel, in so many bits a sample, of the colour type of PNG (section 11.2.1)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, bits, colour, 0, 0, 0]))
    palette = chunk(b"PLTE", bytes(6)) if colour == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + head + palette + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("body", "media_type", "said"),
    [
        (png(8, 0), "image/png", "PNG, 1 × 1 pixels, 8-bit grey"),
        (png(4, 0), "image/png", "PNG, 1 × 1 pixels, 4-bit grey"),
        (png(1, 0), "image/png", "PNG, 1 × 1 pixels, black and white"),
        (png(16, 0), "image/png", "PNG, 1 × 1 pixels, 16-bit grey"),
        (png(16, 2), "image/png", "PNG, 1 × 1 pixels, colour, 16 bits a channel"),
        (png(4, 3), "image/png", "PNG, 1 × 1 pixels, a palette of up to 16 colours"),
        (png(8, 4), "image/png", "PNG, 1 × 1 pixels, 8-bit grey, with transparency"),
        (png(8, 6), "image/png", "PNG, 1 × 1 pixels, colour, 8 bits a channel, with transparency"),
        (b"P1 2 2 1 0 0 1", "image/x-portable-bitmap", "PBM, 2 × 2 pixels, black and white"),
        (b"P2 2 2 15 1 2 3 4", "image/x-portable-graymap", "PGM, 2 × 2 pixels, 4-bit grey"),
        (b"P5 2 2 4095\n" + bytes(8), "image/x-portable-graymap", "PGM, 2 × 2 pixels, 12-bit grey"),
        (b"P6 2 2 255\n" + bytes(12), "image/x-portable-pixmap", "PPM, 2 × 2 pixels, colour, 8 bits a channel"),
        (b"Pf\n1 1\n-1.0\n" + bytes(4), "image/x-portable-floatmap", "PFM, 1 × 1 pixels, grey as floating-point"),
    ],
)
def test_what_a_picture_holds_is_said_in_words_and_not_in_codes(
    body: bytes, media_type: str, said: str, shows: Callable[..., Any]
) -> None:
    assert f">{said}" in shows(body, media_type).html


@pytest.mark.parametrize(
    ("kind", "mode", "said"),
    [
        ("GIF", "P", "GIF, 60 × 40 pixels, a palette of up to 256 colours"),
        ("WEBP", "RGBA", "WebP, 60 × 40 pixels, colour, with transparency"),
        ("JPEG", "CMYK", "JPEG, 60 × 40 pixels, colour in four inks (CMYK)"),
        ("JPEG2000", "L", "JPEG 2000, 60 × 40 pixels, 8-bit grey"),
        ("TIFF", "L", "TIFF, 60 × 40 pixels, 8-bit grey"),
        ("TIFF", "1", "TIFF, 60 × 40 pixels, black and white"),
    ],
)
def test_a_picture_of_any_format_says_what_it_holds_in_words(
    kind: str, mode: str, said: str, shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    assert said in shows(picture(kind, mode=mode), f"image/{kind.lower()}").html


def test_a_jpeg_of_more_bits_than_a_screen_says_why_it_is_not_drawn(
    shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    body = bytearray(picture("JPEG", (9, 5)))
    body[body.index(b"\xff\xc0") + 4] = 12
    assert (
        "Shown as bytes: it is a JPEG of 12 bits a sample, which browsers do not draw."
        in shows(bytes(body), "image/jpeg").html
    )
