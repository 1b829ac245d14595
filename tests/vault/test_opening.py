"""Who opens, what for and how often: the purpose, the second person, the day's limit, and the canary."""

import copy
import datetime as dt
import json
import logging
import operator
import os
import pickle
import stat
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, transaction
from django.template import Context, Template

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId, new_uuid, new_uuids
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.vault import canaries, epochs, opening, services
from rollkeeper.vault.errors import NEEDS_TWO_APPROVERS, OWN_ALARM, TOO_MANY_OPENINGS, CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.secret_value import SecretDocumentCopy, SecretValue
from rollkeeper.vault.settings import Vault
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import is_refused_by, refusing
from tests.vault.conftest import DAY, people, person

pytestmark = pytest.mark.usefixtures("committed")

OPENED, REFUSED = Verb.SEALED_OPENED.value, Verb.OPENING_REFUSED.value


@pytest.fixture
def limit(monkeypatch):
    """Let a member of staff open so many values a day."""

    def to(count):
        monkeypatch.setattr(opening, "settings", lambda: Vault(opens_per_day=count))

    to(2)
    return to


def another_officer():
    return Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "a0" * 32)


def opened(authority, record, **words):
    asked = {"field": Field.NAME, "purpose": Purpose.REVIEW, "on": DAY} | words
    return services.open_sealed(authority, person_id=record.person_id, tenure_id=record.tenure_id, **asked)


def opened_at_once(who, record):
    """Open one record sixteen times at once; return how often it opened."""

    def one(_):
        try:
            return opened(who(), record).reveal()
        except RollkeeperError as refused:
            if is_refused_by(refused, TOO_MANY_OPENINGS):
                return None
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return len([value for value in pool.map(one, range(16)) if value])


# ---- what for ----


@pytest.mark.parametrize("purpose", ["curiosity", "", "REVIEW", None])
def test_what_is_no_purpose_opens_nothing_and_leaves_no_entry(officer, purpose):
    record = person()
    services.seal_persons([record])

    with pytest.raises(ValueError, match="Purpose"):
        opened(officer, record, purpose=purpose)

    assert rows("SELECT FROM ledger_entry") == []


def test_a_demand_of_an_authority_needs_two_different_people_who_may():
    one, two = employ(StaffRole.SUPERVISOR), employ(StaffRole.DATA_PROTECTION_OFFICER)
    clerk = employ(StaffRole.CLERK)
    record = person(name="Sought")
    services.seal_persons([record])
    disclosure = {"purpose": Purpose.LEGAL_DISCLOSURE, "on": clock.today(), "disclosure_id": new_uuid()}

    for second in (None, one):
        with refusing(NEEDS_TWO_APPROVERS):
            opened(one, record, second=second, **disclosure)
    with refusing(NOT_ALLOWED):
        opened(one, record, second=clerk, **disclosure)
    assert entries(OPENED) == []

    assert opened(one, record, second=two, **disclosure).reveal() == "Sought"
    assert entries(OPENED)[0].facts["second"] == two.commitment


def test_the_worker_lets_no_disclosure_request_through():
    record = person()
    services.seal_persons([record])

    with refusing(NOT_ALLOWED):
        opened(worker_authority(), record, purpose=Purpose.LEGAL_DISCLOSURE)


# ---- how often ----


def test_the_last_allowed_one_opens_and_the_next_is_refused_and_on_record(officer, limit):
    record = person()
    services.seal_persons([record])

    assert [opened(officer, record).reveal() for _ in range(2)] == ["Rigdzin Wangmo"] * 2
    with refusing(TOO_MANY_OPENINGS) as refused:
        opened(officer, record)

    assert "art. 5" in str(refused.value)
    assert "opens_per_day" in refused.value.advice
    (mark,) = entries(REFUSED)
    assert (mark.staff_id, mark.person_id) == (officer.staff_id, record.person_id)
    assert len(entries(OPENED)) == 2


def test_a_refused_one_asks_no_root_for_a_key(officer, limit, monkeypatch):
    record = person()
    services.seal_persons([record])
    limit(1)
    opened(officer, record)
    monkeypatch.setattr(epochs, "unwrapped", lambda *_: pytest.fail("a key was asked for"))

    with refusing(TOO_MANY_OPENINGS):
        opened(officer, record)


