# SPDX-License-Identifier: EUPL-1.2
"""Roles of staff and the permissions that actions require."""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollkeeper.kernel.error_messages import say_facts_by


class StaffRole(TextChoices):
    """The roles in which staff are employed."""

    CLERK = "clerk", _("a clerk")
    SUPERVISOR = "supervisor", _("a supervisor")
    CAMPAIGN_MANAGER = "campaign_manager", _("a campaign manager")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("the data protection officer")
    AUDITOR = "auditor", _("an auditor")
    ADMINISTRATOR = "administrator", _("an administrator")
    CONSOLE = "console", _("a person at the machine itself")
    """The user who types commands on the machine itself."""
    WORKER = "worker", _("the register itself, without a person")
    """No person: the register carries out what people approved."""
    SUBSCRIBER = "subscriber", _("the subscriber")
    """Not staff: a person who proved to have a line in hand, for that line and the lines in their name."""
    VISITOR = "visitor", _("someone at a sign-in page")
    """Not signed in: someone who tried a password, without any right."""


ROLE_TITLES: Final[Mapping[StaffRole, str | Promise]] = {
    StaffRole.CLERK: pgettext_lazy("role", "Clerk"),
    StaffRole.SUPERVISOR: pgettext_lazy("role", "Supervisor"),
    StaffRole.CAMPAIGN_MANAGER: pgettext_lazy("role", "Campaign manager"),
    StaffRole.DATA_PROTECTION_OFFICER: pgettext_lazy("role", "Data protection officer"),
    StaffRole.AUDITOR: pgettext_lazy("role", "Auditor"),
    StaffRole.ADMINISTRATOR: pgettext_lazy("role", "Administrator"),
}
"""The titles of people's roles, as lists show them; in a sentence a role has its label."""

STAFF_ROLES: Final = frozenset(ROLE_TITLES)
"""Roles that a member of staff can be given; the others belong to the machine, to subscribers and to unknown people."""


