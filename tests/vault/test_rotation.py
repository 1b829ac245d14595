"""Renewing the keys: everything living opens afterwards, an older copy of the keys opens nothing."""

import json
import signal
import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connections, models, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import KeysRole, rows, run
from rollkeeper.kernel.ids import LineId, new_uuid, new_uuids
from rollkeeper.lines.encrypted_columns import EncryptedColumns
from rollkeeper.lines.models import Line
from rollkeeper.vault import epochs, keys, root, rotation, services
from rollkeeper.vault.errors import ROOT_DOES_NOT_FIT, CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.hooks import LINE_VALUE_TABLES
from tests.builders.lines import make_sealed_line
from tests.leak.machine import until
from tests.refusals import refusing
from tests.vault.conftest import DAY, people

pytestmark = pytest.mark.usefixtures("committed")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch, empty_everything):
    empty_everything()  # keys that other tests left, whose rows of the register were rolled back
    monkeypatch.setattr(rotation, "BATCH", 4)


@pytest.fixture
def rotate():
    def turn(**asked):
        return rotation.rotate(console_authority(), on=DAY, **asked)

    return turn


@pytest.fixture
def keys_owner():
    """The store of keys as its owner has it."""
    with database.connect(stores.KEYS, KeysRole.MIGRATOR) as owner:
        yield owner
        owner.execute("DROP TABLE IF EXISTS stolen_key, stolen_epoch")


def opened(line: LineId, field: LineField = LineField.NUMBER) -> str:
    (kept,) = rows("SELECT number_sealed, contact_sealed FROM lines_line WHERE line_id = %s", [line])
    sealed = bytes(kept.number_sealed if field is LineField.NUMBER else kept.contact_sealed)
    (value,) = services.open_line_values(
        worker_authority(), field, [(line, sealed)], purpose=Purpose.NOTICE, on=DAY
    )
    return value.reveal()


def test_everybody_and_every_number_opens_after_a_rotation(rotate, reveal):
    everybody = people(10)
    services.seal_persons(everybody)
    copied = services.PersonRecord(everybody[0].person_id, keys.of_copies(everybody[0].tenure_id), {})
    other_sim = services.PersonRecord(everybody[1].person_id, keys.of_sim(everybody[1].tenure_id, 7), {})
    services.seal_persons([copied, other_sim])  # as keys of a document's copies and of another SIM lie there
    lines = [make_sealed_line(f"+861380000000{n}", f"n{n}@mail.example") for n in range(6)]
    before = keys.living_epoch().epoch_id

    done = rotate()

    assert (done.epoch_id, done.destroyed) == (before + 1, (before,))
    assert (done.people, done.line_values, done.unopenable) == (10, 12, 0)
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]
    assert [opened(line) for line in lines] == [f"+861380000000{n}" for n in range(6)]
    assert opened(lines[3], LineField.CONTACT) == "n3@mail.example"
    assert {row.epoch_id for row in rows("SELECT epoch_id FROM person_key", using="keys")} == {done.epoch_id}


def test_a_stolen_older_copy_of_the_keys_opens_nothing_afterwards(rotate, reveal, keys_owner):
    everybody = people(6)
    services.seal_persons(everybody)
    keys_owner.execute("CREATE TABLE stolen_key AS TABLE person_key")
    keys_owner.execute("CREATE TABLE stolen_epoch AS SELECT * FROM epoch WHERE ended_at IS NULL")

    rotate()
    keys_owner.execute("UPDATE epoch SET secret_wrapped = s.secret_wrapped, ended_at = NULL FROM stolen_epoch s"
                       " WHERE s.epoch_id = epoch.epoch_id")  # fmt: skip
    keys_owner.execute("UPDATE person_key k SET wrapped = s.wrapped, epoch_id = s.epoch_id FROM stolen_key s"
                       " WHERE s.person_id = k.person_id")  # fmt: skip

    for record in everybody:
        with pytest.raises(CannotOpen):
            reveal(record)
    keys_owner.execute("UPDATE epoch SET secret_wrapped = NULL, ended_at = now() FROM stolen_epoch s"
                       " WHERE s.epoch_id = epoch.epoch_id")  # fmt: skip


def test_a_number_kept_from_before_a_rotation_does_not_open(rotate):
    line = make_sealed_line("+8613800000001", None)
    (kept,) = rows("SELECT number_sealed FROM lines_line")

    rotate()

    (value,) = services.open_line_values(
        worker_authority(),
        LineField.NUMBER,
        [(line, bytes(kept.number_sealed))],
        purpose=Purpose.NOTICE,
        on=DAY,
    )
    with pytest.raises(CannotOpen):
        value.reveal()


