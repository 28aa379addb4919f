from __future__ import annotations

import errno
import os
import ssl

import pytest

from widgets.http.errors import AddressError, BlockedError, FetchError, NotHTTPError, broken_off, explained

URL = "http://x.example:81/a"


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPROTO, errno.EIO])
def test_an_error_of_the_system_is_said_in_words_and_not_in_numbers(number: int) -> None:
    error = explained(OSError(number, os.strerror(number)), URL)
    for words in (str(error), error.brief, broken_off(OSError(number, os.strerror(number)))):
        assert "Errno" not in words
        assert str(number) not in words
    assert not error.brief.endswith(".")


def test_a_failed_handshake_is_said_without_the_words_of_the_library() -> None:
    refused = ssl.SSLCertVerificationError(
        1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1000)"
    )
    refused.verify_code = 10
    assert explained(refused, URL).brief == "the secure connection failed: its certificate has expired"
    for error in (refused, ssl.SSLError(1, "[SSL: BAD_THING] bad thing (_ssl.c:1000)")):
        words = str(explained(error, URL)) + explained(error, URL).brief + broken_off(error)
        assert "_ssl" not in words
        assert "[" not in words


def test_a_cut_is_told_by_who_made_it_whatever_was_raised() -> None:
    assert explained(OSError(9, "Bad file descriptor"), URL, "stopped").brief == "stopped"
    assert explained(ValueError(), URL, "late", 0.3).brief == "no whole answer within 0.3 s"


def test_one_of_ours_comes_out_as_it_went_in() -> None:
    ours, wrapped = BlockedError("Not there. It is inside."), RuntimeError()
    wrapped.__cause__ = ours
    assert explained(wrapped, URL) is ours
    assert ours.brief == "Not there"
    assert isinstance(ours, (AddressError, ValueError))


@pytest.mark.parametrize(
    "error", [NotHTTPError("it begins with 'x'"), KeyError(("a", 1)), ConnectionResetError(104, "x")]
)
def test_no_name_of_an_object_and_no_tuple_is_told(error: Exception) -> None:
    for words in (str(explained(error, URL)), explained(error, URL).brief, broken_off(error)):
        assert "('" not in words
        assert "<" not in words


def test_every_error_says_what_to_do_and_names_the_host() -> None:
    for error in (
        TimeoutError(),
        ConnectionResetError(),
        OSError(errno.ECONNREFUSED, ""),
        NotHTTPError("it begins oddly"),
    ):
        told = explained(error, "http://me:secret@x.example:81/a?key=s")
        assert isinstance(told, FetchError)
        assert "x.example:81" in str(told)
        assert "secret" not in str(told)
        assert str(told).count(".") >= 2


@pytest.mark.parametrize(("seconds", "words"), [(10.0, "10 s"), (600.0, "600 s"), (3600.0, "3,600 s"), (0.2, "0.2 s")])
def test_how_long_was_waited_is_said_without_an_exponent(seconds: float, words: str) -> None:
    assert f"sent nothing for {words}. It may" in str(explained(TimeoutError(), URL, silence=seconds))
    late = explained(TimeoutError(), URL, "late", seconds)
    assert f"within {words}. Try again" in str(late)
    assert late.brief == f"no whole answer within {words}"
    assert "sent nothing for too long. It may" in str(explained(TimeoutError(), URL))
