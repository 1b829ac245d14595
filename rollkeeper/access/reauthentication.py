# SPDX-License-Identifier: EUPL-1.2
"""Whether the person in this session gave a password, passkey or code within the last minutes.

An open session on an unattended screen is not enough for permissions that `permissions.toml` marks with `reauthenticate`, nor for any
approval by several people: `access.authority.require` and `access.dual_control.require_approver` refuse these until the person has
confirmed their identity. The site then sends the person to the page that asks for it, and back; nothing of the request is kept.
"""

import time

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from rollkeeper.access.settings import settings

_MINUTE_S = 60


def is_recent(request: HttpRequest) -> bool:
    """Tell whether the person signed in, or confirmed their identity, within `access.reauthenticate_minutes`."""
    since = time.time() - settings().reauthenticate_minutes * _MINUTE_S
    return any(one["at"] > since for one in get_authentication_records(request, request.user))
