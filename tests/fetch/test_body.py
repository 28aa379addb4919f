from __future__ import annotations

import pytest

from widgets.fetch.body import Body


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
