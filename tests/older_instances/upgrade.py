# SPDX-License-Identifier: EUPL-1.2
"""What the test of older instances does inside each of them: `tests.command_server` runs it, which has everything imported."""

import json
from pathlib import Path

from django.db import connections

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import SETUP_OUTDATED
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import forget_settings
from rollkeeper.ledger.publication import publish
from rollkeeper.operations import bootstrap, doctor
from tests.older_instances import keep
from tests.refusals import refusing

DEFINITIONS = Path(__file__).with_name("definitions.sql")
COUNTED = ("lines_line", "lines_tenure", "ledger_entry", "vault_sealed", "notices_notice", "campaign_member")


def main(archive: str, version: str, clusters: str) -> None:
    """Restore an instance, bring it up to date twice, and say what it held and holds, and what the doctor finds."""
    keep.restore(Path(archive), Path(clusters))
    forget_settings()
    before = _count()
    if version == "today":
        bootstrap.open_instance()
    else:
        with refusing(SETUP_OUTDATED):
            bootstrap.open_instance()
    connections.close_all()
    bootstrap.set_up_instance(InstanceKind.DEMO)
    after = _count()
    bootstrap.set_up_instance(InstanceKind.DEMO)
    publish()
    found = [(one.check, one.sentence) for one in doctor.examine() if one.health is doctor.Health.ERROR]
    print(json.dumps({"before": before, "after": after, "faults": found, "definitions": _definitions()}))


def make_clusters() -> None:
    """Make empty clusters in this process's place."""
    keep.make_clusters()


def pack_up(archive: str) -> None:
    """Keep this process's instance, as for a release."""
    keep.keep(Path(archive))


def _definitions() -> dict[str, str]:
    found = rows(DEFINITIONS.read_text("utf-8"))
    return {f"{one.kind} {one.name}": one.definition for one in found}


def _count() -> dict[str, int]:
    return {table: rows(f"SELECT count(*) AS n FROM {table}")[0].n for table in COUNTED}  # noqa: S608  # our own words
