# SPDX-License-Identifier: EUPL-1.2
"""The message for an unexpected error: a sentence without values, never a traceback.

The text of an exception of the database can hold the values of a row, and a traceback the values of variables. So
neither is shown or logged; the kind of the fault and the place in our own code say where to look.
`ROLLKEEPER_TRACEBACK=1` shows everything: it is for developers, with invented people only.
"""

import errno
import os
import pwd
import traceback
from pathlib import Path
from typing import Final

import psycopg

import rollkeeper
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.settings import data_dir
from rollkeeper.operations.errors import (
    DATABASE_TIMEOUT,
    DATABASE_UNREACHABLE,
    DATES_OUT_OF_ORDER,
    DISK_FULL,
    FILE_ACCESS_REFUSED,
    INSTANCE_OF_ANOTHER_USER,
    INTERRUPTED,
    NOT_UTF8,
    UNEXPECTED_ERROR,
)
from rollkeeper.platform import embedded_postgres

HERE = Path(rollkeeper.__file__).parent
SYSTEM_WORDS: Final = (
    "No such file or directory", "Permission denied", "Operation not permitted", "Is a directory", "Not a directory", "Directory not empty",
    "File exists", "File name too long", "Read-only file system", "Too many open files", "Too many levels of symbolic links",
    "Input/output error", "Device or resource busy", "Invalid argument", "Broken pipe", "Cannot allocate memory", "Address already in use",
    "Cannot assign requested address", "Name or service not known", "Temporary failure in name resolution", "Connection refused",
    "Connection reset by peer", "Connection timed out", "Network is unreachable", "No route to host",
)  # fmt: skip
"""The operating system's own error messages: the catalogues translate them, so that a refusal is in one language."""


def tell(fault: BaseException) -> RollkeeperError:
    """Turn any fault into a sentence that can be shown to anyone."""
    cause = fault.__cause__ if isinstance(fault.__cause__, psycopg.Error) else fault
    if isinstance(fault, KeyboardInterrupt):
        return INTERRUPTED()
    match cause:
        case RollkeeperError():
            return cause
        case psycopg.Error():
            return _tell_of_the_database(cause) or _unforeseen(cause, fault)
        case UnicodeDecodeError() | UnicodeEncodeError():
            return NOT_UTF8(place=cause.start + 1)
        case OSError():
            return _tell_of_a_file(cause)
        case _:
            return _unforeseen(cause, fault)


def _unforeseen(cause: BaseException, fault: BaseException) -> RollkeeperError:
    return UNEXPECTED_ERROR(what=type(cause).__name__, place=_place(fault))


def _tell_of_the_database(fault: psycopg.Error) -> RollkeeperError | None:
    match fault:
        case psycopg.errors.DiskFull():
            return DISK_FULL(place="the register")
        case (
            psycopg.errors.LockNotAvailable()
            | psycopg.errors.QueryCanceled()
            | psycopg.errors.DeadlockDetected()
        ):
            return DATABASE_TIMEOUT()
        case psycopg.errors.DataException():
            # The only such error here is a span of days that ends before it begins.
            return DATES_OUT_OF_ORDER()
        case psycopg.OperationalError():
            return (
                DISK_FULL(place="the register")
                if embedded_postgres.disk_is_full()
                else DATABASE_UNREACHABLE()
            )
    return None


def _tell_of_a_file(fault: OSError) -> RollkeeperError:
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DISK_FULL(place=fault.filename or "the output")
    if fault.errno in {errno.EACCES, errno.EPERM} and (other := _owner_of_instance_with(fault.filename)):
        return INSTANCE_OF_ANOTHER_USER(
            data_dir=data_dir(), owner=other, user=_user_name(os.geteuid()), place=fault.filename
        )
    return FILE_ACCESS_REFUSED(place=fault.filename or "a file", why=fault.strerror or type(fault).__name__)


def _owner_of_instance_with(place: object) -> str | None:
    """Return the owner of the data directory, if this file is in it and the owner is not the user of this process."""
    if not isinstance(place, str) or not Path(place).is_relative_to(data_dir()):
        return None
    try:
        owner = data_dir().stat().st_uid
    except OSError:
        return None
    return None if owner == os.geteuid() else _user_name(owner)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # a user of a container has no name
        return str(uid)


def _place(fault: BaseException) -> str:
    """Return file and line of the innermost frame that is ours."""
    frames = [
        frame
        for frame in traceback.extract_tb(fault.__traceback__)
        if Path(frame.filename).is_relative_to(HERE)
    ]
    return f"{Path(frames[-1].filename).relative_to(HERE)}:{frames[-1].lineno}" if frames else "a library"
