"""What every limiter has in common: defaults, a sentence, and errors that name the argument."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import fields, replace
from typing import Any

import pytest

from server.limiters import LIMITERS

START = 123_456.789


@pytest.mark.parametrize("slug", LIMITERS)
def test_built_with_no_arguments_it_is_a_sensible_example(slug: str) -> None:
    limiter: Any = LIMITERS[slug]()
    assert hasattr(limiter, "__dataclass_fields__")
    assert limiter.kind.replace(" ", "-") == slug
    assert limiter.seed == 0
    assert limiter.describe().endswith(".")
    assert limiter.ask(START).accepted
    assert 0 <= limiter.steady_wait(0.05) < 120


@pytest.mark.parametrize("slug", LIMITERS)
@pytest.mark.parametrize("rate", [-0.1, 1.1, math.nan])
def test_impossible_refusal_rate_is_named_in_the_error(slug: str, rate: float) -> None:
    with pytest.raises(ValueError, match="refusal_rate must lie between 0 and 1"):
        LIMITERS[slug]().steady_wait(rate)


@pytest.mark.parametrize("slug", LIMITERS)
def test_description_tells_each_number_of_the_rule(slug: str) -> None:
    limiter: Any = LIMITERS[slug]()
    numbers = {each.name: getattr(limiter, each.name) for each in fields(limiter) if each.init and each.name != "seed"}
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or name in {"noise", "swing", "per", "delay"}:
            continue  # told in other words
        assert f"{value:g}" in limiter.describe() or (name, slug) == ("gap", "drifting"), name


@pytest.mark.parametrize("value", [2_592_000.0, 0.00002])
def test_no_description_has_an_exponent(value: float) -> None:
    said = []
    for make in LIMITERS.values():
        limiter: Any = make()
        for each in fields(limiter):
            if isinstance(getattr(limiter, each.name), float):
                with suppress(ValueError):  # a share cannot be that large
                    said.append(replace(limiter, **{each.name: value}).describe())
    assert len(said) > len(LIMITERS) / 2
    assert not [words for words in said if re.search(r"\de[+-]\d", words)]


@pytest.mark.parametrize("slug", LIMITERS)
@pytest.mark.parametrize("value", [-1, math.nan, math.inf])
def test_impossible_argument_is_named_in_the_error(slug: str, value: float) -> None:
    limiter: Any = LIMITERS[slug]()
    for each in fields(limiter):
        default = getattr(limiter, each.name) if each.init else None
        if each.name != "seed" and isinstance(default, int | float) and not isinstance(default, bool):
            with pytest.raises(ValueError, match=rf"{each.name} must|per must|{each.name}="):
                replace(limiter, **{each.name: value})
