# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package notices."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class TextFault(RollkeeperError):
    """A text that subscribers would get cannot be used as it stands."""

    code = "text_fault"
    kind = Kind.INTERNAL
    sentence = "{file}: the text '{text}' cannot be used: {why}."
    remedy = "Mend the file; en.toml beside it says at its head what every text must keep."


class LinkInNotice(RollkeeperError):
    """A notice would carry something that looks like a link."""

    code = "link_in_notice"
    kind = Kind.REFUSED
    sentence = "The notice '{text}' would carry something that looks like a link; it is not sent."
    remedy = "Take it out of 'instance.operator_name' or 'instance.care_number' in settings.toml: people are asked never to follow links."


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


class NoBounceMailbox(RollkeeperError):
    """The place of the mail about mails is no mailbox."""

    code = "no_bounce_mailbox"
    kind = Kind.MALFORMED
    sentence = "{folder} is no maildir and no mbox that can be read and locked."
    remedy = "Name the folder or the file into which mail to 'notices.bounce_mailbox' is delivered; docs/notices.md says how."


class NoReturnAddress(RollkeeperError):
    """There is no address to which mail servers would report."""

    code = "no_return_address"
    kind = Kind.MALFORMED
    sentence = "No mailbox for reports is set: no mail can be about a notice of ours."
    remedy = "Set 'notices.bounce_mailbox' in settings.toml; docs/notices.md says how."


class NoMessageCentre(RollkeeperError):
    """There is no short message centre to listen to."""

    code = "no_message_centre"
    kind = Kind.MALFORMED
    sentence = "No short message centre is set: there is nobody to listen to."
    remedy = "Set 'notices.smpp_url' in settings.toml; docs/notices.md says how."


class ReportIdsUnknown(RollkeeperError):
    """Delivery reports have come, and nobody said how the message centre writes ids in them."""

    code = "report_ids_unknown"
    kind = Kind.MALFORMED
    sentence = (
        "Delivery reports wait, since nobody said how the message centre writes ids in them: {same} fit a message as they are,"
        " {decimal} if they are decimal and the answers hexadecimal, {hexadecimal} the other way round."
    )
    remedy = (
        "Look at one message in the centre's own log (docs/notices.md says how) and set 'notices.smpp_report_ids' in settings.toml to the one"
        " that fits most, before 'notices.wait_days' are over: then these messages count as unproven, and the next channel is paid for."
    )


class VoiceProgramFailed(RollkeeperError):
    """The program that places calls does not answer."""

    code = "voice_program_failed"
    kind = Kind.MALFORMED
    sentence = "Calls can neither be placed nor asked about: {why}."
    remedy = (
        "Look at 'notices.voice_program' in settings.toml; docs/notices.md says what the program is asked."
    )
