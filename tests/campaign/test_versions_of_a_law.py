# SPDX-License-Identifier: EUPL-1.2
"""Another version of a law, in another file, is the same law: its campaign goes on, and nobody loses a promised day."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import planning
from rollkeeper.campaign.errors import OTHER_CAMPAIGN_OPEN
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.kernel.database import rows
from tests.builders.lines import make_line
from tests.builders.packs import REFERENCE, use_pack, write_pack
from tests.campaign.population import day
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register", "law_put_back")
PLANNED = day("2011-12-19")
NEXT = REFERENCE.replace("version: 1\n", "version: 2\n", 1)


def plan(text):
    use_pack(text)
    return planning.plan_campaign(console_authority(), pack_id=str(write_pack(text)), on=PLANNED)


def test_version_two_in_another_file_carries_the_campaign_on():
    make_line()
    first = plan(REFERENCE)

    second = plan(NEXT)

    assert second.campaign_id == first.campaign_id
    assert (second.members_before, second.members_added) == (1, 0)
    assert open_campaign().pack.file.version == 2
    assert len(rows("SELECT FROM campaign_campaign")) == 1


def test_another_law_is_still_refused_while_a_campaign_is_open():
    make_line()
    plan(REFERENCE)

    with refusing(OTHER_CAMPAIGN_OPEN):
        plan(NEXT.replace("id: cn-xz-2011\n", "id: cn-other\n", 1))
