"""The contract of every way out of Rollkeeper. A new gateway is added to `CONTRACT` and passes the same tests."""

import datetime as dt
import email
import email.policy
import json
import ssl
import stat
import uuid
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.gateways.base import Answer, Message
from rollkeeper.notices.gateways.file import FileGateway, masked
from rollkeeper.notices.gateways.smpp import SmppGateway
from rollkeeper.notices.gateways.smtp import NotEncrypted, SmtpGateway
from rollkeeper.notices.gateways.voice import VoiceGateway
from rollkeeper.notices.texts import RenderedText
from rollkeeper.vault.secret_value import SecretValue
from tests.notices.caller import telephone_system
from tests.notices.centre import message_centre
from tests.notices.fakes import Mailboxes, MailHost, Way
from tests.notices.printer import letters

CONTRACT = ["outbox", "mail", "smpp", "voice", "post", "fake"]


def message(address="tashi@mail.example", reference=None, **more):
    facts = {
        "channel": Channel.EMAIL, "texts": (RenderedText("bo", "ཐོ་འགོད།", "ཐོ་འགོད་གནང་རོགས། 登记\n.\nEnd"),),
    } | more  # fmt: skip
    return Message(reference=reference or uuid.uuid4(), address=SecretValue(address), **facts)


@pytest.fixture
def mailboxes():
    return Mailboxes()


@pytest.fixture
def host(mailboxes):
    running = MailHost(mailboxes)
    running.start()
    yield running
    running.stop()


def mail_server(url, **more):
    facts = {"sender": "register@operator.example", "operator": "虚构电信", "patience_s": 5} | more
    return SmtpGateway(url, **facts)


@pytest.fixture
def gateway(request, tmp_path):
    match request.param:
        case "outbox":
            return FileGateway(tmp_path / "outbox")
        case "mail":
            return mail_server(request.getfixturevalue("host").url)
        case "smpp":
            centre = request.getfixturevalue("centre")
            return centre.gateway(tmp_path)
        case "voice":
            return VoiceGateway(telephone_system(tmp_path))
        case "post":
            return letters(tmp_path)
        case "fake":
            return Way()


@pytest.fixture
def centre():
    with message_centre() as running:
        yield running


def message_for(gateway, **more):
    """Return a message to an address that this way can reach."""
    return message(
        "+8613900001234" if isinstance(gateway, SmppGateway | VoiceGateway) else "tashi@mail.example", **more
    )


every_gateway = pytest.mark.parametrize("gateway", CONTRACT, indirect=True)


@every_gateway
def test_what_is_taken_is_answered_in_order_with_a_reference_each(gateway):
    messages = [message_for(gateway) for _ in range(5)]

    answers = gateway.send(messages)

    assert [one.answer for one in answers] == [Answer.ACCEPTED] * 5
    assert len({one.gateway_reference for one in answers} - {None}) == 5


@every_gateway
def test_the_same_message_again_goes_under_the_same_reference(gateway):
    one = message_for(gateway)

    first = gateway.send([one])
    again = gateway.send([message_for(gateway, reference=one.reference, is_repeat=True)])

    assert first == again


@every_gateway
def test_nothing_to_send_is_nothing_answered(gateway):
    assert gateway.send([]) == []


@every_gateway
def test_an_address_shows_itself_to_nobody_who_prints_the_message(gateway):
    one = message()
    gateway.send([one])

    assert "tashi" not in repr(one) + str(one) + f"{one}"


def lines_of(file):
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_the_outbox_holds_text_and_reference_and_a_masked_address(tmp_path):
    one = message("+8613900001234", channel=Channel.SMS, texts=(RenderedText("zh-hans", "", "登" * 71),))

    FileGateway(tmp_path).send([one])

    (row,) = lines_of(tmp_path / "messages.jsonl")
    assert (row["reference"], row["text"], row["to"], row["parts"]) == (
        str(one.reference),
        "登" * 71,
        "+86…34",
        2,
    )


@pytest.mark.parametrize("address", ["+8613900001234", "+97512345678", "tashi@mail.example"])
def test_an_outbox_that_masks_holds_no_address_in_any_file(tmp_path, address):
    FileGateway(tmp_path).send([message(address)])

    everything = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert address.encode() not in everything
    assert address[4:-2].encode() not in everything
    assert len(masked(address)) < len(address)


