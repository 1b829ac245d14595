# SPDX-License-Identifier: EUPL-1.2
"""Work on very many entries, shared out to as many processes as there are processors. A few entries are worked on where they are asked for."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

type Later[Result] = Callable[[], Result]


@contextmanager
def sharing_out[**Given, Result](
    work: Callable[Given, Result], *, after: int
) -> Iterator[Callable[Given, Later[Result]]]:
    """Do the first calls here, when their results are asked for, and of more the others at once, in other processes."""
    pools: list[ProcessPoolExecutor] = []
    calls = 0

    def share_out(*given: Given.args, **named: Given.kwargs) -> Later[Result]:
        nonlocal calls
        calls += 1
        if calls <= after or (os.cpu_count() or 1) == 1:
            return partial(work, *given, **named)
        pools[:] = pools or [ProcessPoolExecutor(mp_context=get_context("spawn"))]
        return pools[0].submit(work, *given, **named).result

    try:
        yield share_out
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def one_behind[Part](parts: Iterable[Part]) -> Iterator[Part]:
    """Give each part one later: while the results of one are waited for, the next is already being worked on."""
    before: list[Part] = []
    for part in parts:
        yield from before
        before = [part]
    yield from before
