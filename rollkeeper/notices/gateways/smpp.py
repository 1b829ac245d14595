# SPDX-License-Identifier: EUPL-1.2
"""Short messages by SMPP 3.4, to the operator's own message centre.

The window limits how many parts are in flight, the throttle how many are sent in a second. A part accepted by the centre has not
arrived: its delivery reports say so, whenever the instance listens (`notices collect`, and while it sends). They are saved on
disk before they are acknowledged; the centre repeats those that were not acknowledged.
"""

import re
import select
import ssl
import struct
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from smpplib import exceptions

from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import data_dir
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport, outcome_of
from rollkeeper.notices.gateways.base import CHUNK, Answer, Message, SubmissionResult, log_away
from rollkeeper.notices.gateways.smpp_connection import PAYLOAD, RECEIPTED, STATE, Link
from rollkeeper.notices.gateways.smpp_report_ids import ReportIds
from rollkeeper.notices.gateways.smpp_spool import Spool
from rollkeeper.notices.gateways.smpp_text import WITH_HEADER, TooLong, in_parts
from rollkeeper.notices.settings import settings

_BROKEN: Final = (OSError, exceptions.ConnectionError, exceptions.PDUError, exceptions.UnknownCommandError,
                  struct.error, ValueError, KeyError)  # fmt: skip
_INVALID_DESTINATION: Final = {0x0B, 0x33, 0x40}  # invalid destination: address, count, representation
_BUSY: Final = {0x14, 0x58}  # queue full, throttled
_NUMBER: Final = re.compile(r"\+?[0-9]{3,20}")
_REPORT: Final = re.compile(r"id:\s*(?!sub:)(\S{1,65}+).*?stat:\s*([A-Za-z]+)", re.DOTALL | re.IGNORECASE)
_LONGEST_REPORT: Final = 1000
"""Characters that are read: a report's content is in the first two hundred, and a text may have 65,535."""
_IS_REPORT: Final = 0x04
"""In esm_class: messages that a telephone itself sends have other bits, and may contain anything."""
_AGAIN: Final = 3
"""How often a part is given to a centre that says that it is busy: the other parts of its message may be there already."""
_WITH_OTHERS: Final = 5
"""How many answer timeouts to wait while the centre sends other packets: reports of days may come first."""
_STATES: Final = {
    1: Outcome.ACCEPTED, 2: Outcome.DELIVERED, 3: Outcome.BOUNCED, 4: Outcome.BOUNCED, 5: Outcome.BOUNCED, 6: Outcome.ACCEPTED,
    8: Outcome.BOUNCED,
}  # fmt: skip
"""`ACCEPTED` for a known state that is not final. Scheduled (0) and unknown (7) say nothing: some centres always fill in one of them."""


@dataclass(slots=True)
class _Part:
    message: Message
    number: int
    of: int
    coding: int
    octets: bytes
    sent_at_s: float = 0
    busy: int = 0


@dataclass(slots=True)
class _Run:
    """One conversation: the waiting parts, the parts on their way by sequence number, and the answer to each message."""

    waiting: deque[_Part] = field(default_factory=deque)
    on_its_way: dict[int, _Part] = field(default_factory=dict)
    answers: dict[Any, Answer] = field(default_factory=dict)
    next_at_s: float = 0