def test_what_did_not_open_counts_too(officer, limit):
    for _ in range(2):
        with pytest.raises(CannotOpen):
            opened(officer, person())

    with refusing(TOO_MANY_OPENINGS):
        opened(officer, person())


@pytest.fixture
def limit_of_all(monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: Vault(opens_per_day=2, opens_per_day_total=3))


def by_copy(authority):
    services.open_copy(
        authority, **dict(zip(("person_id", "tenure_id"), _ids(), strict=True)), position=0, purpose=Purpose.REVIEW, on=DAY
    )  # fmt: skip


def by_lines(authority):
    line = LineId(new_uuid())
    sealed = services.seal_line_values(LineField.NUMBER, [(line, "+8613800000001")])
    services.open_line_values(
        authority, LineField.NUMBER, [(line, sealed[0])], purpose=Purpose.REVIEW, on=DAY
    )


@pytest.mark.parametrize("way", [lambda one: opened(one, person()), by_copy, by_lines])
def test_many_accounts_open_no_more_than_all_may(officer, limit_of_all, way):
    record = person()
    services.seal_persons([record])
    assert [opened(one, record).reveal() for one in (officer, officer, another_officer())]

    with refusing(TOO_MANY_OPENINGS) as refused:
        way(another_officer())

    assert "opens_per_day_total" in refused.value.advice
    assert (len(entries(OPENED)), len(entries(REFUSED))) == (3, 1)
    assert opened(worker_authority(), record).reveal()


def test_reaching_what_all_may_open_is_one_alarm_a_day(officer, limit_of_all, data_dir):
    asks = another_officer()
    for one in (officer, officer, asks):
        with pytest.raises(CannotOpen):
            opened(one, person())
    assert canaries.open_alarms() == []

    for one in (asks, officer, asks):
        with refusing(TOO_MANY_OPENINGS):
            opened(one, person())

    (alarm,), (first, *others) = canaries.open_alarms(), entries(REFUSED)
    assert len(others) == 2
    assert (alarm.about, alarm.staff_id, alarm.entry_id) == (
        canaries.AlarmAbout.LIMIT,
        asks.staff_id,
        first.entry_id,
    )
    assert (
        f"ledger entry {first.entry_id}"
        in (data_dir / "logs" / "alarms.log").read_text("ascii").splitlines()[-1]
    )


def test_ones_own_limit_is_no_alarm(officer, limit):
    for _ in range(2):
        with pytest.raises(CannotOpen):
            opened(officer, person())
    with refusing(TOO_MANY_OPENINGS):
        opened(officer, person())

    assert canaries.open_alarms() == []


def test_accounts_made_at_once_share_what_all_may_open(monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: Vault(opens_per_day=5, opens_per_day_total=6))
    record = person()
    services.seal_persons([record])

    assert opened_at_once(another_officer, record) == 6


def test_each_member_of_staff_has_a_limit_of_their_own_and_the_register_has_none(officer, limit):
    record = person()
    services.seal_persons([record])
    limit(1)
    opened(officer, record)

    assert opened(another_officer(), record).reveal()
    assert [opened(worker_authority(), record).reveal() for _ in range(3)]


@pytest.mark.parametrize(("hours", "opens"), [(23.99, False), (24.01, True)])
def test_the_day_is_the_last_twenty_four_hours(officer, limit, hours, opens):
    record = person()
    services.seal_persons([record])
    limit(1)
    opened(officer, record)
    later = clock.now() + dt.timedelta(hours=hours)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opening.clock, "now", lambda: later)
        if opens:
            assert opened(officer, record).reveal()
        else:
            with refusing(TOO_MANY_OPENINGS):
                opened(officer, record)


def test_several_values_of_lines_are_opened_all_or_none(officer, limit):
    lines = [LineId(u) for u in new_uuids(3)]
    sealed = services.seal_line_values(LineField.NUMBER, [(line, "+8613800000001") for line in lines])
    pairs = list(zip(lines, sealed, strict=True))

    with refusing(TOO_MANY_OPENINGS):
        services.open_line_values(officer, LineField.NUMBER, pairs, purpose=Purpose.REVIEW, on=DAY)

    assert entries(OPENED) == []
    assert entries(REFUSED)[0].facts["asked"] == 3
    assert (
        len(services.open_line_values(officer, LineField.NUMBER, pairs[:2], purpose=Purpose.REVIEW, on=DAY))
        == 2
    )


