# SPDX-License-Identifier: EUPL-1.2
"""Lines with holders, and a porter who does at once what the portal asks for."""

import pytest

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.notices import passing
from rollkeeper.notices.kinds import Channel
from rollkeeper.rights import door, porter
from rollkeeper.vault.acts import begin_first_epoch
from tests.enrolment.conftest import clerk, new_line, vaulted  # noqa: F401 - the same people at the same counter
from tests.rights.people import ON, Telephone


@pytest.fixture
def telephone(monkeypatch):
    made = Telephone()
    monkeypatch.setattr(passing, "gateways", lambda: {Channel.SMS: made})
    return made


@pytest.fixture
def at_door(committed, register, telephone, monkeypatch):
    """The day, an epoch, and a porter who carries out whatever is written down in the same breath.

    What is opened stands in the ledger by a commit of its own, which no rollback takes back: it is emptied afterwards.
    """
    return answering(telephone, monkeypatch)


def answering(telephone, monkeypatch):
    """Let the porter be there, on the day."""
    begin_first_epoch()
    clock.give_day(ON)
    monkeypatch.setattr(door, "WAIT_SECONDS", 0.2)

    monkeypatch.setattr(door, "_call_porter", lambda: porter.carry_all(sweep_authority()))
    return telephone
