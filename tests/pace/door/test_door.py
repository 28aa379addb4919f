from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
import requests
from werkzeug.wrappers import Request, Response

from tests.conftest import served
from tests.pace.target import logging_target
from widgets.http.address import Guard
from widgets.model.pace import Pace, Target
from widgets.pace import PacedSession, PaceStore
from widgets.pace.door import door
from widgets.pace.door.__main__ import main
from widgets.pace.export.code import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from widgets.pace.door import Door

ROOT = Path(__file__).parents[3]
MB = 2**20
PACE = 0.1


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PaceStore]:
    with PaceStore(f"sqlite:///{tmp_path}/paces.sqlite") as opened:
        yield opened


@pytest.fixture
def opened(store: PaceStore) -> Iterator[Door]:
    with door(store) as each:
        yield each


@contextmanager
def large(size: int) -> Iterator[str]:
    """Sends so many MB, and digests what is sent to it."""

    @Request.application
    def app(request: Request) -> Response:
        if request.path == "/one":
            return Response(bytes(MB))
        if request.method == "GET":
            return Response((bytes(MB) for _ in range(size)), headers={"Content-Length": str(size * MB)})
        digest, length = hashlib.sha256(), 0
        while piece := request.stream.read(MB):
            digest.update(piece)
            length += len(piece)
        return Response(f"{length} {digest.hexdigest()}")

    with served(app) as base:
        yield base


def through(opened: Door, url: str) -> str:
    return opened.gate.base + url


def curl(*arguments: str) -> str:
    return subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, check=True, timeout=240).stdout


CURL = 'for i in 1 2 3 4 5; do curl -sS "$1"; done'
NODE = "for (let i = 0; i < 5; i++) process.stdout.write(await (await fetch(process.argv[1])).text())"
R = """library(httr2)
url <- commandArgs(TRUE)[1]
for (i in 1:5) cat(resp_body_string(req_perform(request(url))))"""


def clients(url: str) -> dict[str, list[str]]:
    """Five requests each; those whose program is here."""
    ways = {
        "curl": ["bash", "-c", CURL, "curl", url],
        "node": ["node", "--input-type=module", "-e", NODE, url],
        "Rscript": ["Rscript", "-e", R, url],
    }
    return {name: command for name, command in ways.items() if shutil.which(name)}


def test_curl_r_node_and_a_paced_session_keep_one_pace_on_the_wire(store: PaceStore, opened: Door) -> None:
    with logging_target() as target, PacedSession(store) as session:
        store.keep(target.url, PACE)
        ways = clients(through(opened, target.url))
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in ways.values()]
        for _ in range(5):
            assert session.get(target.url).text == "ok"
        said = [each.communicate(timeout=60)[0] for each in running]
        assert said == ["ok" * 5] * len(running)
        assert "curl" in ways
        assert len(target.arrivals) == 5 * len(running) + 5
        assert min(target.gaps) >= PACE


def test_the_program_prints_where_it_is_and_paces(store: PaceStore) -> None:
    command = [sys.executable, "-m", "widgets.pace.door", "--port", "0", "--store", store.url]
    with logging_target() as target:
        store.keep(target.url, PACE)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            base = process.stdout.readline().split()[-1]
            assert curl(base + target.url, base + target.url) == "okok"
            process.terminate()
        assert min(target.gaps) >= PACE


RUNS = {
    "curl through the door": ("curl", ["bash", "door.sh"], ""),
    "R httr2 through the door": ("Rscript", ["Rscript", "door.R"], "cat(resp_body_string(response))"),
    "JavaScript through the door": ("node", ["node", "door.mjs"], "console.log(await response.text())"),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_code_that_the_page_gives_for_the_door_runs(
    name: str, store: PaceStore, opened: Door, tmp_path: Path
) -> None:
    program, command, shown = RUNS[name]
    if not shutil.which(program):
        pytest.skip(f"{program} is not here")
    with logging_target() as target:
        file, write = CODE[name]
        (tmp_path / file).write_text(write(store.keep(target.url, PACE)) + shown)
        environ = os.environ | {"WAITWISE_DOOR": opened.gate.base}
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True, timeout=60
        )
        assert done.stdout.strip() == "ok"
        assert len(target.arrivals) == 1


