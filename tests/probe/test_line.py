from __future__ import annotations

import errno
import os
import ssl

import pytest

from widgets.probe.line import check_address, explain


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "type one, for example http://localhost:5009/Slow-NASA."),
        ("abc", "Write it whole, for example http://localhost:5009/Slow-NASA."),
        ("localhost:5009/Slow-NASA", "Write it whole, for example http://localhost:5009/Slow-NASA."),
        ("example.com", "Write it whole, for example http://example.com."),
        ("javascript:alert(1)", "only http:// and https:// addresses can be asked"),
        ("data:text/html,x.y", "only http:// and https:// addresses can be asked"),
        ("ftp://example.com/", "only http:// and https:// addresses can be asked"),
        ("http://", "its host is missing or misspelt"),
        ("http://[::1", "its host is missing or misspelt"),
    ],
)
def test_what_is_no_address_gets_a_sentence_that_says_what_to_do(address: str, says: str) -> None:
    with pytest.raises(ValueError, match="address") as caught:
        check_address(address)
    assert says in str(caught.value)
    assert str(caught.value).endswith(".")
    assert not str(caught.value).endswith("..")
    assert "http://javascript" not in str(caught.value)


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPROTO])
def test_an_error_of_the_system_is_said_in_words_and_not_in_numbers(number: int) -> None:
    words = explain(OSError(number, os.strerror(number)))
    assert "Errno" not in words
    assert str(number) not in words
    assert not words.endswith(".")


def test_a_failed_handshake_is_said_without_the_words_of_the_library() -> None:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1000)")
    error.reason = "CERTIFICATE_VERIFY_FAILED"
    assert explain(error) == "the secure connection failed (certificate verify failed)"


def test_a_sentence_of_the_guard_can_stand_within_another() -> None:
    assert explain(OSError("10.0.0.1 is not a public address.")) == "10.0.0.1 is not a public address"
