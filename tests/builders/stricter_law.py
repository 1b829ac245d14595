# SPDX-License-Identifier: EUPL-1.2
"""A law that asks for more than the reference law, and a line registered under it: for screens of such pages.

It requires proof from people who act for a company and a choice among identity checks, and says how long document copies are kept.
"""

import datetime as dt
from pathlib import Path

from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import INSTANCE_OPENER, open_instance
from tests.builders.kinds import with_checks, with_proof
from tests.builders.packs import confirmed, with_copy_row
from tests.selfcare.people import register_line

COPY = "anchor: registration, keep: {n: 10, unit: year}"
LAW = with_proof(text=with_checks("chip", "registry", "sight", text=with_copy_row(COPY)))
NUMBER = "+8613908000009"
PERSON = {
    "name": "Invented Person",
    "address": "1 Invented Street",
    "document_type": "cn-resident-card",
    "document_number": "000000199001010018",
}
ON = dt.date(2012, 3, 20)


def main(file: str) -> None:
    """Register a line with a document copy in the instance, once, and write the law to a file that the apps may read."""
    law = Path(file)
    if not law.exists():
        INSTANCE_OPENER.register_by_name("rollkeeper.operations.bootstrap:open_instance")
        open_instance()
        clock.set_demo_date(ON)
        register_line(NUMBER, PERSON, on=ON, copies=(b"\xff\xd8 an invented picture",))
    law.write_text(confirmed(LAW), "utf-8")
    law.chmod(0o644)
