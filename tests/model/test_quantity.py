"""Sizes and times in words, at the borders of their units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.model.quantity import (
    as_count,
    as_duration,
    as_progress,
    as_rest,
    as_roughly,
    as_size,
    as_span,
    as_value,
    as_wait,
    percent_number,
    rounded_wait,
    wait_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (2, "2 bytes"),
        (999_499, "999 kB"),
        (999_500, "1000 kB"),
        (1_000_000, "1 MB"),
        (999_999_999, "1000 MB"),
        (1_000_000_000, "1 GB"),
        (1_000_000_000_000, "1000 GB"),
    ],
)
def test_a_size_changes_its_unit_at_a_thousand(count: int, words: str) -> None:
    assert as_size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 ms"),
        (0.5, "500 ms"),
        (0.999, "999 ms"),
        (1, "1.00 s"),
        (59.99, "59.99 s"),
        (60, "1 min 0 s"),
        (3599, "59 min 59 s"),
    ],
)
def test_a_time_changes_its_unit_at_a_second_and_at_a_minute(seconds: float, words: str) -> None:
    assert as_duration(seconds) == words


@pytest.mark.parametrize(
    ("received", "total", "seconds", "words"),
    [
        (500, 2000, 0, "500 bytes of 2 kB"),
        (500, 2000, -1, "500 bytes of 2 kB"),
        (0, 2000, 1, "0 bytes of 2 kB"),
        (500, 0, 1, "500 bytes · 500 bytes/s"),
        (500, 2000, 0.5, "500 bytes of 2 kB · 1 kB/s · 1.50 s left"),
        (2000, 2000, 1, "2 kB of 2 kB · 2 kB/s"),
        (3000, 2000, 1, "3 kB of 2 kB · 3 kB/s"),
    ],
)
def test_progress_says_what_is_known(received: int, total: int, seconds: float, words: str) -> None:
    assert as_progress(received, total, seconds) == words


@given(st.floats(1e-9, 1e9))
def test_a_rounded_wait_is_never_shorter_and_hardly_longer(wait: float) -> None:
    rounded = rounded_wait(wait)
    assert wait * (1 - 1e-12) <= rounded <= wait * 1.01 * (1 + 1e-12)
    assert float(f"{rounded:.3g}") == rounded
    assert float(wait_number(wait)) == rounded
    assert rounded_wait(rounded) == rounded


@pytest.mark.parametrize(
    ("wait", "said"),
    [(0.0, "0 s"), (-1.0, "0 s"), (6.83, "6.83 s"), (6.8301, "6.84 s"), (9.991, "10 s"), (0.00012345, "0.000124 s")],
)
def test_a_wait_is_said_with_three_digits_and_never_shorter(wait: float, said: str) -> None:
    assert as_wait(wait) == said


SAYING = (as_count, as_duration, as_rest, as_roughly, as_span, as_wait, wait_number)


@pytest.mark.parametrize("say", SAYING, ids=lambda say: str(say.__name__))
@given(number=st.floats(min_value=0, max_value=1e9))
def test_nothing_that_a_person_reads_has_an_exponent(say: Callable[[float], str], number: float) -> None:
    said = say(number)
    assert re.fullmatch(r"\d[\d,]*(\.\d+)?( (ms|s|min|h|d))?( \d+ (h|min|s))*", said), said


@pytest.mark.parametrize(
    ("say", "seconds", "words"),
    [
        (as_wait, 7190.0, "7190 s"),
        (as_wait, 7200.0, "2 h"),
        (as_wait, 90_000.0, "25 h"),
        (as_wait, 172_800.0, "2 d"),
        (as_wait, 180_061.0, "2 d 2 h 16 min 40 s"),
        (as_duration, 234_566.0, "2 d 17 h"),
        (as_duration, 3599.6, "1 h"),
        (as_roughly, 360_000.0, "4.2 d"),
        (as_roughly, 1e8, "1,157 d"),
        (as_span, 90_000.0, "25 h"),
        (as_rest, 89_900.0, "24 h 58 min"),
    ],
)
def test_a_long_time_is_said_in_hours_and_days(say: Callable[[float], str], seconds: float, words: str) -> None:
    assert say(seconds) == words


UNITS = {"d": 86_400, "h": 3600, "min": 60, "s": 1}


@given(st.floats(min_value=0.001, max_value=1e9))
def test_a_wait_that_is_said_is_never_shorter_than_it_is_nor_much_longer(wait: float) -> None:
    said = sum(float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+) (\w+)", as_wait(wait)))
    assert wait * (1 - 1e-9) <= said <= wait * 1.011 + 1


@given(st.floats(0.0, 1.0), st.integers(1, 6))
def test_a_share_is_written_without_an_exponent_and_is_all_only_where_nothing_is_left(
    share: float, digits: int
) -> None:
    text = percent_number(share, digits)
    assert re.fullmatch(r"\d+(\.\d+)?", text)
    assert float(text) == pytest.approx(share * 100, rel=10.0 ** (1 - digits), abs=1e-300)
    if share < 1 - 1e-10:
        assert float(text) < 100


@given(st.floats(-1e300, 1e300), st.integers(3, 9))
def test_a_number_of_data_has_its_digits_and_an_exponent_only_where_it_is_very_large_or_small(
    number: float, digits: int
) -> None:
    text = as_value(number, digits)
    assert float(text) == pytest.approx(number, rel=10.0 ** (1 - digits))
    assert ("e" in text) is (number != 0 and not 1e-5 <= abs(number) < 1e15)
