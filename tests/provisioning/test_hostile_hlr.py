"""An HLR that lies about one line gets no command sent about another, and no state believed."""

import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from rollkeeper.provisioning.gateways.osmo_wire import Control, NotUnderstood, Terminal

HONEST = {"id": "7", "msisdn": "8613908000001", "imsi": "460001234567890", "nam_cs": "1", "nam_ps": "1"}


@contextmanager
def control_that_says(row):
    """Give the place of a control interface that answers one question with this row."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            wire, _ = server.accept()
            with wire:
                _, number, variable = wire.recv(1 << 12)[4:].decode().split(" ", 2)
                said = f"GET_REPLY {number} {variable} " + "\n".join(f"{k}\t{v}" for k, v in row.items())
                wire.sendall(struct.pack(">H", len(said) + 1) + b"\xee\x00" + said.encode())
                wire.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def asked(row, selector="msisdn-8613908000001"):
    with control_that_says(row) as place, Control(place, patience_s=5) as control:
        return control.info(selector)


def test_an_honest_row_is_believed():
    assert asked(HONEST) == HONEST
    assert asked(HONEST, "id-7") == HONEST


@pytest.mark.parametrize(
    "lie",
    [
        {"id": "7 update network-access-mode none\rsubscriber id 8"}, {"id": "8 "}, {"id": "-1"}, {"id": ""}, {"id": "\u0667"},
        {"id": "9" * 20}, {"msisdn": "8613908000002"}, {"msisdn": ""}, {"imsi": "1\r2"}, {"imsi": "4600012345678901"},
    ],
)  # fmt: skip
def test_a_row_of_another_number_or_with_words_in_it_is_not_understood(lie):
    with pytest.raises(NotUnderstood):
        asked(HONEST | lie)


def test_the_row_of_another_id_is_not_understood():
    with pytest.raises(NotUnderstood):
        asked(HONEST, "id-8")


@pytest.mark.parametrize("command", ["a\nb", "a\rb", "a\0b", "\x1b[A", "a" * 200, "subscriber id 7 ?"])
def test_a_terminal_is_sent_one_command_at_a_time(command):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        terminal = Terminal.__new__(Terminal)
        terminal._wire, terminal._read = ours, b""
        theirs.sendall(b"\nHLR# ")

        with pytest.raises(NotUnderstood):
            terminal.do(command)


@pytest.mark.parametrize("words", [("id-7 x",), ("id-7\n",), ("id-7", "none 5"), ("id-7", "")])
def test_a_control_interface_is_sent_one_variable_and_one_value(words):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        control = Control.__new__(Control)
        control._wire, control._read = ours, b""
        theirs.close()

        with pytest.raises(NotUnderstood):
            control._ask("SET", *words)
        assert control._asked == 0
