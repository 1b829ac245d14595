# SPDX-License-Identifier: EUPL-1.2
"""The menu of the back office."""

from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rollkeeper.access.navigation import Entry, Group
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.approvals import pending_here
from rollkeeper.kernel import clock
from rollkeeper.selfcare.queries import urgent_case_count


def _count_approvals(request: HttpRequest) -> int:
    """Return how many actions wait for the reader's approval."""
    return sum(not one.is_own for one in pending_here(authority_in(request)))


def _count_cases(request: HttpRequest) -> int:
    """Return how many cases are overdue or nearly so: every page must show a legal deadline."""
    return urgent_case_count(authority_in(request), on=clock.today())


_ADMINISTRATORS: Final = frozenset({Permission.MANAGE_STAFF})

GROUPS: Final = (
    Group(
        _("Campaign"),
        (
            Entry(
                "backoffice:campaign", _("Campaign"), frozenset({Permission.SEE_CAMPAIGN}),
                below=(
                    "backoffice:batch", "backoffice:stop", "backoffice:undo", "backoffice:unreachable", "backoffice:letters",
                    "backoffice:plan", "backoffice:prepare", "backoffice:stays", "backoffice:close", "backoffice:campaign_day",
                ),
            ),
            Entry(
                "backoffice:imports", _("Import lines"), frozenset({Permission.IMPORT_LINES}),
                below=("backoffice:import",),
            ),
        ),
    ),
    Group(
        _("Cases"),
        (
            Entry(
                "backoffice:cases", _("Cases"), frozenset({Permission.SEE_CASES}), below=("backoffice:case", "backoffice:decide_case"),
                count=_count_cases,
            ),
        ),
    ),
    Group(
        pgettext_lazy("menu", "Approvals"),
        (
            Entry(
                "backoffice:pending_approvals", _("Pending approvals"),
                frozenset({Permission.APPROVE_BATCH, Permission.DECIDE_DISCLOSURE, Permission.NOTIFY_AFFECTED, Permission.PUBLISH_REPORT}),
                count=_count_approvals,
            ),
        ),
    ),
    Group(
        pgettext_lazy("menu", "Lines"),
        (
            Entry("backoffice:line", _("One line"), frozenset({Permission.EXPLAIN_LINE})),
            Entry("backoffice:open_value", _("Open one value"), frozenset({Permission.OPEN_SEALED})),
        ),
    ),
    Group(
        _("Incidents"),
        (
            Entry(
                "backoffice:incidents", _("Incidents"), frozenset({Permission.MANAGE_INCIDENT}),
                below=(
                    "backoffice:incident", "backoffice:incident_report", "backoffice:open_incident", "backoffice:approve_step",
                ),
            ),
        ),
    ),
    Group(
        pgettext_lazy("menu", "Requests"),
        (
            Entry(
                "backoffice:disclosures", _("Disclosure requests"), frozenset({Permission.SEE_DISCLOSURES}),
                below=(
                    "backoffice:disclosure", "backoffice:enter_disclosure", "backoffice:answer_disclosure",
                    "backoffice:defer_notification", "backoffice:disclosure_delivered", "backoffice:authorities",
                ),
            ),
            Entry(
                "backoffice:holds", _("Legal holds"), frozenset({Permission.MANAGE_LEGAL_HOLDS}), below=("backoffice:lift_hold",)
            ),
            Entry("backoffice:protection", _("Protection"), frozenset({Permission.PROTECT_SUBSCRIBER})),
        ),
    ),
    Group(
        _("Agents"),
        (Entry("backoffice:agents", _("Agents"), frozenset({Permission.SEE_AGENTS}), below=(
            "backoffice:agent", "backoffice:add_agent", "backoffice:agent_form", "backoffice:agent_action", "backoffice:suspend_agent",
        )),),
    ),
    Group(
        _("Reports"),
        (
            Entry(
                "backoffice:reports", _("Reports"), frozenset({Permission.SEE_REPORTS}),
                below=("backoffice:report_of_period", "backoffice:sample"),
            ),
            Entry("backoffice:access_history", _("Access history"), frozenset({Permission.READ_LEDGER})),
        ),
    ),
    Group(
        pgettext_lazy("menu", "Administration"),
        (
            Entry("backoffice:administration", _("Overview"), _ADMINISTRATORS),
            Entry(
                "backoffice:staff", _("Staff"), _ADMINISTRATORS,
                below=("backoffice:add_staff", "backoffice:account", "backoffice:change_account", "backoffice:close_account"),
            ),
            Entry("backoffice:roles", _("Roles"), _ADMINISTRATORS),
            Entry("staff_sessions", _("Sessions of staff"), _ADMINISTRATORS),
            Entry("backoffice:partners", _("Partners"), _ADMINISTRATORS),
            Entry("backoffice:health", _("Health"), _ADMINISTRATORS),
            Entry("backoffice:jobs", _("Jobs"), _ADMINISTRATORS),
            Entry("backoffice:settings", _("Settings"), _ADMINISTRATORS, below=("backoffice:change_settings",)),
            Entry("backoffice:versions", _("Versions"), _ADMINISTRATORS),
        ),
    ),
)  # fmt: skip
"""The groups of the menu, in one row: a new page goes into the group where a reader would look for it, or below one of its entries."""
