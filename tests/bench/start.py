"""From navigation to a button that works: the dashboard against a notebook that holds one Button. IO.

Both are served by the same environment under the same configuration, and visited in turn, so that the ratio holds
when the machine's speed drifts.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, launched, voila
from tests.conftest import serve

BUTTON = """import ipywidgets
button = ipywidgets.Button(description="Fetch")
label = ipywidgets.Label("waiting")
button.on_click(lambda _: setattr(label, "value", "it works"))
ipywidgets.VBox([button, label])"""


def one_button(folder: Path) -> Path:
    """A notebook with the least that can be clicked, like ours in everything else."""
    notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
    notebook["cells"][-1]["source"] = BUTTON
    path = folder / "button.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def visit(browser: Browser, url: str, answer: str) -> float:
    """Seconds from navigation until a click on Fetch has been answered by the kernel, less the answer itself."""
    page = browser.new_page()
    try:
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        button = page.get_by_role("button", name="Fetch", exact=True)
        button.wait_for(timeout=60_000)
        shown = time.perf_counter() - began
        button.click()
        expect(page.locator(answer).first).to_be_visible(timeout=60_000)
        return shown
    finally:
        page.close(run_before_unload=True)


def main(runs: int = 7) -> None:
    """Print the two times and their ratio."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = stack.enter_context(serve(TIME_SCALE=0.02))
        ours = stack.enter_context(voila(folder / "a", WAITWISE_SERVICE=service))
        plain = stack.enter_context(voila(folder / "b", str(one_button(folder))))
        browser = stack.enter_context(launched())
        times: dict[str, list[float]] = {"dashboard": [], "one button": []}
        for run in range(runs + 1):
            dashboard = visit(browser, ours.url, ".ww-fetch .ww-empty")
            button = visit(browser, plain.url, "text=it works")
            if run:  # the first visit fills the browser's cache
                times["dashboard"].append(dashboard)
                times["one button"].append(button)
        middle = {name: statistics.median(values) for name, values in times.items()}
        for name, values in times.items():
            print(f"  {name:<11} {middle[name]:6.2f} s median of {runs} ({min(values):.2f} to {max(values):.2f})")
        print(f"  ratio       {middle['dashboard'] / middle['one button']:6.2f}   (goal: at most 1.25)")
