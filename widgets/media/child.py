"""Decoders run in another process, with a limit on memory and time, so that a bomb takes only that process down.

The processes are kept warm: a second page of a PDF comes at once. Their functions live in `widgets.media.decoders`.
"""

from __future__ import annotations

import atexit
import importlib.util
import multiprocessing
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

T = TypeVar("T")

MEMORY = 512 * 1024 * 1024
SECONDS = 10.0
LIMITED = bool(importlib.util.find_spec("resource")) and "forkserver" in multiprocessing.get_all_start_methods()
"""Whether this machine can limit a process. Where it cannot, which is anywhere but Unix, nothing is decoded."""

_WORKERS = 2

_lock = threading.Lock()
_pools: list[ProcessPool] = []


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
    future: Future[T] = _pool().schedule(work, args=arguments, kwargs=options, timeout=SECONDS)
    return future


def result_of(future: Future[T]) -> T:
    """Return what the work returned, or raise `DecoderError`."""
    try:
        # A process that dies before it begins is started again and again: the wait for it has an end of its own.
        return future.result(4 * SECONDS)
    except TimeoutError as error:
        raise DecoderError(f"it took longer than {SECONDS:.0f} s to decode") from error
    except (MemoryError, ProcessExpired) as error:
        raise DecoderError(f"it needed more than {MEMORY >> 20} MB to decode, or broke the decoder") from error
    except RecursionError as error:
        raise DecoderError("it is nested too deeply") from error
    except Exception as error:
        words = " ".join(str(error).split())[:200]
        raise DecoderError(f"it cannot be decoded: {words or type(error).__name__}") from error


def _pool() -> ProcessPool:
    with _lock:
        if not _pools:
            # Neither the kernel's threads nor its memory are inherited, as they would be with a plain fork.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["widgets.media.decoders"])
            _pools.append(ProcessPool(max_workers=_WORKERS, initializer=_limit, context=context))
            atexit.register(_close)
        return _pools[0]


def _limit() -> None:
    import resource  # noqa: PLC0415 - only Unix has it, and only there is this called

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _close() -> None:
    for pool in _pools:
        pool.stop()  # type: ignore[no-untyped-call]  # the one untyped method of pebble
        pool.join(timeout=1)
