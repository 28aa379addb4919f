from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from widgets.kit.mode import ModeError, is_loopback, mode

VOILA = {"VOILA_REQUEST_URL": "http://localhost:8866/"}
LAB = {"JPY_PARENT_PID": "7"}


@pytest.mark.parametrize(
    ("environ", "listening", "expected"),
    [
        ({}, [], "local"),
        ({}, ["0.0.0.0"], "local"),  # noqa: S104 - an address that is looked at, not bound
        (LAB, ["127.0.0.1", "::1"], "local"),
        (LAB, ["127.0.0.1", "0.0.0.0"], "public"),  # noqa: S104
        (LAB, ["::"], "public"),
        (VOILA, ["127.0.0.1", "::1"], "local"),
        (VOILA, ["127.0.0.1", "0.0.0.0"], "public"),  # noqa: S104 - an address that is looked at, not bound
        (VOILA, ["::"], "public"),
        (VOILA, ["192.168.1.7"], "public"),
        (VOILA | {"WAITWISE_MODE": "local"}, ["0.0.0.0"], "public"),  # noqa: S104
        (VOILA | {"WAITWISE_MODE": "public"}, ["127.0.0.1"], "public"),
        (VOILA | {"WAITWISE_MODE": " PUBLIC "}, ["127.0.0.1"], "public"),
        (VOILA | {"WAITWISE_MODE": " "}, ["127.0.0.1"], "local"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/a/"}, [], "public"),
        ({"BINDER_SERVICE_HOST": "x"}, [], "public"),
    ],
)
def test_the_mode_follows_from_who_can_reach_the_page(
    environ: dict[str, str], listening: list[str], expected: str
) -> None:
    assert mode(environ, listening) == expected


@pytest.mark.parametrize("said", ["publik", "privat", "1", "public local"])
def test_a_word_that_is_no_mode_is_never_taken_for_none(said: str) -> None:
    for environ in ({}, VOILA, LAB):
        with pytest.raises(ModeError, match=f"^WAITWISE_MODE must be public, .*got '{said}'.$"):
            mode(environ | {"WAITWISE_MODE": said}, ["127.0.0.1"])


@pytest.mark.parametrize("server", [VOILA, LAB])
def test_the_sockets_of_the_parent_process_are_what_is_looked_at(server: dict[str, str]) -> None:
    child = "from widgets.kit.mode import mode; print(mode())"
    for host, expected in (("127.0.0.1", "local"), ("0.0.0.0", "public")):  # noqa: S104 - one socket, for a moment
        with socket.create_server((host, 0)):
            run = subprocess.run(
                [sys.executable, "-c", child], env=os.environ | server, capture_output=True, text=True, check=True
            )
        assert run.stdout.strip() == expected


def test_a_forked_kernel_is_public_where_the_server_that_is_not_its_parent_is() -> None:
    child = "from widgets.kit.mode import mode; print(mode())"
    listen = f"import subprocess, sys; print(subprocess.run([sys.executable, '-c', {child!r}], check=True))"
    for host, expected in (("127.0.0.1", "local"), ("0.0.0.0", "public")):  # noqa: S104 - one socket, for a moment
        with socket.create_server((host, 0)):
            run = subprocess.run(
                [sys.executable, "-c", listen],
                env=os.environ | {"JPY_PARENT_PID": str(os.getpid())},
                capture_output=True,
                text=True,
                check=True,
            )
        assert run.stdout.split()[0] == expected


def test_loopback_is_seen_through_its_other_forms() -> None:
    assert all(map(is_loopback, ("127.8.9.1", "::1", "::ffff:127.0.0.1", "::1%lo")))
    assert not any(map(is_loopback, ("10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "0.0.0.0")))  # noqa: S104
