"""`Crew`: threads that do work for an event loop, and that no end of the process waits for."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import ParamSpec, TypeVar

__all__ = ["Crew"]

_T = TypeVar("_T")
_P = ParamSpec("_P")


class Crew(Executor):
    """At most ``size`` threads, each made when it is needed.

    The pool of the standard library has Python wait for its threads at the end, however long a file or another server
    keeps them. Whoever tells a server to end does not mean that.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._work: deque[Callable[[], None]] = deque()
        self._futures: deque[Future[object]] = deque()
        self._ready = threading.Condition()
        self._count = 0
        self._idle = 0
        self._is_closed = False

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Have a thread call the function. Raises `RuntimeError` after `shutdown`."""
        future: Future[_T] = Future()
        with self._ready:
            if self._is_closed:
                raise RuntimeError("this crew has gone")
            self._work.append(partial(_run, future, partial(fn, *args, **kwargs)))
            self._futures.append(future)  # type: ignore[arg-type]  # nobody here puts anything into it
            if self._idle >= len(self._work):
                self._ready.notify()
            elif self._count < self._size:
                self._count += 1
                threading.Thread(target=self._live, name=f"{self._name}-{self._count}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Take no more work; what has begun goes on, and nobody waits for it."""
        with self._ready:
            self._is_closed = True
            if cancel_futures:
                self._work.clear()
                waiting, self._futures = tuple(self._futures), deque()
            else:
                waiting = ()
            self._ready.notify_all()
        for future in waiting:
            future.cancel()

    def _live(self) -> None:
        while True:
            with self._ready:
                while not self._work:
                    if self._is_closed:
                        return
                    self._idle += 1
                    self._ready.wait()
                    self._idle -= 1
                work = self._work.popleft()
                self._futures.popleft()
            work()
            del work


def _run(future: Future[_T], work: Callable[[], _T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
        future.set_exception(error)
