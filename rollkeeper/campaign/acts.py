# SPDX-License-Identifier: EUPL-1.2
"""What can be done in a campaign, in the order in which it is done. Each act lives in the file of its own verb."""

from rollkeeper.campaign.approving import (
    approve_batch,
    ask_undo,
    count_emergencies,
    record_complaint,
    stop_batch,
)
from rollkeeper.campaign.closing import Closed, Excused, close_campaign, excuse_unreached
from rollkeeper.campaign.drawing_up import DueLines, check_day, draw_up_batches
from rollkeeper.campaign.hours import Exported, export_hours_off
from rollkeeper.campaign.looking_up import look_up_line
from rollkeeper.campaign.planning import Planned, plan_campaign
from rollkeeper.campaign.running import Ran, batches_to_run, run_batch
from rollkeeper.campaign.stays import enter_stay, lift_stay
from rollkeeper.campaign.sweeping import Swept, advance
from rollkeeper.campaign.undoing import Undone, undo_batch, undos_asked

__all__ = [
    "Closed", "DueLines", "Excused", "Exported", "Planned", "Ran", "Swept", "Undone", "advance", "approve_batch", "ask_undo", "batches_to_run",
    "check_day", "close_campaign", "count_emergencies", "draw_up_batches", "enter_stay", "excuse_unreached", "export_hours_off", "lift_stay", "look_up_line", "plan_campaign", "record_complaint", "run_batch",
    "stop_batch", "undo_batch", "undos_asked",
]  # fmt: skip
