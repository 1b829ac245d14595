# SPDX-License-Identifier: EUPL-1.2
"""The logins of a demo, and the marks that tell whether its making is complete or was interrupted.

Separate from `demo.py`, so that an existing demo is served without importing the code that makes one.
"""

import json

from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.settings import data_dir

LOGINS = "demo-logins.json"
SUBSCRIBER = "demo-subscriber.json"
IN_PROGRESS = "demo-in-progress"


def demo_exists() -> bool:
    """Tell whether this instance holds a complete demo."""
    return (data_dir() / LOGINS).exists()


def demo_was_interrupted() -> bool:
    """Tell whether making the demo was interrupted here: it is then made again from the start."""
    return (data_dir() / IN_PROGRESS).exists()


def logins() -> list[dict[str, str]]:
    """Return user name, password and role of each demo login."""
    found: list[dict[str, str]] = json.loads((data_dir() / LOGINS).read_text("utf-8"))
    return found


def subscriber() -> dict[str, str]:
    """Return the number of one registered line, and the identity of its invented subscriber."""
    found: dict[str, str] = json.loads((data_dir() / SUBSCRIBER).read_text("utf-8"))
    return found


def write_logins(made: list[dict[str, str]], *, subscriber: dict[str, str]) -> None:
    """Save the logins for the next start, mode 0600. All people in the instance are invented."""
    _write(SUBSCRIBER, subscriber)
    _write(LOGINS, made)


def _write(name: str, what: object) -> None:
    write_atomically(data_dir() / name, json.dumps(what, indent=1, ensure_ascii=False).encode())
