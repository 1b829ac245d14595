# SPDX-License-Identifier: EUPL-1.2
"""How the back office says the register's words, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.ledger.labels import FIELDS
from rollkeeper.notices.choices import NO_LANGUAGE

STAGES: dict[str, Promise] = {
    "out_of_scope": _("Registered or left"),
    "terminated": _("Terminated"),
    "suspended": _("Suspended"),
    "running": _("Notified, days running"),
    "not_notified": _("Not yet notified"),
}
STAGE_NOTES: dict[str, Promise] = {
    "out_of_scope": _("No business of the campaign any more."),
    "terminated": _("By an approved batch; records wait for their last day."),
    "suspended": _("Emergency calls, the care number and registration still work."),
    "running": _("Proof that the subscriber was notified; the days of grace are counted."),
    "not_notified": _("No proof yet, so no clock runs and nothing can fall due."),
}
ACTIONS: dict[str, Promise] = {"suspend": _("Suspend"), "terminate": _("Terminate")}
STATES: dict[str, Promise] = {
    "waiting": _("Waiting for approval"),
    "approved": _("Approved"),
    "running": _("Running"),
    "stopped": _("Stopped"),
    "done": _("Done"),
    "undo_requested": _("To be undone"),
    "undone": _("Undone"),
}
STATE_COLOURS = {
    "waiting": "yellow",
    "approved": "blue",
    "running": "blue",
    "stopped": "red",
    "done": "green",
    "undo_requested": "orange",
    "undone": "grey",
}
SERVICES: dict[str, Promise] = {
    "mobile": _("Mobile"),
    "data_card": _("Data card"),
    "fixed_line": _("Fixed line"),
    "internet_access": _("Internet access"),
    "domain": _("Domain"),
    "address_block": _("Address block"),
    "hosted_site": _("Hosted site"),
}
SAMPLE_KINDS: dict[str, Promise] = {
    "registered": _("registered"),
    "corrected": _("record corrected"),
    "transferred": _("transferred to another subscriber"),
    "suspended": _("suspended for want of registration"),
    "restored": _("restored by an undo"),
    "terminated": _("terminated"),
    "notice_delivered": _("a notice provably arrived"),
}
LINE_STATES: dict[str, Promise] = {
    "active": _("Active"),
    "suspended": _("Suspended"),
    "terminated": _("Terminated"),
    "released": _("Number released"),
}
REASONS: dict[str, Promise] = {
    "registered": _("registered in the meantime"),
    "over": _("the contract was terminated otherwise"),
    "disputed": _("disputed"),
    "essential": _("essential"),
    "changed": _("changed since it was prepared"),
    "changing": _("another process was working on it"),
    "not_due": _("not due any more"),
    "unbarred": _("the network does not bar it"),
}
CHANNELS: dict[str, Promise] = {
    "sms": _("Text message"),
    "voice": _("Call"),
    "email": _("E-mail"),
    "post": _("Letter"),
}
LETTER_VERDICTS: dict[str, Promise] = {
    "arrived": _("Arrived"),
    "returned": _("Returned"),
    "not_ours": _("None of ours"),
}
LETTER_OUTCOMES: dict[str, Promise] = {
    "accepted": _("Under way"),
    "delivered": _("Arrived"),
    "bounced": _("Returned"),
    "unproven": _("No slip received in time"),
}
WAIVER_REASONS: dict[str, Promise] = {
    "no_channel_known": _("Neither the line nor any address reaches a person"),
    "every_channel_failed": _("All channels failed"),
    "no_person": _("There is no person: a machine, or a line never given out"),
    "subscriber_died": _("The subscriber died"),
    "other": _("Another reason"),
}
NOTICE_STATES: dict[str, Promise] = {
    "queued": _("To be sent"),
    "sent": _("Sent, not proved"),
    "bounced": _("Failed"),
    "unreachable": _("No channel known"),
    "withdrawn": _("Withdrawn"),
}
REFUSAL_REASONS: dict[str, Promise] = {
    "no_power": _("The law provides for no such request"),
    "not_confirmed": _("The power is not confirmed in the official text"),
    "wrong_instrument": _("The law wants another instrument"),
    "too_wide": _("It asks for more than the law lets it"),
    "too_many": _("It names more people than the law lets it"),
    "expired": _("Its last day has passed"),
    "key_over": _("The authority is not approved, or its key has expired"),
    "not_genuine": _("It is not genuine"),
    "unclear": _("It is unclear, or was entered wrongly"),
    "not_needed": _("Something less would do"),
    "danger": _("The person would be in danger"),
}
DISCLOSURE_STATES: dict[str, Promise] = {
    "waiting": _("Waiting for two people"),
    "approved": _("Approved by both"),
    "opened": _("Opened"),
    "delivered": _("Delivered"),
    "refused": _("Refused"),
    "expired": _("Ran out"),
}
INSTRUMENTS: dict[str, Promise] = {
    "warrant": _("Warrant"),
    "written_order": _("Written order"),
    "subpoena": _("Subpoena"),
}
OUTCOMES: dict[str, Promise] = {
    "held": _("What it names was sealed to it"),
    "nothing_held": _("Nothing held"),
}
AGENT_STATES: dict[str, Promise] = {
    "candidate": _("Candidate"),
    "approved": _("Approved"),
    "suspended": _("Agent suspended"),
    "terminated": _("Agent terminated"),
}
SUSPENSION_CAUSES: dict[str, Promise] = {
    "fraud": _("Fraud"),
    "requirement": _("A requirement is not met any more"),
    "audit": _("A finding was not remediated"),
    "complaint": _("A complaint"),
    "asked": _("The agent asked for it"),
}
PATTERNS: dict[str, Promise] = {
    "rate": _("More in ten minutes than one account can look after"),
    "one_person": _("One document behind many lines"),
    "outlets": _("One account at two outlets on one day"),
    "hours": _("Registered outside the opening hours and submitted later"),
    "after_suspension": _("Registered before the agent was suspended, submitted afterwards"),
    "duplicate_image": _("The same document image for another line"),
    "abandoned": _("Many document images, few registrations"),
    "not_confirmed": _("Asked to be confirmed, and its days are over: decide"),
}
VERDICTS: dict[str, Promise] = {
    "cleared": _("Nothing is wrong"),
    "reverify": _("Ask the subscriber to confirm"),
}
ABOUT: dict[str, Promise] = {
    "account": _("Accounts of staff"),
    "agent": _("The accounts of an agent"),
    "device": _("The accounts at a device"),
    "key_epoch": _("An epoch of keys"),
    "table": _("A table without the keys"),
    "window": _("All that was opened in a time"),
}
SEVERITIES: dict[str, Promise] = {"ordinary": _("Ordinary"), "serious": _("Serious")}
DUTIES: dict[str, Promise] = {
    "self": _("Remedy it"),
    "regulator": _("Report to the authority"),
    "person": _("Notify the people"),
    "police": _("Report to the police"),
}
STEPS: dict[str, Promise] = {
    "scope": _("Find out whom it exposed"),
    "suspend_accounts": _("Close its accounts"),
    "sign_out_everyone": _("Sign everyone out"),
    "rotate_keys": _("Renew the keys"),
    "reseal": _("Reseal everything"),
    "notify_people": _("Send the notices to the people"),
}
STEP_NOTES: dict[str, Promise] = {
    "scope": _("By reference alone; nothing is opened. The notice to each person is drafted with it."),
    "suspend_accounts": _("The accounts that it is about sign in nowhere from then on."),
    "sign_out_everyone": _(
        "Every session of staff and every session of a subscriber ends; everybody may sign in again."
    ),
    "rotate_keys": _("A new epoch begins, everything is sealed to it, and the older keys are destroyed."),
    "reseal": _("Goes on with a renewal that broke off, or makes a new one."),
    "notify_people": _("Each person is notified once, in their language, by the channels of notices."),
}
STEP_STATES: dict[str, Promise] = {
    "waiting": _("Waits for another person"),
    "approved": _("Is being done"),
    "done": _("Done"),
    "failed": _("Could not be done"),
    "withdrawn": _("Withdrawn"),
}
LANGUAGE_NAMES: dict[str, Promise | str] = {
    "en": "English", "zh-hans": "中文", "bo": "བོད་ཡིག", NO_LANGUAGE: _("no language named"),
}  # fmt: skip
LEAKED: Mapping[str, Promise | str] = {
    **FIELDS,
    "instrument": _("the instrument of a disclosure request"),
    "record": _("the whole record, as it was recorded offline"),
    "other": _("another field"),
}
VOCABULARY: dict[str, Mapping[str, Promise | str]] = {
    "about": ABOUT,
    "severity": SEVERITIES,
    "duty": DUTIES,
    "step": STEPS,
    "step_note": STEP_NOTES,
    "step_state": STEP_STATES,
    "language": LANGUAGE_NAMES,
    "agent_state": AGENT_STATES,
    "suspension_cause": SUSPENSION_CAUSES,
    "pattern": PATTERNS,
    "refusal_reason": REFUSAL_REASONS,
    "disclosure_state": DISCLOSURE_STATES,
    "instrument": INSTRUMENTS,
    "outcome": OUTCOMES,
    "sample_kind": SAMPLE_KINDS,
    "field": LEAKED,
    "stage": STAGES,
    "stage_note": STAGE_NOTES,
    "action": ACTIONS,
    "state": STATES,
    "service": SERVICES,
    "line_state": LINE_STATES,
    "reason": REASONS,
    "channel": CHANNELS,
    "waive": WAIVER_REASONS,
    "notice_state": NOTICE_STATES,
    "letter_verdict": LETTER_VERDICTS,
    "letter_outcome": LETTER_OUTCOMES,
}


def say(word: str | None, vocabulary: str) -> str:
    """Return how a word of the register is said; one that nobody has put into words yet, as it is."""
    if not word:
        return ""
    return str(VOCABULARY[vocabulary].get(str(word), str(word).replace("_", " ")))
