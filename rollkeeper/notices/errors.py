# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package notices."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

TEXT_FAULT = Refusal(
    "text_fault",
    Kind.INTERNAL,
    "{file}: the text '{text}' cannot be used: {why}.",
    "Mend the file; en.toml beside it says at its head what every text must keep.",
)
LINK_IN_NOTICE = Refusal(
    "link_in_notice",
    Kind.REFUSED,
    "The notice '{text}' would carry something that looks like a link; it is not sent.",
    "Take it out of 'instance.operator_name' or 'instance.care_number' in settings.toml: people are asked never to follow links.",
)


class DeliveryReportFault(RollkeeperError):
    """A row of a file of delivery reports cannot be read."""

    code = "delivery_report_fault"
    kind = Kind.MALFORMED
    sentence = "{file}, row {row}, column '{column}': {why}."
    remedy = "Each row has 'reference', 'outcome' (delivered or bounced) and, if known, 'at'. Nothing was taken in."


class NoNotice(RollkeeperError):
    """No notice with this code was ever owed for this line."""

    code = "no_notice"
    kind = Kind.NOT_FOUND
    sentence = "No notice of ours with this code belongs to this line."
    remedy = "Warn the caller that the message is not genuine; they should not follow it."


NO_BOUNCE_MAILBOX = Refusal(
    "no_bounce_mailbox",
    Kind.MALFORMED,
    "{folder} is no maildir and no mbox that can be read and locked.",
    "Name the folder or the file into which mail to 'notices.bounce_mailbox' is delivered; docs/notices.md says how.",
)
NO_RETURN_ADDRESS = Refusal(
    "no_return_address",
    Kind.MALFORMED,
    "No mailbox for reports is set: no mail can be about a notice of ours.",
    "Set 'notices.bounce_mailbox' in settings.toml; docs/notices.md says how.",
)
NO_MESSAGE_CENTRE = Refusal(
    "no_message_centre",
    Kind.MALFORMED,
    "No short message centre is set: there is nobody to listen to.",
    "Set 'notices.smpp_url' in settings.toml; docs/notices.md says how.",
)
REPORT_IDS_UNKNOWN = Refusal(
    "report_ids_unknown",
    Kind.MALFORMED,
    (
        "Delivery reports wait, since nobody said how the message centre writes ids in them: {same} fit a message as they are,"
        " {decimal} if they are decimal and the answers hexadecimal, {hexadecimal} the other way round."
    ),
    (
        "Look at one message in the centre's own log (docs/notices.md says how) and set 'notices.smpp_report_ids' in settings.toml to the one"
        " that fits most, before 'notices.wait_days' are over: then these messages count as unproven, and the next channel is paid for."
    ),
)


class VoiceProgramFailed(RollkeeperError):
    """The program that places calls does not answer."""

    code = "voice_program_failed"
    kind = Kind.MALFORMED
    sentence = "Calls can neither be placed nor asked about: {why}."
    remedy = (
        "Look at 'notices.voice_program' in settings.toml; docs/notices.md says what the program is asked."
    )
