"""What a pace belongs to, when it wants another look, and what may replace it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from widgets.model.attempt import Verdict
from widgets.model.pace import BY_HAND, DAY, LONGEST, RECHECK_AFTER, Pace, Target, facts_of, verdict_of

TARGET = Target("https://a.example", "/v1/x")
PACE = Pace(TARGET, 2.0, "certified", 1000.0)
VERDICT = Verdict("certified", 6.6, 6.5, 0.05, 0.95, 70, 1, 92, 480.0, 460.0, 400.0, "At most 5 %.", limiter=("any",))


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://a.example:80/x", "http://a.example"),
        ("https://a.example:443/x", "https://a.example"),
        ("http://a.example:443/x", "http://a.example:443"),
        ("https://a.example:80/x", "https://a.example:80"),
        ("http://a.example:81/x", "http://a.example:81"),
        ("http://[::1]:5000/x", "http://[::1]:5000"),
    ],
)
def test_only_the_usual_port_is_left_out_of_an_origin(url: str, origin: str) -> None:
    assert Target.of(url).origin == origin


@pytest.mark.parametrize("url", ["ftp://a.example/", "http:///x", "a.example", "", "https://"])
def test_an_address_that_has_no_pace_is_named_without_its_secrets(url: str) -> None:
    with pytest.raises(ValueError, match="a pace is kept for an http or https address"):
        Target.of(url)
    with pytest.raises(ValueError, match=r"not for 'a\.example/p'$"):
        Target.of("ftp://me:pw@a.example/p?key=1")


def test_each_part_of_a_target_makes_another_key_of_16_digits() -> None:
    ours = [
        TARGET,
        replace(TARGET, origin="http://a.example"),
        replace(TARGET, path="/v1"),
        replace(TARGET, method="HEAD"),
        replace(TARGET, credential="abc"),
    ]
    assert len({target.key for target in ours}) == 5
    assert {len(target.key) for target in ours} == {16}
    assert Target.of("HTTPS://A.example/v1/x?q=1").key == TARGET.key


@pytest.mark.parametrize(
    ("path", "prefixes"),
    [("/", ()), ("/a", ("/a",)), ("/a/b/", ("/a/b", "/a")), ("/a/b/c", ("/a/b/c", "/a/b", "/a"))],
)
def test_the_prefixes_of_a_path_are_the_longest_first_and_never_the_root(path: str, prefixes: tuple[str, ...]) -> None:
    assert replace(TARGET, path=path).prefixes == prefixes


def test_a_scope_is_a_target_of_its_own_for_the_same_caller() -> None:
    ours = replace(TARGET, credential="abc")
    assert ours.within("path") == ours
    assert ours.within("origin") == ours.service == Target("https://a.example", "*", "*", "abc")
    assert ours.within("/v1") == Target("https://a.example", "/v1", "*", "abc")


def test_what_a_pace_governs_is_said_in_words() -> None:
    words = [replace(PACE, scope=scope).governs for scope in ("path", "origin", "/v1")]
    assert words == [
        "GET https://a.example/v1/x",
        "https://a.example, all of it",
        "https://a.example/v1 and all below it",
    ]


@pytest.mark.parametrize("wait", [-1e-9, LONGEST + 1, float("inf"), float("nan")])
def test_a_wait_that_nobody_can_keep_is_refused_in_words(wait: float) -> None:
    with pytest.raises(ValueError, match=f"wait must be seconds between 0 and 31622400, got {wait}"):
        replace(PACE, wait=wait)


@pytest.mark.parametrize("promise", [0, 1, -0.1, 1.1])
def test_a_promise_outside_of_0_to_1_is_refused_in_words(promise: float) -> None:
    with pytest.raises(ValueError, match=f"refusal_rate must lie between 0 and 1, got {promise}"):
        replace(PACE, promise=promise)


@pytest.mark.parametrize("scope", ["", "v1", "Origin", "paths"])
def test_a_scope_that_is_none_is_refused_in_words(scope: str) -> None:
    with pytest.raises(ValueError, match=f"scope must be 'origin', 'path' or a prefix such as '/v1', got '{scope}'"):
        replace(PACE, scope=scope)


def test_the_shortest_and_the_longest_wait_are_kept() -> None:
    assert [replace(PACE, wait=wait).wait for wait in (0.0, LONGEST)] == [0.0, 31_622_400.0]


def test_a_pace_that_nobody_has_used_has_no_doubts_and_is_not_stretched() -> None:
    fresh = (PACE.promise, PACE.accepted, PACE.refused, PACE.factor, PACE.doubtful, PACE.scope, PACE.recheck_after)
    assert fresh == (0.05, 0, 0, 1.0, False, "origin", 30 * DAY)


@pytest.mark.parametrize(("factor", "kept"), [(0.5, 2.0), (1.0, 2.0), (1.25, 2.5), (256.0, 512.0)])
def test_the_wait_that_is_kept_is_stretched_and_never_shortened(factor: float, kept: float) -> None:
    assert replace(PACE, factor=factor).wait_now == kept


def test_nothing_of_a_job_is_certified_once_refusals_have_slowed_its_pace() -> None:
    pace = replace(PACE, kind="certified")
    assert pace.plan(100).certified
    assert not replace(pace, factor=1.25).plan(100).certified


def test_a_pace_wants_another_look_at_its_age_or_at_once_when_it_is_doubtful() -> None:
    pace = replace(PACE, recheck_after=100.0)
    assert (pace.age(1040.0), pace.age(900.0)) == (40.0, 0.0)
    assert [pace.wants_recheck(now) for now in (1000.0, 1099.9, 1100.0, 1e9)] == [False, False, True, True]
    assert replace(pace, doubtful_since=1000.0).wants_recheck(1000.0)
    assert replace(pace, doubtful_since=0.0).doubtful


def test_what_proves_more_is_believed_for_longer() -> None:
    days = {kind: after / DAY for kind, after in RECHECK_AFTER.items()}
    assert days == {"certified": 30, "stated": 7, "estimated": 7, BY_HAND: 30}


def test_a_kind_is_weaker_than_those_that_prove_more_and_no_weaker_than_itself() -> None:
    kinds = ["inconclusive", "estimated", "stated", "certified"]
    for i, kind in enumerate(kinds):
        weaker = [replace(PACE, kind=kind).weaker_than(replace(PACE, kind=other)) for other in kinds]
        assert weaker == [False] * (i + 1) + [True] * (len(kinds) - i - 1)
    assert not PACE.weaker_than(replace(PACE, kind=BY_HAND))


def test_the_facts_of_a_verdict_come_back_without_the_candidates_and_past_what_a_newer_version_adds() -> None:
    facts: dict[str, Any] = facts_of(VERDICT)
    assert "limiter" not in facts
    assert verdict_of(facts | {"mood": "good"}) == replace(VERDICT, limiter=None)
    del facts["span"]
    with pytest.raises(TypeError, match="span"):
        verdict_of(facts)
