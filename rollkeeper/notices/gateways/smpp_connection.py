# SPDX-License-Identifier: EUPL-1.2
"""One bound SMPP connection, always closed after the block.

smpplib raises at optional fields that it does not expect in a packet and at bytes behind the last field, and cuts off an id that
comes without its closing NUL. Real centres send all of these, and they send an unacknowledged packet again, first, for ever. So the
optional fields are read here, and a packet that still cannot be read is acknowledged and skipped.
"""

import socket
import ssl
import struct
import time
from contextlib import suppress
from types import SimpleNamespace, TracebackType
from typing import Any, Final, Self

from smpplib import command_codes, consts, exceptions, smpp
from smpplib.client import Client

_ALL_REPORTS: Final = 0x01  # registered_delivery: success and failure
_ANSWERS: Final = {"deliver_sm": "deliver_sm_resp", "data_sm": "data_sm_resp"}
_HEAD_BYTES, _LONGEST_BYTES = 16, 1 << 17
RECEIPTED, PAYLOAD, STATE = 0x001E, 0x0424, 0x0427
"""The optional fields of a delivery report: the id in the answer, the text, the state. Source: SMPP 3.4, 5.3.2."""


class Link(Client):  # type: ignore[misc]
    """A transceiver: it sends, and takes delivery reports."""

    _socket: socket.socket | None

    def __init__(
        self, host: str, port: int, *, tls: ssl.SSLContext | None, name: str, password: str, patience_s: float
    ) -> None:
        super().__init__(
            host, port, timeout=patience_s, allow_unknown_opt_params=True, logger_name="rollkeeper.smpp"
        )
        self._tls, self._name, self._password = tls, name, password
        self._ends_at_s, self._heard = 0.0, dict[int, set[int]]()
        self.logger.disabled = True  # it writes whole packets, with the numbers in them

    @property
    def wire(self) -> socket.socket:
        """Return the socket, to wait for."""
        if self._socket is None:
            raise exceptions.ConnectionError
        return self._socket

    def __enter__(self) -> Self:
        try:
            self.connect()
            self.bind_transceiver(system_id=self._name, password=self._password, interface_version=0x34)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if fault is None:
            with suppress(OSError, exceptions.ConnectionError, exceptions.PDUError):
                self.send_pdu(smpp.make_pdu("unbind", client=self))
        self._close()

    def read_pdu(self) -> Any:
        """Read one packet. Its optional fields are in `fields` by their tags; an unreadable one has the command ``none``.

        The whole packet must come before the patience ends. Raises ConnectionError (smpplib's), OSError, PDUError.
        """
        self._ends_at_s = time.monotonic() + self.timeout
        length, code, status, sequence = struct.unpack(">LLLL", head := self._recv_exact(_HEAD_BYTES))
        if not _HEAD_BYTES <= length <= _LONGEST_BYTES:
            raise exceptions.PDUError("a packet of impossible length")
        raw = head + self._recv_exact(length - _HEAD_BYTES)
        fields: dict[int, bytes] = {}
        said: Any = SimpleNamespace(
            command="none", status=status, sequence=sequence, fields=fields, is_error=lambda: bool(status)
        )
        name = ""
        try:
            name = command_codes.get_command_name(code)
            read = smpp.make_pdu(name, client=self)
            read.fields = fields
            read.parse_optional_params = lambda octets: fields.update(_fields(octets))
            read.parse(raw)
            if name == "submit_sm_resp":  # smpplib cuts the last sign off an id without its NUL
                read.message_id = raw[_HEAD_BYTES:].split(b"\0", 1)[0]
            said = read
        except exceptions.UnknownCommandError:
            self._refuse_unknown(sequence)
        except (struct.error, ValueError, KeyError, TypeError, AttributeError):
            if name in _ANSWERS:
                self.acknowledge(said, _ANSWERS[name])
        if not status and said.command in consts.STATE_SETTERS:
            self.state = consts.STATE_SETTERS[said.command]
        return said

    def _recv_exact(self, exact_size: int) -> bytes:
        octets = b""
        while len(octets) < exact_size:
            # One deadline for the whole packet: else a packet that comes sign by sign would hold the connection for ever.
            self.wire.settimeout(max(0.001, self._ends_at_s - time.monotonic()))
            if not (more := self.wire.recv(exact_size - len(octets))):
                raise exceptions.ConnectionError
            octets += more
        self.wire.settimeout(self.timeout)
        return octets

    def _refuse_unknown(self, sequence: int) -> None:
        refusal = smpp.make_pdu("generic_nack", client=self, status=consts.SMPP_ESME_RINVCMDID)
        refusal.sequence = sequence
        self.send_pdu(refusal)

    def submit(self, *, sender: str, to: str, octets: bytes, coding: int, kind: int) -> int:
        """Send one part and return its sequence number."""
        source_ton, source = _address(sender)
        to_ton, destination = _address(to)
        sent = self.send_message(
            source_addr_ton=source_ton, source_addr_npi=_plan(source_ton), source_addr=source,
            dest_addr_ton=to_ton, dest_addr_npi=consts.SMPP_NPI_ISDN, destination_addr=destination,
            short_message=octets, data_coding=coding, esm_class=kind, registered_delivery=_ALL_REPORTS,
        )  # fmt: skip
        return int(sent.sequence)

    def acknowledge(self, said: Any, command: str) -> None:
        """Answer one packet."""
        answer = smpp.make_pdu(command, client=self)
        answer.sequence = said.sequence
        self.send_pdu(answer)

    def how_often(self, said: Any) -> int:
        """Return how often the content of this report came on this link, each time under another sequence number."""
        words = (getattr(said, "short_message", None), *sorted(said.fields.items()))
        sequences = self._heard.setdefault(hash(words), set())
        sequences.add(said.sequence)
        return len(sequences)

    def has_pending(self) -> bool:
        """Tell whether decrypted bytes are waiting that were read from the wire already."""
        return isinstance(self.wire, ssl.SSLSocket) and self.wire.pending() > 0

    def _create_socket(self) -> socket.socket:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        return self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _fields(octets: bytes) -> dict[int, bytes]:
    """Return the optional fields by tag; a malformed field ends them."""
    found: dict[int, bytes] = {}
    place = 0
    while place + 4 <= len(octets):
        tag, length = struct.unpack_from(">HH", octets, place)
        value = octets[place + 4 : place + 4 + length]
        if len(value) < length:
            break
        found[tag] = value
        place += 4 + length
    return found


def _address(text: str) -> tuple[int, str]:
    if text.startswith("+"):
        return consts.SMPP_TON_INTL, text[1:]
    if text.isdecimal():
        return consts.SMPP_TON_UNK, text
    return consts.SMPP_TON_ALNUM, text


def _plan(ton: int) -> int:
    plan: int = consts.SMPP_NPI_UNK if ton == consts.SMPP_TON_ALNUM else consts.SMPP_NPI_ISDN
    return plan
