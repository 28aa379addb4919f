"""What one more attempt costs at 10 and at 1,000 attempts: milliseconds of Python, of the browser, and bytes."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.browser.conftest import ROOT, launched, voila
from widgets.model.attempt import Attempt, Step
from widgets.probe.panel.live_view import LiveView

SIZES = (10, 1000)
PAGE = """import ipywidgets
from tests.bench.chart_cost import filled, one_more
from widgets.kit import markup
live = filled({size})
more = ipywidgets.Button(description="More")
more.on_click(lambda _: one_more(live))
ipywidgets.VBox([more, live])"""


def attempt(number: int) -> Attempt:
    """A made-up attempt of a long probe."""
    wait = 0.05 * 1.01 ** (number % 400)
    headers = {"Content-Type": "text/plain", "RateLimit-Limit": "10, 10;w=60", "RateLimit-Remaining": str(number % 10)}
    return Attempt(number, wait, wait, number * wait, 0.012, 200 if number % 5 else 503, headers)


def filled(size: int) -> LiveView:
    """What a person sees after `size` attempts."""
    live = LiveView()
    for number in range(1, size + 1):
        live.recall(Step(attempt(number).wait or 0.0, "verify"), attempt(number))
    live._repaint()
    return live


def one_more(live: LiveView) -> None:
    """Add an attempt and show it, with no regard to how recently the page was painted."""
    live.on_attempt(attempt(len(live.attempts) + 1))
    live._repaint()


def python_cost(size: int, runs: int = 30) -> tuple[float, int]:
    """Median milliseconds of the processor for one more attempt, and the bytes that it sends to the browser."""
    live = filled(size)
    took = []
    for _ in range(runs):
        began = time.process_time()
        one_more(live)
        took.append((time.process_time() - began) * 1000)
    sent = len(json.dumps(live.chart.option)) + len(live.table._blocks.children[-1].value)
    return statistics.median(took), sent


def browser_cost(size: int, runs: int = 10) -> float:
    """Median milliseconds for which the page's thread is busy with one more attempt, by the browser's own count."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
        notebook["cells"][-1]["source"] = PAGE.format(size=size)
        (folder / "chart.ipynb").write_text(json.dumps(notebook), "utf-8")
        served = stack.enter_context(voila(folder, str(folder / "chart.ipynb"), PYTHONPATH=str(ROOT)))
        page = stack.enter_context(launched()).new_page()
        page.goto(served.url)
        page.locator(".ww-chart canvas").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        metrics = page.context.new_cdp_session(page)
        metrics.send("Performance.enable")

        def busy() -> float:
            values = metrics.send("Performance.getMetrics")["metrics"]
            return float(next(each["value"] for each in values if each["name"] == "TaskDuration")) * 1000

        took = []
        for _ in range(runs):
            before = busy()
            page.get_by_role("button", name="More").click()
            page.wait_for_timeout(700)
            took.append(busy() - before)
        return statistics.median(took)


def main() -> None:
    """Print the cost at each size."""
    for size in SIZES:
        python, sent = python_cost(size)
        print(
            f"  at {size:>5} attempts: {python:6.2f} ms Python, {browser_cost(size):6.1f} ms browser "
            f"(the click included), {sent:>7,} bytes"
        )
    print("  goal: under 10 ms in Python at 1,000")
