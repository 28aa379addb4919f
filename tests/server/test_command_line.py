"""`python -m server` and `flask run`, as a person starts them."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from server.__main__ import main
from tests.server.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.conftest import Start


def fails(*arguments: str) -> str:
    """Run `python -m server`, expect exit 2 and one line on stderr; gives that line."""
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("python -m server: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_claimed_port_is_one_line_that_names_it_and_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = fails("--port", str(port))
    assert f"Port {port} on 127.0.0.1 is taken by another program" in line
    free = re.search(r"port (\d+) is free: --port \1", line)
    assert free is not None
    assert 5000 <= int(free[1]) <= 5500


def test_what_cannot_be_used_ends_the_process_with_one_line() -> None:
    assert "a port is a whole number" in fails("--port", "abc")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--port", "99999"], "a port is a whole number from 0 to 65535, got '99999'"),
        (["--port", "abc"], "a port is a whole number"),
        (["--port", "-1"], "argument --port"),
        (["--seed", "x"], "argument --seed"),
        (["--time-scale", "0"], "must be a number above 0, got 0.0"),
        (["--time-scale", "nan"], "must be a number above 0"),
        (["--media", "no/such/folder"], "no/such/folder is not a folder"),
        (["--host", "192.0.2.1", "--port", "0"], "192.0.2.1"),
        (["--nonsense"], "unrecognized arguments: --nonsense"),
    ],
)
def test_what_cannot_be_used_is_one_line_that_says_why(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # Within this process, which is twenty times as quick as to start one.
    try:
        code: str | int | None = main(arguments)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert printed.err.startswith("python -m server: ")
    assert printed.err.count("\n") == 1
    assert said in printed.err


def test_a_wrong_catalogue_is_one_line_that_names_the_entry(folder: Path) -> None:
    (folder / "catalogue.toml").write_text('[[resource]]\nfile = "gone.png"\ntype = "image/png"\n')
    assert "entry 1 ('gone.png')" in fails("--media", str(folder))


def test_it_serves_until_interrupted_and_the_command_line_wins_over_the_environment(start: Start, folder: Path) -> None:
    (folder / "mine.txt").write_text("mine")
    process, line = start(
        ["-m", "server", "--port", "0", "--media", str(folder), "--seed", "3", "--time-scale", "0.001"],
        "Waitwise service on",
        WAITWISE_MEDIA="/no/such/folder",
        WAITWISE_TIME_SCALE="-5",
    )
    base = line.split()[3]
    assert requests.get(f"{base}/NASA", timeout=20).text == "mine"
    assert requests.get(f"{base}/health", timeout=20).json()["embedded"] is False
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert process.stdout is not None
    assert "Traceback" not in process.stdout.read()


def test_flask_run_finds_the_application_and_its_settings(start: Start, folder: Path, free_port: int) -> None:
    (folder / "mine.txt").write_text("mine")
    start(
        ["-m", "flask", "run", "--port", str(free_port)],
        "Running on",
        FLASK_APP="server",
        WAITWISE_MEDIA=str(folder),
        WAITWISE_SEED="3",
    )
    assert requests.get(f"http://127.0.0.1:{free_port}/NASA", timeout=20).text == "mine"


def test_flask_run_with_a_wrong_setting_is_a_line_and_no_traceback(free_port: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "run", "--port", str(free_port)],
        cwd=ROOT,
        env={"FLASK_APP": "server", "WAITWISE_TIME_SCALE": "soon"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert (
        "Error: The time scale (WAITWISE_TIME_SCALE, --time-scale) must be a number above 0, got 'soon'" in done.stderr
    )
    assert "Traceback" not in done.stderr
