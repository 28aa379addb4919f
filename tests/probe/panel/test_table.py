from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from widgets.http.limits import read
from widgets.model.attempt import Attempt, Outcome, Step
from widgets.probe.panel.live_view import LiveView
from widgets.probe.panel.states import Idle
from widgets.probe.panel.table import BLOCK, NEWEST, AttemptTable, attempts_csv, cells, stated


def attempt(number: int) -> Attempt:
    return Attempt(number, 0.1, 0.1002, number * 0.1, 0.0021, 503)


def filled(count: int) -> AttemptTable:
    table = AttemptTable()
    for number in range(1, count + 1):
        table.add(attempt(number))
    table.flush()
    return table


def numbers(table: AttemptTable) -> list[int]:
    """The attempts that are shown, in order, each as often as it is."""
    html = "".join(block.value for block in table._blocks.children)
    return [int(number) for number in re.findall(r"<tr><td>(\d+)</td>", html)]


def test_only_the_newest_rows_are_sent_again_when_an_attempt_is_added() -> None:
    table = filled(2 * BLOCK + 10)
    blocks = list(table._blocks.children)
    before = [block.value for block in blocks]
    for number in range(1, NEWEST):
        table.add(attempt(2 * BLOCK + 10 + number))
        table.flush()
    assert list(table._blocks.children) == blocks
    assert [block.value for block in blocks[:-1]] == before[:-1]
    assert blocks[-1].value.count("<tr><td>") == NEWEST - 1


def test_with_the_last_of_the_newest_rows_they_go_to_the_last_block_and_no_other() -> None:
    table = filled(2 * BLOCK + 10)
    first, second, third, newest = table._blocks.children
    before = first.value, second.value
    for number in range(NEWEST):
        table.add(attempt(2 * BLOCK + 11 + number))
    table.flush()
    assert (first.value, second.value, newest.value) == (*before, "")
    assert third.value.count("<tr><td>") == 10 + NEWEST
    assert numbers(table) == list(range(1, 2 * BLOCK + 11 + NEWEST))


def test_a_table_that_nobody_looks_at_is_not_sent_and_is_whole_once_somebody_does() -> None:
    table = AttemptTable()
    table.watch(on=False)
    for number in range(1, 70):
        table.add(attempt(number))
        table.flush()
    assert numbers(table) == []
    table.watch(on=True)
    assert numbers(table) == list(range(1, 70))


def test_at_the_end_of_a_probe_the_table_is_whole_whether_somebody_looks_or_not() -> None:
    live = LiveView()
    live.table.watch(on=False)
    for number in range(1, 20):
        live.recall(Step(0.1, "verify"), attempt(number))
    live._repaint()
    assert numbers(live.table) == []
    live.end(Idle())
    assert numbers(live.table) == list(range(1, 20))


def test_one_outcome_alone_is_shown_and_grows_and_all_come_back() -> None:
    table = AttemptTable()
    for number in range(1, 30):
        table.add(replace(attempt(number), status=200 if number % 2 else 503))
    table.flush()
    table.filter.value = Outcome.ACCEPTED
    assert numbers(table) == list(range(1, 30, 2))
    table.add(replace(attempt(30), status=200))
    table.add(attempt(31))
    table.flush()
    assert numbers(table) == [*range(1, 30, 2), 30]
    table.filter.value = None
    assert numbers(table) == list(range(1, 32))


def test_another_probe_begins_with_an_empty_table() -> None:
    table = filled(BLOCK + 3)
    table.reset()
    assert numbers(table) == []
    table.add(attempt(1))
    table.flush()
    assert numbers(table) == [1]


def test_all_attempts_are_in_the_table_in_order() -> None:
    table = AttemptTable()
    for number in range(1, BLOCK + 8):
        table.add(attempt(number))
        if number % 3 == 0:
            table.flush()
    table.flush()
    html = "".join(block.value for block in table._blocks.children)
    places = [html.index(f"<td>{number}</td>") for number in range(1, BLOCK + 8)]
    assert places == sorted(places)


def test_the_first_attempt_has_no_wait_and_the_table_does_not_invent_one() -> None:
    assert cells(Attempt(1, None, None, 0.0, 0.25, None, error="no answer in time")) == (
        "1",
        "–",
        "–",
        "0.000",
        "250.0",
        "none",
        "failed (no answer in time)",
    )


def test_no_wait_of_the_table_is_longer_than_the_spacing_that_kept_it() -> None:
    for wait, spacing in (
        (25.33306, 25.33311),
        (3.9517, 3.9518),
        (1.0, 1.00004),
        (0.00025, 0.00031),
        (86400.0, 86400.0),
    ):
        shown = cells(Attempt(2, wait, spacing, 0.0, 0.25, 200))
        assert float(shown[1]) <= float(shown[2])
        assert float(shown[1]) == pytest.approx(wait, abs=0.00005)


def test_csv_reads_back_as_what_was_measured() -> None:
    text = attempts_csv([Attempt(1, None, None, 0.0, 0.25, None, error='said "no", twice'), attempt(2)])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0] == {
        "attempt": "1",
        "wait": "",
        "spacing": "",
        "started": "0.0",
        "latency": "0.25",
        "status": "",
        "outcome": "failed",
        "error": 'said "no", twice',
    }
    assert float(rows[1]["spacing"]) == 0.1002


def test_one_head_is_seen_above_whichever_rows_are() -> None:
    blocks, head = filled(2 * BLOCK + 10).children[1].children
    assert blocks.children[0].value.count("<thead>") == 1, "read with each block"
    assert "aria-hidden" in head.value
    assert all(f"<th>{name}</th>" in head.value for name in ("attempt", "wait (s)", "outcome"))


@pytest.mark.parametrize(("told", "shown"), [("42", ["in 42 s, read as seconds left"]), ("1790000042", [])])
def test_a_reset_that_is_a_moment_is_told_only_where_the_answer_has_a_date(told: str, shown: list[str]) -> None:
    limits = read(200, {"X-RateLimit-Remaining": "5", "X-RateLimit-Reset": told}, 0.0)
    assert [words for name, words in stated(limits) if name == "reset"] == shown
