# SPDX-License-Identifier: EUPL-1.2
"""The real network elements, one of each for a module of tests; if a package is missing, its tests are skipped with a message."""

import pytest

from tests.provisioning.elements import NUMBERS, HlrProgram, KamailioProgram, RadiusProgram, running, wanted


@pytest.fixture(scope="module")
def hlr(tmp_path_factory):
    wanted("osmo-hlr", "osmo-hlr")
    yield from running(HlrProgram(tmp_path_factory.mktemp("hlr")), lambda one: one.provision(NUMBERS))


@pytest.fixture(scope="module")
def kamailio(tmp_path_factory):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    yield from running(KamailioProgram(tmp_path_factory.mktemp("kamailio")))


@pytest.fixture(scope="module")
def radius(tmp_path_factory):
    wanted("freeradius", "freeradius")
    yield from running(RadiusProgram(tmp_path_factory.mktemp("radius")), lambda one: one.provision(NUMBERS))
