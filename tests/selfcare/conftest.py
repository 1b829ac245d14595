# SPDX-License-Identifier: EUPL-1.2
"""Lines with subscribers, and a portal worker that does at once what the portal requests."""

import pytest

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices import one_time_codes
from rollkeeper.selfcare import portal_client
from rollkeeper.vault.services import begin_first_epoch
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401 - the same people at the same counter
from tests.selfcare.people import ON, Telephone, work_off


@pytest.fixture
def telephone(monkeypatch):
    made = Telephone()
    monkeypatch.setattr(one_time_codes, "gateways", lambda: {Channel.SMS: made})
    return made


@pytest.fixture
def at_portal(committed, register, telephone, monkeypatch):
    """A fixed day, a key epoch, and a portal worker that carries out each request as soon as it is stored.

    An opening is recorded by a separate commit, which no rollback undoes: the ledger is emptied afterwards.
    """
    return answering(telephone, monkeypatch)


def answering(telephone, monkeypatch):
    """Make the portal worker answer, on the fixed day."""
    begin_first_epoch()
    clock.set_demo_date(ON)
    monkeypatch.setattr(portal_client, "ANSWER_TIMEOUT_S", 0.2)

    monkeypatch.setattr(portal_client, "_wake_worker", work_off)
    return telephone
