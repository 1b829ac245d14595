"""A canary among the people: in shape one of them, touched by nothing that acts on people, and an alarm to open."""

import datetime as dt
import os

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.planning import plan_campaign
from rollkeeper.kernel import clock, room
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, PersonId, StaffId, TenureId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.attributes import ATTRIBUTES, LINE_ATTRIBUTES
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import keeps_until
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.opening import open_field
from rollkeeper.lines.writes import NewTenure
from rollkeeper.notices import alarms
from rollkeeper.notices.gateways import smtp
from rollkeeper.notices.queries import count_due as count_notices
from rollkeeper.notices.settings import Notices
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.queries import reconcile
from rollkeeper.retention.services import count_due
from rollkeeper.subscribers.services import PresentedPerson, find_or_create_persons
from rollkeeper.vault import canaries
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.hooks import ALARM_MAILERS
from rollkeeper.vault.keys import living_epoch
from rollkeeper.vault.services import PersonRecord, seal_persons
from tests.builders.lines import activate_line, begin_tenure, mark_registered, terminate_line
from tests.builders.packs import use_pack, with_line_attributes
from tests.notices.fakes import Mailboxes, MailHost

pytestmark = pytest.mark.usefixtures("committed")

CONSOLE = console_authority()
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "0f" * 32)
TABLES = (
    "subscribers_subscriber",
    "subscribers_document",
    "lines_line",
    "lines_number",
    "lines_tenure",
    "vault_sealed",
)


@pytest.fixture
def canary(committed):
    """The line of a canary, as `setup` and `vault rotate` put one among the people."""
    run("DELETE FROM vault_canary")
    assert canaries.ensure_canary(CONSOLE, on=clock.today())
    (line,) = rows("SELECT line_id FROM lines_line")
    return LineId(line.line_id)


def somebody_who_left():
    """An invented person who registered a line and ended it, by Rollkeeper's own acts."""
    document = ("cn-resident-card", "990101199001010014")
    (person,) = find_or_create_persons([PresentedPerson("individual", "en", document)], on=clock.today())
    line, tenure = (
        activate_line("+8613900001234", service=Service.MOBILE, on=clock.today(), language="en"),
        TenureId(new_uuid()),
    )
    asked = {a.name for a in load_pack(instance().pack).attributes("mobile", "individual")}
    values = {
        Field.NAME: "李强",
        Field.ADDRESS: "和平路2号",
        Field.DOCUMENT_TYPE: document[0],
        Field.DOCUMENT_NUMBER: document[1],
    }
    (commitment,) = seal_persons(
        [PersonRecord(PersonId(person), tenure, {f: v for f, v in values.items() if f.value in asked})]
    )
    begin_tenure(
        NewTenure(line, tenure, "individual", person, "sighted", commitment), at=clock.now() - dt.timedelta(hours=1)
    )  # fmt: skip
    mark_registered([line], on=clock.today())
    terminate_line(
        line, by="subscriber", quarantined_until=clock.today() + dt.timedelta(days=90), on=clock.today()
    )
    return line


def shape(table, line):
    """Of the rows about one line: which columns are filled, how long bytes are, and what small sets of words say."""
    person = "(SELECT person_id FROM lines_tenure WHERE line_id = %(line)s)"
    key = f"person_id = {person}" if table.startswith(("subscribers", "vault")) else "line_id = %(line)s"
    found = rows(f"SELECT * FROM {table} WHERE {key} ORDER BY 1, 2, 3", {"line": line})  # noqa: S608
    return [
        {
            name: len(value)
            if isinstance(value, bytes | memoryview)
            else value
            if name in _WORDS
            else value is not None
            for name, value in row._asdict().items()
        }
        for row in found
    ]


_WORDS = {"state", "service", "terminated_by", "version", "is_registered", "is_disputed", "is_essential", "kind", "party_kind",
          "assurance", "document_type", "field", "region"}  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_in_no_table_has_a_canary_another_shape_than_somebody_who_left(canary, table):
    real = somebody_who_left()

    assert shape(table, canary) == shape(table, real)
    assert shape(table, canary)


