# SPDX-License-Identifier: EUPL-1.2
"""Makes a process hang: it sleeps, and only SIGKILL ends it (x86-64, by ptrace(2))."""

import ctypes
import os
import platform
import struct

_ATTACH, _DETACH, _GET, _SET, _WRITE = 16, 17, 12, 13, 5
_REGISTERS = 27
_RAX, _RSI, _RDI, _ORIG_RAX, _RIP, _RSP = 10, 13, 14, 15, 16, 19
_SIGSUSPEND = 130
_BELOW_THE_STACK = 512
_SYSCALL_SIZE = 2


def is_possible() -> bool:
    return platform.machine() == "x86_64" and os.geteuid() == 0


def put_to_sleep(pid: int) -> None:
    """Let a process that waits in the kernel continue with `rt_sigsuspend`, with all signals blocked. It never returns."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long

    def trace(what: int, place: int | None = None, value: int | ctypes.Array | None = None) -> None:
        if libc.ptrace(what, pid, place, value) == -1:
            raise OSError(ctypes.get_errno(), "ptrace")

    trace(_ATTACH)
    os.waitpid(pid, 0x40000000)  # any kind of child
    held = ctypes.create_string_buffer(_REGISTERS * 8)
    trace(_GET, None, held)
    registers = list(struct.unpack(f"<{_REGISTERS}Q", held.raw))
    mask = (registers[_RSP] - _BELOW_THE_STACK) & ~7
    trace(_WRITE, mask, 2**64 - 1)
    registers[_RAX], registers[_ORIG_RAX] = _SIGSUSPEND, 2**64 - 1
    registers[_RDI], registers[_RSI] = mask, 8
    registers[_RIP] -= _SYSCALL_SIZE  # back to the instruction that entered the kernel
    trace(_SET, None, ctypes.create_string_buffer(struct.pack(f"<{_REGISTERS}Q", *registers), _REGISTERS * 8))
    trace(_DETACH)
