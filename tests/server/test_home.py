"""The page for people, and /health for programs."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import requests

from server.catalogue import read_catalogue
from server.ports import VERSION
from server.settings import BUNDLED

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def having(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def test_it_names_every_resource_with_its_credit(base: str) -> None:
    text = requests.get(base, timeout=20).text.replace("&#39;", "'")
    for each in read_catalogue(BUNDLED):
        assert each.name in text
        assert each.description in text
        assert each.credit in text


def test_every_link_of_the_page_to_this_service_works(base: str) -> None:
    page = Page(requests.get(base, timeout=20).text)
    ours = {href for href in page.having("href") if href.startswith("/") and not href.startswith("/Slow-NASA")}
    assert len(ours) > 15
    assert all(requests.head(urljoin(base, href), timeout=20).status_code == 200 for href in ours)
    places = set(page.having("id"))
    assert {href[1:] for href in page.having("href") if href.startswith("#")} <= places


def test_it_is_self_contained_and_runs_nothing(base: str) -> None:
    reply = requests.get(base, timeout=20)
    page = Page(reply.text)
    assert page.having("src") == []
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe"})
    assert not re.search(r"@import|url\(", reply.text)
    assert reply.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_it_can_be_read_by_everyone(base: str) -> None:
    reply = requests.get(base, timeout=20)
    tags = [tag for tag, _ in Page(reply.text).tags]
    assert '<html lang="en">' in reply.text
    assert tags.count("h1") == tags.count("main") == 1
    assert "prefers-color-scheme: dark" in reply.text


def test_it_says_so_when_the_times_are_not_the_usual_ones(base: str) -> None:
    assert "multiplied by 0.02" in requests.get(base, timeout=20).text


def test_health_says_which_program_this_is(base: str) -> None:
    reply = requests.get(f"{base}/health", timeout=20)
    assert reply.json() == {"service": "waitwise", "version": VERSION, "embedded": False}


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"] == VERSION
