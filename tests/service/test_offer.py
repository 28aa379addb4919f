from __future__ import annotations

from typing import Any

import pytest

from widgets.service.offer import Parameter, path_of, read_offer

RATE = Parameter("rate", "number", 0.5, "Tokens gained per second.")
BURST = Parameter("burst", "integer", 10, "Tokens in a full bucket.")
RESET = Parameter("reset", "boolean", True, "Whether refused requests count.")
TOLD: dict[str, Any] = {
    "rules": [
        {
            "kind": "minimum gap",
            "name": "minimum-gap",
            "sentence": "One each 4 s.",
            "parameters": [{"name": "gap", "type": "number", "default": 4.0, "description": "Seconds."}],
        },
        {"kind": "shared", "name": "shared", "sentence": "With others.", "parameters": [], "rule": "minimum gap"},
    ],
    "profiles": ["weather"],
    "dialects": ["none", "github"],
    "statuses": [503, 429],
    "scopes": ["client", "shared"],
}


def test_a_default_reads_as_it_would_be_typed() -> None:
    assert [each.preset for each in (RATE, BURST, RESET)] == ["0.5", "10", "true"]
    assert Parameter("day", "number", 86400.0, "").preset == "86400"
    assert Parameter("delay", "integer", None, "").preset == "none"


@pytest.mark.parametrize(
    ("parameter", "text"),
    [(RATE, "2"), (RATE, " 1e-3 "), (BURST, "7"), (BURST, "-1"), (BURST, "None"), (RESET, "false")],
)
def test_a_value_of_the_type_is_read(parameter: Parameter, text: str) -> None:
    assert parameter.read(text) == text.strip()


@pytest.mark.parametrize(
    ("parameter", "text"),
    [(RATE, ""), (RATE, "fast"), (RATE, "nan"), (RATE, "inf"), (BURST, "2.5"), (BURST, "٣"), (RESET, "maybe")],
)
def test_what_is_no_value_is_answered_with_name_expectation_and_default(parameter: Parameter, text: str) -> None:
    with pytest.raises(ValueError, match=rf"{parameter.name} must be .*, got .*Its default is {parameter.preset}"):
        parameter.read(text)


def test_a_path_carries_what_was_given_and_nothing_else() -> None:
    assert path_of("token-bucket", {}) == "/slow/token-bucket"
    assert path_of("token-bucket", {"rate": "2", "dialect": "a&b"}) == "/slow/token-bucket?rate=2&dialect=a%26b"


def test_an_offer_is_read_and_knows_which_rules_hold_another() -> None:
    offer = read_offer(TOLD)
    assert offer.simple == ("minimum-gap",)
    assert offer.rule("shared").within == "minimum-gap"
    assert offer.statuses == ("503", "429")
    assert offer.rule("minimum-gap").parameters == (Parameter("gap", "number", 4.0, "Seconds."),)


@pytest.mark.parametrize("part", ["rules", "profiles", "dialects", "statuses", "scopes"])
def test_an_offer_without_a_part_is_none(part: str) -> None:
    with pytest.raises(KeyError):
        read_offer({name: value for name, value in TOLD.items() if name != part})


def test_a_parameter_of_a_type_that_no_field_can_take_is_refused() -> None:
    rule = TOLD["rules"][0] | {"parameters": [{"name": "x", "type": "object", "default": {}, "description": ""}]}
    with pytest.raises(ValueError, match="object"):
        read_offer(TOLD | {"rules": [rule]})
