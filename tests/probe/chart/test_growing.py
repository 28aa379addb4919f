from __future__ import annotations

import json
from typing import Any

import pytest

from widgets.model.attempt import Attempt, Goal, Step
from widgets.probe.chart.acceptance import MOST as MOST_SHARES
from widgets.probe.chart.canvas import Canvas
from widgets.probe.chart.trace import MOST
from widgets.probe.chart.widget import ProbeChart

STATUSES = (200, 200, 200, 503, 200, 429, 200)


def attempt(number: int, waits: int = 400) -> Attempt:
    wait = 0.05 * 1.01 ** (number % waits)
    headers = {"Retry-After": "1"} if number % 5 == 0 else {}
    return Attempt(number, wait, wait, number * wait, 0.012, STATUSES[number % 7], headers)


def step(number: int) -> Step:
    return Step(1.0, "verify" if number % 40 else "search", 0.1 + number // 50 * 0.001, 9.0)


class Browser:
    """Takes what ECharts would be given, and merges it as ECharts does."""

    def __init__(self, chart: ProbeChart) -> None:
        chart.wake()
        self.chart = chart
        self.sent: list[int] = []
        self.option: dict[str, Any] = {}
        canvas = chart.children[0]
        assert isinstance(canvas, Canvas)
        self.canvas = canvas
        self.replace(canvas.option)
        canvas.observe(lambda change: self.replace(change["new"]), "option")
        canvas.change = self.merge  # type: ignore[method-assign]

    def replace(self, option: dict[str, Any]) -> None:
        self.sent.append(size(option))
        self.option = merged(self.option, json.loads(json.dumps(option)))

    def merge(self, part: dict[str, Any]) -> None:
        self.sent.append(size(part))
        self.option = merged(self.option, json.loads(json.dumps(part)))

    def shown(self) -> dict[str, Any]:
        return {each["id"]: bare(each) for each in self.option["series"] if bare(each)}


def size(option: dict[str, Any]) -> int:
    """Bytes on the wire, where Jupyter escapes no sign."""
    return len(json.dumps(option, ensure_ascii=False).encode())


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    series = {each["id"]: each for each in old.get("series", [])}
    for each in new.get("series", []):
        series[each["id"]] = deeply(series.get(each["id"], {}), each)
    return deeply(old, new) | {"series": list(series.values())}


def deeply(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    both = {
        key: deeply(old[key], value) if isinstance(value, dict) and isinstance(old.get(key), dict) else value
        for key, value in new.items()
    }
    return old | both


def bare(series: dict[str, Any]) -> list[Any]:
    """What is drawn of a series."""
    marks = [series.get(kind, {}).get("data", []) for kind in ("markLine", "markArea")]
    return [part for part in (series["data"], *marks) if part]


def grown(count: int, every: int = 1, waits: int = 400) -> Browser:
    browser = Browser(ProbeChart())
    for number in range(1, count + 1):
        browser.chart.add(step(number), attempt(number, waits))
        if number % every == 0:
            browser.chart.flush()
    browser.chart.flush()
    return browser


@pytest.mark.parametrize("count", [7, 60, 199, 201, 260])
def test_what_was_sent_in_parts_is_what_is_drawn_of_all_at_once(count: int) -> None:
    parts, whole = grown(count, every=3), grown(count, every=count)
    assert parts.shown() == whole.shown()
    axes = ("grid", "xAxis", "yAxis", "media")
    assert [parts.option[each] for each in axes] == [whole.option[each] for each in axes]


def test_the_chart_knows_what_the_browser_shows() -> None:
    browser = grown(300, every=7)
    told = {each["id"]: bare(each) for each in browser.chart.option["series"] if bare(each)}
    assert browser.shown() == json.loads(json.dumps(told))


def test_one_more_attempt_at_a_thousand_sends_no_more_than_three_kilobytes() -> None:
    browser = grown(1000, every=1000)
    browser.sent.clear()
    for number in range(1001, 1097):
        browser.chart.add(step(number), attempt(number))
        browser.chart.flush()
    sizes = sorted(browser.sent)
    assert len(sizes) == 96
    assert sizes[48] <= 3000
    assert sum(sizes) / 96 <= 3000, "what is sent rarely is counted too"


def test_of_thousands_of_attempts_no_more_marks_are_drawn_than_can_be_told_apart() -> None:
    browser = grown(3000, every=300)
    shown = {each["id"]: len(each["data"]) for each in browser.option["series"] if each.get("name")}
    assert 200 < sum(shown.values()) <= MOST
    shares = [each for each in browser.option["series"] if each["id"].startswith("shares/")]
    assert 10 < sum(len(each["data"]) for each in shares) <= MOST_SHARES
    assert "(3000 so far)" in browser.chart.description
    assert "Of marks that are alike and crowd one another the chart draws the first." in browser.chart.description


def test_nearer_waits_are_drawn_as_one_where_there_are_too_many_and_it_says_which() -> None:
    browser = grown(800, every=800)
    points = [point for each in browser.option["series"] if each["id"].startswith("shares/") for point in each["data"]]
    counts = [int(point["value"][2].split(" of ")[1].split()[0]) for point in points]
    answered = sum(1 for number in range(1, 801) if STATUSES[number % 7] in {200, 429, 503})
    assert sum(counts) == answered, "no attempt is lost in them"
    assert " accepted at 0.05" in points[0]["value"][2]
    assert " s to " in points[0]["value"][2]


def test_a_replay_empties_what_is_not_there_yet_and_comes_back() -> None:
    browser, other = grown(260, every=20), grown(260, every=260)
    before = browser.shown()
    for each in (browser, other):
        each.chart.replay(30)
    assert browser.shown() == other.shown()
    assert sum(len(each["data"]) for each in browser.option["series"] if each.get("name")) == 30
    browser.chart.replay(None)
    assert browser.shown() == before


def test_another_probe_leaves_nothing_of_the_last_one() -> None:
    browser = grown(260, every=20)
    browser.chart.reset(Goal())
    assert {ident.split("-")[0] for ident in browser.shown()} == {"rules", "goal", "ghost"}


def test_a_view_that_is_made_from_an_old_option_is_told_all_when_it_says_so() -> None:
    browser = grown(12)
    browser.chart.add(step(13), attempt(13))
    browser.chart.flush()
    old = browser.canvas.option
    assert bare_all(old) != browser.shown()
    browser.canvas._handle_frontend_msg(browser.canvas, {"action": "widget_init"}, [])
    assert bare_all(browser.canvas.option) == browser.shown()
    sent = len(browser.sent)
    browser.canvas._handle_frontend_msg(browser.canvas, {"action": "widget_init"}, [])
    assert len(browser.sent) == sent, "another view finds it whole"


def bare_all(option: dict[str, Any]) -> dict[str, Any]:
    return {each["id"]: bare(each) for each in json.loads(json.dumps(option))["series"] if bare(each)}