def test_many_at_once_get_no_more_than_one_after_another(officer, limit):
    record = person()
    services.seal_persons([record])
    limit(5)

    assert opened_at_once(lambda: officer, record) == 5
    assert (len(entries(OPENED)), len(entries(REFUSED))) == (5, 11)


def test_another_process_and_a_restart_begin_no_new_count(officer, command_server):
    record = person()
    services.seal_persons([record])
    most = Vault().opens_per_day
    for _ in range(most):
        append_entry(
            officer, verb=Verb.SEALED_OPENED, role="data_protection_officer", on=DAY,
            facts={"field": "name", "purpose": "review"},
        )  # fmt: skip

    done = command_server.run(
        "@tests.command_server:run_python", "-c", _OPEN_ELSEWHERE, str(officer.staff_id), str(record.person_id), str(record.tenure_id),
        surroundings={"ROLLKEEPER_ROLE": "worker"},
    )  # fmt: skip

    assert done.stdout.strip() == TOO_MANY_OPENINGS.code, done.stderr


_OPEN_ELSEWHERE = """
import sys, datetime, uuid, django
django.setup()
from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.vault import services
from rollkeeper.vault.fields import Field, Purpose
staff, person, tenure = map(uuid.UUID, sys.argv[1:])
officer = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), staff, "0f" * 32)
try:
    services.open_sealed(officer, person_id=person, tenure_id=tenure, field=Field.NAME, purpose=Purpose.REVIEW,
                     on=datetime.date(2012, 3, 2))
    print("opened")
except Exception as fault:
    print(fault.code)
"""


def test_the_count_walks_an_index_of_openings_alone():
    with transaction.atomic(), connections["default"].cursor() as cursor:
        # A table of a few pages is read whole whatever indexes it has.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN {sql('vault', 'openings_lately')}",
            {"staff_id": new_uuid(), "verb": OPENED, "since": clock.now()},
        )
        plan = str(cursor.fetchall())

    assert "ledger_entry_opened_by_staff" in plan


# ---- the canary ----


@pytest.fixture
def canary():
    """A canary as the vault sees it: sealed like anybody, but for what lies inside."""
    record = services.PersonRecord(*_ids(), {Field.NAME: "王丽", Field.ADDRESS: "团结路1号"}, is_canary=True)
    services.seal_persons([record])
    return record


def _ids():
    (one,) = people(1)
    return one.person_id, one.tenure_id


def test_to_its_opener_a_canary_opens_like_anybody(officer, canary, capfd, caplog):
    caplog.set_level(logging.DEBUG)

    value = opened(officer, canary)

    assert value.reveal() == "王丽"
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_opening_a_canary_leaves_an_alarm_an_entry_and_a_line_in_a_log_of_its_own(officer, canary, data_dir):
    opened(officer, canary)

    (alarm,), (entry,) = canaries.open_alarms(), entries(Verb.CANARY_OPENED.value)
    assert (alarm.staff_id, alarm.entry_id, alarm.notified_at) == (officer.staff_id, entry.entry_id, None)
    assert (entry.staff_id, entry.person_id, entry.line_id) == (officer.staff_id, None, None)
    log = data_dir / "logs" / "alarms.log"
    assert log.read_text("ascii").splitlines()[-1].endswith(f"ledger entry {entry.entry_id} says by whom")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert not [v for v in canary.values.values() if v in log.read_text("ascii") + entry.text]


def test_opening_anybody_else_raises_none(reveal):
    record = person()
    services.seal_persons([record])

    reveal(record)

    assert canaries.open_alarms() == []


def test_where_the_alarm_cannot_be_raised_nothing_is_handed_out(officer, canary):
    run("ALTER TABLE vault_alarm ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")

    try:
        with pytest.raises(Exception, match="nothing_more"):
            opened(officer, canary)
    finally:
        run("ALTER TABLE vault_alarm DROP CONSTRAINT nothing_more")


