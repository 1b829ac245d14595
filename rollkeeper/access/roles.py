# SPDX-License-Identifier: EUPL-1.2
"""Roles of staff and the powers that acts demand."""

from enum import StrEnum


class StaffRole(StrEnum):
    """What somebody is employed to do."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    CAMPAIGN_MANAGER = "campaign_manager"
    DATA_PROTECTION_OFFICER = "data_protection_officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    CONSOLE = "console"
    """Whoever may type commands on the machine itself."""
    SWEEP = "sweep"
    """Nobody: the house acting by itself, on what people approved."""
    SUBSCRIBER = "subscriber"
    """Nobody on the staff: whoever showed that a line is in their hand, for that line and the lines in their name."""


PEOPLES_ROLES = frozenset(StaffRole) - {StaffRole.CONSOLE, StaffRole.SWEEP, StaffRole.SUBSCRIBER}
"""Roles that a member of staff can be given; the others belong to the machine and to subscribers."""


class Power(StrEnum):
    """One thing that an act may demand. Who has which power stands in `powers.toml`."""

    IMPORT_LINES = "import_lines"
    PLAN_CAMPAIGN = "plan_campaign"
    DRAW_UP_BATCH = "draw_up_batch"
    APPROVE_BATCH = "approve_batch"
    RUN_BATCH = "run_batch"
    STOP_BATCH = "stop_batch"
    UNDO_BATCH = "undo_batch"
    EXCUSE_UNREACHED = "excuse_unreached"
    CLOSE_CAMPAIGN = "close_campaign"
    ENTER_STAY = "enter_stay"
    LIFT_STAY = "lift_stay"
    SEND_NOTICES = "send_notices"
    PUSH_COMMANDS = "push_commands"
    ENROL = "enrol"
    CHANGE_LINE = "change_line"
    PAUSE_CLOCK = "pause_clock"
    LIFT_FOR_HOURS = "lift_for_hours"
    HOLD_ERASURE = "hold_erasure"
    EXPLAIN_LINE = "explain_line"
    SEE_CAMPAIGN = "see_campaign"
    OPEN_SEALED = "open_sealed"
    OPEN_ON_DEMAND = "open_on_demand"
    SETTLE_ALARM = "settle_alarm"
    ERASE_DUE = "erase_due"
    ROTATE_KEYS = "rotate_keys"
    BACK_UP = "back_up"
    READ_LEDGER = "read_ledger"
    MANAGE_STAFF = "manage_staff"
    MANAGE_INCIDENT = "manage_incident"
    KEEP_DOOR = "keep_door"
    KEEP_CODE = "keep_code"
    SEE_OWN = "see_own"
    OPEN_CASE = "open_case"
    SETTLE_CASE = "settle_case"
    PROTECT_RECORD = "protect_record"
    SEE_PROTECTED = "see_protected"
    ADMIT_AGENT = "admit_agent"
    SUSPEND_AGENT = "suspend_agent"
    SETTLE_AGENT_CASE = "settle_agent_case"
    SEE_AGENTS = "see_agents"
    FOLLOW_RECHECKS = "follow_rechecks"
