# SPDX-License-Identifier: EUPL-1.2
"""What an app or the vault service gets: a small separate instance with the few secrets that it needs, and its own user.

An app uses this folder as its instance and cannot read the real one: not the root of trust, not a password of another role, and not
the key with which another app signs its sessions. If an ordinary user runs Rollkeeper, the app gets the same folder, but nothing keeps
it out of the real instance.
"""

import os
import shutil
import signal
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import rollkeeper
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import FIXED, current_content, data_dir, fixed_settings, settings_file
from rollkeeper.kernel.toml_text import toml_text
from rollkeeper.ledger.settings import public_folder
from rollkeeper.operations.errors import APP_NOT_HANDED_OVER, PROGRAM_NOT_READABLE, WHOLE_INSTANCE_HANDED_OVER
from rollkeeper.platform.embedded_postgres import make_own_folder
from rollkeeper.platform.os_users import (
    allow_traversal,
    is_readable_by,
    let_everyone_enter,
    let_group,
    let_read_what_comes,
    processes_in,
    system_user,
)
from rollkeeper.site.web_apps import App, AppName
from rollkeeper.vault import document_store
from rollkeeper.vault.protocol import service_folder

_NOT_FOR_APPS = (("notices", "alarms_to"), ("notices", "smtp_url"))
_END_S = 5
_FOR_APPS_THAT_SEAL = ("vault", "documents_url")
_FOR_ALL = ("secrets/index.key", "secrets/index.token", "secrets/public-keys.pub")
VAULT_SECRETS = (
    "secrets/root.key", "secrets/root.token", "secrets/root.pin", "secrets/register-vault_service.pgpass", "secrets/register-vault.pgpass",
    "secrets/keys-vault.pgpass",
)  # fmt: skip
"""The files that open the vault: they belong to the vault service's user."""
ALARMS = "logs/alarms.log"
"""The file to which the service adds a line for each alarm."""
_PASSED_VARIABLES = (
    "PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME", "PYTHONPATH", "SSL_CERT_DIR", "SSL_CERT_FILE",
    "TMPDIR", "TZ", "VIRTUAL_ENV",
)  # fmt: skip


