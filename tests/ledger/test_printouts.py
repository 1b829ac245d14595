# SPDX-License-Identifier: EUPL-1.2
"""A receipt for people: three languages on one sheet, a square that scans, nothing that leaks."""

import re
from uuid import UUID

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger import auditor, notes, printouts, receipts, signed_entry_timestamps
from rollkeeper.ledger.errors import FontsMissing
from rollkeeper.ledger.labels import ACTION_LABELS
from rollkeeper.ledger.receipts import REGISTRATIONS, LedgerReceipt, ParsedEntry
from rollkeeper.ledger.verbs import Verb

LINE = UUID("01900000-0000-7000-8000-000000000001")
DONE_IN_CHINESE = "该号码的机主已登记。"


def made(verb=Verb.TENURE_REGISTERED, *, text=None, facts=None):
    """A receipt for an invented entry of this kind."""
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())
    said = {
        "day": "2012-03-02",
        "facts": facts or {},
        "line": str(LINE),
        "verb": verb.value,
        "article": "2 ¶1",
    }
    body = str(said).replace("'", '"').encode()
    code = receipts.code_of(EntryId(4711), body)
    return LedgerReceipt(
        EntryId(4711),
        code,
        ParsedEntry(body),
        text or signed_entry_timestamps.sign_entry(body),
        is_proven=bool(text),
    )


def long_proof(steps):
    """A text as long as a proof of so many steps."""
    lines = [auditor.PROOF, "extra " + "A" * 700, "index 7", *["B" * 43 + "="] * steps]
    return "\n".join(lines) + "\n\norigin\n9\nC\n\n\u2014 x y\n"


@pytest.fixture
def sheet():
    try:
        return pypdfium2.PdfDocument(printouts.pdf(made()))
    except FontsMissing as fault:
        pytest.skip(f"NO FONTS HERE: {fault.advice}")


def scanned(page):
    seen = page.render(scale=4).to_numpy()
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(seen))
    return found.text


def test_the_plain_text_is_for_people_first_and_for_machines_from_its_first_line_on(tmp_path):
    file = tmp_path / "receipt"
    file.write_text(printouts.plain_text(made()), "utf-8")

    found = auditor.check_receipt(file, key=auditor.read_key(signed_entry_timestamps.vkey()))

    text = file.read_text("utf-8")
    assert text.index("The subscriber of the line is registered.") < text.index(DONE_IN_CHINESE)
    assert text.index(DONE_IN_CHINESE) < text.index("ཐོ་འགོད་བྱས་ཟིན།") < text.index(auditor.SIGNED_ENTRY)
    assert made().code in text
    assert str(LINE) in found.entry


def test_an_article_and_its_paragraph_are_cited_as_each_language_does():
    said = [properties.article for properties in printouts.receipt_texts(made())]

    assert said[:2] == ["art. 2 ¶1", "第二条第一款"]


def test_the_sheet_says_it_in_three_languages_with_their_letters_in_it(sheet):
    text = sheet[0].get_textpage().get_text_bounded()
    fonts = re.findall(rb"/BaseFont/[A-Z]{6}\+([A-Za-z-]+)", printouts.pdf(made()))

    assert len(sheet) == 1
    assert "The subscriber of the line is registered." in text
    assert DONE_IN_CHINESE in text
    assert made().code in text
    assert {font.split(b"-")[0] for font in fonts} >= {b"NotoSans", b"NotoSansCJKsc", b"NotoSerifTibetan"}


@pytest.mark.parametrize("steps", [None, 15, 30])
@pytest.mark.parametrize("verb", [Verb.TENURE_REGISTERED, Verb.RECORD_ERASED])
def test_a_receipt_is_one_sheet_with_a_proof_too(sheet, verb, steps):
    facts = {"ground": "service_ended", "last_day_kept": "2013-03-01"} if verb is Verb.RECORD_ERASED else {}
    text = long_proof(steps) if steps else None

    assert len(pypdfium2.PdfDocument(printouts.pdf(made(verb, text=text, facts=facts)))) == 1


def test_the_square_on_the_sheet_scans_and_is_the_whole_receipt(sheet):
    assert scanned(sheet[0]) == made().text


def test_a_proof_out_of_a_great_ledger_still_fits_the_square():
    receipt = made(text=long_proof(steps=30))

    assert len(receipt.text) > 2_000
    assert scanned(pypdfium2.PdfDocument(printouts.pdf(receipt))[0]) == receipt.text


def test_a_receipt_too_long_for_a_qr_code_carries_its_code_only():
    receipt = made(text=long_proof(steps=60))

    assert scanned(pypdfium2.PdfDocument(printouts.pdf(receipt))[0]) == receipt.code


def test_the_file_says_neither_when_nor_where_nor_by_whom_it_was_made(sheet):
    properties = {name: value for name, value in sheet.get_metadata_dict().items() if value}

    assert set(properties) <= {"Title", "Creator"}
    assert properties["Title"] == "Receipt"
    assert properties["Creator"].startswith("Typst")
    assert printouts.pdf(made()) == printouts.pdf(made())
    assert b"/data_dir/" not in printouts.pdf(made())


def test_the_receipt_is_in_the_sheet_as_a_file_too(sheet):
    assert sheet.count_attachments() == 1
    assert bytes(sheet.get_attachment(0).get_data()).decode() == made().text
    assert sheet.get_attachment(0).get_name() == f"receipt-{made().code}.tlog-proof"


def test_a_certificate_says_why_and_how_long_it_was_kept():
    facts = {"ground": "service_ended", "last_day_kept": "2013-03-01"}

    text = printouts.plain_text(made(Verb.RECORD_ERASED, facts=facts))

    assert "the legal retention period is over" in text
    assert "Last day kept: 1 March 2013" in text
    assert "法定保存期已满" in text


@pytest.mark.parametrize("verb", [one for one in ACTION_LABELS if isinstance(one, Verb)])
def test_only_a_registration_is_said_to_outrank_the_register(verb):
    assert ("outranks it" in printouts.plain_text(made(verb))) is (verb in REGISTRATIONS)


def test_without_fonts_there_is_a_refusal_and_no_sheet_of_empty_boxes(monkeypatch):
    import typst

    monkeypatch.setattr(
        printouts, "_fonts", lambda: typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    )

    with pytest.raises(FontsMissing, match="Noto Serif Tibetan"):
        printouts.pdf(made())


def test_the_qr_code_is_an_image_without_a_script_or_an_address():
    drawn = printouts.qr_svg(made())

    assert drawn.startswith("<svg")
    assert not re.search(r"script|href|http(?!://www\.w3\.org)", drawn)
