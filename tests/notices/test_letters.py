"""Letters: one sheet each, an address only in the window, and proof only from an opened letter."""

import datetime as dt
import json
import uuid
from contextlib import closing

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from typer.testing import CliRunner

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import run as run_sql
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.law.calendars import Term
from rollkeeper.notices.choices import NoticeKind, Outcome
from rollkeeper.notices.gateways.base import Answer, Message
from rollkeeper.notices.gateways.letters import letter_reference, read_letter, slip_reference
from rollkeeper.notices.services import send_due
from rollkeeper.notices.texts import RenderedText, write_code_letter, write_notice
from rollkeeper.notices.verp import return_secret
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.secret_value import SecretValue
from tests.builders.lines import make_sealed_line
from tests.notices.people import ON, attempts, notice, tell
from tests.notices.printer import SECRET, letters, printing_house

ADDRESS = {
    "en": "Ms Invented Person\n12 Invented Street\n850000 Lhasa",
    "zh-hans": "虚构人\n拉萨市城关区虚构路12号\n850000",
    "bo": "བསམ་བློའི་མི།\nལྷ་ས།\n850000",
}
TEXT = {"en": "Come to any of our desks.", "zh-hans": "请到任一营业厅。", "bo": "ཚོང་ཁང་ལ་ཕེབས་རོགས།"}
DAY = dt.timedelta(days=1)
cli = CliRunner()


def message(language="en", **more):
    facts = {
        "address": SecretValue(ADDRESS[language]), "texts": (RenderedText(language, "Subject", TEXT[language]),),
    } | more  # fmt: skip
    return Message(reference=uuid.uuid4(), channel=Channel.POST, **facts)


def pages(sheets):
    """Return for each page its text, and the position of each character (millimetres from the top left)."""
    read = []
    with closing(pypdfium2.PdfDocument(sheets)) as document:
        for page in document:
            text, height = page.get_textpage(), page.get_height()
            boxes = [text.get_charbox(at) for at in range(text.count_chars())]
            signs = [text.get_text_range(at, 1) for at in range(text.count_chars())]
            places = [
                (sign, left * 25.4 / 72, (height - top) * 25.4 / 72)
                for sign, (left, _, _, top) in zip(signs, boxes, strict=True)
                if sign.strip()
            ]
            read.append((text.get_text_range(), places))
    return read


def within(places, *, x, y):
    return "".join(sign for sign, at_x, at_y in places if x[0] <= at_x <= x[1] and y[0] <= at_y <= y[1])


def squares(sheets, page):
    with closing(pypdfium2.PdfDocument(sheets)) as document:
        seen = document[page].render(scale=4).to_numpy()
    return [one.text for one in zxingcpp.read_barcodes(np.ascontiguousarray(seen))]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_address_stands_in_the_window_of_the_envelope_and_nowhere_else(tmp_path, language):
    sheets = letters(tmp_path).sheets([message(language)], name="letters")

    text, places = pages(sheets)[2]
    shown, bare = within(places, x=(20, 105), y=(45, 90)), "".join(ADDRESS[language].split())
    assert bare in shown
    assert "".join(text.split()).count(bare) == 1


@pytest.mark.parametrize("line", ["Invented Building " * 5, "Invented" * 10])
def test_an_address_of_long_lines_is_whole_in_the_window(tmp_path, line):
    address = "\n".join(f"{nth} {line}" for nth in range(7))
    sheets = letters(tmp_path).sheets([message(address=SecretValue(address))], name="letters")

    shown = within(pages(sheets)[2][1], x=(20, 105), y=(45, 89))
    assert "".join(address.split()) in shown.replace("\u200b", "")


def test_the_slip_has_a_reference_and_a_square_and_no_sign_of_anybody(tmp_path):
    one = message()
    sheets = letters(tmp_path).sheets([one], name="letters")

    _, places = pages(sheets)[2]
    slip, below = slip_reference(letter_reference(one.reference), secret=SECRET), (210, 297)
    assert squares(sheets, 2) == [slip]
    shown = within(places, x=(0, 210), y=below)
    assert slip in shown
    assert not [word for word in ("Person", "Street", "Lhasa") if word in shown]
    assert slip not in within(places, x=(20, 105), y=(45, 90))


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_letter_in_the_subscriber_s_language_embeds_its_glyphs(tmp_path, language):
    sheets = letters(tmp_path).sheets([message(language)], name="letters")

    text = pages(sheets)[2][0]
    if language == "bo":  # stacked letters have no separate text in a PDF: their font is what shows them
        assert b"NotoSerifTibetan" in sheets
    else:
        assert "".join(TEXT[language].split()) in "".join(text.split())


