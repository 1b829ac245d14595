# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS, SIGN_OUTS, STAFF_REQUESTS
from rollkeeper.access.roles import Permission
from rollkeeper.notices.hooks import RETURNED_LETTERS
from rollkeeper.vault.fields import Purpose
from rollkeeper.vault.hooks import JUSTIFICATIONS, OFFLINE


class SelfcareConfig(AppConfig):
    """The package selfcare."""

    name = "rollkeeper.selfcare"

    def ready(self) -> None:
        """Register how all portal sessions are ended, and which rows justify opening personal data for the portal."""
        for purpose, name in (
            (Purpose.NOTICE, "is_code_wanted"),
            (Purpose.SUBSCRIBER_REQUEST, "is_request_waiting"),
            (OFFLINE, "is_application_waiting"),
        ):
            JUSTIFICATIONS.register_by_name(f"rollkeeper.selfcare.justified_openings:{name}", key=purpose)
        RETURNED_LETTERS.register_by_name("rollkeeper.selfcare.posted_codes:revoke_returned")
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.selfcare.forgeries:pending_judgements", key=Permission.DECIDE_FORGERY
        )
        SIGN_OUTS.register_by_name("rollkeeper.selfcare.sessions:end_all_sessions")
        for kind, handler in (
            ("take-case", "take"),
            ("decide-case", "decide"),
            ("protect-subscriber", "protect"),
        ):
            STAFF_REQUESTS.register_by_name(f"rollkeeper.selfcare.staff_requests:{handler}", key=kind)
