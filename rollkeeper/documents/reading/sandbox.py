# SPDX-License-Identifier: EUPL-1.2
"""What the worker permanently gives up before it sees the first byte of a picture.

Enforced by the kernel, also for root:

    seccomp     a list of allowed system calls; no socket is made or connected, no file opened, no program run,
                no memory made executable; a process can set limits only for itself; the child for a picture cannot
                make a process or send a signal either (it can make a thread: the HEIC decoder needs one)
    landlock    no file or folder may be opened, no TCP port bound or connected, no abstract socket reached
    limits      address space, processor seconds, no file written, no core dump; the process cannot raise them
    rest        no new privileges, not dumpable (no process attaches to it, no memory is swapped into a dump)

If the kernel allows it: a separate network, IPC and host name namespace, without a device (always for root; for others if unprivileged
user namespaces are allowed). If root starts the worker, it continues as the user `nobody`, in no group.

Without seccomp the worker refuses to work. It also refuses if a test shows that something forbidden is still possible.
"""

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable
from typing import Final

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_UNPRIVILEGED: Final = 65534

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_PDEATHSIG = 4, 38, 1
_CLONE_NEWUTS, _CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x04000000, 0x08000000, 0x10000000, 0x40000000
_SYS_LANDLOCK: Final = (444, 445, 446)
_LANDLOCK_FILES: Final = {
    1: (1 << 13) - 1,
    2: (1 << 14) - 1,
    3: (1 << 15) - 1,
    4: (1 << 15) - 1,
    5: (1 << 16) - 1,
}
_LANDLOCK_TCP, _LANDLOCK_SCOPES = 0b11, 0b11

# Numbers of system calls: x86-64, ARM64. None: there is no such call.
_CALLS: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, None), "ppoll": (271, 73),
    "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sched_yield": (24, 124),
    "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101), "getpid": (39, 172), "exit": (60, 93),
    "getrusage": (98, 165), "getuid": (102, 174), "geteuid": (107, 175), "getppid": (110, 173), "sigaltstack": (131, 132),
    "gettid": (186, 178), "futex": (202, 98), "sched_getaffinity": (204, 123), "exit_group": (231, 94),
    "clock_gettime": (228, 113), "clock_nanosleep": (230, 115), "set_robust_list": (273, 99), "getrandom": (318, 278),
    "membarrier": (324, 283), "rseq": (334, 293), "restart_syscall": (219, 128), "getcpu": (309, 168),
    "gettimeofday": (96, 169), "setrlimit": (160, 164),
    "setitimer": (38, 103), "getrlimit": (97, 163),
    "set_tid_address": (218, 96), "writev": (20, 66), "readv": (19, 65), "select": (23, None), "pselect6": (270, 72),
}  # fmt: skip
_ONLY_OF_THE_PARENT: Final[dict[str, tuple[int | None, int | None]]] = {
    "recvmsg": (47, 212), "clone": (56, 220), "fork": (57, None), "wait4": (61, 260), "kill": (62, 129),
    "prctl": (157, 167), "seccomp": (317, 277), "dup": (32, 23), "dup3": (292, 24), "fcntl": (72, 25),
}  # fmt: skip
_ARCHITECTURES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_ONLY_OF_ITSELF: Final = (302, 261)
"""prlimit64: with another process's id it could end any process of the same user."""
_MAKES_EXECUTABLE: Final = {"mmap": (9, 222), "mprotect": (10, 226)}
_ALLOW, _REFUSE, _KILL, _NO_SUCH_CALL = 0x7FFF0000, 0x00050001, 0x80000000, 0x00050026
_CLONE, _CLONE3 = (56, 220), 435
_CLONE_THREAD, _CLONE_NEW = 0x00010000, 0x7E020080
_PROT_EXEC: Final = 4
_LEAST_ROOM_BYTES: Final = 64 << 20

_sizes = (0, 0)
"""Address space and memory of this process when it was sealed, in bytes."""


class NotSandboxedError(Exception):
    """The machine cannot seal the worker."""


def unshare_namespaces() -> list[str]:
    """Enter separate network, IPC and host name namespaces if the kernel allows it. Called before anything else is loaded."""
    whole = _CLONE_NEWNET | _CLONE_NEWIPC | _CLONE_NEWUTS
    # A service manager may allow only a network namespace (ops/systemd); seccomp refuses every use of IPC and host names anyway.
    for own, names in ((whole, ["network", "ipc", "host name"]), (_CLONE_NEWNET, ["network"])):
        if _LIBC.unshare(own) == 0 or _LIBC.unshare(own | _CLONE_NEWUSER) == 0:
            return names
    return []


def seal() -> list[str]:
    """Give up everything that is not needed any more; return what is enforced. Raises NotSandboxedError."""
    held = []
    if os.geteuid() == 0 and _become_nobody():
        held.append("user nobody")
    _LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise NotSandboxedError("no_new_privs")
    held += ["no new privileges", "not dumpable"]
    version = _landlock()
    held += [f"landlock {version}"] if version else []
    _filter({**_CALLS, **_ONLY_OF_THE_PARENT}, threads_only=False)
    if not _is_sealed():
        raise NotSandboxedError("what must not be possible is")
    return [*held, "seccomp"]


