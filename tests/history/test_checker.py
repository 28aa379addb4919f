from __future__ import annotations

import pytest

from tests.history.checker import SECOND, UNTOLD, Asked, Early, Episode, History, Hold, Send, Target, check
from tests.history.report import to_html, to_text
from tests.history.run import Outcome, Plan

TARGETS = [Target("<a>", "SQLite", 0.1, 2), Target("b", "SQLite", 0.1, 2)]


def sends(*milliseconds: float, target: int = 0, life: int = 1) -> list[Send]:
    return [Send(round(each * SECOND / 1000), target, life, number) for number, each in enumerate(milliseconds)]


def test_a_history_that_keeps_the_pace_to_the_nanosecond_is_sound() -> None:
    found = check(History(TARGETS, sends(0, 100, 200.000001)))
    assert found.sound
    assert found.early == []


def test_a_send_that_is_a_nanosecond_early_is_found() -> None:
    [early] = check(History(TARGETS, sends(0, 99.999999, 300))).early
    assert early == Early(0, 0.099999999, 0.1, *sends(0, 99.999999))


def test_targets_do_not_disturb_each_other_and_the_order_of_writing_does_not_matter() -> None:
    history = History(TARGETS, [*sends(100, 0)[::-1], *sends(50, target=1)])
    assert check(history).sound


def test_a_request_that_is_sent_twice_is_found() -> None:
    once = Send(0, 0, 1, 7)
    found = check(History(TARGETS, [once, once._replace(moment=SECOND)]))
    assert [each.number for each in found.twice] == [7]
    assert not found.sound


def test_a_send_without_a_turn_is_found_and_a_turn_without_a_send_is_counted_as_lost() -> None:
    found = check(History(TARGETS, sends(0, 200), turns={0: 1, 1: 2}))
    assert found.uncounted == {0: 1}
    assert found.lost == {1: 2}
    assert not found.sound


def test_an_answer_to_a_request_that_was_not_captured_is_found() -> None:
    found = check(History(TARGETS, [], [Asked(0, 1, 1, 0, 1, 200), Asked(0, 1, 2, 0, 1, 0)]))
    assert [each.number for each in found.unsent] == [1]
    assert not found.sound


@pytest.mark.parametrize(("after", "looked", "broken"), [(40, 30, 1), (500, 490, 1), (500, 4, 0), (1001, 990, 0)])
def test_a_hold_is_broken_by_who_looks_after_it_is_known_and_sends_before_it_is_over(
    after: float, looked: int, broken: int
) -> None:
    first, second = sends(0, after)
    hold = Hold(1000, *first[1:], 1.0)
    known = Asked(0, 1, 0, -SECOND, 5_000_000, 429)
    other = Asked(0, 1, 1, 0, 2 * SECOND, 200, looked * 1_000_000)
    found = check(History([Target("a", "SQLite", 0.01, 2)], [first, second], [known, other], [hold]))
    assert len(found.broken) == broken
    assert found.sound == (not broken)


def test_a_hold_that_nobody_else_could_know_of_is_unknown_and_not_broken() -> None:
    first, second = sends(0, 500)
    died, untold = list[Asked](), [Asked(0, 1, 0, -SECOND, 5_000_000, UNTOLD + 429)]
    for asked in (died, untold):
        found = check(History(TARGETS, [first, second], asked, holds=[Hold(1000, *first[1:], 1.0)]))
        assert (found.unknown_holds, list(found.broken)) == (1, [])


def test_who_is_passed_over_by_more_than_twice_its_share_is_found_in_calm_times_only() -> None:
    others = sends(*range(100, 700, 100), life=2)
    mine = Send(SECOND, 0, 1, 0)
    asked = [Asked(0, 1, 0, 0, 2 * SECOND, 200)]
    calm, kill = (Episode(fault, "SQLite", -1, 3 * SECOND) for fault in ("calm", "a process killed"))
    [passed] = check(History(TARGETS, [*others, mine], asked, episodes=[calm])).passed
    assert (passed.others, passed.waiters) == (6, 2)
    assert check(History(TARGETS, [*others, mine], asked, episodes=[kill])).passed == []


def test_the_report_names_what_was_found_and_shows_text_as_text() -> None:
    history = History(
        TARGETS, sends(0, 90), [Asked(0, 1, 1, 0, SECOND, 200)], episodes=[Episode("calm", "SQLite", 0, SECOND)]
    )
    outcome = Outcome(Plan(), history, check(history), 1.0, "a <capture>", 0, 0.0)
    text, page = to_text(outcome), to_html(outcome)
    assert "BROKEN: 1 early sends" in text
    assert "<a> 0.090000 s after the request before, where 0.1 s is the pace" in text
    assert "calm   SQLite  0         1        2      1      10%       100%     0.09 s      -10.00 ms" in text
    assert "&lt;a&gt; 0.090000" in page
    assert "<a>" not in page
    assert "a &lt;capture&gt;" in page