@dataclass(slots=True)
class Credentials(ABC):
    """One process's directory and its user; None if it runs as the serving user."""

    name: str
    folder: Path
    user: str | None

    def renew(self) -> None:
        """Hand over again the files that changed in the instance, such as a token that the agent of a key service renewed."""
        for name, text in self._texts():
            file = self.folder / name
            if not file.exists() or file.read_text("utf-8") != text:
                self._write(file, text)
        written = settings_file().stat().st_mtime_ns  # a page shows when they were written
        os.utime(self.folder / "settings.toml", ns=(written, written))

    def environment(self) -> dict[str, str]:
        """Return the environment of the process: nothing of the caller's that it does not need."""
        return {name: os.environ[name] for name in _PASSED_VARIABLES if name in os.environ} | {
            "HOME": str(self.folder),
            "ROLLKEEPER_HOME": str(self.folder),
            "ROLLKEEPER_SOCKETS": str(stores.sockets()),
        }

    def clear(self) -> None:
        """Remove what was handed over."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @abstractmethod
    def _texts(self) -> Iterator[tuple[str, str]]:
        """Give each file that the process gets, and its text."""

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


@dataclass(slots=True)
class AppCredentials(Credentials):
    """What one app gets."""

    app: App

    @classmethod
    def to(cls, app: App) -> "AppCredentials":
        """Rebuild the directory with what this app needs now."""
        make_own_folder(stores.sockets(), mode=0o711)  # the operator's own servers make none
        made = cls(app.name, _new_folder(app.name), _user_of(app.name), app)
        made.renew()
        if made.user:
            _give_folder(made.folder, made.user)
            allow_traversal(stores.sockets() / "server", made.user)
            _allow_reading_ledger(made.user)
            if app.seals:
                _allow_writing_copies(made.user)
        return made

    @classmethod
    def outside(cls, app: App, folder: Path) -> "AppCredentials":
        """Write what this app needs into a folder under this one, for an app that runs elsewhere: in its own container."""
        made = cls(app.name, folder / app.name, None, app)
        for name in ("secrets", "ledger"):
            (made.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        made.renew()
        return made

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield "settings.toml", _settings(*_NOT_FOR_APPS, *(() if self.app.seals else (_FOR_APPS_THAT_SEAL,)))
        if self.app.name == AppName.BACKOFFICE:
            yield FIXED, "\n".join(sorted(fixed_settings()))
        yield "secrets/web.key", stores.derived_secret(f"app {self.app.name}")
        if self.app.is_staffs:
            yield "secrets/staff.key", stores.staff_secret()
        files = [stores.password_file(stores.REGISTER, self.app.role)]
        files += [stores.password_file(stores.KEYS, KeysRole.SEALER)] if self.app.has_sealer else []
        # The first page and the pages to sign in say how to look around in a demo.
        shown = ("demo-logins.json",) if self.app.is_staffs and instance().kind is InstanceKind.DEMO else ()
        yield from _files(*files, *_whole(*_FOR_ALL, "ledger/vkey", *shown, *self.app.needs))


@dataclass(slots=True)
class VaultCredentials(Credentials):
    """What the vault service gets: the key material itself, which then belongs to its user, and copies of the rest."""

    @classmethod
    def make(cls) -> "VaultCredentials":
        """Rebuild the directory, and the folder of the service's socket, which its user alone may write."""
        make_own_folder(stores.sockets(), mode=0o711)
        made = cls("vault", _new_folder("vault"), _user_of("vault"))
        (made.folder / "logs").mkdir(mode=0o700)
        for name in (*VAULT_SECRETS, ALARMS):
            (made.folder / name).symlink_to(data_dir() / name)
        made.renew()
        sockets = service_folder()
        sockets.mkdir(mode=0o755, exist_ok=True)
        sockets.chmod(0o755)
        if made.user:
            _give_folder(made.folder, made.user)
            shutil.chown(sockets, made.user, made.user)
            lock = sockets / "lock"
            if lock.exists(follow_symlinks=False) and lock.lstat().st_uid != sockets.stat().st_uid:
                lock.unlink()  # left by a copy of the instance that root made: the service could never take it
            _allow_reading_copies(made.user)
            for place in (sockets / "service", *(data_dir() / name for name in (*VAULT_SECRETS, ALARMS))):
                allow_traversal(place, made.user)
        return made

    def renew(self) -> None:
        """Hand over again the files that changed, and give new files to the service's user: a rotation writes a new root."""
        super(VaultCredentials, self).renew()
        if self.user:
            give_key_material(self.user)

    def _texts(self) -> Iterator[tuple[str, str]]:
        yield "settings.toml", _settings()
        yield "secrets/web.key", stores.derived_secret("vault service")
        yield "secrets/staff.key", stores.staff_secret()
        yield from _files(*_whole(*_FOR_ALL, "secrets/documents.toml"))


def give_key_material(user: str) -> None:
    """Give the root of trust and the vault's passwords to the service's user.

    They are not copied: a rotation destroys the older root where it is.
    """
    alarms = data_dir() / ALARMS
    alarms.parent.mkdir(mode=0o700, exist_ok=True)
    alarms.touch(mode=0o600)
    for name in (*VAULT_SECRETS, ALARMS):
        file = data_dir() / name
        if file.exists() and not file.is_symlink() and file.owner() != user:
            shutil.chown(file, user, user)


def require_handed_over(app: App) -> None:
    """Refuse a data directory that is not what was written for this app alone. Refuses: APP_NOT_HANDED_OVER, WHOLE_INSTANCE_HANDED_OVER."""
    if not stores.password_file(stores.REGISTER, app.role).exists():
        raise APP_NOT_HANDED_OVER(app=app.name, folder=data_dir())
    for name in (*VAULT_SECRETS, "made"):
        if (data_dir() / name).exists():
            raise WHOLE_INSTANCE_HANDED_OVER(folder=data_dir(), file=name)


