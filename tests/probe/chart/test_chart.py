from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.model.attempt import Attempt, Goal, Step, Verdict
from widgets.probe.chart.acceptance import shares
from widgets.probe.chart.attempts import Row, marker
from widgets.probe.chart.widget import ProbeChart
from widgets.probe.evidence import interval
from widgets.probe.identify import identify
from widgets.probe.panel.live_view import LiveView


def attempt(number: int = 1, status: int | None = 200, wait: float | None = 0.1, error: str = "") -> Attempt:
    return Attempt(number, wait, wait, number * 0.5, 0.0123, status, error=error)


def shapes(chart: ProbeChart) -> dict[str, tuple[str, str, int]]:
    return {
        series["name"]: (series["symbol"], series["itemStyle"]["color"], len(series["data"]))
        for series in chart.option["series"]
        if series["type"] == "scatter" and "dimensions" in series
    }


def test_each_status_has_a_shape_and_a_colour_of_its_own() -> None:
    looks = [marker(attempt(status=status)) for status in (200, 503, 429, 404, None)]
    assert len({look.symbol for look in looks}) == 5
    assert len({look.colour for look in looks[:4]}) == 4
    assert [look.name for look in looks] == [
        "200 accepted",
        "503 refused",
        "429 refused",
        "404 failed",
        "no answer",
    ]


def test_what_is_added_is_shown_at_the_next_flush_and_not_before() -> None:
    chart = ProbeChart()
    chart.add(Step(0.0001, "search"), attempt(1, 503, None))
    assert shapes(chart) == {}
    chart.flush()
    chart.add(Step(0.0002, "search"), attempt(2, 200, 0.0002))
    chart.flush()
    assert {name: count for name, (_, _, count) in shapes(chart).items()} == {
        "first: 503": 1,
        "200 accepted": 1,
    }


def test_a_point_holds_number_wait_status_latency_and_time() -> None:
    assert Row.of(Step(3.28, "search"), attempt(17, 503, 3.28)).point == [17, 3.28, 503, 12.3, 8.5]


def test_the_axis_keeps_to_whole_decades_around_the_waits() -> None:
    chart = ProbeChart()
    for number, wait in enumerate((0.0001, 6.5536), 1):
        chart.add(Step(wait, "search"), attempt(number, 200, wait))
    chart.flush()
    axis = chart.option["yAxis"]
    assert (axis["type"], axis["min"], axis["max"]) == ("log", 0.0001, 10.0)


def test_the_chart_describes_itself_to_screen_readers() -> None:
    chart = ProbeChart()
    for number, status in enumerate((503, 503, 200), 1):
        chart.add(Step(0.1, "search"), attempt(number, status))
    chart.flush()
    text = chart.description
    assert "(3 so far)" in text
    assert "1 accepted, 2 refused" in text


@given(st.text(max_size=60).map(lambda text: "__ipecharts_jsfn__::" + text))
def test_no_word_of_the_service_reaches_the_charts_option(text: str) -> None:
    chart = ProbeChart()
    hostile = Attempt(1, 0.1, 0.1, 0.0, 0.1, 200, headers={text: text}, error=text)
    chart.add(Step(0.1, "search"), hostile)
    chart.flush()
    assert "jsfn" not in json.dumps(chart.option)
    assert "jsfn" not in chart.description


def test_the_first_attempt_had_no_wait_and_the_chart_does_not_invent_one() -> None:
    chart = ProbeChart()
    chart.add(Step(3.0, "hello"), attempt(1, 200, None))
    chart.add(Step(3.0, "search"), attempt(2, 200, 3.0))
    chart.flush()
    first, second = (each for each in chart.option["series"] if "dimensions" in each)
    assert [first["dimensions"][at] for at in first["encode"]["tooltip"]] == second["dimensions"]
    assert first["data"] == [[1, chart.option["yAxis"]["min"], 200, 12.3, 0.5, "first, no wait"]]
    assert first["itemStyle"]["color"] == "transparent"
    assert second["itemStyle"]["color"] == first["itemStyle"]["borderColor"] == "#1a9e77"
    assert "from 3 to 3 seconds" in chart.description


def test_the_legend_shows_a_band_as_a_band() -> None:
    chart = ProbeChart()
    chart.add(Step(0.5, "search", 0.1, 0.9), attempt(1, 200, 0.5))
    chart.flush()
    (band,) = (each for each in chart.option["legend"]["data"] if each != "200 accepted")
    (drawn,) = series(chart, "bracket")
    assert (band["name"], band["icon"]) == ("bracket", "rect")
    assert band["itemStyle"]["color"] == drawn["markArea"]["itemStyle"]["color"]


