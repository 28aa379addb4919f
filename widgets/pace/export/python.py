"""Python with a pace in it: four pairs of a client and what keeps its pace. PURE: text only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from widgets.pace.export.facts import comment

from .facts import milliseconds, seconds

if TYPE_CHECKING:
    from widgets.model.pace import Pace

GATE = """
class Gate:
    \"\"\"Lets one call through every WAIT seconds, in all threads of this process.\"\"\"

    def __init__(self) -> None:
        self.lock, self.due = threading.Lock(), 0.0

    def __enter__(self) -> None:
        self.lock.acquire()
        while (left := self.due - time.monotonic()) > 0:
            time.sleep(left)

    def __exit__(self, *_: object) -> None:
        self.due = time.monotonic() + WAIT
        self.lock.release()
"""
RETRY_AFTER = """
def retry_after(error: Exception) -> float | bool:
    \"\"\"Seconds to wait before another try; False where another try makes no sense.\"\"\"
    if not isinstance(error, httpx.HTTPStatusError) or error.response.status_code not in (429, 503):
        return False
    said = error.response.headers.get("Retry-After", "")
    return max(WAIT, float(said)) if said.replace(".", "", 1).isdigit() else 2 * WAIT
"""


def requests_ratelimiter(pace: Pace) -> str:
    """Python: requests with requests-ratelimiter; one millisecond is added, since it counts whole ones."""
    return f'''{comment(pace)}
# pip install requests-ratelimiter
from requests_ratelimiter import HostBucketFactory, InMemoryBucket, Limiter, LimiterSession, Rate

URL = {pace.target.url!r}


class Bucket(InMemoryBucket):
    """Counts from when a request really goes: the library's own stamp is when it was planned to go."""

    def put(self, item):
        item.timestamp = self.now()
        return super().put(item)


rate = Rate(1, {milliseconds(pace.wait) + 1})  # 1 request in so many ms
limiter = Limiter(HostBucketFactory([rate], bucket_class=Bucket), buffer_ms=1)
session = LimiterSession(limiter=limiter, limit_statuses=(429, 503))
response = session.request({pace.target.method!r}, URL)
'''


def urllib3_retry(pace: Pace) -> str:
    """Python: requests with urllib3's Retry, which alone keeps no pace, so a gate stands before it."""
    return f"""{comment(pace)}
# urllib3 obeys Retry-After, but silently no longer than 6 hours.
import threading
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

URL = {pace.target.url!r}
WAIT = {seconds(pace.wait)}  # seconds

{GATE}

class Paced(HTTPAdapter):
    gate = Gate()

    def send(self, *args, **options):
        with self.gate:
            return super().send(*args, **options)


retry = Retry(total=5, status_forcelist=(429, 503), allowed_methods=None, backoff_factor=2 * WAIT, backoff_max=3600)
session = requests.Session()
session.mount("https://", Paced(max_retries=retry))
session.mount("http://", Paced(max_retries=retry))
response = session.request({pace.target.method!r}, URL)
"""


def httpx_stamina(pace: Pace) -> str:
    """Python: httpx with stamina, whose hook returns the wait (25.2 or newer)."""
    return f"""{comment(pace)}
# pip install httpx "stamina>=25.2"
import threading
import time

import httpx
import stamina

URL = {pace.target.url!r}
WAIT = {seconds(pace.wait)}  # seconds

{GATE}
{RETRY_AFTER}

gate = Gate()


@stamina.retry(on=retry_after, attempts=5, timeout=None)
def ask(client: httpx.Client) -> httpx.Response:
    with gate:
        return client.request({pace.target.method!r}, URL).raise_for_status()


client = httpx.Client()
response = ask(client)
"""


def httpx_tenacity(pace: Pace) -> str:
    """Python: httpx with tenacity."""
    return f"""{comment(pace)}
# pip install httpx tenacity
import threading
import time

import httpx
from tenacity import retry, retry_if_exception, stop_after_attempt

URL = {pace.target.url!r}
WAIT = {seconds(pace.wait)}  # seconds

{GATE}
{RETRY_AFTER}

gate = Gate()


@retry(
    retry=retry_if_exception(lambda error: retry_after(error) is not False),
    wait=lambda state: retry_after(state.outcome.exception()),
    stop=stop_after_attempt(5),
    reraise=True,
)
def ask(client: httpx.Client) -> httpx.Response:
    with gate:
        return client.request({pace.target.method!r}, URL).raise_for_status()


client = httpx.Client()
response = ask(client)
"""
