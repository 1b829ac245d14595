"""As much of an SGSN as it takes to see what the HLR tells those to whom a phone is attached (GSUP over IPA)."""

import socket
import struct

from tests.provisioning.elements import HERE

LOCATION, LOCATION_REFUSED, LOCATION_DONE, INSERT_DATA, DATA_INSERTED, DELETE_DATA = (
    0x04,
    0x05,
    0x06,
    0x10,
    0x12,
    0x14,
)
_CONTROL, _EXTENDED, _GSUP = 0xFE, 0xEE, b"\x05"
_PACKET_SWITCHED = b"\x28\x01\x01"


class Sgsn:
    """One connection to the HLR, known to it by name."""

    names_a_domain = False
    """Whether the last message about a subscriber says which domain it is about."""

    def __init__(self, imsi: str) -> None:
        digits = imsi + "f" * (len(imsi) % 2)
        packed = bytes(
            int(high, 16) << 4 | int(low, 16) for low, high in zip(digits[::2], digits[1::2], strict=True)
        )
        self._imsi = b"\x01" + bytes([len(packed)]) + packed
        self._wire = socket.create_connection((HERE, 4222), timeout=60)
        self._read()  # who are you?
        name = b"SGSN-invented\0"
        tags = ((8, b"0/0/0\0"), (1, name), (0, name))
        self._send(_CONTROL, b"\x05" + b"".join(struct.pack(">HB", len(v) + 1, k) + v for k, v in tags))
        self._send(_CONTROL, b"\x06")

    def close(self) -> None:
        self._wire.close()

    def attach(self) -> int:
        """Say that the phone is here; return what the HLR makes of it."""
        self._send(_EXTENDED, _GSUP + bytes([LOCATION]) + self._imsi + _PACKET_SWITCHED)
        said = self.hears()
        if said == INSERT_DATA:
            self._send(_EXTENDED, _GSUP + bytes([DATA_INSERTED]) + self._imsi)
            said = self.hears()
        return said

    def hears(self) -> int:
        """Return the kind of the next message about a subscriber."""
        for _ in range(20):
            protocol, said = self._read()
            if protocol == _EXTENDED and said[:1] == _GSUP:
                self.names_a_domain = _PACKET_SWITCHED in said
                return said[1]
        raise AssertionError("the HLR says nothing about the subscriber")

    def _send(self, protocol: int, said: bytes) -> None:
        self._wire.sendall(struct.pack(">HB", len(said), protocol) + said)

    def _read(self) -> tuple[int, bytes]:
        length, protocol = struct.unpack(">HB", self._wire.recv(3, socket.MSG_WAITALL))
        return protocol, self._wire.recv(length, socket.MSG_WAITALL)
