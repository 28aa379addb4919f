"""What the two lines of a fetch say in each state, as a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from widgets.fetch import FetchError, Reply
from widgets.fetch.panel.fetch_panel import caption, chips
from widgets.fetch.panel.states import Arrived, Asking, Chip, Due, Failed, Known, Nothing, Receiving, facts
from widgets.http.errors import AddressError, HeldBackError, RedirectError, Stopped, UnreachableError
from widgets.http.message import Headers, Hop, Request


def arrived(
    status: int = 200, *headers: tuple[str, str], complete: bool = True, note: str = "", **more: object
) -> Arrived:
    reply = Reply(
        "http://x/", status, "", Headers([("Content-Type", "text/plain"), *headers]), b"hello", complete=complete,
        why_incomplete="" if complete else "The connection ended before the promised length.", elapsed=0.013,
        note=note,
    )  # fmt: skip
    return Arrived(reply, 5, 5, **more)  # type: ignore[arg-type]


LIMITS = (("X-RateLimit-Limit", "60"), ("X-RateLimit-Remaining", "57"), ("X-RateLimit-Reset", "42"))

TABLE: dict[str, tuple[Known, tuple[str, ...], str, str, str]] = {
    "what is left of the quota that it fits into": (
        arrived(
            200,
            ("X-RateLimit-Limit-Minute", "100"),
            ("X-RateLimit-Limit-Hour", "6000"),
            ("X-RateLimit-Remaining", "5990"),
        ),
        ("200 OK", "**text/plain**", "5 bytes", "13 ms", "5,990 of 6,000 left"),
        "",
        "No description was sent.",
        "",
    ),
    "nothing yet": (Nothing(), (), "", "", ""),
    "due later": (Due(5.7, 6.52, 6.5134), ("in 5.7 s",), "to keep the pace of 6.52 s", "", "anyway"),
    "due much later": (Due(4314.0, 4320.0, 4320.0), ("in 1 h 11 min",), "to keep the pace of 4320 s", "", "anyway"),
    "due as the service said": (Due(5.7, 6.52, 0.0), ("in 5.7 s",), "as the service said", "", "anyway"),
    "asking": (Asking(), ("Asking",), "nothing has come yet", "", ""),
    "asking above an older reply": (
        Asking("reply 2, of 21:05"),
        ("Asking",),
        "nothing has come yet; below still reply 2, of 21:05",
        "",
        "",
    ),
    "receiving": (
        Receiving(12_400_000, 184_000_000, 1.2653),
        ("Receiving",),
        "12.4 MB of 184 MB, 9.8 MB/s, about 18 s to go",
        "",
        "",
    ),
    "received, and not shown yet": (
        Receiving(12_400, 12_400, 0.2),
        ("Received",),
        "12.4 kB, and now made ready",
        "",
        "",
    ),
    "shown": (
        arrived(200, ("X-Description", "The Blue Marble"), chips=(Chip("**image/jpeg** bytes agree"),)),
        ("200 OK", "**image/jpeg** bytes agree", "5 bytes", "13 ms"),
        "",
        "The Blue Marble",
        "",
    ),
    "mismatch": (
        arrived(chips=(Chip("said text/plain, is PNG", "warn"),), mismatch=True),
        ("200 OK", "said text/plain, is PNG", "5 bytes", "13 ms"),
        "",
        "No description was sent.",
        "declared",
    ),
    "a login is wanted": (
        arrived(401, ("WWW-Authenticate", 'Basic realm="Earth Data"')),
        ("401 Unauthorized", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "It wants a name and a password for “Earth Data”: to be given under “Method, headers, login”.",
        "",
    ),
    "a note beside a description": (
        arrived(200, ("X-Description", "The Moon"), note="A header line is malformed."),
        ("200 OK", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "A header line is malformed. Described as: The Moon",
        "",
    ),
    "a status of one program": (
        arrived(522),
        ("522 Connection Timed Out (Cloudflare)", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "No description was sent.",
        "",
    ),
    "broken off": (
        arrived(200, ("Content-Length", "2040"), complete=False),
        ("200 OK", "part only, 5 bytes of 2.04 kB", "13 ms"),
        "",
        "The connection ended before the promised length.",
        "",
    ),
    "a part that was asked for": (
        arrived(206, ("Content-Range", "bytes 100-104/2040")),
        ("206 Partial Content", "a part: bytes 100 to 104 of 2,040", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "No description was sent.",
        "",
    ),
    "refused": (
        arrived(503),
        ("503 Service Unavailable", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "The service refuses. It does not say for how long to wait. Probe can find out how long to wait.",
        "probe",
    ),
    "refused for a while": (
        arrived(429, ("Retry-After", "7")),
        ("429 Too Many Requests", "**text/plain**", "5 bytes", "13 ms"),
        "",
        "The service refuses. It asks to be left alone for 7 s. Probe can find out how long to wait.",
        "probe",
    ),
    "limits stated": (
        arrived(200, *LIMITS),
        ("200 OK", "**text/plain**", "5 bytes", "13 ms", "57 of 60 left, 42 s"),
        "",
        "No description was sent.",
        "",
    ),
    "a moment without a date to count it from": (
        arrived(200, ("X-RateLimit-Remaining", "57"), ("X-RateLimit-Reset", "1790000042")),
        ("200 OK", "**text/plain**", "5 bytes", "13 ms", "57 left"),
        "",
        "No description was sent.",
        "",
    ),
    "a moment that is long after its date": (
        arrived(
            200,
            ("X-RateLimit-Remaining", "57"),
            ("X-RateLimit-Reset", "1795000000"),
            ("Date", "Mon, 21 Sep 2026 14:13:20 GMT"),
        ),
        ("200 OK", "**text/plain**", "5 bytes", "13 ms", "57 left, 58 d"),
        "",
        "No description was sent.",
        "",
    ),
    "no answer": (
        Failed(
            UnreachableError("Nothing listens at 127.0.0.1, port 29999. Check that the service runs."),
            "reply 2, of 21:05",
        ),
        ("No connection",),
        "Nothing listens at 127.0.0.1, port 29999.",
        "Check that the service runs. Below: reply 2, of 21:05.",
        "again",
    ),
    "held back": (Failed(HeldBackError("Too soon. Wait.")), ("Not sent",), "Too soon.", "Wait.", "anyway"),
    "no address": (
        Failed(AddressError("No host. Write one.")),
        ("No such address",),
        "No host.",
        "Write one.",
        "again",
    ),
    "stopped": (Failed(Stopped("Stopped. Nothing was sent.")), ("Stopped",), "Stopped.", "Nothing was sent.", "again"),
    "fault of ours": (
        Failed(KeyError("object at 0x7f")),
        ("Not shown",),
        "This is a fault of the dashboard, not of the service; its log says more.",
        "Try again.",
        "again",
    ),
}


@pytest.mark.parametrize("state", TABLE)
def test_each_state_has_its_chips_its_words_and_its_button(state: str) -> None:
    known, words, beside, below, action = TABLE[state]
    shown = facts(known)
    assert tuple(chip.words for chip in shown.chips) == words
    assert (shown.words, shown.caption, shown.action) == (beside, below, action)


@pytest.mark.parametrize("state", TABLE)
def test_each_state_has_the_same_two_lines(state: str) -> None:
    shown = facts(TABLE[state][0])
    assert chips(shown).startswith("<div")
    assert caption(shown, skeleton=state == "nothing yet") != ""


PACED = "Probe can find out how long to wait."
REFUSALS: list[tuple[int, tuple[tuple[str, str], ...], str, str, bool]] = [
    (
        503,
        (),
        "<h1>Down for maintenance</h1>",
        "The service says that it is being maintained, and not for how long.",
        False,
    ),
    (
        503,
        (("Retry-After", "3600"),),
        "<h1>Down for maintenance</h1>",
        "The service says that it is being maintained. It asks to be left alone for 60 min.",
        False,
    ),
    (503, (), "Due to maintenance or capacity problems.", f"does not say for how long to wait. {PACED}", True),
    (429, (), "Rate limit exceeded. Wait a few minutes.", f"says to come back in “a few minutes”. {PACED}", True),
    (
        503,
        (),
        "<h1>Down for maintenance</h1> Be back in a few hours.",
        "maintained. It says to come back in “a few hours”.",
        False,
    ),
    (429, (("Retry-After", "60"),), "Wait a few minutes.", f"It asks to be left alone for 1 min. {PACED}", True),
    (429, (), "Too many requests while we are under maintenance.", PACED, True),
    (429, (), "<h1>Under maintenance</h1>", PACED, True),
    (503, (("X-RateLimit-Remaining", "0"),), "<h1>Under maintenance</h1>", PACED, True),
    (
        503,
        (),
        "Solve the captcha.",
        "it asks for a captcha that only a browser passes. Open the address in one.",
        False,
    ),
    (429, (), "Your account has an unpaid balance.", "it speaks of “unpaid”, which waiting may not change.", False),
    (
        429,
        (),
        "Too many requests. See Billing.",
        f"speaks of “billing” too, which waiting may not change. {PACED}",
        True,
    ),
    (402, (("Retry-After", "60"),), "", "it wants a payment. It asks to be left alone for 1 min.", False),
    (401, (("Retry-After", "60"), ("WWW-Authenticate", "Bearer")), "", "refuses. It wants a token: to be given", False),
    (403, (("Retry-After", "60"),), '{"error": "invalid API key"}', "a key, a token, a login or a payment", False),
    (403, (("Retry-After", "60"),), '{"error": "rate limit exceeded for this key"}', PACED, True),
    (401, (("X-RateLimit-Remaining", "0"),), "", PACED, True),
    (403, (("Retry-After", "60"),), "no", PACED, True),
]


@pytest.mark.parametrize(("status", "headers", "body", "said", "paced"), REFUSALS)
def test_a_probe_is_offered_where_a_pace_may_help_and_else_it_is_said_what_the_service_says(
    status: int, headers: tuple[tuple[str, str], ...], body: str, said: str, paced: bool
) -> None:
    shown = facts(Arrived(replace(arrived(status, *headers).reply, body=body.encode()), 5, 5))
    assert said in shown.caption
    assert (shown.action, PACED in shown.caption) == (("probe", True) if paced else ("", False))
    assert not {"..", "  "} & {shown.caption[at : at + 2] for at in range(len(shown.caption))}


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        (["http://x.example/a"], []),
        (["http://x.example/a", "http://x.example/json"], ["redirected to /json"]),
        (["http://x.example/a", "http://x.example/b", "http://x.example/c?d=e"], ["redirected to /c?d=e"]),
        (["http://x.example/a", "https://x.example/a"], ["redirected to https"]),
        (["http://x.example/a", "https://www.x.example/a"], ["redirected to www.x.example"]),
        (["http://127.0.0.1:1/", "http://127.0.0.1:2/"], ["redirected to 127.0.0.1:2"]),
        (["http://x.example/a", "http://x.example/b?token=sesame"], ["redirected to /b?token=***"]),
        (["http://x.example/a", f"http://x.example/{'b' * 99}"], [f"redirected to /{'b' * 30}…"]),
        (["http://x.example/a", "http://x.example/%C3%BC/%FF?q=a%20b"], ["redirected to /ü/%FF?q=a%20b"]),
    ],
)
def test_a_redirect_that_was_followed_leaves_a_sign(urls: list[str], said: list[str]) -> None:
    hops = tuple(Hop(Request("GET", url), 302) for url in urls)
    shown = facts(Arrived(replace(arrived().reply, hops=hops), 5, 5))
    assert [chip.words for chip in shown.chips if "redirect" in chip.words] == said


def test_what_a_label_says_is_not_said_again_beside_it() -> None:
    shown = facts(Failed(UnreachableError("No connection to x:81: nobody is there. Check the port.")))
    assert (shown.chips[0].words, shown.words) == ("No connection", "to x:81: nobody is there.")


def test_an_answer_that_leads_nowhere_is_not_called_none() -> None:
    shown = facts(Failed(RedirectError("http://x/a redirects to ftp://y/; only http and https are asked.")))
    assert shown.chips[0].words == "Not followed"


def test_nobody_is_offered_to_insist_who_may_not() -> None:
    assert facts(Due(5.7, 6.52, 0.0), may_insist=False).action == ""
    assert facts(Failed(HeldBackError("Too soon. Wait.")), may_insist=False).action == "again"


def test_a_redirect_that_leads_nowhere_is_not_tried_again() -> None:
    assert facts(Failed(RedirectError("http://x/ redirects to file:///y; only http and https are asked."))).action == ""


def test_from_history_it_is_said_which_reply_it_is() -> None:
    known = arrived()
    shown = facts(Arrived(known.reply, 3, 5, moment="21:05"))
    assert shown.chips[-1].words == "reply 3 of 5, 21:05"


def test_what_a_service_says_is_escaped() -> None:
    hostile = arrived(200, ("X-Description", "<img onerror=x> **bold**"), chips=(Chip("**<b>**"),))
    shown = facts(hostile)
    assert "<img" not in caption(shown, skeleton=False)
    assert "<b><b>" not in chips(shown)


@pytest.mark.parametrize("error", [FetchError("a. b."), KeyError("x"), OSError(111, "Connection refused")])
def test_no_text_of_the_machine_reaches_the_page(error: Exception) -> None:
    shown = facts(Failed(error))
    said = chips(shown) + caption(shown, skeleton=False)
    for word in ("Errno", "Traceback", "object at 0x", "('", "KeyError", "OSError"):
        assert word not in said


@pytest.mark.parametrize(
    ("status", "stated", "said"),
    [
        (206, "bytes 0-4/*", "a part: bytes 0 to 4"),
        (206, "Bytes 0-4/5", ""),
        (206, "", "a part of the whole"),
        (206, "items 0-9/70", "a part of the whole"),
        (206, "bytes 4-0/\u0665", "a part of the whole"),
        (200, "bytes 0-4/9", ""),
    ],
)
def test_a_part_is_said_to_be_one(status: int, stated: str, said: str) -> None:
    words = [chip.words for chip in facts(arrived(status, ("Content-Range", stated))).chips]
    assert [each for each in words if "part" in each] == ([said] if said else [])
