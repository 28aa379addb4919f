"""Take every state of the dashboard, at every size, light and dark: `python -m tests.tools.screenshots FOLDER`.

Further words name the states that are wanted, all where none is named; `--sizes desk phone` and `--themes dark` leave
others out. It serves the bundled service with a sixteenth of its times, and again at a pace at which a probe can be
watched; states that follow from each other share a page, and each page begins with an empty store.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Voila, launched, ready, voila
from tests.browser.test_probe import choose, hero, panel, set_fields, start
from tests.conftest import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SIZES = {"desk": (1440, 900), "tall": (1440, 1400), "lab": (1056, 900), "tablet": (820, 1180), "phone": (390, 844)}
"""At 1056 the dashboard is 1008 wide, as it is in JupyterLab."""
THEMES = ("light", "dark")
LONG = 90_000
TRIES = 3


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
        newest = stand.page.locator(".ww-thumb em").first
        number = int(newest.text_content() or "") + 1 if newest.count() else 1
        stand.page.locator(".ww-fetch").get_by_role("button", name=name, exact=True).click()
        expect(newest).to_have_text(str(number))
        expect(stand.page.locator(".ww-chips")).to_contain_text("200 OK")
        stand.page.wait_for_timeout(700)

    return fetched


def ended(page: Page) -> None:
    """The probe that was started has ended."""
    expect(panel(page).get_by_role("button", name="Stop the probe", exact=True)).to_be_visible()
    expect(panel(page).get_by_role("button", name="Probe", exact=True)).to_be_visible(timeout=LONG)


def opened(stand: Stand) -> None:
    """Nothing was asked yet."""
    expect(hero(stand.page)).to_contain_text("Not measured yet")


def searching(stand: Stand) -> None:
    """A search is under way."""
    start(stand.page, f"{stand.slow}/Slow-NASA", strategy="careful")
    expect(hero(stand.page)).to_contain_text("between refused and accepted", timeout=LONG)


def on_trial(stand: Stand) -> None:
    """A wait is on trial for a certificate."""
    start(stand.page, f"{stand.service}/Slow-NASA", strategy="careful")
    expect(hero(stand.page)).to_contain_text("On trial", timeout=LONG)
    stand.page.wait_for_timeout(1500)


def certified(stand: Stand) -> None:
    """A wait is certified; again where a busy machine has spoilt the evidence."""
    page = stand.page
    choose(page, "careful")
    set_fields(page, **{"Refused, % at most": "20", "Confidence, %": "80"})
    for _ in range(TRIES):
        start(page, f"{stand.service}/Slow-NASA", strategy=None)
        ended(page)
        if "Certified" in (hero(page).text_content() or ""):
            return
    expect(hero(page)).to_contain_text("Certified")


def estimated(stand: Stand) -> None:
    """A wait is estimated."""
    start(stand.page, f"{stand.service}/Slow-NASA")
    expect(hero(stand.page)).to_contain_text("s between requests", timeout=LONG)


def stopped(stand: Stand) -> None:
    """The person has stopped the search that is under way."""
    panel(stand.page).get_by_role("button", name="Stop the probe", exact=True).click()
    expect(hero(stand.page)).to_contain_text("Stopped by you")


def unlimited(stand: Stand) -> None:
    """Nothing was refused; again where a busy machine looked like a limit."""
    for _ in range(TRIES):
        start(stand.page, f"{stand.service}/NASA/mars_landing_sites.json", strategy="quick")
        ended(stand.page)
        if "Not limited so far" in (hero(stand.page).text_content() or ""):
            return
    expect(hero(stand.page)).to_contain_text("Not limited so far")


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
    expect(hero(other)).to_contain_text("between refused and accepted", timeout=LONG)
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
    expect(hero(other)).to_contain_text("between refused and accepted", timeout=LONG)
    start(stand.page, f"{stand.slow}/slow/minimum-gap", strategy="careful")
    expect(hero(stand.page)).to_contain_text("Looking on", timeout=LONG)
    stand.page.wait_for_timeout(1500)
    other.close(run_before_unload=True)


def puzzle(stand: Stand) -> None:
    """A puzzle is to be guessed."""
    page = stand.page
    page.locator(".ww-lower .lm-TabBar-tab", has_text="Lab").click()
    lab = page.locator(".ww-service")
    lab.get_by_label("Puzzle seed").fill("2025")
    lab.get_by_role("button", name="New puzzle").click()
    panel(page).get_by_role("button", name="Commit the guess").wait_for(timeout=LONG)


def solved(stand: Stand) -> None:
    """The truth and the points."""
    panel(stand.page).get_by_label("The rule").select_option(index=1)
    panel(stand.page).get_by_role("button", name="Commit the guess").click()
    expect(hero(stand.page)).to_contain_text("of 100 points", timeout=LONG)


def kernel_gone(stand: Stand) -> None:
    """The kernel has ended under the page."""
    sample("Picture")(stand)
    for pid in stand.running.kernels():
        os.kill(pid, signal.SIGKILL)
    expect(stand.page.locator(".ww-dashboard.jupyter-widgets-disconnected")).to_be_visible(timeout=LONG)


def compared(stand: Stand) -> None:
    """Two replies side by side."""
    stand.page.locator(".ww-fetch").get_by_role("button", name="Compare", exact=True).click()
    expect(stand.page.locator(".ww-comparison")).to_contain_text("What differs")


def fields(stand: Stand) -> None:
    """What may be added to a request, and what a probe may spend."""
    if stand.page.locator(".ww-comparison").is_visible():
        stand.page.locator(".ww-comparison").get_by_role("button", name="Close").click()
    for card, name in ((".ww-fetch", "Method, headers, login"), (".ww-probe", "Goal, budget, request")):
        stand.page.locator(card).get_by_role("button", name=name).click()
    stand.page.wait_for_timeout(500)


def attempts(stand: Stand) -> None:
    """Every attempt as a row, one of them with its facts."""
    stand.page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()
    stand.page.locator(".ww-replay").get_by_role("button", name="Facts").click()
    expect(stand.page.locator(".ww-note")).to_contain_text("Attempt")


def paces(stand: Stand) -> None:
    """Several paces are kept, each for an origin of its own."""
    for address in (f"{stand.service.replace('127.0.0.1', 'localhost')}/Slow-NASA", f"{stand.slow}/Slow-NASA"):
        start(stand.page, address)
        ended(stand.page)
    stand.page.locator(".ww-lower .lm-TabBar-tab", has_text="Paces").click()


STATES: dict[str, Callable[[Stand], None]] = {
    "open": opened,
    "picture": sample("Picture"),
    "sound": sample("Sound"),
    "film": sample("Film"),
    "pdf": sample("PDF"),
    "csv": sample("Table"),
    "page": sample("Page"),
    "fits": sample("FITS"),
    "text": sample("Text"),
    "json": sample("JSON"),
    "compared": compared,
    "fields": fields,
    "searching": searching,
    "stopped": stopped,
    "on-trial": on_trial,
    "certified": certified,
    "attempts": attempts,
    "paces": paces,
    "estimated": estimated,
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
WALKS = (
    ("open", "picture", "sound", "film", "pdf", "csv", "page", "fits", "text", "json", "compared", "fields"),
    ("searching", "stopped"),
    ("on-trial",),
    ("certified", "attempts", "paces"),
    ("estimated",),
    ("no-limit", "nothing-to-pace", "no-answers", "stranger"),
    ("unfinished",),
    ("looking-on",),
    ("puzzle", "solved"),
    ("kernel-gone",),
)
"""States that follow from each other on one page."""
ON_FETCH = {*WALKS[0], "kernel-gone"}
"""States that a phone shows on its first card."""
BELOW = {"attempts": "Paces", "paces": "Paces"}
"""States that a phone shows elsewhere than on its second."""


@contextmanager
def stands() -> Iterator[Callable[[], Stand]]:
    """A maker of fresh pages, each of a dashboard with an empty store."""
    with ExitStack() as stack:
        service = stack.enter_context(serve(TIME_SCALE=0.06, SEED=3))
        slow = stack.enter_context(serve(TIME_SCALE=0.4, SEED=3))
        browser = stack.enter_context(launched())
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = stack.enter_context(voila(home, WAITWISE_SERVICE=service))

        def fresh() -> Stand:
            for context in browser.contexts:
                for page in context.pages:
                    page.close(run_before_unload=True)
            shutil.rmtree(home / ".local" / "share" / "waitwise", ignore_errors=True)
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(LONG)
            page.goto(running.url)
            return Stand(ready(page), service, slow, running, browser)

        yield fresh


def on_phone(page: Page, state: str) -> None:
    """Make the page as small as a phone, and go to the card on which that state is seen."""
    page.set_viewport_size({"width": 390, "height": 844})
    place = "Fetch" if state in ON_FETCH else BELOW.get(state, "Probe")
    if state != "kernel-gone":
        page.locator(".ww-nav").get_by_role("button", name=place).click()
    if state == "attempts":  # the bar leads to the first tab
        page.locator(".ww-lower .lm-TabBar-tab", has_text="Attempts").click()


def take(stand: Stand, state: str, folder: Path, sizes: Sequence[str], themes: Sequence[str]) -> None:
    """Take one state, which the page is in, at every size and in both themes."""
    page = stand.page
    if "phone" in sizes:
        on_phone(page, state)
    for theme in themes:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for size in sizes:
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{state}-{size}-{theme}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")


def main(folder: Path, wanted: Sequence[str] = (), sizes: Sequence[str] = (), themes: Sequence[str] = ()) -> None:
    """Write the pictures of the `wanted` states, of all where none is named."""
    folder.mkdir(parents=True, exist_ok=True)
    with stands() as fresh:
        for walk in WALKS:
            last = max((place for place, state in enumerate(walk) if not wanted or state in wanted), default=-1)
            if last < 0:
                continue
            stand = fresh()
            for state in walk[: last + 1]:
                STATES[state](stand)
                if not wanted or state in wanted:
                    stand.page.wait_for_timeout(500)
                    take(stand, state, folder, sizes or list(SIZES), themes or THEMES)
                    sys.stdout.write(f"{state}\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("screenshots"))
    parser.add_argument("states", nargs="*", metavar="STATE", help=", ".join(STATES))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=[])
    parser.add_argument("--themes", nargs="+", choices=THEMES, default=[])
    given = parser.parse_args()
    main(given.folder, given.states, given.sizes, given.themes)
