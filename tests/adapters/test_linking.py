from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets import Dashboard
from widgets.adapters.linking import Link
from widgets.media import MediaView

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_link_restores_what_it_was_made_of() -> None:
    link = Link("http://a.example/x?y=1&z=a%20b", "https://b.example/", "careful", "2.5", "99", "text/csv")
    assert Link.read(link.query()) == link
    assert Link().query() == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://user:s3cret@a.example/x?y=1",
        "http://a.example/x?api_key=s3cret&y=1",
        "http://a.example/x?y=1&access_token=s3cret",
        "http://a.example/x?y=1#s3cret",
    ],
)
def test_no_secret_of_an_address_is_in_a_link(address: str) -> None:
    query = Link(fetch=address, probe=address).query()
    assert "s3cret" not in unquote(query)
    assert Link.read(query).fetch == "http://a.example/x?y=1"


@pytest.mark.parametrize(
    "query",
    ["fetch=javascript:alert(1)", "probe=file:///etc/passwd", "strategy=ruin", "fetch=http://a/%0d%0ax", "fetch="],
)
def test_what_a_link_should_not_hold_is_passed_over(query: str) -> None:
    assert Link.read(query) == Link()


PIECES = [
    "http://",
    "https://",
    "[",
    "]",
    "%5B",
    "%00",
    ":",
    "@",
    "//",
    "a.example",
    "&fetch=",
    "&probe=",
    "é",
    "\u202e",
    "=",
]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_address_in_a_link_stops_the_page(address: str) -> None:
    query = f"fetch={address}&probe={address}"
    read = Link.read(query).fetch
    assert read == "" or read.startswith("http")
    again = Link.read(Link(fetch=address).query()).fetch
    assert again == "" or again.startswith("http")


@pytest.mark.parametrize("address", ["http://[", "http://%5B", "http://[::1", "http://a]b/", "http://[v1.x]/"])
def test_an_address_that_cannot_be_taken_apart_is_passed_over(
    address: str, start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = urlencode({"fetch": address, "probe": address, "refused": "nan", "confidence": "1e999"})
    monkeypatch.setenv("VOILA_REQUEST_URL", f"http://localhost:8866/?{query}")
    monkeypatch.setenv("QUERY_STRING", query)
    dashboard = Dashboard(start_service())
    dashboard.fetch.address.value = dashboard.probe.form.address.value = address
    assert "Copy link" in dashboard.children[1].children[2].value


@given(st.text(max_size=200))
def test_any_query_is_read_without_a_fault(query: str) -> None:
    link = Link.read(query)
    assert Link.read(link.query()).strategy == link.strategy


def test_a_page_opened_by_a_link_is_filled_and_asks_nothing(
    start_service: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service = start_service()
    link = Link(f"{service}/NASA?type=text/csv", f"{service}/Slow-NASA?q=1", "quick", "2", "90", "text/plain")
    monkeypatch.setenv("VOILA_REQUEST_URL", f"http://localhost:8866/?theme=dark&{link.query()}")
    monkeypatch.setenv("QUERY_STRING", f"theme=dark&{link.query()}")
    dashboard = Dashboard(service)
    form = dashboard.probe.form
    assert (form.address.value, form.strategy.value) == (link.probe, "quick")
    assert (form.fields.refusal_rate.value, form.fields.confidence.value) == (2, 90)
    assert dashboard.fetch.address.value == link.fetch
    assert dashboard.fetch.reply is None
    assert dashboard.probe.live.attempts == []
    dashboard.fetch.fetch()
    dashboard.fetch.join(20)
    (stage,) = dashboard.fetch.view.media.children
    assert isinstance(stage, MediaView)
    stage.join(30)
    assert stage.choice.value == "text/plain"
    copied = dashboard.children[1].children[2].value.partition('data-text="')[2].partition('"')[0].replace("&amp;", "&")
    parts = urlsplit(copied)
    assert parts.netloc == "localhost:8866"
    assert parse_qs(parts.query)["theme"] == ["dark"]
    assert Link.read(parts.query) == link
    form.strategy.value = "careful"
    assert "strategy=careful" in dashboard.children[1].children[2].value
