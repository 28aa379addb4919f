"""Libraries that rule a field are loaded where it is decoded only; without one the page says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from widgets.media import viewers
from widgets.media.child import DecoderError, in_child
from widgets.media.decoders.extra import extra

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Shows

ROOT = Path(__file__).parents[2]
HEAVY = (
    *(
        "numpy",
        "astropy",
        "h5py",
        "netCDF4",
        "pyarrow",
        "python_calamine",
        "mammoth",
        "tifffile",
        "imagecodecs",
        "cbor2",
    ),
    *("msgpack", "bson", "google.protobuf", "yaml", "pillow_heif", "pillow_jxl"),
)


def without(library: str, work: Callable[..., object], *arguments: Any) -> object:
    """Do `work` where `library` cannot be imported; runs in the child."""
    kept = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == library}
    for name in kept:
        del sys.modules[name]
    sys.modules[library] = None  # type: ignore[assignment]  # this is how Python is told that there is none
    try:
        return work(*arguments)
    finally:
        del sys.modules[library]
        sys.modules.update(kept)


@pytest.mark.parametrize("library", ["astropy", "h5py", "pyarrow", "cbor2", "python_calamine"])
def test_without_a_library_the_reason_says_what_to_install(library: str) -> None:
    with pytest.raises(
        DecoderError, match=rf"needs {library}, which is not installed here; pip install 'waitwise\[science\]'"
    ):
        in_child(without, library, extra, library)


def test_the_kernel_loads_none_of_them() -> None:
    code = f"import sys, widgets; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_process_that_decodes_is_not_started_with_them() -> None:
    code = f"import sys, widgets.media.decoders; print([name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_reply_that_needs_a_missing_library_is_bytes_with_the_reason(
    shows: Shows, fits: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(work: Callable[..., object], *arguments: Any) -> object:
        return in_child(without, "astropy", work, *arguments)

    monkeypatch.setattr(viewers.fits, "in_child", hidden)
    html = shows(fits, "application/fits").html
    assert "Shown as bytes: it cannot be decoded: showing it needs astropy, which is not installed here; pip" in html
    assert "53 49 4d 50 4c 45" in html


def load_all_and_hold(size: int) -> int:
    """Runs in the child."""
    for name in HEAVY:
        extra(name)
    return len(bytearray(size))


def test_a_process_that_holds_every_library_has_room_left_and_keeps_its_limit() -> None:
    assert in_child(load_all_and_hold, 250_000_000) == 250_000_000
    with pytest.raises(DecoderError, match="more than 512 MB"):
        in_child(load_all_and_hold, 512_000_000)
