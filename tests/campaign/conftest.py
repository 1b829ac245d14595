# SPDX-License-Identifier: EUPL-1.2
"""Two people who may approve, and brakes that a test can set."""

from collections.abc import Callable, Iterator

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel.settings import write_settings
from tests.builders.staff import employ_approvers


@pytest.fixture
def people(register: None, no_batch_limits: None) -> tuple[Authority, Authority]:
    """A manager and a supervisor."""
    return employ_approvers()


@pytest.fixture
def batch_limits(data_dir: object) -> Iterator[Callable[..., None]]:
    """Set the brakes of batches for one test."""
    names = (
        "pilot_share",
        "pilot_hours",
        "max_lines_per_hour",
        "abort_at_complaints",
        "abort_at_failed_read_backs",
        "abort_at_emergency_jump",
    )
    before = {name: getattr(settings(), name) for name in names}

    def setting(**changes: float) -> None:
        write_settings(campaign=changes)
        assert all(getattr(settings(), name) == value for name, value in changes.items())

    yield setting
    write_settings(campaign=before)


@pytest.fixture
def no_batch_limits(batch_limits: Callable[..., None]) -> None:
    """Let a batch run through at once."""
    batch_limits(pilot_share=1.0, pilot_hours=0, max_lines_per_hour=10**9)
