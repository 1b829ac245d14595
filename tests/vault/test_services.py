"""Sealing, opening, destroying, against the real stores."""

import json
import pickle
from threading import Timer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, PersonId, TenureId, new_uuid, new_uuids
from rollkeeper.vault import epochs, keys, root, services, signed_public_keys, wire
from rollkeeper.vault.errors import ALREADY_SEALED, EPOCH_NOT_GENUINE, CannotOpen
from rollkeeper.vault.fields import Field, LineField, Purpose
from rollkeeper.vault.key_files import write_keys
from rollkeeper.vault.offline_keys import current_offline_key, renew_offline_keys
from rollkeeper.vault.rotation import count_to_reseal
from tests.refusals import refusing
from tests.vault.conftest import DAY, people, person

pytestmark = pytest.mark.usefixtures("committed")


def test_what_was_sealed_opens_and_nothing_of_it_stands_in_the_row(reveal):
    record = person()
    services.seal_persons([record])

    opened = {field: reveal(record, field) for field in record.values}
    kept = b"".join(bytes(row.ciphertext) for row in rows("SELECT ciphertext FROM vault_sealed"))

    assert opened == record.values
    assert not [value for value in record.values.values() if value.encode() in kept]


def test_opening_leaves_an_entry_that_says_who_what_and_what_for(reveal, officer):
    record = person()
    services.seal_persons([record])

    reveal(record, Field.ADDRESS)

    (entry,) = rows("SELECT * FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    body = json.loads(entry.body)
    assert (entry.person_id, entry.staff_id, entry.day) == (record.person_id, officer.staff_id, DAY)
    assert body["facts"] == {"field": "address", "tenure": str(record.tenure_id), "purpose": "review"}
    assert body["role"] == "data_protection_officer"
    assert not [value for value in record.values.values() if value in entry.body]


def test_without_a_ledger_entry_nothing_is_decrypted(monkeypatch, reveal):
    record = person()
    services.seal_persons([record])
    asked: list[int] = []
    unwrapping = epochs.unwrapped
    monkeypatch.setattr(epochs, "unwrapped", lambda *its: asked.append(its[0]) or unwrapping(*its))
    run("ALTER TABLE ledger_entry ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")

    try:
        with pytest.raises(Exception, match="nothing_more"):
            reveal(record)
    finally:
        run("ALTER TABLE ledger_entry DROP CONSTRAINT nothing_more")

    assert asked == []
    assert reveal(record) == record.values[Field.NAME]
    assert asked


def test_with_an_entry_that_is_not_committed_nothing_is_decrypted(monkeypatch, reveal):
    record = person()
    services.seal_persons([record])
    asked: list[int] = []
    monkeypatch.setattr(epochs, "unwrapped", lambda *its: asked.append(its[0]))
    run(
        "CREATE FUNCTION no_commit() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not committed'; END $$"
    )
    run(
        "CREATE CONSTRAINT TRIGGER no_commit AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION no_commit()"
    )

    try:
        with pytest.raises(Exception, match="not committed"):
            reveal(record)
    finally:
        run("DROP FUNCTION no_commit CASCADE")

    assert asked == []
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")


def test_the_entry_is_committed_before_and_apart_from_the_act_around_it(reveal):
    record = person()
    services.seal_persons([record])

    with transaction.atomic():
        reveal(record)
        transaction.set_rollback(True)

    assert rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'vault:sealed:opened'")[0].n == 1


def test_nothing_is_opened_inside_a_transaction_that_could_take_the_entry_back(reveal):
    record = person()
    services.seal_persons([record])

    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(using="vault"):
        reveal(record)


def test_the_entry_stands_even_where_nothing_opens(reveal):
    stranger = person()

    with pytest.raises(CannotOpen):
        reveal(stranger)

    assert rows("SELECT person_id FROM ledger_entry")[0].person_id == stranger.person_id


@pytest.mark.parametrize(
    "nobody", [console_authority(), Authority(frozenset(), None, "00" * 32)], ids=["console", "none"]
)
def test_who_has_not_the_power_opens_nothing_and_leaves_no_entry(nobody):
    record = person()
    services.seal_persons([record])

    with refusing(NOT_ALLOWED):
        services.open_sealed(
            nobody, person_id=record.person_id, tenure_id=record.tenure_id, field=Field.NAME,
            purpose=Purpose.REVIEW, on=DAY,
        )  # fmt: skip

    assert rows("SELECT FROM ledger_entry") == []


@pytest.mark.parametrize("column", ["person_id", "tenure_id", "field"])
def test_a_row_moved_to_another_person_tenure_or_field_does_not_open(reveal, column):
    one, other = person(name="One", address="Somewhere"), person(name="Other", address="Elsewhere")
    services.seal_persons([one, other])
    mine = {"person_id": one.person_id, "tenure_id": one.tenure_id, "field": "name"}
    source = {
        "person_id": {**mine, "person_id": other.person_id, "tenure_id": other.tenure_id},
        "tenure_id": {**mine, "person_id": other.person_id, "tenure_id": other.tenure_id},
        "field": {**mine, "field": "address"},
    }[column]

    run(
        "UPDATE vault_sealed SET ciphertext = (SELECT ciphertext FROM vault_sealed WHERE person_id = %(person_id)s"
        " AND tenure_id = %(tenure_id)s AND field = %(field)s)"
        " WHERE person_id = %(p)s AND tenure_id = %(h)s AND field = 'name'",
        source | {"p": one.person_id, "h": one.tenure_id},
    )

    with pytest.raises(CannotOpen):
        reveal(one)


def test_a_key_moved_to_another_person_opens_nothing(reveal):
    one, other = people(2)
    services.seal_persons([one, other])

    run(
        "UPDATE person_key SET wrapped = (SELECT wrapped FROM person_key WHERE person_id = %s) WHERE person_id = %s",
        [one.person_id, other.person_id],
        using="keys",
    )
    run(
        "UPDATE vault_sealed a SET ciphertext = (SELECT ciphertext FROM vault_sealed b WHERE b.person_id = %s"
        " AND b.field = a.field) WHERE person_id = %s",
        [one.person_id, other.person_id],
    )

    with pytest.raises(CannotOpen):
        reveal(other)


def test_a_second_record_for_one_person_and_tenure_is_refused(reveal):
    record = person()
    services.seal_persons([record])

    with refusing(ALREADY_SEALED), transaction.atomic():
        services.seal_persons([record])

    assert reveal(record) == record.values[Field.NAME]


def test_one_person_has_a_key_for_each_tenure(reveal):
    first = person(name="Before")
    second = services.PersonRecord(first.person_id, TenureId(new_uuid()), {Field.NAME: "After"})
    services.seal_persons([first, second])

    destroyed = services.shred([(first.person_id, first.tenure_id)])

    assert destroyed == 1
    assert reveal(second) == "After"
    with pytest.raises(CannotOpen):
        reveal(first)


def test_after_shredding_nothing_opens_in_the_process_that_had_just_opened_it(reveal):
    record = person()
    services.seal_persons([record])
    assert reveal(record)

    services.shred([(record.person_id, record.tenure_id)])

    with pytest.raises(CannotOpen):
        reveal(record)


def test_erased_means_erased_when_an_older_copy_of_the_rows_comes_back(reveal):
    everybody = people(50)
    services.seal_persons(everybody)
    run("CREATE TABLE copied_aside AS TABLE vault_sealed")
    gone, kept = everybody[:25], everybody[25:]

    shredded = services.shred([(record.person_id, record.tenure_id) for record in gone])
    run("DELETE FROM vault_sealed")
    run("INSERT INTO vault_sealed TABLE copied_aside")
    run("DROP TABLE copied_aside")

    assert shredded == 25
    assert [reveal(record) for record in kept] == [record.values[Field.NAME] for record in kept]
    for record in gone:
        with pytest.raises(CannotOpen):
            reveal(record)


def test_shredding_counts_only_what_was_there():
    one, other = people(2)
    services.seal_persons([one])

    pairs = [(record.person_id, record.tenure_id) for record in (one, other)]

    assert (services.shred(pairs), services.shred(pairs), services.shred([])) == (1, 0, 0)


def test_keys_outlive_an_act_that_is_taken_back_and_rows_do_not():
    record = person()

    with transaction.atomic():
        services.seal_persons([record])
        transaction.set_rollback(True)

    assert rows("SELECT FROM vault_sealed") == []
    assert len(rows("SELECT FROM person_key", using="keys")) == 1


def test_a_commitment_stands_for_one_person_and_one_tenure():
    one, other = people(2)

    commitments = services.seal_persons([one, other])

    assert len(set(commitments)) == 2
    assert all(len(c) == 64 for c in commitments)


def test_a_batch_larger_than_one_copy_is_sealed_whole(reveal, monkeypatch):
    monkeypatch.setattr(services, "_SEALED_AT_ONCE", 7)
    everybody = people(20)

    commitments = services.seal_persons(everybody)

    assert len(commitments) == 20
    assert [reveal(record) for record in everybody] == [record.values[Field.NAME] for record in everybody]


def test_a_number_opens_for_sending_notices_and_each_line_has_its_entry():
    lines = [LineId(u) for u in new_uuids(3)]
    sealed = services.seal_line_values(
        LineField.NUMBER, [(line, f"+8613800000{n:03}") for n, line in enumerate(lines)]
    )

    opened = services.open_line_values(
        worker_authority(),
        LineField.NUMBER,
        list(zip(lines, sealed, strict=True)),
        purpose=Purpose.NOTICE,
        on=DAY,
    )

    assert [value.reveal() for value in opened] == [f"+8613800000{n:03}" for n in range(3)]
    entries = rows("SELECT line_id, body FROM ledger_entry ORDER BY entry_id")
    assert sorted(entry.line_id for entry in entries) == sorted(lines)
    assert json.loads(entries[0].body)["facts"] == {"field": "number", "purpose": "notice"}


def test_without_a_ledger_entry_no_lines_value_is_decrypted(monkeypatch):
    line = LineId(new_uuid())
    (sealed,) = services.seal_line_values(LineField.NUMBER, [(line, "+8613800000001")])
    asked: list[int] = []
    monkeypatch.setattr(epochs, "unwrapped", lambda *its: asked.append(its[0]))
    run("ALTER TABLE ledger_entry ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")

    try:
        with pytest.raises(Exception, match="nothing_more"):
            services.open_line_values(
                worker_authority(), LineField.NUMBER, [(line, sealed)], purpose=Purpose.NOTICE, on=DAY
            )
    finally:
        run("ALTER TABLE ledger_entry DROP CONSTRAINT nothing_more")

    assert asked == []


def test_one_line_that_does_not_open_does_not_keep_the_others():
    one, other, third = (LineId(u) for u in new_uuids(3))
    sealed = services.seal_line_values(LineField.NUMBER, [(one, "+8613800000001"), (other, "+8613800000002")])

    opened = services.open_line_values(
        worker_authority(), LineField.NUMBER, [(one, sealed[1]), (other, sealed[1]), (third, b"")],
        purpose=Purpose.NETWORK, on=DAY,
    )  # fmt: skip

    assert opened[1].reveal() == "+8613800000002"
    for moved in (opened[0], opened[2]):
        with pytest.raises(CannotOpen):
            moved.reveal()


def test_a_number_does_not_open_as_a_contact():
    line = LineId(new_uuid())
    (sealed,) = services.seal_line_values(LineField.NUMBER, [(line, "+8613800000001")])

    (opened,) = services.open_line_values(
        worker_authority(), LineField.CONTACT, [(line, sealed)], purpose=Purpose.NOTICE, on=DAY
    )

    with pytest.raises(CannotOpen):
        opened.reveal()


def test_the_length_of_a_sealed_number_says_nothing():
    line = LineId(new_uuid())

    sealed = services.seal_line_values(
        LineField.NUMBER, [(line, n) for n in ("+2901", "+8613800000001", "+999999999999999")]
    )

    assert len({len(one) for one in sealed}) == 1


def test_what_was_opened_does_not_show_itself(reveal, officer):
    record = person(name="Yangchen Lhamo")
    services.seal_persons([record])

    opened = services.open_sealed(
        officer, person_id=record.person_id, tenure_id=record.tenure_id, field=Field.NAME,
        purpose=Purpose.REVIEW, on=DAY,
    )  # fmt: skip

    shown = [
        repr(opened), str(opened), f"{opened:>20}", "%s" % opened, json.dumps({"name": opened}, default=str),  # noqa: UP031
        repr([opened]), pickle.loads(pickle.dumps(opened)),  # noqa: S301
    ]  # fmt: skip
    assert all("Yangchen" not in text and "<sealed>" in text for text in shown)
    assert b"Yangchen" not in pickle.dumps(opened)
    assert opened.reveal() == "Yangchen Lhamo"


def test_a_record_on_its_way_into_the_vault_does_not_show_itself():
    assert "Rigdzin" not in repr(person())


def test_nothing_is_sealed_to_a_public_key_planted_by_the_key_stores_administrator():
    run("CREATE TEMP TABLE kept AS TABLE epoch", using="keys")
    run("UPDATE epoch SET public_key = set_byte(public_key, 3, get_byte(public_key, 3) # 1)", using="keys")

    try:
        with refusing(EPOCH_NOT_GENUINE):
            services.seal_persons([person()])
    finally:
        run(
            "UPDATE epoch SET public_key = kept.public_key FROM kept WHERE kept.epoch_id = epoch.epoch_id",
            using="keys",
        )
        run("DROP TABLE kept", using="keys")


def with_what_a_counter_has(number, public):
    """What an attacker who controls a counter can add to their own half: a mac under the index key, their signature."""
    (mac,) = root.index_key().digests([b"epoch\x00" + number.to_bytes(4) + public])
    text = b"rollkeeper/public-half\x00epoch\x00" + number.to_bytes(4) + public
    return {"a mac": mac, "a signature": Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(text)}


@pytest.mark.parametrize("kind", ["a mac", "a signature"])
def test_nothing_is_sealed_to_a_public_key_made_by_a_compromised_counter(kind):
    true = keys.living_epoch()
    half = wire.EpochSecret(true.epoch_id, bytes(32)).public_key()
    forged = with_what_a_counter_has(true.epoch_id, half)[kind]
    put = "UPDATE epoch SET public_key = %s, public_mac = %s WHERE epoch_id = %s"
    run(put, [half, forged, true.epoch_id], using="keys")

    try:
        with refusing(EPOCH_NOT_GENUINE):
            services.seal_persons([person()])
        with refusing(EPOCH_NOT_GENUINE):
            services.resign_public_keys()
    finally:
        run(put, [true.public_key, true.signature, true.epoch_id], using="keys")


def test_a_signature_is_of_one_kind_and_one_number():
    epoch = keys.living_epoch()

    def genuine(kind, number):
        return signed_public_keys.is_genuine(kind, number, epoch.public_key, epoch.signature)

    assert genuine("epoch", epoch.epoch_id)
    assert not genuine("capture", epoch.epoch_id)
    assert not genuine("epoch", epoch.epoch_id + 1)


def test_public_keys_with_older_marks_are_signed_again(reveal):
    renew_offline_keys(console_authority(), lasts_days=7, on=DAY)
    run("UPDATE epoch SET public_mac = substring(public_mac FROM 1 FOR 32)", using="keys")
    run("UPDATE offline_key SET public_mac = substring(public_mac FROM 1 FOR 32)", using="keys")
    with refusing(EPOCH_NOT_GENUINE):
        services.seal_persons([person()])

    services.resign_public_keys()

    record = person()
    services.seal_persons([record])
    assert reveal(record) == "Rigdzin Wangmo"
    assert current_offline_key()


def test_an_instance_that_lost_the_key_that_signs_makes_another(data_dir):
    (data_dir / "secrets" / "public-keys.key").unlink()
    (data_dir / "secrets" / "public-keys.pub").unlink()
    with refusing(EPOCH_NOT_GENUINE):
        services.seal_persons([person()])

    services.resign_public_keys()

    services.seal_persons([person()])


GOLDEN_SIGNATURE = "0cc367d39e6aeb0ce97201e3e7c160af49a838a1363c10528745afce138958ee452b9c937eba21f92c4e0ec3b2a12fe7300d06e06cf676ce4a824e79cc953606"


def test_a_signature_has_the_bytes_that_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(signed_public_keys, "data_dir", lambda: tmp_path)
    write_keys(tmp_path / "secrets" / "public-keys.key", {"public-keys": bytes(range(32))})

    signature = signed_public_keys.sign_public_key("epoch", 7, bytes(range(100)))

    text = b"rollkeeper/public-half\x00epoch\x00\x00\x00\x00\x07" + bytes(range(100))
    assert signature == Ed25519PrivateKey.from_private_bytes(bytes(range(32))).sign(text)
    assert signature.hex() == GOLDEN_SIGNATURE


def test_a_first_epoch_is_begun_once():
    before = keys.living_epoch()

    services.begin_first_epoch()

    assert keys.living_epoch() == before
    assert epochs.secret_of(before.epoch_id).public_key() == before.public_key


def test_the_vaults_role_may_read_what_is_sealed_and_not_change_it():
    with pytest.raises(Exception, match="permission denied"):
        run("DELETE FROM vault_sealed", using="vault")
    with pytest.raises(Exception, match="permission denied"):
        run("UPDATE vault_sealed SET field = field", using="vault")


def test_a_stranger_is_refused_exactly_as_an_erased_person_is(reveal):
    record = person()
    services.seal_persons([record])
    services.shred([(record.person_id, record.tenure_id)])

    said = []
    for nobody in (record, services.PersonRecord(PersonId(new_uuid()), TenureId(new_uuid()), {})):
        with pytest.raises(CannotOpen) as refused:
            reveal(nobody)
        said.append((str(refused.value), refused.value.facts))

    assert said[0] == said[1]


@pytest.mark.parametrize(
    "ask", [lambda: services.list_living_keys() or 1, count_to_reseal], ids=["which", "how many"]
)
def test_whose_keys_there_are_may_take_longer_to_tell_than_a_statement_may_last(ask):
    services.seal_persons([person()])
    run("SET statement_timeout = '200ms'", using="keys")
    with database.connect(stores.KEYS, database.KeysRole.MIGRATOR) as owner:
        owner.execute("BEGIN")
        owner.execute("LOCK TABLE person_key IN ACCESS EXCLUSIVE MODE")
        later = Timer(0.6, owner.execute, ["COMMIT"])
        later.start()

        try:
            with database.action(), database.without_timeout():
                assert ask() == 1
                assert ask is count_to_reseal or rows("SELECT count(*) AS n FROM vault_living")[0].n == 1
        finally:
            later.join()
            connections["keys"].close()


@pytest.fixture(autouse=True, scope="module")
def _close():
    yield
    connections["vault"].close()
    connections["keys"].close()
