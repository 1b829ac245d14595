# SPDX-License-Identifier: EUPL-1.2
"""Work on very many entries, distributed to one process for each processor. A few entries are worked on in the calling process."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

_HERE = 4
"""So many pieces of work are done in this process: starting others takes as long as some thousand entries."""

_BEHIND = 2

type Later[Result] = Callable[[], Result]


class Share(Protocol):
    """Has some work done, at the latest when its result is asked for."""

    def __call__[**Given, Result](
        self, work: Callable[Given, Result], /, *given: Given.args, **named: Given.kwargs
    ) -> Later[Result]:
        """Return a function that gives the result."""


@contextmanager
def sharing_out() -> Iterator[Share]:
    """Do the first pieces of work in this process, when their results are asked for; start any others at once, in other processes."""
    pools: list[ProcessPoolExecutor] = []
    pieces = 0

    def share[**Given, Result](
        work: Callable[Given, Result], /, *given: Given.args, **named: Given.kwargs
    ) -> Later[Result]:
        nonlocal pieces
        pieces += 1
        if pieces <= _HERE or (os.cpu_count() or 1) == 1:
            return partial(work, *given, **named)
        pools[:] = pools or [_pool()]
        return pools[0].submit(work, *given, **named).result

    try:
        yield share
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def _pool() -> "ProcessPoolExecutor":
    from concurrent.futures import ProcessPoolExecutor  # most processes never need them
    from multiprocessing import get_context

    return ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_end_with_parent)


def _end_with_parent() -> None:
    """End this process when the one that distributes the work is killed: else it would wait for ever, or write while the next run does."""
    from multiprocessing import parent_process

    parent = parent_process()

    def wait() -> None:
        if parent:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def given_later[Part](parts: Iterable[Part]) -> Iterator[Part]:
    """Give each part when two more were begun: while the results of one are awaited and written, the next are already worked on."""
    before: deque[Part] = deque()
    for part in parts:
        before.append(part)
        if len(before) > _BEHIND:
            yield before.popleft()
    yield from before
