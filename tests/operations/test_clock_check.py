"""The doctor compares the clock of this machine with that of the register's server, which may be another machine."""

import pytest

from rollkeeper.kernel import clock
from rollkeeper.operations.clock_check import look_at_the_clock
from rollkeeper.operations.findings import Health


@pytest.mark.parametrize("apart_s", [-3600, 3600])
def test_a_server_whose_clock_differs_is_named(register, monkeypatch, apart_s):
    true_seconds = clock.true_seconds
    assert look_at_the_clock().health is Health.OK

    monkeypatch.setattr(clock, "true_seconds", lambda: true_seconds() + apart_s)
    found = look_at_the_clock()

    assert found.health is Health.ERROR
    assert "register's server are 3," in found.sentence
