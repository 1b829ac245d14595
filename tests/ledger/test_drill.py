# SPDX-License-Identifier: EUPL-1.2
"""The drill: the owner of the database, of every file and of the signing key changes history, and is found out.

There is a real witness, and a reader who kept a checkpoint. Each test says by what the change is noticed. The owner is
thorough: whatever the register itself noted of what it signed is changed too.

    what the owner does                                   noticed by
    ----------------------------------------------------  --------------------------------------------------------
    changes entries only                                  the publisher: the entry is not what its leaf says
    changes entries, leaves and tiles; publishes again    the witness's memory, before anything is signed
    the same, and the witness's memory is hidden          the witness, when asked to cosign (409 or 422)
    the same, by hand, past the publisher                 the reader who requires a cosignature: there is none
    the same, and borrows the cosignature of the old head the reader: it was made for another checkpoint
    takes the witness out of the settings                 the reader who requires a cosignature
    shows two readers two heads of one size               the witness, which keeps both; the readers who compare
    shows an old head for ever                            the date of the cosignature; the reader who saw a newer one
"""

import shutil

import pytest

from rollkeeper.ledger import auditor, notes, witnesses
from rollkeeper.ledger.checks import EntryFault
from rollkeeper.ledger.choices import FaultKind
from rollkeeper.ledger.cosignatures import signature_lines, with_cosignatures
from rollkeeper.ledger.errors import (
    WITNESS_CONFLICT,
    LedgerHistoryChanged,
    LedgerRolledBack,
)
from rollkeeper.ledger.publication import last_checkpoint_file, publish
from tests.ledger.forgery import FORGERIES, entries, forge
from tests.ledger.witness import NAME
from tests.refusals import refusing

SIZE = 300


@pytest.fixture
def log(fill, witness, tmp_path):
    """A published and cosigned ledger of 300 entries, and the copy that a reader kept."""
    fill(1, SIZE)
    publish(tmp_path / "log")
    shutil.copytree(tmp_path / "log", tmp_path / "kept")
    return tmp_path / "log"


def read(folder, witness, *, older=()):
    """Check as a reader does who has the keys from elsewhere and requires the witness's cosignature."""
    return auditor.audit(
        folder,
        key=auditor.read_key(notes.vkey(notes.origin(), notes.signing_key().public_key())),
        witnesses=auditor.read_witnesses([witness.vkey]),
        older=older,
    )


ENTRY = "(at, day, verb, body, xid) VALUES (now(), '2012-03-02', 'x', 'slipped in', '3')"
ONLY_ENTRIES = {
    "edit": ("UPDATE ledger_entry SET body = 'other' WHERE entry_id = 270", (FaultKind.ALTERED, 270, 269)),
    "delete": ("DELETE FROM ledger_entry WHERE entry_id = 270", (FaultKind.MISSING, 270, 269)),
    "reorder": (
        "UPDATE ledger_entry SET body = 'entry ' || (541 - entry_id) WHERE entry_id IN (270, 271)",
        (FaultKind.ALTERED, 270, 269),
    ),
    "truncate": ("TRUNCATE ledger_entry", (FaultKind.MISSING, 1, 0)),
}


@pytest.mark.parametrize("attack", ONLY_ENTRIES)
def test_entries_that_were_changed_alone_are_named_by_the_publisher(log, superuser, attack):
    statement, named = ONLY_ENTRIES[attack]
    with superuser() as own:
        own.execute(statement)

    done = publish(log.parent / "elsewhere")

    assert EntryFault(*named) in done.faults


def test_an_entry_that_is_dated_back_into_the_past_is_never_published(log, superuser, witness):
    with superuser() as own:
        own.execute(f"INSERT INTO ledger_entry {ENTRY}")

    publish(log)

    assert read(log, witness, older=[log.parent / "kept"]).size == SIZE


MORE, MANY = "INSERT INTO ledger_entry (at, day, verb, body)", " FROM generate_series(1, 400) AS n"
ATTACKS = {
    "edit": ("UPDATE ledger_entry SET body = 'other' WHERE entry_id = 7", LedgerHistoryChanged),
    "delete": ("DELETE FROM ledger_entry WHERE entry_id = 7", LedgerRolledBack),
    "delete and fill up": (
        f"DELETE FROM ledger_entry WHERE entry_id = 7; {MORE} SELECT now(), '2012-03-02', 'x', 'filled up'",  # noqa: S608
        LedgerHistoryChanged,
    ),
    "insert": (f"INSERT INTO ledger_entry {ENTRY}", LedgerHistoryChanged),
    "reorder": (
        "UPDATE ledger_entry SET body = 'entry ' || (15 - entry_id) WHERE entry_id IN (7, 8)",
        LedgerHistoryChanged,
    ),
    "truncate": ("TRUNCATE ledger_entry RESTART IDENTITY", LedgerRolledBack),
    "roll back": ("DELETE FROM ledger_entry WHERE entry_id > 100", LedgerRolledBack),
    "roll back and grow": (
        f"DELETE FROM ledger_entry WHERE entry_id > 100; {MORE} SELECT now(), '2012-03-02', 'x', 'new ' || n{MANY}",  # noqa: S608
        LedgerHistoryChanged,
    ),
}
RECOMPUTED = "; TRUNCATE ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint, ledger_publication"


