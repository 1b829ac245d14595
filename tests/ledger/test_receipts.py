# SPDX-License-Identifier: EUPL-1.2
"""A receipt proves by itself that an entry is in the ledger, and a forged one does not."""

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger import auditor, receipts, tree
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.queries import receipt
from tests.in_process import invoke
from tests.ledger import proofs
from tests.ledger.test_tree import SIZES, leaves, node_of


@pytest.fixture
def published(fill, tmp_path):
    """A ledger of 300 entries, published; its key is in tmp_path/log/vkey."""
    fill(1, 300)
    publish(tmp_path / "log")
    return tmp_path


def said(n):
    return f'{{"entry":"entry {n}"}}'


def checked(folder, text):
    file = folder / "receipt.tlog-proof"
    file.write_text(text)
    return auditor.check_receipt(file, key=auditor.read_key((folder / "log" / "vkey").read_text()))


@pytest.mark.parametrize("entry_id", [1, 255, 256, 257, 300])
def test_a_receipt_proves_its_entry(published, entry_id):
    found = checked(published, receipt(EntryId(entry_id)))

    assert (found.index, found.size, found.entry) == (
        entry_id - 1,
        300,
        said(entry_id),
    )


def test_a_receipt_outlives_the_growth_of_the_ledger(published, fill):
    old = receipt(EntryId(7))
    fill(301, 600)
    publish(published / "log")

    assert checked(published, old).entry == said(7)
    assert checked(published, receipt(EntryId(7))).size == 600


def test_there_is_no_receipt_before_a_checkpoint_covers_the_entry(published, fill):
    fill(301, 301)

    assert receipt(EntryId(301)) is None
    assert receipt(EntryId(9999)) is None


def extra(text):
    """The disclosure on a receipt, in base64."""
    return text.split("\n")[1].removeprefix("extra ")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace(
            extra(text),
            base64.b64encode(base64.b64decode(extra(text)).replace(b"entry 7", b"entry 8")).decode(),
        ),
        lambda text: text.replace(
            extra(text),
            base64.b64encode(base64.b64decode(extra(text)).replace(b'"other"', b'"staff"')).decode(),
        ),
        lambda text: text.replace(extra(text), base64.b64encode(b"[" * 14_000).decode()),
        lambda text: text.replace("index 6", "index 7"),
        lambda text: text.replace("index 6", "index 06"),
        lambda text: text.replace("index 6", "index 300"),
        lambda text: text.replace("\n300\n", "\n299\n"),
        lambda text: "\n".join(line for n, line in enumerate(text.split("\n")) if n != 3),
        lambda text: text.replace("\n\n", "\n" + base64.b64encode(bytes(32)).decode() + "\n\n", 1),
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("\u2014 ", "- "),
        lambda text: text[: len(text) // 2],
        lambda text: text[:0],
    ],
    ids=[
        "entry",
        "class",
        "deep",
        "place",
        "zero",
        "beyond",
        "head",
        "shorter",
        "longer",
        "schema",
        "unsigned",
        "half",
        "empty",
    ],
)
def test_a_receipt_that_was_tampered_with_proves_nothing(published, spoil):
    text = receipt(EntryId(7))
    spoilt = spoil(text)

    assert spoilt != text
    with pytest.raises(auditor.AuditError):
        checked(published, spoilt)


def test_a_receipt_of_another_ledger_proves_nothing_here(published):
    file = published / "receipt"
    file.write_text(receipt(EntryId(7)))
    other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    with pytest.raises(auditor.AuditError, match="is not signed by"):
        auditor.check_receipt(file, key=auditor.read_key(other))


@pytest.mark.parametrize("size", SIZES[1:])
@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_auditor_and_the_writer_agree_on_every_proof(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = tree.prove_inclusion(index, size=size, node=node_of(size))
    head = auditor.Checkpoint("", "", size, tree.root_at(size, node_of(size)))
    claimed = data.draw(st.sampled_from([index, data.draw(st.integers(0, size))]))

    by_auditor = auditor.is_included(str(index).encode(), claimed, head=head, proof=proof)

    assert by_auditor is (claimed == index)
    assert by_auditor is proofs.is_included(
        leaves(size)[index], index=claimed, size=size, proof=proof, root=head.root
    )


def test_a_receipt_goes_from_one_command_to_the_other(published):
    file = published / "7.tlog-proof"
    file.write_text(invoke("ledger", "receipt", 7).stdout)

    checked = invoke("ledger", "check-receipt", file, "--vkey", published / "log" / "vkey", "--json")

    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["entry"] == said(7)


def test_the_command_says_no_to_a_spoilt_receipt_and_where_there_is_none_yet(published, fill):
    file = published / "7.tlog-proof"
    file.write_text(invoke("ledger", "receipt", 7).stdout.replace("index 6", "index 5"))
    fill(301, 301)

    assert invoke("ledger", "check-receipt", file, "--vkey", published / "log" / "vkey").exit_code == 1
    assert invoke("ledger", "receipt", 9999).exit_code != 0
    assert invoke("ledger", "receipt", 301, "--proven").exit_code == 1


def test_before_it_is_published_the_command_gives_a_signed_entry_and_says_so(published, fill):
    fill(301, 301)
    file = published / "301.receipt"

    given = invoke("ledger", "receipt", 301)
    file.write_text(given.stdout)
    checked = invoke("ledger", "check-receipt", file, "--vkey", published / "log" / "vkey")

    assert "this is a signed entry" in given.stderr
    assert checked.exit_code == 0
    assert "owes a proof" in checked.stdout
    assert "entry 301" in checked.stdout


def test_the_command_finds_a_receipt_by_its_code_and_puts_it_on_a_sheet(published):
    code = receipts.receipt_of(EntryId(7)).code

    by_code = invoke("ledger", "receipt", code.lower())
    on_paper = invoke("ledger", "receipt", code, "--pdf", published / "7.pdf")
    plain = invoke("ledger", "receipt", code, "--plain")

    assert by_code.stdout == receipt(EntryId(7))
    assert on_paper.exit_code == 0
    assert (published / "7.pdf").read_bytes().startswith(b"%PDF")
    assert plain.stdout.endswith(by_code.stdout)
    assert code in plain.stdout


def test_the_page_that_checks_receipts_is_written_by_a_command(tmp_path):
    written = invoke("ledger", "check-page", tmp_path / "check.html")

    assert written.exit_code == 0
    assert (tmp_path / "check.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_receipt_is_not_checked_with_a_key_that_came_with_it(published, capsys):
    file = published / "receipt"
    file.write_text(receipt(EntryId(7)))

    assert auditor.run(file, vkey=None, older=[], as_json=False) == 2
    assert "give --vkey" in capsys.readouterr().err
