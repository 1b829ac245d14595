# SPDX-License-Identifier: EUPL-1.2
"""A receipt can be delivered before the ledger is published: a signed entry that anybody can check with the ledger's key."""

import base64
import json
import stat

import pytest

from rollkeeper.kernel.ids import EntryId
from rollkeeper.kernel.settings import data_dir as data_folder
from rollkeeper.ledger import auditor, notes, receipts, signed_entry_timestamps
from rollkeeper.ledger.errors import INVALID_RECEIPT_CODE, RECEIPT_NOT_FOUND, RECEIPT_NOT_GENUINE
from rollkeeper.ledger.publication import publish
from tests.refusals import refusing

ENTRY = (
    '{"day":"2012-03-02","line":"01900000-0000-7000-8000-000000000001","v":1,"verb":"line:line:suspended"}'
)
MALLORY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


@pytest.fixture
def ready(data_dir):
    """An instance that can sign entries, as every instance can that was made."""
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())


def checked(tmp_path, text, vkey=None):
    file = tmp_path / "receipt"
    file.write_text(text)
    return auditor.check_receipt(file, key=auditor.read_key(vkey or signed_entry_timestamps.vkey()))


def test_a_signed_entry_is_checked_with_the_ledgers_key_alone(ready, tmp_path):
    found = checked(tmp_path, signed_entry_timestamps.sign_entry(ENTRY.encode()))

    assert (found.entry, found.index, found.size) == (ENTRY, None, None)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(
            base64.b64encode(ENTRY.encode()).decode(),
            base64.b64encode(ENTRY.replace("suspended", "restored").encode()).decode(),
        ),
        lambda text: text.replace("rollkeeper-receipt@v1", "rollkeeper-receipt@v2"),
        lambda text: text.replace("/receipts+", "/receipt+"),
        lambda text: "\n\n".join(text.split("\n\n")[:2]) + "\n",
        lambda text: "\n\n".join([*text.split("\n\n")[:2], *text.split("\n\n")[:2]]),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace("\u2014 ", "- "),
        lambda text: text[: len(text) // 2],
        lambda _: "",
    ],
    ids=["entry", "schema", "name", "no grant", "own grant", "no blanks", "unsigned", "half", "empty"],
)
def test_a_signed_entry_that_was_tampered_with_proves_nothing(ready, tmp_path, spoil):
    spoilt = spoil(signed_entry_timestamps.sign_entry(ENTRY.encode()))

    assert spoilt != signed_entry_timestamps.sign_entry(ENTRY.encode())
    with pytest.raises(auditor.AuditError):
        checked(tmp_path, spoilt)


def test_an_uncertified_key_signs_nothing_valid(ready, tmp_path):
    mallory = notes.kept_key(tmp_path / "mallory.key")
    name = f"{notes.origin()}/receipts"
    statement = notes.sign_text(
        f"{auditor.SIGNED_ENTRY}\nentry {base64.b64encode(ENTRY.encode()).decode()}\n", name=name, key=mallory
    )
    grant = f"{auditor.RECEIPT_KEY}\n{notes.vkey(name, mallory.public_key())}\n"
    own = notes.sign_text(grant, name=notes.origin(), key=mallory)

    with pytest.raises(auditor.AuditError):
        checked(tmp_path, f"{statement}\n{own}")


@pytest.mark.parametrize("as_json", [False, True])
def test_an_entry_that_acts_upon_a_terminal_is_shown_and_does_not(ready, tmp_path, capsys, as_json):
    (tmp_path / "vkey").write_text(signed_entry_timestamps.vkey())
    entry = "\x1b[2J\x9b8m\u202e\u2067\x7f\nThis entry is in the ledger\u2029民"
    (tmp_path / "receipt").write_text(signed_entry_timestamps.sign_entry(entry.encode()))

    code = auditor.run(tmp_path / "receipt", vkey=str(tmp_path / "vkey"), older=[], as_json=as_json)

    shown = capsys.readouterr().out
    assert code == 0
    assert {sign for sign in shown if not sign.isprintable()} == {"\n"}
    assert shown.count("\n") == (1 if as_json else 2)
    assert "民" in shown
    assert not as_json or json.loads(shown)["entry"] == entry


