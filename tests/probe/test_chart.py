from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from widgets.probe.attempt import Attempt
from widgets.probe.chart import AttemptChart, point, series_of


def attempt(number: int = 1, status: int | None = 200, wait: float | None = 0.1, error: str = "") -> Attempt:
    return Attempt(number, wait, wait, number * 0.5, 0.0123, status, error=error)


def shapes(chart: AttemptChart) -> dict[str, tuple[str, str, int]]:
    return {
        series["name"]: (series["symbol"], series["itemStyle"]["color"], len(series["data"]))
        for series in chart.option["series"]
        if series["type"] == "scatter"
    }


def test_each_status_has_a_shape_and_a_colour_of_its_own() -> None:
    looks = [series_of(attempt(status=status)) for status in (200, 503, 429, 404, None)]
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
    chart = AttemptChart()
    chart.add(attempt(1, 503, None), 0.0001)
    assert shapes(chart) == {}
    chart.flush()
    chart.add(attempt(2, 200, 0.0002), 0.0002)
    chart.flush()
    assert {name: count for name, (_, _, count) in shapes(chart).items()} == {"503 refused": 1, "200 accepted": 1}


def test_a_point_holds_number_wait_status_latency_and_time() -> None:
    assert point(attempt(17, 503, 3.28), 3.28) == [17, 3.28, 503, 12.3, 8.5]


def test_the_axis_keeps_to_whole_decades_around_the_waits() -> None:
    chart = AttemptChart()
    for number, wait in enumerate((0.0001, 6.5536), 1):
        chart.add(attempt(number, 200, wait), wait)
    chart.flush()
    axis = chart.option["yAxis"]
    assert (axis["type"], axis["min"], axis["max"]) == ("log", 0.0001, 10.0)


def test_the_chart_describes_itself_to_screen_readers() -> None:
    chart = AttemptChart()
    for number, status in enumerate((503, 503, 200), 1):
        chart.add(attempt(number, status), 0.1)
    chart.flush()
    text = chart._description.value
    assert "3 attempts" in text
    assert "1 accepted, 2 refused" in text


@given(st.text(max_size=60).map(lambda text: "__ipecharts_jsfn__::" + text))
def test_no_word_of_the_service_reaches_the_charts_option(text: str) -> None:
    chart = AttemptChart()
    hostile = Attempt(1, 0.1, 0.1, 0.0, 0.1, 200, headers={text: text}, error=text)
    chart.add(hostile, 0.1)
    chart.flush()
    assert "jsfn" not in json.dumps(chart.option)
    assert "jsfn" not in chart._description.value
