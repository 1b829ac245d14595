# SPDX-License-Identifier: EUPL-1.2
"""How the office says the register's words, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.ledger.words import FIELDS
from rollkeeper.notices.kinds import NONE_NAMED

STAGES: dict[str, Promise] = {
    "left": _("Registered or left"),
    "ended": _("Terminated"),
    "suspended": _("Suspended"),
    "counting": _("Told, days running"),
    "untold": _("Not yet told"),
}
STAGE_NOTES: dict[str, Promise] = {
    "left": _("No business of the campaign any more."),
    "ended": _("By an approved batch; records wait for their last day."),
    "suspended": _("Emergency calls, the care number and registration still work."),
    "counting": _("Proof that the holder was told; the days of grace are counted."),
    "untold": _("No proof yet, so no clock runs and nothing can fall due."),
}
ACTIONS: dict[str, Promise] = {"suspend": _("Suspend"), "end": _("Terminate")}
STATES: dict[str, Promise] = {
    "waiting": _("Waiting for approval"),
    "approved": _("Approved"),
    "running": _("Running"),
    "stopped": _("Stopped"),
    "done": _("Done"),
    "undo_asked": _("To be undone"),
    "undone": _("Undone"),
}
STATE_COLOURS = {
    "waiting": "yellow",
    "approved": "blue",
    "running": "blue",
    "stopped": "red",
    "done": "green",
    "undo_asked": "orange",
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
    "transferred": _("transferred to somebody else"),
    "suspended": _("suspended for want of registration"),
    "restored": _("restored by an undo"),
    "ended": _("terminated"),
    "notice_delivered": _("a notice provably arrived"),
}
LINE_STATES: dict[str, Promise] = {
    "active": _("Active"),
    "suspended": _("Suspended"),
    "ended": _("Terminated"),
    "released": _("Number released"),
}
REASONS: dict[str, Promise] = {
    "registered": _("registered in the meantime"),
    "over": _("the contract ended otherwise"),
    "disputed": _("disputed"),
    "protected": _("protected"),
    "changed": _("changed since it was drawn up"),
    "changing": _("somebody was at work on it"),
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
    "came_back": _("Came back"),
    "not_ours": _("None of ours"),
}
LETTER_OUTCOMES: dict[str, Promise] = {
    "handed": _("Under way"),
    "delivered": _("Arrived"),
    "bounced": _("Came back"),
    "unproven": _("No slip came in time"),
}
EXCUSES: dict[str, Promise] = {
    "no_way_known": _("Neither the line nor any address reaches anybody"),
    "every_channel_failed": _("Every way was tried in vain"),
    "no_person": _("There is no person: a machine, or a line never given out"),
    "holder_died": _("The holder died"),
    "other": _("Another reason"),
}
NOTICE_STATES: dict[str, Promise] = {
    "owed": _("To be sent"),
    "sent": _("Sent, not proved"),
    "bounced": _("Tried in vain"),
    "unreachable": _("No way known"),
    "withdrawn": _("Withdrawn"),
}
BECAUSE: dict[str, Promise] = {
    "no_power": _("The law knows no such demand"),
    "not_confirmed": _("Nobody has confirmed the power in the official text"),
    "wrong_instrument": _("The law wants another instrument"),
    "too_wide": _("It asks for more than the law lets it"),
    "too_many": _("It names more people than the law lets it"),
    "expired": _("Its last day has passed"),
    "key_over": _("The authority is not admitted, or its key has run out"),
    "not_genuine": _("It is not genuine"),
    "unclear": _("It is unclear, or was entered wrongly"),
    "not_needed": _("Something less would do"),
    "danger": _("The person would be in danger"),
}
DEMAND_STATES: dict[str, Promise] = {
    "waiting": _("Waiting for two people"),
    "approved": _("Both said yes"),
    "opened": _("Opened"),
    "handed_over": _("Handed over"),
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
    "admitted": _("Admitted"),
    "suspended": _("Agent suspended"),
    "ended": _("Agent ended"),
}
AGENT_REASONS: dict[str, Promise] = {
    "fraud": _("Fraud"),
    "requirement": _("A requirement is not met any more"),
    "audit": _("A finding was not mended"),
    "complaint": _("A complaint"),
    "asked": _("The agent asked for it"),
}
PATTERNS: dict[str, Promise] = {
    "rate": _("More in ten minutes than one account can look after"),
    "one_person": _("One document behind many lines"),
    "places": _("One account at two places on one day"),
    "hours": _("Taken down outside the hours and handed in later"),
    "after_suspension": _("Taken down before the agent was suspended, handed in after"),
    "copy_twice": _("The same picture of a document for another line"),
    "abandoned": _("Many pictures of documents, few registrations"),
    "not_confirmed": _("Asked to be confirmed, and its days are over: decide"),
}
VERDICTS: dict[str, Promise] = {
    "cleared": _("Nothing is wrong"),
    "recheck": _("Ask the holder to confirm"),
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
    "person": _("Tell the people"),
    "police": _("Report to the police"),
}
STEPS: dict[str, Promise] = {
    "scope": _("Find out whom it exposed"),
    "suspend_accounts": _("Close its accounts"),
    "sign_out_everyone": _("Sign everybody out"),
    "rotate_keys": _("Renew the keys"),
    "reseal": _("Seal everything anew"),
    "tell_people": _("Send the notices to the people"),
}
STEP_NOTES: dict[str, Promise] = {
    "scope": _("By reference alone; nothing is opened. What each would be told is drafted with it."),
    "suspend_accounts": _("The accounts that it is about sign in nowhere from then on."),
    "sign_out_everyone": _(
        "Every session of staff and every visit of a subscriber ends; everybody may sign in again."
    ),
    "rotate_keys": _("A new epoch begins, everything is sealed to it, and the older keys are destroyed."),
    "reseal": _("Goes on with a renewal that broke off, or makes a new one."),
    "tell_people": _("Everybody is told once, in their language, by the ways that notices go."),
}
STEP_STATES: dict[str, Promise] = {
    "waiting": _("Waits for another person"),
    "approved": _("Is being done"),
    "done": _("Done"),
    "failed": _("Could not be done"),
    "withdrawn": _("Withdrawn"),
}
LANGUAGE_NAMES: dict[str, Promise | str] = {
    "en": "English", "zh-hans": "中文", "bo": "བོད་ཡིག", NONE_NAMED: _("no language named"),
}  # fmt: skip
LEAKED: Mapping[str, Promise | str] = {
    **FIELDS,
    "instrument": _("the paper of a demand"),
    "record": _("the whole record, as it was taken down"),
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
    "agent_reason": AGENT_REASONS,
    "pattern": PATTERNS,
    "because": BECAUSE,
    "demand_state": DEMAND_STATES,
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
    "excuse": EXCUSES,
    "notice_state": NOTICE_STATES,
    "letter_verdict": LETTER_VERDICTS,
    "letter_outcome": LETTER_OUTCOMES,
}


def say(word: str | None, vocabulary: str) -> str:
    """Return how a word of the register is said; one that nobody has put into words yet, as it is."""
    if not word:
        return ""
    return str(VOCABULARY[vocabulary].get(str(word), str(word).replace("_", " ")))
