# SPDX-License-Identifier: EUPL-1.2
"""Words by which elements of the network know that an order is ours: one file each in the instance's secrets."""

import stat

from rollkeeper.kernel.settings import data_dir
from rollkeeper.provisioning.errors import ELEMENT_SECRET_MISSING


def read_secret(name: str) -> str:
    """Return the word in this file of the instance's secrets. Refuses: ELEMENT_SECRET_MISSING."""
    file = data_dir() / "secrets" / name
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise ELEMENT_SECRET_MISSING(file=name)
        word = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ELEMENT_SECRET_MISSING(file=name) from fault
    if not word:
        raise ELEMENT_SECRET_MISSING(file=name)
    return word
