# SPDX-License-Identifier: EUPL-1.2
"""What a face is given: a small home of its own with the few secrets that it needs, and a user of its own.

A face calls this folder its home and cannot read the true one: neither the root of trust nor a password of another role,
nor the key with which another face signs its sessions. Where an ordinary user runs the house, the folder is the same, and
the wall around it is not there.
"""

import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import tomli_w

import rollkeeper
from rollkeeper.kernel import server
from rollkeeper.kernel.database import KeysRole
from rollkeeper.kernel.os_users import let_through, others_may_read, system_user
from rollkeeper.kernel.settings import home, settings_file
from rollkeeper.ledger.folder import public_folder
from rollkeeper.site.faces import Face
from rollkeeper.vault import copies

_NOT_FOR_FACES = ("alarms_to", "smtp_url")
_HANDED_ON = (
    "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME", "PYTHONPATH", "SSL_CERT_DIR", "SSL_CERT_FILE",
    "TMPDIR", "TZ", "VIRTUAL_ENV",
)  # fmt: skip


@dataclass(slots=True)
class Handed:
    """One face's folder and its user; None where it runs as whoever serves."""

    face: Face
    folder: Path
    user: str | None

    @classmethod
    def to(cls, face: Face) -> "Handed":
        """Make the folder anew, with what this face needs today."""
        _clear_what_was_left()
        folder = home() / "run" / "faces" / f"{face.name}.{os.getpid()}"
        shutil.rmtree(folder, ignore_errors=True)
        for place in (folder, folder / "secrets", folder / "ledger"):
            place.mkdir(mode=0o700, parents=True)
        made = cls(face, folder, _user_of(face))
        made.renew()
        if made.user:
            let_through(folder / "secrets")
            _let_read_ledger()
            if face.seals:
                _let_put_copies(made.user)
            for place in (folder, folder / "secrets", folder / "ledger"):
                shutil.chown(place, group=made.user)
                place.chmod(0o750)
        return made

    def renew(self) -> None:
        """Hand over again what was changed in the home since: the agent of a key service renews tokens."""
        for name, text in self._texts():
            file = self.folder / name
            if not file.exists() or file.read_text("utf-8") != text:
                self._write(file, text)

    def environment(self) -> dict[str, str]:
        """Return the environment of the face's process: nothing of the caller's that a face does not need."""
        return {name: os.environ[name] for name in _HANDED_ON if name in os.environ} | {
            "HOME": str(self.folder),
            "ROLLKEEPER_HOME": str(self.folder),
            "ROLLKEEPER_SOCKETS": str(server.socket_folder()),
        }

    def clear(self) -> None:
        """Take back what was handed over."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield "home.toml", _settings(self.face)
        yield "secrets/web.key", server.derived_secret(f"face {self.face.name}")
        if self.face.is_staffs:
            yield "secrets/staff.key", server.staff_secret()
        files = [server.password_file(server.REGISTER, self.face.role)]
        files += [server.password_file(server.KEYS, KeysRole.SEALER)] if self.face.seals else []
        wanted = [
            *files,
            *(
                home() / name
                for name in (
                    "secrets/index.key",
                    "secrets/index.token",
                    "secrets/halves.pub",
                    "ledger/vkey",
                    *self.face.needs,
                )
            ),
        ]
        for file in wanted:
            if file.exists():
                yield str(file.relative_to(home())), file.read_text("utf-8")

    def _write(self, file: Path, text: str) -> None:
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(
            os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as out:
            out.write(text)
        if self.user:
            shutil.chown(draft, self.user, self.user)
        draft.chmod(0o400)
        draft.replace(file)


def _clear_what_was_left() -> None:
    """Remove what was handed over by a process that is gone; two that serve one home do not get in each other's way."""
    for folder in (home() / "run" / "faces").glob("*.*"):
        if not Path("/proc", folder.suffix[1:]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _settings(face: Face) -> str:
    raw = tomllib.loads(settings_file().read_text("utf-8")) if settings_file().exists() else {}
    # A face's home is another than the true one, where the public ledger and the copies of documents lie.
    raw.setdefault("ledger_folder", str(public_folder()))
    raw.setdefault("documents_url", (home() / "documents").as_uri())
    kept_back = _NOT_FOR_FACES if face.seals else {*_NOT_FOR_FACES, "documents_url"}
    return tomli_w.dumps({name: value for name, value in raw.items() if name not in kept_back})


def _let_read_ledger() -> None:
    """Let every user read what is published anyway, where it lies in the home. Elsewhere the operator decides who may."""
    folder = public_folder()
    if folder.is_relative_to(home()):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        let_through(folder)


def _let_put_copies(user: str) -> None:
    """Let a face put copies of documents into their folder: it finds none there that it cannot name, and lists nothing.

    The folders inside are made beforehand: one that the face made would be its own to list, one that a restore made nobody else's.
    """
    folder = copies.folder()
    if folder:
        copies.prepare()
        for place in (folder, *(folder / name for name in copies.PREFIXES)):
            place.mkdir(exist_ok=True)
            shutil.chown(place, "root", user)
            place.chmod(0o730)
        let_through(folder)


def _user_of(face: Face) -> str | None:
    """Return the face's own user where root serves and that user can read the program."""
    user = system_user(f"rollkeeper-{face.name}")
    if user is None:
        return None
    program = [
        Path(sys.executable), Path(sys.executable).resolve(), Path(rollkeeper.__file__),
        Path(str(distribution("django").locate_file("django/__init__.py"))),
    ]  # fmt: skip
    for place in program:
        let_through(place)
    return user if all(map(others_may_read, program)) else None
