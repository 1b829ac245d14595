# SPDX-License-Identifier: EUPL-1.2
"""The message for an unexpected error: a sentence without values, never a traceback.

The text of an exception of the database can hold the values of a row, and a traceback the values of variables. So
neither is shown or logged; the kind of the fault and the place in our own code say where to look.
`ROLLKEEPER_TRACEBACK=1` shows everything, to who develops with invented people.
"""

import errno
import traceback
from pathlib import Path

import psycopg

import rollkeeper
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.platform import embedded_postgres

HERE = Path(rollkeeper.__file__).parent


class DiskFull(RollkeeperError):
    """The disk is full."""

    code = "disk_full"
    kind = Kind.INTERNAL
    sentence = "The disk is full: {place} could not be written."
    remedy = "Make room and run the command again; what was not finished is taken up where it was."


class DatabaseUnreachable(RollkeeperError):
    """The register or the store of keys stopped answering."""

    code = "database_unreachable"
    kind = Kind.INTERNAL
    sentence = "The database does not answer, or stopped answering; nothing was half done."
    remedy = (
        "See 'rollkeeper doctor' (and the settings register_url and keys_url), then run the command again."
    )


class DatabaseTimeout(RollkeeperError):
    """The database gave up waiting for a lock or for a long statement."""

    code = "database_timeout"
    kind = Kind.CONFLICT
    sentence = "Another process worked on the same lines for too long; nothing was changed."
    remedy = "Run it again in a minute."


class DatesOutOfOrder(RollkeeperError):
    """Something would end before it began: the day of the call lies before days that the register knows."""

    code = "dates_out_of_order"
    kind = Kind.MALFORMED
    sentence = "The register already holds something later than the day of this call; nothing was changed."
    remedy = "In a demo instance give a later day with --on; elsewhere set the clock of this machine right."


class FileAccessRefused(RollkeeperError):
    """The operating system refused a file."""

    code = "file_access_refused"
    kind = Kind.MALFORMED
    sentence = "{place}: {why}."
    remedy = "Give the right to that place or name another, then run the command again."


class NotUtf8(RollkeeperError):
    """Something that should be text is not."""

    code = "not_utf8"
    kind = Kind.MALFORMED
    sentence = "What was given is no text in UTF-8: a byte at place {place} fits nowhere."
    remedy = (
        "Give text in UTF-8; a file of another kind or encoding is given by its name, not on standard input."
    )


class Interrupted(RollkeeperError):
    """The user pressed Ctrl-C."""

    code = "interrupted"
    kind = Kind.REFUSED
    sentence = "Stopped by Ctrl-C; nothing is half done."
    remedy = "Run the same command again: it goes on where it was."


class UnexpectedError(RollkeeperError):
    """Something broke that should not have."""

    code = "unexpected_error"
    kind = Kind.INTERNAL
    sentence = "Something broke inside Rollkeeper ({what} in {place})."
    remedy = "Nothing was half done. Run 'rollkeeper doctor'; tell the maintainers this sentence, which holds no data."


def tell(fault: BaseException) -> RollkeeperError:
    """Turn any fault into a sentence that can be shown to anyone."""
    cause = fault.__cause__ if isinstance(fault.__cause__, psycopg.Error) else fault
    if isinstance(fault, KeyboardInterrupt):
        return Interrupted()
    match cause:
        case RollkeeperError():
            return cause
        case psycopg.Error():
            return _tell_of_the_database(cause) or _unforeseen(cause, fault)
        case UnicodeDecodeError() | UnicodeEncodeError():
            return NotUtf8(place=cause.start + 1)
        case OSError():
            return _tell_of_a_file(cause)
        case _:
            return _unforeseen(cause, fault)


def _unforeseen(cause: BaseException, fault: BaseException) -> UnexpectedError:
    return UnexpectedError(what=type(cause).__name__, place=_place(fault))


def _tell_of_the_database(fault: psycopg.Error) -> RollkeeperError | None:
    match fault:
        case psycopg.errors.DiskFull():
            return DiskFull(place="the register")
        case (
            psycopg.errors.LockNotAvailable()
            | psycopg.errors.QueryCanceled()
            | psycopg.errors.DeadlockDetected()
        ):
            return DatabaseTimeout()
        case psycopg.errors.DataException():
            # The only such error here is a span of days that ends before it begins.
            return DatesOutOfOrder()
        case psycopg.OperationalError():
            return (
                DiskFull(place="the register") if embedded_postgres.disk_is_full() else DatabaseUnreachable()
            )
    return None


def _tell_of_a_file(fault: OSError) -> RollkeeperError:
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(place=fault.filename or "the output")
    return FileAccessRefused(place=fault.filename or "a file", why=fault.strerror or type(fault).__name__)


def _place(fault: BaseException) -> str:
    """Return file and line of the innermost frame that is ours."""
    frames = [
        frame
        for frame in traceback.extract_tb(fault.__traceback__)
        if Path(frame.filename).is_relative_to(HERE)
    ]
    return f"{Path(frames[-1].filename).relative_to(HERE)}:{frames[-1].lineno}" if frames else "a library"
