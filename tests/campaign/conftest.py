# SPDX-License-Identifier: EUPL-1.2
"""Two people who may approve, and limits for batches that a test can set."""

from collections.abc import Callable, Iterator

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel.settings import settings_file, write_settings
from tests.builders.staff import employ_approvers
from tests.settings_files import put_settings, settings_put_back


@pytest.fixture
def people(register: None, no_batch_limits: None) -> tuple[Authority, Authority]:
    """A manager and a supervisor."""
    return employ_approvers()


@pytest.fixture
def batch_limits(data_dir: object) -> Iterator[Callable[..., None]]:
    """Set the limits of batches for one test."""

    def setting(**changes: float) -> None:
        write_settings(campaign=changes)
        assert all(getattr(settings(), name) == value for name, value in changes.items())

    with settings_put_back():
        yield setting


@pytest.fixture
def no_batch_limits(batch_limits: Callable[..., None]) -> None:
    """Let a batch run to its end without pausing at a limit."""
    before = settings_file().read_bytes()
    if before in _without_limits:
        put_settings(_without_limits[before])
        return
    batch_limits(pilot_share=1.0, pilot_hours=0, max_lines_per_hour=10**9)
    _without_limits[before] = settings_file().read_bytes()


_without_limits: dict[bytes, bytes] = {}
"""The settings file without limits, by its earlier content."""
