from __future__ import annotations

import socket

import pytest

from widgets.http.address import Guard, is_public, own, parse, resolve
from widgets.http.errors import AddressError, BlockedError, UnreachableError, explained
from widgets.http.message import named

BLOCKED = [
    "0.0.0.0",  # noqa: S104 - it is refused here, not listened on
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8", "168.63.129.16",
    "169.254.1.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "233.252.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
    "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "not an address", "", "127.1", "0x7f000001", "2130706433",
]  # fmt: skip
OPEN = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", BLOCKED)
def test_an_address_that_is_not_of_the_open_internet_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


def guard_that_finds(*addresses: str, exceptions: tuple[tuple[str, int], ...] = ()) -> Guard:
    return Guard("public", exceptions, lambda host, port: list(addresses))


def test_public_mode_returns_the_addresses_that_were_checked() -> None:
    assert guard_that_finds("1.1.1.1", "8.8.8.8").addresses("x.example", 80) == ["1.1.1.1", "8.8.8.8"]


def test_one_bad_answer_among_good_ones_blocks_the_name() -> None:
    with pytest.raises(BlockedError, match=r"leads to 10\.0\.0\.1"):
        guard_that_finds("1.1.1.1", "10.0.0.1").addresses("x.example", 80)


def test_the_bundled_service_is_excepted_on_its_own_port_only() -> None:
    guard = guard_that_finds("127.0.0.1", exceptions=(("localhost", 5009),))
    assert guard.addresses("localhost", 5009) == ["127.0.0.1"]
    assert guard.check("http://localhost:5009/NASA")
    with pytest.raises(BlockedError):
        guard.addresses("localhost", 80)
    with pytest.raises(BlockedError, match="on port 5010"):
        guard.check("http://localhost:5010/NASA")


@pytest.mark.parametrize("url", ["http://x.example/", "https://x.example/", "http://x.example:80/"])
def test_public_mode_asks_the_ports_of_the_web(url: str) -> None:
    assert guard_that_finds().check(url) == url.replace(":80", "")


@pytest.mark.parametrize("url", ["http://x.example:22/", "http://x.example:443/", "https://x.example:8443/"])
def test_public_mode_asks_no_other_ports(url: str) -> None:
    with pytest.raises(BlockedError, match="only ports 80 and 443"):
        guard_that_finds().check(url)


def test_local_mode_asks_any_address_and_port() -> None:
    guard = Guard("local", (), lambda host, port: ["127.0.0.1"])
    assert guard.check("http://localhost:22/")
    assert guard.addresses("localhost", 22) == ["127.0.0.1"]


def test_an_address_is_trimmed() -> None:
    assert Guard().check("  http://x.example/a \n") == "http://x.example/a"


def test_a_name_that_cannot_be_a_name_is_said_to_be_unknown() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise UnicodeError("label too long")

    with pytest.raises(UnreachableError, match="No address is known"):
        Guard("local", (), fails).addresses("x" * 100, 80)


def test_the_system_gives_every_address_of_a_name_once() -> None:
    assert resolve("127.0.0.1", 80) == ["127.0.0.1"]
    assert set(resolve("localhost", 80)) <= {"127.0.0.1", "::1"}
    with pytest.raises(socket.gaierror):
        resolve("256.256.256.256", 80)


@pytest.mark.parametrize("address", ["http://\u202egro.elpmaxe", "http://x\0y/", "http://x\ry/"])
def test_an_address_with_hidden_characters_is_refused(address: str) -> None:
    with pytest.raises(AddressError, match="control characters"):
        Guard().check(address)


@pytest.mark.parametrize(
    "address", ["\ufeffhttp://x.example/a", " http://x.example/a\u200b\n", "\u2060http://x.example/a"]
)
def test_what_is_copied_along_unseen_is_left_out(address: str) -> None:
    assert Guard().check(address) == "http://x.example/a"