@pytest.mark.parametrize(
    ("name", "door"), [*((name, "") for name in RUNS), ("JavaScript through the door", "http://127.0.0.1:1/gone/")]
)
def test_the_code_for_the_door_says_what_is_missing(name: str, door: str, tmp_path: Path) -> None:
    """Only of JavaScript does it say that nothing answers there: the others say so by themselves."""
    program, command, shown = RUNS[name]
    if not shutil.which(program):
        pytest.skip(f"{program} is not here")
    file, write = CODE[name]
    (tmp_path / file).write_text(write(Pace(Target("http://a.example", "/", "GET"), 6.6, "x", 0.0)) + shown)
    environ = {key: value for key, value in os.environ.items() if key != "WAITWISE_DOOR"}
    environ |= {"WAITWISE_DOOR": door} if door else {}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    said = " ".join(done.stderr.split())
    if door:
        assert "The door does not answer. Is it open, and WAITWISE_DOOR what it printed last?" in said
    else:
        assert re.search(r"WAITWISE_DOOR:? is not set\. Open the door, python -m widgets\.pace\.door, and put", said)


@Request.application
def echo(request: Request) -> Response:
    """Says what came: the lines of the head that matter, and the body."""
    if request.path == "/moved":
        return Response(status=302, headers={"Location": "/echo?moved=yes"})
    names = sorted(name for name, _ in request.headers if name.startswith(("X-", "Cookie", "Accept")))
    lines = [f"{request.method} {request.full_path}", *(f"{name}: {request.headers[name]}" for name in names)]
    response = Response("\n".join(lines).encode() + b"\n" + request.get_data(), status=207)
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    response.headers["ETag"] = '"x"'
    return response


def test_method_query_headers_body_and_status_pass_as_they_are(opened: Door) -> None:
    with served(echo) as base:
        url = through(opened, f"{base}/echo?q=%20a/b")
        answer = requests.put(
            url, data=b"\0\xff", headers={"X-One": "1", "Cookie": "c=d", "Accept-Encoding": "br"}, timeout=9
        )
        assert answer.status_code == 207
        assert answer.content == b"PUT /echo?q=%20a/b\nAccept: */*\nAccept-Encoding: br\nCookie: c=d\nX-One: 1\n\0\xff"
        assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
        assert answer.headers["ETag"] == '"x"'


def test_a_body_in_chunks_passes(opened: Door) -> None:
    with large(1) as base:
        pieces = [os.urandom(100_000) for _ in range(5)]
        answer = requests.post(through(opened, base), data=iter(pieces), timeout=30)
        whole = b"".join(pieces)
        assert answer.text == f"{len(whole)} {hashlib.sha256(whole).hexdigest()}"
        small = requests.post(through(opened, base), data=iter([b"a", b"b"]), timeout=30)
        assert small.text == f"2 {hashlib.sha256(b'ab').hexdigest()}"


def test_a_redirect_is_followed_through_the_door(opened: Door) -> None:
    with served(echo) as base:
        answer = requests.get(through(opened, f"{base}/moved"), timeout=9)
        assert answer.history[0].headers["Location"] == through(opened, f"{base}/echo?moved=yes")
        assert answer.text.startswith("GET /echo?moved=yes")


