from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug import Request, Response

from tests.conftest import served
from widgets.model.attempt import Budget, Goal, Verdict
from widgets.probe.__main__ import Terminal, main

if TYPE_CHECKING:
    from collections.abc import Callable

    from widgets.model.attempt import Kind

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "widgets.probe", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )


def test_a_probe_prints_a_line_per_attempt_and_the_verdict(start_service: Callable[..., str]) -> None:
    done = run(start_service(TIME_SCALE=0.02) + "/Slow-NASA", "--strategy", "doubling")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert any("x 503" in line for line in lines)
    assert "+ 200" in lines[lines.index("") - 1]
    assert "seems safe" in done.stdout
    assert "\033" not in done.stdout


def test_json_is_the_verdict_and_every_attempt(start_service: Callable[..., str]) -> None:
    done = run(start_service(TIME_SCALE=0.02) + "/Slow-NASA", "--strategy", "doubling", "--json")
    told = json.loads(done.stdout)
    assert told["kind"] == "estimated"
    assert [each["number"] for each in told["attempts"]] == list(range(1, told["requests"] + 1))
    assert {each["outcome"] for each in told["attempts"]} == {"accepted", "refused"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["abc"], "'abc' is not an address: it must begin with http://"),
        (["http://localhost/", "--refusal-rate", "5"], "--refusal-rate must lie between 0 and 1, got 5.0"),
        (["http://localhost/", "--max-requests", "0"], "--max-requests must be more than 0, got 0"),
        (["http://localhost/", "--strategy", "fast"], "invalid choice"),
        (["http://localhost/", "--header", "sesame"], "A header must read 'Name: value'"),
        (["http://localhost/", "--header", "X: 1", "--header", "x: 2"], "The header x is given twice"),
        (
            ["http://localhost/", "--header", "X: ☃"],
            "header X cannot be sent: its character 1 is not in Latin-1",
        ),
        (["http://localhost/", "--header", "Host: elsewhere.example"], "The header Host says how the request is sent"),
        (["http://localhost/", "--header", "A(B: sesame"], "'A(B' is no name of a header"),
        (["http://localhost/", "--refused-text", ""], "--refused-text is empty, and nothing would count by it"),
        (["http://localhost/", "--refused-path", " "], "--refused-path is empty, and nothing would count by it"),
        (["http://me:sesame@localhost/"], "or as the header 'Authorization: Basic …'"),
        ([], "URL"),
    ],
)
def test_bad_use_is_one_line_and_exit_status_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err
    assert "sesame" not in err


def test_an_address_where_nothing_listens_is_exit_status_1() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    done = run(f"http://127.0.0.1:{port}/")
    assert done.returncode == 1
    assert "nothing listens there" in done.stdout


def test_a_budget_that_is_spent_is_exit_status_3(start_service: Callable[..., str]) -> None:
    done = run(start_service() + "/Slow-NASA", "--strategy", "doubling", "--max-requests", "5")
    assert done.returncode == 3
    assert "inconclusive" in done.stdout
    assert "5 requests" in done.stdout


@pytest.mark.parametrize(
    ("kind", "wait", "said"),
    [
        ("inconclusive", 0.349, "inconclusive: 0.349 s, a guess and no result\n"),
        ("inconclusive", None, "inconclusive: no wait\n"),
        ("estimated", 0.349, "estimated: 0.349 s\n"),
    ],
)
def test_a_wait_that_is_a_guess_is_said_to_be_one(
    kind: Kind, wait: float | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = Verdict(kind, wait, None, 1.0, 0.95, 0, 0, 33, 10.5, 0.0, 0.0, "Its statement.")
    Terminal(Budget(), "http://x.example/", keyed=False).end(verdict, Goal(), "identify")
    assert said in capsys.readouterr().out


def test_identify_that_saw_no_refusal_has_found_no_limiter(start_service: Callable[..., str]) -> None:
    done = run(start_service() + "/Slow-NASA", "--strategy", "identify", "--max-requests", "1")
    assert "none seen" in done.stdout
    assert done.returncode == 3


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT for another process")
def test_interrupting_ends_in_a_verdict_with_what_is_known(start_service: Callable[..., str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "widgets.probe", start_service(TIME_SCALE=5) + "/Slow-NASA"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    with process.stdout as out:
        first = out.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        rest = out.read()
    assert process.wait(10) == 3
    assert "first" in first
    assert "Stopped by you" in rest


def test_a_key_in_a_header_is_sent_and_never_printed(start_service: Callable[..., str]) -> None:
    url = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    done = run(url, "--strategy", "doubling", "--json", "--header", "X-Api-Key: sesame")
    assert done.returncode == 0
    assert "sesame" not in done.stdout + done.stderr
    done = run(f"{url}?api_key=sesame", "--strategy", "doubling")
    assert "sesame" not in done.stdout + done.stderr
    assert re.search(r"keep\('http://\S+\?api_key=\*\*\*', wait=[\d.]+, credential=KEY\)", done.stdout)


def test_a_key_that_a_service_says_back_is_not_printed() -> None:
    @Request.application
    def echo(request: Request) -> Response:
        key = request.headers["X-Api-Key"]
        return Response(f"you are {key}", 429, {"X-Echo": key})

    with served(echo) as url:
        arguments = ["--strategy", "doubling", "--max-requests", "2", "--json", "--header", "X-Api-Key: sesame"]
        told = json.loads(run(url, *arguments).stdout)["attempts"][0]
    assert (told["excerpt"], told["headers"]["X-Echo"]) == ("you are ***", "***")


def test_a_reader_that_has_had_enough_ends_the_probe_without_a_word(start_service: Callable[..., str]) -> None:
    address = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    command = [sys.executable, "-m", "widgets.probe", address, "--strategy", "doubling"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as probe:
        assert probe.stdout is not None
        assert probe.stderr is not None
        probe.stdout.readline()
        probe.stdout.close()
        assert probe.stderr.read() == b""
        assert probe.wait(60) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is full is one of Linux")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_an_output_that_is_full_is_said_in_a_line(start_service: Callable[..., str], more: list[str]) -> None:
    address = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    command = [sys.executable, "-m", "widgets.probe", address, "--strategy", "doubling", *more]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == "python -m widgets.probe: the output could not be written: No space left on device.\n"


def test_help_says_what_the_program_ends_with() -> None:
    assert "with 3 where no wait was found" in " ".join(run("--help").stdout.split())


def test_a_probe_in_a_terminal_says_that_it_keeps_nothing_and_how_to(start_service: Callable[..., str]) -> None:
    assert "Nothing of it is kept" in " ".join(run("--help").stdout.split())
    url = start_service(TIME_SCALE=0.02) + "/Slow-NASA"
    last = run(url, "--strategy", "doubling").stdout.splitlines()[-1]
    assert last.startswith("Nothing of this is kept. To have it obeyed: ")
    kept = last.partition("obeyed: ")[2].replace("PaceStore()", "store", 1).partition("; ")[2]
    assert re.fullmatch(rf"store\.keep\('{re.escape(url)}', wait=0\.\d+\)", kept)
