# SPDX-License-Identifier: EUPL-1.2
"""What the process that reads pictures cannot do: tried from inside, as root and as an ordinary user."""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rollkeeper.documents import image_intake
from rollkeeper.documents.errors import IMAGE_REJECTED, NO_DOCUMENT_FOUND, ReaderFailed, WorkerNotSandboxed
from rollkeeper.documents.reading import worker_client
from rollkeeper.documents.reading.refusals import SENTENCES, RejectReason
from rollkeeper.documents.reading.worker_client import Answer, Worker, the_worker
from rollkeeper.kernel.errors import RollkeeperError
from tests.documents import hostile
from tests.processes import children_of
from tests.refusals import refusing

ON = dt.date(2012, 3, 1)

# Sealed as the worker is, then as its child is; each attempt says whether it came through.
# Everything is imported as root: an ordinary user may not enter the folder in which Python lies.
ATTEMPTS = """
import ctypes, encodings.ascii, json, mmap, os, resource, signal, socket, subprocess, sys, threading, time
from rollkeeper.documents.reading import sandbox
if "ordinary" in sys.argv:
    os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)
held = sandbox.unshare_namespaces()
libc = ctypes.CDLL(None, use_errno=True)
nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
sibling = subprocess.Popen(["sleep", "5"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **nobody)
ready_unix = socket.socket(socket.AF_UNIX) if "inherits" in sys.argv else None
sandbox.note_sizes()
held += sandbox.seal()
if "child" in sys.argv:
    sandbox.limit_child(bytes_in_all=512 << 20, seconds=20)

def connect(family, address):
    socket.socket(family).connect(address)

def raw(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")

attempts = {
    "read a file": lambda: open("/etc/hostname"),
    "write a file": lambda: open("/tmp/rollkeeper-leak", "w"),
    "list a folder": lambda: os.scandir("/"),
    "make a file in memory": lambda: os.memfd_create("x"),
    "connect by TCP": lambda: connect(socket.AF_INET, ("127.0.0.1", 5432)),
    "connect to a database": lambda: connect(socket.AF_UNIX, "/tmp/.s.PGSQL.5432"),
    "send by UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53)),
    "talk to the kernel by netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "make a pair of sockets": socket.socketpair,
    "go round by io_uring": lambda: raw(425, 8, ctypes.create_string_buffer(120)),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "be traced or trace": lambda: raw(101, 16, os.getppid(), 0, 0),
    "read another's memory": lambda: raw(310, os.getppid(), 0, 0, 0, 0, 0),
    "make memory that runs": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
    "get a namespace": lambda: raw(272, 0x10000000),
    "lift a limit": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)) if "child" in sys.argv else 1 / 0,
    "limit another process": lambda: resource.prlimit(sibling.pid, resource.RLIMIT_CPU, (1, 1)),
    "read another's limits": lambda: resource.prlimit(sibling.pid, resource.RLIMIT_CPU),
    "limit itself by its number": lambda: resource.prlimit(os.getpid(), resource.RLIMIT_CPU, (9, 9)),
    "become root": lambda: os.setuid(0) if os.getuid() else 1 / 0,
    "make a process": lambda: (os.fork() or os._exit(0)) if "child" in sys.argv else 1 / 0,
    "end another process": lambda: os.kill(os.getppid(), 0) if "child" in sys.argv else 1 / 0,
    "take a gigabyte": lambda: bytearray(1 << 30) if "child" in sys.argv else 1 / 0,
}
came_through = []
for what, attempt in attempts.items():
    try:
        attempt()
    except (OSError, MemoryError, ValueError, ZeroDivisionError):
        continue
    came_through.append(what)
resource.prlimit(0, resource.RLIMIT_CPU, (9, 9))
os.write(1, json.dumps({"held": held, "came_through": came_through, "own": resource.getrlimit(resource.RLIMIT_CPU)}).encode())
"""


