# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package agents. Each says what to do next, since a customer is waiting at the counter."""

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError

AGENT_UNKNOWN = Refusal(
    "agent_unknown",
    Kind.NOT_FOUND,
    "There is no agent with that code.",
    "The page of agents lists them, as does 'rollkeeper agents list'.",
)
AGENT_CODE_TAKEN = Refusal(
    "agent_code_taken",
    Kind.CONFLICT,
    "{called} already exists.",
    "Choose another code.",
)
INVALID_AGENT_CODE = Refusal(
    "invalid_agent_code",
    Kind.MALFORMED,
    "That is not a valid code for an agent or an outlet.",
    "Use a reference such as agent-017: small letters, digits, dots and hyphens, at most 64. Not a name.",
)
OUTLET_UNKNOWN = Refusal(
    "outlet_unknown",
    Kind.NOT_FOUND,
    "{agent} has no open outlet called {outlet}.",
    "The agent's page names its outlets.",
)
INVALID_OPENING_HOURS = Refusal(
    "invalid_opening_hours",
    Kind.MALFORMED,
    "Those are not valid opening hours.",
    "Write them as 'mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00', each opening before its closing.",
)
REQUIREMENT_UNKNOWN = Refusal(
    "requirement_unknown",
    Kind.NOT_FOUND,
    "The checklist has no requirement '{requirement}'.",
    "The agent's page shows the checklist.",
)
REQUIREMENTS_OPEN = Refusal(
    "requirements_open",
    Kind.REFUSED,
    "{agent} cannot be approved ({article}): evidence is missing for {requirements}.",
    "Record the evidence for each on the agent's page.",
)
AGENT_NOT_IN_STATE = Refusal(
    "agent_not_in_state",
    Kind.CONFLICT,
    "{agent} is {state}.",
    "Its page shows why, as does 'rollkeeper agents show {agent}'.",
)
FINDING_UNKNOWN = Refusal(
    "finding_unknown",
    Kind.NOT_FOUND,
    "There is no open finding with this reference.",
    "The agent's page lists the open ones.",
)
AGENT_CASE_UNKNOWN = Refusal(
    "agent_case_unknown",
    Kind.NOT_FOUND,
    "There is no open case with this reference.",
    "The page of agents lists the open ones, as does 'rollkeeper agents cases'.",
)
NOTHING_TO_REVERIFY = Refusal(
    "nothing_to_reverify",
    Kind.CONFLICT,
    "This case is not about a line, so there is none to confirm.",
    "Look into it with the agent and clear it, or suspend the agent.",
)
ALREADY_ASSIGNED = Refusal(
    "already_assigned",
    Kind.CONFLICT,
    "{username} is assigned to an outlet already.",
    "Remove the account from that outlet first.",
)
NOT_ASSIGNED = Refusal(
    "not_assigned",
    Kind.CONFLICT,
    "{username} is not assigned to an outlet of an agent.",
    "Assign the account to an outlet first.",
)
NO_DEVICE = Refusal(
    "no_device",
    Kind.CONFLICT,
    "{username} has no new passkey that stays in one device.",
    "Add one on the device at the outlet, stored in that device only and not synchronised between devices.",
)
AGENT_MAY_NOT_REGISTER = Refusal(
    "agent_may_not_register",
    Kind.FORBIDDEN,
    "{agent} may not register subscribers at present ({article}).",
    "Send the customer to a counter of the operator, and call your contact there.",
)
NO_ASSIGNMENT = Refusal(
    "no_assignment",
    Kind.FORBIDDEN,
    "You are not assigned to an outlet now, so you may not register subscribers ({article}).",
    "Send the customer to a counter of the operator, and call your contact there.",
)


class OutletClosed(RollkeeperError):
    """The outlet is closed now."""

    code = "outlet_closed"
    kind = Kind.REFUSED
    sentence = "{outlet} is closed now: no one is registered outside its opening hours."
    remedy = "Come back within the hours; have other hours entered if these are wrong."


DEVICE_NOT_REGISTERED = Refusal(
    "device_not_registered",
    Kind.FORBIDDEN,
    "This device is not registered at {outlet}.",
    "Sign out and sign in with the passkey of the counter's own device; an administrator registers a new one.",
)


class DailyLimitReached(RollkeeperError):
    """The agent reached its daily limit of registrations."""

    code = "daily_limit_reached"
    kind = Kind.REFUSED
    sentence = "{agent} has registered {limit} people today, its daily limit."
    remedy = "Send the customer to a counter of the operator, or ask them to come tomorrow."
