# SPDX-License-Identifier: EUPL-1.2
"""The logins of a demo and the marks that tell how far its making came.

Apart from the demo itself, so that a home which holds one is served without reading what makes one.
"""

import json
import os

from rollkeeper.kernel.settings import home

LOGINS = "demo-logins.json"
SUBSCRIBER = "demo-subscriber.json"
BEGUN = "demo-begun"


def is_made() -> bool:
    """Tell whether this home holds the demo already, whole."""
    return (home() / LOGINS).exists()


def is_begun() -> bool:
    """Tell whether the demo was begun here and broke off: it is then made anew from the start."""
    return (home() / BEGUN).exists()


def logins() -> list[dict[str, str]]:
    """Return user name, password and role of each demo login."""
    found: list[dict[str, str]] = json.loads((home() / LOGINS).read_text("utf-8"))
    return found


def subscriber() -> dict[str, str]:
    """Return the number of one registered line, and what its holder, whom nobody ever met, would show of themselves."""
    found: dict[str, str] = json.loads((home() / SUBSCRIBER).read_text("utf-8"))
    return found


def write_logins(made: list[dict[str, str]], *, subscriber: dict[str, str]) -> None:
    """Keep the logins for the next start, mode 0600. Everybody in the home is invented."""
    _write(SUBSCRIBER, subscriber)
    _write(LOGINS, made)


def _write(name: str, what: object) -> None:
    with os.fdopen(os.open(home() / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(what, out, indent=1, ensure_ascii=False)
