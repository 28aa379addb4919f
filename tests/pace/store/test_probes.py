from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.pace.conftest import URL, FakeClock
from widgets.pace import PaceStore
from widgets.pace.errors import AlreadyProbed, LeaseLost
from widgets.pace.store.probes import LOST
from widgets.probe import Attempt, Outcome, Step, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from widgets.pace.store.lease import Lease
    from widgets.pace.store.probes import ProbeLog

SETTINGS = {"strategy": "careful", "refusal_rate": 0.05}


def attempt(number: int, started: float, **facts: object) -> Attempt:
    base = {"wait": 1.0 if number > 1 else None, "spacing": 1.0 if number > 1 else None, "latency": 0.1, "status": 200}
    return Attempt(number=number, started=started, **(base | facts))  # type: ignore[arg-type]


def write(log: ProbeLog, count: int) -> None:
    for number in range(1, count + 1):
        step = Step(1.0, "search", 0.5, 2.0)
        log.asking(step, number)
        log.add(step, attempt(number, number - 1.0))


def test_attempts_and_steps_come_back_as_they_were(store: PaceStore) -> None:
    log = store.begin(URL, SETTINGS)
    step = Step(1.5, "verify", 1.0, None)
    made = attempt(1, 0.25, status=429, headers={"Retry-After": "3"}, absent=0.0)
    log.asking(step, 1)
    log.add(step, made)
    assert store.probes.attempts(log.id) == [(step, made)]
    assert store.probes.get(log.id).settings == SETTINGS


def test_a_probe_that_broke_off_goes_on_and_the_pause_counts(lab: PaceStore, clock: FakeClock) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    clock.advance(100)
    clock.time -= 50  # a machine that was started anew counts from elsewhere
    again = lab.resume(log.id)
    assert [attempt.number for _, attempt in again.known] == [1, 2, 3]
    assert again.since == 100


def test_a_clock_that_was_set_back_puts_no_probe_into_its_own_future(lab: PaceStore, clock: FakeClock) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 3)
    clock.wall -= 3600
    assert lab.resume(log.id).since == pytest.approx(2.1)


def test_a_request_whose_answer_was_lost_is_an_attempt_that_failed_and_is_not_sent_again(lab: PaceStore) -> None:
    log = lab.begin(URL, SETTINGS)
    write(log, 2)
    log.asking(Step(4.0, "verify"), 3)
    step, last = lab.resume(log.id).known[-1]
    assert (last.number, last.error, step.wait) == (3, LOST, 4.0)
    assert last.outcome is Outcome.FAILED
    assert len(lab.resume(log.id).known) == 3


def test_a_verdict_ends_a_probe(store: PaceStore, verdict: Verdict) -> None:
    log = store.begin(URL, SETTINGS)
    assert [probe.id for probe in store.probes.unfinished(store.target(URL))] == [log.id]
    log.finish(verdict)
    assert store.probes.unfinished() == []
    stored = store.probes.get(log.id)
    assert stored.verdict
    assert stored.verdict.statement == verdict.statement
    with pytest.raises(ValueError, match="has its verdict"):
        store.resume(log.id)


def test_a_second_prober_is_told_whom_to_follow_and_sees_the_attempts_live(store: PaceStore, store_url: str) -> None:
    target = store.target(URL)
    with store.lease(target, "tab one") as lease, PaceStore(store_url) as other:
        log = store.begin(URL, SETTINGS, lease=lease)
        with pytest.raises(AlreadyProbed, match="tab one probes") as told:
            other.lease(target, "tab two")
        assert (told.value.holder, told.value.probe) == ("tab one", log.id)
        assert other.probes.running(target) == ("tab one", log.id)
        write(log, 2)
        assert [attempt.number for _, attempt in other.probes.attempts(log.id, after=1)] == [2]
    assert store.probes.running(target) is None
    store.lease(target, "tab two").release()


def take(lab: PaceStore, holder: str) -> Lease:
    return lab.lease(lab.target(URL), holder, seconds=15)


def test_a_lease_that_is_not_renewed_goes_to_the_next_and_the_first_can_store_nothing_more(
    lab: PaceStore, clock: FakeClock
) -> None:
    first = take(lab, "one")
    log = lab.begin(URL, SETTINGS, lease=first)
    write(log, 1)
    clock.advance(14)
    first.check()
    clock.advance(14)
    with pytest.raises(AlreadyProbed):
        take(lab, "two")
    clock.advance(2)
    second = take(lab, "two")
    assert second.fence > first.fence
    with pytest.raises(LeaseLost, match="taken over"):
        log.asking(Step(1.0, "search"), 2)
    with pytest.raises(LeaseLost, match="taken over"):
        log.add(Step(1.0, "search"), attempt(2, 1.0))
    with pytest.raises(LeaseLost, match="taken over"):
        first.renew()
    assert len(lab.probes.attempts(log.id)) == 1
    first.release()
    second.renew()


def test_a_probe_that_was_ended_from_elsewhere_stores_nothing_more_and_its_target_is_free(lab: PaceStore) -> None:
    lease = take(lab, "a page that was lost")
    log = lab.begin(URL, SETTINGS, lease=lease)
    write(log, 2)
    lab.end_probe(lab.target(URL))
    assert lab.probes.running(lab.target(URL)) is None
    with pytest.raises(LeaseLost, match="somebody ended it"):
        log.asking(Step(1.0, "search"), 3)
    lease.release()
    take(lab, "this page").check()
    lab.end_probe(lab.target("http://never.asked.example/"))


def test_a_lease_of_an_earlier_boot_is_over(lab: PaceStore, clock: FakeClock) -> None:
    take(lab, "one")
    clock.id = "machine/next boot"
    assert take(lab, "two").fence == 2


def test_no_secret_is_in_any_file_of_the_store(tmp_path: Path) -> None:
    secrets = ["s3cr3t-key/+", "tok-9f8e7d", "hunter2 pass"]
    store = PaceStore(f"sqlite:///{tmp_path}/p.sqlite")
    url = "https://me:hunter2%20pass@api.example.org/x?api_key=s3cr3t-key%2F%2B&type=image"
    store.keep(url, 1.0, credential=secrets[0])
    log = store.begin(url, SETTINGS, credential=secrets[1], secrets=secrets)
    headers = {"X-Api-Key": secrets[0], "Location": url, "X-Echo": f"you sent {secrets[1]}", "Set-Cookie": secrets[1]}
    log.add(Step(1.0, "hello"), attempt(1, 0.0, headers=headers, error=f"refused: {secrets[2]} at {url}"))
    store.resume(log.id)
    [(_, kept)] = store.probes.attempts(log.id)
    assert kept.headers["X-Echo"] == "you sent ***"
    assert "type=image" in store.probes.get(log.id).url
    forms = {*secrets, "s3cr3t-key%2F%2B", "hunter2%20pass", "hunter2+pass", "bWU6aHVudGVyMiBwYXNz"}
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) > 4096
    assert [form for form in forms if form.encode() in written] == []


def test_an_answer_waits_for_the_disk_and_the_announcement_of_a_request_for_nothing(lab: PaceStore) -> None:
    log, seen = lab.begin(URL, SETTINGS), list[str]()

    def see(statement: str) -> None:
        if "synchronous" in statement:
            seen.append(statement)

    with lab.database.read() as connection:  # the only one of the pool, which all others use too
        raw: Any = connection.connection.driver_connection
        raw.set_trace_callback(see)
    log.asking(Step(1.0, "search"), 1)
    log.add(Step(1.0, "search"), attempt(1, 0.0))
    assert seen == ["PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL"]
    with lab.database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
