from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from server.headers import DIALECTS
from server.lab.puzzles import make_puzzle
from server.lab.truth import tell_truth
from server.limiters import LIMITERS, TokenBucket
from widgets.service.client import MOST, Service, ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """Something that answers each connection with the same bytes, whatever it was asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answers() -> None:
            with listener.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=answers, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(30)


def test_every_rule_and_every_dialect_of_the_service_is_offered(base: str) -> None:
    offer = Service(base).offer()
    assert [rule.name for rule in offer.rules] == list(LIMITERS)
    assert list(offer.dialects) == list(DIALECTS)
    assert {rule.name for rule in offer.rules if rule.within} == {"shared", "random-failures"}


def test_the_truth_arrives_as_the_rule_tells_it(base: str) -> None:
    truth = Service(base).truth("/lab/truth/token-bucket?rate=2&burst=3")
    told = tell_truth(TokenBucket(rate=2, burst=3), time_scale=0.02)
    assert truth.curve == told.curve
    assert truth.wait == told.steady_waits[0.05]
    assert truth.limiter == "token-bucket"


def test_a_check_repeats_the_services_sentence_and_spends_nothing_of_the_learners(base: str) -> None:
    service, path = Service(base), "/slow/token-bucket?burst=1&rate=0.001"
    service.check(path)
    service.check(path)
    assert requests.get(base + path, timeout=20).status_code == 200
    assert requests.get(base + path, timeout=20).status_code == 503
    with pytest.raises(ServiceError, match="burst must be"):
        service.check("/slow/token-bucket?burst=-1")
    with pytest.raises(ServiceError, match="There is no rule 'nonsense'"):
        service.check("/slow/nonsense")


def test_a_puzzle_goes_from_seed_to_score_and_takes_one_guess(base: str) -> None:
    service = Service(base + "/")
    puzzle = service.new_puzzle(1, 5)
    assert (puzzle.id, puzzle.truth) == ("1-5", None)
    requests.get(f"{base}/puzzle/1-5", timeout=20)
    rule = make_puzzle(1, 5).choice.rule
    solved = service.commit("1-5", rule.limiter, rule.build().steady_wait(0.05) * 0.02)
    assert solved.score is not None
    assert (solved.score.points, solved.score.cost.requests) == (100, 1)
    assert service.puzzle("1-5") == solved
    with pytest.raises(ServiceError, match="You have guessed already"):
        service.commit("1-5", rule.limiter, 1.0)


def test_a_learner_is_known_by_the_key_of_the_probe_and_by_no_other_header(base: str) -> None:
    requests.get(f"{base}/puzzle/1-5", headers={"X-API-Key": "ada"}, timeout=20)
    ada = Service(base, lambda: {"x-api-key": "ada", "Authorization": "Bearer secret"})
    assert ada._who() == {"x-api-key": "ada"}
    for service, asked in ((ada, 1), (Service(base), 0)):
        solved = service.commit("1-5", "token-bucket", 1.0)
        assert solved.score is not None
        assert solved.score.cost.requests == asked


def test_without_a_seed_each_puzzle_is_another(base: str) -> None:
    service = Service(base)
    assert len({service.new_puzzle(2, None).id for _ in range(4)}) == 4


def test_a_service_without_its_teachers_view_says_that_it_keeps_the_truth(start_service: Callable[..., str]) -> None:
    with pytest.raises(ServiceError, match="keeps the truth about its rules to itself"):
        Service(start_service(LAB=False)).truth("/lab/truth/token-bucket")


def test_a_truth_that_is_too_dear_is_refused_with_the_services_sentence(base: str) -> None:
    with pytest.raises(ServiceError, match="others would take minutes"):
        Service(base).truth("/lab/truth/shared?rule=token-bucket")


def test_a_rule_that_the_service_does_not_know_is_named(base: str) -> None:
    with pytest.raises(ServiceError, match="There is no rule 'nonsense'"):
        Service(base).truth("/lab/truth/nonsense")


def test_nobody_there_is_a_sentence_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ServiceError, match=r"does not answer .*Start it again"):
        Service(f"http://127.0.0.1:{port}").offer()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n\r\n<html>another service</html>",
        b"HTTP/1.1 200 OK\r\n\r\n[]",
        b'HTTP/1.1 200 OK\r\n\r\n{"rules": 1}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 404 Not Found\r\n\r\nno",
        b"HTTP/1.1 200 OK\r\n\r\n" + b'"' + b"x" * (MOST + 10) + b'"',
    ],
)
def test_another_service_is_told_from_ours(answer: bytes) -> None:
    with saying(answer) as base, pytest.raises(ServiceError, match="is not the bundled service"):
        Service(base).offer()


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n"])
def test_what_is_no_answer_is_a_sentence(answer: bytes) -> None:
    with saying(answer) as base, pytest.raises(ServiceError, match="does not answer"):
        Service(base).offer()
