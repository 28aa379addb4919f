from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from widgets.model.attempt import Verdict
from widgets.model.pace import Pace, Target
from widgets.pace.export.transfer import from_file, name_of, to_file

NOW = 2_000_000_000.0
FACTS = Verdict("certified", 6.6, 6.4, 0.049, 0.95, 63, 9, 90, 500.0, 404.0, 404.0, "At most 5 % refused.")


PACE = Pace(Target("http://a", "/x"), 6.6, "certified", NOW - 60)


def file(**changed: Any) -> str:
    whole = json.loads(to_file([replace(PACE, evidence=FACTS)], "mine"))
    whole["paces"][0] |= changed
    return json.dumps(whole)


def test_what_was_found_comes_back_and_how_it_served_stays() -> None:
    used = replace(PACE, accepted=9, refused=3, factor=2.0, doubtful_since=NOW, promise=0.1, recheck_after=5.0)
    assert from_file(to_file([used], "mine"), "mine", NOW) == ([replace(PACE, promise=0.1, recheck_after=5.0)], 0)


def test_evidence_says_once_that_it_was_not_measured_here() -> None:
    [once], _ = from_file(file(), "theirs", NOW)
    [twice], _ = from_file(to_file([once], "theirs"), "mine", NOW + 1e6)
    assert once.evidence == twice.evidence
    assert once.evidence is not None
    assert once.evidence.statement == "Imported 2033-05-18, not measured here. At most 5 % refused."


def test_a_caller_with_a_key_is_known_to_its_own_store_only() -> None:
    text = to_file([replace(PACE, target=Target("http://a", "/x", "GET", "00ff"))], name_of(b"one key"))
    assert from_file(text, name_of(b"another key"), NOW) == ([], 1)
    assert len(from_file(text, name_of(b"one key"), NOW)[0]) == 1
    assert "one key" not in text


def test_a_pace_from_the_future_was_found_now() -> None:
    [read], _ = from_file(file(found=NOW + 1e9), "mine", NOW)
    assert read.found == NOW


@pytest.mark.parametrize(
    "changed",
    [
        {"wait": -1},
        {"wait": True},
        {"wait": "6"},
        {"wait": 1e300},
        {"promise": 2},
        {"origin": "file://x"},
        {"origin": 5},
        {"kind": "x" * 5000},
        {"evidence": {}},
        {"evidence": "certified"},
        {"evidence": asdict(FACTS) | {"requests": "many"}},
    ],
)
def test_one_pace_that_is_none_is_named_and_none_is_taken(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Pace number 1 of that file cannot be read: .*none was imported"):
        from_file(file(**changed), "mine", NOW)


@pytest.mark.parametrize(
    ("row", "why"),
    [({"origin": "http://a.example"}, "'path' is missing"), (3, "it is no record of a pace"), (None, "no record")],
)
def test_what_is_wrong_with_a_record_is_said_without_a_word_of_the_machine(row: object, why: str) -> None:
    with pytest.raises(ValueError, match=f"Pace number 1 of that file cannot be read: .*{why}.*; none was imported"):
        from_file(json.dumps({"format": "waitwise paces", "paces": [row]}), "mine", NOW)
    with pytest.raises(ValueError, match=r"That is no JSON \(line 1, column 1\): choose .* with 'Save all'\.$"):
        from_file("paces", "mine", NOW)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "x", "paces": []}', "[" * 100_000])
def test_any_other_file_is_refused_with_what_to_choose(text: str) -> None:
    with pytest.raises(ValueError, match="choose"):
        from_file(text, "mine", NOW)


JSON = some.recursive(
    some.none() | some.booleans() | some.floats() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@given(JSON, some.sampled_from(["origin", "path", "method", "credential", "kind", "wait", "found", "evidence"]))
def test_no_file_does_worse_than_a_sentence(value: object, name: str) -> None:
    try:
        from_file(file(**{name: value}), "mine", NOW)
    except ValueError as error:
        assert "none was imported" in str(error)  # noqa: PT017 - a file may be good, too


@pytest.mark.parametrize("scope", ["origin", "path", "/v1"])
def test_the_scope_of_a_pace_goes_with_it_and_in_an_older_file_it_was_a_path(scope: str) -> None:
    pace = Pace(Target.of("https://a.example/v1/x"), 2.0, "certified", 5.0, scope=scope)
    text = to_file([pace], "s")
    assert from_file(text, "s", 9.0) == ([pace], 0)
    older = text.replace(f',\n   "scope": "{scope}"', "")
    assert older != text
    assert from_file(older, "s", 9.0)[0][0].scope == "path"


@pytest.mark.parametrize("scope", ["", "v1", 7, "x" * 5000])
def test_a_file_with_a_scope_that_is_none_is_refused_in_words(scope: object) -> None:
    pace = Pace(Target.of("https://a.example/v1/x"), 2.0, "certified", 5.0)
    text = to_file([pace], "s").replace('"scope": "origin"', f'"scope": {json.dumps(scope)}')
    with pytest.raises(ValueError, match="Pace number 1 of that file cannot be read"):
        from_file(text, "s", 9.0)
