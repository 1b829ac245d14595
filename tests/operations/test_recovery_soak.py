# SPDX-License-Identifier: EUPL-1.2
"""For an hour everything that can fall falls: nothing acknowledged is lost or doubled, and all comes back by itself."""

import os

import pytest

from tests.operations.recovery_soak import LONGEST_S, shown, soak


@pytest.mark.soak
def test_for_an_hour_whatever_falls_comes_back_by_itself():
    found = soak(float(os.environ.get("ROLLKEEPER_SOAK_MINUTES", "60")))

    print(shown(found))
    assert (found["lost"], found["broken"], found["doubled"]) == ([], [], 0)
    assert all(max(row.ready_after_s, default=0) < LONGEST_S for row in found["table"].values())