def test_a_demo_may_ask_for_whole_addresses(tmp_path):
    FileGateway(tmp_path, full_addresses=True).send([message("+8613900001234")])

    assert lines_of(tmp_path / "messages.jsonl")[0]["to"] == "+8613900001234"


def test_the_outbox_reports_each_message_once_more_and_some_as_bounced(tmp_path):
    messages = [message(reference=uuid.uuid4()) for _ in range(400)]

    FileGateway(tmp_path, bounce_share=0.25).send(messages)

    outcomes = [row["outcome"] for row in lines_of(tmp_path / "delivery-reports.jsonl")]
    assert set(outcomes) == {"delivered", "bounced"}
    assert 60 < outcomes.count("bounced") < 140


def test_a_repeated_message_is_in_the_outbox_once(tmp_path):
    one = message()
    FileGateway(tmp_path).send([one])

    FileGateway(tmp_path).send([message(reference=one.reference, is_repeat=True)])

    assert len(lines_of(tmp_path / "messages.jsonl")) == 1


def test_a_half_written_last_line_is_cut_off(tmp_path):
    FileGateway(tmp_path).send([message()])
    with (tmp_path / "messages.jsonl").open("ab") as file:
        file.write(b'{"reference": "abc')

    FileGateway(tmp_path).send([message()])

    assert len(lines_of(tmp_path / "messages.jsonl")) == 2


def test_only_the_owner_reads_the_outbox(tmp_path):
    FileGateway(tmp_path / "outbox").send([message()])

    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "outbox").iterdir()} == {0o600}


def parsed(envelope):
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def test_a_mail_has_one_recipient_and_nothing_personal_beside_the_address(host, mailboxes):
    one = message()

    mail_server(host.url).send([one, message("dawa@mail.example")])

    (_, envelope), (_, other) = mailboxes.kept
    mail = parsed(envelope)
    assert (envelope.rcpt_tos, other.rcpt_tos) == (["tashi@mail.example"], ["dawa@mail.example"])
    assert {name.lower() for name in mail.keys()} == {  # noqa: SIM118
        "from", "to", "subject", "date", "message-id", "auto-submitted", "content-language", "content-type",
        "content-transfer-encoding", "mime-version",
    }  # fmt: skip
    assert (mail["Message-ID"], mail["To"]) == (f"<{one.reference}@operator.example>", "tashi@mail.example")
    assert b"dawa" not in envelope.content


def test_a_mail_arrives_letter_for_letter_in_every_script(host, mailboxes):
    one = message()

    mail_server(host.url).send([one])

    mail = parsed(mailboxes.kept[0][1])
    assert mail["Subject"] == one.subject
    assert mail.get_content().replace("\r\n", "\n") == one.text + "\n"
    assert mail["From"].addresses[0].display_name == "虚构电信"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("550 no such mailbox", Answer.REFUSED),
        ("553 bad", Answer.REFUSED),
        ("550 5.1.1 no such mailbox", Answer.REFUSED),
        ("550 5.2.1 closed", Answer.REFUSED),
        ("450 busy", Answer.FAILED),
        ("554 5.7.1 relay access denied", Answer.DECLINED),
        ("550 5.7.1 your address is blocked", Answer.DECLINED),
        ("552 5.2.2 full", Answer.FAILED),
        ("550 5.0.0 no such mailbox", Answer.REFUSED),
        ("554 5.0.0 no", Answer.DECLINED),
        ("550 5.2.0 not now", Answer.FAILED),
        ("550 5.2.121 too much at once", Answer.FAILED),
        ("552 5.2.3 too large", Answer.FAILED),
        ("553 5.1.8 your domain has no mail server", Answer.DECLINED),
        ("550 5.4.1 access denied", Answer.DECLINED),
        ("552 no", Answer.DECLINED),
        ("450 greylisted, client 5.1.99.12", Answer.FAILED),
    ],
)
def test_a_refused_recipient_is_a_bounce_and_a_passing_trouble_is_not(host, mailboxes, reply, answer):
    mailboxes.refuses["nobody@mail.example"] = reply

    first, second = mail_server(host.url).send([message("nobody@mail.example"), message()])

    assert first.answer is answer
    assert second.answer is Answer.ACCEPTED


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("550 5.1.1 no", Answer.REFUSED),
        ("554 no", Answer.DECLINED),
        ("550 5.0.0 no", Answer.DECLINED),
        ("452 full", Answer.FAILED),
        ("421 closing", Answer.RETRY),
    ],
)
def test_a_refusal_after_the_text_is_told_apart_too(host, mailboxes, reply, answer):
    mailboxes.data_answer = reply

    assert mail_server(host.url).send([message()])[0].answer is answer


