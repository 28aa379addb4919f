"""Rules from text parameters, and from profile files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.lab.rules import ChoiceError, choose, parameters_of, read_profiles
from server.limiters import LIMITERS, FixedWindow, LeakyBucket, Shared, TokenBucket
from server.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_parameters_become_the_arguments_of_the_rule() -> None:
    rule = choose("token-bucket", {"rate": "2.5", "burst": "3", "seed": "-7"}).rule
    assert rule.build() == TokenBucket(rate=2.5, burst=3, seed=-7)


def test_a_rule_may_hold_another() -> None:
    rule = choose("shared", {"rule": "token-bucket", "rule.rate": "2", "others": "0.1"}).rule
    assert rule.build() == Shared(rule=TokenBucket(rate=2), others=0.1)


def test_the_inner_rule_has_its_defaults_where_only_a_parameter_of_it_is_given() -> None:
    assert choose("shared", {"rule.limit": "7"}).rule.build() == Shared(rule=FixedWindow(limit=7))
    assert choose("shared", {"rule": "fixed-window"}).rule.build() == Shared(rule=FixedWindow())


@pytest.mark.parametrize(("text", "value"), [("none", None), ("2", 2)])
def test_an_optional_number_may_be_none(text: str, value: int | None) -> None:
    assert choose("leaky-bucket", {"delay": text}).rule.build() == LeakyBucket(delay=value)


def test_what_is_given_as_by_default_is_the_same_rule() -> None:
    assert choose("token-bucket", {"rate": "0.50"}).rule == choose("token-bucket", {}).rule


@pytest.mark.parametrize(
    ("limiter", "given", "said"),
    [
        ("nothing", {}, "There is no rule 'nothing'. There are: minimum-gap"),
        ("token-bucket", {"speed": "1"}, "token-bucket has no parameter 'speed'. It has: rate, burst, seed."),
        ("token-bucket", {"rate": "fast"}, "rate must be of type number"),
        ("token-bucket", {"rate": "nan"}, "rate must be of type number"),
        ("token-bucket", {"rate": "1e-300"}, "not extreme"),
        ("token-bucket", {"burst": "1.5"}, "burst must be of type integer"),
        ("token-bucket", {"burst": "٣"}, "burst must be of type integer"),
        ("token-bucket", {"burst": "0"}, "burst must be a whole number from 1"),
        ("minimum-gap", {"reset": "perhaps"}, "reset must be of type boolean"),
        ("token-bucket", {"rule": "none"}, "has no parameter 'rule'"),
        ("token-bucket", {"_full_at": "1"}, "has no parameter '_full_at'"),
        ("shared", {"rule": "shared"}, "rule must be one of minimum-gap"),
        ("shared", {"rule": "none", "rule.rate": "1"}, "no parameter 'rule.rate'"),
        ("none", {"status": "200"}, "status must be one of 503, 429, 403"),
        ("none", {"dialect": "latin"}, "dialect must be one of none, retry-after"),
        ("none", {"scope": "world"}, "scope must be one of client, shared"),
    ],
)
def test_what_cannot_be_used_is_named(limiter: str, given: dict[str, str], said: str) -> None:
    with pytest.raises(ChoiceError) as error:
        choose(limiter, given)
    assert said in str(error.value)


@pytest.mark.parametrize("limiter", LIMITERS)
def test_every_parameter_is_described_and_has_a_default(limiter: str) -> None:
    parameters = parameters_of(LIMITERS[limiter])
    assert "seed" in parameters
    for each in parameters.values():
        assert each.description
        assert each.type in {"number", "integer", "boolean"}
    given = {name: str(each.default) for name, each in parameters.items()}
    assert choose(limiter, given).rule.arguments == ()


@given(
    st.sampled_from(list(LIMITERS)),
    st.dictionaries(
        st.sampled_from(sorted({name for each in LIMITERS.values() for name in parameters_of(each)} | {"rule"})),
        st.one_of(st.text(max_size=8), st.integers().map(str), st.floats().map(str), st.sampled_from(list(LIMITERS))),
        max_size=3,
    ),
)
def test_any_text_gives_a_rule_that_decides_or_our_error(limiter: str, given: dict[str, str]) -> None:
    try:
        built = choose(limiter, given).rule.build()
    except ChoiceError:
        return
    for now in (1.8e9, 1.8e9, 1.8e9 + 5):
        assert built.ask(now).retry_after >= 0
    assert built.describe().endswith(".")


def profile(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "lesson.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_profile_is_a_choice_under_a_name(tmp_path: Path) -> None:
    text = '[city-bikes]\nlimiter = "token-bucket"\nrate = 2\nstatus = 429\ndialect = "x"\nscope = "shared"\n'
    choice = read_profiles(profile(tmp_path, text))["city-bikes"]
    assert (choice.status, choice.dialect, choice.rule.shared) == (429, "x", True)
    assert choice.rule.build() == TokenBucket(rate=2.0)


def test_a_rule_within_a_rule_is_a_table_within_the_table(tmp_path: Path) -> None:
    text = '[busy]\nlimiter = "shared"\nothers = 0.5\n[busy.rule]\nlimiter = "token-bucket"\nburst = 3\n'
    choice = read_profiles(profile(tmp_path, text))["busy"]
    assert choice.rule.build() == Shared(rule=TokenBucket(burst=3), others=0.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[a", "cannot be read"),
        ("a = 1", "[a]: write a table with limiter = one of minimum-gap"),
        ("[a]\nrate = 1", "[a]: write a table with limiter"),
        ('[a]\nlimiter = "slow"', "[a]: There is no rule 'slow'"),
        ('[a]\nlimiter = "token-bucket"\nrate = "fast"', "[a]: rate must be of type number"),
        ('[a]\nlimiter = "token-bucket"\nrate = [1]', "[a]: rate must be of type number"),
        ('["A b"]\nlimiter = "none"', "a name is made of a-z"),
        ('[none]\nlimiter = "none"', "is not that of a rule"),
    ],
)
def test_a_wrong_profile_is_an_error_that_names_file_and_entry(tmp_path: Path, text: str, said: str) -> None:
    file = profile(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        read_profiles(file)
    assert said in error.value.format_message()
    assert str(file) in error.value.format_message()


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        read_profiles(tmp_path / "nowhere.toml")