def test_no_letter_stands_on_the_back_of_another_s_and_the_cover_counts_them(tmp_path):
    batch = [
        message(),
        message("zh-hans", texts=(RenderedText("zh-hans", "标题", "很长。" * 900),)),
        message(),
    ]

    read = pages(letters(tmp_path).sheets(batch, name="letters-x"))

    begins = [at for at, (text, _) in enumerate(read) if "虚构电信" in text and "-" in text and at > 0]
    assert [at % 2 for at in begins] == [0, 0, 0]
    assert "Letters in this file: 3" in read[0][0]
    assert "Person" not in read[0][0]


def test_the_cover_names_what_may_have_been_printed_before(tmp_path):
    first, again = message(), message(is_repeat=True)

    cover = pages(letters(tmp_path).sheets([first, again], name="letters"))[0][0]

    assert letter_reference(again.reference) in cover
    assert letter_reference(first.reference) not in cover


def test_a_file_goes_to_the_program_and_touches_no_disk_of_ours(tmp_path, register):
    (result,) = letters(tmp_path).send([message()])

    (printed,) = tmp_path.glob("*.pdf")
    assert result.gateway_reference in printed.name
    assert "Person" in pages(printed.read_bytes())[2][0]
    kept = [file for file in data_dir().rglob("*") if file.is_file() and "letters" in file.name]
    assert kept == []


def test_a_program_that_is_broken_or_gone_has_nothing_and_gets_it_later(tmp_path):
    instance = letters(tmp_path)
    (tmp_path / "broken").touch()

    broken = instance.send([message()])
    (tmp_path / "print-letters").unlink()
    gone = instance.send([message()])

    assert [one.answer for one in (*broken, *gone)] == [Answer.RETRY, Answer.RETRY]


@pytest.mark.parametrize(
    ("lines", "answer"), [(0, "refused"), (1, "accepted"), (7, "accepted"), (8, "refused")]
)
def test_what_the_window_has_no_room_for_is_no_address(tmp_path, lines, answer):
    (result,) = letters(tmp_path).send([message(address=SecretValue("\n".join(["line"] * lines)))])

    assert result.answer == answer


def test_an_address_is_set_as_it_is_and_never_read_as_a_program(tmp_path):
    address = '#read("/etc/hostname")\n*Street* $x$ <letter>'

    text = pages(letters(tmp_path).sheets([message(address=SecretValue(address))], name="letters"))[2][0]

    assert "#read(" in text
    assert "*Street* $x$ <letter>" in text


REFERENCE = letter_reference(uuid.UUID(int=0x1234567890ABCDEF))
SLIP = slip_reference(REFERENCE, secret=SECRET)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (REFERENCE, (REFERENCE, Outcome.BOUNCED)),
        (SLIP, (REFERENCE, Outcome.DELIVERED)),
        (f" {SLIP.lower().replace('-', ' ')} ", (REFERENCE, Outcome.DELIVERED)),
        (SLIP[:-1] + ("0" if SLIP[-1] != "0" else "1"), None),
        (SLIP[:-1], None),
        (REFERENCE + "-2345-67", None),
        (REFERENCE[:-1], None),
        ("not a reference", None),
        ("", None),
    ],
)
def test_an_envelope_says_that_it_came_back_and_only_the_slip_that_it_arrived(said, read):
    assert read_letter(said, secret=SECRET) == read


def test_what_is_easily_misread_is_read_all_the_same():
    reference = letter_reference(uuid.UUID(int=(1 << 55) + 1))

    assert read_letter(reference.replace("0", "O").replace("1", "I"), secret=SECRET) == (
        reference,
        Outcome.BOUNCED,
    )


@pytest.fixture
def instance(committed, tmp_path):
    clock.set_demo_date(ON)
    write_settings(
        notices={"post_program": printing_house(tmp_path), "post_from": dt.time(0), "post_until": dt.time(0)}
    )
    yield tmp_path
    write_settings(
        notices={
            "post_program": None,
            "post_from": dt.time(9),
            "post_until": dt.time(10),
            "outbox_bounce_share": 0.05,
        }
    )


def by_post(number=None, contact="\n" + ADDRESS["en"], kind="postal"):
    owed = tell(make_sealed_line(number=number, contact=contact, contact_kind=kind))
    send_due(console_authority(), on=ON)
    return owed


def said_back(*references):
    return json.loads(cli.invoke(make_app(), ["notices", "letters", *references, "--json"]).stdout)


def test_a_slip_is_proof_and_starts_the_clock(instance):
    owed = by_post()
    reference = attempts(owed)[0].gateway_reference

    said = said_back(slip_reference(reference, secret=return_secret()))

    assert (said["intake"]["delivered"], said["unread"]) == (1, 0)
    assert (notice(owed).state, notice(owed).delivered_on, notice(owed).channel) == ("delivered", ON, "post")


