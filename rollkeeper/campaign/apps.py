# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import LONG_REQUESTS, PENDING_SUBJECTS, STAFF_REQUESTS
from rollkeeper.access.roles import Permission
from rollkeeper.law.register_histories import REGISTER_HISTORIES
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.hooks import CAMPAIGN_LAWS, PROMISES
from rollkeeper.provisioning.hooks import RESTING_BATCHES


class CampaignConfig(AppConfig):
    """The package campaign."""

    name = "rollkeeper.campaign"

    def ready(self) -> None:
        """Register the last day that a first notice names, the lines for a simulation, resting batches, pending approvals and the worker's tasks."""
        RESTING_BATCHES.register_by_name("rollkeeper.campaign.court_stays:resting_batches")
        REGISTER_HISTORIES.register_by_name("rollkeeper.campaign.register_histories:write_histories")
        PROMISES.register_by_name("rollkeeper.campaign.planning:current_last_day", key=NoticeKind.REGISTER_BY)
        CAMPAIGN_LAWS.register_by_name("rollkeeper.campaign.open_campaign:law_of_campaign")
        STAFF_REQUESTS.register_by_name("rollkeeper.campaign.staff_requests:cancel", key="cancel-campaign")
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.campaign.approvals:pending_batches", key=Permission.APPROVE_BATCH
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.campaign.approvals:pending_stay_ends", key=Permission.END_STAY
        )
        PENDING_SUBJECTS.register_by_name(
            "rollkeeper.campaign.undo_requests:pending_undos", key=Permission.APPROVE_UNDO
        )
        of = "rollkeeper.campaign.work_requests:"
        STAFF_REQUESTS.register_by_name(f"{of}check_plan_by_request", key="campaign-plan-check")
        STAFF_REQUESTS.register_by_name(f"{of}plan_by_request", key="campaign-plan")
        STAFF_REQUESTS.register_by_name(f"{of}close_by_request", key="campaign-close")
        STAFF_REQUESTS.register_by_name(f"{of}check_batch_by_request", key="campaign-batch-check")
        LONG_REQUESTS.register_by_name(f"{of}prepare_by_request", key="campaign-prepare")
        LONG_REQUESTS.register_by_name(f"{of}run_by_request", key="campaign-run")
