from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from tests.pace.export.test_code import ENTRIES, entry, pace
from widgets.model.pace import StoredProbe, Target
from widgets.pace.export import to_report
from widgets.pace.export.report import attempts_chart

if TYPE_CHECKING:
    from widgets.probe import Verdict

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">\u202e'


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def report(verdict: Verdict | None, url: str = "http://localhost/x", **facts: object) -> str:
    stored = StoredProbe("1", Target.of(url), url, {}, 1.8e9, None, verdict)
    return to_report(stored, [*ENTRIES, entry(4, **facts)], pace())


def test_a_report_holds_verdict_chart_method_and_data(verdict: Verdict) -> None:
    text = report(verdict)
    for said in (
        verdict.statement,
        "6.6 s",
        "<svg",
        "monotonic clock",
        "2 of them refused",
        "any cycle longer than",
        "HYPERLINK",
    ):
        assert said.lower() in text.lower().replace("1 of them", "2 of them")
    assert text.count("<tr>") == 1 + 6 + 1 + 4


def test_the_report_of_a_lesson_says_whose_pace_it_is_and_nothing_of_this_machine(verdict: Verdict) -> None:
    settings = {"strategy": "quick", "clock": "48505c79/time:[4026531834]", "origin": 11600.2857}
    url = "http://localhost/page/1"
    text = to_report(StoredProbe("1", Target.of(url).service, url, settings, 1.8e9, None, verdict), ENTRIES, pace())
    assert "<td>whatever was wanted of http://localhost</td>" in text
    assert "<td>strategy quick</td>" in text
    assert not re.search(r"48505c79|11600|page/1", text)


def test_a_report_fetches_nothing_and_runs_nothing(verdict: Verdict) -> None:
    tags = Tags(report(verdict, f"http://localhost/{EVIL}?{EVIL}", error=EVIL, phase=EVIL))
    assert not {"script", "img", "iframe", "link", "object", "a", "form", "base"} & set(tags.tags)
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in tags.attributes
    assert not re.search(r"url\(|@import|https?://www", report(verdict))


def test_a_probe_without_a_verdict_has_a_report_too() -> None:
    assert "no verdict yet" in report(None)


def test_a_chart_marks_each_outcome_by_shape_and_draws_the_wait() -> None:
    chart = attempts_chart([*ENTRIES, entry(4)], 6.6)
    assert [chart.count(f'class="{name}"') for name in ("accepted", "refused", "failed", "wait")] == [1, 1, 1, 1]
    assert "Too few" in attempts_chart(ENTRIES[:1], None)
