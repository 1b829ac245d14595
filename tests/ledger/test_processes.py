# SPDX-License-Identifier: EUPL-1.2
"""Work that is shared out ends with the process that shared it out."""

import os
import signal
import subprocess
import sys
import time

import pytest

from rollkeeper.ledger.processes import given_later, sharing_out
from tests.processes import children_of, is_alive

SHARER = """
import os, time
from rollkeeper.ledger.processes import sharing_out
with sharing_out() as share:
    later = [share(os.getpid) for _ in range(40)]
    print(*{one() for one in later} - {os.getpid()}, flush=True)
    time.sleep(600)
"""


def test_what_is_shared_out_comes_back_in_the_order_in_which_it_is_asked_for():
    with sharing_out() as share:
        later = [share(divmod, number, 7) for number in range(40)]

        assert [one() for one in later] == [divmod(number, 7) for number in range(40)]


def test_a_few_pieces_of_work_are_done_in_this_process():
    with sharing_out() as share:
        assert {share(os.getpid)() for _ in range(4)} == {os.getpid()}


@pytest.mark.skipif(os.cpu_count() == 1, reason="one processor: nothing is shared out")
def test_the_processes_of_one_that_is_killed_end_by_themselves():
    with subprocess.Popen([sys.executable, "-c", SHARER], stdout=subprocess.PIPE, text=True) as sharer:
        shared = [int(pid) for pid in sharer.stdout.readline().split()]
        every = {*shared, *children_of(sharer.pid)}
        sharer.send_signal(signal.SIGKILL)

    until = time.monotonic() + 60
    while any(map(is_alive, every)) and time.monotonic() < until:
        time.sleep(0.05)

    assert shared
    assert [pid for pid in every if is_alive(pid)] == []


def test_parts_are_given_after_the_next_were_begun_and_none_is_lost():
    begun = []

    def parts():
        for part in "abcd":
            begun.append(part)
            yield part

    given = [(part, "".join(begun)) for part in given_later(parts())]

    assert given == [("a", "abc"), ("b", "abcd"), ("c", "abcd"), ("d", "abcd")]
    assert list(given_later([])) == []
