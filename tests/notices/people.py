"""Lines with invented numbers, sealed as an import seals them."""

import datetime as dt
import uuid

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.lines.models import Line
from rollkeeper.notices.choices import NoticeKind, Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.services import enqueue_notice, record_outcomes
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values

ON = dt.date(2011, 12, 20)
PROMISED = dt.date(2012, 3, 1)


def make_line(
    number="+8613900001234", contact="tashi@mail.example", service="mobile", state="active", **more
):
    line = uuid.uuid4()
    sealed = {
        column: seal_line_values(field, [(line, value)])[0]
        for column, field, value in [
            ("number_sealed", LineField.NUMBER, number),
            ("contact_sealed", LineField.CONTACT, contact),
        ]
        if value
    }
    Line.objects.create(
        line_id=line, service=service, state=state, activated_on=dt.date(2010, 5, 1), **sealed, **more
    )
    return line


def tell(line, kind=NoticeKind.REGISTER_BY, language="en"):
    return enqueue_notice(line, kind=kind, language=language, promised_on=PROMISED, pack_hash="00", on=ON)


def notice(notice_id):
    return database.rows("SELECT * FROM notices_notice WHERE notice_id = %s", [notice_id])[0]


def attempts(notice_id):
    return database.rows(
        "SELECT * FROM notices_attempt WHERE notice_id = %s ORDER BY attempt_id", [notice_id]
    )


def report(reference, outcome=Outcome.DELIVERED, at=None):
    """Take in one delivery report."""
    receipts = [DeliveryReport(str(reference), outcome, at or clock.now())]
    return record_outcomes(worker_authority(), reports=receipts, on=clock.today())


def make_due():
    database.run("UPDATE notices_notice SET next_try_at = '1970-01-01'")
