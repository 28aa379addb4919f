"""What the list of paces says of each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from widgets.model.pace import Pace, Target
from widgets.pace.panel.formatting import paces_table, standing

PACE = Pace(Target.of("https://api.example.org/"), 2.0, "certified", 1000.0)


@pytest.mark.parametrize(
    ("factor", "doubtful", "words", "chip"),
    [
        (1.0, None, "good", "certified"),
        (1.25, None, "slowed to 2.5 s by refusals", "slowed"),
        (1.25, 1000.0, "doubtful since 1970-01-01: re-check; slowed to 2.5 s by refusals", "doubtful"),
    ],
)
def test_what_refusals_have_slowed_is_neither_good_nor_certified(
    factor: float, doubtful: float | None, words: str, chip: str
) -> None:
    pace = replace(PACE, factor=factor, doubtful_since=doubtful)
    assert standing(pace, 1010.0) == words
    listed = paces_table([pace], 1010.0)
    assert chip in listed
    assert (">certified" in listed) is (chip == "certified")
