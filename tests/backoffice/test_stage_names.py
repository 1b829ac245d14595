# SPDX-License-Identifier: EUPL-1.2
"""What a law calls its stages, on the pages and in the words of terminal and report."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import do_staff_requests
from rollkeeper.backoffice.report_figures import tables
from rollkeeper.campaign import batch_planning, cli_output, nightly, planning, queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.errors import PACK_FAULT
from rollkeeper.law.packs import read_pack
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.stage_facts import stage_facts
from rollkeeper.reporting.labels import labels_by_law, labels_in
from tests.backoffice.test_pages import PERSON, signed_in  # noqa: F401
from tests.builders.lines import make_line
from tests.builders.packs import read_text, use_pack
from tests.builders.stages import named, staged
from tests.campaign.population import tell
from tests.refusals import refusing

PLANNED, DUE = dt.date(2011, 12, 20), dt.date(2012, 3, 2)
BARE = staged(20, 30)
LAW = named(BARE)


@pytest.fixture
def manager(signed_in):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")
    RoleGrant.objects.update(since=PLANNED)
    before = instance().pack
    yield ask
    write_settings(instance={"pack": before})


def due_line(text):
    """Make a line that falls due under a law, on the eve of its day."""
    use_pack(text)
    line_id = make_line()
    clock.set_demo_date(PLANNED)
    planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=PLANNED)
    tell(line_id, PLANNED)
    nightly.run_nightly(worker_authority(), on=PLANNED)
    clock.set_demo_date(DUE - dt.timedelta(days=1))
    nightly.run_nightly(worker_authority(), on=DUE - dt.timedelta(days=1))


def prepared(text):
    due_line(text)
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    found = batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)
    return next(one for one in found if one.batch_id)


@pytest.mark.parametrize(("language", "name"), [("en", "Outgoing bar"), ("zh-hans", "限制呼出")])
def test_a_batch_is_called_as_the_law_calls_its_stage(manager, monkeypatch, language, name):
    monkeypatch.setitem(PERSON, "HTTP_ACCEPT_LANGUAGE", language)
    drawn = prepared(LAW)

    shown = [
        manager("get", tail).text_
        for tail in ("/campaign/", f"/batches/{drawn.batch_id}/", f"/campaign/days/{DUE}/")
    ]

    assert [f"{name} · " in page for page in shown] == [True] * 3


def test_what_waits_for_approvers_has_the_name(signed_in):  # noqa: F811
    before = instance().pack
    prepared(LAW)

    page = signed_in(StaffRole.SUPERVISOR, "sup")("get", "/pending-approvals/").text_

    write_settings(instance={"pack": before})
    assert "Outgoing bar · " in page


def test_a_batch_of_a_law_without_names_has_none(manager):
    prepared(BARE)

    (batch,) = queries.batches()

    assert batch.title == {}
    assert "Outgoing bar" not in manager("get", "/campaign/").text_


def test_a_batch_of_another_version_of_the_law_is_not_called_by_this_one(manager):
    drawn = prepared(LAW)

    run("UPDATE campaign_batch SET pack_hash = 'x' WHERE batch_id = %s", [drawn.batch_id])

    assert queries.batches()[0].title == {}


def test_what_falls_due_is_counted_under_the_name_of_its_stage(manager):
    due_line(LAW)

    page, of_day = manager("get", "/campaign/").text_, manager("get", f"/campaign/days/{DUE}/").text_

    assert "Outgoing bar: 1" in page
    assert "Outgoing bar · Suspend · " in of_day


def test_a_dry_run_and_what_was_prepared_have_the_name(manager, as_role):
    due_line(LAW)
    clock.set_demo_date(DUE)

    for kind in ("batch_check", "prepare"):
        manager("post", "/campaign/prepare/", {"kind": kind, "due_on": DUE})
        run("DISCARD TEMP")
        with as_role("worker"):
            do_staff_requests(limit=10, job=RequestJob.CAMPAIGN)
        assert "Outgoing bar · Suspend · " in manager("get", "/campaign/prepare/").text_


def test_the_terminal_has_the_name_before_what_is_barred(manager, capsys):
    drawn = prepared(LAW)
    seen = queries.overviews(DUE)

    cli_output.due(drawn, None)
    cli_output.status(seen, queries.batches(), [])

    said = capsys.readouterr().out
    assert said.count("(Outgoing bar: outgoing)") >= 2
    assert "outgoing (Outgoing bar)" in said


def test_a_notice_is_told_the_names_of_what_is_barred_now_and_next():
    pack = read_text(LAW)

    first, second = (stage_facts(pack, NoticeKind.SUSPENDED, step=step) for step in (1, 2))

    assert first.names["bars"]["en"] == "Outgoing bar"
    assert first.names["next_bars"] == {"zh-hans": "双向限制"}
    assert list(second.names) == ["bars"]
    assert stage_facts(read_text(BARE), NoticeKind.SUSPENDED, step=1).names == {}


def test_a_report_names_the_stages_counted_in_a_row_and_in_no_other_table():
    said = labels_by_law("zh-hans", read_text(LAW))
    cells = {"2012-Q1": {"outgoing": 20, "suspended": 20}}
    report = {
        "tables": [{"table": one, "source": "ledger", "cells": cells} for one in ("campaigns", "agents")]
    }

    shown, _ = tables(report, "en", law=read_text(LAW))

    assert said["campaigns.calls"].endswith("（双向限制）")
    assert shown[0].rows[0].name.endswith(" (Outgoing bar)")
    assert not any("Outgoing bar" in row.name for row in shown[1].rows)
    assert labels_by_law("en", read_text(BARE)) == labels_in("en")


@pytest.mark.parametrize("name", ["call 10086@evil", "https://example.org", "x" * 61])
def test_a_name_that_no_notice_can_carry_does_not_load(name):
    text = LAW.replace("en: Outgoing bar", f'en: "{name}"')

    with refusing(PACK_FAULT, match="goes into notices"):
        read_pack(text.encode(), file="x.yaml")
