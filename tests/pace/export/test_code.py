from __future__ import annotations

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from widgets.model.attempt import Attempt, Step
from widgets.model.pace import BY_HAND, Pace, StoredProbe, Target
from widgets.pace import PaceStore
from widgets.pace.export.attempts import COLUMNS, to_csv, to_har, to_json, to_parquet
from widgets.pace.export.code import CODE, SHARING, code_for
from widgets.pace.export.facts import milliseconds, seconds, whole_rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.probe import Verdict

LENGTHS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
HOSTILE = "http://a/');import os;os.abort()#\"$(touch x)`id`\u2028</script>"


def pace(url: str = "http://127.0.0.1:5009/Slow-NASA", wait: float = 6.6, **facts: Any) -> Pace:
    return Pace(Target.of(url), wait, "certified", 1_795_000_000.0, **facts)


def entry(number: int, phase: Any = "search", **facts: Any) -> tuple[Step, Attempt]:
    later: dict[str, Any] = {"wait": 1.5, "spacing": 1.6} if number > 1 else {"wait": None, "spacing": None}
    base = {"started": 1.6 * (number - 1), "latency": 0.05, "status": 200, "headers": {"Content-Type": "image/png"}}
    return Step(1.5, phase, None, 2.0), Attempt(number=number, **(later | base | facts))


ENTRIES = [
    entry(1),
    entry(2, status=503, headers={"Retry-After": "3"}),
    entry(3, status=None, headers={}, error='=HYPERLINK("http://evil")'),
]


@pytest.mark.parametrize("wait", [0.0001, 0.1428571, 1 / 3, 0.135, 2.5, 6.6, 6.6667, 59.999, 90.0, 3599.5])
def test_rounding_always_goes_toward_the_slower_pace(wait: float) -> None:
    rate, unit = whole_rate(wait)
    assert LENGTHS[unit] * 1000 // rate >= wait * 1000
    assert LENGTHS[unit] / rate <= max(wait, 0.001) * 1.011
    assert float(seconds(wait)) >= wait
    assert milliseconds(wait) >= wait * 1000


def test_a_pace_is_said_to_curl_in_whole_numbers() -> None:
    assert whole_rate(2.5) == (24, "m")
    assert "--rate 24/m" in CODE["curl"][1](pace(wait=2.5))


@pytest.mark.parametrize("name", CODE)
def test_every_snippet_carries_its_evidence(name: str, verdict: Verdict) -> None:
    text = CODE[name][1](pace(evidence=verdict, doubtful_since=1_795_100_000.0))
    for said in (
        "2026-11-18",
        "certified",
        "Re-check after 2026-12-18",
        "Sure to 95 %",
        "No cycle longer than 6 min 40 s",
        "DOUBTFUL",
    ):
        assert said in text


@pytest.mark.parametrize("name", [name for name, (file, _) in CODE.items() if file.endswith(".py")])
def test_a_hostile_address_stays_an_address_in_python(name: str) -> None:
    hostile = pace("http://a/" + "x", evidence=None)
    target = Target("http://a", HOSTILE.removeprefix("http://a") + "\nimport os", "GET")
    code = compile(CODE[name][1](Pace(target, 1.0, "x\ny", hostile.found)), name, "exec")
    assert "abort" not in code.co_names


def test_a_hostile_address_stays_an_address_in_a_shell(tmp_path: Path) -> None:
    text = CODE["curl"][1](Pace(Target("http://127.0.0.1:9", "/'$(touch x)`touch x`;touch x\n touch x"), 1.0, "x", 0.0))
    subprocess.run(["sh", "-c", text], cwd=tmp_path, check=False, capture_output=True)
    assert list(tmp_path.iterdir()) == []


RUN: dict[str, str] = {
    "requests + requests-ratelimiter": "session.request('GET', URL)",
    "requests + urllib3 Retry": "session.request('GET', URL)",
    "httpx + stamina": "ask(client)",
    "httpx + tenacity": "ask(client)",
    "httpx": "client.request('GET', URL)",
}


