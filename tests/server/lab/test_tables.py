"""The state of rules in use."""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

from server.lab.rules import Rule, choose
from server.lab.tables import MOST_RECENT, MOST_RULES, RuleTables

BUCKET = choose("token-bucket", {"rate": "1", "burst": "2"}).rule


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def tables(clock: Clock, time_scale: float = 1.0) -> RuleTables:
    return RuleTables(time_scale=time_scale, clock=clock)


def accepts(made: RuleTables, rule: Rule, client: str) -> bool:
    return made.ask(rule, client)[0].accepted


def test_each_client_has_a_state_of_its_own() -> None:
    made = tables(Clock())
    assert [accepts(made, BUCKET, "ann") for _ in range(3)] == [True, True, False]
    assert accepts(made, BUCKET, "bob")


def test_a_shared_rule_has_one_state_for_all() -> None:
    shared = choose("token-bucket", {"rate": "1", "burst": "2", "scope": "shared"}).rule
    made = tables(Clock())
    assert [accepts(made, shared, name) for name in ("ann", "bob", "cid")] == [True, True, False]


def test_rules_with_other_parameters_do_not_share_state() -> None:
    made = tables(Clock())
    other = choose("token-bucket", {"rate": "1", "burst": "2", "seed": "1"}).rule
    assert [accepts(made, BUCKET, "ann") for _ in range(3)] == [True, True, False]
    assert accepts(made, other, "ann")


def test_the_time_scale_holds_for_every_rule() -> None:
    clock = Clock()
    made = tables(clock, time_scale=0.02)
    made.ask(BUCKET, "ann")
    made.ask(BUCKET, "ann")
    refused, _ = made.ask(BUCKET, "ann")
    assert not refused.accepted
    assert 0.019 < refused.retry_after < 0.021
    clock.now += 0.0201
    assert accepts(made, BUCKET, "ann")


def test_a_decision_comes_with_the_moment_of_the_clock_at_which_it_was_made() -> None:
    clock = Clock()
    made = tables(clock, time_scale=0.02)
    assert made.ask(BUCKET, "ann")[1] == clock.now


def test_looking_changes_nothing_and_shows_who_is_shut_out() -> None:
    clock = Clock()
    made = tables(clock)
    box = choose("penalty-box", {"rate": "1", "burst": "1", "penalty": "60"}).rule
    made.ask(box, "bob")
    for _ in range(2):
        made.ask(box, "ann")
    for _ in range(3):
        (state,) = made.look()
    assert (state.asked, state.refused) == (3, 1)
    assert [each.client for each in state.clients] == ["ann", "bob"]
    assert not state.clients[0].decision.accepted
    assert state.clients[0].decision.retry_after == 60
    clock.now += 61
    assert accepts(made, box, "ann")


def test_reset_forgets_everyone() -> None:
    made = tables(Clock())
    assert [accepts(made, BUCKET, "ann") for _ in range(3)] == [True, True, False]
    assert made.reset() == 1
    assert accepts(made, BUCKET, "ann")
    assert made.look()[0].asked == 1


def test_a_flood_of_rules_and_clients_cannot_fill_the_memory() -> None:
    made = tables(Clock())
    tracemalloc.start()
    try:
        for number in range(3 * MOST_RULES):
            made.ask(Rule("sliding-log", (("limit", 10_000), ("seed", number))), "ann")
            for client in range(20):
                made.ask(BUCKET, f"{number} {client} {'x' * 500}")
        assert tracemalloc.get_traced_memory()[0] < 64_000_000
    finally:
        tracemalloc.stop()
    assert len(made.look()) == MOST_RULES
    assert all(len(state.clients) <= MOST_RECENT for state in made.look())


def test_under_32_threads_no_more_are_served_than_the_rule_allows() -> None:
    made = tables(Clock())
    bucket = choose("token-bucket", {"rate": "1e-6", "burst": "100"}).rule
    with ThreadPoolExecutor(32) as pool:
        served = sum(pool.map(lambda _: accepts(made, bucket, "ann"), range(2000)))
    assert served == 100
