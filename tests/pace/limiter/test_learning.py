"""A session that learns the pace from the requests that are wanted anyway, in virtual time on a real socket."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest
from urllib3 import Retry
from werkzeug.wrappers import Request, Response

from server.limiters import FixedWindow, MinimumGap, TokenBucket, Unlimited
from tests.conftest import served
from tests.pace.slow import Slow, slow
from widgets.model.refused import CountsAsRefused
from widgets.pace import NotSent, PacedSession, PaceStore
from widgets.pace.errors import NotDue
from widgets.pace.limiter.session import PacedAdapter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def pages(session: PacedSession, service: Slow, count: int, first: int = 0) -> list[int]:
    """The statuses of so many pages."""
    return [session.get(f"{service.url}/page/{number}").status_code for number in range(first, first + count)]


@pytest.mark.parametrize("learn", ["quick", "careful"])
def test_every_page_of_a_job_is_served_and_the_pace_is_kept(tmp_path: Path, learn: str) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store, learn=learn) as session:
        assert set(pages(session, service, 120)) == {200}
        pace = service.store.pace(f"{service.url}/elsewhere")
        assert pace
        assert pace.evidence
        assert pace.kind == "certified"  # after so many pages use has certified an estimate
        assert pace.evidence.statement.startswith("Certified by") == (learn == "quick")
        assert 2.0 <= pace.wait <= 2.7
        (found,) = [each for _, each in service.store.probes.history(pace.target.service)]
        assert "other paths" not in found.statement  # 120 were asked
        assert "learned from what was wanted of the service, whatever the path." in found.statement
        before = service.count(429)
        assert before <= 6
        pages(session, service, 60, first=120)
        assert service.count(429) <= before + 2  # a shorter one is tried now and then
        with PacedSession(service.store) as obeying:
            pages(obeying, service, 1, first=180)  # at most this one is a try that another began
            before = service.count(429)
            pages(obeying, service, 20, first=181)
            assert service.count(429) == before


def test_while_a_pace_is_learned_it_is_said_when_the_next_request_is_sent(tmp_path: Path) -> None:
    """0 was said, and the next request waited for seconds."""
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        assert session.due_in(service.url) == 0
        for number in range(30):
            due, before = session.due_in(service.url), service.clock.now()
            asked = len(service.asked)
            session.get(f"{service.url}/page/{number}")
            assert service.asked[asked][0] - before == pytest.approx(due, abs=0.11)


def test_nothing_is_asked_that_was_not_wanted(tmp_path: Path) -> None:
    with slow(TokenBucket(1.0, 5), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        pages(session, service, 40)
        asked = [path for _, path, status in service.asked if status == 200]
        assert asked == [f"/page/{number}" for number in range(40)]
        assert {path for _, path, _ in service.asked} == set(asked)


def test_what_may_not_be_repeated_is_sent_once_and_its_refusal_is_given_back(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        statuses = [session.post(f"{service.url}/order/{number}").status_code for number in range(30)]
        assert len(service.asked) == 30
        assert 429 in statuses
        marked = {"Idempotency-Key": "one"}
        service.store.forget(service.store.paces()[0])
        assert {session.post(f"{service.url}/o", headers=marked).status_code for _ in range(12)} == {200}


def test_a_pause_of_the_person_ends_no_lesson_and_counts_as_no_evidence(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        pages(session, service, 6)
        service.clock.advance(3600)
        pages(session, service, 30)
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7
        assert service.store.probes.unfinished() == []


def test_another_session_goes_on_with_what_was_learned_and_nobody_is_asked_to_resume_it(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        for first in range(0, 40, 4):  # each of them as if it were another process
            with PacedSession(service.store, learn="quick") as session:
                pages(session, service, 4, first)
            assert service.store.probes.interrupted() == []
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7
        (verdict,) = [verdict for _, verdict in service.store.probes.history(pace.target.service)]
        assert verdict.requests <= len(service.asked)


def test_where_no_limit_is_seen_requests_are_sent_at_once_until_one_is_refused(tmp_path: Path) -> None:
    with slow(Unlimited(), tmp_path) as service, PacedSession(service.store, learn="quick") as session:
        pages(session, service, 150)
        times = [now for now, _, _ in service.asked]
        assert times[-1] - times[-50] == pytest.approx(49 * 0.05)
    (tmp_path / "slow.sqlite").unlink()
    with (
        slow(FixedWindow(100, 200.0), tmp_path) as service,
        PacedSession(service.store, learn="quick") as session,
    ):
        assert set(pages(session, service, 130)) == {200}
        assert 1 <= service.count(429) < 20


def test_an_answer_that_says_when_to_come_back_is_obeyed_while_learning(tmp_path: Path) -> None:
    def told(_: Request, status: int) -> Response | None:
        return Response(status=429, headers={"Retry-After": "9"}) if status == 429 else None

    with (
        slow(MinimumGap(2.0, 0.0), tmp_path, answer=told) as service,
        PacedSession(service.store, learn="quick") as session,
    ):
        assert set(pages(session, service, 30)) == {200}
        after = [
            later - sooner
            for (sooner, _, status), (later, _, _) in zip(service.asked, service.asked[1:], strict=False)
            if status == 429
        ]
        assert after
        assert min(after) >= 9.0


def test_a_first_page_that_is_not_there_does_not_end_the_learning(tmp_path: Path) -> None:
    def missing(request: Request, _: int) -> Response | None:
        return Response(status=404) if request.path == "/page/0" else None

    with (
        slow(MinimumGap(2.0, 0.0), tmp_path, answer=missing) as service,
        PacedSession(service.store, learn="quick") as session,
    ):
        assert pages(session, service, 30) == [404] + [200] * 29
        assert service.store.pace(service.url)


def test_an_unknown_way_to_learn_is_said(tmp_path: Path) -> None:
    with (
        PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store,
        pytest.raises(ValueError, match="learn must be one of quick, careful, got 'doubling'"),
    ):
        PacedSession(store, learn="doubling")


def test_a_turn_that_lies_too_far_ahead_is_said(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(30.0, 0.0), tmp_path) as service,
        PacedSession(service.store, learn="quick", patience=5.0) as session,
        pytest.raises(NotSent, match="is being learned, and its next request is due in"),
    ):
        pages(session, service, 10)


def test_threads_and_sessions_learn_together_on_a_real_clock(tmp_path: Path) -> None:
    limiter, lock, asked, statuses = MinimumGap(0.05, 0.0), threading.Lock(), list[int](), list[int]()

    @Request.application
    def app(_: Request) -> Response:
        with lock:
            asked.append(200 if limiter.ask(time.monotonic()).accepted else 503)
            return Response(status=asked[-1])

    def fetch(url: str) -> None:
        with PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store, PacedSession(store, learn="quick") as session:
            statuses.extend(session.get(url).status_code for _ in range(20))

    with served(app) as url, PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        threads = [threading.Thread(target=fetch, args=[url]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert statuses == [200] * 40
        lessons, pace = store.probes.unfinished(), store.pace(url)
        if pace is None:
            (lesson,) = lessons
            assert [attempt.status for _, attempt in store.probes.attempts(lesson.id)] == asked
        else:
            assert lessons == []
            assert pace.wait >= 0.05


@pytest.mark.parametrize("status", [200, 400])
def test_what_an_answer_says_in_words_teaches_and_its_time_is_kept(tmp_path: Path, status: int) -> None:
    """A 200 with 'too many requests' was given back as the page that was wanted."""

    def told(_: Request, code: int) -> Response | None:
        said = '{"error": "Too many requests", "retry_after": 2.5}'
        return None if code == 200 else Response(said, status, mimetype="application/json")

    with (
        slow(MinimumGap(2.0, 0.0), tmp_path, answer=told) as service,
        PacedSession(service.store, learn="quick") as session,
    ):
        bodies = [session.get(f"{service.url}/page/{number}").text for number in range(30)]
        assert bodies == [f"/page/{number}" for number in range(30)]
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7


@pytest.mark.parametrize("rule", [CountsAsRefused(frozenset({403})), CountsAsRefused(text="slow down")])
def test_what_the_person_counts_as_refused_teaches_and_is_asked_again(tmp_path: Path, rule: CountsAsRefused) -> None:
    def told(_: Request, status: int) -> Response | None:
        return None if status == 200 else Response("Please slow down.", 403 if rule.statuses else 200)

    with (
        slow(MinimumGap(2.0, 0.0), tmp_path, answer=told) as service,
        PacedSession(service.store, learn="quick", refused=rule) as session,
    ):
        bodies = [session.get(f"{service.url}/page/{number}").text for number in range(30)]
        assert bodies == [f"/page/{number}" for number in range(30)]
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7


HOUR = {"Retry-After": "3600"}


def staying_away(_: Request, __: int) -> Response:
    """Refuses whatever it is asked, for an hour."""
    return Response("an hour", 429, HOUR)


def test_a_refused_request_that_is_not_due_again_gives_its_refusal_back(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(0.0, 0.0), tmp_path, answer=staying_away) as service,
        PacedSession(service.store, learn="quick", patience=60) as session,
    ):
        refused = session.get(service.url)
        assert (refused.status_code, refused.text, refused.headers["Retry-After"]) == (429, "an hour", "3600")
        with pytest.raises(NotSent, match="nothing was sent"):
            session.get(service.url)
        assert len(service.asked) == 1


def test_where_no_refusal_can_be_given_back_it_is_said_that_something_was_sent(tmp_path: Path) -> None:
    with (
        slow(MinimumGap(0.0, 0.0), tmp_path, answer=staying_away) as service,
        PacedSession(service.store, learn="quick", patience=60) as session,
    ):
        with pytest.raises(NotSent, match=r"It was sent before, and not served.*it was not sent again") as told:
            session.get(service.url, stream=True)
        assert "nothing was sent" not in str(told.value)
        assert isinstance(told.value.__cause__, NotDue)
        assert len(service.asked) == 1


def test_of_a_retry_by_the_adapter_that_is_not_due_it_is_said_that_something_was_sent(tmp_path: Path) -> None:
    def down(_: Request, __: int) -> Response:
        return Response("down", 503)

    retrying = PacedAdapter(max_retries=Retry(3, status_forcelist=[503]))
    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=down) as service, PacedSession(service.store) as session:
        session.mount("http://", retrying)
        service.store.keep(service.url, 60)
        service.clock.advance(60)
        session.patience = 30
        with pytest.raises(NotSent, match=r"It was sent before, and not served.*it was not sent again"):
            session.get(service.url)
        assert len(service.asked) == 1


def redirecting(gap: float, clock: list[Slow], *, shuts_out: bool = False) -> Callable[[Request, int], Response]:
    """Leads each page to one of its own, which refuses what comes sooner than `gap` after the one that it served."""
    served_at = [-gap]

    def answer(request: Request, _: int) -> Response:
        now = clock[0].clock.now()
        if request.path == "/sorry":
            return Response("Sorry")
        if not request.path.endswith("/"):
            return Response(status=302, headers={"Location": f"{request.path}/"})
        if now - served_at[0] < gap:
            return Response(status=302, headers={"Location": "/sorry"}) if shuts_out else Response(status=503)
        served_at[0] = now
        return Response("Served")

    return answer


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize("learn", ["quick", "careful"])
def test_a_redirect_within_the_service_is_a_request_of_its_own_and_no_failure(
    tmp_path: Path, learn: str, *, one: bool
) -> None:
    services: list[Slow] = []
    with slow(Unlimited(), tmp_path, answer=redirecting(1.5, services)) as service:
        services.append(service)
        pace, number = None, 0
        while pace is None and number < 200:
            with PacedSession(service.store, learn=learn) as session:  # each as if it were another process
                for _ in range(7):
                    assert session.get(f"{service.url}/{'x' if one else number}").status_code == 200
                    number += 1
            pace = service.store.pace(service.url)
        assert pace
        assert pace.evidence
        # A get sends two requests, each in its turn: what is limited to one in 1.5 s is asked every second turn.
        assert pace.kind == {"quick": "estimated", "careful": "certified"}[learn]
        assert 0.75 <= pace.wait <= 1.0
        assert "failed" not in pace.evidence.statement
        assert "The address redirects" not in pace.evidence.statement
        (verdict,) = [verdict for _, verdict in service.store.probes.history(pace.target.service)]
        assert 0 <= len(service.asked) - verdict.requests <= 13  # what was asked with the pace that was found
        times = [now for now, _, _ in service.asked]
        assert verdict.seconds <= times[-1] - times[0]
        assert f"{sum(s == 302 for _, _, s in service.asked[: verdict.requests])} redirects" in verdict.statement


def test_a_redirect_that_begins_with_a_quicker_pace_is_still_a_sign(tmp_path: Path) -> None:
    services: list[Slow] = []
    with (
        slow(Unlimited(), tmp_path, answer=redirecting(1.5, services, shuts_out=True)) as service,
        PacedSession(service.store, learn="quick") as session,
    ):
        services.append(service)
        pages(session, service, 100)
        (verdict,) = [each for _, each in service.store.probes.history(service.store.target(service.url).service)]
        assert verdict.kind == "estimated"
        assert verdict.wait
        assert 0.75 <= verdict.wait <= 1.0
