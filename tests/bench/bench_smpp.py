# SPDX-License-Identifier: EUPL-1.2
"""Notifying people by SMS over a real message centre, against bare `smpplib` that submits the same parts in the same window.

The product: claim, note the intent, open each number with its ledger entry, write the text, split it into parts, submit, note each
answer on disk and in the register. The baseline: `submit_sm` of the same parts to a centre of the same kind, without a register, a key,
an entry or a file. The centre is that of the tests, in Node with the package smpp; it answers at once.
"""

import datetime as dt
import json
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.law.calendars import Term
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.gateways.smpp import SmppGateway
from rollkeeper.notices.gateways.smpp_connection import Link
from rollkeeper.notices.gateways.smpp_spool import Spool
from rollkeeper.notices.gateways.smpp_text import in_parts
from rollkeeper.notices.services import send_due
from rollkeeper.notices.texts import write_notice
from tests.bench.bench_notices import PROMISED, QUEUED, Row, empty_register, enqueue_notice, seconds

HERE = Path(__file__).parents[1]
PACKAGE = HERE.parent / "node_modules" / "smpp"
WINDOW, PASSWORD = 10, "invented"


def run(sizes: Sequence[int]) -> list[Row]:
    """Empty the register and measure, for each size."""
    write_settings(notices={"quiet_from": dt.time(8), "quiet_until": dt.time(8)})
    return [row for size in sizes for row in _at(size)]


def _at(size: int) -> list[Row]:
    clock.set_demo_date(QUEUED)
    parts = _parts()
    with _centre() as port:
        bare = seconds(lambda: _submit_bare(port, parts, times=size))
    empty_register()
    enqueue_notice(size)
    spool = data_dir() / "outbox" / "smpp-bench.sqlite"
    with _centre() as port:
        way = SmppGateway(
            f"smpp://rollkeeper@127.0.0.1:{port}", password=PASSWORD, sender="10086", spool=Spool(spool),
            window=WINDOW, per_second=1e9,
        )  # fmt: skip
        sent = seconds(lambda: send_due(console_authority(), on=QUEUED, by_channel={Channel.SMS: way}))
    (handed,) = rows("SELECT count(*) AS n FROM notices_notice WHERE state = 'sent'")
    assert handed.n == size, (handed.n, size)
    spool.unlink()
    what = f"smpp: {size / sent:,.0f} notices of {len(parts)} parts a second, window {WINDOW} / bare smpplib"
    return [(what, size, sent, bare, sent / bare, "")]


def _parts() -> list[bytes]:
    """Return the parts of the text of a notice; notices differ only in their codes."""
    text = write_notice(
        NoticeKind.REGISTER_BY, language="bo", brief=True, promised_on=PROMISED,
        suspension=Term(30), code="12345678", operator=instance().operator_name, care=instance().care_number,
    ).text  # fmt: skip
    return in_parts(text, reference=new_uuid())[1]


def _submit_bare(port: int, parts: Sequence[bytes], *, times: int) -> None:
    link = Link("127.0.0.1", port, tls=None, name="rollkeeper", password=PASSWORD, patience_s=10)
    with link:
        open_count = 0
        for octets in (octets for _ in range(times) for octets in parts):
            if open_count == WINDOW:
                link.read_pdu()
                open_count -= 1
            link.submit(sender="10086", to="+8613900001234", octets=octets, coding=8, kind=0x40)
            open_count += 1
        for _ in range(open_count):
            link.read_pdu()


@contextmanager
def _centre() -> Iterator[int]:
    """Start a centre; its output is discarded, because a full pipe that no one reads would stop it."""
    command = ["node", str(HERE / "notices" / "centre.js"), str(PACKAGE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin
        assert running.stdout
        reader = threading.Thread(target=deque, args=(running.stdout, 0), daemon=True)
        try:
            print(json.dumps([0, {"password": PASSWORD}]), file=running.stdin, flush=True)
            port = int(json.loads(running.stdout.readline())[1]["port"])
            reader.start()
            yield port
        finally:
            running.kill()
            reader.join()
