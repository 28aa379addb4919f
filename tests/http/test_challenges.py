"""Answers that ask whether there is a person, and pages that only speak of it."""

from __future__ import annotations

import pytest

from widgets.http.limits.challenges import asks
from widgets.http.limits.words import refuses


def page(title: str, body: str) -> str:
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


ASKED = {
    "a firewall's script": (403, page("example.com", "Please enable JS and disable any ad blocker"), "challenge"),
    "the same as JSON": (403, '{"url": "https://geo.captcha.example/captcha/?cid=A"}', "captcha"),
    "a script of its own": (403, '{"appId": "PX1", "blockScript": "/1/captcha/captcha.js"}', "captcha"),
    "press and hold": (403, page("Access denied", "Press &amp; Hold to confirm you are a human"), "challenge"),
    "a moment": (403, page("Just a moment...", "Enable JavaScript and cookies to continue"), "challenge"),
    "an incident": (200, "<html><body><iframe>Request unsuccessful. Acme incident ID: 7</iframe></body></html>", ""),
    "a shop": (200, page("Robot Check", "we just need to make sure you're not a robot."), "challenge"),
    "a search": (200, page("Sorry...", "Our systems have detected unusual traffic from your network"), "challenge"),
    "another search": (200, page("Are you not a robot?", "SmartCaptcha"), "captcha"),
    "an interruption": (200, page("Pardon Our Interruption", "made us think you were a bot"), "challenge"),
    "letters written as numbers": (
        200,
        page("Making sure you&#39;re not a bot!", "<h1>You&#39;re not a bot!</h1>"),
        "",
    ),
    "a heading below the title": (
        200,
        page("A search", "<h1>Please show you're not a robot</h1><div class='g-recaptcha'></div>"),
        "captcha",
    ),
    "in German": (401, page("Ich bin kein Roboter - Haus", "<script src='/x.js'></script>"), "challenge"),
    "in Chinese": (200, page("某度安全验证", "<script src='/x.js'></script>"), "challenge"),
    "JSON that failed": (200, '{"error": {"error_code": 14, "error_msg": "Captcha needed"}}', "captcha"),
}
SERVED = {
    "a quiz": (200, page("Are you a robot?", "A quiz for children")),
    "an article": (200, page("CAPTCHA - an encyclopedia", "A captcha is a test that tells people from machines")),
    "advice": (200, page("Security check: 5 tips", "Use a captcha on your forms.")),
    "a form": (200, page("Contact us", "<p>Please confirm that you are a human</p>")),
    "a login": (200, page("Log in", "<div class='g-recaptcha' data-sitekey='x'></div>")),
    "a road": (200, page("Unusual traffic on the A4", "A queue of 4 km.")),
    "a Chinese article": (200, page("安全验证是什么", "<script src='/x.js'></script>")),
    "a robot of a German story": (200, page("Kein Roboter", "Ein Roman")),
    "settings": (200, '{"captcha": {"enabled": true, "provider": "acme"}}'),
    "a ban": (403, page("Attention Required!", "<h2>Sorry, you have been blocked</h2>")),
    "an address to be confirmed": (403, '{"message": "Please verify your email address to continue"}'),
    "an account": (403, '{"message": "Locked due to unusual activity. Confirm your identity."}'),
    "a page that is missing": (404, page("Not found", "Please enable JavaScript and cookies to continue")),
    "documentation": (403, '{"error": "Method not enabled", "docs": "https://x.example/captcha-setup"}'),
}


@pytest.mark.parametrize(("status", "body", "what"), ASKED.values(), ids=ASKED)
def test_a_page_that_asks_for_a_person_serves_nothing(status: int, body: str, what: str) -> None:
    """A page of 200 that asks for a captcha was served, and a 403 that does was no refusal until it came again."""
    assert asks(status, body, {}) == (what or "challenge")
    assert refuses(status, body).endswith("that only a browser passes")


@pytest.mark.parametrize(("status", "body"), SERVED.values(), ids=SERVED)
def test_a_page_that_speaks_of_riddles_asks_for_nothing(status: int, body: str) -> None:
    assert asks(status, body, {}) == ""


def test_a_field_of_its_own_is_named() -> None:
    assert refuses(405, "", {"x-amzn-waf-action": "captcha"}) == (
        "it asks for a captcha that only a browser passes (x-amzn-waf-action)"
    )
