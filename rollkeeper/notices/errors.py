# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package notices."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

TEXT_FAULT = Refusal(
    "text_fault",
    Kind.INTERNAL,
    "{file}: the text '{text}' cannot be used: {why}.",
    "Correct the file; the head of en.toml next to it has the rules for texts.",
)
LINK_IN_NOTICE = Refusal(
    "link_in_notice",
    Kind.REFUSED,
    "The notice '{text}' would contain something that looks like a link; it is not sent.",
    "Remove it from 'instance.operator_name' or 'instance.care_number' in settings.toml: subscribers are told never to follow links.",
)


class DeliveryReportFault(RollkeeperError):
    """A row of a file of delivery reports cannot be read."""

    code = "delivery_report_fault"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}, column '{column}': {why}."
    remedy = "Each row has 'reference', 'outcome' (delivered or bounced) and, if known, 'at'. Nothing was imported."


class NoNotice(RollkeeperError):
    """No notice with this code was ever owed for this line."""

    code = "no_notice"
    kind = Kind.NOT_FOUND
    sentence = "This line has no notice of ours with this code."
    remedy = "Warn the caller that the message is not genuine; they should not follow it."


NO_BOUNCE_MAILBOX = Refusal(
    "no_bounce_mailbox",
    Kind.MALFORMED,
    "{folder} is not a maildir or mbox that can be read and locked.",
    "Name the directory or the file to which mail for 'notices.bounce_mailbox' is delivered; docs/notices.md says how.",
)
NO_RETURN_ADDRESS = Refusal(
    "no_return_address",
    Kind.MALFORMED,
    "No mailbox for reports is configured.",
    "Set 'notices.bounce_mailbox' in settings.toml; docs/notices.md says how.",
)
NO_MESSAGE_CENTRE = Refusal(
    "no_message_centre",
    Kind.MALFORMED,
    "No short message centre is configured.",
    "Set 'notices.smpp_url' in settings.toml; docs/notices.md says how.",
)
REPORT_IDS_UNKNOWN = Refusal(
    "report_ids_unknown",
    Kind.MALFORMED,
    (
        "Delivery reports are waiting because the message centre's id format is not configured: {same} match a message as they are, {decimal} if they are decimal and the answers hexadecimal, {hexadecimal} the other way round."
    ),
    (
        "Compare one message in the centre's own log (docs/notices.md says how) and set 'notices.smpp_report_ids' in settings.toml to the format that matches most, before 'notices.wait_days' are over: after that these messages count as unproven, and the next channel is used and paid for."
    ),
)


class VoiceProgramFailed(RollkeeperError):
    """The program that places calls does not answer."""

    code = "voice_program_failed"
    kind = Kind.MALFORMED
    sentence = "Calls can neither be placed nor queried: {why}."
    remedy = "Check 'notices.voice_program' in settings.toml; docs/notices.md describes the requests to the program."
