"""TLS: verified always, and explained when it fails. The key beside this file protects nothing: it signs itself."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from widgets.fetch import Fetcher
from widgets.http import connection
from widgets.http.connection import describe_certificate
from widgets.http.errors import CertificateError

if TYPE_CHECKING:
    from collections.abc import Iterator

PEM = Path(__file__).with_name("self_signed.pem")


@pytest.fixture
def secure() -> Iterator[tuple[str, list[bytes]]]:
    """A service with a certificate that it made itself: its address, and the requests that it got."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                raw, _ = listener.accept()
                # Who does not trust the certificate hangs up in the handshake.
                with raw, contextlib.suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
                    got.append(connection.recv(65_536))
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{listener.getsockname()[1]}/", got
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(30)


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    secure: tuple[str, list[bytes]],
) -> None:
    url, got = secure
    with pytest.raises(CertificateError, match=r"who it is: it has a self-signed certificate.*Nothing was sent"):
        Fetcher().fetch(url, headers={"Authorization": "Bearer s3cret"})
    assert got == []


def test_a_trusted_certificate_is_described(secure: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "tls", lambda: ssl.create_default_context(cafile=str(PEM)))
    reply = Fetcher().fetch(secure[0])
    hop = reply.hops[0]
    assert bytes(reply.body) == b"ok"
    assert hop.security.startswith("TLSv1.3; certificate for localhost, 127.0.0.1, by Waitwise tests, valid from ")
    assert [moment for moment, _ in hop.moments] == ["name looked up", "connected", "secured", "answered"]


def test_a_trusted_certificate_for_another_name_is_refused(
    secure: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "tls", lambda: ssl.create_default_context(cafile=str(PEM)))
    fetcher = Fetcher(resolver=lambda host, port: ["127.0.0.1"])
    with pytest.raises(CertificateError, match="could not prove who it is: its certificate is for another name"):
        fetcher.fetch(secure[0].replace("localhost", "other.example"))


def test_plain_http_where_tls_is_asked_for_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            raw, _ = listener.accept()
            with raw:
                raw.recv(65_536)
                raw.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(CertificateError, match="wants http instead of https"):
            Fetcher(patience=2).fetch(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join(30)


def test_a_certificate_without_names_is_described_too() -> None:
    assert describe_certificate({}) == "certificate for no name, by an unnamed issuer, valid from ? to ?"
