# SPDX-License-Identifier: EUPL-1.2
"""A clerk, and lines to register somebody for."""

import datetime as dt
from collections.abc import Callable

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.changes import activate_line, begin_suspension
from rollkeeper.lines.states import Service, SuspensionReason
from rollkeeper.vault.acts import begin_first_epoch
from tests.enrolment.people import fresh_number


@pytest.fixture
def clerk() -> Authority:
    """Somebody who works at a counter."""
    return Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)


@pytest.fixture
def vaulted(register: None) -> None:
    """The register with a vault that can seal."""
    begin_first_epoch()


@pytest.fixture
def vaulted_committed(committed: None) -> None:
    """The register with real commits and a vault that can seal."""
    begin_first_epoch()


@pytest.fixture
def new_line() -> Callable[..., str]:
    """Make a line, suspended for these reasons, and return its number."""

    def make(*reasons: SuspensionReason, service: Service = Service.MOBILE) -> str:
        number = fresh_number()
        line_id = activate_line(number, service=service, on=dt.date(2010, 5, 1))
        for reason in reasons:
            begin_suspension(line_id, reason=reason, on=dt.date(2012, 3, 1))
        return number

    return make