@pytest.mark.parametrize(
    ("reply", "is_attempt"),
    [
        ("452 4.2.2 full", True), ("552 5.2.2 full", True), ("450 4.1.1 not now", True), ("452 4.3.1 full", False),
        ("451 4.3.0 look at our disks", False), ("550 5.4.5 too much today", False), ("554 5.7.1 relay access denied", False),
        ("451 4.1.8 your domain", False), ("450 busy", False),
    ],
)  # fmt: skip
def test_only_a_no_about_the_mailbox_was_an_attempt_to_reach_its_subscriber(
    host, mailboxes, reply, is_attempt
):
    mailboxes.refuses["tashi@mail.example"] = reply
    one = message()

    (result,) = mail_server(host.url).send([one])

    assert result.answer is (Answer.FAILED if is_attempt or reply < "5" else Answer.DECLINED)
    assert result.gateway_reference == (str(one.reference) if is_attempt else None)


def test_without_the_password_of_the_user_that_is_named_nothing_is_sent(host, mailboxes):
    url = host.url.replace("://", "://rollkeeper@")

    assert mail_server(url).send([message()])[0].answer is Answer.RETRY
    assert mailboxes.kept == []


def test_a_password_goes_to_no_other_machine_in_clear(monkeypatch):
    server = mail_server("smtp://rollkeeper@mail.example", password="invented")
    plain = SimpleNamespace(ehlo_or_helo_if_needed=lambda: None, has_extn=lambda _: False)

    with pytest.raises(NotEncrypted):
        server._greet(plain, None)


def test_a_refused_sender_is_our_own_fault_and_bounces_nobody(host, mailboxes):
    mailboxes.sender_answer = "550 who are you"

    assert mail_server(host.url).send([message()])[0].answer is Answer.RETRY


def test_when_the_server_breaks_off_what_was_sent_counts_and_the_rest_is_for_later(host, mailboxes):
    mailboxes.breaks_after = 2

    answers = mail_server(host.url).send([message() for _ in range(4)])

    assert [one.answer for one in answers] == [Answer.ACCEPTED, Answer.ACCEPTED, Answer.RETRY, Answer.RETRY]


def test_no_server_is_later():
    assert mail_server("smtp://127.0.0.1:9").send([message()])[0].answer is Answer.RETRY


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@x.example, b@y.example",
        "a@x.example\nBcc: b@y.example",
        "a b@x.example",
        "<a@x.example>",
    ],
)
def test_what_is_no_address_of_one_mailbox_is_sent_to_nobody(host, mailboxes, address):
    assert mail_server(host.url).send([message(address)])[0].answer is Answer.REFUSED
    assert not mailboxes.kept


def test_a_mailbox_in_another_script_is_reached_where_the_server_can(host, mailboxes):
    assert mail_server(host.url).send([message("扎西@mail.example")])[0].answer is Answer.ACCEPTED
    assert mailboxes.kept[0][1].rcpt_tos == ["扎西@mail.example"]


@pytest.fixture
def certificate(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    import ipaddress

    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return tmp_path


@pytest.fixture
def secure_host(certificate, mailboxes):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    running = MailHost(mailboxes, tls)
    running.start()
    yield running
    running.stop()


def test_a_server_that_offers_encryption_is_written_to_encrypted(
    secure_host, mailboxes, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))

    (answer,) = mail_server(secure_host.url).send([message()])

    assert answer.answer is Answer.ACCEPTED
    assert mailboxes.kept[0][0].ssl is not None


def test_a_server_with_a_certificate_that_nobody_vouches_for_gets_nothing(secure_host, mailboxes):
    (answer,) = mail_server(secure_host.url).send([message()])

    assert answer.answer is Answer.RETRY
    assert not mailboxes.kept


def test_an_instance_that_requires_encryption_sends_nothing_without_it(host, mailboxes):
    (answer,) = mail_server(host.url, demands_tls=True).send([message()])

    assert answer.answer is Answer.RETRY
    assert not mailboxes.kept


def test_a_mail_is_dated_by_the_instance_s_clock(host, mailboxes):
    clock.set_demo_date(dt.date(2012, 3, 2))

    mail_server(host.url).send([message()])

    assert parsed(mailboxes.kept[0][1])["Date"].datetime.year == 2012
