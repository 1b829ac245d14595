# SPDX-License-Identifier: EUPL-1.2
"""A clerk who is signed in at the counter."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from rollkeeper.access.roles import StaffRole
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.staff import serve_as, sign_in
from tests.registration.conftest import dual_control, limited, routed  # noqa: F401 - fixtures that are shared

ON = dt.date(2012, 3, 2)


@pytest.fixture
def at_counter(app: Callable[[str], None]) -> Client:
    """A browser in which a clerk is signed in, served in the counter's own role of the database."""
    from rollkeeper.kernel import clock

    begin_first_epoch()
    clock.set_demo_date(ON)
    app("counter")
    client = sign_in(StaffRole.CLERK, "clerk")
    serve_as(client, "counter")
    return client
