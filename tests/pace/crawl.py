"""Crawls with Scrapy and the middleware: `python -m tests.pace.crawl BASE STORE COUNT [LEARN [STATUS...]]`."""

from __future__ import annotations

import sys
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.exceptions import IgnoreRequest

served: list[int] = []


class Pages(scrapy.Spider):
    """Asks for the same page under several addresses."""

    name = "pages"

    async def start(self) -> Any:
        for number in range(int(sys.argv[3])):
            yield scrapy.Request(f"{sys.argv[1]}?page={number}", errback=self.failed)

    def parse(self, response: Any, **_: Any) -> None:
        served.append(response.status)

    def failed(self, failure: Any) -> None:
        if failure.type is IgnoreRequest:  # and none of its kinds: `HttpError` is an answer
            sys.stderr.write(f"ignored: {failure.value}\n")


if __name__ == "__main__":
    process = CrawlerProcess(
        {
            "DOWNLOADER_MIDDLEWARES": {"widgets.pace.scrapy.PacedMiddleware": 999},
            "WAITWISE_STORE": sys.argv[2],
            "WAITWISE_LEARN": sys.argv[4] if len(sys.argv) > 4 else None,
            "HTTPERROR_ALLOWED_CODES": [int(status) for status in sys.argv[5:]],
            "TELNETCONSOLE_ENABLED": False,
            "LOG_LEVEL": "WARNING",
        }
    )
    process.crawl(Pages)
    process.start()
    sys.stdout.write(f"{len(served)} {set(served)}\n")
