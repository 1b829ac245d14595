# SPDX-License-Identifier: EUPL-1.2
"""The settings of notices: the channels, their order, and the servers behind them."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from rollkeeper.kernel.instance import LONGEST_NAME
from rollkeeper.kernel.setting_values import address_parts, each_once, of_form, whole_path
from rollkeeper.kernel.settings import OnPages, Table, table

_MAIL_ADDRESS = of_form(
    r"[^@\s,;<>]+@[^@\s,;<>]+", form="write one e-mail address, such as alarms@operator.example"
)


def _known_mail_server(url: str) -> str:
    form = "write it as smtp://host:port or smtps://host:port"
    parts = address_parts(url, form=form)
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError(form)
    if parts.password:
        raise ValueError("the password belongs into secrets/smtp.password, not into the address")
    return url


def _known_message_centre(url: str) -> str:
    form = "write it as smpp://name@host:port or smpps://name@host:port"
    parts = address_parts(url, form=form)
    if parts.scheme not in {"smpp", "smpps"} or not parts.username:
        raise ValueError(form)
    if parts.password:
        raise ValueError("the password belongs into secrets/smpp.password, not into the address")
    return url


class Notices(Table):
    """Notices to subscribers: channels, languages, hours, and the servers that carry them."""

    channels: Annotated[
        list[Literal["sms", "voice", "email", "post"]],
        Field(
            min_length=1,
            description="Tried in this order until one brings proof.",
        ),
        AfterValidator(each_once),
    ] = ["sms", "voice", "email", "post"]
    languages: Annotated[
        list[str],
        Field(
            description="For subscribers without a chosen language, one after the other; empty: `instance.languages`."
        ),
        AfterValidator(each_once),
    ] = []
    tries: Annotated[
        int,
        Field(
            gt=0,
            description="Tries before the next channel if the gateway is out of reach; a day apart if a mailbox is full, a "
            "mail server declines, or a call is not answered.",
        ),
    ] = 5
    last_day_days: Annotated[
        int,
        Field(
            gt=0,
            le=366,
            description="Days before the last day of a registration on which its subscriber is reminded.",
        ),
    ] = 14
    wait_days: Annotated[
        int, Field(gt=0, le=366, description="Days to wait for proof of delivery before the next channel.")
    ] = 3
    quiet_from: Annotated[
        dt.time, Field(description="Start of the quiet hours for SMS and calls."), OnPages()
    ] = dt.time(21)
    quiet_until: Annotated[dt.time, Field(description="End of the quiet hours."), OnPages()] = dt.time(8)
    genuine_senders: Annotated[
        list[str],
        Field(description="Sender names and numbers published as genuine next to the care number."),
    ] = []
    smtp_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _known_mail_server(url)),
        Field(
            description="smtp://user@host:port or smtps://..., password in secrets/smtp.password; empty: no e-mail."
        ),
    ] = None
    smtp_requires_tls: Annotated[bool, Field(description="Send no e-mail to a server without STARTTLS.")] = (
        False
    )
    bounce_mailbox: Annotated[
        str | None,
        of_form(
            r"[^@\s+]{1,20}@[^@\s,;<>]+",
            form="write an e-mail address without + and with at most 20 signs before the @, such as reports@operator.example",
        ),
        Field(
            description="The mailbox for mail servers' reports (NAME+tag@...); empty: the sender, and none is read.",
        ),
    ] = None
    bounce_mailbox_path: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(description="The absolute path of its maildir or mbox, read every minute; empty: by hand."),
    ] = None
    smpp_url: Annotated[
        str | None,
        AfterValidator(lambda url: url and _known_message_centre(url)),
        Field(
            description="smpp://name@host:port or smpps://... of the message centre, password in secrets/smpp.password; "
            "empty: no SMS, in a demo instance the file outbox."
        ),
    ] = None
    smpp_sender: Annotated[
        str | None,
        of_form(
            r"\+?[0-9]{1,20}|[A-Za-z0-9 .-]{1,11}",
            form="write a number, such as 10086, or at most 11 letters and figures",
        ),
        Field(
            description="The sender of SMS; empty: the care number.",
        ),
    ] = None
    sms_signature: Annotated[
        str | None,
        Field(
            min_length=2,
            max_length=LONGEST_NAME,
            description="The signature of SMS as registered with the networks, without brackets; empty: the operator's name.",
        ),
        of_form(
            r"[^【】\[\]\s]+( [^【】\[\]\s]+)*",
            form="write it without brackets, and with single spaces between words only",
        ),
    ] = None
    sms_signed_by_gateway: Annotated[
        bool,
        Field(description="The message centre adds the signature: none is written."),
    ] = False
    smpp_report_ids: Annotated[
        Literal["same", "decimal", "hexadecimal"] | None,
        Field(
            description="Ids in the centre's reports: the 'same' as in its answers, or 'decimal' or 'hexadecimal'; empty: no "
            "report is believed."
        ),
    ] = None
    smpp_reports: Annotated[
        Literal["part", "message"],
        Field(description="The centre reports each 'part' of a long SMS, or the 'message' once."),
    ] = "part"
    smpp_window: Annotated[
        int, Field(ge=1, le=1000, description="Most SMS parts without the centre's answer.")
    ] = 10
    smpp_per_second: Annotated[float, Field(gt=0, description="SMS parts for each second.")] = 50
    voice_program: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(
            description="The absolute path of the operator's program for calls (docs/notices.md); empty: none, in a demo "
            "instance the file outbox."
        ),
    ] = None
    post_program: Annotated[
        str | None,
        AfterValidator(lambda name: name and whole_path(name)),
        Field(description="The same for letters."),
    ] = None
    post_batch: Annotated[int, Field(ge=1, le=200, description="Most letters in one file.")] = 200
    post_from: Annotated[
        dt.time, Field(description="Start of the hours for printing letters."), OnPages()
    ] = dt.time(9)
    post_until: Annotated[
        dt.time, Field(description="Their end; equal to post_from: at any time."), OnPages()
    ] = dt.time(10)
    post_wait_days: Annotated[
        int, Field(gt=0, le=366, description="Days to wait for a letter's slip before the next channel.")
    ] = 21
    post_returns_to: Annotated[
        list[Annotated[str, Field(max_length=80)]],
        Field(max_length=4, description="The address for slips and undeliverable letters, by line."),
    ] = []
    alarms_to: Annotated[
        str | None,
        _MAIL_ADDRESS,
        Field(
            description="The e-mail address for alarms, such as the data protection officer's (needs smtp_url)."
        ),
    ] = None
    outbox_full_addresses: Annotated[
        bool,
        Field(description="Demo instances: do not mask addresses in the file outbox."),
    ] = False
    outbox_bounce_share: Annotated[
        float,
        Field(ge=0, le=1, description="Demo instances: share of messages that bounce."),
    ] = 0.05
    email_from: Annotated[str, _MAIL_ADDRESS, Field(description="The sender of e-mail notices.")] = (
        "register@operator.example"
    )


settings = table("notices", Notices)
