from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from widgets.adapters import expected
from widgets.http.message import Headers
from widgets.model.reply import Reply
from widgets.pace import PaceStore
from widgets.probe import ProbePanel

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "http://127.0.0.1:9/items"


def reply(url: str, *headers: tuple[str, str]) -> Reply:
    return Reply(url, 200, "OK", Headers(headers))


def test_the_pace_that_is_kept_is_likely_then_what_the_service_said_and_else_nothing() -> None:
    stated = reply("http://127.0.0.1:9/other", ("RateLimit-Policy", '"default";q=60;w=120'))
    with PaceStore() as store:
        assert expected(store, URL, {}, None) is None
        assert expected(store, URL, {}, stated) == pytest.approx(2.0, rel=0.05)
        assert expected(store, "http://127.0.0.1:10/items", {}, stated) is None
        store.keep(URL, 0.25)
        assert expected(store, URL, {}, stated) == 0.25
    assert expected(None, URL, {}, stated) == pytest.approx(2.0, rel=0.05)


def test_the_estimates_go_by_it_as_soon_as_an_address_is_typed() -> None:
    def expect(url: str, _: Mapping[str, str]) -> float | None:
        return 0.12 if url.endswith("/known") else None

    panel = ProbePanel([URL], expect=expect)
    assert panel.form.strategy.options[1][0] == "Careful\n7–49 min"
    panel.form.address.value = f"{URL}/known"
    end = time.monotonic() + 10
    while panel.form.strategy.options[1][0] != "Careful\n8–59 s":
        assert time.monotonic() < end
        time.sleep(0.02)
    panel.form.address.value = URL
    while panel.form.strategy.options[1][0] != "Careful\n7–49 min":
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_the_person_guesses_stays_until_another_address_is_typed() -> None:
    panel = ProbePanel([URL], expect=lambda *_: 0.12)
    panel.form.fields.guess.value = 3.0
    panel.look_ahead()
    assert panel.form.likely == 3.0
    panel.form.doubt()
    panel.look_ahead()
    assert panel.form.likely == panel.form.fields.guess.value == 0.12