def tried(*words: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-I", "-c", ATTEMPTS, *words], capture_output=True, check=True, timeout=60
    )
    return json.loads(done.stdout)


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the attempts are numbered for x86-64")
@pytest.mark.parametrize(
    "who",
    ["", pytest.param("ordinary", marks=pytest.mark.skipif(os.geteuid() != 0, reason="the run is ordinary"))],
)
@pytest.mark.parametrize("which", ["", "child"])
def test_nothing_that_is_tried_from_inside_comes_through(who, which):
    said = tried(who, which)

    assert said["came_through"] == []
    assert "seccomp" in said["held"]
    assert "no new privileges" in said["held"]
    assert said["own"] == [9, 9]


def test_the_attempts_come_through_where_nothing_is_sealed():
    unsealed = ATTEMPTS.replace("held += sandbox.seal()", "")
    done = subprocess.run(
        [sys.executable, "-I", "-c", unsealed], capture_output=True, check=False, timeout=60
    )

    # It has made itself another program, which ends well and says nothing, before it could answer.
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_worker_that_is_not_sealed_reads_nothing(monkeypatch):
    said = 'import os; os.write(0, b\'{"failed": "no seccomp"}\')'
    popen = subprocess.Popen
    monkeypatch.setattr(
        worker_client.subprocess,
        "Popen",
        lambda _, **options: popen([sys.executable, "-I", "-c", said], **options),
    )

    with pytest.raises(WorkerNotSandboxed):
        Worker()


def test_the_worker_starts_with_nothing_of_this_process(monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_SECRET", "invented")
    worker, folder = Worker(), Path("/proc")
    try:
        files = [str(file.readlink()) for file in (folder / str(worker.pid) / "fd").iterdir()]
        environment = (folder / str(worker.pid) / "environ").read_bytes()
    except PermissionError:
        pytest.skip("only root may look into a process that is not dumpable")
    finally:
        worker.close()

    assert b"invented" not in environment
    assert b"ROLLKEEPER" not in environment
    assert all(file == "/dev/null" or file.startswith("socket:") for file in files)
    assert len({file for file in files if file.startswith("socket:")}) == 1


def test_no_two_pictures_are_read_in_one_process():
    worker, seen = the_worker(), set()
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    if not os.access(children, os.R_OK):
        pytest.skip("this kernel does not say who is whose child, or not to this user")

    def watch():
        while not done.wait(0.002):  # a child lives for a hundred times as long
            seen.update(children_of(worker.pid))

    done = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for _ in range(3):
            with refusing(NO_DOCUMENT_FOUND):
                image_intake.read_document(hostile.plain("PNG"), asked=(), on=ON)
    finally:
        done.set()
        watcher.join()

    assert len(seen) == 3


def test_pictures_can_be_handed_over_at_the_same_time():
    answers = []

    def read(number):
        try:
            image_intake.read_document(hostile.plain("PNG")[: 40 + number], asked=(), on=ON)
        except RollkeeperError as refused:
            answers.append((refused.code, refused.facts["why"]))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [(IMAGE_REJECTED.code, SENTENCES[RejectReason.BROKEN])] * 12


def test_a_worker_that_was_ended_is_started_again():
    worker = the_worker()
    worker.close()

    with refusing(IMAGE_REJECTED):
        image_intake.read_document(b"?", asked=(), on=ON)

    assert the_worker() is not worker


@pytest.mark.parametrize(
    "finding",
    [
        {},
        {"shape": "TD3", "values": {"religion": "x"}, "zone": "", "mended": False},
        {"shape": "TD3", "values": {"name": "x" * 5000}, "zone": "", "mended": False},
        {"shape": "TD3", "values": {"name": 7}, "zone": "", "mended": False},
        {"shape": "TD3", "values": {"name": "a\u202eb"}, "zone": "", "mended": False},
        {"shape": "<script>", "values": {}, "zone": "", "mended": False},
        "x",
        None,
    ],
)
def test_what_no_document_says_is_not_believed_of_the_worker(finding):
    with pytest.raises(ReaderFailed):
        image_intake._proposal(Answer({"findings": [finding]}, ()), asked=("name",), on=ON)
