# SPDX-License-Identifier: EUPL-1.2
"""A campaign through all its phases, besieged: its servers and its commands killed in each, and two at once at everything.

The result, line by line, equals that of an undisturbed run, and what `simulate` says; so nothing is lost and nothing was done
twice.
"""

import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.crash_runs import COME_BACK, EARLY, IN_TIME, LATE, LEAVE, VICTIMS, Siege, fate
from tests.campaign.typed_commands import surroundings

pytestmark = pytest.mark.soak


@pytest.fixture
def instances() -> Iterator[Path]:
    """Instances outside pytest's own folders: every pytest that starts closes those to the servers' system users."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-besieged-"))
    yield folder
    shutil.rmtree(folder)


def test_a_campaign_killed_in_every_phase_ends_as_if_nothing_had_happened(
    instances: Path,
) -> None:
    # Killed is the server and not the machine: what it gave to the kernel lives on, and nothing need wait for the disk.
    around = surroundings() | {"ROLLKEEPER_SERVER_CONFIGURATION": "log_min_messages = panic\nfsync = off\n"}
    seed = int(os.environ.get("ROLLKEEPER_SIEGE_SEED", "1"))
    peace = Siege(instances / "peace", around, dice=None, spans={})
    wanted = peace.live()

    siege = Siege(instances / "siege", around, dice=random.Random(seed), spans=peace.spans)  # noqa: S311
    found = siege.live()

    print(f"killed: {dict(siege.kills)}; how commands ended: {dict(siege.broken_off)}")
    assert [said for said in siege.said if "An internal error" in said] == []
    assert len(found["lines"]) == len(wanted["lines"]) == EARLY + LATE
    different = {
        n: (one, wanted["lines"][n]) for n, one in found["lines"].items() if one != wanted["lines"][n]
    }
    assert different == {}
    assert found["whole"] == wanted["whole"]
    assert found["report"] == wanted["report"]
    assert set(found["simulated"]) == set(map(str, range(EARLY)))
    assert {n: fate(found["lines"][n]) for n in found["simulated"]} == found["simulated"]
    assert messages(instances / "siege") == messages(instances / "peace")
    ended = Counter(one["terminated_by"] for one in found["lines"].values())
    stay = LATE + len(IN_TIME) + len(COME_BACK) - len(LEAVE)
    assert ended == {"campaign": EARLY + LATE - stay - len(LEAVE), "subscriber": len(LEAVE), None: stay}
    assert min(siege.kills[victim] for victim in VICTIMS) >= 10
    assert sum(count for code, count in siege.broken_off.items() if code) >= 40


def messages(data_dir: Path) -> Counter[tuple[str, str]]:
    """Count the messages that left Rollkeeper by way and text; each reference only once."""
    said = [
        json.loads(line) for line in (data_dir / "outbox" / "messages.jsonl").read_text("utf-8").splitlines()
    ]
    assert len({one["reference"] for one in said}) == len(said)
    return Counter((one["channel"], one["language"]) for one in said)
