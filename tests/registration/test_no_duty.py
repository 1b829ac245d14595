# SPDX-License-Identifier: EUPL-1.2
"""In a country without the duty every form refuses to collect."""

import pytest

from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.queries import find_line, line_history
from rollkeeper.lines.services import mark_disputed
from rollkeeper.registration import services
from rollkeeper.registration.errors import NO_REGISTRATION_DUTY
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, submission

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def _no_duty():
    before = instance().pack
    kernel_settings.write_settings(instance={"pack": "none"})
    yield
    kernel_settings.write_settings(instance={"pack": before})


@pytest.mark.usefixtures("_no_duty")
@pytest.mark.parametrize(
    "act",
    [
        services.register_subscriber,
        services.transfer_line,
        services.install_line,
        services.port_in_number,
        services.relocate_line,
        services.change_record,
    ],
)
def test_nothing_is_collected_where_no_law_asks(clerk, act):
    with refusing(NO_REGISTRATION_DUTY):
        act(clerk, submission(fresh_number()), on=ON)

    assert rows("SELECT count(*) AS n FROM vault_sealed")[0].n == 0


@pytest.mark.usefixtures("_no_duty")
def test_a_line_is_ended_without_any_document(clerk, new_line):
    assert services.terminate_line(clerk, submission_key="end-00001", number=new_line(), document=None, on=ON)


@pytest.mark.usefixtures("_no_duty")
def test_a_record_is_contested_though_no_clock_runs(clerk, new_line):
    line_id = find_line(new_line()).line_id

    mark_disputed(clerk, line_id, ON)

    assert len(line_history(line_id).pauses) == 1
