from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from widgets.probe import ProbePanel
from widgets.probe.panel.form import ProbeForm, offered

if TYPE_CHECKING:
    from collections.abc import Callable


def probed(start_service: Callable[..., str]) -> ProbePanel:
    """A panel with a probe that has ended."""
    panel = ProbePanel([start_service(TIME_SCALE=0.02) + "/Slow-NASA"])
    panel.form.strategy.value = "doubling"
    panel.probe()
    panel.join(30)
    return panel


def form() -> ProbeForm:
    return ProbeForm(["http://127.0.0.1:9/"], ipywidgets.Button())


def test_the_usual_strategy_is_quick_and_each_says_how_long_it_takes() -> None:
    one = form()
    assert one.strategy.value == "quick"
    assert [words for words, _ in one.strategy.options] == [
        "Quick\n2–28 min",
        "Careful\n7–49 min",
        "Doubling\n≤ 43 s",
        "Identify\n1–17 min",
    ]
    assert "mostly 16 to 230 requests" in one.hint.value
    assert "up to 11 of them refused" in one.hint.value


def test_a_likely_wait_changes_the_times_and_not_the_choice() -> None:
    one = form()
    one.strategy.value = "careful"
    told: list[str] = []
    one.changed.append(lambda: told.append(str(one.strategy.value)))
    one.expect(0.1199661)
    assert one.strategy.value == "careful"
    assert told == []
    assert one.strategy.options[1][0] == "Careful\n8–59 s"
    assert one.fields.guess.value == 0.12, "one wait, one number"


def test_the_likely_wait_says_that_it_is_for_the_times_and_steers_no_probe() -> None:
    one = form()
    assert one.fields.guess.description == "Likely wait, s (for the times)"
    assert one.fields.guess.tooltip.startswith("Steers no probe")
    for strategy in offered():
        one.strategy.value, one.fields.guess.value = strategy, 6.0
        before, times = one.settings, one.strategy.options
        one.fields.guess.value = 0.5
        assert one.settings == before
        assert one.strategy.options != times


def test_what_is_folded_away_is_made_when_it_is_wanted_and_counts_from_then_on() -> None:
    one = form()
    usual = one.settings
    assert one._fields is None
    one.unfold.value = True
    assert one.settings == usual
    one.fields.requests.value = 7
    one.fields.refusal_rate.value = 20
    assert (one.settings.budget.requests, one.settings.goal.refusal_rate) == (7, 0.2)


def test_a_budget_that_will_hardly_do_is_said_before_it_is_spent() -> None:
    one = form()
    one.fields.requests.value = 5
    assert "the budget will hardly do" in one.hint.value


def test_while_a_probe_runs_its_strategy_is_shown_and_cannot_be_changed(start_service: Callable[..., str]) -> None:
    panel = ProbePanel([start_service() + "/slow/token-bucket?burst=1&rate=0.004&dialect=retry-after"])
    panel.form.strategy.value = "doubling"
    panel.probe()
    assert panel.form.strategy.disabled
    panel.stop()
    panel.join(30)
    assert not panel.form.strategy.disabled
    assert panel.form.strategy.value == "doubling"


def test_the_address_that_is_probed_stays_in_its_field_until_the_end(start_service: Callable[..., str]) -> None:
    probed = start_service() + "/slow/token-bucket?burst=1&rate=0.004&dialect=retry-after"
    panel = ProbePanel([probed])
    panel.form.unfold.value = True
    panel.probe()
    said = panel.form.hint.value
    assert not panel.form.unfold.value, "it would lie over what happens now"
    panel.form.address.value = "http://127.0.0.1:9/other"
    assert panel.form.address.value == probed
    assert "ww-held" in panel.form.address._dom_classes
    assert panel.form.hint.value == said
    panel.stop()
    panel.join(30)
    assert "ww-held" not in panel.form.address._dom_classes
    panel.form.address.value = "http://127.0.0.1:9/other"
    assert panel.form.address.value == "http://127.0.0.1:9/other"


def test_what_has_ended_says_of_which_address_it_is_where_the_field_says_another_one(
    start_service: Callable[..., str],
) -> None:
    base = start_service(TIME_SCALE=0.02)
    panel, place = ProbePanel([base + "/Slow-NASA?key=secret"]), base.removeprefix("http://") + "/Slow-NASA"
    panel.form.strategy.value = "doubling"
    panel.probe()
    panel.join(30)
    said = panel.live.hero.said
    assert place not in said.value
    panel.form.address.value = base + "/other"
    assert f"Estimated wait · {place}</p>" in said.value
    assert "secret" not in said.value
    panel.form.address.value = base + "/Slow-NASA?key=secret"
    assert place not in said.value
    panel.form.address.value = "nonsense"
    panel.probe()
    assert place not in said.value, "what is said now is of what was typed"


