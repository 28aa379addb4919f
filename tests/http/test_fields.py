"""One rule for what a header may hold, whoever sends it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from widgets.fetch import Fetcher
from widgets.fetch.panel.request_form import RequestFields
from widgets.http.errors import FieldError
from widgets.http.fields import headers_of
from widgets.pace import PacedSession, PaceStore
from widgets.probe.asker import Asker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def test_what_may_be_sent_is_sent_by_fetch_probe_and_session_alike(
    service: Callable[..., Any], answer: Callable[..., Any], tmp_path: Path
) -> None:
    """Fetch refused what Probe sent, and a session failed in the words of a codec."""
    one = service(answer(b"ok"))
    line = "X-City: Orl\u00e9ans\t\xa3\xa05"
    found = RequestFields(headers=line).all_headers()
    assert found == headers_of([line])
    Fetcher().fetch(one.url, headers=found)
    with Asker(one.url, headers=found) as ask:
        ask(threading.Event())
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store, PacedSession(store) as session:
        session.get(one.url, headers=found)
    assert [b"X-City: Orl\xe9ans\t\xa3\xa05\r\n" in head for head in one.heads] == [True] * 3


@pytest.mark.parametrize("value", ["\u6771", "a\x00b", "a\x7fb", "a\x1bb", "\u20ac5", "y" * 8001])
def test_what_may_not_be_sent_is_said_alike_and_not_repeated(value: str) -> None:
    line = f"X-Key: s3same {value}"
    with pytest.raises(FieldError, match="The value of the header X-Key cannot be sent: it") as probed:
        headers_of([line])
    for fields in (
        RequestFields(headers=line),
        RequestFields(login="API key", name="X-Key", key=f"s3same {value}"),
    ):
        with pytest.raises(FieldError) as fetched:
            fields.all_headers()
        assert str(fetched.value) == str(probed.value)
    assert "s3same" not in str(probed.value)
