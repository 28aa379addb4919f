"""A rule says the same of a whole record as where it is asked and told one by one."""

from __future__ import annotations

import math
from copy import deepcopy
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from widgets.probe.identify.features import Seen
from widgets.probe.identify.likelihood import weigh, weigh_certain, weigh_spacings
from widgets.probe.identify.records import chances, contradictions, one_by_one
from widgets.probe.identify.rules import Banned, Bucket, Chance, Counter, Gap, Late, Log, Rule, Steps, Tiers, Window

WAITS = st.one_of(st.just(0.0), st.floats(0, 0.5), st.floats(0.5, 30), st.sampled_from([1.0, 2.0, 5.0]))
RECORDS = st.lists(st.tuples(WAITS, st.sampled_from([True, True, True, False, None])), min_size=1, max_size=80).map(
    lambda each: [Seen(at, answer[1]) for at, answer in zip(accumulate(wait for wait, _ in each), each, strict=True)]
)
TIMES = st.one_of(st.floats(0.01, 40), st.sampled_from([1.0, 2.0, 5.0]))
NUMBERS = st.integers(1, 12)

BUCKETS = st.builds(Bucket, TIMES, NUMBERS.map(float))
LOGS = st.builds(Log, NUMBERS, TIMES)
LATES = st.builds(Late, NUMBERS, TIMES, TIMES)
WINDOWS = st.builds(Window, NUMBERS, TIMES, st.none() | st.floats(0, 40))
CERTAIN: dict[str, st.SearchStrategy[Rule]] = {
    "bucket": BUCKETS,
    "penalty box": st.builds(Bucket, TIMES, NUMBERS.map(float), TIMES, st.booleans()),
    "window": WINDOWS,
    "log": st.builds(Log, NUMBERS, TIMES, st.booleans()),
    "late": LATES,
    "counter": st.builds(Counter, NUMBERS, TIMES, st.floats(0, 40)),
    "steps": st.builds(Steps, NUMBERS, TIMES, NUMBERS, st.floats(0, 40)),
    "banned": st.builds(Banned, st.one_of(BUCKETS, LOGS, LATES, WINDOWS), TIMES, st.sampled_from([1.0, 2.0])),
    "tiers": st.builds(Tiers, BUCKETS, st.one_of(LOGS, WINDOWS)),
}


@pytest.mark.parametrize("name", CERTAIN)
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_the_same_answers_contradict_a_rule(name: str, data: st.DataObject) -> None:
    rule, seen = data.draw(CERTAIN[name]), data.draw(RECORDS)
    assert list(contradictions(deepcopy(rule), seen)) == list(one_by_one(rule, seen))


@pytest.mark.parametrize("name", CERTAIN)
@settings(max_examples=examples(200), deadline=None)
@given(st.data())
def test_a_rule_weighs_the_same_and_is_left_out_only_below_the_best(name: str, data: st.DataObject) -> None:
    rule, seen = data.draw(CERTAIN[name]), data.draw(RECORDS)
    answers = [sum(each.accepted is accepted for each in seen) for accepted in (False, True)]
    weight = weigh(deepcopy(rule), seen)
    assert weigh_certain(deepcopy(rule), seen, (answers[0], answers[1]), -math.inf) == weight
    best = data.draw(st.floats(-200, 0))
    left_out = weigh_certain(rule, seen, (answers[0], answers[1]), best) is None
    assert not left_out or weight.log_likelihood < best - 10


SPACINGS = st.lists(st.builds(Seen, st.floats(0, 20), st.booleans(), st.integers(1, 9)), min_size=1, max_size=60)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.one_of(st.builds(Gap, TIMES, st.just(0.0) | TIMES, st.booleans()), st.builds(Chance, st.floats(0.01, 0.99))),
    SPACINGS,
)
def test_a_spacing_is_as_likely_accepted_as_where_it_is_asked_alone(rule: Rule, spacings: list[Seen]) -> None:
    rule.saw(0.0, accepted=True)
    assert list(chances(rule, spacings)) == [rule.chance(each.at) for each in spacings]
    assert weigh_spacings(rule, spacings) is not None
    assert weigh_spacings(rule, spacings, 1e9) is None
