"""A page whose notebook cannot be run says so, and shows nothing of the machine that serves it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, voila

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page


@pytest.mark.browser
def test_a_page_that_cannot_be_made_says_so_without_a_word_of_the_machine(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    notebook = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))
    notebook["cells"][-1]["source"] = f"raise RuntimeError({str(tmp_path)!r})"
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    with voila(tmp_path, str(path)) as running:
        page = open_page(running.url)
        expect(page.get_by_role("alert")).to_contain_text("The dashboard could not be made")
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        expect(page.get_by_text("show_tracebacks")).to_be_hidden()  # Voila's word to who runs it
        shade = "getComputedStyle(document.getElementById('ww-not-made')).backgroundColor"
        assert page.evaluate(shade) == "rgb(252, 235, 230)"
        assert str(tmp_path) not in page.content()
        assert "Traceback" not in page.content()


@pytest.mark.browser
def test_a_page_whose_service_does_not_answer_says_which_and_what_to_do(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    with voila(tmp_path, WAITWISE_SERVICE="http://127.0.0.1:1") as running:
        page = open_page(running.url)
        said = page.get_by_role("alert")
        expect(said).to_contain_text(
            "WAITWISE_SERVICE says 'http://127.0.0.1:1', but no Waitwise service answers there."
        )
        expect(said).to_contain_text("python -m server --port 1")
        said.get_by_role("link", name="Try again").click()
        expect(page.get_by_role("alert")).to_contain_text("WAITWISE_SERVICE says")
