from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from server.limiters import LIMITERS
from tests.service.conftest import Probe, done, made, unfolded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from widgets.service import ServicePanel


def test_the_chosen_rule_goes_to_the_probe_with_what_differs_from_its_defaults(
    panel: ServicePanel, probe: Probe
) -> None:
    panel.rules.fields["rate"].value = " 2 "
    panel.rules.fields["seed"].value = "7"
    panel.rules.dialect.value, panel.rules.status.value = "github", "403"
    panel.rules.scope.value = "shared"
    done(panel, panel.use_rule)
    base = panel._service.base
    assert probe.address == f"{base}/slow/token-bucket?rate=2&seed=7&dialect=github&status=403&scope=shared"
    assert "It is being probed" in panel.rule_line.value
    assert requests.get(probe.address, timeout=20).status_code == 200


@pytest.mark.parametrize("name", LIMITERS)
def test_every_rule_can_be_chosen_as_it_is_and_its_truth_revealed(panel: ServicePanel, probe: Probe, name: str) -> None:
    panel.rules.rule.value = name
    done(panel, panel.use_rule)
    assert probe.address.endswith(f"/slow/{name}")
    done(panel, panel.show_truth)
    ((curve, wait),) = probe.drawn
    assert len(curve) > 10
    assert wait >= 0
    assert f"<td>{name}</td>" in panel.truth.value


def test_a_rule_within_a_rule_has_fields_of_its_own(panel: ServicePanel, probe: Probe) -> None:
    panel.rules.rule.value = "random-failures"
    assert "rule.gap" in panel.rules.fields
    panel.rules.within.value = "token-bucket"
    panel.rules.fields["rule.burst"].value = "4"
    done(panel, panel.use_rule)
    assert probe.address.endswith("/slow/random-failures?rule=token-bucket&rule.burst=4")
    panel.rules.rule.value = "minimum-gap"
    assert list(panel.rules.fields) == ["gap", "noise", "reset", "seed"]


def test_a_profile_takes_no_parameters(probe: Probe, start_service: Callable[..., str], tmp_path: Path) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('[weather]\nlimiter = "token-bucket"\nrate = 2\n')
    panel = unfolded(made(start_service(PROFILE=profile), probe))
    panel.rules.rule.value = "weather"
    assert panel.rules.fields == {}
    done(panel, panel.use_rule)
    assert probe.address.endswith("/slow/weather")


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [("rate", "fast", "rate must be a number"), ("burst", "0", "burst must be"), ("rate", "1e99", "not extreme")],
)
def test_a_parameter_that_cannot_be_used_is_answered_on_the_page_and_nothing_changes(
    panel: ServicePanel, probe: Probe, field: str, text: str, words: str
) -> None:
    panel.rules.fields[field].value = text
    done(panel, panel.use_rule)
    assert words in panel.rule_line.value
    assert 'role="alert"' in panel.rule_line.value
    assert probe.address == ""
    panel.rules.fields[field].value = "3"
    done(panel, panel.use_rule)
    assert probe.address.endswith(f"?{field}=3")
