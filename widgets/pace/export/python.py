"""Python with a pace in it: five ways to ask, and one gate that all of them go through. PURE: text only.

A library keeps a pace or obeys a Retry-After, each in its own way and hardly one in all its forms. So what must be
right stands in the snippet itself, and the library does what it is good at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .facts import comment, milliseconds, seconds

if TYPE_CHECKING:
    from widgets.model.pace import Pace

IMPORTS = """import threading
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
"""
GATE = '''
LONGEST = 86_400  # seconds that this script waits at most when it is told to stay away

def stay_away(headers) -> float:
    """Seconds to stay away, by a Retry-After as a number, a date, or a moment since 1970; 0 where none is said."""
    said = headers.get("Retry-After", "").strip()
    now = time.time()
    try:
        wait = max(float(part.strip().removesuffix("s")) for part in said.split(","))
    except ValueError:
        try:
            if headers.get("Date"):  # both moments are of the service's own clock
                now = parsedate_to_datetime(headers["Date"]).timestamp()
            moment = datetime.fromisoformat(said) if said[:4].isdigit() else parsedate_to_datetime(said)
            return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() - now
        except ValueError:
            return 0.0
    if wait > 5e11:
        return wait / 1000 - now
    return wait - now if wait > 5e8 else wait


class Gate:
    """Lets one request through every WAIT seconds, in all threads of this process, and none while told to stay away."""

    def __init__(self) -> None:
        self.lock, self.due = threading.RLock(), 0.0

    def __enter__(self) -> None:
        self.lock.acquire()
        try:
            self.wait()
        except BaseException:
            self.lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        self.sent()
        self.lock.release()

    def wait(self) -> None:
        while (left := self.due - time.monotonic()) > 0:
            if not left <= LONGEST:
                raise RuntimeError(f"The service says to stay away for {left / 3600:.0f} hours; nothing was sent.")
            time.sleep(left)

    def sent(self) -> None:
        self.due = max(self.due, time.monotonic() + WAIT)

    def saw(self, status, headers) -> bool:
        """Whether that is a refusal; then the next request waits for as long as it says, and two paces at least."""
        refused = status in (429, 503) or (status >= 400 and "Retry-After" in headers)
        if refused:
            with self.lock:
                self.due = max(self.due, time.monotonic() + max(2 * WAIT, stay_away(headers)))
        return refused


gate = Gate()
'''


def _head(pace: Pace, imports: str, *, needs: str = "") -> str:
    install = f"# pip install {needs}\n" if needs else ""
    return f"""{comment(pace)}
{install}{IMPORTS}
{imports}

URL = {pace.target.url!r}
WAIT = {seconds(pace.wait)}  # seconds
{GATE}
"""


def requests_ratelimiter(pace: Pace) -> str:
    """Python: requests with requests-ratelimiter; one millisecond is added, since it counts whole ones."""
    imports = """import requests
from requests_ratelimiter import HostBucketFactory, InMemoryBucket, Limiter, LimiterMixin, Rate"""
    return f'''{_head(pace, imports, needs="requests-ratelimiter")}
class Bucket(InMemoryBucket):
    """Counts from when a request really goes: the library's own stamp is when it was planned to go."""

    def put(self, item):
        item.timestamp = self.now()
        return super().put(item)


class Patient(requests.Session):
    """Stays away as long as it is told to, which the library does not."""

    def send(self, request, **options):
        with gate:
            response = super().send(request, **options)
            gate.saw(response.status_code, response.headers)
        return response


class Paced(LimiterMixin, Patient):
    pass


rate = Rate(1, {milliseconds(pace.wait) + 1})  # 1 request in so many ms
session = Paced(limiter=Limiter(HostBucketFactory([rate], bucket_class=Bucket), buffer_ms=1))
response = session.request({pace.target.method!r}, URL)
'''


def urllib3_retry(pace: Pace) -> str:
    """Python: requests with urllib3's Retry, which alone keeps no pace, and asks at once after the first refusal."""
    imports = """import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry"""
    return f'''{_head(pace, imports)}
class Waiting(Retry):
    """Asks again when the gate lets it."""

    def increment(self, method=None, url=None, response=None, *args, **options):
        gate.sent()
        if response is not None:
            gate.saw(response.status, response.headers)
        return super().increment(method, url, response, *args, **options)

    def sleep(self, response=None):
        gate.wait()


class Paced(HTTPAdapter):
    def send(self, *args, **options):
        with gate:
            return super().send(*args, **options)


retry = Waiting(total=5, status_forcelist=(429, 503), allowed_methods=None)
session = requests.Session()
session.mount("https://", Paced(max_retries=retry))
session.mount("http://", Paced(max_retries=retry))
response = session.request({pace.target.method!r}, URL)
'''


ASK = """def ask(client: httpx.Client, url: str = URL) -> httpx.Response:
    with gate:
        response = client.request({method!r}, url)
        gate.saw(response.status_code, response.headers)
    return response.raise_for_status()


client = httpx.Client()
response = ask(client)
"""


def httpx_stamina(pace: Pace) -> str:
    """Python: httpx with stamina, whose hook returns the wait (25.2 or newer)."""
    return f'''{_head(pace, "import httpx" + chr(10) + "import stamina", needs='httpx "stamina>=25.2"')}
def again(error: Exception) -> float | bool:
    """Seconds until the gate lets another try through; False where another try makes no sense."""
    if not isinstance(error, httpx.HTTPStatusError) or error.response.status_code not in (429, 503):
        return False
    return max(0.001, gate.due - time.monotonic())


@stamina.retry(on=again, attempts=5, timeout=None)
{ASK.format(method=pace.target.method)}'''


def httpx_tenacity(pace: Pace) -> str:
    """Python: httpx with tenacity."""
    imports = """import httpx
from tenacity import retry, retry_if_exception, stop_after_attempt"""
    return f'''{_head(pace, imports, needs="httpx tenacity")}
def again(error: BaseException) -> bool:
    """Whether another try makes sense; the gate knows when."""
    return isinstance(error, httpx.HTTPStatusError) and error.response.status_code in (429, 503)


@retry(retry=retry_if_exception(again), stop=stop_after_attempt(5), reraise=True)
{ASK.format(method=pace.target.method)}'''


def httpx_alone(pace: Pace) -> str:
    """Python: httpx alone, with a transport that waits, and asks again when it was refused."""
    return f'''{_head(pace, "import httpx", needs="httpx")}
class Paced(httpx.HTTPTransport):
    """Asks in its turn, and after a refusal again, five times at most."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for left in range(4, -1, -1):
            with gate:
                response = super().handle_request(request)
                refused = gate.saw(response.status_code, response.headers)
            if not refused or not left:
                break
            response.close()
        return response


client = httpx.Client(transport=Paced())
response = client.request({pace.target.method!r}, URL)
'''
