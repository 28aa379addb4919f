"""Sizes and times in words, at the borders of their units."""

from __future__ import annotations

import pytest

from widgets.model.quantity import as_duration, as_progress, as_size


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
