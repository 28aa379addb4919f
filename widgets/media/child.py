"""Decoders run in another process, with a limit on memory and time, so that a bomb takes only that process down.

Two processes are kept warm: a second page of a PDF comes at once. Each has a pipe of its own and shares nothing with
the other, so that its death, at whatever moment, costs the reply that it was at and no other; the next reply gets a
new process. Their functions live in `widgets.media.decoders`.

By hand, over `multiprocessing`: the workers of a pool (pebble's, and that of `concurrent.futures`) share a channel, and
one that dies with the lock of it in hand breaks the pool for all.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import pickle
import re
import signal
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from .reply import Misasked, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

T = TypeVar("T")

MEMORY = 512 * 1024 * 1024
SECONDS = 10.0
LIMITED = bool(importlib.util.find_spec("resource")) and "forkserver" in multiprocessing.get_all_start_methods()
"""Whether this machine can limit a process. Where it cannot, which is anywhere but Unix, nothing is decoded."""

_PROGRAMS = 512 * 1024 * 1024
_WORKERS = 2
_NAME = "waitwise decoder"
_TIRED = 256 * 1024 * 1024
"""Bytes: a process that ever held so many is replaced; what it has not given back would be missing to the next."""


class DecoderError(Exception):
    """A decoder could not do its work; the message says why in words for the page."""


def in_child(work: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Return `work(*arguments, **options)`, done in a limited process.

    >>> from widgets.media.decoders import links
    >>> in_child(links, '<a href="/b">words</a>')
    [('words', '/b')]

    Raises:
        DecoderError: It failed, needed too much memory, or took too long.
    """
    return result_of(start(work, *arguments, **options))


def start(work: Callable[..., T], *arguments: Any, **options: Any) -> Future[T]:
    """Begin `work(*arguments, **options)` in a limited process; hand the future to `result_of` once it is done.

    Raises:
        DecoderError: No process can be limited here.
    """
    if not LIMITED:
        raise DecoderError("this machine cannot limit what a decoder takes, as Linux and macOS can, so none is run")
    if (
        multiprocessing.current_process().name == _NAME
    ):  # A script without `if __name__ == "__main__"` runs there again.
        raise DecoderError("a decoder starts no other one")
    future: Future[T] = Future()
    _waiting().put(_Task(future, work, arguments, options))
    return future


def result_of(future: Future[T]) -> T:
    """Return what the work returned, or raise `DecoderError`."""
    try:
        return future.result(4 * SECONDS)
    except TimeoutError as error:
        future.cancel()
        raise DecoderError(f"other replies have kept the decoders busy for {4 * SECONDS:.0f} s; try again") from error


@dataclass(frozen=True, slots=True)
class _Task:
    future: Future[Any]
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What comes back through the pipe; `tired` when the process ends with it."""

    kind: Literal["done", "memory", "depth", "told", "failed"]
    value: Any = None
    tired: bool = False


_lock = threading.Lock()
_queues: list[SimpleQueue[_Task]] = []


def _waiting() -> SimpleQueue[_Task]:
    """Return the queue of what is to be decoded, with threads that work it off."""
    with _lock:
        if not _queues:
            _queues.append(SimpleQueue())
            for number in range(_WORKERS):
                # Daemons: a decoder that is at work does not keep a kernel from ending.
                threading.Thread(target=_serve, args=(_queues[0],), name=f"decoder {number}", daemon=True).start()
        return _queues[0]


def _serve(queue: SimpleQueue[_Task]) -> None:
    """Do one task after the other in a process of this thread's own."""
    decoder = _Decoder()
    while True:
        task = queue.get()
        if not task.future.set_running_or_notify_cancel():
            continue
        try:
            task.future.set_result(decoder.run(task))
        except DecoderError as error:
            task.future.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - whoever asked is told; this thread must live
            decoder.end()
            task.future.set_exception(DecoderError(f"it cannot be decoded: {_words(error)}"))
        del task  # Its bytes would be held until the next one comes.


