from __future__ import annotations

import os
import time
import weakref
from typing import IO

import pytest

from widgets.fetch import body as bodies
from widgets.fetch.body import Body


def in_file(body: Body) -> bool:
    return body._file is not None


def within(seconds: float, body: Body) -> bool:
    """Whether it has come to its file by then, without being asked for it."""
    until = time.monotonic() + seconds
    while not in_file(body) and time.monotonic() < until:
        time.sleep(0.005)
    return in_file(body)


@pytest.mark.parametrize("in_memory", [1_000_000, 10])
def test_a_body_reads_the_same_in_memory_and_in_a_file(in_memory: int) -> None:
    body = Body(in_memory)
    for piece in (b"hello", b", ", b"world of bytes"):
        body.append(piece)
    assert len(body) == 21
    assert bytes(body) == b"hello, world of bytes"
    assert [body[:5], body[7:12], body[-5:], body[100:]] == [b"hello", b"world", b"bytes", b""]


def test_a_small_body_settles_as_bytes() -> None:
    body = Body(100)
    body.append(b"abc")
    assert body.settled() == b"abc"


def test_a_large_body_settles_as_itself_and_can_still_be_read() -> None:
    body = Body(2)
    body.append(b"abc")
    settled = body.settled()
    assert settled is body
    assert settled[1:] == b"bc"


def test_a_body_is_not_read_in_steps() -> None:
    with pytest.raises(ValueError, match="got step 2"):
        Body()[::2]


def test_a_body_is_in_memory_while_it_is_first_shown_and_then_in_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_SOON", 0.05)
    body = Body(in_memory=4, at_first=20)
    body.append(b"hello, world")
    settled = body.settled()
    assert settled is body
    assert not in_file(body)
    assert body[7:] == b"world"
    assert within(5, body)
    assert bytes(body) == b"hello, world"
    assert not body._head


def test_a_decoder_that_wants_the_file_has_it_at_once() -> None:
    body = Body(in_memory=4, at_first=20)
    body.append(b"hello, world")
    number = body.file_number
    assert number is not None
    assert os.pread(number, 5, 7) == b"world"
    body.append(b"!")
    assert bytes(body) == b"hello, world!"


def test_a_body_that_stays_in_memory_has_no_file() -> None:
    body = Body(in_memory=20, at_first=40)
    body.append(b"abc")
    assert body.file_number is None


def test_a_body_beyond_what_is_in_memory_at_first_goes_to_its_file_as_it_comes() -> None:
    body = Body(in_memory=4, at_first=8)
    body.append(b"12345678")
    assert not in_file(body)
    body.append(b"9")
    assert in_file(body)
    assert bytes(body) == b"123456789"


@pytest.mark.parametrize(("size", "first"), [(None, True), (20_000_000, True), (1_000_000_000, False)])
def test_what_is_announced_as_large_never_grows_in_memory(size: int | None, first: bool) -> None:
    body = bodies._body_of(size)
    body.append(bytes(bodies.IN_MEMORY + 1))
    assert in_file(body) is not first


def test_a_body_that_nobody_wants_any_more_is_let_go_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(bodies, "_nameless_file", written.append)
    monkeypatch.setattr(bodies, "_SOON", 0.05)
    body = Body(in_memory=1, at_first=20)
    body.append(b"abc")
    body.settled()
    known = weakref.ref(body)
    del body
    assert known() is None
    time.sleep(0.15)
    assert written == []


def test_where_the_disk_is_full_a_body_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Body] = []

    def full(owner: Body) -> IO[bytes]:
        tried.append(owner)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bodies, "_nameless_file", full)
    monkeypatch.setattr(bodies, "_SOON", 0.01)
    body = Body(in_memory=1, at_first=20)
    body.append(b"abc")
    body.settled()
    until = time.monotonic() + 5
    while not tried and time.monotonic() < until:
        time.sleep(0.005)
    assert tried == [body]
    assert bytes(body) == b"abc"
