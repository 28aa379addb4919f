"""How a page opens: its scripts in one file while the kernel starts; without that file as any page of Voila's."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from voila.paths import collect_static_paths

from tests.browser.conftest import ROOT, Voila, ready, voila
from widgets.kernels.opening import first_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

PART = re.compile(r"/(\d+)\.(?:voila|\w+)\.js(?:\?|$)")
ASKED = "() => performance.getEntriesByType('resource').map(each => each.name)"


def stands(page: Page) -> None:
    """The buttons work and the chart is drawn."""
    ready(page)
    expect(page.locator(".ww-chart svg").first).to_be_visible()


def test_no_part_of_a_script_is_asked_for_alone_and_the_file_comes_before_the_page_is_whole(page: Page) -> None:
    stands(page)
    asked = page.evaluate(ASKED)
    assert [each for each in asked if PART.search(each)] == []
    assert sum("/waitwise/opening-" in each for each in asked) == 1
    assert sum("/waitwise/later-" in each for each in asked) == 1
    opening, later, whole = page.evaluate(
        """() => [
          ...["opening-", "later-"].map(name =>
            performance.getEntriesByType("resource").find(each => each.name.includes(name)).startTime),
          performance.getEntriesByType("navigation")[0].responseEnd,
        ]"""
    )
    assert opening < whole < later


def test_a_page_without_the_files_asks_for_all_that_they_hold_and_opens(
    dashboard: Voila, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.context.route("**/waitwise/*.js", lambda route: route.abort())
    page.goto(dashboard.url)
    stands(page)
    asked = {found[1] for each in page.evaluate(ASKED) if (found := PART.search(each)) and ".voila.js" in each}
    static = next(
        Path(each) for each in collect_static_paths(["voila"], "waitwise") if (Path(each) / "voila.js").exists()
    )
    named = {
        each for each in first_parts((static / "voila.js").read_text("utf-8")) if (static / f"{each}.voila.js").exists()
    }
    assert len(named) > 40
    assert named - asked == set()


@pytest.mark.long
def test_another_notebook_opens_as_with_voilas_own_template(open_page: Callable[..., Page], tmp_path: Path) -> None:
    notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
    del notebook["metadata"]["waitwise"]
    notebook["cells"][-1]["source"] = 'import ipywidgets\nipywidgets.HTMLMath("$x^2$", placeholder="formula")'
    path = tmp_path / "formula.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    with voila(tmp_path, str(path)) as running:
        page = open_page(running.url)
        expect(page.locator("mjx-container").first).to_be_visible()
        assert not any(re.search("/waitwise/(opening|later)-", each) for each in page.evaluate(ASKED))
        page.close(run_before_unload=True)


@pytest.mark.long
def test_a_page_that_never_says_that_it_stands_has_its_chart_too(
    dashboard: Voila, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(window, 'wwStands', {value: () => new Promise(() => {}), writable: false})"
    )
    page.goto(dashboard.url)
    stands(page)
    assert page.evaluate("document.querySelector('.ww-pong input').dataset.answered ?? ''") == ""


def test_a_tab_that_is_not_painted_stands_too(dashboard: Voila, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.add_init_script("window.requestAnimationFrame = () => 0")
    page.goto(dashboard.url)
    page.wait_for_function("document.querySelector('.ww-pong input')?.dataset.answered", polling=50)


@pytest.mark.long
def test_the_dashboard_opens_with_voilas_own_kernel_manager_too(
    service: str, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    manager = "jupyter_server.services.kernels.kernelmanager.AsyncMappingKernelManager"
    own = (
        f"--VoilaConfiguration.multi_kernel_manager_class={manager}",
        "--KernelProvisionerFactory.default_provisioner_name=local-provisioner",
    )
    with voila(tmp_path, flags=own, WAITWISE_SERVICE=service) as running:
        page = open_page(running.url)
        stands(page)
        assert not any(re.search("/waitwise/(opening|later)-", each) for each in page.evaluate(ASKED))
        page.close(run_before_unload=True)
