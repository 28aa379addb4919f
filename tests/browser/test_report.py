"""The report of a probe, as the colleague opens it who was sent the file: offline, on a phone, in the dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pace.export.test_code import entry, pace
from widgets.model.pace import StoredProbe, Target
from widgets.pace.export import to_report
from widgets.probe import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

EVIL = '</style></title></td></script><script>ran = 1</script><img src=x onerror="ran = 1"><svg onload="ran = 1">'
URL = f"http://localhost/{'deep/' * 40}x?q={EVIL}"
MARKS = {"accepted": 30, "refused": 5, "failed": 4}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which every text from elsewhere is hostile, and long."""
    numbers = iter(range(1, sum(MARKS.values()) + 2))
    entries = [entry(next(numbers), spacing=None)]
    entries += [entry(next(numbers), spacing=0.1 * number + 0.2) for number in range(MARKS["accepted"])]
    entries += [entry(next(numbers), status=503, headers={EVIL: EVIL, "Retry-After": EVIL})]
    entries += [entry(next(numbers), status=429, spacing=0.3, headers={"Server": EVIL}) for _ in range(4)]
    entries += [entry(next(numbers), status=None, error=EVIL * 3, phase=EVIL) for _ in range(MARKS["failed"])]
    verdict = Verdict(
        kind="certified", wait=6.6, tested=6.6, refusal_bound=0.05, confidence=0.95, accepted=70, refused=0,
        requests=92, seconds=480.0, span=460.0, horizon=400.0, statement=f"It holds. {EVIL}",
    )  # fmt: skip
    stored = StoredProbe("1", Target.of(URL), URL, {EVIL: EVIL}, 1.8e9, None, verdict)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(to_report(stored, entries, pace()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(chromium: Browser, report: Path) -> Iterator[Page]:
    """It, on a narrow screen without a network; whatever it asks for or complains of is a failure."""
    context = chromium.new_context(offline=True, viewport={"width": 480, "height": 900}, color_scheme="dark")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("dialog", lambda dialog: asked.append(dialog.message))
    page = context.new_page()
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(report.as_uri())
    yield page
    page.wait_for_timeout(100)
    context.close()
    assert asked == [report.as_uri()]


def test_a_report_opens_offline_and_asks_and_runs_nothing_of_what_a_service_said(opened: Page) -> None:
    assert opened.evaluate("typeof ran") == "undefined"
    assert opened.locator("script, img, iframe, link, object, embed, form, a, base").count() == 0
    assert opened.locator("svg").count() == 1
    assert opened.get_by_text("onerror").count() >= MARKS["failed"], "it is there, as text"


def test_the_chart_of_a_report_is_seen(opened: Page) -> None:
    chart = opened.get_by_role("img", name="Spacing of")
    box = chart.bounding_box()
    assert box
    assert box["width"] > 400
    assert box["height"] > 150
    for name, count in MARKS.items():
        marks = chart.locator(f".{name}")
        assert marks.count() == count
        for mark in (marks.first, marks.last):
            place = mark.bounding_box()
            assert place
            assert box["x"] < place["x"] < box["x"] + box["width"]
            assert box["y"] < place["y"] < box["y"] + box["height"]
    assert chart.locator(".wait").evaluate("line => line.getBBox().width") > 400


def test_a_report_on_a_phone_does_not_scroll_sideways(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth") <= 480
    opened.evaluate("window.scrollTo(500, 0)")
    assert opened.evaluate("window.scrollX") == 0


def test_a_report_is_dark_where_the_reader_likes_it_dark(opened: Page) -> None:
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    dark = opened.evaluate(colours)
    opened.emulate_media(color_scheme="light")
    assert opened.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(28, 28, 28)"]
    assert dark == ["rgb(24, 26, 27)", "rgb(230, 230, 230)"]
