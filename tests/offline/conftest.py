# SPDX-License-Identifier: EUPL-1.2
"""A clerk with an account, a page before them, and an offline worker."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.offline import processor
from rollkeeper.vault.offline_keys import renew_offline_keys
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.staff import employ
from tests.offline.browsers import Browser
from tests.registration.conftest import dual_control, limited, routed  # noqa: F401 - fixtures that are shared

ON = dt.date(2012, 3, 2)


@pytest.fixture
def counter(committed):
    """An instance with keys, on a fixed day, with a clerk; all tables are emptied after it, since openings are committed separately."""
    begin_first_epoch()
    renew_offline_keys(console_authority(), lasts_days=7, on=ON)
    clock.set_demo_date(ON)


@pytest.fixture
def clerk(counter):
    return employ(StaffRole.CLERK, username="clerk")


@pytest.fixture
def browser(clerk):
    return Browser(clerk)


@pytest.fixture
def process():
    """Process all offline registrations that wait."""
    return lambda **asked: processor.process_all(worker_authority(), **asked)
