"""Lines with invented numbers, sealed as an import seals them."""

import datetime as dt
import uuid

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock, database
from rollkeeper.lines.models import Line
from rollkeeper.notices.acts import owe, record_outcomes
from rollkeeper.notices.kinds import NoticeKind, Outcome
from rollkeeper.notices.receipts import Receipt
from rollkeeper.vault.acts import seal_line_values
from rollkeeper.vault.fields import LineField

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
    return owe(line, kind=kind, language=language, promised_on=PROMISED, pack_hash="00", on=ON)


def notice(notice_id):
    return database.rows("SELECT * FROM notices_notice WHERE notice_id = %s", [notice_id])[0]


def attempts(notice_id):
    return database.rows(
        "SELECT * FROM notices_attempt WHERE notice_id = %s ORDER BY attempt_id", [notice_id]
    )


def report(reference, outcome=Outcome.DELIVERED, at=None):
    """Take in one delivery report."""
    receipts = [Receipt(str(reference), outcome, at or clock.now())]
    return record_outcomes(sweep_authority(), receipts=receipts, on=clock.today())


def make_due():
    database.run("UPDATE notices_notice SET next_try_at = '1970-01-01'")
