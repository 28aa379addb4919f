from __future__ import annotations

import pytest

from widgets.kit import markup

HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe\x00\n\'"'


@pytest.mark.parametrize(
    "html",
    [
        markup.plain(HOSTILE),
        markup.line(HOSTILE).value,
        markup.table(HOSTILE, [HOSTILE], [[HOSTILE]]),
        markup.download(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        markup.heading(HOSTILE).value,
        markup.copy_button(HOSTILE, HOSTILE),
    ],
)
def test_text_from_elsewhere_never_becomes_markup(html: str) -> None:
    assert "<img" not in html
    assert "\u202e" not in html
    assert "\x00" not in html
    assert "&lt;img src=x onerror=&quot;" in html


def test_an_error_is_announced_at_once_and_a_change_of_status_in_its_turn() -> None:
    line = markup.line("ready")
    assert 'role="status" aria-live="polite"' in line.value
    markup.say(line, "broken", tone="bad", role="alert")
    assert 'role="alert" aria-live="assertive"' in line.value


def test_an_empty_line_leaves_nothing_on_the_page() -> None:
    assert markup.line("").value == ""


def test_an_address_is_not_changed_by_the_percent_sign_of_its_bytes() -> None:
    assert markup.chip("redirected to /a%20b%C3%BC, 5 %").count("\N{NO-BREAK SPACE}") == 1
    assert "/a%20b%C3%BC" in markup.chip("redirected to /a%20b%C3%BC, 5 %")
