# SPDX-License-Identifier: EUPL-1.2
"""One bound SMPP connection, closed behind the block, whatever happens in it."""

import socket
import ssl
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from smpplib import consts, exceptions, smpp
from smpplib.client import Client

_ALL_REPORTS: Final = 0x01  # registered_delivery: success and failure


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
        self.logger.disabled = True  # it writes whole packets, numbers in them

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

    def has_pending(self) -> bool:
        """Tell whether something was read from the wire and not yet from its encryption."""
        return isinstance(self.wire, ssl.SSLSocket) and self.wire.pending() > 0

    def _create_socket(self) -> socket.socket:
        plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        plain.settimeout(self.timeout)
        return self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _address(text: str) -> tuple[int, str]:
    if text.startswith("+"):
        return consts.SMPP_TON_INTL, text[1:]
    if text.isdecimal():
        return consts.SMPP_TON_UNK, text
    return consts.SMPP_TON_ALNUM, text


def _plan(ton: int) -> int:
    plan: int = consts.SMPP_NPI_UNK if ton == consts.SMPP_TON_ALNUM else consts.SMPP_NPI_ISDN
    return plan