@pytest.mark.parametrize("name", RUN)
def test_a_snippet_of_python_runs_and_sees_no_refusal(
    name: str, start_service: Callable[..., str], tmp_path: Path
) -> None:
    # The library counts from permit to permit, the others from answer to permit: what a busy machine delays in between
    # is small against six seconds, and not against an eighth of one.
    scale, wait = (0.05, 0.5) if "ratelimiter" in name else (0.02, 0.14)
    base = start_service(TIME_SCALE=scale)
    again = f"\nprint([response.status_code] + [{RUN[name]}.status_code for _ in range(10)], len(str(response)))\n"
    retried = "import logging; logging.basicConfig(level='DEBUG')\n"
    script = tmp_path / "paced.py"
    script.write_text(retried + CODE[name][1](pace(f"{base}/Slow-NASA", wait)) + again)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert str([200] * 11) in done.stdout
    assert not re.search(r"\b503\b", done.stderr)  # 503 within the address of an object is none


def test_curl_keeps_the_pace_and_sees_no_refusal(start_service: Callable[..., str], tmp_path: Path) -> None:
    base = start_service(TIME_SCALE=0.02)
    # Twice the longest gap of the service: curl paces its starts, and a busy machine stretches some of them.
    command = CODE["curl"][1](pace(f"{base}/Slow-NASA", 0.26)).splitlines()[-1]
    assert shutil.which("curl")
    address = command.split()[-1]
    whole = command + f" {address}" * 9 + " -s -o /dev/null -w '%{http_code} '"
    whole = whole.replace(f" {address}", f" {address} -o /dev/null")
    began = time.monotonic()
    done = subprocess.run(["sh", "-c", whole], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["200"] * 11
    assert time.monotonic() - began >= 10 * 0.26


def test_json_and_csv_have_one_row_per_attempt_and_formulas_are_defused() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(ENTRIES))))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert rows[2]["error"] == '\'=HYPERLINK("http://evil")'
    assert rows[0]["spacing"] == ""
    assert [row["outcome"] for row in rows] == ["accepted", "refused", "failed"]
    assert json.loads(to_json(ENTRIES))[1]["headers"] == {"Retry-After": "3"}


def test_parquet_reads_back_equal() -> None:
    table = parquet.read_table(pa.BufferReader(to_parquet(ENTRIES)))
    assert table.column_names == list(COLUMNS)
    assert [again(row | {"headers": json.loads(row["headers"])}) for row in table.to_pylist()] == ENTRIES


def again(row: dict[str, Any]) -> tuple[Step, Attempt]:
    row.pop("outcome")  # follows from the others
    step = Step(*(row.pop(name) for name in ("step_wait", "phase", "low", "high")))
    return step, Attempt(**row)


HAR = json.loads((Path(__file__).parent / "har" / "har-1.2.schema.json").read_text())


def test_a_har_is_valid_and_holds_every_attempt(verdict: Verdict) -> None:
    target = Target.of("http://localhost:5009/Slow-NASA")
    probe = StoredProbe("1", target, f"{target.url}?type=image", {}, 1.8e9, 1.8e9, verdict)
    har = json.loads(to_har(probe, ENTRIES))
    import jsonschema  # noqa: PLC0415 - it takes seconds to load

    jsonschema.validate(har, HAR, format_checker=jsonschema.FormatChecker())
    assert [each["response"]["status"] for each in har["log"]["entries"]] == [200, 503, 0]
    outcomes = [each["_waitwise"]["outcome"] for each in har["log"]["entries"]]
    assert outcomes == ["accepted", "refused", "failed"]
    assert har["log"]["entries"][0]["request"]["queryString"] == [{"name": "type", "value": "image"}]


