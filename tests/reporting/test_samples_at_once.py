# SPDX-License-Identifier: EUPL-1.2
"""An auditor asks the subscribers of a sample in two windows at the same instant: each is asked once, and no window fails."""

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.services import integrate
from rollkeeper.registration.services import register_subscriber
from rollkeeper.reporting.audit_samples import services as samples
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.vault.fields import Field
from tests.builders.staff import employ
from tests.registration.people import ON, fresh_number, person, submission
from tests.registration.test_concurrency import together


def test_subscribers_who_are_asked_from_many_windows_at_once_are_asked_once(committed, monkeypatch):
    clock.set_demo_date(ON)
    for _ in range(3):
        register_subscriber(console_authority(), submission(fresh_number(), person()), on=ON)
    size, auditor = integrate().size, employ(StaffRole.AUDITOR)
    monkeypatch.setattr(samples, "report_of", lambda *_: {"quarters": {"2012-Q1": size}})
    sample = samples.draw_sample(
        auditor, "2012-Q1", SampledAction.REGISTERED, text="6 2 5 5 1 3 4 4 6 1", on=ON
    )

    asked = together(*[lambda: samples.ask_subscribers(auditor, sample, [Field.NAME], on=ON)] * 4)

    assert sorted(asked, key=str) == [0, 0, 0, 3]
    assert rows("SELECT count(*) AS n FROM selfcare_consent")[0].n == 3