def test_a_probe_that_was_allowed_shows_the_address_that_was_asked_about(start_service: Callable[..., str]) -> None:
    asked = start_service(TIME_SCALE=0.02).replace("127.0.0.1", "0.0.0.0") + "/Slow-NASA"  # noqa: S104 - asked
    panel = ProbePanel([asked])
    panel.form.fields.requests.value = 3
    panel.probe()
    panel.form.address.value = "http://127.0.0.1:9/other"
    assert f"· {asked.removeprefix('http://')}</p>" in panel.live.hero.said.value
    panel.consent.allow()
    assert panel.form.address.value == asked
    panel.join(20)


def test_the_panel_says_what_it_makes_certain_and_forgets_it_with_the_next_probe(
    start_service: Callable[..., str],
) -> None:
    panel = ProbePanel([start_service(TIME_SCALE=0.02) + "/Slow-NASA"])
    panel.form.strategy.value = "doubling"
    said: list[str] = []
    panel.form.hint.observe(lambda change: said.append(change["new"]), "value")
    panel.probe()
    panel.join(30)
    assert not any("goes on from" in each for each in said)
    known = len(panel.live.attempts)
    panel.form.fields.requests.value = known + 3
    panel.make_certain()
    panel.join(30)
    assert any(f"goes on from {known} attempts" in each for each in said)
    assert panel.live.strategy == panel.form.strategy.value == "careful"
    assert len(panel.live.attempts) == known + 3


def test_what_is_wrong_with_what_counts_as_refused_is_said_beside_it_and_nothing_is_asked() -> None:
    panel = ProbePanel(["http://127.0.0.1:9/"])
    fields = panel.form.fields
    fields.refused_statuses.value = "403, soon"
    assert "'soon' is no status" in unescape(fields.wrong.value)
    assert 'role="alert"' in fields.wrong.value
    panel.probe()
    assert "'soon' is no status" in panel.live.face.large + panel.live.face.sentence
    assert not panel.running
    fields.refused_statuses.value = "403, 42"
    assert "42 is none" in fields.wrong.value
    fields.refused_statuses.value = "403 420"
    fields.refused_path.value = "error.["
    assert "is no JMESPath" in fields.wrong.value
    fields.refused_path.value = "error.code == 'LIMIT'"
    fields.refused_text.value = "<b>calm down</b>"
    assert "Answers 403, answers 420, a body that holds '<b>calm down</b>'" in unescape(fields.wrong.value)
    assert "<b>calm" not in fields.wrong.value
    assert panel.form.settings.refused.statuses == {403, 420}
    assert panel.form.settings.refused.path == "error.code == 'LIMIT'"


def test_the_form_says_by_what_name_it_asks() -> None:
    one = form()
    assert "Each request says: <code>Waitwise/" in one.fields.agent.value
    one.fields.header_lines.value = "user-agent: curl/8.5"
    assert "<code>curl/8.5</code>" in one.fields.agent.value
    assert "Waitwise" not in one.fields.agent.value
    one.fields.header_lines.value = "no colon"
    assert "must read" in one.fields.agent.value


def test_consent_asks_by_the_name_that_is_sent() -> None:
    panel = ProbePanel(["http://api.example.org/"])
    panel.form.fields.header_lines.value = "user-agent: curl/8.5"
    panel.probe()
    assert "Each request says who asks: curl/8.5" in panel.live.face.columns[0].lines


def test_consent_says_who_answers_for_the_probe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAITWISE_CONTACT", "mailto:me@example.org")
    panel = ProbePanel(["http://api.example.org/"])
    panel.probe()
    asks = panel.live.face.columns[0].lines[0]
    assert asks.startswith("Each request says who asks: Waitwise/")
    assert asks.endswith("; mailto:me@example.org)")


def test_each_margin_says_how_long_it_takes_and_is_offered_where_it_counts() -> None:
    one = form()
    fields = one.fields
    assert [words for words, _ in fields.margin.options] == [
        "none: 7–49 min",
        "10 %: 5–37 min",
        "20 %: 4–30 min",
        "50 %: 3–18 min",
    ]
    assert "ww-hidden" in fields.margin._dom_classes
    one.strategy.value = "careful"
    assert "ww-hidden" not in fields.margin._dom_classes
    fields.margin.value = 1.5
    assert one.strategy.options[1][0] == "Careful\n3–18 min"
    assert one.settings.margin == 1.5
    assert one.settings.on_trial.refusal_rate == pytest.approx(0.05 ** (1 / 1.5))


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [
        ("requests", 0, "'Requests' cannot be used. 0 is less than 1: write 1 to 100,000."),
        ("requests", 2.5, "'Requests' cannot be used. 2.5 is no whole number: write 1 to 100,000."),
        ("refusals", 1e9, "1,000,000,000 is more than 10,000"),
        ("refusal_rate", 500, "500 is more than 90"),
        ("confidence", -3, "-3 is less than 50"),
        ("minutes", float("nan"), "'nan' is no number"),
        ("left", 0, "'Of a quota's rest, % at most' cannot be used. 0 is less than 1: write 1 to 100."),
        ("guess", 0, "0 is less than 0.0001"),
    ],
)
def test_a_number_that_cannot_be_used_is_said_and_no_other_is_taken_for_it(
    field: str, typed: float, wrong: str
) -> None:
    panel = ProbePanel(["http://127.0.0.1:9/"])
    fields, before = panel.form.fields, panel.live.face.columns
    getattr(fields, field).value = typed
    assert wrong in unescape(fields.unusable.value).replace('"', "'")
    assert "cannot be used" in panel.form.hint.value
    assert panel.live.face.columns == before, "what it may cost is what it may cost"
    panel.probe()
    assert wrong in f"{panel.live.face.large}: {panel.live.face.sentence}".replace(": Write", ": write").replace(
        '"', "'"
    )
    assert not panel.running
    getattr(fields, field).value = 60
    assert fields.unusable.value == ""
    assert "cannot be used" not in panel.form.hint.value


