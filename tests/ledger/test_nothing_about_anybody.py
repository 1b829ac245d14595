# SPDX-License-Identifier: EUPL-1.2
"""The published ledger tells nothing about anybody, and what is removed from the register is missed.

The attacker reads every published byte, and besides has what each test says: every reference of every line, an old copy of the
register, the keys as they are after an erasure, or the whole database to change.
"""

import datetime as dt
import json
import re
from hashlib import sha256
from itertools import combinations

import pytest
from django.db import transaction
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority, subscriber_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger import auditor, checks
from rollkeeper.ledger.choices import FaultKind
from rollkeeper.ledger.leaves import root_of
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.queries import missing_accesses
from rollkeeper.ledger.secrets import secrets_of
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import look_up_line, pause_clock
from rollkeeper.operations.cli import make_app
from rollkeeper.operations.doctor import Health, _check_ledger
from rollkeeper.registration.services import register_subscriber, terminate_line, transfer_line
from rollkeeper.retention import services as retention
from rollkeeper.vault.services import begin_first_epoch
from tests.ledger.forgery import entries as published_leaves
from tests.registration.people import ON, fresh_number, given_by, person, submission

CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
SUPERVISOR = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "5e" * 32)
VISIT = "f1" * 32
ERASED_ON = dt.date(2013, 5, 1)
OUTLET = {name: str(new_uuid()) for name in ("agent", "outlet", "device")}
PUBLIC_WORDS = {
    "access",
    "registration",
    "change",
    "campaign",
    "notice",
    "staff",
    "keys",
    "publication",
    "other",
}


@pytest.fixture
def story(committed, ledger):
    """One person with three lines and another with one, whose clocks stand still for reasons; looks, a visit of the portal, a shop."""
    begin_first_epoch()
    clock.set_demo_date(ON)
    one, numbers = person(), [fresh_number() for _ in range(4)]
    for number in numbers[:3]:
        register_subscriber(CLERK, submission(number, one), on=ON)
    register_subscriber(CLERK, submission(numbers[3], other := person()), on=ON)
    lines = [look_up_line(CLERK, number, on=ON).line_id for number in numbers]
    for line_id, reason in zip(
        lines,
        (PauseReason.HOSPITAL, PauseReason.DETENTION, PauseReason.DISABILITY, PauseReason.HOSPITAL),
        strict=True,
    ):
        pause_clock(SUPERVISOR, line_id, ON, ON + dt.timedelta(days=20), reason, ON)
        append_entry(
            subscriber_authority(VISIT), verb=Verb.SESSION_VERIFIED, role="subscriber", on=ON, line_id=line_id
        )
        append_entry(
            CLERK, verb=Verb.AGENT_REGISTRATION_RECORDED, role="clerk", on=ON, line_id=line_id, facts=OUTLET
        )
    return numbers, lines, one, other


def published(folder):
    """Every published byte but the program and its manual."""
    return b"\n".join(
        file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name not in {"auditor.py", "README.txt"}
    )


def values_of(body):
    """Every value that an entry holds."""
    said = json.loads(body)
    return [str(value) for value in (*said.pop("facts", {}).values(), *said.values())]


def test_no_reason_no_reference_no_actor_and_no_instant_is_published(story, tmp_path):
    publish(tmp_path / "log")
    everything = published(tmp_path / "log").decode(errors="replace")

    known = {value for row in rows("SELECT body FROM ledger_entry") for value in values_of(row.body)}
    secret = {value for value in known if len(value) > 2} - PUBLIC_WORDS - {ON.isoformat()}
    assert {"hospital", "detention", VISIT, CLERK.commitment, OUTLET["outlet"], str(story[1][0])} <= secret
    assert sorted(value for value in secret if value in everything) == []
    assert not re.search(r"\d\d:\d\d", everything)
    for leaf in published_leaves(tmp_path / "log", integrate().size):
        said = json.loads(leaf)
        assert set(said) == {"class", "day", "root", "v"}
        assert said["class"] in PUBLIC_WORDS


