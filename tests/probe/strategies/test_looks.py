"""Answers of 200 that have lost their content, and ordinary variation that is no refusal."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.conftest import examples
from tests.probe.worlds import JSON, Bucket, Window, World, drive_world
from widgets.probe.strategies.looks import Look, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.probe.worlds import Said

ROWS = "[" + "1, " * 60 + "1]"
LOST = {
    "the same first key": (f'{{"status": "ok", "data": {ROWS}}}', '{"status": "no", "text": "' + "x" * 160 + '"}'),
    "emptied": (f'{{"result": {ROWS}}}', '{"result": [], "hint": "' + "x" * 160 + '"}'),
    "nulled": (f'{{"v": 1, "data": {{"a": {ROWS}}}}}', '{"v": 1, "data": null, "hint": "' + "x" * 160 + '"}'),
    "emptied within": (f'{{"data": {{"rows": {ROWS}}}}}', '{"data": {"rows": []}, "hint": "' + "x" * 160 + '"}'),
    "another list": ('[{"id": 1, "price": 4, "n": "abc"}]', '[{"what": "BUSY", "hint": "come later"}]'),
    "other keys": ('{"symbol": "X", "price": 1.25, "volume": 3}', '{"symbol": "X", "hint": "not just now"}'),
}


def _draws(make: Callable[[Random], str], seed: int) -> World:
    draw = Random(seed)  # noqa: S311 - a simulation, not a secret
    world = World("free", lambda _: True, (429, {}, ""))

    def answer(t: float) -> Said:
        world.log.append((t, True, 200))
        return 200, JSON, make(draw)

    world.answer = answer  # type: ignore[method-assign]
    return world


def _keys(draw: Random) -> str:
    kinds = ["1", "null", "[]", "[1, 2]", '{"a": 1}']
    return "{" + ", ".join(f'"{key}": {draw.choice(kinds)}' for key in draw.sample("abcdefgh", 4)) + "}"


ORDINARY = {
    "keys that come and go": lambda draw: '{"id": 7' + ', "next": {"a": 1}' * (draw.random() < 0.5) + ', "tags": [1]}',
    "results now and then": lambda draw: '{"q": "x", "results": ' + draw.choice(["[]", "[1]"]) + "}",
    "hardly ever any": lambda draw: '{"messages": ' + ("[1]" if draw.random() < 0.1 else "[]") + "}",
    "one of several kinds": lambda draw: draw.choice(['{"type": "a", "a": [1]}', '{"type": "b", "b": {"c": 1}}']),
    "anything": _keys,
}


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("good", "refusal"), LOST.values(), ids=LOST)
def test_an_answer_that_has_lost_its_content_is_a_refusal(good: str, refusal: str, strategy: str) -> None:
    """Where the first key and the size were the same there was 'no limit seen: all of 210 were accepted'."""
    world = World("bucket", Bucket(10, 1.0).take, (200, JSON, refusal), good=(200, JSON, good))
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.95 <= (verdict.wait or 0) < 1.7
    assert "counts as refused: it came" in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("make", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_variation_is_no_refusal(make: Callable[[Random], str], strategy: str) -> None:
    for seed in range(3):
        verdict, attempts = drive_world(_draws(make, seed), strategy)
        assert verdict.kind == "no limit seen"
        assert f"all of {len(attempts)} requests" in verdict.statement


def test_what_an_excerpt_cuts_off_is_not_called_missing() -> None:
    rest = [shape_of('{"a": 1, "data": {"b": [1]}}')]
    cut = shape_of('{"a": 1, "pad": "' + "x" * 50)
    assert rest[0] is not None
    assert cut is not None
    assert cut.lost([rest[0]]) == ""
    assert cut._replace(whole=True).lost([rest[0]]) == "without 'data.b'"


def test_a_look_is_the_same_whatever_the_order_of_its_keys() -> None:
    known = [Look("application/json", 40, "a", shape_of('{"a": 1, "b": [2]}'))]
    assert Look("application/json", 40, "b", shape_of('{"b": [3], "a": 1}')).unlike(known) == ""


PAGES = {
    "a list of numbers": ("[1, 2, 3]", "[]"),
    "a list of objects": ('[{"id": 1, "n": 2}]', "[]"),
    "a page cut short": (f'{{"items": {ROWS}}}', '{"items": [1, 1]}'),
}


@pytest.mark.parametrize(("latency", "rate"), [(0.05, 2.3), (0.2, 0.37), (0.4, 1.0), (0.8, 0.37)])
@pytest.mark.parametrize(("good", "refusal"), PAGES.values(), ids=PAGES)
def test_a_first_refusal_that_comes_alone_is_no_licence_for_those_after_it(
    good: str, refusal: str, latency: float, rate: float
) -> None:
    """A bucket that is nearly empty refuses one by one: such a body passed for ordinary, and 'no limit' was seen."""
    world = World("bucket", Bucket(8, rate).take, (200, JSON, refusal), good=(200, JSON, good), latency=latency)
    verdict, _ = drive_world(world, "quick")
    assert verdict.kind == "estimated"
    assert 0.97 / rate <= (verdict.wait or 0) < 1.5 / rate
    refused = sum(not served for _, served, _ in world.log)
    assert f"counts as refused: it came {refused} times" in verdict.statement


@pytest.mark.parametrize(("good", "refusal"), PAGES.values(), ids=PAGES)
def test_what_passes_for_ordinary_is_told_to_the_person(good: str, refusal: str) -> None:
    """At a limit just below what answers take few are refused, one by one: what they are cannot be known."""
    world = World("bucket", Bucket(8, 1.0).take, (200, JSON, refusal), good=(200, JSON, good), latency=0.8)
    verdict, attempts = drive_world(world, "quick")
    refused = sum(not served for _, served, _ in world.log)
    assert f"{refused} of {len(attempts)} accepted answers came with a" in verdict.statement
    assert "if such an answer is a refusal, say so" in verdict.statement


def test_an_empty_list_is_one_whatever_was_in_those_before() -> None:
    for body in ("[1, 2]", '[{"id": 1}]', '[{"tags": [1]}]', "[[1], [2]]"):
        rest = shape_of(body)
        empty = shape_of("[]")
        assert rest is not None
        assert empty is not None
        assert empty.lost([rest]) == "that is an empty list"


def test_what_has_no_body_is_told_so_and_not_by_its_type() -> None:
    assert Look("", 0, "").unlike([Look("application/json", 40, "a")]) == "an empty body"


HTML = {"Content-Type": "text/html"}


def _page(title: str) -> str:
    return f"<html><head><title>{title}</title></head><body>" + "<p>row</p>" * 200 + "</body></html>"


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("rate", [0.4, 1.0])
def test_a_page_of_the_same_size_with_another_title_is_a_refusal(strategy: str, rate: float) -> None:
    good, refusal = (200, HTML, _page("The catalogue")), (200, HTML, _page("Ouch!"))
    world = World("bucket", Bucket(8, rate).take, refusal, good=good, latency=0.08)
    verdict, _ = drive_world(world, strategy)
    assert verdict.kind == {"quick": "estimated", "careful": "certified"}[strategy]
    assert 0.97 / rate <= (verdict.wait or 0) < 1.6 / rate
    refused = sum(not served for _, served, _ in world.log)
    assert f"a page titled 'ouch!' counts as refused: it came {refused} times" in verdict.statement


TITLES: dict[str, Callable[[Random], str]] = {
    "a price": lambda draw: f"Coin {draw.randrange(60_000, 70_000)} | Exchange",
    "an article": lambda draw: "".join(draw.choices("abcdefghij", k=9)) + " - Encyclopedia",
    "any words": lambda draw: "".join(draw.choices("abcdefghij", k=9)),
    "one of two": lambda draw: draw.choice(["Morning", "Evening"]),
    "always one of short words": lambda _: "200 OK",
    "always one of two letters": lambda _: "首页",
    "always a number": lambda _: "42",
    "numbers": lambda draw: f"{draw.randrange(100)}",
    "another now and then": lambda draw: "Sale" if draw.random() < 0.05 else "Shop",
}


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_titles_that_change_by_themselves_are_no_refusals(title: Callable[[Random], str], strategy: str) -> None:
    for seed in range(990000200, 990000200 + examples(20) // 5):
        world = _draws(lambda draw: _page(title(draw)), seed)
        verdict, attempts = drive_world(world, strategy)
        assert verdict.kind == "no limit seen"
        assert f"all of {len(attempts)} requests" in verdict.statement


def _counts(make: Callable[[int], str]) -> World:
    """A service without a limit whose answer depends on how many it gave."""
    world = World("free", lambda _: True, (429, {}, ""))

    def answer(t: float) -> Said:
        world.log.append((t, True, 200))
        return 200, JSON, make(len(world.log))

    world.answer = answer  # type: ignore[method-assign]
    return world


COUNTED: dict[str, Callable[[int], str]] = {
    "a log that grows": lambda n: '{"log": [' + ", ".join(f'"entry {i}"' for i in range(n + 5)) + "]}",
    "a page while it starts": lambda n: _page("Warming" if n < 3 else "Dashboard"),
    "a banner at first": lambda n: _page("Shop") + "<p>We set cookies.</p>" * (500 if n == 1 else 0),
}


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize("make", COUNTED.values(), ids=COUNTED)
def test_what_changes_little_by_little_or_once_at_the_beginning_is_no_refusal(
    make: Callable[[int], str], strategy: str
) -> None:
    """A list with an entry more each time was 'answered otherwise' from twice its first size on."""
    verdict, attempts = drive_world(_counts(make), strategy)
    assert verdict.kind == "no limit seen"
    assert f"all of {len(attempts)} requests" in verdict.statement


@pytest.mark.parametrize("strategy", ["quick", "careful"])
@pytest.mark.parametrize(("refusal", "said"), [('{"data": []}', "with nothing in"), ('{"note": 1}', "without")])
def test_a_part_that_is_there_and_empty_is_not_called_missing(refusal: str, said: str, strategy: str) -> None:
    """`{"data": []}` was 'a body without data'."""
    good = '{"data": [' + ", ".join("1" * 3 for _ in range(40)) + '], "note": 0}'
    world = World("a minute", Window(30, 60.0).take, (200, JSON, refusal), good=(200, JSON, good))
    verdict, _ = drive_world(world, strategy)
    assert 1.9 <= (verdict.wait or 0) < 2.8
    assert f"An answer 200 with a body {said} 'data' counts as refused" in verdict.statement
