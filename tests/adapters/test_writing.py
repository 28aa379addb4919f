from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest

from widgets.adapters import StoreJournals, address_of, check_caller, keeper, lost_to, probed_elsewhere
from widgets.adapters.journal import StoreJournal
from widgets.model.pace import Pace
from widgets.pace import PaceStore
from widgets.pace.clock import MachineClock
from widgets.pace.errors import LeaseLost, StoreFull, StoreUnreachable
from widgets.pace.panel.formatting import moment
from widgets.probe import Budget, Goal, ProbePanel, Step, Verdict
from widgets.probe.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from widgets.probe.asker import Hide


class Cable:
    """Answers that end after some, as when a kernel dies: what was written then is all there is."""

    def __init__(self, good_for: int) -> None:
        self.left = good_for

    def __call__(self, *_: object) -> Hide:
        return self.answer

    def answer(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        if not self.left:
            raise RuntimeError("the cable is cut")
        self.left -= 1
        return headers


@pytest.fixture
def store() -> Iterator[PaceStore]:
    with PaceStore() as store:
        yield store


def page(store: PaceStore, url: str, cable: Cable | None = None) -> ProbePanel:
    panel = ProbePanel(
        [url],
        journals=StoreJournals(store),
        keep=keeper(store),
        hide=cable or (lambda *_: dict),
        others=lambda address, settings: probed_elsewhere(store, address, settings),
        lost=lambda error, address, settings: lost_to(store, error, address, settings),
    )
    panel.form.strategy.value = "doubling"  # the quickest where a service is fast
    return panel


def told(panel: ProbePanel) -> str:
    """What the panel says: what happens, and the note below the chart."""
    return str(panel.live.hero.said.value + panel.live.replay.note.value)


def probed(panel: ProbePanel) -> ProbePanel:
    panel.probe()
    panel.join(90)
    return panel


def cut_short(store: PaceStore, url: str, after: int = 5) -> ProbePanel:
    """A probe that broke off; one attempt a connection, since the service closes each."""
    panel = probed(page(store, url, Cable(after)))
    assert "The probe broke off" in panel.live.hero.said.value
    return panel


@pytest.fixture
def url(start_service: Callable[..., str]) -> str:
    return start_service(TIME_SCALE=0.05) + "/Slow-NASA"


def test_every_attempt_and_the_verdict_are_in_the_store(store: PaceStore, url: str) -> None:
    panel = probed(page(store, url))
    (pace,) = store.paces()
    past = store.probes.attempts(pace.probe)
    assert [attempt for _, attempt in past] == panel.live.attempts
    assert [step for step, _ in past] == [step for step, _ in panel.live.past]
    stored = store.probes.get(pace.probe)
    again = stored.verdict
    assert again is not None
    assert again.statement.split(".")[0] in panel.live.card.value
    assert Settings.of_plain(stored.settings) == panel._course.settings


def test_a_probe_that_broke_off_is_offered_and_gone_on_with(store: PaceStore, url: str) -> None:
    cut = cut_short(store, url)
    panel = probed(page(store, url))
    assert panel.live.attempts == []
    assert "Go on from its 5 attempts?" in panel.live.hero.said.value
    panel.live.hero.first.click()
    panel.join(90)
    assert panel.live.attempts[:5] == cut.live.attempts[:5]
    assert "seems safe" in panel.live.card.value
    (pace,) = store.paces()
    assert len(store.probes.attempts(pace.probe)) == len(panel.live.attempts)
    pause = panel.live.attempts[5].spacing
    assert pause is not None
    assert pause >= (panel.live.attempts[5].wait or 0)
    assert store.probes.unfinished() == []


def test_the_request_whose_answer_was_lost_counts_as_failed_and_is_not_sent_again(
    store: PaceStore, start_service: Callable[..., str]
) -> None:
    url = start_service(TIME_SCALE=0.05) + "/Slow-NASA"
    cut_short(store, url)
    panel = probed(page(store, url))
    panel.live.hero.first.click()
    panel.join(90)
    lost = panel.live.attempts[5]
    assert (lost.status, lost.number) == (None, 6)
    assert "lost" in lost.error


def test_starting_anew_keeps_what_was_measured_and_offers_it_no_more(store: PaceStore, url: str) -> None:
    cut_short(store, url)
    (broken,) = store.probes.unfinished()
    panel = probed(page(store, url))
    panel.live.hero.second.click()
    panel.join(90)
    assert panel.live.attempts[0].number == 1
    assert store.probes.unfinished() == []
    assert len(store.probes.attempts(broken.id)) == 5


def test_a_probe_is_resumed_from_its_id_with_the_settings_it_began_with(store: PaceStore, url: str) -> None:
    cut_short(store, url)
    (broken,) = store.probes.unfinished()
    panel = page(store, "http://elsewhere.example/")
    panel.resume(broken.url, Settings.of_plain(broken.settings), broken.id)
    panel.join(90)
    assert panel.form.address.value == url
    assert "seems safe" in panel.live.card.value


def test_a_key_is_not_stored_and_must_be_given_again(store: PaceStore, url: str) -> None:
    secret = "s3cret-of-mine"  # noqa: S105 - a made-up one
    first = page(store, url, Cable(4))
    first.form.fields.header_lines.value = f"X-Api-Key: {secret}"
    probed(first)
    (broken,) = store.probes.unfinished()
    second = page(store, url)
    second.resume(broken.url, Settings.of_plain(broken.settings), broken.id)
    second.join(90)
    assert "never stored" in second.live.hero.said.value
    second.form.fields.header_lines.value = f"X-Api-Key: {secret}"
    second.resume(broken.url, Settings.of_plain(broken.settings, second.form.headers), broken.id)
    second.join(90)
    assert "seems safe" in second.live.card.value
    assert secret not in str(store.probes.get(broken.id)) + str(store.probes.attempts(broken.id))


def test_make_it_certain_goes_on_in_the_same_probe_and_can_break_off_too(store: PaceStore, url: str) -> None:
    panel = page(store, url)
    panel.form.strategy.value = "quick"
    probed(panel)
    before = list(panel.live.attempts)
    panel._means = replace(panel._means, hide=Cable(6))
    panel.make_certain()
    panel.join(90)
    assert "The probe broke off" in panel.live.hero.said.value
    (broken,) = store.probes.unfinished()
    assert broken.settings["after"] == len(before)
    again = probed(page(store, url, Cable(3)))
    again.live.hero.first.click()
    again.join(90)
    assert again.live.attempts[: len(before)] == before
    assert len(again.live.attempts) > len(before) + 6


def test_the_second_page_follows_the_probe_of_the_first_to_its_verdict(
    start_service: Callable[..., str], store: PaceStore
) -> None:
    url = start_service(TIME_SCALE=0.1) + "/Slow-NASA"
    first, second = page(store, url), page(PaceStore(store.url), url)
    second.form.strategy.value = "quick"
    first.probe()
    while len(first.live.attempts) < 3:
        time.sleep(0.01)
    second.probe()
    while not second.live.attempts:
        time.sleep(0.01)
    assert "another page probes this address" in second.live.hero.said.value
    assert second.form.strategy.value == "doubling", "as on the page that asks"
    first.join(90)
    second.join(90)
    assert second.live.attempts == first.live.attempts
    assert second.live.card.value == first.live.card.value
    assert second.form.strategy.value == "quick", "one's own choice is back"
    assert "was made by another page" in second.live.replay.note.value
    assert len(store.paces()) == 1


def test_stop_ends_the_looking_on_and_not_the_probe(start_service: Callable[..., str], store: PaceStore) -> None:
    url = start_service(TIME_SCALE=0.1) + "/Slow-NASA"
    first, second = page(store, url), page(PaceStore(store.url), url)
    first.probe()
    while len(first.live.attempts) < 3:
        time.sleep(0.01)
    second.probe()
    while not second.live.attempts:
        time.sleep(0.01)
    second.stop()
    second.join(30)
    assert "look on no longer" in second.live.hero.said.value
    first.join(90)
    assert "seems safe" in first.live.card.value


def test_a_probe_of_a_page_that_was_lost_is_ended_from_another_one_and_can_be_gone_on_with(
    start_service: Callable[..., str], store: PaceStore
) -> None:
    url = start_service(TIME_SCALE=0.1) + "/Slow-NASA"
    lost, here = page(store, url), page(PaceStore(store.url), url)
    lost.probe()
    while len(lost.live.attempts) < 3:
        time.sleep(0.01)
    here.probe()
    while here.live.hero.first.description != "End that probe":
        time.sleep(0.01)
    here.live.hero.first.click()
    lost.join(60)
    here.join(60)
    asked = len(lost.live.attempts)
    assert "It was ended from another page" in lost.live.hero.said.value
    assert "taken over" not in lost.live.hero.said.value, "nobody has"
    assert f"Go on from its {asked} attempts?" in here.live.hero.said.value
    here.live.hero.first.click()
    here.join(90)
    assert "seems safe" in here.live.card.value
    assert here.live.attempts[:asked] == lost.live.attempts


def test_a_store_that_cannot_be_used_is_said_and_costs_no_probe(url: str) -> None:
    panel = probed(page(PaceStore("sqlite:////dev/null/paces.sqlite"), url))
    assert "seems safe" in panel.live.card.value
    assert "not stored as it goes" in told(panel)


def test_a_store_that_goes_away_in_the_middle_is_said_at_once_and_costs_no_verdict(
    store: PaceStore, start_service: Callable[..., str]
) -> None:
    panel = page(store, start_service(TIME_SCALE=0.05) + "/Slow-NASA")
    panel.probe()
    while len(panel.live.attempts) < 2:
        time.sleep(0.01)
    unplug(store)
    while "not stored" not in told(panel) and panel._job.running:
        time.sleep(0.01)
    assert panel._job.running, "said at once, not at the end"
    assert 'role="alert"' in told(panel)
    panel.join(90)
    assert "seems safe" in panel.live.card.value
    assert "The pace could not be stored" in told(panel)


def unplug(store: PaceStore) -> Callable[[], None]:
    """Let its server be there no more; gives what plugs it in again."""

    def gone(**_: object) -> NoReturn:
        raise StoreUnreachable("The store cannot be reached.")

    database = store.database
    vars(database).update(read=gone, write=gone)

    def plug_in() -> None:
        for name in ("read", "write"):
            del vars(database)[name]

    return plug_in


class Full:
    """A log on a disk without room."""

    id, known, since = "full", (), 0.0

    def __init__(self, error: Exception) -> None:
        self.error = error

    def asking(self, *_: object) -> None:
        raise self.error

    def check(self) -> None:
        raise self.error


STEP = Step(1.0, "search")


def test_when_the_disk_fills_the_probe_goes_on_and_the_page_says_so() -> None:
    journal = StoreJournal(Full(StoreFull("The disk is full. Make room.")))  # type: ignore[arg-type] # all it has
    journal.asking(STEP, 1)
    journal.asking(STEP, 2)
    assert journal.trouble == "The rest of this probe is not stored: The disk is full. Make room."


def test_a_prober_who_lost_its_target_stops() -> None:
    journal = StoreJournal(Full(LeaseLost("Taken over.")))  # type: ignore[arg-type] # as above
    with pytest.raises(LeaseLost):
        journal.asking(STEP, 1)


def test_a_prober_whose_store_failed_stops_when_another_has_taken_its_target_meanwhile(store: PaceStore) -> None:
    url = "http://localhost:5009/Slow-NASA"
    target, clock = store.target(url), Later()
    store.clock = clock
    with store.lease(target, "first", seconds=60) as lease:
        journal = StoreJournal(store.begin(url, {}, lease=lease))
        plug_in = unplug(store)
        clock.ahead = 30
        journal.asking(STEP, 1)
        assert "not stored" in journal.trouble
        journal.asking(STEP, 2)
        plug_in()
        journal.asking(STEP, 3)  # nobody was here meanwhile
        clock.ahead = 120
        with store.lease(target, "second", seconds=60), pytest.raises(LeaseLost, match="taken over"):
            journal.asking(STEP, 4)


def test_settings_of_a_newer_version_are_refused_in_words() -> None:
    plain = Settings("careful", Goal(), Budget()).plain()
    assert Settings.of_plain(plain) == Settings("careful", Goal(), Budget())
    with pytest.raises(ValueError, match="start anew"):
        Settings.of_plain({"strategy": "careful"})


def test_a_recheck_renews_the_pace_and_keeps_what_it_stands_on(store: PaceStore, url: str) -> None:
    panel = probed(page(store, url))
    (before,) = store.paces()
    store.clock = Later()
    panel.recheck(url, Settings("recheck", Goal(), Budget(), wait=0.5))
    panel.join(90)
    assert "Kept" in told(panel), "0.5 s is another wait than the one that was kept"
    panel.recheck(url, Settings("recheck", Goal(), Budget(), wait=0.5))
    panel.join(90)
    assert "renewed" in told(panel)
    (after,) = store.paces()
    assert after.found > before.found
    assert after.evidence is not None
    assert after.evidence.statement.count("Found earlier") == 1


class Later(MachineClock):
    """A clock on which it is a day later, and `ahead` seconds more have passed."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead

    def today(self) -> float:
        return super().today() + 86_400


def test_a_pace_is_asked_again_at_the_address_where_it_was_found(store: PaceStore, url: str) -> None:
    panel = probed(page(store, f"{url}?type=image"))
    (pace,) = store.paces()
    assert address_of(store, pace) == f"{panel.url}" == f"{url}?type=image"
    store.keep(url, 1.0)
    (pace,) = store.paces()
    assert address_of(store, pace) == url
    check_caller(store, pace.target, url, {})
    with pytest.raises(ValueError, match="never stored"):
        check_caller(store, pace.target, url, {"X-Api-Key": "k"})


def test_a_stored_probe_opens_in_the_charts_again(store: PaceStore, url: str) -> None:
    panel = probed(page(store, url))
    (pace,) = store.paces()
    stored = store.probes.get(pace.probe)
    other = page(store, "http://elsewhere.example/")
    past = store.probes.attempts(stored.id)
    other.show(stored.url, Settings.of_plain(stored.settings), past, stored.verdict)
    assert other.live.attempts == panel.live.attempts
    assert other.live.card.value == panel.live.card.value
    assert len(other.live.chart._rows) == len(panel.live.attempts)


def test_a_weaker_verdict_leaves_the_stronger_pace_and_the_page_says_so(store: PaceStore) -> None:
    found = Verdict("certified", 6.6, 6.6, 0.05, 0.95, 70, 0, 92, 480.0, 460.0, 400.0, "At most 5% are refused.")
    settings, keep, url = Settings("quick", Goal(), Budget()), keeper(store), "http://a.example/x"
    assert keep(url, settings, found, "").said.startswith("Kept")
    for weaker in (replace(found, kind="estimated", wait=3.0), replace(found, kind="stated", wait=5.0)):
        said = keep(url, settings, weaker, "")
        assert (said.said, said.instead) == ("", "The certified 6.6 s")
        assert [pace.wait for pace in store.paces()] == [6.6]
    shorter = keep(url, settings, replace(found, wait=6.0), "")
    assert shorter.instead == "The certified 6.6 s", "nor does a shorter wait replace a longer one by itself"
    assert shorter.replace is not None
    assert "Kept" in shorter.replace()
    assert [pace.wait for pace in store.paces()] == [6.0]
    assert keep(url, settings, replace(found, wait=5.999), "").instead == "", "the same wait as it is said"


def test_what_was_found_at_one_path_never_lets_another_be_asked_more_quickly(store: PaceStore) -> None:
    found = Verdict("estimated", 5.0, 5.0, 0.05, 0.95, 70, 0, 92, 480.0, 460.0, 400.0, "At most 5% are refused.")
    settings, keep, base = Settings("quick", Goal(), Budget()), keeper(store), "http://a.example"

    def waits(*paths: str) -> list[float]:
        return [pace.wait for path in paths if (pace := store.pace(base + path))]

    keep(f"{base}/a", settings, found, "")
    said = keep(f"{base}/b", settings, replace(found, wait=1.0), "")
    assert said.said.startswith("Kept for this path alone, beside the pace of http://a.example, all of it")
    assert waits("/a", "/b", "/c") == [5.0, 1.0, 5.0]
    keep(f"{base}/b", settings, replace(found, wait=2.0), "")
    assert waits("/a", "/b", "/c") == [5.0, 2.0, 5.0], "it is measured anew, and stays of that path"
    assert keep(f"{base}/c", settings, replace(found, wait=9.0), "").said.startswith("Kept: ")
    assert waits("/a", "/b", "/c") == [9.0, 2.0, 9.0]
    keep(f"{base}/c", settings, replace(found, kind="certified", wait=9.5), "")
    keep(f"{base}/d", settings, replace(found, wait=20.0), "")
    assert waits("/a", "/b", "/c", "/d") == [9.5, 2.0, 9.5, 20.0], "what is weaker is of its path too"


def test_what_is_found_is_kept_although_an_earlier_pace_has_a_prefix_that_does_not_govern_its_address(
    store: PaceStore,
) -> None:
    found = Verdict("estimated", 5.0, 5.0, 0.05, 0.95, 70, 0, 92, 480.0, 460.0, 400.0, "At most 5% are refused.")
    url = "http://a.example/a"
    store.kept.keep(Pace(store.target(url), 2.5, "set by hand", 0.0, scope="/v1"))
    keeper(store)(url, Settings("quick", Goal(), Budget()), found, "")
    assert (pace := store.pace(url))
    assert (pace.wait, pace.scope) == (5.0, "path")


def stopped_after(panel: ProbePanel, attempts: int) -> ProbePanel:
    """A probe that the person stops once it has made so many attempts."""
    panel.probe()
    while len(panel.live.attempts) < attempts:
        time.sleep(0.01)
    assert "You may close this page" in panel.live.replay.note.value
    panel.stop()
    panel.join(30)
    assert "Stopped by you" in panel.live.hero.said.value
    return panel


def test_a_probe_that_a_person_stopped_is_offered_again_by_a_page_that_is_opened_later(
    store: PaceStore, url: str
) -> None:
    made = len(stopped_after(page(store, url), 6).live.attempts)
    later = page(store, url)
    later.look_ahead()
    face = later.live.face
    assert (face.label, face.actions, face.loud) == ("Safe wait", ("resume",), False)
    assert face.sentence.startswith("A doubling probe was stopped on ")
    assert face.sentence.endswith(f", after {made} attempts.")
    later.form.strategy.value = "quick"  # it goes on as it was, whatever is chosen for another one
    later.live.hero.first.click()
    later.join(90)
    assert len(later.live.attempts) > made
    assert later.live.ended is not None
    assert (later.live.ended.strategy, later.live.ended.verdict.kind) == ("doubling", "estimated")
    [pace] = store.paces()
    assert len(store.probes.attempts(pace.probe)) == len(later.live.attempts), "one probe, not two"


def test_a_page_that_opens_says_what_is_stored_of_a_probe_that_broke_off_and_asks_nothing(
    store: PaceStore, url: str
) -> None:
    cut_short(store, url)
    (broken,) = store.probes.unfinished()
    last = store.probes.attempts(broken.id)[-1][1]
    sent = store.probes.last_request(broken)
    assert broken.began + last.started <= sent <= store.clock.today(), "the lost one was the last"
    later = page(store, url)
    later.look_ahead()
    face = later.live.face
    assert (face.label, face.large, face.actions) == ("Safe wait", "Not measured to the end", ("resume",))
    when = moment(sent, store.clock.today())
    assert face.sentence == f"A doubling probe was not finished: 5 attempts, the last on {when}."
    assert (later.running, later.live.attempts, len(store.probes.unfinished())) == (False, [], 1)
    again = probed(page(store, url))
    assert f"Unfinished, last request on {when}" in again.live.hero.said.value, "not when it was begun"
    later.live.hero.first.click()
    later.join(90)
    assert len(later.live.attempts) > 5
    assert store.probes.unfinished() == []


def test_what_somebody_probes_now_is_not_said_to_be_unfinished(store: PaceStore, url: str) -> None:
    cut_short(store, url)
    with store.lease(store.target(url), "another page", seconds=60):
        later = page(store, url)
        later.look_ahead()
        assert later.live.face.large == "Not measured yet"
    later.look_ahead()
    assert later.live.face.large == "Not measured to the end"


def test_what_was_discarded_is_said_no_more(store: PaceStore, url: str) -> None:
    cut_short(store, url)
    store.probes.close(store.target(url))
    later = page(store, url)
    later.look_ahead()
    assert (later.live.face.large, later.live.face.actions) == ("Not measured yet", ())


def test_what_was_followed_by_another_probe_is_not_offered(store: PaceStore, url: str) -> None:
    stopped_after(page(store, url), 3)
    probed(page(store, url))
    later = page(store, url)
    later.look_ahead()
    assert later.live.face.actions == ()


def test_a_stopped_probe_of_another_address_and_one_that_has_shown_nothing_are_not_offered(
    store: PaceStore, url: str
) -> None:
    stopped_after(page(store, url), 3)
    later = page(store, url.replace("Slow-NASA", "NASA"))
    later.look_ahead()
    assert later.live.face.actions == ()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        panel = page(store, address)
        panel.probe()
        silent.accept()[0].close()  # asked once, and not answered
        panel.stop()
        panel.join(30)
        assert store.probes.newest(store.target(address)) is not None
        later = page(store, address)
        later.look_ahead()
        assert later.live.face.actions == ()


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("goes on", "Another page goes on with this address"),
        ("went on", "Another page took this address over"),
        ("ended it", "It was ended from another page"),
    ],
)
def test_who_has_ended_a_probe_from_elsewhere_is_said_as_it_is_known(
    store: PaceStore, url: str, before: str, said: str
) -> None:
    target = store.target(url)
    settings = Settings("quick", Goal(), Budget())
    store.begin(url, settings.plain())
    if before == "went on":
        store.probes.close(target)
    with ExitStack() as stack:
        if before == "goes on":
            stack.enter_context(store.lease(target, "another page", seconds=30))
        assert lost_to(store, LeaseLost("gone"), url, settings) == said
        assert lost_to(store, RuntimeError("the cable is cut"), url, settings) == ""
