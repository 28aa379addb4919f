from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import imagecodecs
import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - this registers it
import pytest
import tifffile
from PIL import Image

from widgets.media.viewers.drawn import Chosen

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.media.conftest import Shows

RAMP = np.tile(np.arange(320, dtype=np.uint16), (200, 1))


def picture_in(seen: Any) -> Image.Image:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', seen.html)
    assert found, seen.html[:500]
    return Image.open(io.BytesIO(base64.b64decode(found[0])))


def greys(seen: Any, places: tuple[int, ...] = (0, 80, 160, 240, 319)) -> list[Any]:
    picture = picture_in(seen)
    return [picture.getpixel((place, picture.height // 2)) for place in places]


def tiff(values: Any, **options: Any) -> bytes:
    out = io.BytesIO()
    tifffile.imwrite(out, values, **options)
    return out.getvalue()


def saved(values: Any, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(values).save(out, kind, **options)
    return out.getvalue()


def graymap(largest: int) -> bytes:
    return b"P5\n# a ramp\n320 200\n%d\n" % largest + RAMP.astype(">u2").tobytes()


DEEP: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "uint16 TIFF": ("image/tiff", lambda: tiff(RAMP * 100), "black is 0 and white 31900"),
    "int16 TIFF": ("image/tiff", lambda: tiff(RAMP.astype(np.int16) - 160), "black is -160 and white 159"),
    "uint32 TIFF": ("image/tiff", lambda: tiff(RAMP.astype(np.uint32) * 1000), "black is 0 and white 319000"),
    "float32 TIFF": ("image/tiff", lambda: tiff(RAMP.astype(np.float32) / 10 + 270), "black is 270 and white 301.9"),
    "float64 TIFF in tiles": (
        "image/tiff",
        lambda: tiff(RAMP.astype(np.float64), tile=(64, 64), compression="zlib", predictor=True),
        "black is 0 and white 319",
    ),
    "PNG of 16 bits": ("image/png", lambda: saved(RAMP, "PNG"), "black is 0 and white 319"),
    "PGM of 16 bits": ("image/x-portable-graymap", lambda: graymap(65535), "black is 0 and white 319"),
    "PGM of 10 bits": ("image/x-portable-graymap", lambda: graymap(1023), "black is 0 and white 319"),
    "JPEG 2000 of 16 bits": ("image/jp2", lambda: saved(RAMP, "JPEG2000"), "black is 0 and white 319"),
    "JPEG 2000 of 12 bits": (
        "image/jp2",
        lambda: bytes(imagecodecs.jpeg2k_encode(RAMP, bitspersample=12, codecformat="jp2", reversible=True, level=0)),
        "black is 0 and white 319",
    ),
}


@pytest.mark.parametrize("name", DEEP)
def test_a_ramp_of_many_values_looks_like_a_ramp_and_its_range_is_said(name: str, shows: Shows) -> None:
    media_type, make, words = DEEP[name]
    seen = shows(make(), media_type)
    chosen = seen.one(Chosen)
    chosen.choices["stretch"].value = "range"
    chosen.join(20)
    assert words in seen.html
    assert greys(seen) == pytest.approx([0, 64, 128, 191, 255], abs=2)


def test_the_percentiles_leave_a_single_hot_pixel_out(shows: Shows) -> None:
    hot = RAMP.copy()
    hot[0, 0] = 65535
    seen = shows(tiff(hot), "image/tiff")
    assert "the 1st and 99th percentile of values from 0 to 65535" in seen.html
    assert greys(seen)[2] == pytest.approx(128, abs=4)


def test_missing_values_of_a_geotiff_are_transparent_and_its_place_is_said(shows: Shows) -> None:
    holes = RAMP.astype(np.float32)
    holes[:, :10] = -9999
    scale, tie = (33550, "d", 3, (0.5, 0.5, 0.0)), (33922, "d", 6, (0.0, 0.0, 0.0, -120.0, 40.0, 0.0))
    body = tiff(holes, extratags=[(*scale, True), (*tie, True), (42113, "s", 0, "-9999", True),
                                  (34735, "H", 4, (1, 1, 0, 0), True)])  # fmt: skip
    seen = shows(body, "image/tiff")
    assert "missing values are transparent" in seen.html
    assert "from -120 to 40 across and from -60 to 40 upwards" in seen.html
    assert picture_in(seen).getpixel((5, 100)) == (0, 0)


def test_a_missing_value_that_no_pixel_can_have_hides_none(shows: Shows) -> None:
    numbers = np.arange(200, dtype=np.uint16).reshape(10, 20)
    html = shows(tiff(numbers, extratags=[(42113, "s", 0, "-9999", True)]), "image/tiff").html
    assert "20 × 10" in html
    assert "transparent" not in html


def test_channels_and_pages_can_be_chosen(shows: Shows) -> None:
    many = np.stack([RAMP * (channel + 1) for channel in range(5)], axis=-1)
    body = tiff(np.stack([many, many + 1000]), photometric="minisblack", planarconfig="contig")
    seen = shows(body, "image/tiff")
    assert "5 channels of uint16" in seen.html
    assert "2 pages" in seen.html
    chosen = seen.one(Chosen)
    chosen.choices["channel"].value = 4
    chosen.choices["page"].value = 2
    chosen.join(20)
    assert "values from 1000 to 2276" in seen.html


def test_channels_that_lie_apart_are_read_as_well(shows: Shows) -> None:
    apart = np.stack([RAMP, RAMP * 2, RAMP * 3])
    seen = shows(tiff(apart, photometric="minisblack", planarconfig="separate", rowsperstrip=64), "image/tiff")
    chosen = seen.one(Chosen)
    chosen.choices["channel"].value = 3
    chosen.join(20)
    assert "values from 0 to 957" in seen.html


def test_a_tiff_that_broke_off_shows_what_came(shows: Shows) -> None:
    body = tiff(RAMP.astype(np.float32), rowsperstrip=10)
    picture = picture_in(shows(body[: len(body) // 2], "image/tiff"))
    assert picture.getpixel((319, 10)) == (255, 255)
    assert picture.getpixel((319, 190)) == (0, 0)


def test_a_scan_of_several_pages_is_leafed_through(shows: Shows) -> None:
    out = io.BytesIO()
    pages = [Image.new("RGB", (40, 30), colour) for colour in ("red", "lime")]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    seen = shows(out.getvalue(), "image/tiff")
    chosen = seen.one(Chosen)
    chosen.choices["page"].value = 2
    chosen.join(20)
    assert picture_in(seen).getpixel((0, 0)) == (0, 255, 0)


def test_a_compression_that_pillow_lacks_is_undone(shows: Shows) -> None:
    seen = shows(tiff((RAMP // 2).astype(np.uint8), compression="lerc"), "image/tiff")
    assert "compression lerc" in seen.html
    assert "as it is, black is 0 and white 255" in seen.html
    assert greys(seen)[-1] == 159


def large(kind: str) -> bytes:
    across = np.arange(9000, dtype=np.uint32)
    if kind == "TIFF":
        return tiff(np.broadcast_to((across * 255 // 8999).astype(np.uint8), (7000, 9000)), rowsperstrip=100)
    if kind == "PNG":
        return saved(np.broadcast_to(across[:8000] >= 4000, (8000, 8000)), "PNG")
    grey = Image.fromarray(np.broadcast_to((across * 255 // 8999).astype(np.uint8), (7000, 9000)))
    out = io.BytesIO()
    grey.convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "size"), [("JPEG", "9,000 × 7,000"), ("PNG", "8,000 × 8,000"), ("TIFF", "9,000 × 7,000")]
)
def test_a_large_picture_is_shown_reduced_and_that_is_said(kind: str, size: str, shows: Shows) -> None:
    seen = shows(large(kind), f"image/{kind.lower()}")
    assert f"reduced from {size}" in seen.html
    picture = picture_in(seen).convert("L")
    assert max(picture.size) <= 1600
    ends = [picture.getpixel((place, 100)) for place in (3, picture.width - 4)]
    assert ends == pytest.approx([0, 255], abs=3)


def test_a_large_jpeg_2000_is_decoded_at_a_lower_resolution(shows: Shows) -> None:
    values = np.broadcast_to((np.arange(8000) // 8).astype(np.uint16), (6000, 8000))
    body = saved(np.ascontiguousarray(values), "JPEG2000", num_resolutions=6, irreversible=False)
    seen = shows(body, "image/jp2")
    assert "values from 0 to 999" in seen.html
    assert "JPEG2000, 8000 × 6000 pixels" in seen.html


def test_of_a_film_of_too_many_pixels_the_first_frame_is_shown(shows: Shows) -> None:
    frames = [Image.new("L", (1000, 1000), shade) for shade in range(0, 250, 5)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50)
    seen = shows(out.getvalue(), "image/gif")
    assert "50 frames" in seen.html
    assert "only the first frame is shown" in seen.html
    assert picture_in(seen).getpixel((0, 0)) == (0, 0, 0)


def test_what_fits_in_no_decoder_is_bytes_with_the_size(shows: Shows) -> None:
    seen = shows(saved(np.zeros((20_000, 20_000), bool), "PNG"), "image/png")
    assert "Shown as bytes: it cannot be decoded: 20000 × 20000 pixels take 400 MB, more than the 300 MB" in seen.html


def test_a_tiff_that_claims_no_end_costs_its_decoder_only(shows: Shows) -> None:
    body = bytearray(tiff(RAMP, compression="zlib"))
    for tag in (256, 257, 278):
        place = bytes(body).index(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0")
        body[place + 8 : place + 12] = (1 << 31).to_bytes(4, "little")
    html = shows(bytes(body), "image/tiff").html
    assert "Shown as bytes" in html or "This is not shown" in html


def modern(kind: str) -> bytes:
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    grey = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1))).convert("RGB")
    grey.save(out, kind, quality=95)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "media_type"), [("HEIF", "image/heic"), ("JXL", "image/jxl"), ("HEIF", "image/heif")])
def test_heic_and_jpeg_xl_become_pictures_that_any_browser_shows(kind: str, media_type: str, shows: Shows) -> None:
    for declared in (media_type, "application/octet-stream"):
        seen = shows(modern(kind), declared)
        assert f"{'JPEG XL' if kind == 'JXL' else kind}, 256 × 64 pixels" in seen.html
        assert [grey[0] for grey in greys(seen, (0, 128, 255))] == pytest.approx([0, 128, 255], abs=4)
    assert shows(modern(kind), media_type).whole.verdict.agreed


def test_a_heic_that_claims_a_huge_grid_costs_its_decoder_only(shows: Shows) -> None:
    body = modern("HEIF")
    place = body.index(b"ispe") + 8
    for side in (30_000, 1 << 31):
        huge = body[:place] + side.to_bytes(4, "big") * 2 + body[place + 8 :]
        html = shows(huge, "image/heic").html
        assert "Shown as bytes" in html
