# SPDX-License-Identifier: EUPL-1.2
"""Two people who may approve, and brakes that a test can set."""

from collections.abc import Callable, Iterator

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.settings import Settings, settings, write_settings
from tests.campaign.population import person


@pytest.fixture
def people(register: None, no_brakes: None) -> tuple[Authority, Authority]:
    """A manager and a supervisor."""
    return person(StaffRole.CAMPAIGN_MANAGER), person(StaffRole.SUPERVISOR)


@pytest.fixture
def brakes(home: object) -> Iterator[Callable[..., None]]:
    """Set the brakes of batches for one test."""
    names = (
        "first_share",
        "first_share_hours",
        "cap_per_hour",
        "stop_at_complaints",
        "stop_at_failed_read_backs",
        "stop_at_emergency_jump",
    )
    before = {name: getattr(settings(), name) for name in names}

    def setting(**changes: float) -> None:
        fresh: Settings = write_settings(**changes)
        assert all(getattr(fresh, name) == value for name, value in changes.items())

    yield setting
    write_settings(**before)


@pytest.fixture
def no_brakes(brakes: Callable[..., None]) -> None:
    """Let a batch run through at once."""
    brakes(first_share=1.0, first_share_hours=0, cap_per_hour=10**9)
