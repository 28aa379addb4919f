from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import widgets
from widgets.model.attempt import Attempt, Goal, Outcome, Step, Verdict
from widgets.model.quantity import rounded_wait
from widgets.probe.chart.acceptance import shares
from widgets.probe.chart.attempts import Kind, Row, marker, named
from widgets.probe.chart.canvas import Canvas
from widgets.probe.chart.theme import LIGHT, colour
from widgets.probe.chart.widget import ProbeChart
from widgets.probe.evidence import interval
from widgets.probe.identify import identify
from widgets.probe.panel.live_view import LiveView, legend


def attempt(number: int = 1, status: int | None = 200, wait: float | None = 0.1, error: str = "") -> Attempt:
    return Attempt(number, wait, wait, number * 0.5, 0.0123, status, error=error)


def shapes(chart: ProbeChart) -> dict[str, tuple[str, str, int]]:
    """Of each kind of mark, in all pieces that it is drawn in."""
    found: dict[str, tuple[str, str, int]] = {}
    for series in chart.option["series"]:
        if name := series.get("name"):
            count = found.get(name, ("", "", 0))[2] + len(series["data"])
            found[name] = (series["symbol"], series["itemStyle"]["color"], count)
    return found


def test_each_status_has_a_shape_of_its_own_and_each_outcome_a_colour() -> None:
    looks = [marker(attempt(status=status)) for status in (200, 503, 429, 404, None)]
    assert len({look.symbol for look in looks}) == 5
    assert [look.token for look in looks] == ["dot-good", "dot-bad", "dot-bad", "ink-3", "ink-3"]
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
        "first: 503 refused": 1,
        "200 accepted": 1,
    }


def test_the_browser_is_given_a_canvas_when_its_page_stands_or_there_is_something_to_draw() -> None:
    woken, drawn = ProbeChart(), ProbeChart()
    for chart in (woken, drawn):
        chart.reset(Goal())
        assert not any(isinstance(child, Canvas) for child in chart.children)
    woken.wake()
    canvas = woken.children[0]
    woken.wake()
    drawn.add(Step(1.0, "verify"), attempt())
    drawn.flush()
    for chart in (woken, drawn):
        assert [type(child) for child in chart.children].count(Canvas) == 1
        assert chart.children[0].option == chart.option
    assert woken.children[0] is canvas


def test_a_point_holds_its_number_its_place_and_what_its_tooltip_says() -> None:
    point = Row.of(Step(3.28, "search"), attempt(17, 503, 3.28)).point
    assert point == [17, 0.515874, "17 · after 3.28 s · 503 refused · 12.3 ms"]
    assert point[1] == pytest.approx(math.log10(3.28), abs=1e-5)


def test_the_axis_begins_and_ends_at_a_round_wait() -> None:
    chart = ProbeChart()
    for number, wait in enumerate((0.0001, 6.5536), 1):
        chart.add(Step(wait, "search"), attempt(number, 200, wait))
    chart.flush()
    left, right = chart.option["yAxis"]
    assert (10 ** left["min"], 10 ** left["max"]) == pytest.approx((0.00005, 20.0), rel=1e-4)
    assert (left["min"], left["max"]) == (right["min"], right["max"]), "both halves share one axis of waits"


def test_a_wait_has_one_number_in_the_words_of_the_chart_and_in_its_line() -> None:
    chart = ProbeChart()
    for number in range(1, 6):
        chart.add(Step(6.5536, "search"), attempt(number, 200, 6.5536))
    chart.flush()
    assert "5 of 5 at 6.56 s" in chart.description
    assert "6.55 s" not in chart.description


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
    first, second = (each for each in chart.option["series"] if each.get("name"))
    assert first["data"] == [[1, chart.option["yAxis"][0]["min"], "1 · first, no wait · 200 accepted · 12.3 ms"]]
    assert first["itemStyle"]["color"] != first["itemStyle"]["borderColor"] == second["itemStyle"]["color"]
    assert "from 3 s to 3 s" in chart.description


