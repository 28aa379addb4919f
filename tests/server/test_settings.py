"""Settings from the environment and from the caller."""

from __future__ import annotations

import pytest

from server import create_app
from server.settings import BUNDLED, Settings, SettingsError


def test_without_settings_the_bundled_media_are_served_at_full_scale() -> None:
    assert Settings.of({}) == Settings(media=BUNDLED, seed=None, time_scale=1.0, embedded=False)


def test_the_environment_sets_what_the_caller_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_TIME_SCALE", "0.02")
    monkeypatch.setenv("WAITWISE_SEED", "7")
    settings = Settings.of(create_app({"SEED": 8}).config)
    assert (settings.time_scale, settings.seed) == (0.02, 8)


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MEDIA", "SEED", "TIME_SCALE"):
        monkeypatch.setenv(f"WAITWISE_{name}", "")
    assert Settings.of(create_app().config) == Settings()


@pytest.mark.parametrize("value", ["soon", 0, -1, True, float("inf"), float("nan"), [1]])
def test_a_time_scale_must_be_a_positive_number(value: object) -> None:
    with pytest.raises(SettingsError, match="WAITWISE_TIME_SCALE"):
        create_app({"TIME_SCALE": value})


@pytest.mark.parametrize("value", ["x", 1.5, True])
def test_a_seed_must_be_a_whole_number(value: object) -> None:
    with pytest.raises(SettingsError, match="WAITWISE_SEED"):
        create_app({"SEED": value})


@pytest.mark.parametrize(
    ("config", "there"),
    [({}, True), ({"MODE": "public"}, False), ({"MODE": "public", "LAB": True}, True), ({"LAB": False}, False)],
)
def test_the_teachers_view_is_off_where_strangers_may_use_the_dashboard(config: dict[str, object], there: bool) -> None:
    assert Settings.of(config).lab is there


@pytest.mark.parametrize("value", [" PUBLIC ", "Public"])
def test_the_mode_is_read_as_the_dashboard_reads_it(value: str) -> None:
    assert Settings.of({"MODE": value}).lab is False


@pytest.mark.parametrize("value", ["publik", 1, True])
def test_a_word_that_is_no_mode_leaves_no_lab_open(value: object) -> None:
    for config in ({"MODE": value}, {"MODE": value, "LAB": True}):
        with pytest.raises(SettingsError, match="WAITWISE_MODE"):
            create_app(config)
