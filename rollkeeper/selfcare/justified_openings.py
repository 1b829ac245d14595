# SPDX-License-Identifier: EUPL-1.2
"""Which rows of this package justify that a worker opens personal data: a requested code, a request of a living session, a waiting
application.
"""

from rollkeeper.kernel.database import rows, sql
from rollkeeper.selfcare.sessions import opens_newer_before, opens_others_before
from rollkeeper.vault.fields import Field, LineField
from rollkeeper.vault.worker_openings import Wanted


def is_code_wanted(wanted: Wanted) -> bool:
    """Tell whether a code is on its way to each of these lines, by a channel that may need what is wanted."""
    asked = {"lines": list(wanted.lines), "is_number": wanted.field == LineField.NUMBER}
    found = rows(sql("selfcare", "lines_awaiting_codes"), asked)
    return wanted.has_all_lines(row.line_id for row in found)


def is_request_waiting(wanted: Wanted) -> bool:
    """Tell whether a subscriber whose request waits for an answer may see this data."""
    asked = {
        "actor": wanted.authority.commitment, "lines": list(wanted.lines), "person": wanted.person_id,
        "tenure": wanted.tenure_id, "is_name": wanted.field == Field.NAME, "opens_others_before": opens_others_before(),
        "opens_newer_before": opens_newer_before(),
    }  # fmt: skip
    (found,) = rows(sql("selfcare", "readable_by_session"), asked)
    return bool(found.is_justified)


def is_application_waiting(wanted: Wanted) -> bool:
    """Tell whether this application waits, or belongs to a request that waits."""
    return bool(
        rows(
            "SELECT FROM selfcare_application WHERE application_id = %(ticket)s AND sealed = %(sealed)s"
            " UNION ALL SELECT FROM selfcare_portalrequest WHERE answered_at IS NULL AND sealed = %(sealed)s",
            {"ticket": wanted.ticket_id, "sealed": wanted.sealed},
        )
    )
