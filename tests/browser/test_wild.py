"""What services do in the wild, as people see it: a stated limit, a refusal without its status, a scope, a lesson."""

from __future__ import annotations

import re
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_probe import HAS_ENDED, choose, hero, panel, set_fields, verdict
from tests.conftest import served

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def service(
    gap: float = 0.0, status: int = 429, body: str = "Too soon", also: int = 0, **headers: str
) -> Iterator[str]:
    """A service that answers so what comes less than `gap` seconds after the last request, with these headers.

    The request of number `also` is answered so too.
    """
    app, lock, last = Flask(__name__), threading.Lock(), [0.0, 0]

    @app.get("/<path:_>")
    def answer(_: str) -> Response:
        with lock:
            now, number = time.monotonic(), last[1] + 1
            soon = now - last[0] < gap or number == also
            last[:] = now, number
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        return Response(body if soon else "served", status if soon else 200, sent, mimetype="text/plain")

    with served(app) as url:
        yield url


def probe(page: Page, address: str, strategy: str = "quick") -> None:
    choose(page, strategy)
    panel(page).get_by_label("Address").fill(address)
    panel(page).get_by_role("button", name="Probe", exact=True).click()


def test_a_stated_limit_is_shown_at_the_hello_and_its_pace_is_kept_for_what_the_person_says(page: Page) -> None:
    with service(RateLimit_Policy='"default";q=10;w=3') as url:
        probe(page, f"{url}/v1/items")
        expect(panel(page).locator(".ww-columns")).to_contain_text("The service states 10 in 3 s: 0.3 s.")
        expect(hero(page)).to_contain_text("Wait that the service states", timeout=HAS_ENDED)
        expect(hero(page)).to_contain_text("It is the service's own word")
        planner = hero(page).locator(".ww-plan")
        expect(planner).to_contain_text(re.compile(r"\d min( \d+ s)?, until \d\d:\d\d"))
        planner.get_by_label("I need").fill("100")
        planner.get_by_label("I need").press("Tab")
        expect(planner).to_contain_text(re.compile(r"\d\d s, until"))
        expect(planner).not_to_contain_text("min")
        paces, host = page.locator(".ww-paces"), url.partition("://")[2]
        expect(paces.locator(".ww-table")).to_contain_text(f"{host}, all of it")
        paces.get_by_label("Governs").select_option(label=f"{url}/v1 and all below it")
        expect(paces.locator(".ww-table")).to_contain_text(f"{host}/v1 and all below it")


@pytest.mark.long
def test_a_403_that_comes_with_haste_only_becomes_a_refusal_and_the_page_says_so(page: Page) -> None:
    with service(gap=0.4, status=403, body="No.") as url:
        probe(page, f"{url}/items")
        columns = panel(page).locator(".ww-columns")
        expect(columns).to_contain_text("403 counts as refused.", timeout=60_000)
        expect(hero(page)).to_contain_text("s between requests", timeout=60_000)
        expect(verdict(page)).to_contain_text("An answer 403 counts as refused: it came")
        expect(panel(page).locator(".ww-counts")).to_contain_text("0 failed")
        expect(panel(page).locator(".ww-counts")).not_to_contain_text("0 refused")


def test_a_200_that_says_no_counts_as_refused_by_the_word_of_the_person(page: Page) -> None:
    with service(gap=0.3, status=200, body="Please calm down") as url:
        set_fields(page, **{"Refused: text in the body": "calm down"})
        probe(page, f"{url}/items", "doubling")
        expect(hero(page)).to_contain_text("s between requests", timeout=HAS_ENDED)
        expect(verdict(page)).to_contain_text(
            "By your word these counted as refused too: a body that holds 'calm down'."
        )


def learn(page: Page, address: str) -> Locator:
    """Fetch that, and learn from it; gives the chips."""
    fetch = page.locator(".ww-fetch")
    fetch.get_by_label("Address").fill(address)
    fetch.get_by_role("button", name="Fetch", exact=True).click()
    return fetch.locator(".ww-chips")


def test_a_fetch_teaches_the_pace_and_a_refused_one_is_made_again_when_it_is_due(page: Page) -> None:
    with service(also=2) as url:
        page.locator(".ww-fetch").get_by_role("button", name="Learn the pace as I fetch").click()
        expect(learn(page, f"{url}/page/0")).to_contain_text("learning its pace: 1 sent")
        chips = learn(page, f"{url}/page/1")
        expect(chips).to_contain_text(re.compile(r"in \d+\.\d s\s*learning its pace: 2 sent"))
        expect(chips).to_contain_text("200 OK")
        expect(chips).to_contain_text(re.compile(r"learning its pace: [1-9] of [3-9] refused"))


@pytest.mark.long
def test_a_pace_is_learned_from_what_is_fetched_and_kept(page: Page) -> None:
    with service(RateLimit_Policy='"default";q=10;w=20') as url:
        page.locator(".ww-fetch").get_by_role("button", name="Learn the pace as I fetch").click()
        for number in range(1, 40):
            chips = learn(page, f"{url}/page/{number}")
            expect(chips).to_contain_text(re.compile(rf"its pace: ({number} sent|[\d.]+ s, stated)"))
            if "stated" in (chips.text_content() or ""):
                break
        expect(chips).to_contain_text(re.compile(r"its pace: 2[\d.]* s, stated"))
        expect(page.locator(".ww-paces .ww-table")).to_contain_text(f"{url.partition('://')[2]}, all of it")
