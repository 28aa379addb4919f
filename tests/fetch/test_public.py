"""Public mode: what must not be asked is not, however it is written and wherever it hides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from widgets.fetch import Fetcher
from widgets.http import connection
from widgets.http.errors import AddressError, BlockedError, FetchError, RedirectError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

FORMS = [
    "http://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
    "http://0177.0.0.1/", "http://017700000001/", "http://0/", "http://0.0.0.0/", "http://127.0.0.1:80/", "https://127.0.0.1/",
    "http://127.0.0.1./", "http://127.000.000.001/", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[fe80::1]/", "http://[fe80::1%25lo]/", "http://[fc00::1]/", "http://[ff02::1]/", "http://10.0.0.1/",
    "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
    "http://168.63.129.16/", "http://192.0.0.192/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
    "http://198.18.0.1/", "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://me@127.0.0.1/",
    "http://example.org@127.0.0.1/", "http://127.0.0.1\\@example.org/", "http://127.0.0.1#@example.org/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/", "http://127\u30020\u30020\u30021/", "http://127.0.0.1:443/", "http://127.0.0.1:22/",
    "http://8.8.8.8:22/", "https://8.8.8.8:80/",
]  # fmt: skip


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the addresses that would be dialled, and dial none."""
    seen: list[str] = []

    def record(address: str, *_: object) -> socket.socket:
        seen.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(connection, "_connected", record)
    return seen


@pytest.mark.parametrize("url", FORMS)
def test_a_form_of_an_address_that_must_be_blocked_is_never_dialled(url: str, dialled: list[str]) -> None:
    with pytest.raises(FetchError) as caught:
        Fetcher(mode="public").fetch(url)
    assert dialled == []
    assert isinstance(caught.value, (BlockedError, AddressError)) or "No address is known" in str(caught.value)


def test_the_address_that_was_checked_is_the_one_that_is_dialled(dialled: list[str]) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    with pytest.raises(FetchError):
        Fetcher(mode="public", resolver=rebinding).fetch("http://rebinding.example/")
    assert dialled == ["93.184.216.34"]


def test_one_inner_address_among_public_ones_blocks_them_all(dialled: list[str]) -> None:
    with pytest.raises(BlockedError, match=r"leads to 10\.0\.0\.1"):
        Fetcher(mode="public", resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"]).fetch("http://mixed.example/")
    assert dialled == []


def test_every_public_address_is_tried(dialled: list[str]) -> None:
    with pytest.raises(FetchError):
        Fetcher(mode="public", resolver=lambda host, port: ["1.1.1.1", "8.8.8.8"]).fetch("http://two.example/")
    assert dialled == ["1.1.1.1", "8.8.8.8"]


def test_the_bundled_service_is_asked_and_another_port_of_it_is_not(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    one, other = service(answer(b"ok")), service(answer(b"secret"))
    fetcher = Fetcher(mode="public", exceptions=[("127.0.0.1", one.port)])
    assert bytes(fetcher.fetch(one.url).body) == b"ok"
    with pytest.raises(BlockedError, match="public mode"):
        fetcher.fetch(other.url)
    assert other.heads == []


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/", "http://127.0.0.1:22/", "http://[::1]/", "http://2130706433/"]
)
def test_a_redirect_is_checked_like_any_address(
    service: Callable[..., Any], answer: Callable[..., Any], target: str
) -> None:
    one = service(answer(headers={"Location": target}, status="302 Found"))
    with pytest.raises((BlockedError, RedirectError)):
        Fetcher(mode="public", exceptions=[("127.0.0.1", one.port)]).fetch(one.url)


def test_a_redirect_from_the_bundled_service_to_another_service_of_the_machine_is_blocked(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    inner = service(answer(b"secret"))
    one = service(answer(headers={"Location": inner.url}, status="302 Found"))
    with pytest.raises(BlockedError):
        Fetcher(mode="public", exceptions=[("127.0.0.1", one.port)]).fetch(one.url)
    assert inner.heads == []
