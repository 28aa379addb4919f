"""What one more attempt costs at 10, 1,000 and 10,000 attempts: milliseconds of Python, of the browser, and bytes."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import ipywidgets

from tests.browser.conftest import ROOT, launched, voila
from widgets.model.attempt import Attempt, Step
from widgets.probe.panel.live_view import LiveView

SIZES = (10, 1000, 10_000)
PAGE = """import ipywidgets
from tests.bench.chart_cost import filled, one_more
from widgets.kit import markup
live = filled({size})
more, same = ipywidgets.Button(description="More"), ipywidgets.Button(description="Same")
more.on_click(lambda _: one_more(live))
same.on_click(lambda _: None)
ipywidgets.VBox([more, same, live])"""


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


def python_cost(size: int, runs: int = 100, *, table: bool = False) -> tuple[float, Counter[str]]:
    """Median milliseconds of the processor for one more attempt, and the bytes that it sends, by the part of the page.

    The bytes are those of the messages' contents, the median of all runs for `chart`, the mean for the rest. With
    `table` the tab of the attempts is open, else another one is, as when the page opens.
    """
    live = filled(size)
    live.table.watch(on=table)
    parts = {live.chart._canvas: "chart", live.chart._description: "words for screen readers", live.legend: "legend"}
    took, sent, charts = [], Counter[str](), []

    def count(widget: ipywidgets.Widget, message: object, buffers: object = None) -> None:
        del buffers
        size = len(json.dumps(message, ensure_ascii=False).encode())
        if parts.get(widget) == "chart":
            charts.append(size)
        else:
            sent[parts.get(widget, "table and others")] += size

    before, ipywidgets.Widget._send = ipywidgets.Widget._send, count
    try:
        for _ in range(runs):
            began = time.process_time()
            live.on_attempt(attempt(len(live.attempts) + 1))
            live._repaint()
            took.append((time.process_time() - began) * 1000)
    finally:
        ipywidgets.Widget._send = before
    means = Counter({part: round(total / runs) for part, total in sent.items()})
    means["chart"], means["chart, mean"] = round(statistics.median(charts)), round(statistics.mean(charts))
    return statistics.median(took), means


def whole(sent: Counter[str]) -> int:
    """All bytes of one more attempt, the chart by its median."""
    return sum(count for part, count in sent.items() if part != "chart, mean")


WORK = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


def browser_cost(size: int, runs: int = 30) -> tuple[float, float]:
    """Median milliseconds for which the page's thread runs scripts, finds styles and lays out: for one more attempt.

    And for a click that changes nothing. It is processor time by the browser's own count, so that other work beside it
    counts for less; what the thread does all the time, such as to look whether there is work, is left out.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
        notebook["cells"][-1]["source"] = PAGE.format(size=size)
        (folder / "chart.ipynb").write_text(json.dumps(notebook), "utf-8")
        served = stack.enter_context(voila(folder, str(folder / "chart.ipynb"), PYTHONPATH=str(ROOT)))
        page = stack.enter_context(launched()).new_page(viewport={"width": 1280, "height": 1000})
        page.goto(served.url)
        page.locator(".ww-chart svg").first.wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        metrics = page.context.new_cdp_session(page)
        metrics.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
        metrics.send("Performance.enable")

        def busy() -> float:
            values = metrics.send("Performance.getMetrics")["metrics"]
            return float(sum(each["value"] for each in values if each["name"] in WORK)) * 1000

        def cost(button: str) -> float:
            took = []
            for _ in range(runs):
                before = busy()
                # Not by the mouse: what that hovers is the browser's work too.
                page.get_by_role("button", name=button).evaluate("button => button.click()")
                page.wait_for_timeout(250)
                took.append(busy() - before)
            return statistics.median(took[runs // 3 :])  # the first ones are slower, until the code is compiled

        cost("More")
        return cost("More"), cost("Same")


def main() -> None:
    """Print the cost at each size."""
    for size in SIZES:
        python, sent = python_cost(size)
        more, same = browser_cost(size)
        _, opened = python_cost(size, table=True)
        told = ", ".join(f"{part} {count:,}" for part, count in sent.items())
        print(
            f"  at {size:>6,} attempts: {python:5.2f} ms Python; {more - same:5.1f} ms browser "
            f"({more:.1f} less a click that changes nothing, {same:.1f}); {whole(sent):,} bytes ({told}), "
            f"{whole(opened):,} while the attempts are open",
            flush=True,
        )
    print("  goal at 1,000 and at 10,000: 2 ms in Python, 15 ms in the browser, 3,000 bytes in all")