def test_a_retry_after_is_passed_on_and_obeyed(store: PaceStore, opened: Door) -> None:
    moments, number = [], count()

    @Request.application
    def app(_: Request) -> Response:
        moments.append(time.monotonic())
        return Response(status=200 if next(number) else 429, headers={"Retry-After": "1"})

    with served(app) as base:
        store.keep(base, 0.01)
        answers = [requests.get(through(opened, base), timeout=20) for _ in range(2)]
    assert [each.status_code for each in answers] == [429, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert moments[1] - moments[0] >= 1


@pytest.mark.parametrize(
    ("status", "body", "counts"),
    [
        (200, b"ok", (1, 0)),
        (500, b"a fault", (0, 0)),
        (404, b"", (0, 0)),
        (302, b"", (0, 0)),
        (200, b'{"error": "Too many requests"}', (0, 1)),
        (403, gzip.compress(b'{"message": "Rate exceeded"}', mtime=0), (0, 1)),
        (200, bytes(MB), (1, 0)),
    ],
)
def test_an_answer_counts_as_in_a_session(
    store: PaceStore, opened: Door, status: int, body: bytes, counts: tuple[int, int]
) -> None:
    """A fault counted as accepted, and confirmed the pace; a refusal in words alone did the same."""
    packed = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}

    @Request.application
    def app(_: Request) -> Response:
        return Response(body, status=status, headers=packed, content_type="application/json")

    with served(app) as base:
        store.keep(base, 0.01)
        answer = requests.get(through(opened, base), timeout=20, allow_redirects=False)
        assert answer.status_code == status
        pace = store.pace(base)
    assert pace is not None
    assert (pace.accepted, pace.refused) == counts


@pytest.mark.parametrize(("when", "seconds"), [("in 40 seconds", 40), ("in a few minutes", 60)])
def test_a_refusal_in_words_says_there_when_to_come_back(
    store: PaceStore, opened: Door, when: str, seconds: float
) -> None:
    @Request.application
    def app(_: Request) -> Response:
        return Response(f'{{"error": "Too many requests, try again {when}"}}', status=400)

    with served(app) as base:
        store.keep(base, 0.01)
        requests.get(through(opened, base), timeout=20)
        with PacedSession(store) as session:
            assert seconds - 10 < session.due_in(base) <= seconds


def test_who_has_the_token_sees_what_is_paced_and_what_waits_without_secrets(store: PaceStore, opened: Door) -> None:
    with logging_target() as target:
        store.keep(target.url, 30)
        waiting = subprocess.Popen(["curl", "-sS", through(opened, f"{target.url}?api_key=s3cret-s3cret&x=<b>")])
        try:
            end = time.monotonic() + 20
            while not opened.waiting and time.monotonic() < end:
                time.sleep(0.02)
            page = requests.get(opened.gate.base, timeout=9)
        finally:
            waiting.kill()
            waiting.wait()
    assert page.status_code == 200
    assert "30 s" in page.text
    assert "/log?api_key=" in page.text
    assert "s3cret-s3cret" not in page.text
    assert "<b>" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_client_that_goes_away_while_it_waits_is_not_sent_for(store: PaceStore, opened: Door) -> None:
    with logging_target() as target:
        store.keep(target.url, 2)
        waiting = subprocess.Popen(["curl", "-sS", through(opened, target.url)])
        end = time.monotonic() + 20
        while not opened.waiting and time.monotonic() < end:
            time.sleep(0.02)
        assert opened.waiting
        waiting.kill()
        waiting.wait()
        while opened.waiting and time.monotonic() < end:
            time.sleep(0.02)
        assert not opened.waiting
        time.sleep(2)
        assert target.arrivals == []


