from __future__ import annotations

import socket

import ipywidgets
import pytest
import requests

from server.limiters import LIMITERS
from tests.service.conftest import Probe, done, made, unfolded
from widgets.service import ServicePanel
from widgets.service.guess_form import GuessForm
from widgets.service.puzzle_form import PuzzleForm
from widgets.service.rule_form import RuleForm


def test_nothing_is_asked_before_the_panel_is_opened(probe: Probe) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        panel = made(f"http://127.0.0.1:{listener.getsockname()[1]}", probe)
        panel.join(1)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert not panel.fold.toggle.value


def test_it_is_clear_that_it_exists_for_the_bundled_service_only(probe: Probe) -> None:
    assert any("Only for the bundled service at http://x:1" in text for text in texts(made("http://x:1/", probe)))


def texts(widget: ipywidgets.Widget) -> list[str]:
    own = [str(widget.value)] if isinstance(widget, ipywidgets.HTML) else []
    return own + [text for child in getattr(widget, "children", ()) for text in texts(child)]


def test_a_service_that_is_not_there_can_be_tried_again(probe: Probe, base: str) -> None:
    panel = unfolded(made("http://127.0.0.1:9", probe))
    assert "does not answer" in panel.message.value
    assert 'role="alert"' in panel.message.value
    panel._service.base = base
    panel.fold.toggle.value = False
    unfolded(panel)
    assert panel.message.value == ""
    assert [value for _, value in panel.rules.rule.options] == list(LIMITERS)


def test_opening_it_again_keeps_what_was_set(panel: ServicePanel) -> None:
    rules = panel.rules
    rules.fields["rate"].value = "3"
    panel.fold.toggle.value = False
    assert unfolded(panel).rules is rules


def test_the_truth_stands_beside_what_the_probe_found(panel: ServicePanel, probe: Probe) -> None:
    probe.address, probe.found = f"{panel._service.base}/slow/token-bucket?rate=0.5", ("token bucket", 0.057)
    done(panel, panel.show_truth)
    ((_, wait),) = probe.drawn
    assert wait == pytest.approx(0.038)
    assert "<td>right</td>" in panel.truth.value
    assert "50 % longer than needed" in panel.truth.value
    # An error of 1.5, where 3 is worth nothing, leaves 63 % of 67 points, and 4 of 20 offences 80 % of 33.
    assert "69 of 100 points" in panel.truth.value
    assert "30 requests, 4 of them refused, and 0 sent before" in panel.truth.value


def test_a_probe_that_found_nothing_sees_the_truth_without_a_score(panel: ServicePanel, probe: Probe) -> None:
    probe.address = f"{panel._service.base}/Slow-NASA"
    done(panel, panel.show_truth)
    assert len(probe.drawn) == 1
    assert "points" not in panel.truth.value


def test_reset_makes_the_service_forget_and_says_what(panel: ServicePanel) -> None:
    base = panel._service.base
    urls = [f"{base}/slow/token-bucket?burst=1&rate=0.001", f"{base}/Slow-NASA", f"{base}/puzzle/1-5"]
    assert requests.get(urls[0], timeout=20).status_code == 200
    assert requests.get(urls[0], timeout=20).status_code == 503
    for url in urls[1:]:
        requests.get(url, timeout=20)
    done(panel, panel.reset)
    assert "the state of 1 rule and of 1 game with puzzles" in panel.truth_line.value
    assert "/Slow-NASA" in panel.truth_line.value
    assert requests.get(urls[0], timeout=20).status_code == 200


def test_an_open_guess_goes_with_the_game_that_a_reset_ends(panel: ServicePanel) -> None:
    done(panel, panel.new_puzzle)
    done(panel, panel.show_truth)
    done(panel, panel.reset)
    assert "ww-hidden" in panel.guesses._dom_classes
    done(panel, panel.commit)
    assert "There is no puzzle to guess" in panel.truth_line.value


