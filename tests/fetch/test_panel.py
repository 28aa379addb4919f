from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest

from widgets.fetch import Fetcher, FetchError, FetchPanel, Reply
from widgets.http.message import Headers, Hop, Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from widgets.http.transport import Turns

PAGE = Reply(
    "http://x/",
    200,
    "OK",
    Headers([("Content-Type", "text/plain"), ("X-Description", "A <b>page</b>"), ("X-Evil", "<img onerror=x>")]),
    b"hello",
)


class FakeFetcher:
    """Answers as told, and remembers what it was asked."""

    def __init__(self, answer: Callable[..., Reply]) -> None:
        self.asked: list[str] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.part: Callable[[Reply], None] | None = None
        self._answer = answer

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        on_progress: object = None,
        on_part: Callable[[Reply], None] | None = None,
        turns: object = None,
        ends: object = None,
        stop: object = None,
    ) -> Reply:
        self.asked.append(url)
        self.part = on_part
        self.requests.append((method, dict(headers or {})))
        return self._answer(on_progress, stop)


def shows(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
    return ipywidgets.Label(f"{bytes(reply.body)!r} as {shown_as or reply.media_type}")


class AtOnce:
    """A turn at a pace, which has come."""

    pace = 2.0

    def due_in(self) -> float:
        return 0.0

    def sending(self, patience: float, stop: threading.Event) -> AbstractContextManager[None]:
        del patience, stop
        return nullcontext()

    def note(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        pass


def panel(answer: Callable[..., Reply], turns: Turns | None = None) -> FetchPanel:
    return FetchPanel(FakeFetcher(answer), shows, addresses=["http://x/NASA", "http://x/Slow-NASA"], turns=turns)


def asked(one: FetchPanel) -> list[str]:
    assert isinstance(one._fetcher, FakeFetcher)
    return one._fetcher.asked


def said(one: FetchPanel) -> str:
    """The two lines above the stage."""
    return str(one.said.value + one.caption.value)


def fetched(one: FetchPanel) -> FetchPanel:
    one.fetch()
    one.join(30)
    return one


def hidden(widget: ipywidgets.DOMWidget) -> bool:
    return "ww-hidden" in widget._dom_classes


def test_the_panel_offers_its_addresses_and_shows_no_reply_at_first() -> None:
    one = panel(lambda *_: PAGE)
    assert one.address.options == ("http://x/NASA", "http://x/Slow-NASA")
    assert one.address.value == "http://x/NASA"
    assert "Press Fetch, or choose a sample above" in one.view.media.children[0].value
    assert one.button.description == "Fetch"


def test_a_reply_is_shown_with_its_caption_facts_headers_and_bytes() -> None:
    one = fetched(panel(lambda *_: PAGE))
    assert one.view.media.children[0].value == "b'hello' as text/plain"
    assert one.view.raw.children[0].value == "b'hello' as application/octet-stream"
    assert ">A &lt;b&gt;page&lt;/b&gt;</summary>" in one.caption.value
    assert [chip.words for chip in one.facts.chips[:3]] == ["200 OK", "**text/plain**", "5 bytes"]


def test_header_values_are_shown_as_text() -> None:
    one = fetched(panel(lambda *_: PAGE))
    assert "&lt;img onerror=x&gt;" in one.view.headers.value
    assert "<img" not in one.view.headers.value


def test_a_long_address_is_asked_as_it_stands_or_not_at_all() -> None:
    one = panel(lambda *_: PAGE)
    one.address.value = "http://x/" + "y" * 8000
    fetched(one)
    assert asked(one) == []
    assert "The address has 8,009 characters, and few services read more than 8,000." in said(one)
    assert "Leave out a part of it." in said(one)


def test_an_error_is_a_sentence_and_the_last_good_reply_stays() -> None:
    replies = iter([PAGE])

    def answer(*_: object) -> Reply:
        for reply in replies:
            return reply
        raise FetchError("The host is <gone>. Try later.")

    one = fetched(panel(answer))
    view = one.view.media.children
    fetched(one)
    assert "The host is &lt;gone&gt;." in one.said.value
    assert 'role="alert"' in one.said.value
    assert "Try later. Below: reply 1, of" in one.caption.value
    assert one.view.media.children == view
    assert one.reply is PAGE


def test_a_fault_of_the_dashboard_is_seen_on_the_page() -> None:
    def answer(*_: object) -> Reply:
        raise KeyError("oops")

    shown = said(fetched(panel(answer)))
    assert "a fault of the dashboard, not of the service" in shown
    assert "KeyError" not in shown
    assert "oops" not in shown


def test_the_next_click_works_after_an_error() -> None:
    outcomes: Iterator[Reply | FetchError] = iter([FetchError("no"), PAGE])

    def answer(*_: object) -> Reply:
        outcome = next(outcomes)
        if isinstance(outcome, FetchError):
            raise outcome
        return outcome

    one = fetched(fetched(panel(answer)))
    assert one.reply is PAGE
    assert one.button.description == "Fetch"


def test_stop_ends_a_fetch_and_what_came_is_marked_as_a_part() -> None:
    asking = threading.Event()

    def answer(_: object, stop: threading.Event) -> Reply:
        asking.set()
        assert stop.wait(5)
        return Reply("http://x/", 200, body=b"half", complete=False, why_incomplete="Stopped by you.")

    one = panel(answer)
    one.fetch()
    assert asking.wait(5)
    assert one.button.description == "Stop"
    assert "ww-meter" in one.caption.value
    one.stop()
    one.join(30)
    assert "part only" in one.said.value
    assert "Stopped by you." in one.caption.value
    assert one.button.description == "Fetch"


def test_a_second_click_while_fetching_asks_nothing() -> None:
    release = threading.Event()

    def answer(*_: object) -> Reply:
        release.wait(5)
        return PAGE

    one = panel(answer)
    one.fetch()
    one.fetch()
    release.set()
    one.join(30)
    assert len(asked(one)) == 1


def test_enter_fetches_and_leaving_the_field_does_not() -> None:
    one = panel(lambda *_: PAGE)
    one.address.value = "http://x/other"
    assert asked(one) == []
    one.address._handle_custom_msg({"event": "submit"}, [])
    one.join(30)
    assert asked(one) == ["http://x/other"]


def test_an_address_that_arrives_just_after_enter_is_the_one_that_is_asked() -> None:
    one = panel(lambda *_: PAGE)
    one.address._handle_custom_msg({"event": "submit"}, [])
    one.address.value = "http://x/typed"
    one.join(30)
    assert asked(one) == ["http://x/typed"]


def test_enter_on_the_same_address_fetches_again() -> None:
    one = panel(lambda *_: PAGE)
    for _ in range(2):
        one.address._handle_custom_msg({"event": "submit"}, [])
        one.join(30)
    assert len(asked(one)) == 2


@pytest.mark.parametrize("by", ["enter", "sample"])
def test_another_address_ends_the_fetch_that_is_under_way(by: str) -> None:
    asking, shown = threading.Event(), threading.Event()

    def answer(_: object, stop: threading.Event) -> Reply:
        if asking.is_set():
            shown.set()
            return PAGE
        asking.set()
        assert stop.wait(5)
        return Reply("http://x/", 200, body=b"half", complete=False, why_incomplete="Stopped by you.")

    one = FetchPanel(FakeFetcher(answer), shows, ["http://x/"], samples=[("other", "http://x/other")])
    one.fetch()
    assert asking.wait(5)
    if by == "enter":  # the browser says that Enter was pressed before it says what was typed
        one.address._handle_custom_msg({"event": "submit"}, [])
        one.address.value = "http://x/other"
    else:
        one.samples.value = "other"
    assert shown.wait(5)
    one.join(30)
    assert asked(one) == ["http://x/", "http://x/other"]


def test_enter_on_the_address_that_is_being_fetched_asks_nothing_more() -> None:
    asking, release = threading.Event(), threading.Event()

    def answer(*_: object) -> Reply:
        asking.set()
        release.wait(5)
        return PAGE

    one = panel(answer)
    one.fetch()
    assert asking.wait(5)
    one._go()  # what Enter comes to, once the browser has said what was typed
    release.set()
    one.join(30)
    assert len(asked(one)) == 1


def test_fetched_addresses_are_remembered_once_and_not_without_end() -> None:
    one = panel(lambda *_: PAGE)
    for number in [*range(25), 24]:
        one.address.value = f"http://x/{number}"
        fetched(one)
    assert one.address.options[0] == "http://x/24"
    assert len(one.address.options) == 20


def test_progress_is_shown_with_bytes() -> None:
    seen: list[tuple[float | None, str]] = []
    one: FetchPanel

    def answer(on_progress: Callable[[int, int | None], None], _: object) -> Reply:
        on_progress(500, 2000)
        on_progress(2000, 2000)
        seen.append((one.facts.share, one.said.value))
        return PAGE

    one = panel(answer)
    fetched(one)
    assert seen[0][0] == pytest.approx(0.25)
    assert "500 bytes of 2 kB" in seen[0][1]


def test_while_a_reply_is_made_ready_it_is_not_said_to_be_coming_still() -> None:
    """'Receiving 7.6 kB of 32 kB, about 8 s to go' stood for seconds after all of it had come."""
    during: list[str] = []
    one: FetchPanel

    def answer(on_progress: Callable[[int, int | None], None], _: object) -> Reply:
        on_progress(7_600, 32_000)
        during.append(said(one))
        on_progress(32_000, 32_000)
        return Reply("http://x/", 200, body=b"x" * 32_000, wire_size=32_000)

    one = panel(answer)
    render: Callable[..., ipywidgets.Widget] = one._render

    def slow(reply: Reply, *, shown_as: str = "") -> ipywidgets.Widget:
        during.append(said(one))
        return render(reply, shown_as=shown_as)

    one._render = slow
    fetched(one)
    assert "to go" not in during[0]
    assert "kB/s" not in during[0]
    assert "and now made ready" in during[1]


def test_the_widgets_of_the_reply_before_are_closed() -> None:
    one = fetched(panel(lambda *_: PAGE))
    old = one.view.media.children[0]
    fetched(one)
    assert old.comm is None


@pytest.mark.parametrize("status", [404, 503])
def test_an_error_status_is_said_and_its_body_shown(status: int) -> None:
    one = fetched(panel(lambda *_: Reply("http://x/", status, "Sorry", body=b"why")))
    assert f"{status} Sorry" in one.said.value
    assert ("Probe this address" in one.act_button.description) is (status == 503)
    assert one.view.media.children[0].value == "b'why' as "


def test_the_form_is_folded_away_until_it_is_wanted() -> None:
    form = panel(lambda *_: PAGE).form
    assert hidden(form)
    assert len(form.children) == 0
    form.unfold.value = True
    assert not hidden(form)
    assert hidden(form.secret)
    form.login.value = "bearer"
    assert not hidden(form.secret)
    assert hidden(form.name)


def test_what_the_form_says_is_asked() -> None:
    one = panel(lambda *_: PAGE)
    one.form.unfold.value = True
    one.form.method.value = "HEAD"
    one.form.query.value = "type=image/png\n"
    one.form.headers.value = "Accept: text/html"
    one.form.login.value = "bearer"
    one.form.secret.value = "s3cret"
    fetched(one)
    assert asked(one) == ["http://x/NASA?type=image%2Fpng"]
    assert isinstance(one._fetcher, FakeFetcher)
    assert one._fetcher.requests == [("HEAD", {"Accept": "text/html", "Authorization": "Bearer s3cret"})]


def test_a_header_that_cannot_be_sent_is_a_sentence_and_nothing_is_asked() -> None:
    one = panel(lambda *_: PAGE)
    one.form.unfold.value = True
    one.form.headers.value = "no colon"
    fetched(one)
    assert "has no colon" in said(one)
    assert asked(one) == []


def test_what_happened_and_the_request_as_code_are_shown() -> None:
    request = Request("GET", "http://x/NASA", Headers([("Host", "x"), ("Authorization", "Bearer s3cret")]))
    hop = Hop(request, 200, "OK", Headers([("X-Evil", "<b>")]), (("connected", 0.01),), "127.0.0.1:80")
    one = fetched(panel(lambda *_: Reply("http://x/NASA", 200, hops=(hop,), request=request)))
    assert "1. GET http://x/NASA → 200 OK" in one.view.happened.value
    assert "&lt;b&gt;" in one.view.happened.value
    assert one.view.text.startswith("curl ")
    one.view.tool.value = "httpx"
    assert "httpx.get(" in one.view.text
    assert "s3cret" not in one.view.happened.value + one.view.code.value + one.view.copy.value
    assert "Where *** stands a key or a password was sent" in one.view.code.value


def test_a_part_is_shown_while_the_rest_is_still_coming() -> None:
    seen: list[str] = []

    def answer(*_: object) -> Reply:
        assert isinstance(one._fetcher, FakeFetcher)
        assert one._fetcher.part
        one._fetcher.part(Reply("http://x/", 200, body=b"first", complete=False, why_incomplete="It is still coming."))
        seen.extend((one.view.media.children[0].value, one.view.titles[1]))
        return PAGE

    one = panel(answer)
    fetched(one)
    assert seen == ["b'first' as ", "Headers 0"]
    assert one.view.media.children[0].value == "b'hello' as text/plain"
    assert one.view.titles[1] == "Headers 3"
    fetched(one)
    assert seen[2:] == ["b'first' as ", "Headers 0"], "the number is not that of the reply before"


def test_a_sample_is_fetched_at_a_click_and_only_then() -> None:
    samples = [("Picture", "http://x/NASA?type=image/jpeg"), ("PDF", "http://x/NASA?type=application/pdf")]
    one = FetchPanel(FakeFetcher(lambda *_: PAGE), shows, ["http://x/NASA"], samples=samples)
    one.address.value = "http://x/NASA?type=image/jpeg"
    one.join(30)
    assert one.samples.value == "Picture"
    assert asked(one) == []
    one.samples.value = "PDF"
    one.join(30)
    assert asked(one) == ["http://x/NASA?type=application/pdf"]
    one.address.value = "http://x/other"
    assert one.samples.value is None


def test_a_refused_reply_can_be_probed_and_another_one_from_before_says_so() -> None:
    replies = iter([Reply("http://x/a", 200), Reply("http://x/b", 503)])
    one = panel(lambda *_: next(replies))
    probed: list[str] = []
    one.on_probe = probed.append
    fetched(fetched(one))
    one.act_button.click()
    assert probed == ["http://x/b"]
    one.history.open_again(1)
    assert "reply 1 of 2" in one.said.value
    assert hidden(one.act_button)


def test_a_fetch_that_is_refused_or_made_at_a_pace_is_told_since_how_that_serves_is_news() -> None:
    replies = iter([Reply("http://x/a", 200), Reply("http://x/b", 503)])
    one = panel(lambda *_: next(replies))
    told: list[str] = []
    one.on_counted = lambda: told.append("again")
    assert (fetched(one), told) == (one, [])
    assert (fetched(one), told) == (one, ["again"])
    two = panel(lambda *_: Reply("http://x/a", 200), turns=lambda *_, **__: AtOnce())
    two.on_counted = lambda: told.append("at a pace")
    assert (fetched(two), told) == (two, ["again", "at a pace"])


def test_the_limits_in_the_fields_are_those_of_the_fetch(
    service: Callable[..., Any], answer: Callable[..., Any]
) -> None:
    one = FetchPanel(Fetcher(), shows, addresses=[service(answer(b"x" * 5000)).url])
    one.form.unfold.value = True
    one.form.megabytes.value = "0.001"
    assert fetched(one).reply is not None
    assert len(one.reply.body) == 1000  # type: ignore[union-attr]
    assert "Only the first 1 kB were kept: raise the size limit under" in one.caption.value
    one.form.megabytes.value = "much"
    assert "Not sent" in said(fetched(one))
    assert "The size limit &#x27;much&#x27; is no number of MB above 0." in said(one)
    assert "The size limit &#x27;much&#x27;" in one.form.note.value  # The form lies over what the panel says.
    one.form.megabytes.value = ""
    assert len(fetched(one).reply.body) == 5000  # type: ignore[union-attr]
    assert "is no number" not in one.form.note.value