def test_what_is_still_possible_is_a_band_of_the_accent() -> None:
    chart = ProbeChart()
    chart.add(Step(0.5, "search", 0.1, 0.9), attempt(1, 200, 0.5))
    chart.flush()
    (drawn,) = series(chart, "between")
    assert drawn["markArea"]["itemStyle"] == {"color": colour("accent"), "opacity": 0.11}
    ((low, high),) = drawn["markArea"]["data"]
    assert (10 ** low["coord"][1], 10 ** high["coord"][1]) == pytest.approx((0.1, 0.9), rel=1e-4)


def test_the_recommended_wait_is_a_line_with_its_number_rounded_up() -> None:
    chart = ProbeChart()
    chart.add(Step(6.5, "verify"), attempt(1, 200, 6.5))
    chart.recommend(6.5134)
    (line,) = series(chart, "wait")
    (mark,) = line["markLine"]["data"]
    assert mark["label"]["formatter"] == "6.52 s"
    chart.replay(0)
    assert series(chart, "wait")[0]["markLine"]["data"] == [], "in a replay it is not yet known"


def test_a_long_trial_is_drawn_as_a_bar_for_ten() -> None:
    chart = ProbeChart()
    for number in range(1, 253):
        chart.add(Step(0.1, "verify"), attempt(number, 503 if number == 120 else 200, 0.1))
    chart.flush()
    drawn = shapes(chart)
    bars = [each for each in chart.option["series"] if each["id"].split("/")[0] == "bars"]
    assert sum(len(each["markLine"]["data"]) for each in bars) == 11 + 13
    assert drawn["503 refused"][2] == 1
    assert drawn["200 accepted"][2] == 252 - 1 - 240


def test_before_anything_is_asked_ghosts_show_what_will_be_drawn() -> None:
    chart = ProbeChart()
    assert len(series(chart, "ghost")[0]["data"]) > 5
    chart.add(Step(0.1, "search"), attempt())
    chart.flush()
    assert series(chart, "ghost")[0]["data"] == []


def test_the_words_beside_the_ghosts_are_not_as_faint_as_these() -> None:
    """A label takes the opacity of its mark, and 0.7 of this ink is too little contrast on either ground."""
    (ghosts,) = series(ProbeChart(), "ghost")
    labels = [each["label"] for each in ghosts["data"] if each["label"]["show"]]
    assert ghosts["itemStyle"]["opacity"] < 1
    assert [label["opacity"] for label in labels] == [1, 1]


def test_the_colours_are_the_tokens_of_the_stylesheet() -> None:
    css = (Path(widgets.__file__).parent / "kit" / "kit.css").read_text("utf-8")
    told = dict(re.findall(r"--ww-([\w-]+): light-dark\((#\w{6}),", css))
    assert {name: told[name] for name in LIGHT} == LIGHT


def test_a_share_has_the_number_of_the_wait_that_was_asked_for_most_often() -> None:
    """Rounded as it is everywhere: the nearest number to the mean of such waits would be one that stands nowhere."""
    waits = (14.7395, 14.7397, 14.7397, 14.75)
    (share,) = shares([attempt(number, 200, wait) for number, wait in enumerate(waits, 1)], 0.95)
    assert share.wait == rounded_wait(14.7397) == 14.8
    assert share.words == "4 of 4 at 14.8 s"


def test_waits_within_a_hundredth_are_one_bin_with_the_exact_interval_of_its_counts() -> None:
    waits = (1.0, 1.004, 1.01, 1.0101, 2.0)
    attempts = [attempt(number, 503 if wait == 1.004 else 200, wait) for number, wait in enumerate(waits, 1)]
    near, next_, far = shares(attempts, 0.95)
    assert (near.wait, near.accepted, near.asked) == (1.0, 2, 3)
    assert (near.low, near.high) == interval(2, 3, 0.95)
    assert [(each.wait, each.asked) for each in (next_, far)] == [(1.02, 1), (2.0, 1)]