def test_an_answer_that_breaks_off_does_not_look_whole(opened: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as service:

        def serve() -> None:
            connection, _ = service.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        url = through(opened, f"http://127.0.0.1:{service.getsockname()[1]}/")
        done = subprocess.run(["curl", "-sS", url], capture_output=True, text=True, check=False, timeout=30)
        thread.join()
    assert done.returncode != 0
    assert done.stdout in {"abc", ""}


def test_a_client_that_goes_away_in_the_middle_ends_the_answer_and_the_door_stays_open(opened: Door) -> None:
    cut = threading.Event()

    def endless() -> Iterator[bytes]:
        try:
            while True:
                yield bytes(MB)
        finally:
            cut.set()

    @Request.application
    def app(request: Request) -> Response:
        return Response(endless()) if request.path == "/endless" else Response("here")

    with served(app) as base:
        with requests.get(through(opened, f"{base}/endless"), stream=True, timeout=9) as answer:
            assert answer.raw.read(10)
        assert cut.wait(20)
        assert requests.get(through(opened, base), timeout=9).text == "here"


def test_the_doors_own_answers_say_why(store: PaceStore) -> None:
    with door(store, guard=Guard("public")) as public, logging_target() as target:
        private = requests.get(through(public, target.url.replace(":", ":", 1)), timeout=9)
        assert private.status_code == 403
        assert "public" in private.text
        assert target.arrivals == []
        nobody = requests.get(public.gate.base + "nonsense", timeout=9)
        assert nobody.status_code == 404
        assert "Waitwise-Door" in nobody.headers
    with door(store, patience=0.5) as hurried, logging_target() as target:
        store.keep(target.url, 60)
        late = requests.get(through(hurried, target.url), timeout=9)
        assert late.status_code == 503
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert target.arrivals == []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        assert requests.get(through(hurried, f"http://127.0.0.1:{port}/"), timeout=9).status_code == 502


def test_what_is_no_http_is_answered_with_400(opened: Door) -> None:
    with socket.create_connection(("127.0.0.1", opened.gate.port)) as sock:
        sock.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert sock.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_the_door_listens_on_this_machine_only(opened: Door) -> None:
    assert opened.server_address[0] == "127.0.0.1"


SIZES = [20, pytest.param(500, marks=pytest.mark.long)]


def peak(process: int) -> int:
    """The most bytes of memory that it has had so far; where the system does not say, what it has now."""
    try:
        [line] = [each for each in Path(f"/proc/{process}/status").read_text().splitlines() if "VmHWM" in each]
    except OSError:
        return psutil.Process(process).memory_info().rss
    return int(line.split()[1]) * 1024


@pytest.mark.parametrize("size", SIZES)
def test_a_large_body_passes_both_ways_in_bounded_memory(store: PaceStore, size: int) -> None:
    command = [sys.executable, "-m", "widgets.pace.door", "--port", "0", "--store", store.url]
    with large(size) as service, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        base = process.stdout.readline().split()[-1]
        assert curl("-o", "/dev/null", "-w", "%{size_download}", f"{base}{service}/one") == str(MB)
        before = peak(process.pid)
        assert curl("-o", "/dev/null", "-w", "%{size_download}", base + service) == str(size * MB)
        zeros = (bytes(MB) for _ in range(size))
        sent = requests.post(base + service, data=zeros, timeout=300)
        digest = hashlib.sha256()
        for _ in range(size):
            digest.update(bytes(MB))
        assert sent.text == f"{size * MB} {digest.hexdigest()}"
        after = peak(process.pid)
        process.terminate()
    sys.stdout.write(f"{size} MB each way: {before / MB:.0f} MB of memory before, {after / MB:.0f} MB at most\n")
    assert after < before + 10 * MB


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--port", "99999"], "a port is a whole number from 0 to 65535, got '99999'"),
        (["--port", "abc"], "a port is a whole number from 0 to 65535, got 'abc'"),
        (["--patience", "-1"], "write a number of seconds, 0 or more, got '-1'"),
        (["--patience", "nan"], "write a number of seconds, 0 or more, got 'nan'"),
        (["--origin", "nonsense"], "write an origin such as http://localhost:3000, got 'nonsense'"),
        (["--origin", "http://a.example/"], "write an origin such as http://localhost:3000, got 'http://a.example/'"),
        (["--origin", "http://a:b"], "write an origin such as http://localhost:3000, got 'http://a:b'"),
        (["--store", "mysql://a/b"], "The store can be SQLite or PostgreSQL, not mysql (--store)."),
        (["--store", "sqlite://"], "postgresql+psycopg://USER@HOST/DATABASE (--store)."),
    ],
)
def test_bad_use_of_the_door_is_a_line(
    arguments: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["door", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"{says}\nTry --help.\n")


def test_a_store_that_is_none_is_said_before_the_door_opens_by_what_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, variable, says in (
        (["--store", "nonsense"], "sqlite:///unused.sqlite", "(--store)"),
        ([], "nonsense", "(WAITWISE_STORE)"),
    ):
        monkeypatch.setenv("WAITWISE_STORE", variable)
        monkeypatch.setattr(sys, "argv", ["door", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        assert f"The address of the store {says} cannot be understood" in capsys.readouterr().err


def test_a_port_that_another_program_has_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(sys, "argv", ["door", "--port", str(port)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert said == f"The door cannot be opened on port {port}: Address already in use. Choose another --port.\n"
