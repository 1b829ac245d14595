# SPDX-License-Identifier: EUPL-1.2
"""Words by which elements of the network know that an order is ours: one file each in the instance's secrets."""

import stat

from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.settings import data_dir


class ElementSecretMissing(RollkeeperError):
    """An element of the network is named in the settings, and its secret is not there."""

    code = "element_secret_missing"
    kind = Kind.MALFORMED
    sentence = "secrets/{file} is missing, is empty or can be read by others: the element would not know us."
    remedy = "Write the element's secret into it, mode 0600; docs/provisioning.md says which."


def read_secret(name: str) -> str:
    """Return the word in this file of the instance's secrets. Refuses: ElementSecretMissing."""
    file = data_dir() / "secrets" / name
    try:
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise ElementSecretMissing(file=name)
        word = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise ElementSecretMissing(file=name) from fault
    if not word:
        raise ElementSecretMissing(file=name)
    return word
