"""What a person enters as a secret is in nothing that is written, shown, exported or logged."""

from __future__ import annotations

import base64
import html
import logging
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from tests.pace.store.test_probes import attempt
from tests.pace.target import logging_target
from widgets.http.secrets import credential_of, secrets_in
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.export import CODE, to_csv, to_har, to_json, to_parquet, to_report
from widgets.pace.panel import PacesPanel
from widgets.probe import Step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import ipywidgets

    from widgets.probe import Verdict

KEY, TOKEN, QUERY = "K3Y/s3cr3t+one==", "tok-9f8e7d6c5b4a", "qu3ry k3y&two"
USER, PASSWORD, COOKIE = "mallory", "hunter2 pass:word", "c00kie-value-77"
ADDRESS = f"https://{USER}:{quote(PASSWORD)}@api.example.org/x?api_key={quote(QUERY, safe='')}&type=image"
HEADERS = {"X-Api-Key": KEY, "Authorization": f"Bearer {TOKEN}"}
ECHOED = {
    "Set-Cookie": f"sid={COOKIE}",
    "X-Echo": f"you sent {KEY} and {TOKEN}",
    "Location": ADDRESS,
    "X-Request-Url": f"/x?api_key={quote_plus(QUERY)}",
    "WWW-Authenticate": f"Basic realm={base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
}
PLAIN = (KEY, TOKEN, QUERY, PASSWORD, COOKIE)
FORMS = {form for secret in PLAIN for form in (secret, quote(secret, safe=""), quote_plus(secret), html.escape(secret))}
FORMS |= {base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(), base64.b64encode(KEY.encode()).decode()}


def found_in(written: bytes | str) -> list[str]:
    data = written.encode() if isinstance(written, str) else written
    return sorted(form for form in FORMS if form.encode() in data)


def texts(widget: ipywidgets.Widget) -> Iterator[str]:
    """All that a browser is told of a widget and of those within it."""
    yield repr({name: value for name, value in widget.get_state().items() if isinstance(value, (str, tuple, list))})
    for child in getattr(widget, "children", ()):
        yield from texts(child)


@pytest.fixture
def used(store_url: str, verdict: Verdict, caplog: pytest.LogCaptureFixture) -> Iterator[tuple[PaceStore, str]]:
    """A store in which a probe with every kind of secret was written, broke off, was resumed, and became a pace."""
    caplog.set_level(logging.DEBUG)
    with PaceStore(store_url) as store:
        secret, hidden = credential_of(ADDRESS, HEADERS), (secrets_in(ADDRESS, HEADERS), COOKIE)
        with store.lease(store.target(ADDRESS, credential=secret), "a test") as lease:
            log = store.begin(ADDRESS, {"method": "GET"}, credential=secret, secrets=hidden, lease=lease)
            log.asking(Step(1.0, "hello"), 1)
            log.add(Step(1.0, "hello"), attempt(1, 0.0, headers=ECHOED, error=f"refused: {ADDRESS} for {TOKEN}"))
            log.asking(Step(1.0, "search"), 2)
            log = store.resume(log.id, secrets=hidden, lease=lease)
            log.finish(verdict)
        store.keep(ADDRESS, 6.6, verdict, credential=secret, probe=log.id)
        yield store, log.id


def test_no_secret_is_in_any_table(used: tuple[PaceStore, str]) -> None:
    from widgets.pace.store.schema import tables  # noqa: PLC0415 - only this test reads them all

    store, _ = used
    with store.database.read() as connection:
        rows = [repr(tuple(row)) for table in tables.sorted_tables for row in connection.execute(table.select())]
    assert len(rows) > 6
    assert found_in("\n".join(rows)) == []


def test_no_secret_is_in_any_file(used: tuple[PaceStore, str], tmp_path: Path) -> None:
    store, _ = used
    if store.database.sqlite:
        written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        assert len(written) > 4096
        assert found_in(written) == []


def test_no_secret_is_in_any_export(used: tuple[PaceStore, str]) -> None:
    store, ident = used
    probe, entries, [pace] = store.probes.get(ident), store.probes.attempts(ident), store.paces()
    files = [to_report(probe, entries, pace), to_har(probe, entries), to_csv(entries), to_json(entries)]
    files += [write(pace) for _, write in CODE.values()]
    assert {name: found_in(text) for name, text in enumerate(files) if found_in(text)} == {}
    assert found_in(to_parquet(entries)) == []
    assert "you sent *** and ***" in files[3]


def test_no_secret_is_on_the_page(used: tuple[PaceStore, str]) -> None:
    store, _ = used
    panel = PacesPanel(store)
    panel.refresh()
    panel.join(30)
    shown = "\n".join(texts(panel))
    assert "api.example.org/x" in shown
    assert found_in(shown) == []


def test_no_secret_is_in_the_log(used: tuple[PaceStore, str], caplog: pytest.LogCaptureFixture) -> None:
    store, _ = used
    with logging_target() as target, PacedSession(store) as session:
        url = target.url.replace("http://", f"http://{USER}:{quote(PASSWORD)}@") + f"?api_key={quote(QUERY, safe='')}"
        headers = {"X-Api-Key": KEY}
        store.keep(url, 0.001, credential=credential_of(url, headers))
        assert session.get(url, headers=headers).status_code == 200
        session.patience = 0.0
        store.keep(url, 60, credential=credential_of(url, headers))
        with pytest.raises(NotSent) as told:
            session.get(url, headers=headers)
        assert found_in(str(told.value)) == []
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("widgets")]
    assert found_in("\n".join(ours)) == []
