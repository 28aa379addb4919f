from __future__ import annotations

import json

import pytest

from widgets.model.query import Query
from widgets.model.refused import CountsAsRefused

DATA = {"a": 1, "b": [{"c": 1}, {"c": "x"}], "on": True, "no": None}


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("", "it is empty"),
        ("foo.", "it ends too early"),
        ("{a:", "it ends too early"),
        ("a || | b", "'|' is not expected at character 6"),
        ("[?a=1]", "unknown token '=' at character 4"),
        ("a == 'x", "unclosed ' delimiter at character 6"),
        ("a" * 99 + "[", "a…' is no JMESPath"),
        ("!" * 5000 + "a", "is nested too deeply"),
        ("a && size(b)", r"JMESPath has no function size\(\)"),
        ("[?starts_with(a)]", r"starts_with\(\) takes 2 arguments, and here it gets 1"),
        ("keys(a, b)", r"keys\(\) takes 1 argument, and here it gets 2"),
        ("merge()", r"merge\(\) takes 1 or more arguments, and here it gets 0"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_before_it_is_asked(expression: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Query(expression)
    if expression:
        with pytest.raises(ValueError, match=why):
            CountsAsRefused(path=expression)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("length(a)", "takes a string, an array or an object, and here it got a number"),
        ("max_by(b, c)", "takes an expression, such as &name, and here it got null"),
        ("sum(b)", "takes an array of numbers, and here it got an object"),
        ("abs(on)", "takes a number, and here it got true or false"),
        ("join(',', a)", "takes an array of strings, and here it got a number"),
    ],
)
def test_what_the_data_do_not_fit_is_said_with_the_function_and_refuses_nothing(expression: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Query(expression).of(DATA)
    assert CountsAsRefused(path=expression).why(200, json.dumps(DATA).encode()) == ""