def test_a_canarys_number_raises_the_alarm_too(officer):
    line = LineId(new_uuid())
    (sealed,) = services.seal_line_values(LineField.NUMBER, [(line, "+8610000000001")], canaries=True)

    (value,) = services.open_line_values(
        officer, LineField.NUMBER, [(line, sealed)], purpose=Purpose.REVIEW, on=DAY
    )

    assert value.reveal() == "+8610000000001"
    assert len(canaries.open_alarms()) == 1


def test_staff_who_raised_an_alarm_do_not_settle_it_and_others_do(officer, canary):
    opened(officer, canary)

    with refusing(OWN_ALARM):
        canaries.settle_alarms(officer, on=DAY)
    assert len(canaries.open_alarms()) == 1

    assert canaries.settle_alarms(another_officer(), on=DAY) == 1
    assert canaries.open_alarms() == []
    assert len(entries(Verb.ALARM_SETTLED.value)) == 1


def test_neither_store_alone_nor_both_tell_a_canary_from_a_person(canary):
    other = person(name="李强", address="和平路2号")
    services.seal_persons([other])

    def shapes(record):
        sealed = rows(
            "SELECT field, length(ciphertext) AS n FROM vault_sealed WHERE person_id = %s ORDER BY field",
            [record.person_id],
        )
        (key,) = rows(
            "SELECT epoch_id, length(wrapped) AS n FROM person_key WHERE person_id = %s", [record.person_id],
            using="keys",
        )  # fmt: skip
        return [(row.field, row.n) for row in sealed], (key.epoch_id, key.n)

    assert shapes(canary) == shapes(other)


def test_no_role_of_an_app_knows_of_alarms_or_canaries(as_role):
    for role in ("counter", "backoffice", "auditor"):
        for table in ("vault_alarm", "vault_canary"):
            with pytest.raises(Exception, match="permission denied"), as_role(role):
                rows(f"SELECT * FROM {table}")  # noqa: S608


def test_an_opener_cannot_withdraw_an_alarm():
    for statement in ("DELETE FROM vault_alarm", "UPDATE vault_alarm SET settled_at = now()"):
        with pytest.raises(Exception, match="permission denied"):
            run(statement, using="vault")


# ---- nothing shows itself, nothing opens elsewhere ----


def test_what_was_opened_does_not_get_into_a_log_or_an_error(officer, caplog):
    record = person(name="Yangchen Lhamo")
    services.seal_persons([record])
    value = opened(officer, record)
    caplog.set_level(logging.DEBUG)

    logging.getLogger("anything").warning("found %s and %r", value, [value], extra={"value": value})
    try:
        raise ValueError(value)  # noqa: TRY301
    except ValueError:
        logging.getLogger("anything").exception("fell over")
    assert "Yangchen" not in caplog.text + repr(caplog.records)
    assert "<sealed>" in caplog.text