def test_a_share_is_told_by_shape_and_counts_and_not_by_colour_alone() -> None:
    chart = ProbeChart(Goal(0.5, 0.95))
    for number, (status, wait) in enumerate(((503, 0.1), (200, 0.2), (503, 0.2), (503, 0.2), (200, 0.4)), 1):
        chart.add(Step(wait, "search"), attempt(number, status, wait))
    chart.flush()
    none, partly, enough = series(chart, "shares/0")[0]["data"]
    assert len({each["symbol"] for each in (none, partly, enough)}) == 3
    assert partly["value"][0] == pytest.approx(100 / 3, abs=1e-3)
    assert partly["value"][2].startswith("1 of 3 accepted at 0.2 s")
    (counts,) = series(chart, "counts")
    assert counts["label"]["formatter"] == "1/3", "only what is known best has room for its counts"
    assert counts["data"] == [partly["value"][:2]]


TRUE_CURVE = ((0.01, 0.25), (0.04, 1.0), (0.32, 1.0))


def series(chart: ProbeChart, ident: str) -> list[dict[str, Any]]:
    return [each for each in chart.option["series"] if each["id"] == ident]


def test_a_truth_that_is_revealed_lies_over_what_was_found_and_is_told_to_screen_readers() -> None:
    chart = ProbeChart()
    chart.add(Step(0.1, "search"), attempt(1, 200, 0.02))
    chart.add(Step(0.1, "search"), attempt(2, 200, 0.3))
    chart.flush()
    chart.reveal(TRUE_CURVE, 0.038)
    (shares,), (truth,), (wait,) = series(chart, "shares/0"), series(chart, "truth"), series(chart, "true-wait")
    assert shares["data"][0]["value"][0] == 100.0
    assert truth["data"] == [[25.0, -2.0], [100.0, -1.39794], [100.0, -0.49485]]
    assert [line["label"]["formatter"] for line in wait["markLine"]["data"]] == ["true 0.038 s"]
    assert "the true steady wait: 0.038 s" in chart.description


def test_another_truth_takes_the_place_of_the_first_and_another_probe_has_none() -> None:
    chart = ProbeChart()
    chart.reveal(TRUE_CURVE, 0.038)
    chart.reveal(TRUE_CURVE[:2], 0.02)
    assert [len(each["data"]) for each in series(chart, "truth")] == [2]
    chart.reset(Goal())
    assert [len(each["data"]) for each in series(chart, "truth")] == [0]


@pytest.mark.parametrize("steady_wait", [0.0, math.inf])
def test_a_steady_wait_that_no_log_axis_can_show_is_not_drawn(steady_wait: float) -> None:
    chart = ProbeChart()
    chart.reveal(TRUE_CURVE, steady_wait)
    assert series(chart, "true-wait") == []
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


def test_the_legend_names_each_kind_of_mark_that_is_on_the_chart() -> None:
    answers = [
        *[attempt(status=200)] * 3,
        *[attempt(status=status) for status in (503, 420, 429, 404, 404, 403, None)],
        replace(attempt(status=200), judged=Outcome.FAILED),
    ]
    view = LiveView()
    for number, each in enumerate(answers, 1):
        view.recall(Step(0.1, "search"), replace(each, number=number))
    drawn = {row.marker.symbol for row in view.chart._rows}
    keys = named(view.chart.kinds)
    assert {symbol for _, symbol, _, _ in keys} == drawn
    assert sum(count for *_, count in keys) == len(answers)
    shown = legend(view.chart.kinds, truth=False)
    for words in (
        "<b>3</b> accepted",
        "<b>2</b> refused<",
        "<b>1</b> refused with 429",
        "<b>2</b> failed<",
        "<b>1</b> failed with 403",
        "<b>1</b> failed without an answer",
        "<b>1</b> set aside",
    ):
        assert words in shown
    assert shown.count("ww-less") == 1, "the band, which is no mark"


def test_before_the_first_attempt_the_legend_counts_nothing_and_then_what_may_come() -> None:
    assert "<b>" not in legend({}, truth=False)
    one = legend({Kind("refused", "rect", "with 429"): 1}, truth=True)
    assert '<span class="ww-key"><i class="ww-square ww-is-refused"></i><b>1</b> refused</span>' in one
    assert '<span class="ww-key ww-less"><i class="ww-cross ww-is-failed"></i><b>0</b> failed</span>' in one
    assert "the truth" in one