def test_what_is_wrong_with_a_number_is_not_hidden_with_its_field() -> None:
    one = form()
    one.strategy.value = "doubling"
    one.fields.needed.value = 0
    one.strategy.value = "quick"
    assert "ww-hidden" not in one.fields.needed._dom_classes
    assert "'Successes' cannot be used" in unescape(one.fields.unusable.value)
    one.fields.needed.value = 4
    assert "ww-hidden" in one.fields.needed._dom_classes


def test_the_share_of_a_quotas_rest_that_may_be_spent_is_set_beside_the_rest_of_the_budget() -> None:
    one = form()
    assert one.fields.left.value == 50
    one.fields.left.value = 90
    assert one.settings.budget.left == 0.9


@pytest.mark.parametrize("opened", [False, True])
def test_the_times_of_the_strategies_go_by_what_a_probe_has_just_found(
    start_service: Callable[..., str], *, opened: bool
) -> None:
    panel = ProbePanel(
        [start_service(TIME_SCALE=0.02) + "/Slow-NASA"], expect=lambda *_: 0.12 if panel.live.ended else None
    )
    panel.form.unfold.value = opened
    panel.form.strategy.value = "doubling"
    assert panel.form.strategy.options[1][0] == "Careful\n7–49 min"
    panel.probe()
    panel.join(30)
    assert panel.form.strategy.options[1][0] == "Careful\n8–59 s"
    assert "ended " in panel.form.hint.value


def test_a_likely_wait_that_cannot_be_used_stops_a_probe_as_every_other_number_does() -> None:
    """It steers no probe; but a page that says that a number cannot be used is not to go on as if it could."""
    panel = ProbePanel(["http://127.0.0.1:9/"])
    panel.form.fields.guess.value = 1e7
    panel.probe()
    assert not panel.running
    assert panel.live.face.label == "Not probed"
    assert "Likely wait" in panel.live.face.large


def test_what_was_wrong_is_said_until_it_is_mended_and_then_what_is_wrong_still() -> None:
    panel = ProbePanel(["http://127.0.0.1:9/"])
    fields, before = panel.form.fields, panel.live.face
    fields.minutes.value, fields.requests.value = 0, 0
    panel.probe()
    first = panel.live.face.large
    wrong, other = (fields.requests, fields.minutes) if "Requests" in first else (fields.minutes, fields.requests)
    wrong.value = 5
    assert panel.live.face.label == "Not probed"
    assert panel.live.face.large != first
    other.value = 5
    assert (panel.live.face.label, panel.live.face.large) == (before.label, before.large)
    for field, bad in ((fields.refused_statuses, "soon"), (fields.header_lines, "no colon")):
        field.value = bad
        panel.probe()
        assert panel.live.face.label == "Not probed"
        field.value = ""
        assert panel.live.face.label == before.label


def test_an_address_that_was_wrong_stays_said_to_be_until_it_is_mended() -> None:
    panel = ProbePanel(["nonsense"])
    panel.probe()
    said = panel.live.face
    assert said.label == "Not probed"
    panel.form.fields.requests.value = 7
    assert panel.live.face == said
    panel.form.address.value = "http://127.0.0.1:9/"
    panel.look_ahead()
    assert panel.live.face.label == "Safe wait"


def test_beside_what_was_not_probed_and_beside_a_question_stands_no_end_of_another_probe(
    start_service: Callable[..., str],
) -> None:
    panel = probed(start_service)
    assert "ended " in panel.form.hint.value
    for address, label in (("nonsense", "Not probed"), ("http://api.example.org/", "api.example.org is not this")):
        panel.form.tell("ended 01:45:35", "29 November")
        panel.form.address.value = address
        panel.probe()
        assert panel.live.face.label.startswith(label)
        assert "ended " not in panel.form.hint.value
        assert "mostly " in panel.form.hint.value


def test_what_stood_before_a_wrong_number_stands_there_again_when_it_is_mended(
    start_service: Callable[..., str],
) -> None:
    panel = probed(start_service)
    found = panel.live.face
    panel.form.fields.minutes.value = 0
    for _ in range(2):
        panel.make_certain()
        assert panel.live.face.label == "Not probed"
    panel.form.fields.minutes.value = 5
    assert panel.live.face.large == found.large