ENCODERS = {
    "json": json.dumps,
    "json written in Python": lambda value: "".join(json.JSONEncoder(indent=1).iterencode(value)),
    "Django's": lambda value: json.dumps(value, cls=DjangoJSONEncoder),
    "Rollkeeper's canonical bytes": lambda value: canonical_bytes(value).decode(),
    "a pickle": lambda value: repr(pickle.loads(pickle.dumps(value))),  # noqa: S301
    "a copy": lambda value: repr(copy.deepcopy(value)),
    "a text": str,
    "a format": lambda value: f"{value['name']:>40}" + "%s" % value["name"],  # noqa: UP031
    "joined": lambda value: "".join([value["name"], "!"]) + (value["name"] + "!"),
    "changed": lambda value: value["name"].upper().lower() + value["name"][:] + value["name"].strip(),
    "a template": lambda value: Template("{{ name }}").render(Context(value)),
    "YAML and tables": lambda value: f"{list(value['name'])}" + value["name"].encode().decode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", [SecretValue, SecretDocumentCopy])
@pytest.mark.parametrize("way", ENCODERS)
def test_whatever_writes_it_down_writes_that_it_is_sealed(way, kind):
    value = {"name": kind("Yangchen Lhamo" if kind is SecretValue else b"Yangchen Lhamo")}

    written = ENCODERS[way](value)

    assert "Yangchen" not in written
    assert "sealed" in written.replace("', '", "")


@pytest.mark.parametrize("ask", [operator.eq, operator.ne, operator.lt, operator.ge, lambda a, _: hash(a)])
def test_what_was_opened_is_not_compared_as_though_it_were_its_text(ask):
    with pytest.raises(TypeError):
        ask(SecretValue("Yangchen"), SecretValue("Lhamo"))


def test_the_length_of_what_was_opened_says_nothing():
    assert len(SecretValue("")) == len(SecretValue("Yangchen Lhamo" * 9)) == len("<sealed>")
    assert not hasattr(SecretValue("Yangchen"), "__dict__")


def test_a_row_moved_between_two_tenures_of_one_person_does_not_open(officer):
    first = person(name="Before")
    second = services.PersonRecord(first.person_id, _ids()[1], {Field.NAME: "After"})
    services.seal_persons([first, second])

    run(
        "UPDATE vault_sealed a SET ciphertext = b.ciphertext FROM vault_sealed b WHERE a.tenure_id = %s"
        " AND b.tenure_id = %s",
        [second.tenure_id, first.tenure_id],
    )
    run(
        "UPDATE person_key a SET wrapped = b.wrapped FROM person_key b WHERE a.tenure_id = %s AND b.tenure_id = %s",
        [second.tenure_id, first.tenure_id], using="keys",
    )  # fmt: skip

    with pytest.raises(CannotOpen):
        opened(officer, second)


@pytest.mark.parametrize(
    "change",
    [
        "set_byte(ciphertext, 0, 2)",
        "substring(ciphertext FROM 1 FOR 20)",
        "''::bytea",
        "set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1)",
    ],
    ids=["another version", "cut short", "empty", "one bit"],
)
def test_what_was_changed_is_refused_in_the_same_words_as_what_never_was(officer, change):
    record = person(name="Changed")
    services.seal_persons([record])
    run(f"UPDATE vault_sealed SET ciphertext = {change}")  # noqa: S608

    said = []
    for asked in (record, person()):
        with pytest.raises(CannotOpen) as refused:
            opened(officer, asked)
        said.append((str(refused.value), refused.value.facts, refused.value.__cause__))

    assert said[0] == said[1]


def test_after_shredding_nothing_opens_in_a_long_lived_process_that_had_opened_it(officer, command_server):
    record = person(name="Remembered")
    services.seal_persons([record])
    line = LineId(new_uuid())
    (its_input, to_it), (from_it, its_output) = os.pipe(), os.pipe()
    other = command_server.start(
        "@tests.command_server:run_python", "-c", _LONG_LIVED, str(record.person_id), str(record.tenure_id), str(line),
        terminal=its_input, out=its_output, err=2, surroundings={"ROLLKEEPER_ROLE": "worker"},
    )  # fmt: skip
    os.close(its_input), os.close(its_output)
    with os.fdopen(to_it, "w") as says, os.fdopen(from_it) as said:
        before = said.readline().strip()
        services.shred([(record.person_id, record.tenure_id)])
        says.write("again\n"), says.flush()
        after = said.read()
    other.finish()

    assert before == "Remembered"
    assert after.split() == ["CannotOpen", "CannotOpen", "nothing"]


_LONG_LIVED = """
import sys, gc, datetime, uuid, django
django.setup()
from rollkeeper.access.authority import worker_authority
from rollkeeper.vault import services, wire
from rollkeeper.vault.fields import Field, Purpose
person, tenure, line = map(uuid.UUID, sys.argv[1:])
def look():
    try:
        return services.open_sealed(worker_authority(), person_id=person, tenure_id=tenure, field=Field.NAME,
                                purpose=Purpose.REVIEW, on=datetime.date(2012, 3, 2)).reveal()
    except Exception as fault:
        return type(fault).__name__
print(look(), flush=True)
sys.stdin.readline()
print(look())
print(look())
gc.collect()
kept = [o for o in gc.get_objects() if isinstance(o, wire.EpochSecret)]
print(kept or "nothing")
"""


def test_no_staff_reference_is_the_same_lock_as_anothers():
    ids = [UUID(int=n) for n in range(200)]

    locks = {rows("SELECT hashtextextended(%s::text, 0) AS lock", [one])[0].lock for one in ids}

    assert len(locks) == 200
