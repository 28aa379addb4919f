"""From navigation to buttons that work: the dashboard against a notebook that holds one Button. IO.

`python -m tests.bench.start [--steps] [--pairs N]`. Three servers of the same environment: the dashboard with kernels
that are forked, the dashboard with kernels that are started as ever, and a page with one Button as Voila makes it for
whoever has only Voila and ipywidgets: its own template, settings and kernel manager, none of this project's, and
without the chart's extension, which that page would load too. Its links to a CDN fail at once, so that a network that
is slow or absent is not held against it. All are visited in turn, so that the ratios hold when the machine's speed
drifts, each in a browser context of its own: nothing is in its cache. Python keeps what it compiled, as it does unless
it is told not to.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, launched, voila
from tests.conftest import serve
from widgets.kernels.provisioner import fork_server
from widgets.kernels.visitors import OURS as OURS_FORKED
from widgets.kernels.visitors import register

if TYPE_CHECKING:
    from collections.abc import Sequence

BUTTON = """import ipywidgets
button = ipywidgets.Button(description="Fetch")
label = ipywidgets.Label("waiting")
button.on_click(lambda _: setattr(label, "value", "it works"))
ipywidgets.VBox([button, label])"""
PLAIN, OURS, FORKED = "one button", "dashboard", "dashboard, forked"
GOALS = {"dashboard": (1.10, 1.4), "dashboard, forked": (0.75, 1.0)}
STEPS = ("first byte", "page (kernel, imports, build)", "first paint", "buttons", "chart")
TIMES = """() => {
  const at = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [at.responseStart, at.responseEnd, paint ? paint.startTime : 0];
}"""


BASELINE = "one button: Voila's own template, settings and kernel manager; its links to a CDN fail at once"
OWN = (
    "--VoilaConfiguration.template=lab",
    "--VoilaConfiguration.multi_kernel_manager_class=jupyter_server.services.kernels.kernelmanager.AsyncMappingKernelManager",
    "--VoilaConfiguration.extension_allowlist=[]",
    "--VoilaConfiguration.extension_denylist=['ipecharts']",
)
"""Voila's defaults again, where this project's settings are installed, and less the extension that it brings."""
NO_CDN = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


def one_button(folder: Path) -> Path:
    """A notebook with the least that can be clicked."""
    notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
    notebook["cells"][-1]["source"] = BUTTON
    del notebook["metadata"]["waitwise"]
    path = folder / "button.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def buttons(page: Page, *, plain: bool) -> None:
    """Wait until what is to be clicked is there."""
    for name in ("Fetch",) if plain else ("Fetch", "Probe"):
        page.get_by_role("button", name=name, exact=True).wait_for(timeout=60_000)


def visit(browser: Browser, url: str, *, plain: bool) -> dict[str, float]:
    """Seconds from navigation to each step; the button is clicked, and the kernel has to answer."""
    page = browser.new_page()
    try:
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        buttons(page, plain=plain)
        found = {"buttons": time.perf_counter() - began}
        if not plain:
            page.locator(".ww-chart svg").first.wait_for(timeout=60_000)
            found["chart"] = time.perf_counter() - began
        page.get_by_role("button", name="Fetch", exact=True).click()
        answer = "text=it works" if plain else ".ww-fetch .ww-empty"
        expect(page.locator(answer).first).to_be_visible(timeout=60_000)
        first, page_there, paint = (value / 1000 for value in page.evaluate(TIMES))
        return found | dict(zip(STEPS, (first, page_there, paint), strict=False))
    finally:
        page.close(run_before_unload=True)


async def inside(code: str, provisioner: str) -> tuple[float, list[float]]:
    """Seconds until a kernel is ready, and those that it says itself for the parts of `code`."""
    KernelProvisionerFactory.instance().default_provisioner_name = provisioner
    manager = AsyncKernelManager()
    began = time.perf_counter()
    await manager.start_kernel(env=os.environ | {"VOILA_REQUEST_URL": "http://localhost/"})
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        ready = time.perf_counter() - began
        said = await client.execute(code, reply=True, timeout=60, user_expressions={"said": "said"})
        return ready, json.loads(said["content"]["user_expressions"]["said"]["data"]["text/plain"])
    finally:
        client.stop_channels()
        await manager.shutdown_kernel(now=True)


PARTS = """
import time
times = [time.perf_counter()]
import ipywidgets, widgets, server
widgets.Dashboard; times.append(time.perf_counter())
service = server.running(); times.append(time.perf_counter())
page = widgets.Dashboard(service); times.append(time.perf_counter())
said = [after - before for before, after in zip(times, times[1:])]
"""


def parts(runs: int = 5) -> None:
    """Print what a kernel does before its page is there, forked and not."""
    register(KernelProvisionerFactory.instance())
    for name in ("local-provisioner", OURS_FORKED):
        found = [asyncio.run(inside(PARTS, name)) for _ in range(runs + 1)][1:]
        ready = statistics.median(each for each, _ in found)
        imports, service, build = (statistics.median(said[n] for _, said in found) for n in range(3))
        shares = f"imports {imports:5.2f}, service {service:5.2f}, build {build:5.2f}"
        print(f"  {name:<18} kernel ready {ready:5.2f} s, {shares}")
    fork_server().close()


def main(pairs: int = 9, *, steps: bool = False) -> None:
    """Print the times and their ratios."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        service = stack.enter_context(serve(TIME_SCALE=0.02))
        kept = {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        ours, plain = kept | {"WAITWISE_SERVICE": service}, str(one_button(folder))
        urls = {
            FORKED: stack.enter_context(voila(folder / "a", **ours)).url,
            OURS: stack.enter_context(voila(folder / "b", flags=stock(), **ours)).url,
            PLAIN: stack.enter_context(voila(folder / "c", plain, flags=[*stock(), *OWN], **kept)).url,
        }
        browser = stack.enter_context(launched(NO_CDN))
        seen: dict[str, list[dict[str, float]]] = {name: [] for name in urls}
        for run in range(pairs + 1):
            for name, url in urls.items():
                found = visit(browser, url, plain=name == PLAIN)
                if run:  # the first visit warms what the system and the servers keep
                    seen[name].append(found)
            if run and steps:
                print("  " + ", ".join(f"{name} {each[-1]['buttons']:.2f}" for name, each in seen.items()), flush=True)
    report(seen, STEPS if steps else STEPS[3:])
    if steps:
        parts()


def report(seen: dict[str, list[dict[str, float]]], steps: Sequence[str]) -> None:
    """Print the medians of each step, and the ratios."""
    print(f"  {BASELINE}")
    for name, visits in seen.items():
        for step in steps:
            values = [each[step] for each in visits if step in each]
            if values:
                spread = f"({min(values):.2f} to {max(values):.2f})"
                print(f"  {name:<18} {step:<30} {statistics.median(values):6.2f} s median of {len(values)} {spread}")
    for name, (most, charted) in GOALS.items():
        for step, goal in (("buttons", most), ("chart", charted)):
            each = [ours[step] / plain["buttons"] for ours, plain in zip(seen[name], seen[PLAIN], strict=True)]
            print(
                f"  {name:<18} {step:<8} {statistics.median(each):5.2f} of the one button   (goal: at most {goal:.2f})"
            )


def stock() -> Sequence[str]:
    """What makes Voila start kernels as ever."""
    return ("--KernelProvisionerFactory.default_provisioner_name=local-provisioner",)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.start", description=__doc__)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--steps", action="store_true")
    chosen = parser.parse_args()
    main(chosen.pairs, steps=chosen.steps)