def test_waits_within_a_hundredth_are_one_bin_with_the_exact_interval_of_its_counts() -> None:
    waits = (1.0, 1.004, 1.01, 1.0101, 2.0)
    attempts = [attempt(number, 503 if wait == 1.004 else 200, wait) for number, wait in enumerate(waits, 1)]
    near, next_, far = shares(attempts, 0.95)
    assert (near.wait, near.accepted, near.asked) == (1.0, 2, 3)
    assert (near.low, near.high) == interval(2, 3, 0.95)
    assert [(each.wait, each.asked) for each in (next_, far)] == [(1.01, 1), (2.0, 1)]


def test_a_share_is_told_by_shape_and_counts_and_not_by_colour_alone() -> None:
    chart = ProbeChart(goal=Goal(0.5, 0.95))
    for number, (status, wait) in enumerate(((503, 0.1), (200, 0.2), (503, 0.2), (503, 0.2), (200, 0.4)), 1):
        chart.add(Step(wait, "search"), attempt(number, status, wait))
    chart.view.value = "Acceptance"
    drawn = {each["id"]: each for each in chart.option["series"]}
    assert [len(drawn[ident]["data"]) for ident in ("enough", "partly", "none")] == [1, 1, 1]
    assert len({drawn[ident]["symbol"] for ident in ("enough", "partly", "none")}) == 3
    assert drawn["partly"]["data"][0][:4] == [0.2, 0.333333, 1, 3]
    assert [drawn[ident]["data"][0][-1] for ident in ("partly", "none")] == ["1/3", ""]
    assert drawn["partly"]["label"]["formatter"] == "{@counts}"
    assert chart.option["legend"]["data"] == ["accepted share meets the goal", "below the goal", "none accepted"]


TRUE_CURVE = ((0.01, 0.25), (0.04, 1.0), (0.32, 1.0))


def series(chart: ProbeChart, ident: str) -> list[dict[str, Any]]:
    return [each for each in chart.option["series"] if each["id"] == ident]


def test_a_truth_that_is_revealed_lies_over_what_was_found_and_is_told_to_screen_readers() -> None:
    chart = ProbeChart("dark")
    chart.add(Step(0.1, "search"), attempt(1, 200, 0.1))
    chart.flush()
    chart.reveal(TRUE_CURVE, 0.038)
    assert chart.view.value == "Acceptance"
    (shares,), (truth,) = series(chart, "enough"), series(chart, "truth")
    assert shares["data"][0][:2] == [0.1, 1.0]
    assert truth["data"] == [[0.01, 0.25], [0.04, 1.0], [0.32, 1.0]]
    assert [line["xAxis"] for line in truth["markLine"]["data"]] == [0.038]
    assert "the truth" in chart.option["legend"]["data"]
    assert chart.option["xAxis"]["min"] <= 0.01
    assert "the true steady wait: 0.038 s" in chart.description


def test_the_truth_stays_in_a_replay_and_comes_back_with_its_view() -> None:
    chart = ProbeChart()
    chart.reveal(TRUE_CURVE, 0.038)
    chart.view.value = "Attempts"
    assert series(chart, "truth") == []
    chart.view.value = "Acceptance"
    assert len(series(chart, "truth")) == 1
    chart.reveal(TRUE_CURVE[:2], 0.02)
    assert [len(each["data"]) for each in series(chart, "truth")] == [2]


@pytest.mark.parametrize("steady_wait", [0.0, math.inf])
def test_a_steady_wait_that_no_log_axis_can_show_is_not_drawn(steady_wait: float) -> None:
    chart = ProbeChart()
    chart.reveal(TRUE_CURVE, steady_wait)
    assert series(chart, "truth")[0]["markLine"]["data"] == []
    assert json.loads(json.dumps(chart.option, allow_nan=False)) == chart.option


def test_what_a_probe_found_is_the_best_supported_rule_and_the_wait() -> None:
    verdict = Verdict("estimated", 0.5, 0.5, 0.5, 0.95, 4, 0, 9, 1.0, 1.0, 1.0, "Empirically.", None)
    attempts = [attempt(number, status, 0.1) for number, status in enumerate((200, 503, 503, 200), 1)]
    candidates = identify(attempts)
    assert found(verdict) == ("", 0.5)
    assert found(replace(verdict, limiter=candidates)) == (candidates[0].name, 0.5)
    assert found(replace(verdict, wait=None)) is None
    assert LiveView().found is None


def found(verdict: Verdict) -> tuple[str, float] | None:
    live = LiveView()
    live.finish(verdict)
    return live.found
