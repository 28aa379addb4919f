from __future__ import annotations

import subprocess
import sys
import time

import ipywidgets
import pytest

from tests.media import files
from widgets.fetch.looked_over import look_over
from widgets.fetch.panel.reply_view import ReplyView
from widgets.fetch.panel.states import Arrived, facts
from widgets.http.message import Headers, Request
from widgets.model.reply import Reply


def reply(*headers: tuple[str, str], body: bytes = b'{"a":1}', **more: object) -> Reply:
    request = Request("GET", "http://a.example/x")
    return Reply("http://a.example/x", 200, "OK", Headers(headers), body, request=request, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("headers", "severity", "words"),
    [
        ([("Date", "yesterday")], "bad", "The Date header's value isn't a valid date."),
        ([("Cache-Control", "max-age=60, no-store")], "warning", "The no-store cache directive overrides"),
        (
            [("Content-Length", "7"), ("Content-Type", "application/json")],
            "good",
            "The Content-Length header is correct.",
        ),
    ],
)
def test_each_finding_is_a_sentence_with_its_severity(
    headers: list[tuple[str, str]], severity: str, words: str
) -> None:
    assert any(one.severity == severity and words in one.words for one in look_over(reply(*headers)))


def test_whether_the_bytes_are_of_their_type_is_not_said_twice_and_otherwise() -> None:
    """`audio/wav` 'bytes agree' stood beside 'The content doesn't match the declared Content-Type'."""
    found = look_over(reply(("Content-Type", "audio/wav"), body=files.sound()))
    assert [one.words for one in found if "Content-Type" in one.words] == []


def test_what_is_wrong_comes_first() -> None:
    found = [one.severity for one in look_over(reply(("Date", "x"), ("Cache-Control", "no-store, max-age=1")))]
    assert found == sorted(found, key=["bad", "warning", "good", "info"].index)
    assert found[0] == "bad"


def test_a_coded_body_is_looked_over_as_it_came() -> None:
    import gzip  # noqa: PLC0415

    coded = gzip.compress(b"words")
    headers = [("Content-Encoding", "gzip"), ("Content-Length", str(len(coded))), ("Content-Type", "text/plain")]
    words = " ".join(one.words for one in look_over(reply(*headers, body=b"words", received=coded)))
    assert "Content-Length header is correct" in words


def test_nothing_is_said_of_the_length_of_what_did_not_come() -> None:
    found = look_over(reply(("Content-Length", "5000"), complete=False))
    assert not any("Content-Length header is" in one.words for one in found)


def test_the_findings_stand_in_what_happened_and_nothing_of_them_runs() -> None:
    view = ReplyView()
    view.put(reply(("Date", "<img src=x onerror=alert(1)>")), ipywidgets.HTML(), ipywidgets.HTML())
    told: list[int] = []
    view.look_over(lambda _, faults: told.append(faults))
    view.join(60)
    assert "Wrong: General" in view.found.value
    assert "<img" not in view.found.value
    assert told
    assert told[0] >= 1
    view.close()


@pytest.mark.parametrize(("faults", "words"), [(0, ""), (1, "1 fault found"), (3, "3 faults found")])
def test_a_quiet_chip_says_that_something_is_wrong(faults: int, words: str) -> None:
    chips = facts(Arrived(reply(), 1, 1, faults=faults)).chips
    assert [(chip.words, chip.tone) for chip in chips if "found" in chip.words] == ([(words, "")] if words else [])


def test_it_is_not_loaded_before_a_reply_came() -> None:
    code = "import sys, widgets; sys.exit('httplint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.long
def test_an_ordinary_reply_takes_less_than_50_ms(capsys: pytest.CaptureFixture[str]) -> None:
    one = reply(("Content-Type", "application/json"), ("Cache-Control", "max-age=60"), body=b"x" * 100_000)
    look_over(one)
    times: list[float] = []
    for _ in range(20):
        started = time.process_time()
        look_over(one)
        times.append(time.process_time() - started)
    with capsys.disabled():
        print(f"\nhttplint: {sorted(times)[10] * 1000:.1f} ms")  # noqa: T201 - a figure for whoever asks for it
    assert sorted(times)[10] < 0.05
