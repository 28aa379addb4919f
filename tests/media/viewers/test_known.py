from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from widgets.media.sniff import sniff

if TYPE_CHECKING:
    from tests.media.conftest import Shows


def grib(edition: int) -> bytes:
    length = 40
    head = b"GRIB" + (length.to_bytes(3, "big") + b"\1" if edition == 1 else b"\0\0\0\2" + length.to_bytes(8, "big"))
    return head.ljust(length - 4, b"\0") + b"7777"


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize("declared", ["application/x-grib", "application/grib", "", "application/octet-stream"])
def test_grib_says_how_many_messages_it_has_and_what_reads_it(edition: int, declared: str, shows: Shows) -> None:
    seen = shows(grib(edition) * 3 + grib(edition)[:20], declared)
    assert f"GRIB edition {edition}, 3 messages: fields of a weather model. It is not drawn here" in seen.html
    assert "47 52 49 42" in seen.html


def test_a_text_that_begins_like_grib_is_text() -> None:
    assert sniff(b"GRIB is a format").media_type == "text/plain"


@pytest.mark.parametrize("declared", ["application/dicom", ""])
def test_dicom_is_known_and_said_not_to_be_drawn(declared: str, shows: Shows) -> None:
    seen = shows(bytes(128) + b"DICM" + bytes(40), declared)
    assert "DICOM: a medical picture" in seen.html
    assert "It is not drawn here" in seen.html