def test_keys_sealed_to_the_public_half_are_sealed_again_too(rotate, reveal, monkeypatch):
    everybody = people(5)
    with monkeypatch.context() as at_the_counter:
        at_the_counter.setattr(epochs, "may_open", lambda: False)
        services.seal_persons(everybody)

    rotate()

    assert {bytes(row.wrapped)[1] for row in rows("SELECT wrapped FROM person_key", using="keys")} == {1}
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_rotation_that_broke_off_goes_on_and_begins_no_second_epoch(rotate, reveal, after):
    everybody = people(10)
    services.seal_persons(everybody)
    line = make_sealed_line("+8613800000001", None)
    calls = []

    def break_off(_: int) -> None:
        calls.append(1)
        if len(calls) == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(on_progress=break_off)
    half_way = [reveal(record) for record in everybody] + [opened(line)]
    begun = keys.newest_epoch_id()
    done = rotate()

    assert done.epoch_id == begun
    assert keys.living_epoch_ids() == [begun]
    assert half_way == [record.values[Field.NAME] for record in everybody] + ["+8613800000001"]
    assert [reveal(record) for record in everybody] + [opened(line)] == half_way


@pytest.mark.parametrize("step", ["destroyed at the root", "not yet destroyed at the root"])
def test_a_rotation_that_broke_off_while_destroying_goes_on(rotate, reveal, monkeypatch, step):
    (record,) = people(1)
    services.seal_persons([record])
    trust = type(epochs.root_of_trust())

    def break_off(self):
        if step == "destroyed at the root":
            destroying(self)
        raise KeyboardInterrupt

    destroying = trust.destroy_older_versions
    monkeypatch.setattr(trust, "destroy_older_versions", break_off)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.setattr(trust, "destroy_older_versions", destroying)
    assert len(keys.living_epoch_ids()) == 2

    rotate()

    assert len(keys.living_epoch_ids()) == 1
    assert reveal(record) == record.values[Field.NAME]


def test_a_rotation_killed_with_kill_9_loses_nobody(rotate, reveal, command_server):
    everybody = people(40)
    services.seal_persons(everybody)
    program = (
        "import django; django.setup()\n"
        "import os, signal\n"
        "from rollkeeper.vault import rotation\n"
        "from rollkeeper.access.authority import console_authority\n"
        "import datetime as dt\n"
        "rotation.BATCH = 10\n"
        "rotation.rotate(console_authority(), on=dt.date(2012, 3, 2), on_progress=lambda n: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    connections["keys"].close()  # a rotation elsewhere waits for a session that has sealed
    killed = command_server.run("@tests.command_server:run_python", "-c", program)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert len({row.epoch_id for row in rows("SELECT epoch_id FROM person_key", using="keys")}) == 2

    done = rotate()

    assert done.people == 30
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]


def test_a_subscriber_shredded_during_a_rotation_stays_shredded(rotate, reveal):
    everybody = people(8)
    services.seal_persons(everybody)
    gone, kept = everybody[-1], everybody[:-1]
    reading = rotation._replace_keys

    def shred_in_between(*given, **named):
        services.shred([(gone.person_id, gone.tenure_id)])
        return reading(*given, **named)

    with pytest.MonkeyPatch.context() as between:
        between.setattr(rotation, "_replace_keys", shred_in_between)
        rotate()

    with pytest.raises(CannotOpen):
        reveal(gone)
    assert [reveal(record) for record in kept] == [record.values[Field.NAME] for record in kept]


def test_a_number_erased_during_a_rotation_stays_erased():
    line = make_sealed_line("+8613800000001", None)
    (value,) = EncryptedColumns().read(after=None, epoch_id=10**6, limit=5)
    Line.objects.update(number_sealed=None)

    replaced = EncryptedColumns().replace([(value, b"fresh")])

    assert (line, replaced) == (value.line_id, 0)
    assert rows("SELECT number_sealed FROM lines_line")[0].number_sealed is None


def test_nobody_is_sealed_to_an_epoch_that_has_ended(rotate, reveal, monkeypatch):
    old = epochs.person_key_sealer()
    rotate()
    given = [old]
    fresh = epochs.person_key_sealer
    monkeypatch.setattr(epochs, "person_key_sealer", lambda: given.pop() if given else fresh())
    (record,) = people(1)

    services.seal_persons([record])

    assert given == []
    assert reveal(record) == record.values[Field.NAME]


def test_what_does_not_open_stays_as_it_is_and_is_counted(rotate, reveal):
    one, other = people(2)
    services.seal_persons([one, other])
    run("UPDATE person_key SET wrapped = set_byte(wrapped, 30, get_byte(wrapped, 30) # 1) WHERE person_id = %s",
        [other.person_id], using="keys")  # fmt: skip

    done = rotate()

    assert (done.people, done.unopenable) == (1, 1)
    assert reveal(one) == one.values[Field.NAME]


@pytest.fixture
def another_root(tmp_path, monkeypatch):
    """The root of another instance in the place of this one's."""

    def swap(patch):
        patch.setattr(root, "root_file", lambda: tmp_path / "root.key")
        root.FileRoot().ensure()

    return swap


