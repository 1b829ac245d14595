"""Lines with invented numbers, sealed as an import seals them."""

import datetime as dt

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.notices.choices import NoticeKind, Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.services import enqueue_notice, record_outcomes

ON = dt.date(2011, 12, 20)
PROMISED = dt.date(2012, 3, 1)


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