def _new_folder(name: str) -> Path:
    remove_stale()
    folder = data_dir() / "run" / "apps" / f"{name}.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    for place in (folder, folder / "secrets", folder / "ledger"):
        place.mkdir(mode=0o700, parents=True)
    return folder


def _give_folder(folder: Path, user: str) -> None:
    allow_traversal(folder, user)
    for place in (folder, *(one for one in folder.iterdir() if one.is_dir())):
        shutil.chown(place, group=user)
        place.chmod(0o750)


def _whole(*names: str) -> list[Path]:
    return [data_dir() / name for name in names]


def _files(*files: Path) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.exists():
            yield str(file.relative_to(data_dir())), file.read_text("utf-8")


def remove_stale() -> None:
    """Remove the folders that a dead process handed over, and end the apps that it left running in them.

    Two processes that serve one instance do not disturb each other.
    """
    for folder in (data_dir() / "run" / "apps").glob("*.*"):
        if not Path("/proc", folder.suffix[1:]).exists():
            _end_processes_in(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _end_processes_in(folder: Path) -> None:
    until = time.monotonic() + _END_S
    users = {system_user(f"rollkeeper-{folder.stem}"), None}  # a demo's app may run as the user who serves
    while (
        left := [one for user in users for one in processes_in(folder, user=user)]
    ) and time.monotonic() < until:
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(0.05)


def _settings(*left_out: tuple[str, str]) -> str:
    # Settings from the environment are written to the app's file, because it gets nothing of the caller's environment.
    content = current_content()
    # The public ledger and the document copies are in the real data directory, which is not the app's.
    content["ledger"] = {"folder": str(public_folder())} | content.get("ledger", {})
    content["vault"] = {"documents_url": (data_dir() / "documents").as_uri()} | content.get("vault", {})
    for table, key in left_out:
        if key in content.get(table, {}):
            content[table] = {name: value for name, value in content[table].items() if name != key}
    return toml_text(content)


def _allow_reading_ledger(user: str) -> None:
    """Let every user read the published ledger if it lies in the instance. Elsewhere the operator decides who may read it."""
    folder = public_folder()
    if folder.is_relative_to(data_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        let_everyone_enter(folder, inside=data_dir())
        allow_traversal(folder, user)


def _allow_writing_copies(user: str) -> None:
    """Let an app put copies of documents into their folder, where it finds only copies that it can name, and lists nothing.

    The directories inside are made beforehand: the app could list a directory that it made itself, and a directory made by a restore
    would have the wrong owner.
    """
    folder = document_store.folder()
    if folder:
        document_store.prepare()
        for place in (folder, *(folder / name for name in document_store.PREFIXES)):
            if place != folder and place.is_symlink():  # an app that an attacker controls put it there
                place.unlink()
            place.mkdir(exist_ok=True)
            let_group(place, user, 0o3)
        allow_traversal(folder, user)


def _allow_reading_copies(user: str) -> None:
    """Let the vault service read the copies of documents: existing ones, and those that a counter or a worker will add."""
    folder, counter = document_store.folder(), system_user("rollkeeper-counter")
    if folder and counter:
        _allow_writing_copies(counter)
        allow_traversal(folder / "copy", user)
        with suppress(OSError):  # not every file system keeps access control lists
            let_read_what_comes(folder, user)


def _user_of(name: str) -> str | None:
    """Return a process's own user if root serves; in a demo None if that user cannot read the program. Refuses: PROGRAM_NOT_READABLE.

    Only this user is let through closed folders above the program; they stay closed to everyone else.
    """
    user = system_user(f"rollkeeper-{name}")
    if user is None:
        return None
    program = [
        Path(sys.executable), Path(sys.executable).resolve(), Path(rollkeeper.__file__),
        Path(str(distribution("django").locate_file("django/__init__.py"))),
    ]  # fmt: skip
    with suppress(OSError):  # not every file system keeps access control lists
        for place in program:
            allow_traversal(place, user)
    if is_readable_by(user, program):
        return user
    if instance().kind is InstanceKind.PRODUCTION:
        raise PROGRAM_NOT_READABLE(user=user, program=program[0])
    return None