def test_under_another_root_nothing_is_destroyed(rotate, reveal, another_root, monkeypatch):
    everybody = people(3)
    services.seal_persons(everybody)
    line = make_sealed_line("+8613800000002")
    before = keys.living_epoch_ids()
    with monkeypatch.context() as meanwhile:
        another_root(meanwhile)
        with refusing(ROOT_DOES_NOT_FIT):
            rotate()

    assert keys.living_epoch_ids() == before
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]
    assert opened(line) == "+8613800000002"


def test_a_root_that_stops_to_open_in_the_middle_destroys_nobody(rotate, reveal, monkeypatch):
    everybody = people(3)
    services.seal_persons(everybody)
    (older,) = keys.living_epoch_ids()
    whole = epochs.unwrapped

    def lies(epoch_id, wrapped):
        if epoch_id == older and len(keys.living_epoch_ids()) > 1:
            raise CannotOpen
        return whole(epoch_id, wrapped)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(epochs, "unwrapped", lies)
        with refusing(ROOT_DOES_NOT_FIT):
            rotate()

    assert older in keys.living_epoch_ids()
    rotate()
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]


def test_nothing_is_sealed_to_a_secret_that_is_not_the_epochs(monkeypatch):
    (record,) = people(1)
    (epoch_id,) = keys.living_epoch_ids()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(root.FileRoot, "unwrap", lambda *_, **__: bytes(32))
        with pytest.raises(CannotOpen):
            services.seal_persons([record])
        with refusing(ROOT_DOES_NOT_FIT):
            epochs.begin()

    assert keys.living_epoch_ids() == [epoch_id]


def test_a_rotation_waits_for_an_act_at_the_counter_that_has_sealed_a_number(rotate, monkeypatch):
    connections["keys"].close()  # this process has sealed as a command does; that ends with its session
    monkeypatch.setattr(epochs, "may_open", lambda: False)
    waiting = threading.Event()

    def elsewhere() -> list[bool]:
        try:
            return [bool(epochs.sealing_elsewhere())]
        finally:
            connections.close_all()

    seen = []

    def look() -> None:
        seen.extend(elsewhere())
        waiting.set()

    with transaction.atomic():
        services.seal_line_values(LineField.NUMBER, [(LineId(new_uuid()), "+8613800000001")])
        threading.Thread(target=look).start()
        assert waiting.wait(20)
    waiting.clear()
    threading.Thread(target=look).start()
    assert waiting.wait(20)

    assert seen == [True, False]


def test_who_has_not_the_power_rotates_nothing():
    before = keys.newest_epoch_id()

    with refusing(NOT_ALLOWED):
        rotation.rotate(Authority(frozenset(), None, "nobody"), on=DAY)

    assert keys.newest_epoch_id() == before


def test_a_rotation_is_in_the_ledger_from_its_beginning_to_its_end(rotate):
    services.seal_persons(people(3))

    done = rotate()

    entries = rows("SELECT verb, body FROM ledger_entry WHERE verb LIKE 'vault:epoch:%%' ORDER BY entry_id")
    assert [entry.verb for entry in entries] == ["vault:epoch:begun", "vault:epoch:destroyed"]
    assert json.loads(entries[1].body)["facts"] == {"epoch": done.destroyed[0], "line_values": 0, "people": 3}


def test_every_column_with_a_lines_sealed_value_is_sealed_again():
    sealed = {
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and field.name.endswith("_sealed")
    }

    assert sealed == {"lines_line.number_sealed", "lines_line.contact_sealed"}
    assert list(LINE_VALUE_TABLES.each()) == [EncryptedColumns]


def test_the_command_says_what_it_did_and_what_to_do_next(capsys):
    from typer.testing import CliRunner

    from rollkeeper.operations.cli import make_app

    services.seal_persons(people(2))

    said = CliRunner().invoke(make_app(), ["vault", "rotate", "--json"])

    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["people"] == 2


def test_new_references_are_enough_to_tell_line_values_apart():
    lines = [LineId(u) for u in new_uuids(2)]

    assert services.seal_line_values(LineField.NUMBER, [(lines[0], "+1")]) != services.seal_line_values(
        LineField.NUMBER, [(lines[1], "+1")]
    )


def test_a_process_that_goes_on_lets_go_of_a_rotation_when_its_work_is_done():
    with database.connect(stores.KEYS, KeysRole.VAULT) as elsewhere:

        def may_rotate() -> bool:
            (alone,) = elsewhere.execute("SELECT pg_try_advisory_lock(%s)", [epochs._SEALING]).fetchone()
            if alone:
                elsewhere.execute("SELECT pg_advisory_unlock(%s)", [epochs._SEALING])
            return alone

        services.seal_line_values(LineField.NUMBER, [(LineId(new_uuid()), "+8613900000001")])
        assert not may_rotate()
        connections["keys"].close()

        until(may_rotate)  # the server notices that a connection was closed a moment later