def test_no_value_stands_in_two_leaves_but_the_public_words(story, tmp_path):
    publish(tmp_path / "log")
    leaves = [json.loads(leaf) for leaf in published_leaves(tmp_path / "log", integrate().size)]

    roots = [leaf["root"] for leaf in leaves]

    assert len(set(roots)) == len(roots) > 20
    shared = {
        (name, leaf[name])
        for one, leaf in combinations(leaves, 2)
        for name in leaf
        if one[name] == leaf[name]
    }
    assert {name for name, _ in shared} <= {"class", "day", "v"}


def test_who_has_the_log_and_every_reference_links_no_two_leaves_of_a_line(story, tmp_path):
    publish(tmp_path / "log")
    leaves = [json.loads(leaf) for leaf in published_leaves(tmp_path / "log", integrate().size)]
    references = [str(row.ref) for row in rows(
        "SELECT line_id AS ref FROM lines_line UNION SELECT person_id FROM lines_tenure UNION SELECT tenure_id FROM lines_tenure"
    )]  # fmt: skip
    bodies = [row.body for row in rows("SELECT body FROM ledger_entry ORDER BY entry_id")]
    guesses = [bytes(32), *(sha256(one.encode()).digest() for one in (*references, VISIT, CLERK.commitment))]

    made = {sha256(text.encode()).hexdigest() for text in (*references, *bodies)}
    for nth, body in enumerate(bodies, 1):
        # Even with the body itself, which no outsider has: without its secret, no root.
        made |= {root_of(body, secret=secret, entry_id=nth).hex() for secret in guesses}

    assert made.isdisjoint(leaf["root"] for leaf in leaves)
    # What is left to go by is the class and the day, of which all lines have the same here.
    by_line = {}
    for row in rows(
        "SELECT line_id, leaf_class, l.day FROM ledger_leaf l JOIN ledger_entry USING (entry_id) WHERE line_id IS NOT NULL"
    ):
        by_line.setdefault(row.line_id, []).append((row.leaf_class, row.day))
    assert len({tuple(sorted(one)) for one in by_line.values()}) == 1


def test_the_same_acts_sealed_again_look_altogether_different(story, superuser):
    integrate()
    before = {bytes(row.root) for row in rows("SELECT root FROM ledger_leaf")}
    with superuser() as own:
        own.execute("TRUNCATE ledger_leaf, ledger_tile, ledger_integration")

    integrate()

    after = {bytes(row.root) for row in rows("SELECT root FROM ledger_leaf")}
    assert len(after) == len(before)
    assert before.isdisjoint(after)


def end_and_erase(number, subscriber):
    document = (subscriber["document_type"], subscriber["document_number"])
    terminate_line(CLERK, submission_key=str(new_uuid()), number=number, document=document, on=ON)
    clock.set_demo_date(ERASED_ON)
    assert retention.erase_due(worker_authority(), on=ERASED_ON).lines == 1


def test_after_an_erasure_old_bodies_and_living_keys_open_none_of_its_leaves(story, tmp_path):
    numbers, lines, _, other = story
    gone = lines[3]
    publish(tmp_path / "log")
    old = {
        row.entry_id: row.body
        for row in rows("SELECT entry_id, body FROM ledger_entry WHERE line_id = %s", [gone])
    }
    leaves = {row.entry_id: bytes(row.root) for row in rows("SELECT entry_id, root FROM ledger_leaf")}
    assert len(old) > 4

    end_and_erase(numbers[3], other)

    living = secrets_of(list(leaves))
    assert living.keys() == leaves.keys() - old.keys()
    roots = {
        root_of(body, secret=secret, entry_id=nth) for nth, body in old.items() for secret in living.values()
    }
    assert roots.isdisjoint(leaves.values())
    assert {
        row.entry_id: bytes(row.root) for row in rows("SELECT entry_id, root FROM ledger_leaf")
    }.items() >= leaves.items()


