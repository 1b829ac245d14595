# SPDX-License-Identifier: EUPL-1.2
"""The two stores, the register and the keys: where they answer, and the passwords and secrets by which a process gets in."""

import hashlib
import hmac
import os
import pwd
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rollkeeper.kernel.errors import WEB_KEY_LOST
from rollkeeper.kernel.files import made_once
from rollkeeper.kernel.settings import data_dir, is_made

_SOCKET_PATH_BYTES = 107  # sun_path of Linux, less the closing zero byte


@dataclass(frozen=True, slots=True)
class Store:
    """One of the two clusters: its folder under the instance and the port that names its socket."""

    name: str
    port: int

    @property
    def data(self) -> Path:
        """Return the cluster's data folder."""
        return data_dir() / self.name / "pg"

    @property
    def log(self) -> Path:
        """Return the server's own log."""
        return data_dir() / self.name / "server.log"


REGISTER = Store("register", 5432)
KEYS = Store("keys", 5433)
STORES = (REGISTER, KEYS)


def socket_folder(store: Store) -> Path:
    """Return the folder of a server's socket. Only this server's user may write into it: another writer could answer as the server."""
    return sockets() / store.name


def socket_owner(store: Store) -> str | None:
    """Return the user as whom the server behind the socket must run: the owner of its folder. None if this user has no name."""
    with suppress(OSError, KeyError):
        return pwd.getpwuid(socket_folder(store).stat().st_uid).pw_name
    return None


def sockets() -> Path:
    """Return the folder with both servers' folders: in the instance, or a short private one if its path is too long.

    An app has another data directory, so ``ROLLKEEPER_SOCKETS`` tells it the folder.
    """
    if told := os.environ.get("ROLLKEEPER_SOCKETS"):
        return Path(told)
    inside = data_dir() / "run" / "sockets"
    longest = max(len(os.fsencode(inside / store.name / f".s.PGSQL.{store.port}")) for store in STORES)
    if longest <= _SOCKET_PATH_BYTES:
        return inside
    mark = hashlib.sha256(os.fsencode(data_dir())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"rollkeeper-{os.geteuid()}-{mark}"


def password_file(store: Store, role: str) -> Path:
    """Return where the password of one role lies, in the form that libpq reads (``PGPASSFILE``)."""
    return data_dir() / "secrets" / f"{store.name}-{role}.pgpass"


def password(store: Store, role: str) -> str:
    """Return the password of one role, made on first use, in a file of mode 0600."""
    line = made_once(
        password_file(store, role), lambda: bytes(f"*:*:*:{role}:{secrets.token_urlsafe(32)}\n", "utf-8")
    )
    return line.decode().strip().rsplit(":", 1)[1]


def web_key_file() -> Path:
    """Return where the key lies from which the keys of the apps are made."""
    return data_dir() / "secrets" / "web.key"


def ensure_web_secret() -> str:
    """Return the key from which the keys of the apps are made; make it, if there is none."""
    return made_once(web_key_file(), lambda: bytes(secrets.token_urlsafe(48), "utf-8")).decode()


def web_secret() -> str:
    """Return the key with which a web app signs sessions; in a command, the key from which each app's key is made.

    Refuses: WEB_KEY_LOST, as another would silently end every second factor.
    """
    if is_made() and not web_key_file().exists():
        raise WEB_KEY_LOST(file=web_key_file())
    return ensure_web_secret()


def staff_secret() -> str:
    """Return the key for marks of user names and of second factors, which apps and commands share."""
    file = data_dir() / "secrets" / "staff.key"
    return file.read_text("utf-8") if file.exists() else derived_secret("staff")


def derived_secret(purpose: str) -> str:
    """Make a secret for one purpose from the instance's secret; it reveals nothing about the secrets for other purposes."""
    return hmac.digest(web_secret().encode(), purpose.encode(), "sha256").hex()