def limit_child(*, bytes_in_all: int, seconds: int) -> None:
    """Limit the child that reads one picture, and forbid it the system calls that only its parent needs."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    space, resident = _sizes
    room = space + max(_LEAST_ROOM_BYTES, bytes_in_all - resident)
    for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(what, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    _filter(_CALLS, threads_only=True)


def note_sizes() -> None:
    """Record the size of the process while files can still be opened; each child begins with that size."""
    global _sizes  # noqa: PLW0603 - a fact about the process
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        space, resident = (int(part) * resource.getpagesize() for part in file.read().split()[:2])
    _sizes = (space, resident)


def _is_sealed() -> bool:
    """Tell whether forbidden calls fail. It tries them, since a filter that was requested may not be in force."""
    import socket

    for forbidden in (
        _open_something,
        socket.socket,
        lambda: os.scandir("/"),
    ):
        try:
            forbidden()
        except OSError:
            continue
        return False
    return True


def _open_something() -> int:
    return os.open("/proc/self/statm", os.O_RDONLY)


def _become_nobody() -> bool:
    try:
        os.setgroups([])
        os.setresgid(_UNPRIVILEGED, _UNPRIVILEGED, _UNPRIVILEGED)
        os.setresuid(_UNPRIVILEGED, _UNPRIVILEGED, _UNPRIVILEGED)
    except OSError:
        return False
    return True


def _landlock() -> int:
    """Forbid every file, port and abstract socket; return the kernel's version of landlock, 0 where it has none."""
    version = int(_LIBC.syscall(_SYS_LANDLOCK[0], None, 0, 1))
    if version < 1:
        return 0
    files = _LANDLOCK_FILES[min(version, 5)]
    wanted = struct.pack(
        "=QQQ", files, _LANDLOCK_TCP if version >= 4 else 0, _LANDLOCK_SCOPES if version >= 6 else 0
    )
    length = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = int(_LIBC.syscall(_SYS_LANDLOCK[0], ctypes.c_char_p(wanted), length, 0))
    if rules < 0:
        return 0
    done = _LIBC.syscall(_SYS_LANDLOCK[2], rules, 0) == 0
    os.close(rules)
    return version if done else 0


def _filter(allowed: dict[str, tuple[int | None, int | None]], *, threads_only: bool) -> None:
    """Allow only these system calls. Earlier filters stay in force: the strictest counts."""
    if platform.machine() not in _ARCHITECTURES:
        raise NotSandboxedError(platform.machine())
    column, architecture = _ARCHITECTURES[platform.machine()]
    numbers = [pair[column] for name, pair in allowed.items() if name not in _MAKES_EXECUTABLE]
    program = _program(
        architecture, [n for n in numbers if n is not None], [pair[column] for pair in _MAKES_EXECUTABLE.values()],
        limits=_ONLY_OF_ITSELF[column], thread=_CLONE[column] if threads_only else None,
    )  # fmt: skip
    code = b"".join(program)
    held = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
    if _LIBC.prctl(22, 2, ctypes.c_char_p(header), 0, 0) != 0:
        raise NotSandboxedError("seccomp")


def _program(
    architecture: int, allowed: Iterable[int], mapping: Iterable[int], *, limits: int, thread: int | None
) -> list[bytes]:
    """Return the filter in the kernel's filter language; each step has a code, jumps if true and if false, and a value."""
    load, equal, any_bit, answer = 0x20, 0x15, 0x45, 0x06

    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    program = [step(load, 4), step(equal, architecture, 1, 0), step(answer, _KILL), step(load, 0)]
    for number in allowed:
        program += [step(equal, number, 0, 1), step(answer, _ALLOW)]
    for number in mapping:
        # The third argument says whether the mapped memory may be executed.
        program += [
            step(equal, number, 0, 4), step(load, 32), step(any_bit, _PROT_EXEC, 0, 1), step(answer, _REFUSE),
            step(answer, _ALLOW),
        ]  # fmt: skip
    # The first argument, of which the kernel reads 32 bits, is the process whose limits are set; 0 is the process itself.
    program += [
        step(equal, limits, 0, 4), step(load, 16), step(equal, 0, 0, 1), step(answer, _ALLOW), step(answer, _REFUSE),
    ]  # fmt: skip
    if thread is not None:
        # The first argument says what is made: a thread of this process, without a new namespace.
        program += [
            step(equal, thread, 0, 5), step(load, 16), step(any_bit, _CLONE_NEW, 2, 0),
            step(any_bit, _CLONE_THREAD, 0, 1), step(answer, _ALLOW), step(answer, _REFUSE),
        ]  # fmt: skip
    # A call whose arguments cannot be checked is reported as missing: libraries then use the older call.
    return [*program, step(equal, _CLONE3, 0, 1), step(answer, _NO_SUCH_CALL), step(answer, _REFUSE)]
