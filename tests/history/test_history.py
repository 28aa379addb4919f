"""A small part of the history check, and the proof that it finds what is wrong. `make history` is the whole."""

from __future__ import annotations

import random
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.history.arena import LIBRARY, Crew, NotHereError, disk
from tests.history.checker import History, check
from tests.history.nemesis import FAULTS
from tests.history.report import to_text
from tests.history.run import Front, Outcome, Plan, run

if TYPE_CHECKING:
    from pathlib import Path

SOME = (
    "calm",
    "a process stopped and continued",
    "a process killed",
    "a wall clock stepped",
    "disk full",
    "store read-only",
    "sessions dropped",
    "server crashed",
    "network cut",
)


def test_under_faults_no_request_is_early_sent_twice_not_counted_or_within_a_hold() -> None:
    outcome = run(Plan(phase=0.4, paces=(0.02, 0.05), hold_every=20, faults=SOME))
    assert outcome.findings.sound, to_text(outcome)
    assert outcome.dropped == 0
    assert len(outcome.history.sends) > 20
    # What could not be injected says so.
    assert all(row.injected or row.note or row.fault == "calm" for row in outcome.findings.rows)


@pytest.mark.parametrize(
    ("planted", "faults"),
    [("alone", ["calm"]), pytest.param("believed", ["a wall clock stepped"], marks=pytest.mark.long)],
)
def test_workers_that_are_wrong_on_purpose_are_found(planted: str, faults: list[str]) -> None:
    if planted == "believed" and LIBRARY is None:
        pytest.skip("libfaketime is not here")
    outcome = run(
        Plan(100, 60.0, 0.5, paces=(0.02, 0.1), stores=["SQLite"], faults=faults, hold_every=0, planted=planted)
    )
    assert outcome.findings.early
    assert not outcome.findings.sound
    assert "BROKEN" in to_text(outcome)


@pytest.mark.long
def test_under_every_fault_no_request_is_early_sent_twice_not_counted_or_within_a_hold() -> None:
    outcome = run(Plan(phase=5.0))
    assert outcome.findings.sound, to_text(outcome)
    assert {row.fault for row in outcome.findings.rows} == {fault for faults in FAULTS.values() for fault in faults}


def test_a_fault_that_cannot_be_injected_is_told_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def absent(*_: object) -> None:
        raise NotHereError("not on this machine")

    monkeypatch.setitem(FAULTS["SQLite"], "disk full", absent)
    plan = Plan(phase=0.1, faults=["disk full"])
    with disk(tmp_path) as store:
        nobody = Crew(store, [], tmp_path, 1, count(1))
        front = Front(nobody, [], random.Random(1), plan)  # noqa: S311 - what happens when
        front.round()
    history = History([], [], episodes=front.episodes)
    outcome = Outcome(plan, history, check(history), 1.0, "", 0, 0.0)
    assert [row.note for row in outcome.findings.rows] == ["not injected: not on this machine"]
    assert "not injected: not on this machine" in to_text(outcome)
