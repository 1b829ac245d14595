# SPDX-License-Identifier: EUPL-1.2
"""How a line is paid that is registered, where the law asks it: as it was said, as it is recorded, or not known. Pure.

A line of which it is not known is registered as the law has it; a limit and a campaign that ask it pass such a line by.
"""

from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.pack import Pack
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.errors import PAYMENT_NOT_REGISTERED
from rollkeeper.registration.submissions import Submission


def payment_of(pack: Pack, submission: Submission, line: LineView | None) -> Payment:
    """Return how the line is paid; of a new line at a counter of which no one says it, as the lines are of which the law speaks."""
    if submission.payment:
        return submission.payment
    if line is not None and not line.is_over:
        return line.payment
    return Payment((pack.payment_asked if submission.document_seen else None) or Payment.UNKNOWN)


def payment_faults(pack: Pack, service: str, payment: Payment) -> list[RollkeeperError]:
    """Return why nothing may be recorded of who takes a line: the law has lines registered that are paid otherwise."""
    if service not in pack.services or pack.registers(service, payment.value):
        return []
    return [PAYMENT_NOT_REGISTERED(pack=pack.id, payment=payment.value)]


def noted_payment(pack: Pack, submission: Submission, line: LineView | None) -> Payment | None:
    """Return what a registration newly tells of how its line is paid, None where it tells nothing or no law asks it."""
    found = payment_of(pack, submission, line)
    before = Payment.UNKNOWN if line is None or line.is_over else line.payment
    return found if pack.payment_asked and found not in {before, Payment.UNKNOWN} else None