def test_the_receipt_key_signs_no_checkpoint(ready, tmp_path):
    stolen = notes.kept_key(data_folder() / "secrets" / "receipts.key")
    for name in (notes.origin(), f"{notes.origin()}/receipts"):
        text = notes.Head(notes.origin(), 1, bytes(32)).text()
        file = tmp_path / "checkpoint"
        file.write_text(notes.sign_text(text, name=name, key=stolen))

        with pytest.raises(auditor.AuditError, match="is not signed by"):
            auditor.read_checkpoint(file, auditor.read_key(signed_entry_timestamps.vkey()))


def test_a_signed_entry_of_another_operator_is_none_of_ours(ready, tmp_path):
    with pytest.raises(auditor.AuditError, match="is not signed by"):
        checked(tmp_path, signed_entry_timestamps.sign_entry(ENTRY.encode()), vkey=MALLORY)


def test_the_receipt_key_is_readable_by_its_owner_alone_and_made_once(ready):
    file = data_folder() / "secrets" / "receipts.key"
    before = file.read_bytes()
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == before


def test_a_new_receipt_key_is_certified_and_entries_signed_before_stay_valid(ready, tmp_path):
    old = signed_entry_timestamps.sign_entry(ENTRY.encode())
    (data_folder() / "secrets" / "receipts.key").unlink()
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())

    assert checked(tmp_path, old).entry == ENTRY
    assert checked(tmp_path, signed_entry_timestamps.sign_entry(ENTRY.encode())).entry == ENTRY


def test_what_is_written_around_a_receipt_is_passed_over(ready, tmp_path):
    text = signed_entry_timestamps.sign_entry(ENTRY.encode())

    around = (
        "Invented Telecom\n\nReceipt\r\n\r\n" + text.replace("\n", "\r\n") + "\n\nSent from my telephone\n"
    )

    assert checked(tmp_path, around).entry == ENTRY


def test_a_receipt_becomes_a_proof_once_a_checkpoint_covers_its_entry(ready, fill, tmp_path):
    fill(1, 3)
    before = receipts.receipt_of(EntryId(2))
    publish(tmp_path / "log")
    after = receipts.find_by_code(before.code)

    assert (before.is_proven, after.is_proven) == (False, True)
    assert (
        checked(tmp_path, before.text).entry == checked(tmp_path, after.text).entry == '{"entry":"entry 2"}'
    )
    assert checked(tmp_path, after.text).index == 1


def test_a_code_is_read_as_people_write_it(fill):
    fill(1, 3)
    code = receipts.receipt_of(EntryId(3)).code
    number, letters = code.split("-")

    assert receipts.find_by_code(f" {number} - {letters.lower()} ").entry_id == 3
    assert receipts.read_code("12-OIL000") == (12, "011000")


@pytest.mark.parametrize(
    "text", ["", "4711", "0-AAAAAA", "1-AAAAA", "1-AAAAAAA", "-1-AAAAAA", "1-AAAAA!", "9" * 30 + "-AAAAAA"]
)
def test_text_that_is_no_receipt_code_is_refused(text):
    with refusing(INVALID_RECEIPT_CODE):
        receipts.read_code(text)


def test_a_code_whose_letters_do_not_fit_finds_nothing(fill):
    fill(1, 2)
    first, second = receipts.receipt_of(EntryId(1)).code, receipts.receipt_of(EntryId(2)).code

    for wrong in (first.replace("1-", "2-", 1), second.replace("2-", "3-", 1), "77-AAAAAA"):
        with refusing(RECEIPT_NOT_FOUND):
            receipts.find_by_code(wrong)


def test_a_receipt_that_the_register_has_lost_is_still_known_for_its_own(ready, register):
    lost = signed_entry_timestamps.sign_entry(ENTRY.encode())

    assert receipts.verify_receipt(lost).verb == "line:line:suspended"
    with refusing(RECEIPT_NOT_GENUINE):
        receipts.verify_receipt(lost.replace("a", "b", 1))
    with refusing(RECEIPT_NOT_GENUINE):
        receipts.verify_receipt("I was registered, believe me.")
