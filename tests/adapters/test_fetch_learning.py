"""The Fetch panel learns the pace of a service from what is fetched of it, in virtual time on a real socket."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from werkzeug.wrappers import Request, Response

from server.limiters import FixedWindow, MinimumGap, TokenBucket
from tests.pace.slow import Slow, slow
from widgets.adapters import StoreLessons, StoreTurns
from widgets.fetch import Fetcher, FetchPanel
from widgets.media import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from widgets.http.transport import Turns


def fetch(service: Slow, lessons: StoreLessons, path: str) -> int:
    """One fetch, sent again where it is refused, without a page."""
    while True:
        with lessons.taking() as turns:
            turn = turns("GET", service.url + path, {})
            assert turn is not None
            service.clock.advance(turn.due_in())
            reply = Fetcher().fetch(service.url + path, turns=turns)
        if reply.status != 429:
            return reply.status


def test_fetches_teach_the_pace_and_nothing_else_is_asked(tmp_path: Path) -> None:
    ended = []
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        lessons = StoreLessons(service.store, told=lambda: ended.append(1))
        for number in range(30):
            assert fetch(service, lessons, f"/page/{number}") == 200
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7
        assert ended == [1]
        served = [path for _, path, status in service.asked if status == 200]
        assert served == [f"/page/{number}" for number in range(30)]
        assert {path for _, path, _ in service.asked} == set(served)
        assert lessons.said("GET", service.url, {}).startswith("its pace: 2.")


def test_what_was_learned_is_said_and_is_gone_on_with_after_a_restart(tmp_path: Path) -> None:
    with slow(TokenBucket(1.0, 5), tmp_path) as service:
        for number in range(40):  # each of them a page that was opened anew
            lessons = StoreLessons(service.store)
            assert fetch(service, lessons, f"/page/{number}") == 200
            if number == 0:
                assert lessons.said("GET", service.url, {}) == "learning its pace: 1 sent"
        pace = service.store.pace(service.url)
        assert pace
        assert 1.0 <= pace.wait <= 1.4


def test_a_fetch_without_an_answer_lets_the_next_one_learn(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        lessons = StoreLessons(service.store)
        assert lessons.said("GET", service.url, {}) == "its pace is not known yet"
        fetch(service, lessons, "/first")

        def broken() -> None:
            with lessons.taking() as turns:
                turn = turns("GET", service.url, {})
                assert turn is not None
                with turn.sending(5.0, threading.Event()):
                    raise OSError("it broke")

        with pytest.raises(OSError, match="it broke"):
            broken()
        assert lessons.said("GET", service.url, {}) == "learning its pace: 2 sent"
        (lesson,) = service.store.probes.unfinished()
        (_, (_, attempt)) = service.store.probes.attempts(lesson.id)
        assert (attempt.status, attempt.error) == (None, "no answer")
        assert fetch(service, StoreLessons(service.store), "/page") == 200


def test_a_person_who_insists_is_not_taught_by(tmp_path: Path) -> None:
    with slow(MinimumGap(2.0, 0.0), tmp_path) as service:
        lessons = StoreLessons(service.store)
        with lessons.taking() as turns:
            turn = turns("GET", service.url, {}, anyway=True)
            assert turn is not None
            assert turn.due_in() == 0
        assert service.store.probes.unfinished() == []


def test_the_panel_learns_only_where_the_person_wants_it(tmp_path: Path) -> None:
    with slow(MinimumGap(0.0, 0.0), tmp_path) as service:
        lessons = StoreLessons(service.store)
        panel = FetchPanel(Fetcher(), render, [service.url], turns=StoreTurns(service.store), lessons=lessons)
        panel.fetch()
        panel.join(30)
        assert service.store.probes.unfinished() == []
        assert not panel.learn.value
        panel.learn.value = True
        panel.fetch()
        panel.join(30)
        assert "learning its pace: 1 sent" in panel.said.value
        assert len(service.store.probes.unfinished()) == 1


def test_a_fetch_that_teaches_is_told_since_how_far_its_lesson_has_come_is_news(tmp_path: Path) -> None:
    with slow(MinimumGap(0.0, 0.0), tmp_path) as service:
        panel = FetchPanel(Fetcher(), render, [service.url], lessons=StoreLessons(service.store))
        told: list[int] = []
        panel.on_counted = lambda: told.append(service.count(200))
        panel.learn.value = True
        panel.fetch()
        panel.join(30)
        assert told == [1]


def test_where_no_limit_was_seen_requests_are_sent_at_once_and_a_refusal_begins_a_lesson(tmp_path: Path) -> None:
    with slow(FixedWindow(3, 200.0), tmp_path) as service:
        lessons = StoreLessons(service.store)
        lessons._learner._free.add(service.store.target(service.url).service.key)
        for number in range(3):
            assert lessons.said("GET", service.url, {}) == "no limit seen yet"
            assert fetch(service, lessons, f"/page/{number}") == 200
        assert service.asked[-1][0] - service.asked[0][0] < 1
        assert fetch(service, lessons, "/page/3") == 200
        refused = service.count(429)
        assert refused >= 1
        assert lessons.said("GET", service.url, {}) == f"learning its pace: {refused} of {1 + refused} refused"


class Patient:
    """Lessons whose requests are always due."""

    @contextmanager
    def taking(self) -> Iterator[Turns]:
        yield lambda *_, **__: None

    def said(self, *_: object) -> str:
        return "learning its pace"


def test_a_refused_fetch_is_made_again_until_it_is_served_while_the_pace_is_learned(tmp_path: Path) -> None:
    refused = iter([429, 429])

    def told(_: Request, __: int) -> Response | None:
        return Response(status=429) if next(refused, 0) else None

    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=told) as service:
        panel = FetchPanel(Fetcher(), render, [service.url], lessons=Patient())
        panel.learn.value = True
        panel.fetch()
        panel.join(60)
        assert panel.reply is not None
        assert [status for _, _, status in service.asked] == [429, 429, 200]
        assert panel.reply.status == 200
        assert panel.history.history.count == 1


@pytest.mark.parametrize("status", [200, 403])
def test_refusals_that_only_words_tell_teach_too(tmp_path: Path, status: int) -> None:
    """The turn heard a status and headers alone: a service that refuses with 200 and a note had no limit."""
    note = '{"ok": false, "error": "ratelimited"}'

    def in_words(request: Request, code: int) -> Response | None:
        return Response(note, status, mimetype="application/json") if code == 429 else None

    with slow(MinimumGap(2.0, 0.0), tmp_path, answer=in_words) as service:
        lessons = StoreLessons(service.store)
        for number in range(30):
            while True:
                with lessons.taking() as turns:
                    url = f"{service.url}/page/{number}"
                    turn = turns("GET", url, {})
                    assert turn is not None
                    service.clock.advance(turn.due_in())
                    reply = Fetcher().fetch(url, turns=turns)
                if bytes(reply.body[:100]) != note.encode():
                    break
        pace = service.store.pace(service.url)
        assert pace
        assert 2.0 <= pace.wait <= 2.7


def test_a_fetch_with_a_pace_counts_its_answers_as_a_probe_does(tmp_path: Path) -> None:
    """An answer 500 counted as accepted, and a refusal in words too."""

    def said(request: Request, _: int) -> Response | None:
        if request.path == "/fails":
            return Response("", 500)
        if request.path == "/words":
            return Response('{"error": "Rate limit exceeded, retry in 40 seconds"}', 400, mimetype="application/json")
        return None

    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=said) as service:
        kept = service.store.keep(service.url, 1.0)
        turns = StoreTurns(service.store)
        for path in ("/good", "/fails", "/words"):
            turn = turns("GET", service.url + path, {})
            assert turn is not None
            service.clock.advance(turn.due_in())
            Fetcher().fetch(service.url + path, turns=turns)
        pace = service.store.pace(service.url)
        assert pace
        assert kept.wait == pace.wait == 1.0
        assert (pace.accepted, pace.refused) == (1, 1)
        last = turns("GET", service.url, {})
        assert last is not None
        assert 39 <= last.due_in() <= 40


def test_who_stops_while_a_refused_fetch_waits_to_be_made_again_is_shown_what_came_and_not_that_nothing_was_sent(
    tmp_path: Path,
) -> None:
    panels: list[FetchPanel] = []

    def told(_: Request, __: int) -> Response:
        return Response(status=429, headers={"Retry-After": "3600"})

    class Stopping(StoreLessons):
        """Stops the fetch as soon as its first request has been answered."""

        def said(self, method: str, url: str, headers: Mapping[str, str]) -> str:
            if service.asked:
                panels[0].stop()
            return super().said(method, url, headers)

    with slow(MinimumGap(0.0, 0.0), tmp_path, answer=told) as service:
        lessons = Stopping(service.store)
        panel = FetchPanel(Fetcher(), render, [service.url], lessons=lessons)
        panels.append(panel)
        panel.learn.value = True
        panel.fetch()
        panel.join(60)
        assert len(service.asked) == 1
        assert "nothing was sent" not in panel.said.value
        assert "learning its pace: 1 of 1 refused" in panel.said.value
        assert panel.history.history.count == 1
