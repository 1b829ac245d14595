# SPDX-License-Identifier: EUPL-1.2
"""Checkpoints are signed notes that any verifier of the format reads, pinned byte by byte."""

import base64
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rollkeeper.ledger import auditor, notes
from rollkeeper.ledger.errors import INVALID_CHECKPOINT
from tests.refusals import refusing

# The example of c2sp.org/signed-note, made by another implementation.
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXs"
    "YjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HEAD = notes.Head("ledger.operator.example", 70_000, bytes(range(32)))


def test_the_example_of_the_standard_is_read():
    key = auditor.read_key(EXAMPLE_VKEY)
    public = Ed25519PublicKey.from_public_bytes(key.public)

    assert notes.is_signed_by(EXAMPLE_NOTE, name="example.com/foo", public=public)
    assert notes.vkey("example.com/foo", public) == EXAMPLE_VKEY


@pytest.mark.parametrize(
    "other", [EXAMPLE_NOTE.replace("an", "no"), EXAMPLE_NOTE.replace("Uw2QOkn8", "Uw2QOkn9")]
)
def test_the_example_with_a_changed_text_or_signature_is_not(other):
    public = Ed25519PublicKey.from_public_bytes(auditor.read_key(EXAMPLE_VKEY).public)

    assert not notes.is_signed_by(other, name="example.com/foo", public=public)


def test_a_checkpoint_is_these_bytes():
    note = notes.sign(HEAD, KEY)

    assert note == (
        "ledger.operator.example\n70000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n"
        "— ledger.operator.example yFWXQsnD1eJMZmZwzd5o5MYR8laoZz3yLH2NH/Zz96zUKqRd7XoLRaiErR7FzmsoIuvLDnPBhvbdhvcNxiF1oz3IjgA=\n"
    )
    assert notes.vkey(HEAD.origin, KEY.public_key()) == (
        "ledger.operator.example+c8559742+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    )
    raw = base64.b64decode(note.split()[-1])
    assert raw[:4] == notes.key_id(HEAD.origin, KEY.public_key())
    assert len(raw) == 4 + 64


def test_a_checkpoint_says_what_was_signed():
    note = notes.sign(HEAD, KEY)

    assert notes.read_head(note) == HEAD
    assert notes.is_signed_by(note, name=HEAD.origin, public=KEY.public_key())


def test_a_foreign_signature_next_to_ours_does_no_harm():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    note = notes.sign(HEAD, other) + notes.sign(HEAD, KEY).splitlines(keepends=True)[-1]

    assert notes.is_signed_by(note, name=HEAD.origin, public=KEY.public_key())


@pytest.mark.parametrize(
    "foreign", ["— other.example é", "— other.example \ufffd", "é é", "— other.example \x00", "—"]
)
def test_a_line_that_is_no_signature_next_to_ours_does_no_harm(foreign):
    text, _, ours = notes.sign(HEAD, KEY).rpartition("\n\n")

    assert notes.is_signed_by(f"{text}\n\n{foreign}\n{ours}", name=HEAD.origin, public=KEY.public_key())


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("a\n1\né\n\n— a b\n", "not a hash"),
        ("a\n" + "9" * 5000 + "\n" + "A" * 43 + "=\n\n— a b\n", "not a number"),
        ("", "fewer than three lines"),
        ("a\n1\n\n— a b\n", "fewer than three lines"),
        ("a\nmany\n" + "A" * 43 + "=\n\n— a b\n", "not a number"),
        ("a\n007\n" + "A" * 43 + "=\n\n— a b\n", "not a number"),
        ("a\n-1\n" + "A" * 43 + "=\n\n— a b\n", "not a number"),
        ("a\n1\nshort\n\n— a b\n", "not a hash"),
        ("\n1\n" + "A" * 43 + "=\n\n— a b\n", "lacks an origin"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_the_reason(note, why):
    with refusing(INVALID_CHECKPOINT, match=why):
        notes.read_head(note)


def test_the_signing_key_is_made_once_and_readable_by_its_owner_alone(data_dir):
    first = notes.signing_key().private_bytes_raw()

    assert notes.signing_key().private_bytes_raw() == first
    assert stat.S_IMODE(notes.key_file().stat().st_mode) == 0o600


def test_a_receipt_that_discloses_brackets_in_brackets_is_refused_and_breaks_nothing():
    extra = base64.b64encode(b"[" * 14_000).decode()
    text = f"{auditor.PROOF}\nextra {extra}\nindex 0\n\n{notes.sign(HEAD, KEY)}"

    with pytest.raises(auditor.AuditError, match="does not disclose an entry"):
        auditor.check_receipt_text(
            text, file=Path("x"), key=auditor.read_key(notes.vkey(HEAD.origin, KEY.public_key()))
        )
