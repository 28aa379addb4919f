from __future__ import annotations

import csv
import io

from widgets.model.attempt import Attempt
from widgets.probe.panel.table import BLOCK, AttemptTable, attempts_csv, cells


def attempt(number: int) -> Attempt:
    return Attempt(number, 0.1, 0.1002, number * 0.1, 0.0021, 503)


def test_only_the_last_block_is_sent_again_when_an_attempt_is_added() -> None:
    table = AttemptTable()
    for number in range(1, 2 * BLOCK + 2):
        table.add(attempt(number))
    table.flush()
    blocks = list(table._blocks.children)
    before = [block.value for block in blocks]
    table.add(attempt(2 * BLOCK + 2))
    table.flush()
    assert list(table._blocks.children) == blocks
    assert [block.value for block in blocks[:2]] == before[:2]
    assert blocks[2].value != before[2]


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
