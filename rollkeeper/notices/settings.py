# SPDX-License-Identifier: EUPL-1.2
"""The settings of notices: the channels, their order, and the servers behind them."""

import datetime as dt
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from rollkeeper.kernel.setting_values import each_once, whole_path
from rollkeeper.kernel.settings import Table, table


def _known_mail_server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("write it as smtp://host:port or smtps://host:port")
    if parts.password:
        raise ValueError("the password belongs into secrets/smtp.password, not into the address")
    return url


def _known_message_centre(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"smpp", "smpps"} or not parts.hostname or not parts.username:
        raise ValueError("write it as smpp://name@host:port or smpps://name@host:port")
    if parts.password:
        raise ValueError("the password belongs into secrets/smpp.password, not into the address")
    return url


class Notices(Table):
    """Notices to subscribers: channels, languages, hours, and the servers that carry them."""

    channels: Annotated[
        list[Literal["sms", "voice", "email", "post"]],
        Field(
            min_length=1,
            description="Ways to reach a subscriber, tried in this order until one leads to proof.",
        ),
        AfterValidator(each_once),
    ] = ["sms", "voice", "email", "post"]
    languages: Annotated[
        list[str],
        Field(
            description="Languages of notices to whoever has named none, one after the other in each. Empty: all of `instance.languages`."
        ),
        AfterValidator(each_once),
    ] = []
    tries: Annotated[
        int,
        Field(
            gt=0,
            description="Tries by one way before the next way, where its gateway is out of reach, and, a day apart, where a"
            " mailbox is full, a mail server declines, or nobody takes a call.",
        ),
    ] = 5
    wait_days: Annotated[
        int, Field(gt=0, description="Days to wait for proof of delivery before the next way is tried.")
    ] = 3
    quiet_from: Annotated[
        dt.time, Field(description="From this time of day nothing is sent that rings or buzzes.")
    ] = dt.time(21)
    quiet_until: Annotated[dt.time, Field(description="Until this time of day.")] = dt.time(8)
    genuine_senders: Annotated[
        list[str],
        Field(
            description="Further sender names and numbers that are published as genuine, beside the care number."
        ),
    ] = []
    smtp_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _known_mail_server(url)),
        Field(
            description="smtp://user@host:port or smtps://... for e-mail notices, the password in"
            " secrets/smtp.password; empty: no e-mail."
        ),
    ] = None
    smtp_requires_tls: Annotated[
        bool, Field(description="Send no e-mail where the server does not offer STARTTLS.")
    ] = False
    bounce_mailbox: Annotated[
        str | None,
        Field(
            pattern=r"^[^@\s+]{1,20}@[^@\s]+$",
            description="The mailbox to which mail servers report about e-mail notices, each under an address of its own"
            " (NAME+tag@...); empty: the sender, and reports are not read.",
        ),
    ] = None
    bounce_mailbox_path: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(
            description="The maildir or mbox of that mailbox, as a whole path, to be read by itself every minute; empty: only"
            " 'notices collect --mail' reads it."
        ),
    ] = None
    smpp_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _known_message_centre(url)),
        Field(
            description="smpp://name@host:port or smpps://... of the short message centre, the password in"
            " secrets/smpp.password; empty: no SMS, in a demo instance the file outbox."
        ),
    ] = None
    smpp_sender: Annotated[
        str | None,
        Field(
            pattern=r"^(\+?[0-9]{1,20}|[A-Za-z0-9 .-]{1,11})$",
            description="The sender of SMS; empty: the care number.",
        ),
    ] = None
    sms_signature: Annotated[
        str | None,
        Field(
            min_length=2,
            max_length=20,
            pattern=r"^[^【】\[\]\s]+( [^【】\[\]\s]+)*$",
            description="The name with which an SMS is signed, as it was registered with the carriers, without brackets; empty: the"
            " operator's name.",
        ),
    ] = None
    sms_signed_by_gateway: Annotated[
        bool,
        Field(
            description="The short message centre puts the signature before each SMS by itself: none is written."
        ),
    ] = False
    smpp_report_ids: Annotated[
        Literal["same", "decimal", "hexadecimal"] | None,
        Field(
            description="How the centre's reports name a message: by the 'same' id as its answer, or by the same number in"
            " 'decimal' or 'hexadecimal' where the answer has it in the other. Empty: no report is believed, and all wait."
        ),
    ] = None
    smpp_reports: Annotated[
        Literal["part", "message"],
        Field(
            description="Whether the centre reports of each 'part' of a long SMS, or once of the whole 'message'."
        ),
    ] = "part"
    smpp_window: Annotated[
        int, Field(ge=1, le=1000, description="Parts of SMS on their way at once, unanswered by the centre.")
    ] = 10
    smpp_per_second: Annotated[
        float, Field(gt=0, description="Parts of SMS given to the centre in a second.")
    ] = 50
    voice_program: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(
            description="A program of the operator's that places calls, as a whole path; empty: no calls, in a demo instance the"
            " file outbox. docs/notices.md says what it is asked."
        ),
    ] = None
    post_program: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(
            description="A program of the operator's that prints and posts letters, as a whole path; empty: no letters, in a"
            " demo instance the file outbox. docs/notices.md says what it is given."
        ),
    ] = None
    post_batch: Annotated[
        int, Field(ge=1, le=200, description="Letters in one file at most, behind its cover sheet.")
    ] = 200
    post_from: Annotated[
        dt.time, Field(description="From this time of day letters are printed, those of a day together.")
    ] = dt.time(9)
    post_until: Annotated[
        dt.time, Field(description="Until this time of day; the same as post_from: at any time.")
    ] = dt.time(10)
    post_wait_days: Annotated[
        int, Field(gt=0, description="Days to wait for a letter's slip before the next way is tried.")
    ] = 21
    post_returns_to: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=4, description="Where slips and letters that nobody took go, a line each."),
    ] = []
    alarms_to: Annotated[
        str | None,
        Field(
            pattern=r"^[^@\s]+@[^@\s]+$",
            description="Who is notified of alarms by e-mail, such as the data protection officer (needs smtp_url); empty: nobody.",
        ),
    ] = None
    outbox_full_addresses: Annotated[
        bool,
        Field(
            description="Demo instances: write whole addresses into the file outbox instead of masked ones."
        ),
    ] = False
    outbox_bounce_share: Annotated[
        float,
        Field(ge=0, le=1, description="Demo instances: share of messages that the file outbox lets bounce."),
    ] = 0.05
    email_from: Annotated[
        str, Field(pattern=r"^[^@\s]+@[^@\s]+$", description="The sender of e-mail notices.")
    ] = "register@operator.example"


settings = table("notices", Notices)