def test_one_epoch_gets_one_canary(canary):
    assert not canaries.ensure_canary(CONSOLE, on=clock.today())

    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 1
    assert canaries.has_canary(living_epoch().epoch_id)
    assert not canaries.has_canary(living_epoch().epoch_id + 1)


def test_no_entry_of_the_ledger_names_a_canary(canary):
    (entry,) = rows("SELECT * FROM ledger_entry")

    assert (entry.verb, entry.person_id, entry.line_id) == ("vault:canary:made", None, None)
    (tenure,) = rows("SELECT * FROM lines_tenure")
    assert not [one for one in (canary, tenure.person_id, tenure.tenure_id) if str(one) in entry.body]


def test_nothing_that_acts_on_people_touches_a_canary(canary):
    plan_campaign(CONSOLE, pack_id="cn-xz-2011", on=dt.date(2012, 3, 2))

    assert rows("SELECT FROM campaign_member") == []
    assert count_notices() == 0
    assert rows("SELECT FROM provisioning_command") == []
    assert count_due(CONSOLE, on=clock.today()).lines == 0


@pytest.mark.parametrize("says", [ReadBack.UNKNOWN, ReadBack.OPEN, ReadBack.ABSENT])
def test_whatever_the_network_says_of_a_canarys_line_is_no_difference(canary, says):
    class Network:
        needs_number = False

        def read_back(self, lines, *, bars=()):
            return [says] * len(lines)

    compared = reconcile(gateway=Network())
    assert (compared.differences, compared.never_commanded_count) == ([], 0)


def test_a_canary_goes_in_its_time_like_anybody(canary):
    last = keeps_until(
        load_pack(instance().pack), rows("SELECT terminated_on FROM lines_line")[0].terminated_on
    )

    assert count_due(CONSOLE, on=last).lines == 0
    assert count_due(CONSOLE, on=last + dt.timedelta(days=1)).lines == 1


def test_an_officer_opens_by_reference_or_number_and_a_canary_raises_the_alarm(canary):
    real = somebody_who_left()
    asked = {"field": Field.NAME, "purpose": Purpose.SUBSCRIBER_REQUEST, "on": clock.today()}

    assert [open_field(OFFICER, text, **asked).reveal() for text in (str(real), "139 0000 1234")] == [
        "李强"
    ] * 2
    assert canaries.open_alarms() == []

    assert open_field(OFFICER, str(canary), **asked).reveal()
    assert len(canaries.open_alarms()) == 1


