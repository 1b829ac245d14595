# SPDX-License-Identifier: EUPL-1.2
"""The second factor of a sign-in without a page: a code of the account's authenticator app, checked as the pages check it.

A production instance lets no one act by a password alone. The secrets are read over the connection `vault`: the role of the
workers sees none of them.
"""

import datetime as dt
from collections.abc import Callable
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import connections
from django.db.models.functions import Now

from rollkeeper.access.dual_control import cooldown_hours
from rollkeeper.access.errors import (
    FACTOR_CHANGED_LATELY,
    NO_SECOND_FACTOR,
    PASSKEY_ONLY,
    WRONG_SECOND_FACTOR,
)
from rollkeeper.access.models import FactorChange, Staff
from rollkeeper.access.passwords import count_code, forgive_codes
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.instance import InstanceKind, instance

STORE: Final = "vault"
"""The connection over which second factors are read."""


def can_check_second_factors() -> bool:
    """Tell whether this process has the connection over which second factors are read."""
    return STORE in connections.databases


def require_second_factor(staff: Staff, ask_code: Callable[[], str]) -> None:
    """Ask for a code where the account has an authenticator app, and in a production instance refuse an account that has none.

    Each code is valid once. Refuses: NO_SECOND_FACTOR, PASSKEY_ONLY, WRONG_SECOND_FACTOR, FACTOR_CHANGED_LATELY,
    TooManyAttempts.
    """
    kinds = _kinds_of(staff)
    if not kinds:
        if instance().kind is InstanceKind.PRODUCTION:
            raise NO_SECOND_FACTOR()
        return
    if Authenticator.Type.TOTP not in kinds:
        raise PASSKEY_ONLY()
    _require_code(staff, ask_code().strip())
    require_settled_factors(StaffId(staff.staff_id), using=STORE)


def require_settled_factors(staff_id: StaffId | None, *, using: str = "default") -> None:
    """Refuse a person whose password or second factor an app changed lately, by the clock of the database. Refuses: FACTOR_CHANGED_LATELY.

    An attacker who controls the back office's process can change the password and second factor of any account.
    """
    if staff_id is None:
        return
    hours = cooldown_hours()
    changed = FactorChange.objects.using(using).filter(
        staff_id=staff_id, changed_at__gt=Now() - dt.timedelta(hours=hours)
    )
    if changed.exists():
        raise FACTOR_CHANGED_LATELY(hours=hours)


def has_code(staff: Staff) -> bool:
    """Tell whether an account has an authenticator app."""
    return Authenticator.Type.TOTP in _kinds_of(staff)


def _kinds_of(staff: Staff) -> set[str]:
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    found = Authenticator.objects.using(STORE).filter(user_id=staff.staff_id, type__in=kinds)
    return set(found.values_list("type", flat=True))


def _require_code(staff: Staff, code: str) -> None:
    is_fresh = count_code(staff.username, code, using=STORE)
    app = Authenticator.objects.using(STORE).get(user_id=staff.staff_id, type=Authenticator.Type.TOTP)
    if not is_fresh or not app.wrap().validate_code(code):
        raise WRONG_SECOND_FACTOR()
    app.record_usage()
    forgive_codes(staff.username, using=STORE)
