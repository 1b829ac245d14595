# SPDX-License-Identifier: EUPL-1.2
"""Work on very many entries, shared out to as many processes as there are processors. A few entries are worked on where they are asked for."""

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
"""So much is done here: to start processes takes as long as some thousand entries."""

_BEHIND = 2

type Later[Result] = Callable[[], Result]


class Share(Protocol):
    """Have some work done, at the latest when its result is asked for."""

    def __call__[**Given, Result](
        self, work: Callable[Given, Result], /, *given: Given.args, **named: Given.kwargs
    ) -> Later[Result]:
        """Return what gives the result."""


@contextmanager
def sharing_out() -> Iterator[Share]:
    """Do the first pieces of work here, when their results are asked for, and of more the others at once, in other processes."""
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
    """Let this process end when the process that distributes the work is killed: it would wait for ever, or go on writing after the next one began."""
    from multiprocessing import parent_process

    parent = parent_process()

    def wait() -> None:
        if parent:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def given_later[Part](parts: Iterable[Part]) -> Iterator[Part]:
    """Give each part after two more: while the results of one are waited for and written, the next are already being worked on."""
    before: deque[Part] = deque()
    for part in parts:
        before.append(part)
        if len(before) > _BEHIND:
            yield before.popleft()
    yield from before
