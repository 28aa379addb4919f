"""What each kind of verdict looks like to those who read it, and to those who have it read to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, Voila, voila
from tests.browser.test_probe import panel, start, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAID = {
    "certified": ("Certified safe wait", "s between requests"),
    "estimated": ("Estimated wait", "s between requests"),
    "no-limit-seen": ("Not limited so far", "none refused"),
    "refused": ("The budget is spent", "Refused each time"),
    "nobody": ("No answer", "Connection reset"),
}
"""The label and the line of each panel in the gallery."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Voila]:
    """A page with a panel for each kind of verdict."""
    notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
    notebook["cells"][-1]["source"] = "from tests.browser.gallery import Gallery\n\nGallery()"
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "gallery.ipynb").write_text(json.dumps(notebook), "utf-8")
    with voila(folder, str(folder / "gallery.ipynb"), PYTHONPATH=str(ROOT)) as running:
        yield running


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_kind_of_verdict_is_fit_to_be_read_at_both_widths(
    gallery: Voila, open_page: Callable[..., Page], theme: str
) -> None:
    page = open_page(f"{gallery.url}?theme={theme}", viewport={"width": 1280, "height": 1000})
    for kind, (badge, line) in SAID.items():
        shown = page.locator(f".of-{kind}")
        expect(shown.locator(".ww-hero .ww-badge")).to_have_text(badge)
        expect(shown.locator(".ww-hero")).to_contain_text(line)
    assert faults(page) == ""
    page.set_viewport_size({"width": 480, "height": 1000})
    for kind in SAID:
        page.locator(f".of-{kind}").get_by_role("button", name="Share accepted").click()
        page.locator(f".of-{kind}").get_by_role("button", name="Facts").click()
        page.locator(f".of-{kind}").get_by_role("button", name="Headers", exact=True).click()
        expect(page.locator(f".of-{kind} .ww-detail")).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert [kind for kind in SAID if cut_off(page.locator(f".of-{kind} .ww-detail"))] == []
    assert faults(page) == ""


def test_the_answer_to_a_single_attempt_can_be_read_without_a_mouse(page: Page, service: str) -> None:
    start(page, f"{service}/no-such-page")
    expect(verdict(page)).to_contain_text("404")
    panel(page).get_by_role("button", name="Facts").focus()
    page.keyboard.press("Enter")
    panel(page).get_by_role("button", name="Headers", exact=True).focus()
    page.keyboard.press("Enter")
    expect(panel(page).locator(".ww-detail")).to_contain_text("Content-Type")
    page.keyboard.press("Enter")
    expect(panel(page).locator(".ww-detail")).to_have_count(0)


def cut_off(box: Locator) -> bool:
    """Whether something sticks out sideways."""
    return bool(box.evaluate("each => each.scrollWidth > each.clientWidth"))


def faults(page: Page) -> str:
    """What axe finds, a line for each. All rows of a table are alike, so that the first ones stand for them."""
    few = {"include": [[".ww-dashboard"]], "exclude": [[".ww-attempts tbody tr:nth-child(n + 4)"]]}
    # That several verdicts have the name of one is the gallery's doing.
    found = Axe().run(page, few, {"rules": {"landmark-unique": {"enabled": False}}}).response["violations"]
    return "\n".join(f"{fault['id']}: {node['html'][:300]}" for fault in found for node in fault["nodes"])
