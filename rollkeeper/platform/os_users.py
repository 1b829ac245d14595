# SPDX-License-Identifier: EUPL-1.2
"""Users of the operating system for parts of Rollkeeper, where root runs it: one for each server and each app.

One user cannot read another's files and memory. If an ordinary user runs Rollkeeper, there is one user for all processes and no
such separation: `docs/decisions/0009-an-os-user-per-process.md` says what risk remains.
"""

import fcntl
import grp
import os
import pwd
import stat
import struct
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Final

# The form in which Linux keeps an access control list: a version, then entries of tag, rights, and user or group (acl(5)).
_ACL: Final = "system.posix_acl_access"
_ACL_DEFAULT: Final = "system.posix_acl_default"
_ACL_VERSION: Final = 2
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID: Final = 0xFFFFFFFF
_ENTER: Final = 1


def system_user(name: str) -> str | None:
    """Return a system user, made on first use; None if an ordinary user runs Rollkeeper."""
    if os.geteuid() != 0:
        return None
    with _accounts():
        if not _is_known(name):
            subprocess.run(  # noqa: S603
                [  # noqa: S607
                    "useradd",
                    "--system",
                    "--user-group",
                    "--no-create-home",
                    "--shell",
                    "/usr/sbin/nologin",
                    name,
                ],
                check=True,
                capture_output=True,
            )
    return name


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


@contextmanager
def _accounts() -> Iterator[None]:
    """Lock the machine's accounts: two processes that make the same user at once would each take a number, and one of them would be lost.

    The lock is on the folder, since `useradd` replaces the files in it, and nothing has to be written.
    """
    folder = os.open("/etc", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def allow_traversal(path: Path, user: str) -> None:
    """Let one user pass through the folders above `path`: the right to enter, not to list or read, and for no one else.

    Folders such as /root stay closed to everyone else. Raises OSError where the file system keeps no access control lists.
    """
    account = pwd.getpwnam(user)
    for folder in reversed(path.absolute().parents):
        if not _may_enter(folder, account):
            _let_enter(folder, account.pw_uid)


def let_read_what_comes(folder: Path, user: str) -> None:
    """Let one user, and no one else, read everything in a folder, now and later, by its default access control list.

    If the folder has no such list yet, everything that is in it already is changed once.
    """
    uid = pwd.getpwnam(user).pw_uid
    entries = {
        (_USER_OBJ, _NO_ID): 7,
        (_USER, uid): 5,
        (_GROUP_OBJ, _NO_ID): 0,
        (_MASK, _NO_ID): 5,
        (_OTHER, _NO_ID): 0,
    }
    if _ACL_DEFAULT in os.listxattr(folder):
        return
    os.setxattr(folder, _ACL_DEFAULT, _packed(entries))
    for below in folder.rglob("*"):
        if below.is_symlink():  # an app may put one there
            continue
        if below.is_dir():
            os.setxattr(below, _ACL_DEFAULT, _packed(entries), follow_symlinks=False)
        _grant(below, uid, 5 if below.is_dir() else 4)


def let_group(folder: Path, group: str, rights: int) -> None:
    """Give a folder to root and one group with these rights. If it inherited a list, the mode alone would give the group nothing.

    Users of the group can remove or replace only their own files there. Raises OSError for a link: its target would be given away.
    """
    with _locked(folder) as held:
        os.fchown(held, 0, grp.getgrnam(group).gr_gid)
        os.fchmod(held, stat.S_ISVTX | 0o700 | rights << 3)
        entries = _access_list(held)
        if (_MASK, _NO_ID) in entries:
            entries[_GROUP_OBJ, _NO_ID] = rights
            entries[_MASK, _NO_ID] = reduce(
                or_, (granted for (tag, _), granted in entries.items() if tag in {_USER, _GROUP_OBJ})
            )
            os.setxattr(held, _ACL, _packed(entries))


def let_everyone_enter(folder: Path, *, inside: Path) -> None:
    """Let every user pass through `folder` and the folders above it, from `inside` on: any user may serve what is published."""
    for one in (folder, *folder.parents):
        if one.is_relative_to(inside):
            one.chmod(one.stat().st_mode | stat.S_IXOTH)


def is_readable_by(user: str, paths: Iterable[Path]) -> bool:
    """Tell whether a user can read these files, or list these folders, by asking the kernel as that user."""
    words = [word for path in paths for word in ("-a", "-r", str(path))][1:]
    account = pwd.getpwnam(user)
    asked = subprocess.run(  # noqa: S603
        ["test", *words],  # noqa: S607
        user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False,
    )  # fmt: skip
    return asked.returncode == 0


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether a user without further groups can enter a folder; the folders above it are checked before."""
    found = folder.stat()
    if found.st_uid == account.pw_uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.pw_gid:
        return bool(found.st_mode & stat.S_IXGRP)
    entries = _access_list(folder)
    own = entries.get((_USER, account.pw_uid))
    if own is None:
        return bool(found.st_mode & stat.S_IXOTH)
    return bool(own & entries.get((_MASK, _NO_ID), 0) & _ENTER)


def _let_enter(folder: Path, uid: int) -> None:
    _grant(folder, uid, _ENTER)


def _grant(place: Path, uid: int, rights: int) -> None:
    """Add an entry for one user to the access control list of a folder or file (acl(5)); all other entries stay."""
    with _locked(place) as held:
        entries = _access_list(held)
        granted = entries.get((_MASK, _NO_ID), entries[_GROUP_OBJ, _NO_ID])
        entries |= {
            (_USER, uid): entries.get((_USER, uid), 0) | rights,
            (_MASK, _NO_ID): granted | rights,
        }
        os.setxattr(held, _ACL, _packed(entries))


@contextmanager
def _locked(place: Path) -> Iterator[int]:
    """Lock an access control list: both servers start at once, and each would write it without the other's entry. Raises OSError for a link."""
    held = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield held
    finally:
        os.close(held)


def _packed(entries: Mapping[tuple[int, int], int]) -> bytes:
    rows = b"".join(struct.pack("<HHI", tag, entries[tag, name], name) for tag, name in sorted(entries))
    return struct.pack("<I", _ACL_VERSION) + rows


def _access_list(folder: Path | int) -> dict[tuple[int, int], int]:
    """Return a folder's access control list, as rights by tag and user or group; without a list, the rights of its mode."""
    try:
        found = os.getxattr(folder, _ACL)
    except OSError:
        mode = (os.fstat(folder) if isinstance(folder, int) else folder.stat()).st_mode
        return {
            (_USER_OBJ, _NO_ID): mode >> 6 & 7,
            (_GROUP_OBJ, _NO_ID): mode >> 3 & 7,
            (_OTHER, _NO_ID): mode & 7,
        }
    return {(tag, name): granted for tag, granted, name in struct.iter_unpack("<HHI", found[4:])}


def processes_in(folder: Path, *, user: str | None) -> list[int]:
    """Return the processes whose working directory is this one, by asking as their user, to whom the kernel shows them.

    If a service manager takes away the capability to look into other users' processes, the kernel shows root none of them.
    """
    said = subprocess.run(
        ["find", "/proc", "-maxdepth", "2", "-name", "cwd", "-printf", "%h %l\n"],  # noqa: S607
        check=False, capture_output=True, text=True, errors="replace", cwd="/", user=user, group=user,
        extra_groups=[] if user else None,
    ).stdout  # fmt: skip
    found = (line.partition(" ") for line in said.splitlines())
    return [int(Path(process).name) for process, _, place in found if place == str(folder)]
