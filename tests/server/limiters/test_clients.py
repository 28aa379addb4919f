"""One rule for each of many clients, in bounded memory."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.limiters import LIMITERS, Clients, FixedWindow, PenaltyBox, SlidingLog, TokenBucket


@pytest.mark.parametrize("slug", LIMITERS)
@settings(deadline=None)
@given(asks=st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=40))
def test_each_client_meets_the_rule_as_if_alone(slug: str, asks: list[tuple[str, float]]) -> None:
    together, alone, now = Clients(LIMITERS[slug]()), {key: LIMITERS[slug]() for key in "abc"}, 100.0
    for key, gap in asks:
        now += gap
        assert together.ask(key, now) == alone[key].ask(now)
    for key, limiter in alone.items():
        assert together.limiter(key) == limiter


def test_client_that_has_not_asked_for_longest_is_forgotten_first() -> None:
    clients = Clients(FixedWindow(limit=1, window=1000), most=3)
    for now, key in enumerate("abcab"):
        clients.ask(key, float(now))
    clients.ask("d", 5.0)
    assert [key in clients for key in "abcd"] == [True, True, False, True]
    assert len(clients) == 3
    assert not clients.ask("a", 6.0).accepted
    assert clients.ask("c", 7.0).accepted


@settings(deadline=None)
@given(keys=st.lists(st.sampled_from("abcdefgh"), max_size=80), most=st.integers(1, 5))
def test_the_most_recent_ones_are_known_and_no_others(keys: list[str], most: int) -> None:
    clients = Clients(TokenBucket(), most=most)
    for now, key in enumerate(keys):
        clients.ask(key, float(now))
    recent = list(dict.fromkeys(reversed(keys)))[:most]
    assert {key for key in "abcdefgh" if key in clients} == set(recent)
    assert len(clients) == len(recent)


def test_forgotten_client_starts_afresh_in_the_place_of_another() -> None:
    clients = Clients(PenaltyBox(rate=1, burst=1, penalty=1000), most=1)
    assert [clients.ask("a", 0.0).accepted, clients.ask("a", 0.0).accepted] == [True, False]
    assert clients.ask("b", 1.0).accepted
    assert clients.ask("a", 2.0).accepted


def test_reset_forgets_everyone() -> None:
    clients = Clients(FixedWindow(limit=1, window=1000))
    clients.ask("a", 1.0)
    clients.reset()
    assert len(clients) == 0
    assert clients.ask("a", 2.0).accepted


def test_rule_that_remembers_much_is_kept_for_fewer_clients() -> None:
    limit = 1000
    clients = Clients(SlidingLog(limit=limit))
    assert clients.most == 4_000_000 // (limit + 1)
    assert Clients(TokenBucket()).most == 1_000_000


def test_looking_at_a_client_changes_nothing() -> None:
    template = TokenBucket()
    clients = Clients(template)
    clients.ask("a", 1.0)
    before = copy.deepcopy(clients.limiter("a"))
    clients.limiter("a").ask(1.0)
    assert clients.limiter("a") == before
    assert clients.limiter("stranger") == template == TokenBucket()
    assert "stranger" not in clients


@pytest.mark.parametrize("key", ["", "x" * 1_000_000, "\udc80", "\0", "ключ"])
def test_any_text_is_a_key(key: str) -> None:
    clients = Clients(FixedWindow(limit=1))
    assert clients.ask(key, 1.0).accepted
    assert not clients.ask(key, 1.0).accepted


def test_salt_changes_who_shares_a_hash_and_nothing_else() -> None:
    plain, salted = Clients(FixedWindow()), Clients(FixedWindow(), salt=b"secret")
    assert plain._hash("a") != salted._hash("a")
    assert plain.ask("a", 1.0) == salted.ask("a", 1.0)


def test_memory_of_many_clients_is_bounded_in_bytes() -> None:
    clients = Clients(TokenBucket(), most=1000)
    for number in range(20_000):
        clients.ask(f"client-{number}", float(number))
    assert len(clients) == 1000
    columns = (clients._older, clients._newer, clients._hashes, clients._rows)
    assert [len(column) for column in columns] == [1001] * 4


def test_bad_bound_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="most must be a whole number"):
        Clients(TokenBucket(), most=0)