class Permission(TextChoices):
    """One thing that an action may require. `permissions.toml` says who has which permission."""

    IMPORT_LINES = "import_lines", pgettext_lazy("permission", "Import lines")
    PLAN_CAMPAIGN = "plan_campaign", pgettext_lazy("permission", "Plan a campaign")
    PREPARE_BATCH = "prepare_batch", pgettext_lazy("permission", "Prepare a batch")
    APPROVE_BATCH = "approve_batch", pgettext_lazy("permission", "Approve a batch")
    RUN_BATCH = "run_batch", pgettext_lazy("permission", "Run a batch")
    STOP_BATCH = "stop_batch", pgettext_lazy("permission", "Stop a batch")
    UNDO_BATCH = "undo_batch", pgettext_lazy("permission", "Undo a batch")
    APPROVE_UNDO = "approve_undo", pgettext_lazy("permission", "Approve the undo of a batch")
    WAIVE_UNREACHABLE = (
        "waive_unreachable",
        pgettext_lazy("permission", "Waive the notice to an unreachable line"),
    )
    RECORD_RETURNED_LETTERS = (
        "record_returned_letters",
        pgettext_lazy("permission", "Record returned letters"),
    )
    CLOSE_CAMPAIGN = "close_campaign", pgettext_lazy("permission", "Close a campaign")
    EXPORT_OUTAGE_HOURS = "export_outage_hours", pgettext_lazy("permission", "Export outage hours")
    RECORD_EMERGENCY_COUNT = (
        "record_emergency_count",
        pgettext_lazy("permission", "Record the count of emergency calls"),
    )
    ENTER_STAY = "enter_stay", pgettext_lazy("permission", "Enter a stay")
    END_STAY = "end_stay", pgettext_lazy("permission", "End a stay")
    SEND_NOTICES = "send_notices", pgettext_lazy("permission", "Send notices")
    RUN_PROVISIONING = "run_provisioning", pgettext_lazy("permission", "Run provisioning")
    REGISTER = "register", pgettext_lazy("permission", "Register subscribers")
    OVERRIDE_LIMIT = "override_limit", pgettext_lazy("permission", "Override a limit of lines")
    CHANGE_LINE = "change_line", pgettext_lazy("permission", "Change a line")
    APPROVE_ACTION = "approve_action", pgettext_lazy("permission", "Approve an action")
    LINK_DOCUMENTS = "link_documents", pgettext_lazy("permission", "Link documents")
    UNLINK_DOCUMENTS = "unlink_documents", pgettext_lazy("permission", "Unlink documents")
    PAUSE_CLOCK = "pause_clock", pgettext_lazy("permission", "Pause a clock")
    RECONNECT_TEMPORARILY = (
        "reconnect_temporarily",
        pgettext_lazy("permission", "Reconnect a line temporarily"),
    )
    MANAGE_LEGAL_HOLDS = "manage_legal_holds", pgettext_lazy("permission", "Manage legal holds")
    ISSUE_COUNTER_CODE = "issue_counter_code", pgettext_lazy("permission", "Issue a counter code")
    EXPLAIN_LINE = "explain_line", pgettext_lazy("permission", "Explain a line")
    SEE_CAMPAIGN = "see_campaign", pgettext_lazy("permission", "See the campaign")
    OPEN_SEALED = "open_sealed", pgettext_lazy("permission", "Open sealed values")
    OPEN_ON_DISCLOSURE = "open_on_disclosure", pgettext_lazy("permission", "Open on a disclosure request")
    OPEN_WITH_CONSENT = "open_with_consent", pgettext_lazy("permission", "Open with consent")
    ENTER_DISCLOSURE = "enter_disclosure", pgettext_lazy("permission", "Enter a disclosure request")
    DECIDE_DISCLOSURE = "decide_disclosure", pgettext_lazy("permission", "Decide a disclosure request")
    DEFER_NOTIFICATION = "defer_notification", pgettext_lazy("permission", "Defer a notification")
    APPROVE_AUTHORITY = "approve_authority", pgettext_lazy("permission", "Approve a requesting authority")
    SEE_DISCLOSURES = "see_disclosures", pgettext_lazy("permission", "See disclosure requests")
    RUN_DUE_DISCLOSURES = "run_due_disclosures", pgettext_lazy("permission", "Run due disclosure requests")
    SETTLE_ALARM = "settle_alarm", pgettext_lazy("permission", "Settle an alarm")
    ERASE_DUE = "erase_due", pgettext_lazy("permission", "Erase due records")
    APPROVE_ERASURE = (
        "approve_erasure",
        pgettext_lazy("permission", "Approve an erasure of much of the register"),
    )
    ADOPT_LAW = "adopt_law", pgettext_lazy("permission", "Put a version of the law into force")
    ROTATE_KEYS = "rotate_keys", pgettext_lazy("permission", "Rotate keys")
    BACK_UP = "back_up", pgettext_lazy("permission", "Back up")
    READ_LEDGER = "read_ledger", pgettext_lazy("permission", "Read the ledger")
    MANAGE_STAFF = "manage_staff", pgettext_lazy("permission", "Manage staff")
    CHANGE_SETTINGS = "change_settings", pgettext_lazy("permission", "Change settings")
    ACCEPT_LANGUAGE = "accept_language", pgettext_lazy("permission", "Accept a language")
    MANAGE_INCIDENT = "manage_incident", pgettext_lazy("permission", "Manage an incident")
    RENEW_KEYS_AFTER_INCIDENT = (
        "renew_keys_after_incident",
        pgettext_lazy("permission", "Renew keys after an incident"),
    )
    NOTIFY_AFFECTED = "notify_affected", pgettext_lazy("permission", "Notify affected people")
    RUN_PORTAL_WORKER = "run_portal_worker", pgettext_lazy("permission", "Run the portal's worker")
    RESERVE_CODE = "reserve_code", pgettext_lazy("permission", "Reserve a code")
    HAND_OVER_CODE = "hand_over_code", pgettext_lazy("permission", "Hand over a code")
    PROCESS_OFFLINE = "process_offline", pgettext_lazy("permission", "Process offline registrations")
    CHECK_DELEGATE = "check_delegate", pgettext_lazy("permission", "Check a delegate")
    SEE_OWN = "see_own", pgettext_lazy("permission", "See one's own record")
    OPEN_CASE = "open_case", pgettext_lazy("permission", "Open a case")
    SETTLE_CASE = "settle_case", pgettext_lazy("permission", "Settle a case")
    SUSPECT_FORGERY = "suspect_forgery", pgettext_lazy("permission", "Suspect a forged document")
    DECIDE_FORGERY = "decide_forgery", pgettext_lazy("permission", "Decide on a forged document")
    SEE_CASES = "see_cases", pgettext_lazy("permission", "See the cases")
    PROTECT_SUBSCRIBER = "protect_subscriber", pgettext_lazy("permission", "Protect a subscriber")
    SEE_PROTECTED = "see_protected", pgettext_lazy("permission", "See protected subscribers")
    APPROVE_AGENT = "approve_agent", pgettext_lazy("permission", "Approve an agent")
    SUSPEND_AGENT = "suspend_agent", pgettext_lazy("permission", "Suspend an agent")
    SETTLE_AGENT_CASE = "settle_agent_case", pgettext_lazy("permission", "Settle an agent's case")
    SEE_AGENTS = "see_agents", pgettext_lazy("permission", "See agents")
    UPDATE_REVERIFICATIONS = "update_reverifications", pgettext_lazy("permission", "Update re-verifications")
    MAKE_REPORTS = "make_reports", pgettext_lazy("permission", "Make reports")
    PUBLISH_REPORT = "publish_report", pgettext_lazy("permission", "Publish a report")
    SEE_REPORTS = "see_reports", pgettext_lazy("permission", "See reports")
    DRAW_AUDIT_SAMPLE = "draw_audit_sample", pgettext_lazy("permission", "Draw an audit sample")


say_facts_by(permission=Permission)
