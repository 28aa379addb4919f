"""A learnt pace is tried shorter by its use, and longer again after a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from server.limiters import MinimumGap
from tests.pace.conftest import FakeClock
from tests.pace.slow import slow
from widgets.model.attempt import Attempt, Verdict
from widgets.pace import PacedSession, PaceStore
from widgets.pace.shortening import END, NEED, Trying
from widgets.pace.slowdown import UP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from widgets.model.attempt import Kind
    from widgets.model.pace import Pace

FOUND = Verdict("estimated", 2.0, 1.8, 0.3, 0.95, 11, 0, 20, 40.0, 22.0, 20.0, "")


def used(trying: Trying, wait: float, truth: float, requests: int) -> tuple[Trying, list[float], int]:
    """So many requests at a service that refuses whatever comes sooner than the truth: the waits, and the refusals."""
    waits, refusals, now, row = [wait], 0, 0.0, 0
    for _ in range(requests):
        now += wait
        refused = wait < truth
        row = row + 1 if refused else 0
        refusals += refused
        trying, wait = trying.after(wait, refused=refused, on_time=True, first=row == 1, now=now)
        waits.append(wait)
    return trying, waits, refusals


@pytest.mark.parametrize("truth", [0.4, 0.9, 1.33, 1.9, 1.99])
def test_use_finds_the_wait_at_the_price_of_four_refusals(truth: float) -> None:
    trying, waits, refusals = used(Trying(2.0), 2.0, truth, 2000)
    assert truth <= waits[-1] <= min(2.0, truth * 1.1)
    assert refusals <= 4
    assert max(waits) <= 2.0
    assert trying.step > END


def test_a_try_that_is_refused_brings_back_exactly_what_was_there() -> None:
    trying, waits, _ = used(Trying(2.0), 2.0, 1.7, NEED + 1)
    assert (waits[NEED], waits[NEED + 1]) == (1.6, 2.0)
    assert trying.need > NEED


def test_refusals_of_a_wait_that_was_not_tried_last_lengthen_it_up_to_what_was_found() -> None:
    trying, wait = Trying(2.0), 1.1
    waits = []
    for now in range(4):
        trying, wait = trying.after(wait, refused=True, on_time=True, first=True, now=now)
        waits.append(round(wait, 3))
    assert waits == [1.375, 1.719, 2.0, 2.0]
    assert trying.step == 0.8


@pytest.mark.parametrize(("served", "longer"), [(38, 2.0), (37, 2.236), (0, 2.236)])
def test_more_refusals_of_what_was_found_than_promised_lengthen_it(served: int, longer: float) -> None:
    trying, wait = Trying(2.0, need=1000), 2.0
    for _ in range(served):
        trying, wait = trying.after(wait, refused=False, on_time=True, first=False, now=0.0)
    for _ in range(2):
        assert wait == 2.0
        trying, wait = trying.after(wait, refused=True, on_time=True, first=True, now=0.0)
    assert round(wait, 3) == longer


def test_refusals_in_a_row_and_of_tries_are_not_held_against_what_was_found() -> None:
    trying, wait = Trying(2.0), 2.0
    for number in range(20):
        trying, wait = trying.after(wait, refused=True, on_time=False, first=number == 0, now=0.0)
    assert (wait, trying.broke) == (2.0, 1)
    trying, wait = Trying(2.0, before=2.0).after(1.6, refused=True, on_time=True, first=True, now=0.0)
    assert (wait, trying.broke) == (2.0, 0)


def test_a_service_that_refuses_at_any_pace_lengthens_what_was_found_by_a_quarter_at_most() -> None:
    trying, wait = Trying(2.0), 2.0
    for _ in range(100):
        trying, wait = trying.after(wait, refused=True, on_time=True, first=True, now=0.0)
    assert wait == 2.5


def slowed(trying: Trying, wait: float, truth: float, requests: int) -> tuple[list[float], int]:
    """A wait in use after each of so many requests, and the refusals; after each of these one is late and served."""
    waits, refusals, late = [wait], 0, False
    for _ in range(requests):
        refused = wait < truth and not late
        trying, wait = trying.after(wait, refused=refused, on_time=not late, first=refused, now=0.0)
        waits.append(wait)
        refusals, late = refusals + refused, refused
    return waits, refusals


@pytest.mark.parametrize("truth", [2.02, 2.1, 2.2, 2.4, 2.5])
def test_use_finds_the_wait_above_what_was_found(truth: float) -> None:
    waits, refusals = slowed(Trying(2.0), 2.0, truth, 3000)
    assert truth <= waits[-1] <= min(2.5, truth * 1.1)
    assert refusals <= 8


def test_what_is_stated_is_lengthened_where_it_is_refused_and_never_shorter_than_it_says() -> None:
    trying = Trying.of(replace(FOUND, kind="stated"), ())
    assert trying
    assert set(slowed(trying, 2.0, 1.0, 500)[0]) == {2.0}
    waits = slowed(trying, 2.0, 2.2, 500)[0]
    assert min(waits) == 2.0
    assert waits[-1] >= 2.2


def test_whether_a_session_learns_or_not_what_was_served_counts_against_refusals() -> None:
    trying, wait = Trying(2.0), 2.0
    for _ in range(100):
        trying, wait = trying.after(wait, refused=False, on_time=True, first=False, now=0.0, shortens=False)
    assert (wait, trying.held, trying.served) == (2.0, 100, 0)


def test_nothing_is_tried_where_a_refusal_shut_out_for_long() -> None:
    assert set(used(Trying(2.0, lost=60.0), 2.0, 1.0, 2000)[1][:2000]) == {2.0}
    assert min(used(Trying(2.0, lost=1.0), 2.0, 1.0, 2000)[1]) < 1.1


def test_a_block_while_it_is_used_counts_too() -> None:
    trying = Trying(2.0)
    trying, wait = trying.after(2.0, refused=True, on_time=True, first=True, now=0.0)
    for now in (10.0, 60.0):
        trying, wait = trying.after(wait, refused=True, on_time=False, first=False, now=now)
    trying, wait = trying.after(wait, refused=False, on_time=False, first=False, now=102.0)
    assert (trying.lost, trying.blocked) == (100.0, None)


def test_nothing_is_tried_below_what_the_service_states() -> None:
    answers = [Attempt(1, None, None, 0.0, 0.1, 200, {"RateLimit-Policy": '"a";q=10;w=15'})]
    trying = Trying.of(FOUND, answers)
    assert trying
    assert min(used(trying, 2.0, 0.1, 500)[1]) == pytest.approx(1.5 * 1.02)
    assert Trying.of(replace(FOUND, kind="certified"), ()) is None


def test_a_try_takes_as_long_as_the_evidence_that_it_departs_from() -> None:
    trying = Trying.of(replace(FOUND, span=160.0), ())
    assert trying
    waits = used(trying, 2.0, 0.1, 101)[1]
    assert waits[99:101] == [2.0, 1.6]


def test_what_came_late_is_no_reason_to_try() -> None:
    trying, wait = Trying(2.0), 2.0
    for now in range(200):
        trying, wait = trying.after(wait, refused=False, on_time=False, first=False, now=now)
    assert wait == 2.0


@pytest.mark.parametrize("limit", [4, 10, 40])
def test_a_wait_at_which_a_quota_ends_is_not_one_that_holds(limit: int) -> None:
    """Each window of 2 s a request says at its last one that nothing is left, and the end of it is waited for."""
    trying, wait, now, ends, used = Trying(3.0), 3.0, 0.0, 0.0, 0
    for _ in range(2000):
        now += wait
        if now >= ends:
            ends, used = now + 2.0 * limit, 0
        used += 1
        spent = used == limit and ends - now > wait
        trying, wait = trying.after(wait, refused=False, on_time=True, first=False, now=now, spent=spent)
        now = max(now, ends - wait) if spent else now
    assert 2.0 * (limit - 1) / limit <= wait < 3.0


def test_it_is_read_as_it_was_written() -> None:
    trying = Trying(2.0, lost=1.5, blocked=3.25, before=2.5)
    assert Trying.read(trying.text) == trying


@contextmanager
def keeping(
    folder: Path, wait: float, trying: Trying | None, found: Verdict = FOUND
) -> Iterator[tuple[PaceStore, str, FakeClock]]:
    """A store with one learnt pace, its key, and its clock."""
    clock = FakeClock()
    with PaceStore(f"sqlite:///{folder}/p.sqlite", clock=clock) as store:
        yield store, store.keep("https://api.example.org/", wait, found, trying=trying).key, clock


def ask(store: PaceStore, key: str, clock: FakeClock, truth: float, requests: int, *, learns: bool = True) -> int:
    """How many of so many requests, each at the pace, a service refused that refuses what comes sooner."""
    refusals = 0
    for _ in range(requests):
        wait = kept(store, key).wait_now
        clock.advance(wait)
        refused = wait < truth
        refusals += refused
        store.kept.note(key, refused=refused, hold=None, spacing=wait, shortens=learns)
    return refusals


def kept(store: PaceStore, key: str) -> Pace:
    """The pace."""
    pace = store.kept.with_key(key)
    assert pace
    return pace


def test_use_ends_near_the_truth_and_is_certified_there(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.6, Trying(2.6)) as (store, key, clock):
        assert ask(store, key, clock, truth=2.0, requests=400) <= 4
        pace = kept(store, key)
        assert 2.0 <= pace.wait <= 2.1
        assert (pace.kind, pace.factor, pace.doubtful) == ("certified", 1.0, False)
        assert pace.evidence
        assert pace.evidence.wait == pytest.approx(pace.wait)
        assert pace.evidence.refused == pace.broke


@pytest.mark.parametrize("kind", ["estimated", "stated"])
@pytest.mark.parametrize("learns", [True, False])
def test_a_learnt_pace_that_is_refused_too_often_is_kept_longer(tmp_path: Path, kind: Kind, *, learns: bool) -> None:
    verdict = replace(FOUND, kind=kind)
    trying = Trying.of(verdict, ())
    with keeping(tmp_path, 2.0, trying, verdict) as (store, key, clock):
        for _ in range(2):  # every seventh at the pace is refused, as a window that is a seventh too small would do
            ask(store, key, clock, truth=0.0, requests=6, learns=learns)
            assert (kept(store, key).wait, kept(store, key).kind, kept(store, key).factor) == (2.0, kind, 1.0)
            ask(store, key, clock, truth=2.2, requests=1, learns=learns)
            while kept(store, key).factor > 1:
                ask(store, key, clock, truth=0.0, requests=1, learns=learns)
        pace = kept(store, key)
        assert (round(pace.wait, 3), pace.kind) == (2.236, "estimated")
        assert pace.evidence
        assert pace.evidence.statement == (
            "Lengthened from 2 s while the service is used: 12 requests at that pace were served and 2 at that or a "
            "slower one refused, more than was promised. 2 s was found at first."
        )
        assert (pace.held, pace.broke, pace.doubtful) == (0, 0, False)
        assert ask(store, key, clock, truth=2.2, requests=NEED - 1, learns=learns) == 0


def test_a_pace_that_keeps_its_promise_is_not_kept_longer_for_a_refusal_now_and_then(tmp_path: Path) -> None:
    verdict = replace(FOUND, kind="stated")
    with keeping(tmp_path, 2.0, Trying.of(verdict, ()), verdict) as (store, key, clock):
        for _ in range(5):
            ask(store, key, clock, truth=0.0, requests=120)
            store.kept.note(key, refused=True, hold=None, spacing=2.0, shortens=True)
        assert kept(store, key).wait == 2.0


def test_what_use_has_certified_meanwhile_comes_back_as_that(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.1, Trying(2.1, need=62)) as (store, key, clock):
        ask(store, key, clock, truth=2.0, requests=61)
        before = kept(store, key)
        assert before.kind == "certified"
        ask(store, key, clock, truth=2.0, requests=1)
        tried = kept(store, key)
        assert tried.evidence
        assert (tried.kind, round(tried.wait, 6)) == ("estimated", 1.68)
        assert "in place of 2.1 s (certified)" in tried.evidence.statement
        assert ask(store, key, clock, truth=2.0, requests=1) == 1
        assert kept(store, key).evidence == before.evidence
        assert (kept(store, key).wait, kept(store, key).kind) == (2.1, "certified")


def test_a_try_after_which_nothing_is_left_for_longer_brings_the_pace_back(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.1, Trying(2.1)) as (store, key, clock):
        ask(store, key, clock, truth=2.0, requests=NEED)
        before = kept(store, key)
        assert round(before.wait, 6) == 1.68
        clock.advance(1.68)
        store.kept.note(key, refused=False, hold=1.5, spacing=1.68, shortens=True)
        assert round(kept(store, key).wait, 6) == 1.68
        clock.advance(1.68)
        store.kept.note(key, refused=False, hold=9.0, spacing=1.68, shortens=True)
        back = kept(store, key)
        assert (back.wait, back.kind, back.factor) == (2.1, "estimated", 1.0)
        assert back.evidence
        assert "tried" not in back.evidence.statement


def test_a_refused_try_brings_the_pace_back_with_its_evidence_and_its_counts(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.1, Trying(2.1, need=50)) as (store, key, clock):
        ask(store, key, clock, truth=2.0, requests=49)
        before = kept(store, key)
        assert (before.kind, before.held) == ("estimated", 49)
        ask(store, key, clock, truth=2.0, requests=1)
        tried = kept(store, key)
        assert tried.evidence
        assert (tried.kind, round(tried.wait, 6), tried.held) == ("estimated", 1.68, 0)
        assert "1.68 s in place of 2.1 s (estimated), at which the last 50 requests" in tried.evidence.statement
        assert ask(store, key, clock, truth=2.0, requests=1) == 1
        back = kept(store, key)
        assert back.evidence == before.evidence
        assert (back.wait, back.kind, back.factor, back.held, back.broke) == (2.1, "estimated", 1.0, 50, 0)
        assert ask(store, key, clock, truth=2.0, requests=11) == 0
        assert kept(store, key).kind == "certified"


def test_refusals_in_a_row_at_a_try_are_slowed_down_for_as_any_are(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.0, Trying(2.0)) as (store, key, clock):
        while kept(store, key).wait == 2.0:
            ask(store, key, clock, truth=0.1, requests=1)
        factors = []
        for _ in range(4):
            ask(store, key, clock, truth=1e9, requests=1)
            factors.append(kept(store, key).factor)
        assert factors == [1.0, 2.0, 4.0, 8.0]
        ask(store, key, clock, truth=0.1, requests=1)
        assert (kept(store, key).wait, kept(store, key).factor) == (2.0, UP * UP)


def test_every_kind_of_store_tries_and_takes_back(store: PaceStore) -> None:
    key = store.keep("https://api.example.org/", 2.1, FOUND, trying=Trying(2.1)).key
    for _ in range(NEED):
        assert kept(store, key).wait == 2.1
        store.kept.note(key, refused=False, hold=None, spacing=2.1, shortens=True)
    assert round(kept(store, key).wait, 6) == 1.68
    store.kept.note(key, refused=True, hold=None, spacing=1.68)
    back = kept(store, key)
    assert (back.wait, back.held, back.refused, back.accepted) == (2.1, NEED, 1, NEED)


def test_whoever_does_not_learn_tries_nothing_and_takes_back_what_another_tried(tmp_path: Path) -> None:
    with keeping(tmp_path, 2.1, Trying(2.1)) as (store, key, clock):
        ask(store, key, clock, truth=2.0, requests=40, learns=False)
        assert kept(store, key).wait == 2.1
        ask(store, key, clock, truth=2.0, requests=NEED)
        assert kept(store, key).wait < 2.0
        assert ask(store, key, clock, truth=2.0, requests=1, learns=False) == 1
        assert kept(store, key).wait == 2.1


@pytest.mark.parametrize("trying", [None, Trying(2.0)])
def test_what_a_person_keeps_is_never_tried_shorter(tmp_path: Path, trying: Trying | None) -> None:
    with keeping(tmp_path, 2.0, trying) as (store, key, clock):
        store.keep("https://api.example.org/", 2.0)
        ask(store, key, clock, truth=0.1, requests=200)
        assert kept(store, key).wait == 2.0


def test_a_session_that_learns_shortens_what_it_learnt(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        while (pace := service.store.pace(service.url)) is None:
            session.get(service.url)
        first, shorter = pace.wait, pace.wait
        for _ in range(NEED + 5):
            session.get(service.url)
            shorter = min(shorter, service.store.paces()[0].wait)
        assert shorter < first
