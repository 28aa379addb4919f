"""Profile files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.lab.rules import read_profiles
from server.limiters import Shared, TokenBucket
from server.settings import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


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
