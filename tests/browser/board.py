"""The dashboard in one tab, in front of a service that answers with what a test made."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.conftest import Outside, Voila, ready
from tests.browser.served import Answer, Files, files_served
from tests.browser.test_fetch import fetch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page


@dataclass(frozen=True)
class Board:
    """A page with the dashboard, the process id of its kernel, and the service that the Fetch panel asks."""

    page: Page
    kernel: int
    files: Files

    @property
    def panel(self) -> Locator:
        """The Fetch panel."""
        return self.page.locator(".ww-fetch")

    @property
    def message(self) -> Locator:
        """The facts of the last reply."""
        return self.panel.locator(".ww-chips").first

    @property
    def view(self) -> Locator:
        """What is shown of the last reply."""
        return self.panel.locator(".ww-view")

    def shows(
        self, body: bytes, media_type: str, *headers: tuple[str, str], status: int = 200, length: int | None = None
    ) -> Locator:
        """Serve bytes under a type, fetch them, and return what is shown."""
        answer = Answer(body, (("Content-Type", media_type), *headers), status, length)
        fetch(self.page, self.files.put(f"/{len(self.files.answers)}/reply", answer))
        return self.view

    def show_as(self, kind: str) -> None:
        """Choose another viewer."""
        self.view.get_by_label("Show as").first.select_option(label=kind)


@contextmanager
def opened(dashboard: Voila, chromium: Browser) -> Iterator[Board]:
    """Open the dashboard; at the end, no other host may have been asked and no error have been logged."""
    outside, errors = Outside([]), list[str]()
    others = set(dashboard.kernels())
    with files_served() as files:
        context = chromium.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True)
        context.on("request", outside.note)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(dashboard.url)
        ready(page)
        (kernel,) = set(dashboard.kernels()) - others
        yield Board(page, kernel, files)
        page.close(run_before_unload=True)  # As a person closes a tab: then its kernel ends too.
        context.close()
    assert outside.asked == []
    assert errors == []