def tamper(superuser, attack):
    """Change entries, and have everything that Rollkeeper derived or noted from them forgotten."""
    with superuser() as own:
        own.execute(ATTACKS[attack][0] + RECOMPUTED)
    last_checkpoint_file().unlink()


@pytest.mark.parametrize("attack", ATTACKS)
def test_recomputed_history_is_noticed_by_what_the_witness_cosigned(log, superuser, attack):
    tamper(superuser, attack)

    with pytest.raises(ATTACKS[attack][1], match=rf"\(at the witness {NAME}\)"):
        publish(log.parent / "elsewhere")

    assert not last_checkpoint_file().exists()
    assert not (log.parent / "elsewhere" / "checkpoint").exists()


@pytest.mark.parametrize("attack", ["edit", "delete", "roll back", "roll back and grow"])
def test_recomputed_history_is_not_cosigned_by_the_witness(log, superuser, witness, monkeypatch, attack):
    tamper(superuser, attack)
    monkeypatch.setattr(witnesses, "fetch_states", lambda _: [])

    with refusing(WITNESS_CONFLICT, match=f"The witness {NAME} does not cosign"):
        publish(log.parent / "elsewhere")

    assert not (log.parent / "elsewhere" / "checkpoint").exists()


def submit(folder, witness, old):
    note = (folder / "checkpoint").read_bytes()
    return witness.post(f"old {old}\n\n".encode() + note)[0]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_two_heads_of_one_size_are_noticed_by_the_witness_and_by_both_readers(log, witness, forgery):
    other = log.parent / "other"
    shutil.copytree(log, other)
    forge(other, FORGERIES[forgery](entries(log, SIZE)))

    asked = submit(other, witness, SIZE)

    assert asked == 422
    (kept,) = witness.evidence()
    assert (other / "checkpoint").read_text() in kept["request"]
    assert read(log, witness).size == SIZE
    with pytest.raises(auditor.AuditError, match="cosignatures of 0 of the 1 witnesses"):
        read(other, witness)
    key = auditor.read_key((other / "vkey").read_text())
    with pytest.raises(
        auditor.AuditError, match=r"There are two heads of one size.*Entry 9 is the first that differs"
    ):
        auditor.audit(other, key=key, older=[log])


def test_a_cosignature_borrowed_from_the_honest_head_is_noticed_by_the_reader(log, witness):
    line = signature_lines((log / "checkpoint").read_text())[-1]
    forge(log, FORGERIES["edit"](entries(log, SIZE)))
    note = (log / "checkpoint").read_text()
    (log / "checkpoint").write_text(with_cosignatures(note, [line]))

    with pytest.raises(
        auditor.AuditError, match=f"cosignature of {NAME} under .* was made for another checkpoint"
    ):
        read(log, witness)


def test_a_witness_that_was_taken_out_of_the_settings_is_missed_by_the_reader(log, fill, witness, choose):
    choose(cosignatures=0, witnesses=[])
    fill(SIZE + 1, SIZE + 2)
    publish(log)

    with pytest.raises(auditor.AuditError, match="cosignatures of 0 of the 1 witnesses"):
        read(log, witness)


def test_a_stale_head_is_noticed_by_a_reader_who_saw_a_newer_one(log, fill, witness):
    fill(SIZE + 1, SIZE + 50)
    publish(log)

    with pytest.raises(auditor.AuditError, match="The ledger was rolled back"):
        read(log.parent / "kept", witness, older=[log / "checkpoint"])


def test_a_ledger_that_the_drill_left_alone_is_found_right(log, fill, witness):
    fill(SIZE + 1, SIZE + 50)
    publish(log)

    found = read(log, witness, older=[log.parent / "kept"])

    assert (found.size, found.older, list(found.cosigned)) == (SIZE + 50, [SIZE], [NAME])
    assert witness.evidence() == []
    assert submit(log, witness, SIZE + 50) == 200
