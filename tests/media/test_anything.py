"""Whatever the bytes, the declared type, the charset and the description: `render` never raises."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import examples
from widgets.media import Piece, render
from widgets.media.registry import known_kinds
from widgets.media.sniff import SIGNATURES

from .test_attacks import judge

if TYPE_CHECKING:
    import pytest

TYPES = st.one_of(
    st.sampled_from(sorted(name.replace("*", "x") for _, names in known_kinds() for name in names)),
    st.sampled_from(sorted({media_type for _, _, media_type, _ in SIGNATURES})),
    st.text(max_size=40),
)
STARTS = st.sampled_from([b"", *(b"\0" * offset + signature for offset, signature, *_ in SIGNATURES if offset < 16)])
BODIES = st.builds(
    lambda start, rest: start + rest, STARTS, st.binary(max_size=400) | st.text(max_size=200).map(str.encode)
)


@settings(max_examples=examples(300), deadline=None, derandomize=True, database=None)
@given(body=BODIES, media_type=TYPES, charset=st.text(max_size=20), description=st.text(max_size=40), url=st.text())
def test_anything_can_be_rendered(body: bytes, media_type: str, charset: str, description: str, url: str) -> None:
    judge(render(Piece(url, body, media_type, charset, description)))
    judge(render(Piece(url, body, media_type, charset, description), shown_as=media_type or "text/plain"))


class Unreadable:
    """A body that fails whatever is asked of it."""

    def __len__(self) -> int:
        raise OSError("gone")

    def __getitem__(self, part: slice, /) -> bytes:
        raise OSError("gone")

    def __bytes__(self) -> bytes:
        raise OSError("gone")


def test_even_a_body_that_cannot_be_read_does_not_raise(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL, logger="widgets.media"):
        widget = render(Piece("http://x/", Unreadable(), "text/plain"))
    assert "This reply cannot be shown." in widget.value