def test_the_har_of_a_lesson_names_no_page_as_asked_since_each_request_may_have_been_for_another() -> None:
    target = Target.of("http://localhost:5009/Slow-NASA").service
    probe = StoredProbe("1", target, f"{target.url}?type=image", {}, 1.8e9, 1.8e9, None)
    har = json.loads(to_har(probe, ENTRIES))
    import jsonschema  # noqa: PLC0415 - it takes seconds to load

    jsonschema.validate(har, HAR, format_checker=jsonschema.FormatChecker())
    asked = har["log"]["entries"][1]["request"]
    assert (asked["method"], asked["url"], asked["queryString"]) == ("*", "http://localhost:5009/*", [])
    assert "What was asked is not kept" in asked["comment"]


@pytest.mark.parametrize("gone", ["startedDateTime", "request", "cache"])
def test_the_schema_misses_what_a_har_needs(gone: str) -> None:
    probe = StoredProbe("1", Target.of("http://a/"), "http://a/", {}, 1.8e9, 1.8e9, None)
    har = json.loads(to_har(probe, ENTRIES))
    del har["log"]["entries"][0][gone]
    import jsonschema  # noqa: PLC0415 - it takes seconds to load

    with pytest.raises(jsonschema.ValidationError, match=gone):
        jsonschema.validate(har, HAR)


STORE = "sqlite:////home/me/its 'paces'.sqlite"


@pytest.mark.parametrize("name", CODE)
def test_code_that_obeys_a_store_says_which(name: str) -> None:
    text = code_for(name, pace(), STORE)
    assert (text != code_for(name, pace())) is (name in SHARING)
    if name == "PacedSession":
        assert f"PacedSession(PaceStore({STORE!r}))" in text
        compile(text, name, "exec")
    elif name in SHARING:
        assert f"It must open the store that holds this pace: --store {shlex.quote(STORE)}" in text


def test_the_password_of_a_store_is_no_part_of_code(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("postgresql+psycopg://me:hush@db/paces", "postgresql+psycopg://me@db/paces?password=hush"):
        address = PaceStore(url).address
        assert "hush" not in address
        text = code_for("PacedSession", pace(), address)
        assert "Set WAITWISE_STORE to the store of the page, postgresql+psycopg://me" in text
        assert "PacedSession(PaceStore())" in text
    monkeypatch.delenv("WAITWISE_STORE")
    assert PaceStore().address == ""
    assert PaceStore("nonsense").address == ""
    assert "PacedSession(PaceStore())" in code_for("PacedSession", pace(), PaceStore().address)


@pytest.mark.parametrize("name", CODE)
def test_a_pace_that_was_set_by_hand_is_not_said_to_be_found(name: str) -> None:
    text = CODE[name][1](Pace(Target.of("http://127.0.0.1:5009/Slow-NASA"), 6.6, BY_HAND, 1_795_000_000.0))
    assert "Set by hand 2026-11-18: nothing was measured." in text
    assert "ound 2026" not in text


@pytest.mark.parametrize(("scope", "said"), [("origin", False), ("path", True), ("/v1", True)])
def test_code_for_a_part_of_a_service_says_what_the_pace_holds_back_besides(scope: str, said: bool) -> None:
    text = code_for("PacedSession", pace("http://127.0.0.1:5009/v1/items", scope=scope))
    assert ("What no kept pace is for at http://127.0.0.1:5009 is not asked freely" in text) is said


def test_what_is_said_of_a_pace_of_a_part_is_what_the_store_does(tmp_path: Path) -> None:
    with PaceStore(f"sqlite:///{tmp_path}/p.sqlite") as store:
        kept = store.keep("http://a.example/b", 2.5, scope="path")
        slower = store.keep("http://a.example/c/d", 5.0, scope="/c")
        assert kept.beyond
        unknown = store.pace("http://a.example/elsewhere")
        assert unknown is not None
        assert unknown.wait == slower.wait
        assert store.keep("http://a.example/", 1.0).beyond == ""
