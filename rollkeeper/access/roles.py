# SPDX-License-Identifier: EUPL-1.2
"""Roles of staff and the permissions that acts disclosure request."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StaffRole(TextChoices):
    """What somebody is employed to do."""

    CLERK = "clerk", _("a clerk")
    SUPERVISOR = "supervisor", _("a supervisor")
    CAMPAIGN_MANAGER = "campaign_manager", _("a campaign manager")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("the data protection officer")
    AUDITOR = "auditor", _("an auditor")
    ADMINISTRATOR = "administrator", _("an administrator")
    CONSOLE = "console", _("somebody at the machine itself")
    """Whoever may type commands on the machine itself."""
    WORKER = "worker", _("the register itself, without a person")
    """Nobody: the register acting by itself, on what people approved."""
    SUBSCRIBER = "subscriber", _("the subscriber")
    """Nobody on the staff: whoever showed that a line is in their hand, for that line and the lines in their name."""


STAFF_ROLES = frozenset(StaffRole) - {StaffRole.CONSOLE, StaffRole.WORKER, StaffRole.SUBSCRIBER}
"""Roles that a member of staff can be given; the others belong to the machine and to subscribers."""


class Permission(StrEnum):
    """One thing that an act may request. Who has which permission stands in `permissions.toml`."""

    IMPORT_LINES = "import_lines"
    PLAN_CAMPAIGN = "plan_campaign"
    PREPARE_BATCH = "prepare_batch"
    APPROVE_BATCH = "approve_batch"
    RUN_BATCH = "run_batch"
    STOP_BATCH = "stop_batch"
    UNDO_BATCH = "undo_batch"
    WAIVE_UNREACHABLE = "waive_unreachable"
    RECORD_RETURNED_LETTERS = "record_returned_letters"
    CLOSE_CAMPAIGN = "close_campaign"
    EXPORT_OUTAGE_HOURS = "export_outage_hours"
    RECORD_EMERGENCY_COUNT = "record_emergency_count"
    ENTER_STAY = "enter_stay"
    END_STAY = "end_stay"
    SEND_NOTICES = "send_notices"
    RUN_PROVISIONING = "run_provisioning"
    REGISTER = "register"
    OVERRIDE_LIMIT = "override_limit"
    CHANGE_LINE = "change_line"
    APPROVE_ACTION = "approve_action"
    LINK_DOCUMENTS = "link_documents"
    UNLINK_DOCUMENTS = "unlink_documents"
    PAUSE_CLOCK = "pause_clock"
    RECONNECT_TEMPORARILY = "reconnect_temporarily"
    MANAGE_LEGAL_HOLDS = "manage_legal_holds"
    ISSUE_COUNTER_CODE = "issue_counter_code"
    EXPLAIN_LINE = "explain_line"
    SEE_CAMPAIGN = "see_campaign"
    OPEN_SEALED = "open_sealed"
    OPEN_ON_DISCLOSURE = "open_on_disclosure"
    OPEN_WITH_CONSENT = "open_with_consent"
    ENTER_DISCLOSURE = "enter_disclosure"
    DECIDE_DISCLOSURE = "decide_disclosure"
    DEFER_NOTIFICATION = "defer_notification"
    APPROVE_AUTHORITY = "approve_authority"
    SEE_DISCLOSURES = "see_disclosures"
    RUN_DUE_DISCLOSURES = "run_due_disclosures"
    SETTLE_ALARM = "settle_alarm"
    ERASE_DUE = "erase_due"
    ROTATE_KEYS = "rotate_keys"
    BACK_UP = "back_up"
    READ_LEDGER = "read_ledger"
    MANAGE_STAFF = "manage_staff"
    MANAGE_INCIDENT = "manage_incident"
    RENEW_KEYS_AFTER_INCIDENT = "renew_keys_after_incident"
    NOTIFY_AFFECTED = "notify_affected"
    RUN_PORTAL_WORKER = "run_portal_worker"
    RESERVE_CODE = "reserve_code"
    PROCESS_OFFLINE = "process_offline"
    CHECK_DELEGATE = "check_delegate"
    SEE_OWN = "see_own"
    OPEN_CASE = "open_case"
    SETTLE_CASE = "settle_case"
    PROTECT_SUBSCRIBER = "protect_subscriber"
    SEE_PROTECTED = "see_protected"
    APPROVE_AGENT = "approve_agent"
    SUSPEND_AGENT = "suspend_agent"
    SETTLE_AGENT_CASE = "settle_agent_case"
    SEE_AGENTS = "see_agents"
    UPDATE_REVERIFICATIONS = "update_reverifications"
    MAKE_REPORTS = "make_reports"
    SEE_REPORTS = "see_reports"
    DRAW_AUDIT_SAMPLE = "draw_audit_sample"
