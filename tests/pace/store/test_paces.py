"""What a pace governs, what replaces what, and what is held."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.pace.conftest import FakeClock
from widgets.model.pace import DAY, Pace
from widgets.pace import PaceStore
from widgets.pace.export.transfer import from_file, to_file
from widgets.pace.limiter.limiter import Limiter

if TYPE_CHECKING:
    from pathlib import Path

    from widgets.probe import Verdict

API = "https://api.example.org"
NEVER = threading.Event()


def limiter(store: PaceStore, path: str, method: str = "GET", credential: str = "") -> Limiter:
    return Limiter(store, store.target(API + path, method, credential))


def waits(store: PaceStore, *paths: str) -> list[float | None]:
    found = [store.pace(API + path) for path in paths]
    return [pace.wait if pace else None for pace in found]


def test_the_narrowest_pace_that_fits_governs(store: PaceStore) -> None:
    store.keep(f"{API}/a", 9.0)
    store.keep(f"{API}/v1/x", 5.0, scope="/v1/")
    store.keep(f"{API}/v1/x", 3.0, scope="/v1/x")
    store.keep(f"{API}/v1/x/y?q=1", 1.0, scope="path")
    assert waits(store, "/v1/x/y", "/v1/x/z", "/v1/x", "/v1", "/v1/xx", "/v10", "/") == [1, 3, 3, 5, 5, 9, 9]
    assert (pace := store.pace(f"{API}/v1/x/y", "HEAD"))
    assert pace.wait == 3
    assert len(store.paces()) == 4


def test_the_root_as_a_prefix_is_the_whole_origin_and_no_scope_is_refused_in_words(store: PaceStore) -> None:
    assert store.keep(API, 1.0, scope="/").scope == "origin"
    with pytest.raises(ValueError, match="scope must be 'origin', 'path' or a prefix"):
        store.keep(API, 1.0, scope="v1")


@pytest.mark.parametrize(
    ("path", "scope"), [("/a", "/v1"), ("/v1x", "/v1"), ("/v1", "/v1/x"), ("/", "/v1"), ("/a/b", "/b")]
)
def test_a_prefix_that_does_not_govern_the_address_is_refused_and_what_does_is_said(
    store: PaceStore, path: str, scope: str
) -> None:
    with pytest.raises(ValueError, match=f"scope '{scope}' does not govern '{path}'.* one of .*'path', 'origin'"):
        store.keep(API + path, 2.5, scope=scope)
    assert store.paces() == []
    pace = store.keep(API + path, 2.5)
    with pytest.raises(ValueError, match="does not govern"):
        store.rescope(pace, scope)


def test_a_pace_of_an_earlier_version_whose_prefix_does_not_govern_its_address_is_read_moved_and_forgotten(
    store: PaceStore,
) -> None:
    old = Pace(store.target(f"{API}/a"), 2.5, "set by hand", 0.0, scope="/v1")
    (brought,), _ = from_file(to_file([old], "mine"), "mine", 1.0)
    assert store.kept.take_in([brought]) == 1
    assert waits(store, "/v1/x") == [2.5]
    (kept,) = store.paces()
    store.rescope(kept, "path")
    assert waits(store, "/a") == [2.5]
    store.forget(kept)
    assert store.paces() == []


def test_no_wait_is_no_pace(store: PaceStore) -> None:
    """'At most one request every 0 s' was written into code and plans."""
    for none in (0, 0.0):
        with pytest.raises(ValueError, match=r"wait must be more than 0 s, got 0: .* `forget` the one that is kept"):
            store.keep(API, wait=none)
    assert store.paces() == []


def test_a_send_at_a_narrow_pace_counts_for_the_wider_ones_and_only_the_narrow_one_makes_it_wait(
    lab: PaceStore, clock: FakeClock
) -> None:
    lab.keep(API, 60.0)
    lab.keep(f"{API}/v1", 20.0, scope="/v1")
    lab.keep(f"{API}/v1/x", 2.0, scope="path")
    clock.advance(60)
    assert [limiter(lab, path).due_in() for path in ("/", "/v1/y", "/v1/x")] == [0, 0, 0]
    with limiter(lab, "/v1/x").sending(10, NEVER):
        pass
    assert [limiter(lab, path).due_in() for path in ("/", "/v1/y", "/v1/x")] == pytest.approx([60, 20, 2])
    clock.advance(30)
    with limiter(lab, "/v1/x").sending(10, NEVER):
        pass
    assert [limiter(lab, path).due_in() for path in ("/", "/v1/y")] == pytest.approx([60, 20])


def test_a_send_out_of_turn_counts_for_the_wider_ones_too(lab: PaceStore, clock: FakeClock) -> None:
    lab.keep(API, 60.0)
    lab.keep(f"{API}/x", 2.0, scope="path")
    clock.advance(100)
    limiter(lab, "/x").stamp()
    assert limiter(lab, "/").due_in() == pytest.approx(60)


def test_a_sender_at_a_narrow_pace_waits_for_one_that_is_sending_at_the_wider_one(lab: PaceStore) -> None:
    wide = lab.keep(API, 1e-6)
    lab.keep(f"{API}/x", 1e-6, scope="path")
    lock = lab.send_lock([wide.key])
    assert lock.acquire()
    sent = threading.Event()

    def send() -> None:
        with limiter(lab, "/x").sending(1e9, NEVER):
            sent.set()

    thread = threading.Thread(target=send)
    thread.start()
    assert not sent.wait(0.2)
    lock.release()
    assert sent.wait(20)
    thread.join()


def test_an_unknown_path_of_a_known_service_keeps_the_slowest_pace_of_it_and_shares_its_turns(
    lab: PaceStore, clock: FakeClock
) -> None:
    lab.keep(f"{API}/a", 2.0, scope="path")
    lab.keep(f"{API}/b", 7.0, scope="path")
    assert waits(lab, "/c", "/a") == [7, 2]
    clock.advance(10)
    with limiter(lab, "/c").sending(0, NEVER):
        pass
    assert limiter(lab, "/b").due_in() == pytest.approx(7)
    assert lab.pace("https://elsewhere.example/c") is None


def test_a_caller_who_has_a_pace_keeps_it_and_others_keep_that_of_anybody(store: PaceStore) -> None:
    store.keep(API, 1.0)
    store.keep(f"{API}/x", 2.0, credential="abc", scope="path")
    found = [store.pace(f"{API}/x", credential=each) for each in ("", "abc", "xyz")]
    assert [pace.wait for pace in found if pace] == [1, 2, 1]
    assert (pace := store.pace(f"{API}/y", credential="abc"))
    assert pace.wait == 1, "what fits goes before what does not"


@pytest.mark.parametrize("stays", ["certified", "stated"])
def test_a_weaker_pace_does_not_replace_a_stronger_one_by_itself(
    store: PaceStore, verdict: Verdict, stays: Any
) -> None:
    strong, weak = replace(verdict, kind=stays), replace(verdict, kind="estimated", wait=3.0)
    kept = store.keep(API, 6.6, strong)
    assert store.keep(API, 3.0, weak) == kept
    assert waits(store, "/") == [6.6]
    assert store.keep(API, 3.0, weak, replace=True).kind == "estimated"
    assert store.keep(API, 6.6, strong).kind == stays
    assert store.keep(API, 5.0, replace(strong, wait=5.0)).wait == 5.0, "one as strong replaces it"
    assert store.keep(API, 4.0).kind == "set by hand", "what a person sets is what a person wants"
    assert store.keep(f"{API}/x", 3.0, weak, scope="path").wait == 3.0, "another scope is another pace"


def test_a_pace_that_is_kept_anew_has_no_doubts_left(store: PaceStore, verdict: Verdict) -> None:
    key = store.keep(API, 1.0, verdict).key
    for _ in range(4):
        store.kept.note(key, refused=True, hold=None)
    assert (pace := store.pace(API))
    assert (pace.refused, pace.factor > 2) == (4, True)
    fresh = store.keep(API, 1.0, verdict)
    assert store.pace(API) == fresh
    for _ in range(4):
        store.kept.note(key, refused=True, hold=None)
    assert (pace := store.pace(API))
    assert not pace.doubtful, "the refusals of the earlier pace are not counted"
    store.kept.note(key, refused=True, hold=None)
    assert (pace := store.pace(API))
    assert pace.doubtful


def test_a_refusal_without_a_pace_holds_the_service_for_its_caller_and_ends_by_itself(
    lab: PaceStore, clock: FakeClock
) -> None:
    assert not limiter(lab, "/a").governed
    limiter(lab, "/a").note(refused=True, hold=30)
    clock.advance(10)
    assert [limiter(lab, path).due_in() for path in ("/a", "/b")] == [20, 20]
    assert limiter(lab, "/a", "HEAD").due_in() == 20
    assert limiter(lab, "/a", credential="abc").due_in() == 20, "what anybody was told is told to all"
    assert lab.pace(f"{API}/a") is None
    clock.advance(20)
    with limiter(lab, "/b").sending(0, NEVER):
        pass
    limiter(lab, "/a", credential="abc").note(refused=True, hold=30)
    assert limiter(lab, "/b", credential="abc").due_in() == 30
    assert limiter(lab, "/b").due_in() == 0, "what one caller was told holds no other"


def test_a_hold_of_the_service_binds_its_paces_and_a_refusal_of_an_unknown_path_holds_it_all(
    lab: PaceStore, clock: FakeClock
) -> None:
    lab.keep(f"{API}/a", 2.0, scope="path")
    clock.advance(10)
    limiter(lab, "/unknown").note(refused=True, hold=30)
    assert limiter(lab, "/a").due_in() == 30
    assert (pace := lab.pace(f"{API}/a"))
    assert pace.refused == 1


@pytest.mark.parametrize("asked", [3 * DAY, 1.8e9, math.inf])
def test_a_hold_of_more_than_a_day_needs_the_word_of_a_person(lab: PaceStore, clock: FakeClock, asked: float) -> None:
    lab.keep(API, 1.0)
    clock.advance(5)
    limiter(lab, "/").note(refused=True, hold=asked)
    assert limiter(lab, "/").due_in() == DAY
    [held] = lab.held()
    assert (held.name, held.left, held.hold) == (f"{API}, all of it", DAY, DAY)
    assert held.asked == min(asked, 1e9)
    lab.obey(held)
    assert limiter(lab, "/").due_in() == min(asked, 1e9)
    lab.lift(lab.held()[0])
    assert limiter(lab, "/").due_in() == 0
    assert lab.held() == []


def test_a_hold_ends_with_its_pace(lab: PaceStore, clock: FakeClock) -> None:
    pace = lab.keep(API, 1.0)
    limiter(lab, "/").note(refused=True, hold=1000)
    clock.advance(5)
    lab.forget(pace)
    assert limiter(lab, "/").due_in() == 0
    assert lab.held() == []


def test_a_hold_of_another_machine_counts_from_when_it_is_seen(lab: PaceStore, tmp_path: Path) -> None:
    there = PaceStore(f"sqlite:///{tmp_path}/p.sqlite", clock=(elsewhere := FakeClock("two/boot")))
    limiter(lab, "/").note(refused=True, hold=30)
    asker = limiter(there, "/")
    assert asker.due_in() == 30
    elsewhere.advance(12)
    assert asker.due_in() == 18
    assert [held.left for held in there.held()] == [30], "at most, since nobody here knows when it was said"


def test_a_pace_is_given_another_scope_and_keeps_its_turns(lab: PaceStore, clock: FakeClock) -> None:
    pace = lab.keep(f"{API}/v1/x", 10.0)
    clock.advance(20)
    with limiter(lab, "/z").sending(0, NEVER):
        pass
    clock.advance(4)
    lab.rescope(pace, "/v1")
    assert limiter(lab, "/v1/y").due_in() == pytest.approx(6)
    wide = lab.keep(API, 30.0)
    assert wide.key != pace.key
    assert waits(lab, "/v1/q", "/q") == [10, 30]
    with pytest.raises(ValueError, match=r"Another pace is kept for .*, all of it"):
        lab.rescope(pace, "origin")
    assert [each.scope for each in lab.paces()].count("origin") == 1
