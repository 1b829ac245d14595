# SPDX-License-Identifier: EUPL-1.2
"""Asks a subscriber for consent, as an auditor does on a page. Runs in the instance of a journey, in a separate process."""

from rollkeeper.access.models import Staff
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import open_instance
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.selfcare.consents import request_consent
from rollkeeper.vault.fields import Field


def main(number: str) -> int:
    """Ask for two entries of the line with this number."""
    open_instance()
    line = find_line_by_input(number)
    with action():
        request_consent(
            authority_of(Staff.objects.get(username="lin")), line.line_id, sample_id=new_uuid(),
            fields=[Field.NAME, Field.DOCUMENT_NUMBER], on=clock.today(),
        )  # fmt: skip
    return 0