@pytest.mark.parametrize("address", ["http://x.example/?u=http://y.example/", "http://x.example/https://y.example/"])
def test_an_address_in_an_address_is_asked_as_it_is(address: str) -> None:
    assert Guard().check(address) == address


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "Type one, such as http://127.0.0.1:5009/NASA."),
        ("abc", "it must begin with http:// or https://, for example http://127.0.0.1:5009/NASA."),
        ("localhost:5009/Slow-NASA", "Did you mean “http://localhost:5009/Slow-NASA”?"),
        ("example.com", "Did you mean “http://example.com”?"),
        ("javascript:alert(1)", "it must begin with http:// or https://"),
        ("curl -H 'A: b' 'http://x.example/a?b=c'", "Did you mean “http://x.example/a?b=c”?"),
        ("<https://x.example/a>.", "Did you mean “https://x.example/a”?"),
        ("[docs](http://x.example/a)", "Did you mean “http://x.example/a”?"),
        ("“http://x.example/a”", "Did you mean “http://x.example/a”?"),
        ("view-source:http://x.example/a", "Did you mean “http://x.example/a”?"),
        ("See http://x.example/a.", "Did you mean “http://x.example/a”?"),
        ("https://http://x.example/a", "Did you mean “http://x.example/a”?"),
        ("http://https//x.example/a", "Did you mean “https://x.example/a”?"),
        ("ws://x.example/", "of the kind ws:, but only http:// and https:// addresses can be asked"),
        ("data:text/html,x.y", "it must begin with http:// or https://"),
        ("ftp://example.com/", "only http:// and https:// addresses can be asked"),
        ("http://", "names no host"),
        ("http://[::1", "its host or its port is misspelt"),
        ("http://x:70000/", "its host or its port is misspelt"),
        ("http://x:0/", "nothing can be asked at port 0"),
    ],
)
def test_what_is_no_address_gets_a_sentence_that_says_what_to_do(address: str, says: str) -> None:
    with pytest.raises(ValueError, match=r"address|names no host|Did you mean") as caught:
        Guard().check(address)
    assert says in str(caught.value)
    assert str(caught.value).endswith((".", "?"))
    assert not str(caught.value).endswith("..")
    assert "http://javascript" not in str(caught.value)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("http://x.example/a b?c d", "http://x.example/a%20b?c%20d"),
        ("http://x.example/größe?ü=ß", "http://x.example/gr%C3%B6%C3%9Fe?%C3%BC=%C3%9F"),
        ("http://x.example/a%2fb|c", "http://x.example/a%2fb|c"),
        ("http://BÜCHER.example", "http://xn--bcher-kva.example/"),
        ("http://x.example/a/../b", "http://x.example/b"),
        ("HTTP://X.example:80", "http://x.example/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(written: str, asked: str) -> None:
    assert Guard().check(written) == asked


def test_a_target_leaves_the_fragment_out_and_keeps_an_empty_query() -> None:
    assert parse("http://x.example/a?#end").target == "/a?"
    assert parse("http://x.example").target == "/"


def test_an_ipv6_host_has_brackets_where_it_is_written_and_none_where_it_is_dialled() -> None:
    address = parse("http://[::1]:5009/x")
    assert (address.host, address.netloc, address.port) == ("::1", "[::1]:5009", 5009)


def test_ports_follow_the_scheme() -> None:
    assert own("https://a.example/x") == ("a.example", 443)
    assert own("http://a.example:8080/x") == ("a.example", 8080)


def test_a_blocked_address_is_a_wrong_value_too_with_a_reason_that_fits_into_a_sentence() -> None:
    with pytest.raises(ValueError, match="only ports 80 and 443"):
        Guard("public").check("http://example.com:8080/")
    with pytest.raises(BlockedError) as caught:
        Guard("public", (), lambda host, port: ["10.0.0.1"]).addresses("inside.example", 80)
    assert caught.value.brief == "inside.example leads to 10.0.0.1, which is not a public address"
    with pytest.raises(BlockedError) as caught:
        Guard("public", (), lambda host, port: [host]).addresses("10.0.0.1", 80)
    assert caught.value.brief == "10.0.0.1 is not a public address"


def test_a_name_without_an_address_is_said_without_the_numbers_of_the_system() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, f"Name or service not known: {host}:{port}")

    with pytest.raises(UnreachableError, match=r"^No address is known for the name nowhere\.example\. Check"):
        Guard("local", (), unknown).addresses("nowhere.example", 80)


@pytest.mark.parametrize("typed", ["http://münchen.invalid:81/", "http://MÜNCHEN.invalid:81/"])
def test_a_name_of_other_letters_is_said_as_it_is_typed_and_as_it_is_asked(typed: str) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, f"Name or service not known: {host}:{port}")

    asked = parse(typed)
    with pytest.raises(UnreachableError, match=r"the name münchen\.invalid \(xn--mnchen-3ya\.invalid\)\."):
        Guard("local", (), unknown).addresses(asked.host, asked.port)
    said = str(explained(ConnectionRefusedError(111, "refused"), asked.url))
    assert said.startswith("No connection to münchen.invalid:81 (xn--mnchen-3ya.invalid:81): nothing listens there")


@pytest.mark.parametrize("host", ["xn--", "xn--zzzzzzzzz", "xn--a\xff", "[::1]:80", "x.example", ""])
def test_a_name_that_stands_for_no_other_letters_is_said_as_it_is(host: str) -> None:
    assert named(host) == host


@pytest.mark.parametrize(
    "typed",
    ["http://me:sesame@x.example:port/", "http://me:se/sesame@x.example/", "me:sesame@x.example", "ftp://me:sesame@x/"],
)
def test_no_message_repeats_a_password_that_was_typed(typed: str) -> None:
    with pytest.raises(AddressError) as caught:
        Guard().check(typed)
    assert "sesame" not in str(caught.value)
    assert "x" in str(caught.value)


def test_a_password_in_an_address_is_for_those_who_ask_for_it() -> None:
    address = parse(Guard(userinfo=True).check("http://me:open%20sesame@x.example/"))
    assert (address.user, address.password, address.netloc) == ("me", "open sesame", "x.example")
    with pytest.raises(AddressError, match="user name or password"):
        Guard().check("http://me@x.example/")


@pytest.mark.parametrize("address", ["http://localhost:5009/NASA", "http://localhost/", "http://10.0.0.1/"])
def test_public_mode_says_which_service_it_asks_besides_and_where_others_can_be_asked(address: str) -> None:
    with pytest.raises(BlockedError) as caught:
        Guard("public", [("127.0.0.1", 5009)]).check(address)
    assert ", and http://127.0.0.1:5009. Run it in local mode" in str(caught.value)
    with pytest.raises(BlockedError) as caught:
        Guard("public", [("", 0)]).check(address)
    assert ", and " not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "127.0.0.1", "[::1]", "[fe80::1]", "169.254.169.254", "localhost", "a.localhost"]
)
def test_public_mode_says_at_sight_of_an_address_that_it_is_not_asked(host: str) -> None:
    with pytest.raises(BlockedError, match="is not a public address"):
        guard_that_finds().check(f"http://{host}/")
    assert Guard().check(f"http://{host}/")


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "localhost.example"])
def test_public_mode_looks_up_the_rest_later(host: str) -> None:
    assert guard_that_finds().check(f"http://{host}/") == f"http://{host}/"
