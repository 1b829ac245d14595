# SPDX-License-Identifier: EUPL-1.2
"""The domain to which passkeys belong, the staff's and the subscribers' alike: what WebAuthn calls the relying party.

Separate because both the staff's sign-in and the subscriber portal use it and must agree.
"""

from rollkeeper.access.settings import settings
from rollkeeper.kernel.instance import InstanceKind, instance


def passkey_domain() -> str | None:
    """Return the domain of this instance's passkeys; a demo instance's is this machine. None: none was set."""
    return settings().passkey_domain or ("localhost" if instance().kind is InstanceKind.DEMO else None)
