from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response

from tests.conftest import served
from tests.pace.target import logging_target
from widgets.adapters import StrangersProbes, StrangersTurns
from widgets.fetch import Fetcher, FetchError
from widgets.http.address import own
from widgets.model.attempt import Step
from widgets.pace import PaceStore
from widgets.probe import Budget, Goal, ProbePanel
from widgets.probe.recorder import Hindrance, Unwritten
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = Settings("quick", Goal(), Budget())


class Stranger:
    """A service that notes when it is asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.answer = Response("hello", 200)
        self.app = Flask("stranger")
        self.app.add_url_rule("/<path:path>", view_func=self.told)

    def told(self, path: str) -> Response:
        self.asked.append(time.monotonic())
        return Response(self.answer.get_data(), self.answer.status_code, dict(self.answer.headers))


@pytest.fixture
def stranger() -> Stranger:
    return Stranger()


@pytest.fixture
def url(stranger: Stranger) -> Iterator[str]:
    with served(stranger.app) as base:
        yield base + "/thing"


@pytest.fixture
def visitors() -> Iterator[list[PaceStore]]:
    """The stores of two kernels that share one file."""
    with PaceStore() as one, PaceStore() as other:
        yield [one, other]


def test_two_visitors_with_keys_of_their_own_ask_a_stranger_once_a_second_together(
    visitors: list[PaceStore],
) -> None:
    with logging_target() as target:

        def visit(number: int) -> None:
            turns = StrangersTurns(visitors[number])
            for path in ("", "/other"):
                Fetcher().fetch(target.url + path, headers={"X-Api-Key": f"k{number}"}, turns=turns)

        threads = [threading.Thread(target=visit, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(target.gaps) == 3
        assert min(target.gaps) >= 1


def test_a_stranger_that_asks_to_be_left_alone_is_left_alone_by_all_and_nobody_may_insist(
    visitors: list[PaceStore], url: str, stranger: Stranger
) -> None:
    stranger.answer = Response("no", 503, {"Retry-After": "60"})
    assert Fetcher().fetch(url, turns=StrangersTurns(visitors[0])).status == 503
    for visitor in visitors:
        turns = StrangersTurns(visitor)
        turn = turns("GET", url, {}, anyway=True)
        assert turn is not None
        assert turn.due_in() > 50
        with pytest.raises(FetchError, match="due in"):
            Fetcher(deadline=2).fetch(url, turns=turns)
    assert len(stranger.asked) == 1


def test_the_bundled_service_may_be_asked_at_any_pace(visitors: list[PaceStore], url: str, stranger: Stranger) -> None:
    turns = StrangersTurns(visitors[0], [own(url)])
    for _ in range(5):
        Fetcher().fetch(url, turns=turns)
    assert len(stranger.asked) == 5
    assert visitors[0].paces() == []


def test_who_probes_the_bundled_service_beside_another_page_is_told_so_unless_a_key_tells_them_apart(
    visitors: list[PaceStore], url: str
) -> None:
    one, other = (StrangersProbes(visitor, [own(url)]) for visitor in visitors)
    keyed = replace(SETTINGS, headers={"X-API-Key": "blue"})
    with one.open(url, SETTINGS) as first, other.open(url, SETTINGS) as second, other.open(url, keyed) as third:
        assert isinstance(first, Unwritten)
        assert isinstance(second, Unwritten)
        assert isinstance(third, Unwritten)
        assert [first.trouble, third.trouble] == ["", ""]
        assert "Another page probes this too" in second.trouble
        for elsewhere in ("/elsewhere", "?gap=7"):
            with other.open(url + elsewhere, SETTINGS) as fourth:
                assert isinstance(fourth, Unwritten)
                assert not fourth.trouble, "another address has a limit of its own"
        # The service knows its clients by that key and by nothing else.
        with other.open(url, replace(SETTINGS, headers={"Authorization": "Bearer t", "Accept": "text/csv"})) as fifth:
            assert isinstance(fifth, Unwritten)
            assert "An X-API-Key of your own mostly helps" in fifth.trouble
        with one.open(url, replace(SETTINGS, headers={"x-api-key": "blue"})) as sixth:
            assert isinstance(sixth, Unwritten)
            assert sixth.trouble
    with other.open(url, SETTINGS) as last:
        assert isinstance(last, Unwritten)
        assert not last.trouble


def test_who_came_first_is_told_when_another_page_comes_and_after_it_has_gone(
    visitors: list[PaceStore], url: str
) -> None:
    one, other = (StrangersProbes(visitor, [own(url)]) for visitor in visitors)
    with one.open(url, SETTINGS) as first:
        assert isinstance(first, Unwritten)
        first.asking(Step(1.0, "search"), 1)
        with other.open(url + "/elsewhere", SETTINGS):
            first.asking(Step(1.0, "search"), 2)
        assert first.trouble == ""
        with other.open(url, SETTINGS) as second:  # between two requests of the first
            assert isinstance(second, Unwritten)
        first.asking(Step(1.0, "search"), 3)
        assert "Another page probes this too" in first.trouble
        with other.open(url, SETTINGS) as third, one.open(url, SETTINGS) as fourth:
            for each in (third, fourth):
                assert isinstance(each, Unwritten)
                assert each.trouble
    with one.open(url, SETTINGS) as alone, other.open(url, SETTINGS) as last:
        assert isinstance(alone, Unwritten)
        assert isinstance(last, Unwritten)
        alone.finish(None)  # type: ignore[arg-type]  # of no meaning here
        assert "Another page probed this too" in alone.trouble
        with other.open(url, SETTINGS):
            pass
    with one.open(url, SETTINGS) as again:
        assert isinstance(again, Unwritten)
        again.asking(Step(1.0, "search"), 1)
        assert again.trouble == ""


def test_one_visitor_at_a_time_probes_a_stranger(visitors: list[PaceStore], url: str) -> None:
    one, other = (StrangersProbes(visitor) for visitor in visitors)
    with one.open(url, SETTINGS) as first:
        assert not isinstance(first, Hindrance)
        with other.open(url + "/elsewhere", SETTINGS) as second:
            assert isinstance(second, Hindrance)
            assert "Another visitor" in second.sentence
        with StrangersProbes(visitors[1], [own(url)]).open(url, SETTINGS) as friend:
            assert not isinstance(friend, Hindrance)
    with other.open(url, SETTINGS) as third:
        assert not isinstance(third, Hindrance)


def test_a_probe_takes_turns_with_others_and_its_spacings_are_those_on_the_wire(
    visitors: list[PaceStore],
) -> None:
    with logging_target() as target:
        panel = ProbePanel([target.url], turns=StrangersTurns(visitors[0]))
        panel.form.strategy.value = "doubling"
        panel.probe()
        time.sleep(0.3)
        Fetcher().fetch(target.url + "/fetched", turns=StrangersTurns(visitors[1]))
        panel.join(60)
        attempts = panel.live.attempts
        assert len(attempts) >= 4
        assert len(target.arrivals) == len(attempts) + 1
        assert min(target.gaps) >= 1
    # The waits that doubling asks for are milliseconds: what lies between is the others' turns.
    assert all(attempt.spacing is None or attempt.spacing >= 0.5 for attempt in attempts)
    assert all(attempt.latency < 0.9 for attempt in attempts)  # the turn of another is no latency
