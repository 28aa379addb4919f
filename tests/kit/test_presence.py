from __future__ import annotations

import pytest

from widgets.kit.presence import EVERY, MISSED, PageLostError, Presence


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_first_sign_of_life_is_told_once() -> None:
    presence, told = Presence(Clock()), []
    presence.on_there = lambda: told.append(1)
    presence.answer.value = "first sign"
    presence.answer.value = "second sign"
    assert told == [1]


def test_a_page_that_never_answered_is_never_thought_lost() -> None:
    clock = Clock()
    presence = Presence(clock)
    for _ in range(20):
        clock.now += EVERY
        presence.look()


def test_a_page_that_answers_is_there_and_one_that_stops_is_lost_after_a_minute() -> None:
    clock = Clock()
    presence = Presence(clock)
    presence.answer.value = "first sign"
    for turn in range(10):
        clock.now += EVERY
        presence.look()
        presence.answer.value = f"{turn}"
    for _ in range(MISSED):
        clock.now += EVERY
        presence.look()
    clock.now += EVERY
    with pytest.raises(PageLostError, match="no sign of life for a minute"):
        presence.look()


def test_a_machine_that_slept_is_not_a_page_that_is_lost() -> None:
    clock = Clock()
    presence = Presence(clock)
    presence.answer.value = "first sign"
    presence.look()
    clock.now += 8 * 3600
    presence.look()
    presence.look()