@pytest.mark.parametrize(("address", "words"), [("", "Nothing was probed"), ("http://a.example/", "tells no truth")])
def test_where_no_truth_is_known_reveal_says_what_to_do(
    panel: ServicePanel, probe: Probe, address: str, words: str
) -> None:
    probe.address = address
    done(panel, panel.show_truth)
    assert words in panel.truth_line.value
    assert "probe it first" in panel.truth_line.value
    assert probe.drawn == []


def test_a_puzzle_from_link_to_score(panel: ServicePanel, probe: Probe) -> None:
    panel.puzzles.seed_text.value = "5"
    done(panel, panel.new_puzzle)
    assert probe.address == f"{panel._service.base}/puzzle/1-5"
    assert probe.address in panel.puzzles.link.value
    requests.get(probe.address, timeout=20)
    probe.found = ("none seen", 0.05)
    done(panel, panel.show_truth)
    assert probe.drawn == []
    assert panel.truth.value == ""
    assert "ww-hidden" not in panel.guesses._dom_classes
    assert (panel.guesses.kind.value, panel.guesses.wait.value) == (None, "0.05")
    done(panel, panel.commit)
    assert "Say which rule it is" in panel.guesses.line.value, "beside the button that was pressed"
    panel.guesses.kind.value = "token-bucket"
    done(panel, panel.commit)
    assert "of 100 points" in panel.truth.value
    assert "It cost the service 1 requests" in panel.truth.value
    assert len(probe.drawn) == 1
    assert "ww-hidden" in panel.guesses._dom_classes
    assert "is solved" in panel.truth_line.value
    panel.truth.value = ""
    done(panel, panel.show_truth)
    assert "of 100 points" in panel.truth.value, "what was committed can be seen again"


def test_another_truth_takes_an_open_guess_away(panel: ServicePanel, probe: Probe) -> None:
    done(panel, panel.new_puzzle)
    done(panel, panel.show_truth)
    probe.address = f"{panel._service.base}/Slow-NASA"
    done(panel, panel.show_truth)
    assert "ww-hidden" in panel.guesses._dom_classes
    done(panel, panel.commit)
    assert "There is no puzzle to guess" in panel.truth_line.value


@pytest.mark.parametrize("text", ["x", "-1", "1.5"])
def test_a_seed_that_is_none_is_answered_on_the_page(panel: ServicePanel, probe: Probe, text: str) -> None:
    panel.puzzles.seed_text.value = text
    done(panel, panel.new_puzzle)
    assert "The seed must be a whole number" in panel.puzzle_line.value
    assert probe.address == ""


@pytest.mark.parametrize("text", ["", "soon", "-1", "nan", "inf"])
def test_a_guess_without_a_wait_is_not_committed(text: str) -> None:
    form = GuessForm(ipywidgets.Button())
    form.ask(["token-bucket"], ("token bucket", 1.0))
    form.wait.value = text
    with pytest.raises(ValueError, match="A safe wait is a number of seconds"):
        form.guess  # noqa: B018 - reading it is the test


def test_a_fault_of_our_own_is_seen_too(probe: Probe, base: str) -> None:
    def broken(address: str) -> None:
        raise RuntimeError(f"no field for {address}")

    panel = ServicePanel(*(base, broken, probe.reveal), probed=lambda: "", guess=lambda: None, cost=lambda: probe.cost)
    done(unfolded(panel), panel.use_rule)
    assert "This part of the page failed, by a fault of the dashboard" in panel.rule_line.value
    assert "no field for" not in panel.rule_line.value


@pytest.mark.parametrize("kind", [ServicePanel, RuleForm, PuzzleForm, GuessForm])
def test_no_widget_hides_a_name_of_ipywidgets(kind: type[ipywidgets.Widget]) -> None:
    base = kind.__mro__[1]
    added_anyway = set(vars(type("Plain", (base,), {})))
    assert set(vars(kind)) & set(dir(base)) - added_anyway <= {"__init__"}
