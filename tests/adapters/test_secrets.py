"""What a person enters as a secret is in no link and no chart, even where the service echoes it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import pytest
from werkzeug.wrappers import Request, Response

from tests.conftest import served
from tests.pace.store.test_secrets import COOKIE, ECHOED, HEADERS, PASSWORD, QUERY, USER, found_in, texts
from widgets import Dashboard
from widgets.adapters import StoreJournals, keeper
from widgets.http.secrets import hider
from widgets.pace import PaceStore
from widgets.probe import ProbePanel

if TYPE_CHECKING:
    from collections.abc import Iterator


@Request.application
def echoing(_: Request) -> Response:
    """A service that says every secret in the headers of its answers."""
    return Response("ok", headers=list(ECHOED.items()))


@pytest.fixture
def address() -> Iterator[str]:
    """Of that service, with a password and a key in it."""
    with served(echoing) as base:
        host = base.rpartition("/")[2]
        yield f"http://{USER}:{quote(PASSWORD)}@{host}/x?api_key={quote(QUERY, safe='')}&type=image"


def fill(panel: ProbePanel, address: str) -> None:
    panel.form.address.value = address
    panel.form.fields.header_lines.value = "\n".join(f"{name}: {value}" for name, value in HEADERS.items())
    panel.form.strategy.value, panel.form.fields.needed.value = "doubling", 2


@pytest.fixture
def probed(address: str) -> Iterator[ProbePanel]:
    with PaceStore() as store:
        panel = ProbePanel([address], journals=StoreJournals(store), keep=keeper(store), hide=hider)
        fill(panel, address)
        panel.probe()
        panel.join(60)
        yield panel


def test_no_secret_is_in_the_charts_the_table_the_verdict_or_the_csv_of_a_probe(probed: ProbePanel) -> None:
    live = probed.live
    assert len(live.attempts) >= 2
    assert live.chart.option["series"]
    assert found_in(repr(live.chart.option)) == []
    shown = "\n".join([*texts(live), *texts(live.record)])
    assert found_in(shown) == []
    saved = base64.b64decode(re.findall(r'base64,([^"]+)"', shown)[-1])
    assert saved.startswith(b"attempt,wait")
    assert found_in(saved) == []


def test_no_secret_is_in_the_details_of_an_attempt_even_where_it_is_echoed(probed: ProbePanel) -> None:
    probed.live.replay.show(2)
    probed.live.replay.headers_button.value = True
    shown = probed.live.replay.detail.value
    assert "X-Request-Url" in shown
    assert found_in(shown) == []
    assert COOKIE not in shown
    assert "Authorization" not in shown


def test_no_secret_is_in_the_link_that_is_copied(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://localhost:8866/?theme=dark")
    dashboard = Dashboard("http://localhost:5009")
    fill(dashboard.probe, address)
    dashboard.fetch.address.value = address
    link = unquote(unquote(dashboard.children[1].children[2].value))
    assert "probe=http" in link
    assert "type=image" in link
    assert found_in(link) == []