def test_after_an_erasure_the_register_keeps_of_its_entries_what_counts_need(story):
    numbers, lines, _, other = story
    integrate()
    (before,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE line_id = %s", [lines[3]])

    end_and_erase(numbers[3], other)

    left = rows("SELECT verb FROM ledger_entry WHERE line_id = %s", [lines[3]])
    assert [row.verb for row in left] == [Verb.RECORD_ERASED]  # the certificate
    reduced = rows("SELECT * FROM ledger_entry WHERE body LIKE '%\"erased\":true%'")
    assert len(reduced) == before.n + 1  # and the termination itself
    for row in reduced:
        said = json.loads(row.body)
        assert {row.line_id, row.person_id, row.staff_id} == {None}
        assert row.at.time() == dt.time(0)
        assert set(said) <= {"article", "check", "day", "erased", "facts", "pack", "role", "v", "verb"}
        assert set(said.get("facts", {})) <= {"assurance", "by", "channel", "purpose"}
    assert "hospital" not in str(reduced)
    assert str(lines[3]) not in str(reduced)


def test_an_erasure_leaves_the_entries_of_others_and_every_check_satisfied(story, tmp_path):
    numbers, lines, _, other = story
    publish(tmp_path / "log")
    others = "SELECT entry_id, body FROM ledger_entry WHERE line_id = ANY (%s) ORDER BY entry_id"
    before = [tuple(row) for row in rows(others, [lines[:3]])]

    end_and_erase(numbers[3], other)

    assert [tuple(row) for row in rows(others, [lines[:3]])] == before
    assert publish(tmp_path / "log").faults == ()
    assert checks.check_leaves(0, integrate().size) == []


def test_an_erasure_of_a_past_tenure_leaves_the_entries_of_the_next(story):
    numbers, lines, _, other = story
    clock.set_demo_date(ON + dt.timedelta(days=1))
    taken = submission(numbers[3], person(), transferor=given_by(other))
    transfer_line(CLERK, taken, on=ON + dt.timedelta(days=1))
    look_up_line(CLERK, numbers[3], on=ON + dt.timedelta(days=1))
    clock.set_demo_date(ERASED_ON)

    assert retention.erase_due(worker_authority(), on=ERASED_ON).tenures == 1

    left = [
        row.verb
        for row in rows("SELECT verb FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [lines[3]])
    ]
    assert left == [Verb.TENURE_TRANSFERRED, Verb.LINE_LOOKED_UP, Verb.RECORD_ERASED]
    assert checks.check_leaves(0, integrate().size) == []


@pytest.mark.parametrize(
    "role", ["counter", "backoffice", "portal", "worker", "vault", "auditor", "migrator"]
)
def test_no_role_reduces_an_entry_that_is_not_being_erased(story, as_role, role):
    integrate()
    with pytest.raises(Exception, match=r"permission denied|append-only"), as_role(role):
        database.run("UPDATE ledger_entry SET line_id = NULL, body = ledger_reduced_body(body, verb)")
    if role == "worker":
        with as_role(role):
            (found,) = rows("SELECT ledger_reduce_entries(array_agg(entry_id)) AS n FROM ledger_entry")
        assert found.n == 0
    elif role != "migrator":
        with pytest.raises(Exception, match="permission denied"), as_role(role):
            rows("SELECT ledger_reduce_entries(ARRAY[1])")


def test_who_may_update_and_says_that_it_reduces_changes_nothing_else(story):
    integrate()

    change = "SELECT set_config('rollkeeper.reducing', 'on', true)"
    with database.action():
        database.rows(change)
        database.run("SAVEPOINT before")
        with pytest.raises(Exception, match="append-only"):
            database.run("UPDATE ledger_entry SET body = replace(body, 'hospital', 'abroad')")
        database.run("ROLLBACK TO SAVEPOINT before")


REMOVED = {
    "the newest, before it has a leaf": (
        False,
        "DELETE FROM ledger_entry WHERE entry_id = (SELECT max(entry_id) FROM ledger_entry WHERE verb = 'line:line:looked_up')",
    ),
    "all looks, after they were published": (
        True,
        "DELETE FROM ledger_entry WHERE verb = 'line:line:looked_up'",
    ),
}


@pytest.mark.parametrize("what", REMOVED)
def test_removed_looks_are_missed_by_publication_doctor_and_access_history(story, superuser, tmp_path, what):
    is_published, statement = REMOVED[what]
    if is_published:
        publish(tmp_path / "log")
    with superuser() as own:
        own.execute(statement)

    done = publish(tmp_path / "log")

    assert {one.kind for one in done.faults} == {
        FaultKind.MISSING if is_published else FaultKind.REMOVED_EARLY
    }
    assert len(done.faults) == (4 if is_published else 1)
    assert any(
        one.health is Health.ERROR and "not what their leaves say" in one.sentence for one in _check_ledger()
    )
    assert [one.day for one in missing_accesses(since=ON)] == [ON] * len(done.faults)
    assert missing_accesses(since=ON + dt.timedelta(days=1)) == []
    (held,) = rows("SELECT person_id FROM lines_tenure WHERE line_id = %s", [story[1][3]])
    answered = CliRunner().invoke(make_app(), ["ledger", "access-history", str(held.person_id), "--json"])
    assert answered.exit_code == 1
    assert len([one for one in json.loads(answered.stdout) if one.get("missing")]) == len(done.faults)


@pytest.mark.parametrize("is_published", [False, True])
def test_an_altered_body_is_missed_by_publication_and_doctor(story, superuser, tmp_path, is_published):
    if is_published:
        publish(tmp_path / "log")
    with superuser() as own:
        own.execute(
            "UPDATE ledger_entry SET body = replace(body, 'hospital', 'abroad') WHERE body LIKE '%hospital%'"
        )

    done = publish(tmp_path / "log")

    assert {one.kind for one in done.faults} == {
        FaultKind.ALTERED if is_published else FaultKind.REMOVED_EARLY
    }
    assert any(
        one.health is Health.ERROR and "not what their leaves say" in one.sentence for one in _check_ledger()
    )


def test_a_secret_that_is_gone_without_an_erasure_is_a_fault(story, tmp_path):
    publish(tmp_path / "log")
    database.run("DELETE FROM ledger_secret WHERE entry_id = 3", using="leaf_secrets")

    faults = publish(tmp_path / "log").faults

    assert [(one.kind, one.entry_id) for one in faults] == [(FaultKind.UNSALTED, 3)]


def test_a_secret_that_a_restore_of_older_keys_lost_is_no_fault(story, tmp_path):
    publish(tmp_path / "log")
    (entry,) = rows("SELECT at FROM ledger_entry WHERE entry_id = 3")
    database.run("DELETE FROM ledger_secret WHERE entry_id = 3", using="leaf_secrets")

    checks.note_restored_keys(made_at=entry.at + dt.timedelta(seconds=1))
    before = publish(tmp_path / "log").faults
    checks.note_restored_keys(made_at=entry.at)
    after = publish(tmp_path / "log").faults

    assert ([one.kind for one in before], after) == ([FaultKind.UNSALTED], ())


def test_a_transaction_that_was_rolled_back_is_no_gap(story, tmp_path):
    with transaction.atomic():
        append_entry(CLERK, verb=Verb.CANARY_OPENED, role="clerk", on=ON)
        transaction.set_rollback(True)
    append_entry(CLERK, verb=Verb.CANARY_OPENED, role="clerk", on=ON)

    assert publish(tmp_path / "log").faults == ()
    assert rows("SELECT FROM ledger_appended") == []


def test_each_access_is_shown_with_a_receipt_that_proves_it(story, tmp_path):
    publish(tmp_path / "log")
    (held,) = rows("SELECT person_id FROM lines_tenure WHERE line_id = %s", [story[1][3]])

    answered = CliRunner().invoke(make_app(), ["ledger", "access-history", str(held.person_id), "--json"])

    (look,) = json.loads(answered.stdout)
    key = auditor.read_key((tmp_path / "log" / "vkey").read_text())
    shown = auditor.check_receipt_text(look["receipt"], file=tmp_path / "receipt", key=key)
    assert json.loads(shown.entry)["verb"] == Verb.LINE_LOOKED_UP
    assert shown.index == look["leaf_index"]