def test_a_letter_that_comes_back_never_counts_and_its_subscriber_is_unreachable(instance):
    owed = by_post()

    said = said_back(attempts(owed)[0].gateway_reference)
    send_due(console_authority(), on=ON)

    assert said["intake"]["bounced"] == 1
    assert (notice(owed).state, notice(owed).delivered_on) == ("bounced", None)


@pytest.mark.parametrize("together", [True, False])
def test_the_slip_in_an_envelope_that_came_back_proves_nothing(instance, together):
    owed = by_post()
    reference = attempts(owed)[0].gateway_reference
    slip = slip_reference(reference, secret=return_secret())

    for said in [(slip, reference)] if together else [(reference,), (slip,)]:
        said_back(*said)

    assert (attempts(owed)[0].outcome, notice(owed).delivered_on) == ("bounced", None)


def test_a_forged_slip_proves_nothing(instance):
    owed = by_post()
    reference = attempts(owed)[0].gateway_reference

    result = cli.invoke(make_app(), ["notices", "letters", slip_reference(reference, secret=b"guessed")])

    assert result.exit_code == 1
    assert notice(owed).state == "sent"


def test_a_letter_goes_where_the_mailbox_failed(instance):
    owed = by_post(contact="nobody@mail.example\n" + ADDRESS["en"], kind="both")
    first = attempts(owed)[0]
    run_sql("UPDATE notices_attempt SET outcome = 'bounced'")
    run_sql("UPDATE notices_notice SET state = 'queued'")

    send_due(console_authority(), on=ON)

    (printed,) = instance.glob("*.pdf")
    text = pages(printed.read_bytes())[2][0]
    assert first.channel == "email"
    assert "Person" in text
    assert "nobody@mail.example" not in text


@pytest.mark.parametrize(("days", "state"), [(20, "sent"), (21, "bounced"), (22, "bounced")])
def test_a_letter_is_waited_for_longer_than_a_message(instance, days, state):
    owed = by_post()

    clock.set_demo_date(ON + days * DAY)
    send_due(console_authority(), on=ON + days * DAY)

    assert notice(owed).state == state


def test_many_letters_go_out_in_files_of_so_many(instance):
    write_settings(notices={"post_batch": 2})
    try:
        for _ in range(5):
            tell(make_sealed_line(number=None, contact="\n" + ADDRESS["en"], contact_kind="postal"))
        sent = send_due(console_authority(), on=ON)
    finally:
        write_settings(notices={"post_batch": 200})

    assert sent.accepted == 5
    assert sorted(int(file.stem.rpartition("-")[2]) for file in instance.glob("*.pdf")) == [1, 2, 2]


def test_a_demo_instance_without_a_program_keeps_a_line_and_no_address(committed):
    clock.set_demo_date(ON)
    owed = tell(make_sealed_line(number=None, contact="\n" + ADDRESS["en"], contact_kind="postal"))

    send_due(console_authority(), on=ON)

    row = (data_dir() / "outbox" / "messages.jsonl").read_text("utf-8").splitlines()[-1]
    assert json.loads(row)["reference"] == str(attempts(owed)[0].attempt_id)
    assert (json.loads(row)["channel"], json.loads(row)["to"]) == ("post", "…")


@pytest.mark.parametrize("spoken", [["en"], ["zh-hans"], ["bo"], ["bo", "zh-hans", "en"]])
@pytest.mark.parametrize("kind", [NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.TERMINATED])
def test_a_letter_about_a_line_s_end_fits_on_one_page(tmp_path, spoken, kind):
    notified = [
        write_notice(
            kind, language=language, brief=len(spoken) > 1, promised_on=dt.date(2012, 3, 1), suspension=Term(30),
            code="12345678", operator="Invented Telecom", care="10086", receipt="4711-K2M9QX", named={"law": "Invented Act"},
        )
        for language in spoken
    ]  # fmt: skip
    one = message(spoken[0], texts=tuple(notified))

    sheets = letters(tmp_path).sheets([one], name="letters")

    assert [text for text, _ in pages(sheets)[3:] if text.strip()] == []


def test_a_letter_that_proves_nothing_has_no_slip_and_no_square(tmp_path):
    sheets = letters(tmp_path).sheets([message(), message(needs_slip=False)], name="letters")

    shown = [len(squares(sheets, page)) for page in range(len(pages(sheets)))]

    assert sum(shown) == 1
    assert shown[2] == 1


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_letter_with_a_code_is_one_sheet_in_every_language(tmp_path, language):
    text = write_code_letter(
        "4815 1623 4299 0071", language=language, days=14, operator="Invented Telecom", care="10086"
    )

    sheets = letters(tmp_path).sheets([message(language, texts=(text,), needs_slip=False)], name="letters")

    assert len(pages(sheets)) == 3, "the cover sheet, its back, the letter"
    assert "4815 1623 4299 0071" in pages(sheets)[2][0]
