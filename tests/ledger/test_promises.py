# SPDX-License-Identifier: EUPL-1.2
"""A receipt can be handed over before the ledger is published: a promise that anybody can check with the ledger's key."""

import base64
import stat

import pytest

from rollkeeper.kernel.ids import EntryId
from rollkeeper.kernel.settings import home as home_folder
from rollkeeper.ledger import auditor, notes, promises, receipts
from rollkeeper.ledger.errors import ReceiptCodeNotRead, ReceiptNotGenuine, ReceiptNotKnown
from rollkeeper.ledger.publishing import publish

ENTRY = (
    '{"day":"2012-03-02","line":"01900000-0000-7000-8000-000000000001","v":1,"verb":"line:line:suspended"}'
)
MALLORY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


@pytest.fixture
def ready(home):
    """A home that can promise, as every home can that was made."""
    promises.make_ready(notes.signing_key())


def checked(tmp_path, text, vkey=None):
    file = tmp_path / "receipt"
    file.write_text(text)
    return auditor.check_receipt(file, key=auditor.read_key(vkey or promises.vkey()))


def test_a_promise_is_checked_with_the_ledgers_key_alone(ready, tmp_path):
    found = checked(tmp_path, promises.promise(ENTRY.encode()))

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
    ids=["entry", "form", "name", "no grant", "own grant", "no blanks", "unsigned", "half", "empty"],
)
def test_a_promise_that_was_tampered_with_proves_nothing(ready, tmp_path, spoil):
    spoilt = spoil(promises.promise(ENTRY.encode()))

    assert spoilt != promises.promise(ENTRY.encode())
    with pytest.raises(auditor.Wrong):
        checked(tmp_path, spoilt)


def test_whoever_has_a_key_of_their_own_promises_nothing(ready, tmp_path):
    mallory = notes.kept_key(tmp_path / "mallory.key")
    name = f"{notes.origin()}/receipts"
    statement = notes.sign_text(
        f"{auditor.PROMISE}\nentry {base64.b64encode(ENTRY.encode()).decode()}\n", name=name, key=mallory
    )
    grant = f"{auditor.PROMISE_KEY}\n{notes.vkey(name, mallory.public_key())}\n"
    own = notes.sign_text(grant, name=notes.origin(), key=mallory)

    with pytest.raises(auditor.Wrong):
        checked(tmp_path, f"{statement}\n{own}")


def test_the_key_of_promises_signs_no_checkpoint(ready, tmp_path):
    stolen = notes.kept_key(home_folder() / "secrets" / "receipts.key")
    for name in (notes.origin(), f"{notes.origin()}/receipts"):
        text = notes.Head(notes.origin(), 1, bytes(32)).text()
        file = tmp_path / "checkpoint"
        file.write_text(notes.sign_text(text, name=name, key=stolen))

        with pytest.raises(auditor.Wrong, match="is not signed by"):
            auditor.read_checkpoint(file, auditor.read_key(promises.vkey()))


def test_a_promise_of_another_operator_is_none_of_ours(ready, tmp_path):
    with pytest.raises(auditor.Wrong, match="is not signed by"):
        checked(tmp_path, promises.promise(ENTRY.encode()), vkey=MALLORY)


def test_the_key_of_promises_is_readable_by_its_owner_alone_and_made_once(ready):
    file = home_folder() / "secrets" / "receipts.key"
    before = file.read_bytes()
    promises.make_ready(notes.signing_key())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == before


def test_a_new_key_of_promises_is_spoken_for_and_the_old_promises_stay_good(ready, tmp_path):
    old = promises.promise(ENTRY.encode())
    (home_folder() / "secrets" / "receipts.key").unlink()
    promises.make_ready(notes.signing_key())

    assert checked(tmp_path, old).entry == ENTRY
    assert checked(tmp_path, promises.promise(ENTRY.encode())).entry == ENTRY


def test_what_is_written_around_a_receipt_is_passed_over(ready, tmp_path):
    text = promises.promise(ENTRY.encode())

    around = (
        "Invented Telecom\n\nReceipt\r\n\r\n" + text.replace("\n", "\r\n") + "\n\nSent from my telephone\n"
    )

    assert checked(tmp_path, around).entry == ENTRY


def test_a_receipt_is_a_promise_until_a_checkpoint_covers_its_entry_and_a_proof_from_then_on(
    ready, fill, tmp_path
):
    fill(1, 3)
    before = receipts.receipt_of(EntryId(2))
    publish(tmp_path / "log")
    after = receipts.find_by_code(before.code)

    assert (before.is_proven, after.is_proven) == (False, True)
    assert checked(tmp_path, before.text).entry == checked(tmp_path, after.text).entry == "entry 2"
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
def test_what_is_no_code_is_told_so(text):
    with pytest.raises(ReceiptCodeNotRead):
        receipts.read_code(text)


def test_a_code_whose_letters_do_not_fit_finds_nothing(fill):
    fill(1, 2)
    first, second = receipts.receipt_of(EntryId(1)).code, receipts.receipt_of(EntryId(2)).code

    for wrong in (first.replace("1-", "2-", 1), second.replace("2-", "3-", 1), "77-AAAAAA"):
        with pytest.raises(ReceiptNotKnown):
            receipts.find_by_code(wrong)


def test_a_receipt_that_the_register_has_lost_is_still_known_for_its_own(ready, register):
    lost = promises.promise(ENTRY.encode())

    assert receipts.check_shown(lost).verb == "line:line:suspended"
    with pytest.raises(ReceiptNotGenuine):
        receipts.check_shown(lost.replace("a", "b", 1))
    with pytest.raises(ReceiptNotGenuine):
        receipts.check_shown("I was registered, believe me.")
