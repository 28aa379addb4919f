from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from PIL import ExifTags, Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows


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
    assert ("9 × 5 pixels, RGB, shown upright as its tag says" in html) == turned


def test_a_jpeg_of_more_bits_than_a_screen_says_why_it_is_not_drawn(
    shows: Callable[..., Any], picture: Callable[..., bytes]
) -> None:
    body = bytearray(picture("JPEG", (9, 5)))
    body[body.index(b"\xff\xc0") + 4] = 12
    assert (
        "Shown as bytes: it is a JPEG of 12 bits a sample, which browsers do not draw."
        in shows(bytes(body), "image/jpeg").html
    )


@pytest.mark.parametrize(
    ("mode", "words"), [("1", "black and white"), ("L", "grey"), ("P", "colours of a palette"), ("RGB", "RGB")]
)
def test_how_pixels_are_kept_is_said_in_words(mode: str, words: str, shows: Shows) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 6)).save(out, "PNG")
    assert f"PNG, 8 × 6 pixels, {words}<" in shows(out.getvalue(), "image/png").html
