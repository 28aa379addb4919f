"""Make the README's pictures: `python -m tests.tools.screenshot [FOLDER]`. It fetches, probes, and takes the pages."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

from tests.browser.conftest import ROOT
from tests.tools.screenshots import certified, sample, stands

NAMES = ("open", "dashboard", "dark", "phone")
COLOURS = 256
"""Of a picture: a third of the bytes, and nobody sees it."""


def main(folder: Path) -> None:
    """Write the first screen, a certified verdict light and dark, and a phone."""
    with stands() as fresh:
        stand = fresh()
        page = stand.page
        for name in ("Sound", "PDF", "Table", "Picture"):
            sample(name)(stand)
        page.screenshot(path=folder / "open.png")
        certified(stand)
        page.wait_for_timeout(500)
        page.screenshot(path=folder / "dashboard.png")
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(300)
        page.screenshot(path=folder / "dark.png")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator(".ww-nav").get_by_role("button", name="Probe").click()
        page.wait_for_timeout(500)
        page.screenshot(path=folder / "phone.png")
    for name in NAMES:
        smaller(folder / f"{name}.png")


def smaller(path: Path) -> None:
    """Write a picture again with fewer colours."""
    with Image.open(path) as picture:
        # This way colours that are rare, as those of a few signs beside a photograph, stay what they are.
        fewer = picture.convert("RGB").quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
        fewer.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
