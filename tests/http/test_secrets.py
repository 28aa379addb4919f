"""One list of what is secret, for all that is written and shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.http.secrets import (
    HARMLESS,
    Scrubber,
    credential_of,
    is_secret_name,
    masked,
    masked_address,
    secrets_in,
    userinfo,
    without_secrets,
    without_userinfo,
)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "apikey",
        "X-JWT",
        "X-Signature",
        "Ocp-Apim-Subscription-Key",
        "X-Amz-Security-Token",
        "X-Auth-Token",
        "X-Session-Id",
        "X-CSRF-Token",
        "client_secret",
        "password",
        "sid",
    ],
)
def test_a_name_that_says_so_carries_a_secret(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_name(name.swapcase())
    assert masked([(name, "s3cret")]) == [(name, "***")]


@pytest.mark.parametrize(
    "name", ["Accept", "Content-Type", "ETag", "page", "Monkey", "X-Request-Id", "zipcodes", *sorted(HARMLESS)]
)
def test_any_other_does_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://x.example/a?page=2", "http://x.example/a?page=2"),
        ("http://x.example/a?API_key=abc&page=2", "http://x.example/a?API_key=***&page=2"),
        ("http://x.example/a?api%5Fkey=abc", "http://x.example/a?api%5Fkey=***"),
        ("http://x.example/a?page=2;token=abc", "http://x.example/a?page=2;token=***"),
        ("http://x.example/a#access_token=abc&state=1", "http://x.example/a#access_token=***&state=1"),
        ("http://me:word@x.example/", "http://***@x.example/"),
        ("/back?code=abc", "/back?code=***"),
        ("http://[", "http://["),
    ],
)
def test_an_address_is_shown_as_it_is_but_for_its_secrets(address: str, shown: str) -> None:
    assert masked_address(address) == shown


@given(
    text=st.text(max_size=60) | st.text(alphabet="htp:/[]?#@=&;key%.", max_size=40).map(lambda text: f"http://{text}")
)
def test_nothing_that_somebody_types_makes_it_raise(text: str) -> None:
    for read in (credential_of, secrets_in, userinfo, without_userinfo, without_secrets, masked_address):
        assert isinstance(read(text), str)
    assert isinstance(Scrubber((text,)).text(text), str)
