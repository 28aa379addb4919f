"""Refusals in English by what a clause says, and what only has the same words."""

from __future__ import annotations

import json

import pytest

from widgets.http.limits import english
from widgets.http.limits.words import refuses

AMOUNT_OF_WHAT_IS_ASKED = [
    "The API invocation limit has been exceeded",
    "You have passed the number of lookups that your plan allows",
    "Number of requests for action 'read' exceeded the limit of '50'",
    "Usage plan limit of 10000 calls surpassed for key abc",
    "Allowed number of request has been exceeded",
    "Exceeded the limit on concurrent connections",
    "Maximum api usage reached",
    "msg freq limit reached",
]
OVER_SOME_TIME = [
    "Exceeded 4 calls per second for api client",
    "exceeded limit of 10/min: 11",
    "Your project is above its cap of 25 RPS",
    "You have exceeded the amount of requests allowed in the current time frame",
    "You have exceeded the number of tokens allowed within a given time frame",
]
A_LABEL = ["Error: rate limit exceeded", "ERROR : Rate limit reached.", "Failure: rate limit exceeded"]
ALL_OF_IT = [
    "Your daily searches have been used up",
    "Your account has run out of searches",
    "Your API key has used its full allotment of calls for the month",
    "Quota has been exhausted",
]
CODES = [
    *("apiCallQuotaExceeded", "REQUEST_LIMIT_REACHED", "api-call-quota-exceeded", "number_of_calls_exceeded"),
    *("maxRequestsPerMinuteReached", "hourly_calls_exceeded", "ratelimitexceeded", "CUQPS_HAS_EXCEEDED_THE_LIMIT"),
    "tooManyApiCallsInPeriod",
]
NONE = [
    "The request exceeds the maximum number of rows",
    "The request body exceeded the limit",
    "Requests must not exceed the limit of 10",
    "Check that the quota of requests is not exceeded",
    "The limit of webhooks is exceeded; requests are served",
    "Too many fields for calls of this kind",
    "Disk quota exceeded",
    "Memory usage limit exceeded",
    "coupon_usage_limit_reached",
    "maxSeatsReached",
    "Error rate limit exceeded by two percent",
    "lookups = 5 / hit rate = 3",
    "Monthly visits reached a new record",
    "Maximum number of function calls reached",
    "Lock request time out period exceeded",
    "Number of requests: 5. The river is over its bank",
    "20 of 100 requests remain; 3 of 5 were used",
    "The password has been used too many times for this account",
]


@pytest.mark.parametrize("text", [*AMOUNT_OF_WHAT_IS_ASKED, *A_LABEL, *OVER_SOME_TIME, *ALL_OF_IT, *CODES])
def test_a_clause_refuses_that_says_what_was_asked_how_much_and_that_it_is_over(text: str) -> None:
    assert refuses(400, json.dumps({"error": text})) != ""
    assert list(english.found(text))


@pytest.mark.parametrize("text", NONE)
def test_rules_and_amounts_of_other_things_are_none(text: str) -> None:
    assert refuses(400, json.dumps({"error": text})) == ""


@pytest.mark.parametrize("text", [*AMOUNT_OF_WHAT_IS_ASKED, *CODES])
def test_data_that_quotes_it_is_served(text: str) -> None:
    assert refuses(200, json.dumps({"rows": [{"text": text}], "total": 1})) == ""


def test_what_is_repeated_are_the_words_of_the_service() -> None:
    assert refuses(400, '{"reason": "userCallQuotaExceeded", "code": 7}') == "it says 'userCallQuotaExceeded'"


def test_an_error_that_says_429_in_its_body_refuses_whatever_its_words() -> None:
    assert refuses(400, '{"status": 429, "detail": "Limit exceeded"}') != ""
    assert refuses(400, '{"id": 429, "detail": "Limit exceeded"}') == ""


def test_a_quota_is_of_what_another_part_of_the_error_says() -> None:
    assert refuses(400, '{"code": "ErrorQuotaExceeded", "message": "The mailbox quota was exceeded."}') == ""
    assert refuses(400, '{"code": "ErrorQuotaExceeded", "message": "Come back tomorrow."}') != ""


def test_money_has_limits_of_a_day_as_well() -> None:
    assert refuses(400, '{"code": "DAILY_WITHDRAWAL_LIMIT_EXCEEDED", "message": "Your withdrawal is too large"}') == ""
    assert refuses(400, '{"code": "DAILY_SEARCH_LIMIT_EXCEEDED", "message": "Your searches are over"}') != ""
