"""Mails about mails, as mail servers write them."""

from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from rollkeeper.notices.verp import return_address

SECRET = b"\x07" * 32
MAILBOX = "reports@operator.example"


def dsn(attempt, *, action="failed", status="5.1.1", to=None, envelope=None, recipients=1, secret=SECRET):
    """A delivery status notification (RFC 3464)."""
    mail = MIMEMultipart("report")
    mail.set_param("report-type", "delivery-status")
    mail["From"] = "MAILER-DAEMON@mail.example"
    mail["To"] = to or return_address(MAILBOX, attempt_id=attempt, secret=secret)
    mail["Subject"] = "Delivery Status Notification"
    mail.attach(MIMEText("What became of your mail to tashi@mail.example"))
    lines = [
        "Reporting-MTA: dns; mx.mail.example",
        *([f"Original-Envelope-Id: {envelope}"] if envelope else []),
    ]
    for _ in range(recipients):
        lines += ["", "Final-Recipient: rfc822; tashi@mail.example", f"Action: {action}", f"Status: {status}"]
    mail.attach(_status("\n".join(lines) + "\n"))
    return mail.as_bytes()


def nested(attempt, levels, *, secret=SECRET):
    """A mail in a mail in a mail, to a return address."""
    to = return_address(MAILBOX, attempt_id=attempt, secret=secret)
    return f"To: {to}\n".encode() + b"Content-Type: message/rfc822\n\n" * levels + b"Losar\n"


def _status(text):
    from email import message_from_string

    return message_from_string("Content-Type: message/delivery-status\n\n" + text)


def answer(attempt, *, secret=SECRET, automatic=True):
    """What a person, or a machine in their place, answers."""
    mail = MIMEText("I am away until Losar. Your line is registered, delivered, thank you.")
    mail["From"] = "tashi@mail.example"
    mail["To"] = return_address(MAILBOX, attempt_id=attempt, secret=secret)
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
    return mail.as_bytes()
