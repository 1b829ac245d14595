# SPDX-License-Identifier: EUPL-1.2
"""How a registered line is paid, if the law asks for it: as the submission says, as it is recorded, or unknown. Pure.

A line with unknown payment is registered as the law requires; limits and campaigns that ask for the payment leave it out.
"""

from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.pack import Pack
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.errors import PAYMENT_NOT_REGISTERED
from rollkeeper.registration.submissions import Submission


def payment_of(pack: Pack, submission: Submission, line: LineView | None) -> Payment:
    """Return how the line is paid; for a new line at a counter, if the submission does not say it, the payment that the law names."""
    if submission.payment:
        return submission.payment
    if line is not None and not line.is_over:
        return line.payment
    return Payment((pack.payment_asked if submission.document_seen else None) or Payment.UNKNOWN)


def payment_faults(pack: Pack, service: str, payment: Payment) -> list[RollkeeperError]:
    """Return why no subscriber may be recorded for a line: the law only requires registration of lines paid in another way."""
    if service not in pack.services or pack.registers(service, payment.value):
        return []
    return [PAYMENT_NOT_REGISTERED(pack=pack.id, payment=payment.value)]


def noted_payment(pack: Pack, submission: Submission, line: LineView | None) -> Payment | None:
    """Return the kind of payment that a registration adds to the record; None if it adds nothing or the law does not ask for it."""
    found = payment_of(pack, submission, line)
    before = Payment.UNKNOWN if line is None or line.is_over else line.payment
    return found if pack.payment_asked and found not in {before, Payment.UNKNOWN} else None