class _Decoder:
    """One limited process at a time, replaced when it died, was killed or is tired."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def run(self, task: _Task) -> Any:
        """Do a task, and raise `DecoderError` where that cannot be."""
        message = ForkingPickler.dumps((task.work, task.arguments, task.options, SECONDS))
        try:
            pipe = self._begun(message)
            if not pipe.poll(SECONDS):
                self.end()
                raise DecoderError(f"it took longer than {SECONDS:.0f} s to decode")
            answer: _Answer = pipe.recv()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self.end()
            raise DecoderError(_TOO_MUCH.format(MEMORY >> 20)) from error
        if answer.tired:
            self.end()
        match answer.kind:
            case "done":
                return answer.value
            case "memory":
                raise DecoderError(_TOO_MUCH.format(MEMORY >> 20))
            case "depth":
                raise DecoderError("it is nested too deeply")
            case "told":
                raise DecoderError(answer.value)
            case _:
                raise DecoderError(f"it cannot be decoded: {answer.value}")

    def _begun(self, message: Any) -> Connection:
        """Send a task and return the pipe once a process has begun with it.

        One that ended before it had begun, because somebody killed it, is no fault of this task: it gets a second one.
        """
        for last in (False, True):
            pipe = self._pipe = self._pipe or self._new()
            try:
                pipe.send_bytes(message)
                if pipe.poll(4 * SECONDS) and pipe.recv_bytes() == _BEGUN:
                    break
            except (EOFError, OSError):
                if last:
                    raise
            self.end()
        else:
            raise DecoderError("no process could be started to decode it")
        return pipe

    def _new(self) -> Connection:
        # Neither the kernel's threads nor its memory are inherited, as they would be with a plain fork.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["widgets.media.decoders"])
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, MEMORY, _TIRED), name=_NAME, daemon=True)
        self._process.start()
        theirs.close()
        return ours

    def end(self) -> None:
        """Let the process go; the next task gets a new one."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None


_BEGUN = b"begun"
_NO_ZIP = "File is not a zip file"
_TOO_MUCH = "it needed more than {} MB to decode, or broke the decoder"


def _work(pipe: Connection, memory: int, tired: int) -> None:
    """Answer tasks until the other end is closed, which it is when the process there ends, whatever way."""
    import resource  # noqa: PLC0415 - only Unix has it, and only there is this called

    # What it holds of its own is limited, by the kernel and to the byte. The programs of libraries come on top: they
    # lie in files, are shared, and all of them together (astropy, h5py, pyarrow, …) would fill most of the room.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_AS, (memory + _PROGRAMS, memory + _PROGRAMS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is meant for the server, which ends this one.
    unit = 1 if hasattr(signal, "SIGINFO") else 1024  # The unit of `ru_maxrss` on macOS, and on Linux.
    while True:
        try:
            message = pipe.recv_bytes()
            pipe.send_bytes(_BEGUN)
        except (EOFError, OSError):
            return
        answer = _answered(message)
        del message
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        is_tired = answer.kind in {"memory", "depth"} or held > tired
        try:
            sent = ForkingPickler.dumps(_Answer(answer.kind, answer.value, is_tired))
        except BaseException as error:  # noqa: BLE001 - a result too large, too deep or of no plain kind
            sent, is_tired = ForkingPickler.dumps(_Answer(*_kind(error), tired=True)), True
        del answer
        pipe.send_bytes(sent)
        if is_tired:
            return


def _answered(message: bytes) -> _Answer:
    try:
        work, arguments, options, seconds = pickle.loads(message)  # noqa: S301 - from the process that started this one
        # Whoever asked kills this process at the end of its time; where nobody is left to do so, the alarm does.
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
        return _Answer("done", work(*arguments, **options))
    except BaseException as error:  # noqa: BLE001 - whatever a decoder stumbles over is told
        return _Answer(*_kind(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _kind(error: BaseException) -> tuple[Literal["memory", "depth", "told", "failed"], str]:
    if isinstance(error, MemoryError):
        return "memory", ""
    if isinstance(error, RecursionError):
        return "depth", ""
    if isinstance(error, (Unreadable, Misasked)):
        return "told", _words(error)
    return "failed", _words(error)


def _words(error: BaseException) -> str:
    # Some libraries name the object that they read, which tells a person nothing.
    words = re.sub(r"\s*:?\s*<[\w.]+ object at 0x[0-9a-f]+>", "", str(error))
    if words == _NO_ZIP:  # It may well be one of which the end is missing.
        return "no list of entries stands at its end, as in a ZIP archive"
    return " ".join(words.split())[:200].rstrip(".") or type(error).__name__
