# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission
from rollkeeper.notices.hooks import BEFORE_SENDING
from rollkeeper.vault.hooks import STAFF_OPERATIONS


class DisclosuresConfig(AppConfig):
    """The package disclosures."""

    name = "rollkeeper.disclosures"

    def ready(self) -> None:
        """Register the notifications to enqueue before notices are sent, the operations of the vault service, and the pending approvals."""
        BEFORE_SENDING.register_by_name("rollkeeper.disclosures.due_actions:run_due_before_sending")
        for name, operation in (
            ("read-instrument", "read_instrument_for"),
            ("answer-disclosure", "answer_disclosure_for"),
            ("enter-disclosure", "enter_disclosure_for"),
            ("defer-notification", "defer_notification_for"),
            ("record-delivery", "record_delivery_for"),
            ("propose-authority", "propose_authority_for"),
            ("approve-authority", "approve_authority_for"),
            ("remove-authority", "remove_authority_for"),
        ):
            STAFF_OPERATIONS.register_by_name(
                f"rollkeeper.disclosures.vault_operations:{operation}", key=name
            )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.queries:pending_disclosures", key=Permission.DECIDE_DISCLOSURE
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.queries:pending_deferrals", key=Permission.DEFER_NOTIFICATION
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.disclosures.authorities:pending_authorities", key=Permission.APPROVE_AUTHORITY
        )
