"""What the table of jobs says of ours, on a few seeds."""

from __future__ import annotations

from statistics import mean

import pytest

from tests.bench.arena_families import FAMILIES
from tests.bench.jobs import WAYS, job

REFERENCE = next(family for family in FAMILIES if "reference" in family.name)


@pytest.mark.parametrize(("pages", "most"), [(200, 1.12), (2000, 1.12)])
def test_to_learn_carefully_costs_a_job_at_most_an_eighth_more_than_to_know(pages: int, most: float) -> None:
    done = [job(WAYS["learn=careful"](seed), REFERENCE, seed, pages) for seed in range(8_100_000, 8_100_005)]
    assert max(each.ratio for each in done) <= most
    assert mean(each.refused for each in done) < 0.06 * pages