def test_opening_says_in_the_ledger_which_line_and_stands_for_the_subscriber(committed):
    real = somebody_who_left()

    open_field(OFFICER, str(real), field=Field.NAME, purpose=Purpose.REVIEW, on=clock.today())

    (entry,) = rows("SELECT line_id, body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    (tenure,) = rows("SELECT commitment FROM lines_tenure")
    assert entry.line_id == real
    assert f'"person":"{tenure.commitment}"' in entry.body


def test_a_line_that_is_not_there_and_a_part_that_nobody_plays_open_nothing(committed):
    from rollkeeper.subscribers.choices import PartyRole

    real = somebody_who_left()
    asked = {"field": Field.NAME, "purpose": Purpose.REVIEW, "on": clock.today()}

    for text in (str(new_uuid()), "13900009999"):
        with pytest.raises(LineNotFound):
            open_field(OFFICER, text, **asked)
    with pytest.raises(CannotOpen):
        open_field(OFFICER, str(real), part=PartyRole.GUARDIAN, **asked)


# ---- who is notified ----


@pytest.fixture
def mail(monkeypatch):
    """A real mail server, and an instance that has an address for alarms."""
    boxes = Mailboxes()
    host = MailHost(boxes)
    host.start()
    notified = Notices(smtp_url=host.url, alarms_to="officer@operator.example")
    monkeypatch.setattr(alarms, "settings", lambda: notified)
    monkeypatch.setattr(smtp, "settings", lambda: notified)
    yield boxes
    host.stop()


def test_an_alarm_is_mailed_once_and_says_nothing_about_anybody(canary, mail):
    with ALARM_MAILERS.replaced():
        open_field(OFFICER, str(canary), field=Field.NAME, purpose=Purpose.REVIEW, on=clock.today())

    assert [alarms.mail_alarms(), alarms.mail_alarms()] == [1, 0]

    ((_, envelope),) = mail.kept
    text = envelope.content.decode()
    assert envelope.rcpt_tos == ["officer@operator.example"]
    assert str(canaries.open_alarms()[0].entry_id) in text
    assert canaries.open_alarms()[0].notified_at is not None
    assert not [word for word in (str(canary), "李") if word in text]


def test_a_disk_that_is_nearly_full_is_mailed_once_a_day_and_again_when_it_was_not(canary, mail, monkeypatch):
    went = [alarms.mail_low_room()]
    monkeypatch.setattr(room, "LOW_BYTES", 1 << 60)
    went += [alarms.mail_low_room(), alarms.mail_low_room()]
    monkeypatch.setattr(room, "LOW_BYTES", 0)
    went += [alarms.mail_low_room()]
    monkeypatch.setattr(room, "LOW_BYTES", 1 << 60)
    went += [alarms.mail_low_room()]

    assert went == [0, 1, 0, 0, 1]
    assert len(mail.kept) == 2
    (alarms.data_dir() / "run" / "room.alarm").unlink()


def test_what_is_broken_is_mailed_at_once_and_then_once_a_day(canary, mail, monkeypatch):
    mark = alarms.data_dir() / "run" / "broken.alarm"
    mark.unlink(missing_ok=True)
    backups, erasure = (
        ("backups", "The keys: too old.", "Back up."),
        ("erasure", "It was stopped.", "See why."),
    )

    went = [alarms.mail_broken(one) for one in ([], [backups], [backups], [backups, erasure], [erasure])]
    os.utime(mark, (0, 0))
    went += [alarms.mail_broken(one) for one in ([backups], [], [backups])]
    mail.data_answer = "451 later"
    went += [alarms.mail_broken([backups, erasure])]

    assert went == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert "- erasure: It was stopped. See why." in mail.kept[1][1].content.decode()
    assert set(mark.read_text("utf-8").splitlines()) == {"backups"}
    mark.unlink()


def test_what_the_mail_server_did_not_take_is_mailed_the_next_time(canary, mail):
    mail.data_answer = "451 later"
    open_field(OFFICER, str(canary), field=Field.NAME, purpose=Purpose.REVIEW, on=clock.today())
    assert alarms.mail_alarms() == 0

    mail.data_answer = "250 kept"

    assert alarms.mail_alarms() == 1


def test_an_instance_without_an_address_for_alarms_keeps_them_for_the_doctor(canary):
    open_field(OFFICER, str(canary), field=Field.NAME, purpose=Purpose.REVIEW, on=clock.today())

    assert alarms.mail_alarms() == 0
    assert len(canaries.unnotified_alarms()) == 1


def test_a_canary_has_every_attribute_that_the_law_asks_of_a_person_and_of_a_line(law_put_back):
    law = with_line_attributes(*(f'name: {name}, required: "yes"' for name in LINE_ATTRIBUTES))
    more = "".join(
        f'      - {{name: {name}, required: "yes", purpose: {{en: why}}, because: {{article: "2 ¶1"}}}}\n'
        for name in ATTRIBUTES
        if f"name: {name}\n" not in law
    )
    checks = "    verification:\n      - method: sight\n"
    use_pack(law.replace(checks, more + checks, 1))

    run("DELETE FROM vault_canary")
    canaries.ensure_canary(CONSOLE, on=clock.today())

    found = rows("SELECT field, length(ciphertext) AS bytes FROM vault_sealed")
    assert {one.field for one in found} == {*ATTRIBUTES, *LINE_ATTRIBUTES}
    assert {one.bytes for one in found if one.field in {"iccid", "imsi", "national_number"}} == {
        1 + 12 + 32 + 16
    }
