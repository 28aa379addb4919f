"""Answers that are broken on purpose, as a plain socket sees them."""

from __future__ import annotations

import gzip
import http.client
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

from server import create_app
from server.lab.broken import BOMB, FAULTS, MOST_BYTES, MOST_STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


def raw(base: str, path: str) -> tuple[dict[str, str], bytes]:
    """Status line and headers (as '' and lower-case names), and every byte that came after them."""
    parts = urlsplit(base)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return {"": first, **fields}, body


def test_every_fault_is_listed_with_a_sentence(base: str) -> None:
    listed = requests.get(f"{base}/broken", timeout=20).json()["faults"]
    assert [fault["name"] for fault in listed] == list(FAULTS)
    assert all(fault["sentence"].endswith(".") for fault in listed)


def test_a_picture_says_it_is_text(base: str) -> None:
    headers, body = raw(base, "/broken/mislabelled")
    assert headers["content-type"].startswith("text/plain")
    assert body.startswith(b"\x89PNG")


def test_a_page_says_it_is_json(base: str) -> None:
    reply = requests.get(f"{base}/broken/wrong-json", timeout=20)
    assert reply.headers["Content-Type"] == "application/json"
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_a_body_breaks_off(base: str) -> None:
    headers, body = raw(base, "/broken/truncated")
    assert 0 < len(body) < int(headers["content-length"])
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{base}/broken/truncated", timeout=20)


def test_a_length_is_less_than_the_body(base: str) -> None:
    headers, body = raw(base, "/broken/wrong-length")
    assert len(body) == int(headers["content-length"]) + 10


def test_a_charset_does_not_exist(base: str) -> None:
    headers, body = raw(base, "/broken/bad-charset")
    with pytest.raises(LookupError):
        body.decode(headers["content-type"].partition("charset=")[2])


def test_bytes_are_not_in_the_charset_they_say(base: str) -> None:
    headers, body = raw(base, "/broken/wrong-charset")
    assert headers["content-type"].endswith("charset=utf-8")
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


def test_a_type_is_missing(base: str) -> None:
    headers, body = raw(base, "/broken/missing-type")
    assert "content-type" not in headers
    assert body.startswith(b"\x89PNG")


def test_a_body_is_not_packed_as_it_says(base: str) -> None:
    headers, body = raw(base, "/broken/wrong-encoding")
    assert headers["content-encoding"] == "gzip"
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(body)


def test_a_picture_is_empty(base: str) -> None:
    headers, body = raw(base, "/broken/empty-picture")
    assert (headers["content-type"], body) == ("image/png", b"")


def test_a_redirect_leads_to_itself(base: str) -> None:
    with pytest.raises(requests.TooManyRedirects):
        requests.get(f"{base}/broken/redirect-loop", timeout=20)


def test_a_bomb_is_small_on_the_wire_and_bounded_unpacked(base: str) -> None:
    _, body = raw(base, "/broken/bomb")
    assert len(body) < 20_000
    assert len(gzip.decompress(body)) == BOMB


def test_a_stream_ends_at_the_bytes_it_was_given(base: str) -> None:
    reply = requests.get(f"{base}/broken/endless?bytes=100000", timeout=20)
    assert "Content-Length" not in reply.headers
    assert len(reply.content) == 100_000


def test_a_stream_ends_at_the_seconds_it_was_given(base: str) -> None:
    began = time.perf_counter()
    reply = requests.get(f"{base}/broken/dripping?seconds=0.5&bytes={MOST_BYTES}", timeout=20)
    assert time.perf_counter() - began > 0.4
    assert reply.content == b"....."


@pytest.mark.parametrize("query", ["seconds=31", "seconds=x", "bytes=-1", "bytes=1e12", "seconds=nan"])
def test_a_stream_cannot_be_made_longer_than_the_bounds(base: str, query: str) -> None:
    assert requests.get(f"{base}/broken/endless?{query}", timeout=20).status_code == 400


def test_only_so_many_streams_run_at_once_and_their_places_come_free(serve: Callable[[Flask], str]) -> None:
    parts = urlsplit(serve(create_app()))
    address = (parts.hostname or "", parts.port or 0)

    def stream() -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(*address, timeout=20)
        connection.request("GET", "/broken/dripping?seconds=30")
        return connection.getresponse()  # it closes the connection when it is closed, since the server keeps none

    streams = [stream() for _ in range(MOST_STREAMS)]
    assert [each.status for each in streams] == [200] * MOST_STREAMS
    with stream() as turned_away:
        assert turned_away.status == 503
    for each in streams:
        each.close()
    end, status = time.monotonic() + 30, 503
    while status == 503 and time.monotonic() < end:
        with stream() as again:
            status = again.status
        time.sleep(0.05)
    assert status == 200


def test_an_unknown_fault_is_a_404_that_lists_the_faults(base: str) -> None:
    reply = requests.get(f"{base}/broken/heart", headers={"Accept": "application/json"}, timeout=20)
    assert (reply.status_code, reply.json()["available"]) == (404, list(FAULTS))