class SmppGateway:
    """The gateway to one message centre."""

    rings, batch_size = True, CHUNK

    def __init__(
        self, url: str, *, password: str, sender: str, spool: Spool, window: int = 10, per_second: float = 50,
        patience_s: float = 60,
    ) -> None:  # fmt: skip
        self._url, self._password, self._sender, self._spool = urlsplit(url), password, sender, spool
        self._window, self._pause_s, self._patience_s = window, 1 / per_second, patience_s

    @classmethod
    def of_this_instance(cls) -> "SmppGateway":
        """Return the message centre that the settings name, with its password from ``secrets/smpp.password``."""
        chosen, file = settings(), data_dir() / "secrets" / "smpp.password"
        return cls(
            str(chosen.smpp_url),
            password=file.read_text("utf-8").strip() if file.exists() else "",
            sender=chosen.smpp_sender or instance().care_number,
            spool=Spool(
                data_dir() / "outbox" / "smpp.sqlite",
                centre=str(chosen.smpp_url),
                report_ids=ReportIds(chosen.smpp_report_ids) if chosen.smpp_report_ids else None,
                one_is_enough=chosen.smpp_reports == "message",
            ),
            window=chosen.smpp_window,
            per_second=chosen.smpp_per_second,
        )

    def send(self, messages: Sequence[Message]) -> list[SubmissionResult]:
        """Send over one connection; messages without an answer when it breaks or falls silent are for later.

        A message that cannot be recorded is not sent, since it would be sent again at every run. The fault is then ours and not the
        centre's: it raises GatewayBroken.
        """
        run = _Run()
        try:
            for message in messages:
                self._line_up(message, run)
            if run.waiting:
                self._spool.intend({one.message.reference: one.of for one in run.waiting})
                with self._link() as link:
                    self._converse(link, run)
        except _BROKEN as fault:
            log_away("The message centre", fault)
        return [_result(one, run.answers.get(one.reference, Answer.RETRY)) for one in messages]

    def listen(self, seconds: float) -> None:
        """Receive delivery reports for this time. Raises OSError if the centre is out of reach, GatewayBroken if the spool is."""
        self._spool.take_over()
        try:
            with self._link() as link:
                until = time.monotonic() + seconds
                while (left := until - time.monotonic()) > 0:
                    self._read(link, _Run(), wait_s=left)
        except _BROKEN as fault:
            log_away("The message centre", fault)
            raise OSError("the message centre is out of reach") from fault

    def settled(self) -> list[DeliveryReport]:
        """Return what the reports so far say of whole messages."""
        return self._spool.settled()

    def waiting(self) -> dict[ReportIds, int] | None:
        """Return, if the id format of the centre is not configured, how many waiting reports match in each format."""
        return self._spool.waiting()

    def forget(self, reports: Sequence[DeliveryReport]) -> None:
        """Note that these were taken into the register."""
        self._spool.forget(reports)

    def _link(self) -> Link:
        tls = ssl.create_default_context() if self._url.scheme == "smpps" else None
        host, port = str(self._url.hostname), self._url.port or (3550 if tls else 2775)
        name = unquote(self._url.username or "")
        return Link(host, port, tls=tls, name=name, password=self._password, patience_s=self._patience_s)

    def _line_up(self, message: Message, run: _Run) -> None:
        if not _NUMBER.fullmatch(message.address.reveal()):
            run.answers[message.reference] = Answer.REFUSED
            return
        if message.is_repeat and self._spool.is_whole(message.reference):
            run.answers[message.reference] = Answer.ACCEPTED
            return
        try:
            coding, parts = in_parts(message.text, reference=message.reference)
        except TooLong:
            run.answers[message.reference] = Answer.REFUSED
            return
        run.waiting.extend(
            _Part(message, number, len(parts), coding, octets) for number, octets in enumerate(parts, start=1)
        )

    def _converse(self, link: Link, run: _Run) -> None:
        while run.waiting or run.on_its_way:
            now_s = time.monotonic()
            if run.waiting and len(run.on_its_way) < self._window and now_s >= run.next_at_s:
                self._submit(link, run, now_s)
                continue
            came = self._read(link, run, wait_s=self._wait_s(run, now_s))
            if self._is_silent(run, patience_s=self._patience_s * (_WITH_OTHERS if came else 1)):
                return

    def _wait_s(self, run: _Run, now_s: float) -> float:
        ends = [one.sent_at_s + self._patience_s for one in run.on_its_way.values()]
        if run.waiting and len(run.on_its_way) < self._window:
            ends.append(run.next_at_s)
        return max(0.0, min(ends) - now_s)

    def _is_silent(self, run: _Run, *, patience_s: float) -> bool:
        latest = time.monotonic() - patience_s
        return any(one.sent_at_s <= latest for one in run.on_its_way.values())

    def _submit(self, link: Link, run: _Run, now_s: float) -> None:
        part = run.waiting.popleft()
        if part.message.reference in run.answers:
            return  # an earlier part was refused: the rest would be half a message
        part.sent_at_s, run.next_at_s = now_s, now_s + self._pause_s
        sequence = link.submit(
            sender=self._sender,
            to=part.message.address.reveal(),
            octets=part.octets,
            coding=part.coding,
            kind=WITH_HEADER if part.of > 1 else 0,
        )
        run.on_its_way[sequence] = part

    def _read(self, link: Link, run: _Run, *, wait_s: float) -> bool:
        """Read one packet, if one comes in time; tell whether one came."""
        if not link.has_pending() and not select.select([link.wire], [], [], wait_s)[0]:
            return False
        said = link.read_pdu()
        match said.command:
            case "submit_sm_resp" | "generic_nack":
                self._answered(said, run)
            case "deliver_sm" | "data_sm":
                self._reported(said, nth=link.how_often(said))
                link.acknowledge(said, f"{said.command}_resp")
            case "enquire_link":
                link.acknowledge(said, "enquire_link_resp")
            case "unbind":
                link.acknowledge(said, "unbind_resp")
                raise exceptions.ConnectionError
        return True

    def _answered(self, said: Any, run: _Run) -> None:
        part = run.on_its_way.pop(said.sequence, None)
        if part is None:
            return  # answered before
        message = part.message
        if said.status in _BUSY:
            run.next_at_s = time.monotonic() + 1
            part.busy += 1
            if part.busy < _AGAIN:
                run.waiting.appendleft(part)
                return
        if said.status or said.command == "generic_nack":
            refused = said.status in _INVALID_DESTINATION
            run.answers[message.reference] = Answer.REFUSED if refused else Answer.RETRY
            return
        self._spool.keep_part(
            message.reference, part=part.number, parts=part.of, message_id=_text(said.message_id or b"")
        )
        if message.reference not in run.answers and self._spool.is_whole(message.reference):
            run.answers[message.reference] = Answer.ACCEPTED

    def _reported(self, said: Any, *, nth: int) -> None:
        """Keep a final delivery report; a message that a telephone itself sends is acknowledged and dropped.

        `nth`: how often this text came on this link. A centre repeats an unacknowledged report on another link, and there it counts
        as the first again. A second one on the same link is for another part, if all parts have one id.
        """
        named = _text(said.fields.get(RECEIPTED, b""))
        if not (said.esm_class or 0) & _IS_REPORT and not (named and STATE in said.fields):
            return
        text = _text(said.fields.get(PAYLOAD) or getattr(said, "short_message", None) or b"")
        written = _REPORT.search(text[:_LONGEST_REPORT])
        words = {outcome_of(written[2])} if written else set()
        words |= {_STATES.get(said.fields[STATE][0])} if said.fields.get(STATE) else set()
        words.discard(None)  # a word of the centre's own says nothing, and contradicts nothing
        # If text and field contradict each other, neither counts. A state that is not final does not count either.
        outcome = words.pop() if len(words) == 1 else None
        if outcome not in {None, Outcome.ACCEPTED} and (written or named):
            self._spool.keep_report(
                written[1] if written else "",
                outcome=outcome,
                at=clock.now(),
                answered=named,
                said=repr((nth, text, sorted(said.fields.items()))),
            )


def _result(message: Message, answer: Answer) -> SubmissionResult:
    return SubmissionResult(answer, f"smpp-{message.reference}" if answer is Answer.ACCEPTED else None)


def _text(octets: Any) -> str:
    return octets.decode("latin-1").rstrip("\0") if isinstance(octets, bytes) else str(octets)
