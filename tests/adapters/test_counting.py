"""What is saved of a probe counts its attempts as its verdict, and the page, do."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING

from widgets import Dashboard
from widgets.model.attempt import Attempt, Step, Verdict
from widgets.pace import PaceStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from widgets.probe.settings import Settings

STATUSES = [*[200] * 8, 403, 403, *[200] * 8, 403, 403]
"""A service that refuses by 403: no header says that it is a refusal, only when it comes."""


URL = "http://service.example/items"
NOWHERE = "http://127.0.0.1:9"
"""Nothing is asked there: only what is stored is read."""
VERDICT = Verdict("estimated", 1.1, 1.0, 0.3, 0.95, 8, 0, 20, 20.0, 8.0, 7.0, "Seems safe. 403 counts as refused.")


def saved(links: str, name: str) -> str:
    """The text of a file that a link saves."""
    found = re.search(rf'<a[^>]*download="{re.escape(name)}"[^>]*>', links)
    assert found, f"nothing saves {name}"
    data = re.search(r'href="data:[^,]*;base64,([^"]*)"', found[0])
    assert data, found[0][:100]
    return b64decode(html.unescape(data[1])).decode()


def test_what_is_saved_of_a_probe_counts_as_refused_what_its_verdict_found_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{tmp_path}/p.sqlite")
    store = PaceStore()
    log = store.begin(URL, {"strategy": "quick"})
    for number, status in enumerate(STATUSES, 1):
        wait = None if number == 1 else 1.0
        step = Step(1.0, "search")
        log.asking(step, number)
        log.add(step, Attempt(number, wait, wait, float(number), 0.1, status))
    log.finish(VERDICT)
    store.keep(URL, 1.1, VERDICT, probe=log.id)
    paces = Dashboard(NOWHERE).paces
    assert paces is not None
    paces.refresh()
    paces.join(30)
    paces.exports.probe_button.click()
    paces.join(30)
    links = paces.exports.links.value
    assert "20, 4 of them refused" in saved(links, "waitwise.html")
    expected = ["refused" if status == 403 else "accepted" for status in STATUSES]
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(saved(links, "waitwise.csv")))] == expected
    assert [row["outcome"] for row in json.loads(saved(links, "waitwise.json"))] == expected
    entries = json.loads(saved(links, "waitwise.har"))["log"]["entries"]
    assert [entry["_waitwise"]["outcome"] for entry in entries] == expected


def test_what_was_learned_from_wanted_requests_is_shown_in_the_charts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAITWISE_STORE", f"sqlite:///{tmp_path}/p.sqlite")
    store = PaceStore()
    settings = {"strategy": "quick", "clock": "c", "origin": 5.0}
    log = store.probes.begin(store.target(URL).service, URL, json.dumps(settings))
    for number, status in enumerate([200, 429, 200], 1):
        log.add(Step(1.0, "search"), Attempt(number, 1.0, 1.0, float(number), 0.1, status))
    log.finish(VERDICT)
    store.keep(URL, 1.1, VERDICT, probe=log.id)
    dashboard = Dashboard(NOWHERE)
    paces = dashboard.paces
    assert paces is not None
    paces.refresh()
    paces.join(30)
    paces.show_button.click()
    paces.join(30)
    assert "cannot be read" not in paces.message.value
    assert len(dashboard.probe.live.attempts) == 3
    assert dashboard.probe.live.face.large == "1.1"
    asked: list[Settings] = []
    monkeypatch.setattr(dashboard.probe, "_ask", lambda _, settings, __: asked.append(settings))
    dashboard.probe.make_certain()  # its attempts say nothing of what one address sends: it begins anew
    assert [(each.strategy, each.after) for each in asked] == [("careful", 0)]
