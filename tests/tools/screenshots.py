"""Take every state of the dashboard, at every size, light and dark: `python -m tests.tools.screenshots FOLDER`.

Further words name the states that are wanted; all of them where none is named.

It serves the bundled service with its times divided by 50, and a service of its own for what that one never does.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Voila, launched, ready, voila
from tests.browser.test_probe import choose, hero, panel, set_fields, start
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = {"desk": (1440, 900), "tall": (1440, 1400), "lab": (1056, 900), "tablet": (820, 1180), "phone": (390, 844)}
"""At 1056 the dashboard is 1008 wide, as it is in JupyterLab."""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONG = 90_000


@dataclass(frozen=True)
class Stand:
    """What a state needs: the page, the bundled service, the same with its own pace, and what can be killed."""

    page: Page
    service: str
    slow: str
    running: Voila
    browser: Browser


def sample(name: str) -> Callable[[Stand], None]:
    """A reply of that kind is shown."""

    def fetched(stand: Stand) -> None:
        stand.page.locator(".ww-fetch").get_by_role("button", name=name, exact=True).click()
        expect(stand.page.locator(".ww-chips")).to_contain_text("200 OK")
        stand.page.wait_for_timeout(1500)

    return fetched


def opened(stand: Stand) -> None:
    """Nothing was asked yet."""
    expect(hero(stand.page)).to_contain_text("Not measured yet")


def searching(stand: Stand) -> None:
    """A search is under way."""
    start(stand.page, f"{stand.slow}/Slow-NASA", strategy="careful")
    expect(hero(stand.page)).to_contain_text("still possible", timeout=LONG)


def on_trial(stand: Stand) -> None:
    """A wait is on trial for a certificate."""
    start(stand.page, f"{stand.service}/Slow-NASA", strategy="careful")
    expect(hero(stand.page)).to_contain_text("On trial", timeout=LONG)
    stand.page.wait_for_timeout(1500)


def certified(stand: Stand) -> None:
    """A wait is certified."""
    choose(stand.page, "careful")
    set_fields(stand.page, **{"Refused, % at most": "20", "Confidence, %": "80"})
    start(stand.page, f"{stand.service}/Slow-NASA", strategy=None)
    expect(hero(stand.page)).to_contain_text("Certified", timeout=LONG)


def estimated(stand: Stand) -> None:
    """A wait is estimated."""
    start(stand.page, f"{stand.service}/Slow-NASA")
    expect(hero(stand.page)).to_contain_text("s between requests", timeout=LONG)


def stopped(stand: Stand) -> None:
    """The person has stopped it."""
    searching(stand)
    panel(stand.page).get_by_role("button", name="Stop", exact=True).click()
    expect(hero(stand.page)).to_contain_text("Stopped by you")


def unlimited(stand: Stand) -> None:
    """Nothing was refused."""
    start(stand.page, f"{stand.service}/NASA/mars_landing_sites.json", strategy="quick")
    expect(hero(stand.page)).to_contain_text("Not limited so far", timeout=LONG)


def nothing(stand: Stand) -> None:
    """Nothing is at that address."""
    start(stand.page, f"{stand.service}/no-such-page")
    expect(hero(stand.page)).to_contain_text("404 Not Found")


def silent(stand: Stand) -> None:
    """Nobody answers."""
    start(stand.page, "http://127.0.0.1:9/")
    expect(hero(stand.page)).to_contain_text("No answer")


def stranger(stand: Stand) -> None:
    """A host that belongs to somebody else."""
    start(stand.page, "http://api.example.org/v1/items")
    expect(hero(stand.page)).to_contain_text("is not this machine")


def unfinished(stand: Stand) -> None:
    """An earlier probe broke off."""
    other = stand.browser.new_page(viewport={"width": 1440, "height": 900})
    other.goto(stand.running.url)
    ready(other)
    start(other, f"{stand.slow}/Slow-NASA?broke", strategy="careful")
    expect(hero(other)).to_contain_text("still possible", timeout=LONG)
    other.close(run_before_unload=True)
    stand.page.wait_for_timeout(10_000)  # as long as a prober that is heard of no more keeps its target
    start(stand.page, f"{stand.slow}/Slow-NASA?broke", strategy="careful")
    expect(hero(stand.page)).to_contain_text("Unfinished", timeout=LONG)


def looking_on(stand: Stand) -> None:
    """Another page probes it."""
    other = stand.browser.new_page(viewport={"width": 1440, "height": 900})
    other.goto(stand.running.url)
    ready(other)
    start(other, f"{stand.slow}/slow/minimum-gap", strategy="careful")
    expect(hero(other)).to_contain_text("still possible", timeout=LONG)
    start(stand.page, f"{stand.slow}/slow/minimum-gap", strategy="careful")
    expect(hero(stand.page)).to_contain_text("Looking on", timeout=LONG)
    stand.page.wait_for_timeout(1500)
    other.close(run_before_unload=True)


def puzzle(stand: Stand) -> None:
    """A puzzle is to be guessed."""
    page = stand.page
    choose(page, "doubling")
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Lab").click()
    lab = page.locator(".ww-service")
    lab.get_by_label("Puzzle seed").fill("2025")
    lab.get_by_role("button", name="New puzzle").click()
    panel(page).get_by_role("button", name="Commit the guess").wait_for(timeout=LONG)


def solved(stand: Stand) -> None:
    """The truth and the points."""
    puzzle(stand)
    panel(stand.page).get_by_label("The rule").select_option(index=1)
    panel(stand.page).get_by_role("button", name="Commit the guess").click()
    expect(hero(stand.page)).to_contain_text("of 100 points", timeout=LONG)


def kernel_gone(stand: Stand) -> None:
    """The kernel has ended under the page."""
    import os  # noqa: PLC0415 - only here
    import signal  # noqa: PLC0415

    sample("Picture")(stand)
    for pid in stand.running.kernels():
        os.kill(pid, signal.SIGKILL)
    expect(stand.page.locator(".ww-dashboard.jupyter-widgets-disconnected")).to_be_visible(timeout=LONG)


STATES: dict[str, Callable[[Stand], None]] = {
    "open": opened,
    "picture": sample("Picture"),
    "json": sample("JSON"),
    "pdf": sample("PDF"),
    "csv": sample("Table"),
    "searching": searching,
    "on-trial": on_trial,
    "certified": certified,
    "estimated": estimated,
    "stopped": stopped,
    "no-limit": unlimited,
    "nothing-to-pace": nothing,
    "no-answers": silent,
    "stranger": stranger,
    "unfinished": unfinished,
    "looking-on": looking_on,
    "puzzle": puzzle,
    "solved": solved,
    "kernel-gone": kernel_gone,
}
ON_FETCH = {"open", "picture", "json", "pdf", "csv", "kernel-gone"}
"""States that a phone shows on its first card."""


@contextmanager
def stands() -> Iterator[Callable[[], Stand]]:
    """A maker of fresh pages, each of a dashboard with a store of its own."""
    with ExitStack() as stack:
        service = stack.enter_context(serve(TIME_SCALE=0.02, SEED=3))
        slow = stack.enter_context(serve(TIME_SCALE=0.4, SEED=3))
        browser = stack.enter_context(launched())

        def fresh() -> Stand:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            running = stack.enter_context(voila(home, WAITWISE_SERVICE=service))
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(LONG)
            page.goto(running.url)
            return Stand(ready(page), service, slow, running, browser)

        yield fresh


def take(stand: Stand, state: str, folder: Path) -> None:
    """Take one state, which the page is in, at every size and in both themes."""
    page = stand.page
    if state not in ON_FETCH:
        nav = page.locator(".ww-nav").get_by_role("button", name="Probe")
        page.set_viewport_size({"width": 390, "height": 844})
        nav.click()
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(350)
            page.screenshot(path=folder / f"{state}-{size}-{theme}.png")


def main(folder: Path, wanted: list[str]) -> None:
    """Write the pictures of the `wanted` states, of all where none is named."""
    folder.mkdir(parents=True, exist_ok=True)
    with stands() as fresh:
        for state in wanted or STATES:
            stand = fresh()
            STATES[state](stand)
            stand.page.wait_for_timeout(500)
            take(stand, state, folder)
            sys.stdout.write(f"{state}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("screenshots"), sys.argv[2:])
